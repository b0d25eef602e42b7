//! A command line of the operator's, and the environment that it runs in: either may hold a secret (L12).

use std::fmt;

use crate::{
    core::{foreign_text::printable, secret::Secret},
    http::redactor::Redactor,
};

/// The variables that every command gets, where they are set. Nothing else of the daemon's environment is for its
/// children: credentials are among it (`MOORED_…_TOKEN`, a proxy's password, the directory with systemd's credentials).
pub const ALWAYS_PASSED: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

/// A shell command line. Neither `Display` nor `Debug` shows more than the program: a password may be an argument.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandLine(Secret);

impl CommandLine {
    /// Takes a command line.
    pub fn new(line: impl Into<String>) -> Self {
        Self(Secret::new(line))
    }

    /// The whole of it: for the shell only.
    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The program that is started, if it is plain to see. What a variable is set to before it, or what the shell
    /// makes of quotes and substitutions, is not looked into.
    fn program(&self) -> Option<&str> {
        let is_plain = |word: &str| {
            word.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/._+-=:,@%".contains(&byte))
        };
        let mut words = self.expose().split_whitespace();
        loop {
            let word = words.next()?;
            if !is_plain(word) {
                return None;
            }
            if !word.contains('=') {
                return Some(word);
            }
        }
    }

    /// What the command may repeat and nobody must see: its arguments, in each part that may be a secret by itself
    /// (`user:password`, `--password=…`), and the values of the variables that the operator lets it have.
    pub(super) fn secrets(&self, environment: &CommandEnvironment) -> Redactor {
        let line = self.expose();
        let program = self.program();
        let words = line.split_whitespace().filter(|it| Some(*it) != program);
        let variables = environment.expose();
        let variables = variables.filter(|(name, _)| !ALWAYS_PASSED.contains(name));
        let values: Vec<_> = variables.map(|(_, value)| value).collect();
        let words = words.chain(values.iter().flat_map(|value| value.split_whitespace()));
        let is_between = |letter: char| !letter.is_alphanumeric() && !"._~+/-".contains(letter);
        let parts = words.flat_map(|word| [word].into_iter().chain(word.split(is_between)));
        Redactor::new(parts.chain(values.iter().copied()))
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(program) = self.program() else {
            return f.write_str("…");
        };
        f.write_str(&printable(program))?;
        if program.len() < self.expose().trim().len() {
            f.write_str(" …")?;
        }
        Ok(())
    }
}

impl fmt::Debug for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandLine({self})")
    }
}

/// The variables that commands run with: these and no others.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CommandEnvironment(Vec<(String, Secret)>);

impl CommandEnvironment {
    /// Those of `variables` that every command gets, and those whose names are `allowed`.
    pub fn of(variables: &[(String, String)], allowed: &[String]) -> Self {
        let is_passed = |name: &str| {
            ALWAYS_PASSED.contains(&name) || allowed.iter().any(|allowed| allowed == name)
        };
        let passed = variables.iter().filter(|(name, _)| is_passed(name));
        Self(
            passed
                .map(|(name, value)| (name.clone(), Secret::new(value)))
                .collect(),
        )
    }

    /// Names and values: for the child only.
    pub(super) fn expose(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.0.iter();
        variables.map(|(name, value)| (name.as_str(), value.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_command_line_only_the_program_is_ever_shown() {
        for (line, shown) in [
            ("/usr/local/bin/my-ip", "/usr/local/bin/my-ip"),
            ("  my-ip ", "my-ip"),
            (
                "curl -su me:hunter2 https://ip.example.net/?key=hunter2",
                "curl …",
            ),
            ("TOKEN=hunter2 my-ip", "my-ip …"),
            ("TOKEN='a hunter2' my-ip", "…"),
            ("TOKEN=\"a hunter2\" my-ip", "…"),
            ("TOKEN=a\\ hunter2 my-ip", "…"),
            ("$(echo hunter2)", "…"),
            ("'/opt/hunter2'", "…"),
            ("my-ip;hunter2", "…"),
            ("TOKEN=hunter2", "…"),
            ("", "…"),
        ] {
            let line = CommandLine::new(line);
            assert_eq!(line.to_string(), shown);
            assert_eq!(format!("{line:?}"), format!("CommandLine({shown})"));
        }
    }

    #[test]
    fn an_argument_or_a_variables_value_that_the_output_repeats_is_hidden() {
        let none = CommandEnvironment::default();
        let line =
            CommandLine::new("curl -su 'me:hunter2' --header=\"X-Key: s3cret.4\" https://x/");
        for text in ["hunter2", "aHVudGVyMg==", "hunter2%21", "s3cret.4"] {
            let shown = line.secrets(&none).hide(&format!("wrong: {text}!"));
            assert!(shown.starts_with("wrong: …"), "{shown}");
        }
        assert_eq!(line.secrets(&none).hide("curl: (6)"), "curl: (6)");
        let variables = [
            ("ROUTER_PASSWORD", "admin:rpw12345 horsebattery"),
            ("LANG", "nb_NO"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = CommandEnvironment::of(&variables, &["ROUTER_PASSWORD".to_owned()]);
        for text in ["rpw12345", "cnB3MTIzNDU=", "cnB3 MTIz NDU=", "horsebattery"] {
            let shown = line.secrets(&environment).hide(&format!("nb_NO: {text}"));
            assert_eq!(shown, "nb_NO: …");
        }
    }

    #[test]
    fn a_command_gets_what_is_needed_to_run_and_what_is_allowed_and_nothing_else() {
        let set = [
            "PATH",
            "HOME",
            "TZ",
            "MOORED_DNSPOD_TOKEN",
            "HTTPS_PROXY",
            "ROUTER_PASSWORD",
            "LC_ALL",
        ];
        let variables = set.map(|name| (name.to_owned(), format!("of {name}")));
        let environment = CommandEnvironment::of(&variables, &["ROUTER_PASSWORD".to_owned()]);
        let passed: Vec<_> = environment.expose().collect();
        assert_eq!(
            passed,
            ["PATH", "HOME", "TZ", "ROUTER_PASSWORD"]
                .map(|name| (name, format!("of {name}")))
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect::<Vec<_>>()
        );
        assert!(!format!("{environment:?}").contains("of "));
    }
}
