//! What a configuration is read in: the environment, the files it names, and who we are. All of it
//! is passed in, so that the same text in the same surroundings is always the same configuration.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::diagnostics::{Location, Problem};
use crate::file_access::FileAccess;

/// Reads the whole of a file.
pub type ReadFile = Box<dyn Fn(&Path) -> io::Result<Vec<u8>>>;

/// What the configuration may look at besides its own text. It has no `Debug`: the environment may
/// hold secrets.
pub struct Environment {
    /// The environment's variables.
    pub variables: Vec<(String, String)>,
    /// How the files that hold secrets are read.
    pub read: ReadFile,
    /// Whether we are root: a service then, whose state belongs into `/var/lib`.
    pub root: bool,
    /// The permission bits of the configuration file, where there is one and the system has them.
    pub config_mode: Option<u32>,
}

impl Environment {
    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let (_, value) = self.variables.iter().find(|(it, _)| it == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// Where state is kept if nobody says it: systemd's choice, else by the XDG base directory
    /// specification, else the system's place for services.
    pub(super) fn state_dir(&self) -> PathBuf {
        let absolute = |text: &str| Some(PathBuf::from(text)).filter(|path| path.is_absolute());
        // systemd separates several directories by colons (systemd.exec(5), StateDirectory=).
        let from_systemd = self
            .variable("STATE_DIRECTORY")
            .and_then(|directories| directories.split(':').find_map(absolute));
        let from_xdg = || {
            let base = self.variable("XDG_STATE_HOME").and_then(absolute)?;
            Some(base.join("moored"))
        };
        let from_home = || {
            let home = self.variable("HOME").and_then(absolute)?;
            (!self.root).then(|| home.join(".local/state/moored"))
        };
        from_systemd
            .or_else(from_xdg)
            .or_else(from_home)
            .unwrap_or_else(|| "/var/lib/moored".into())
    }
}

/// A warning if a configuration can be changed by others than its owner, for it says which programs run and where
/// secrets are sent; or if one that holds a secret itself can be read by others (L12).
pub fn permission_warning(path: &Path, mode: u32, has_literal_secret: bool) -> Option<Problem> {
    if !has_literal_secret {
        let writers = match mode & 0o022 {
            0 => return None,
            bits if bits & 0o002 != 0 => "everybody on this host",
            _ => "its group",
        };
        return Some(Problem {
            place: Location::File(path.to_owned()),
            key: String::new(),
            what: format!("can be changed by {writers}"),
            hint: Some("`chmod go-w` it".to_owned()),
        });
    }
    let others = match mode & 0o077 {
        0 => return None,
        bits if bits & 0o007 != 0 => "everybody on this host",
        _ => "its group",
    };
    Some(Problem {
        place: Location::File(path.to_owned()),
        key: String::new(),
        what: format!("holds a secret and is open to {others}"),
        hint: Some(
            "`chmod 600` it, or move the secret to a file of its own with `token_file`".to_owned(),
        ),
    })
}

/// A warning if a configuration belongs to another user than root and this one, who can change it.
pub fn owner_warning(path: &Path, access: FileAccess, user: u32) -> Option<Problem> {
    access.is_foreign_to(user).then(|| Problem {
        place: Location::File(path.to_owned()),
        key: String::new(),
        what: format!("can be changed by its owner, the user {}", access.owner),
        hint: Some("`chown` it to root, or to the user that moored runs as".to_owned()),
    })
}

/// A warning if the file of a secret can be changed by others than root and this user: they could have us use
/// another account. Who may read it is not looked at, for Docker and Kubernetes let every user of a container.
pub fn secret_file_warning(path: &Path, access: FileAccess, user: u32) -> Option<Problem> {
    let writers = access.other_writers(user)?;
    let hint = if access.is_foreign_to(user) {
        "`chown` it to the user that moored runs as, or to root, and `chmod 600` it"
    } else {
        "`chmod 600` it"
    };
    Some(Problem {
        place: Location::File(path.to_owned()),
        key: String::new(),
        what: format!("holds a secret and can be changed by {writers}"),
        hint: Some(hint.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_kept_where_the_first_that_knows_says() {
        let systemd = ("STATE_DIRECTORY", "/var/lib/moored:/var/lib/other");
        let xdg = ("XDG_STATE_HOME", "/home/me/state");
        let home = ("HOME", "/home/me");
        let relative = ("XDG_STATE_HOME", "state");
        for (variables, root, expected) in [
            (&[home, xdg, systemd][..], false, "/var/lib/moored"),
            (&[home, xdg], false, "/home/me/state/moored"),
            (&[home, xdg], true, "/home/me/state/moored"),
            (&[home, relative], false, "/home/me/.local/state/moored"),
            (&[home], true, "/var/lib/moored"),
            (&[], false, "/var/lib/moored"),
        ] {
            let environment = Environment {
                variables: variables
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
                read: Box::new(|_| Err(io::ErrorKind::NotFound.into())),
                root,
                config_mode: None,
            };
            assert_eq!(
                environment.state_dir(),
                Path::new(expected),
                "{variables:?}"
            );
        }
    }

    #[test]
    fn only_a_secret_in_an_open_file_is_worth_a_warning() {
        let path = Path::new("config.toml");
        assert_eq!(permission_warning(path, 0o100_600, true), None);
        assert_eq!(permission_warning(path, 0o100_644, false), None);
        for (mode, who) in [
            (0o100_644, "open to everybody"),
            (0o640, "open to its group"),
        ] {
            let warning = permission_warning(path, mode, true).unwrap().to_string();
            assert!(warning.contains(who), "{warning}");
        }
    }

    #[test]
    fn a_configuration_or_secret_that_others_may_change_is_worth_a_warning() {
        let path = Path::new("config.toml");
        for (mode, who) in [
            (0o100_646, "changed by everybody"),
            (0o664, "changed by its group"),
        ] {
            let warning = permission_warning(path, mode, false).unwrap().to_string();
            assert!(warning.contains(who), "{warning}");
            let access = FileAccess { owner: 7, mode };
            let warning = secret_file_warning(path, access, 7).unwrap().to_string();
            assert!(warning.contains(who), "{warning}");
        }
        let open = FileAccess {
            owner: 7,
            mode: 0o444,
        };
        assert_eq!(secret_file_warning(path, open, 7), None);
        assert_eq!(owner_warning(path, open, 7), None);
        let warning = owner_warning(path, open, 8).unwrap().to_string();
        assert!(warning.contains("its owner, the user 7"), "{warning}");
        let warning = secret_file_warning(path, open, 8).unwrap().to_string();
        assert!(warning.contains("chown"), "{warning}");
    }
}
