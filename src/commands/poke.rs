//! `moored poke`: tells the running daemon that it is time to look, and perhaps what our addresses
//! are.

use std::{
    fmt::Write as _,
    io::{self, Read, Write as _},
    net::IpAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{CommandResult, Output, status::connect};
use crate::core::{detection::hint::AddressHint, foreign_text::printable_value, verdict::Verdict};

/// Where the daemon listens. What is said there is one line: the addresses, with blanks between them.
pub fn socket(state_directory: &Path) -> PathBuf {
    state_directory.join("poke.sock")
}

/// What the daemon answers, in one line.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PokeAnswer {
    /// Why the line was no poke; then nothing happens.
    pub refused: Option<String>,
    /// The addresses that have no say in the round that follows.
    pub ignored: Vec<IgnoredAddress>,
}

/// An address that has no say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IgnoredAddress {
    /// The address.
    pub address: IpAddr,
    /// Why.
    pub reason: String,
}

/// The longest answer there is.
const MAX_ANSWER_LENGTH: u64 = 16 << 10;

/// Pokes the daemon of a state directory.
pub fn poke(state_directory: &Path, poke: AddressHint, output: &mut Output<'_>) -> CommandResult {
    let answer = match tell(&socket(state_directory), poke) {
        Ok(answer) => answer,
        Err(what) => {
            if output.json {
                output.print_json(&serde_json::json!({ "poked": false, "reason": what }));
            } else {
                output.text(&format!("{what}\n"));
            }
            return CommandResult::Unhealthy;
        }
    };
    if let Some(why) = answer.refused {
        return output.usage(&format!("the daemon refuses that: {why}"));
    }
    if output.json {
        output.print_json(&serde_json::json!({ "poked": true, "ignored": answer.ignored }));
    } else {
        output.text(&text(poke, &answer.ignored));
    }
    CommandResult::Round(Verdict::Right)
}

fn tell(socket: &Path, poke: AddressHint) -> Result<PokeAnswer, String> {
    let told = || -> io::Result<String> {
        let mut stream = connect(socket)?;
        stream.write_all(format!("{poke}\n").as_bytes())?;
        let mut text = String::new();
        stream.take(MAX_ANSWER_LENGTH).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = told().map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => format!(
            "{}: only the daemon's own user and root may poke it",
            socket.display()
        ),
        _ => format!("no daemon answers at {}: {error}", socket.display()),
    })?;
    // Whoever holds the socket says what it likes (L15).
    let answer = serde_json::from_str(&text).map(printable_value);
    answer
        .and_then(serde_json::from_value)
        .map_err(|_| "the daemon's answer is of another version".to_owned())
}

/// One line for people.
fn text(poke: AddressHint, ignored: &[IgnoredAddress]) -> String {
    let mut text = "a round starts at once".to_owned();
    for addr in poke.addrs() {
        let _ = match ignored.iter().find(|it| it.address == addr) {
            None => write!(
                text,
                "; {addr} counts as what one operator says, where those outside are asked"
            ),
            Some(IgnoredAddress { reason, .. }) => write!(text, "; {addr} is ignored: {reason}"),
        };
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_what_becomes_of_each_address() {
        let ignored = [IgnoredAddress {
            address: "2a01::1".parse().unwrap(),
            reason: "no IPv6 records are kept".to_owned(),
        }];
        for (poke, said) in [
            ("", "a round starts at once\n"),
            (
                "84.212.10.20",
                "a round starts at once; 84.212.10.20 counts as what one operator says, where those \
                 outside are asked\n",
            ),
            (
                "2a01::1 84.212.10.20",
                "a round starts at once; 84.212.10.20 counts as what one operator says, where those \
                 outside are asked; 2a01::1 is ignored: no IPv6 records are kept\n",
            ),
        ] {
            assert_eq!(text(poke.parse().unwrap(), &ignored), said);
        }
    }

    #[test]
    fn a_poke_that_nobody_hears_says_so_and_ends_as_a_status_that_nobody_answers() {
        let dir = tempfile::tempdir().unwrap();
        for json in [false, true] {
            let mut said = Vec::new();
            let mut output = Output {
                to: &mut said,
                notes: &mut io::sink(),
                json,
            };
            assert_eq!(
                poke(dir.path(), AddressHint::default(), &mut output),
                CommandResult::Unhealthy
            );
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains("no daemon answers at "), "{said}");
            assert_eq!(said.lines().count(), 1);
        }
    }
}
