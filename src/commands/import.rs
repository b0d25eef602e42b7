//! `moored import FILE`: another updater's configuration as one of moored's.

use std::{io, path::Path, time::Duration};

use super::{CommandResult, Output};
use crate::{
    core::{foreign_text::printable, verdict::Verdict},
    import,
    regular_file::{InheritedPipe, read_whole_or_pipe},
};

/// No configuration is larger, neither moored's nor anybody's.
const MAX_INPUT_BYTES: u64 = 256 << 10;

/// How long a pipe may take that the file is read from, as with `moored import <(ssh router cat …)`.
const PIPE_TIMEOUT: Duration = Duration::from_mins(1);

/// Writes the configuration to standard output and, for whoever redirects that, in a line to standard
/// error what became of the file. Nothing is asked, and nothing else is read but the environment's
/// `variables`.
pub fn import(
    file: &Path,
    variables: &[(String, String)],
    output: &mut Output<'_>,
) -> CommandResult {
    let name = file.display().to_string();
    let pipe = InheritedPipe::ReadWithin(PIPE_TIMEOUT);
    let bytes = match read_whole_or_pipe(file, MAX_INPUT_BYTES, pipe) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            return output.unusable(&format!(
                "{name}: is larger than 256 KiB: this is no configuration"
            ));
        }
        Err(error) => return output.unusable(&format!("{name}: could not be read: {error}")),
    };
    // Old files have comments in old encodings. What cannot be read is in no name and no secret.
    let text = String::from_utf8_lossy(&bytes);
    let import = match import::read(&text, &name, variables) {
        Ok(import) => import,
        Err(error) => return output.unusable(&format!("{name}: {error}")),
    };
    if output.json {
        let left = import.left.iter().map(|left| {
            serde_json::json!({
                "where": left.spot.to_string(),
                "what": left.what,
                "why": left.why,
            })
        });
        output.print_json(&serde_json::json!({
            "program": import.program.to_string(),
            "hosts": import.hosts,
            "left": left.collect::<Vec<_>>(),
            "configuration": import.text,
        }));
    } else {
        output.text(&import.text);
        output.note(&format!("{}: {}", printable(&name), summary(&import)));
    }
    if import.hosts == 0 {
        return CommandResult::InvalidFile;
    }
    CommandResult::Round(Verdict::Right)
}

fn summary(import: &import::Import) -> String {
    let program = import.program;
    let left = match import.left.len() {
        0 => String::new(),
        1 => "; one thing is not: its comment says which".to_owned(),
        several => format!("; {several} things are not: the comments name them"),
    };
    match import.hosts {
        0 => format!(
            "no host of {program}'s is carried over, and this is no configuration yet: the comments \
             say why"
        ),
        1 => format!("one host of {program}'s is carried over{left}"),
        several => format!("{several} hosts of {program}'s are carried over{left}"),
    }
}
