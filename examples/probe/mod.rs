//! What the probes share: a list of what is expected and what was found.

use std::{io::Write, time::Duration};

use moored::http::{
    client::{ClientOptions, HttpClient},
    tls,
};
use serde_json::Value;

/// Findings, said as they come.
#[derive(Default)]
pub(crate) struct ProbeFindings {
    differences: usize,
    unseen: usize,
}

impl ProbeFindings {
    /// Whether something is as the facts say; if not, what was seen instead.
    pub(crate) fn expect(&mut self, what: &str, is_so: bool, seen: &str) {
        if is_so {
            say(&format!("as the facts say  {what}"));
        } else {
            self.differences += 1;
            say(&format!("DIFFERS           {what}: {seen}"));
        }
    }

    /// Something that could not be looked at, and why.
    pub(crate) fn unseen(&mut self, what: &str, why: &str) {
        self.unseen += 1;
        say(&format!("not seen          {what}: {why}"));
    }

    /// The fields of an object that the facts do not know, and of those they know the missing ones.
    pub(crate) fn fields(&mut self, what: &str, object: &Value, known: &[&str], optional: &[&str]) {
        let Some(fields) = object.as_object() else {
            self.expect(what, false, &format!("not an object but {object}"));
            return;
        };
        let new: Vec<_> = fields
            .keys()
            .filter(|it| !known.contains(&it.as_str()) && !optional.contains(&it.as_str()))
            .map(String::as_str)
            .collect();
        let missing: Vec<_> = known
            .iter()
            .filter(|it| !fields.contains_key(**it))
            .copied()
            .collect();
        let seen = format!("new: {}; missing: {}", new.join(" "), missing.join(" "));
        self.expect(what, new.is_empty() && missing.is_empty(), &seen);
    }

    /// The end: how many differences there were.
    pub(crate) fn end(&self) -> usize {
        say(&format!(
            "{} differences, {} not seen",
            self.differences, self.unseen
        ));
        self.differences
    }
}

/// Writes a line; a reader that went away does not matter.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A variable of the environment, or what is missing.
pub(crate) fn variable(name: &str) -> Result<String, String> {
    #[expect(clippy::disallowed_methods, reason = "a probe is a program of its own")]
    std::env::var(name).map_err(|_| format!("set {name}"))
}

/// A client of the API at `base`.
pub(crate) fn client(base: &str, user_agent: String) -> Result<HttpClient, String> {
    let tls = tls::config().map_err(|error| error.to_string())?;
    let options = ClientOptions {
        base: base.to_owned(),
        timeout: Duration::from_secs(20),
        cap: 16 << 20,
        user_agent,
        family: None,
        interface: None,
        proxy: None,
    };
    Ok(HttpClient::new(tls, options))
}
