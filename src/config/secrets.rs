//! Secrets: written out, or in a file, a variable or a systemd credential. Nothing here shows one.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use super::{
    diagnostics::{Diagnostic, Diagnostics, Span},
    environment::Environment,
};
use crate::{
    config::{section::ConfigSection, suggest::listed},
    core::{foreign_text::is_printable, secret::Secret},
};

/// The four keys of one secret.
pub(super) struct SecretKeys {
    literal: &'static str,
    file: &'static str,
    variable: &'static str,
    credential: &'static str,
}

/// The token of either provider.
pub(super) const TOKEN: SecretKeys = SecretKeys {
    literal: "token",
    file: "token_file",
    variable: "token_env",
    credential: "token_credential",
};

/// The second half of a `domeneshop` credential.
pub(super) const SECRET: SecretKeys = SecretKeys {
    literal: "secret",
    file: "secret_file",
    variable: "secret_env",
    credential: "secret_credential",
};

/// The older form of `dnspod`.
pub(super) const USER_TOKEN: SecretKeys = SecretKeys {
    literal: "user_token",
    file: "user_token_file",
    variable: "user_token_env",
    credential: "user_token_credential",
};

/// No credential comes near this: a file of more is something else.
pub const MAX_SECRET_BYTES: usize = 4096;

/// What was found of a secret.
pub(super) enum SecretValue {
    /// None of its keys is there.
    Nothing,
    /// It is there, and a problem was reported.
    Unusable(Span),
    /// It is there.
    Usable(Span, Secret),
}

/// Where secrets come from, and what was learnt while reading them.
pub(super) struct SecretResolver<'a> {
    environment: &'a Environment,
    /// Whether the file itself holds a secret.
    pub(super) literal: bool,
    /// The variables that secrets were taken from.
    pub(super) variables: Vec<String>,
    /// The files that secrets were read from.
    pub(super) files: Vec<PathBuf>,
}

impl<'a> SecretResolver<'a> {
    pub(super) fn new(environment: &'a Environment) -> Self {
        Self {
            environment,
            literal: false,
            variables: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Reads a secret that may be left out.
    pub(super) fn find(
        &mut self,
        section: &mut ConfigSection<'_>,
        keys: &SecretKeys,
        diagnostics: &mut Diagnostics,
    ) -> SecretValue {
        let ways = [keys.literal, keys.file, keys.variable, keys.credential];
        let mut given = Vec::new();
        for key in ways {
            if let Some(value) = section.take(key) {
                given.push((key, value));
            }
        }
        let mut given = given.into_iter();
        let Some((key, value)) = given.next() else {
            return SecretValue::Nothing;
        };
        // Noted before anything can go wrong: the file is as open as it is.
        self.literal |= key == keys.literal && value.is_in_file();
        if let Some((other, second)) = given.next() {
            let (first, other) = (section.written(key), section.written(other));
            let wrong = Diagnostic::new(format!("`{first}` and `{other}` are both there"));
            diagnostics.problem(&second.spot, wrong.hint("keep one of them"));
            return SecretValue::Unusable(value.spot);
        }
        let Some(text) = value.text(diagnostics) else {
            return SecretValue::Unusable(value.spot);
        };
        let read = if key == keys.literal {
            usable(text)
        } else if key == keys.file {
            self.file(section.directory(), text, &section.written(keys.literal))
        } else if key == keys.variable {
            self.environment(text)
        } else {
            self.credential(text)
        };
        match diagnostics.check(&value.spot, read) {
            Some(secret) => SecretValue::Usable(value.spot, secret),
            None => SecretValue::Unusable(value.spot),
        }
    }

    /// Reads a secret that must be there.
    pub(super) fn need(
        &mut self,
        section: &mut ConfigSection<'_>,
        keys: &SecretKeys,
        diagnostics: &mut Diagnostics,
    ) -> Option<Secret> {
        match self.find(section, keys, diagnostics) {
            SecretValue::Usable(_, secret) => Some(secret),
            SecretValue::Unusable(_) => None,
            SecretValue::Nothing => {
                let mut ways = vec![keys.literal, keys.file];
                if !section.is_environment() {
                    ways.extend([keys.variable, keys.credential]);
                }
                let ways: Vec<_> = ways.into_iter().map(|key| section.written(key)).collect();
                let ways = listed(ways.iter().map(String::as_str));
                let wrong = Diagnostic::new("is missing").hint(format!("write one of {ways}"));
                diagnostics.absence(&section.spot_of(keys.literal), wrong);
                None
            }
        }
    }

    fn file(
        &mut self,
        directory: Option<&Path>,
        text: &str,
        literal: &str,
    ) -> Result<Secret, Diagnostic> {
        if text.is_empty() {
            return Err(Diagnostic::new("is empty").hint("write the path of a file"));
        }
        let path = directory.map_or_else(|| PathBuf::from(text), |it| it.join(text));
        self.read(&path)
            .map_err(|error| {
                if error.kind() == io::ErrorKind::FileTooLarge {
                    return too_large(&path);
                }
                // A word without a slash or dot where no file is: likely the secret itself.
                if error.kind() == io::ErrorKind::NotFound && !text.contains(['/', '\\', '.']) {
                    return Diagnostic::new("there is no file of that name").hint(format!(
                        "if it is not a path but the secret itself, write `{literal}`"
                    ));
                }
                let wrong = Diagnostic::new(format!("cannot read {}: {error}", path.display()));
                if error.kind() == io::ErrorKind::PermissionDenied {
                    return wrong.hint(
                        "the user that moored runs as must be able to read it (in the container: 65532)",
                    );
                }
                wrong
            })
            .and_then(|bytes| from_bytes(bytes, &path))
    }

    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let content = (self.environment.read)(path)?;
        self.files.push(path.to_owned());
        Ok(content)
    }

    fn environment(&mut self, name: &str) -> Result<Secret, Diagnostic> {
        // The name is not shown: people write the secret itself there.
        let text = self.environment.variable(name).ok_or_else(|| {
            Diagnostic::new("the variable it names is not set or empty")
                .hint("write the name of an environment variable that holds the secret")
        })?;
        self.variables.push(name.to_owned());
        usable(text.trim_end())
    }

    fn credential(&mut self, name: &str) -> Result<Secret, Diagnostic> {
        let mut parts = Path::new(name).components();
        let (Some(Component::Normal(_)), None) = (parts.next(), parts.next()) else {
            return Err(Diagnostic::new("is not the name of a credential")
                .hint("write the name that `LoadCredential=NAME:PATH` gives it"));
        };
        let directory = self
            .environment
            .variable("CREDENTIALS_DIRECTORY")
            .ok_or_else(|| {
                Diagnostic::new("systemd passed no credentials: $CREDENTIALS_DIRECTORY is not set")
                    .hint("add `LoadCredential=NAME:PATH` to the service")
            })?;
        let path = Path::new(directory).join(name);
        self.read(&path)
            .map_err(|error| {
                if error.kind() == io::ErrorKind::FileTooLarge {
                    return too_large(&path);
                }
                Diagnostic::new(format!("cannot read the credential: {error}"))
                    .hint("add `LoadCredential=NAME:PATH` to the service")
            })
            .and_then(|bytes| {
                // What systemd passes where the file is not there and a `SetCredential=` stands in for it.
                if bytes.trim_ascii().is_empty() {
                    return Err(Diagnostic::new("systemd passed nothing for this credential").hint(
                        "write the secret to the file that `LoadCredential=` of the service names",
                    ));
                }
                from_bytes(bytes, &path)
            })
    }
}

fn too_large(path: &Path) -> Diagnostic {
    Diagnostic::new(format!("{} is too large to be a secret", path.display()))
}

fn from_bytes(bytes: Vec<u8>, path: &Path) -> Result<Secret, Diagnostic> {
    if bytes.len() > MAX_SECRET_BYTES {
        return Err(too_large(path));
    }
    let path = path.display();
    let text = String::from_utf8(bytes)
        .map_err(|_| Diagnostic::new(format!("{path} holds no text (it is not UTF-8)")))?;
    if text.trim().is_empty() {
        return Err(Diagnostic::new(format!("{path} is empty")));
    }
    usable(text.trim_end())
}

/// A secret is one word. What surrounds it by mistake would be sent along and refused, and some
/// providers ban whoever is refused too often.
fn usable(text: &str) -> Result<Secret, Diagnostic> {
    if text.is_empty() {
        return Err(Diagnostic::new("is empty"));
    }
    if text.len() > MAX_SECRET_BYTES {
        return Err(Diagnostic::new("is too long to be a secret"));
    }
    if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
        return Err(
            Diagnostic::new("has quotes around it").hint("remove them: they would be sent along")
        );
    }
    let misplaced = |letter: char| letter == ' ' || !is_printable(letter);
    if text.contains(misplaced) {
        return Err(
            Diagnostic::new("has a space, line break or other invisible character in it")
                .hint("a secret is one word: copy it again"),
        );
    }
    Ok(Secret::new(text))
}
