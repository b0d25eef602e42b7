//! The lines of a ddclient.conf.
//!
//! As ddclient reads it (`_read_config` and `parse_assignments` in `ddclient.in`): `#` starts a comment
//! anywhere but in a password; a backslash at the end continues a line; a statement is
//! `[key=value[, …]] [host[,…] [login [password]]]`, without white space around `=` but for passwords;
//! values may have parts in quotes; `KEY_env=NAME` takes the value of an environment variable.
//!
//! Nothing here has a `Debug`: it may hold a password (L12).

use std::fmt::Write as _;

/// A key and its value.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) value: DdclientValue,
}

/// A value as it is written.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum DdclientValue {
    Literal(String),
    /// The value of an environment variable.
    Variable(String),
}

/// Assignments with the hosts that they are for; none: for all hosts that follow.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct DdclientStatement {
    pub(super) assignments: Vec<Assignment>,
    pub(super) hosts: Vec<String>,
    /// Where the hosts stand.
    pub(super) line: usize,
    pub(super) login: Option<String>,
    pub(super) password: Option<String>,
    /// Where more words stand than these.
    pub(super) surplus: Option<usize>,
}

/// Reads all statements.
pub(super) fn statements(text: &str) -> Vec<DdclientStatement> {
    let mut statements = Vec::new();
    let mut logical = LogicalLine::default();
    for (number, line) in text.lines().enumerate() {
        if logical.add(line, number + 1) {
            continue;
        }
        statements.extend(logical.read());
        logical = LogicalLine::default();
    }
    // ddclient forgets a statement that the file's end cuts off. It was meant, all the same.
    statements.extend(logical.read());
    statements
}

/// Stands around the number of a password, which may have anything in it that would mean something.
const MARK: char = '\u{e000}';

/// A line with those that continue it.
#[derive(Default)]
struct LogicalLine {
    text: String,
    /// Where in the text each line starts, and its number.
    starts: Vec<(usize, usize)>,
    passwords: Vec<String>,
}

impl LogicalLine {
    /// Adds a line, and says whether another one follows.
    fn add(&mut self, line: &str, number: usize) -> bool {
        self.starts.push((self.text.len(), number));
        let line = line.replace(MARK, "\u{fffd}");
        let visible = self.without_passwords(&line);
        let visible = visible.split('#').next().unwrap_or_default().trim_end();
        let whole = visible.strip_suffix('\\');
        self.text.push_str(whole.unwrap_or(visible));
        if whole.is_some() {
            // What a line ends with and the next begins with are two words.
            self.text.push(' ');
        }
        whole.is_some()
    }

    /// The line with a mark in place of each password. A password goes on to the next white space
    /// whatever is in it, or from one single quote to another.
    fn without_passwords(&mut self, line: &str) -> String {
        const KEY: &str = "password";
        let mut visible = String::new();
        let mut rest = line;
        while let Some(place) = rest.find(KEY) {
            let (before, after) = rest.split_at(place);
            if before.contains('#') {
                break;
            }
            let (key, after) = after.split_at(KEY.len());
            visible.push_str(before);
            visible.push_str(key);
            rest = after;
            let Some(value) = after.trim_start().strip_prefix('=') else {
                continue;
            };
            let (password, behind) = password(value.trim_start());
            // Writing into a text cannot fail.
            let _ = write!(visible, "={MARK}{}{MARK}", self.passwords.len());
            self.passwords.push(password.to_owned());
            rest = behind;
        }
        visible + rest
    }

    /// A text with its passwords back in it.
    fn whole(&self, text: &str) -> String {
        let mut parts = text.split(MARK);
        let mut whole = parts.next().unwrap_or_default().to_owned();
        while let (Some(number), Some(behind)) = (parts.next(), parts.next()) {
            let number = number.parse::<usize>().ok();
            if let Some(password) = number.and_then(|it| self.passwords.get(it)) {
                whole.push_str(password);
            }
            whole.push_str(behind);
        }
        whole
    }

    fn line_at(&self, offset: usize) -> usize {
        let known = self.starts.iter().rev().find(|(start, _)| *start <= offset);
        known.map_or(0, |(_, line)| *line)
    }

    fn read(&self) -> Option<DdclientStatement> {
        let mut statement = DdclientStatement::default();
        let mut rest = self.text.as_str();
        loop {
            rest = rest.trim_start_matches(|it: char| it == ',' || it.is_whitespace());
            let line = self.line_at(self.text.len() - rest.len());
            let Some((key, value, behind)) = assignment(rest) else {
                statement.line = line;
                break;
            };
            rest = behind;
            let value = self.whole(&value);
            let (key, value) = match key.strip_suffix("_env") {
                Some(key) => (key, DdclientValue::Variable(value)),
                None => (key, DdclientValue::Literal(value)),
            };
            let key = key.to_lowercase();
            statement.assignments.push(Assignment { line, key, value });
        }
        let mut words = words(rest);
        if let Some(hosts) = words.next() {
            let hosts = hosts.split(',').filter(|host| !host.is_empty());
            statement.hosts = hosts.map(|host| self.whole(host)).collect();
        }
        statement.login = words.next().map(|it| self.whole(&it));
        statement.password = words.next().map(|it| self.whole(&it));
        statement.surplus = words.next().map(|_| statement.line);
        let is_empty = statement.assignments.is_empty() && statement.hosts.is_empty();
        (!is_empty).then_some(statement)
    }
}

/// A password and what stands behind it.
fn password(text: &str) -> (&str, &str) {
    let ends = |it: char| it.is_whitespace();
    if let Some(inside) = text.strip_prefix('\'') {
        // The quote that ends it, rather than one within.
        let mut quotes = inside.match_indices('\'');
        let last = quotes.find(|(place, _)| {
            let behind = inside.get(place + 1..).unwrap_or_default();
            behind.is_empty() || behind.starts_with(|it: char| it == ',' || ends(it))
        });
        if let Some((place, _)) = last {
            let (password, behind) = inside.split_at(place);
            return (password, behind.strip_prefix('\'').unwrap_or(behind));
        }
    }
    let (word, _) = text.split_at(text.find(ends).unwrap_or(text.len()));
    let mut password = word;
    // ddclient takes commas along, which many wrote behind it (its issue 738); no password of
    // these providers has one at its end.
    if let Some((place, _)) = word.match_indices(',').find(|(place, _)| {
        let behind = word.get(place + 1..).unwrap_or_default();
        assignment(behind).is_some()
    }) {
        password = word.get(..place).unwrap_or(word);
    }
    let password = password.trim_end_matches([',', '\\']);
    let behind = text.get(password.len()..).unwrap_or_default();
    let quoted = password
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'));
    (quoted.unwrap_or(password), behind)
}

/// The assignment that a text starts with: key, value, what is behind it.
fn assignment(text: &str) -> Option<(&str, String, &str)> {
    let (key, mut rest) = text.split_once('=')?;
    let mut letters = key.bytes();
    let is_key = letters.next().is_some_and(|it| it.is_ascii_alphabetic())
        && letters.all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
    if !is_key {
        return None;
    }
    let mut value = String::new();
    let mut quote = None;
    let mut escaped = false;
    let mut letters = rest.char_indices();
    let end = loop {
        let Some((place, letter)) = letters.next() else {
            break rest.len();
        };
        match letter {
            letter if escaped => {
                value.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            letter if quote == Some(letter) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(letter),
            letter if quote.is_none() && (letter == ',' || letter.is_whitespace()) => break place,
            letter => value.push(letter),
        }
    };
    rest = rest.get(end..).unwrap_or_default();
    Some((key, value, rest))
}

/// The words of a text; white space around a comma separates nothing.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut joined = String::new();
    for part in text.split(',') {
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(part.trim());
    }
    let words: Vec<_> = joined.split_whitespace().map(str::to_owned).collect();
    words.into_iter()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A statement in one line, for comparison.
    fn shown(statement: &DdclientStatement) -> String {
        let assignments = statement.assignments.iter().map(|it| match &it.value {
            DdclientValue::Literal(value) => format!("{}:{}=<{value}>", it.line, it.key),
            DdclientValue::Variable(name) => format!("{}:{}=${name}", it.line, it.key),
        });
        let mut shown: Vec<_> = assignments.collect();
        if !statement.hosts.is_empty() {
            shown.push(format!("{}:{}", statement.line, statement.hosts.join("+")));
        }
        for word in [&statement.login, &statement.password]
            .into_iter()
            .flatten()
        {
            shown.push(format!("<{word}>"));
        }
        shown.join(" ")
    }

    #[test]
    fn statements_are_read_as_ddclient_reads_them() {
        for (text, expected) in [
            ("", vec![]),
            ("# only\n\n   # comments", vec![]),
            ("daemon=300 # seconds", vec!["1:daemon=<300>"]),
            (
                "use=web, web=example.net/ip,\tssl=yes",
                vec!["1:use=<web> 1:web=<example.net/ip> 1:ssl=<yes>"],
            ),
            (
                "protocol=x, \\\n  login=me   \\\n password=pw \\  \nhome.example.com, www.example.com",
                vec![
                    "1:protocol=<x> 2:login=<me> 3:password=<pw> 4:home.example.com+www.example.com",
                ],
            ),
            ("a.example.com me pw", vec!["1:a.example.com <me> <pw>"]),
            (
                "host=a.example.com,login=me,password=pw",
                vec!["1:host=<a.example.com> 1:login=<me> 1:password=<pw>"],
            ),
            (
                "password=a#b,c d.example.com",
                vec!["1:password=<a#b,c> 1:d.example.com"],
            ),
            ("password=abc,", vec!["1:password=<abc>"]),
            ("password=\"abc\"", vec!["1:password=<abc>"]),
            (
                "password = 'a b#c' x.example.com",
                vec!["1:password=<a b#c> 1:x.example.com"],
            ),
            ("password='it's' # don't", vec!["1:password=<it's>"]),
            ("password='open", vec!["1:password=<'open>"]),
            (
                "password=abc\\\nx.example.com",
                vec!["1:password=<abc> 2:x.example.com"],
            ),
            (
                "password=abc,zone=example.com",
                vec!["1:password=<abc> 1:zone=<example.com>"],
            ),
            (
                "fw-password=one password=two",
                vec!["1:fw-password=<one> 1:password=<two>"],
            ),
            ("# password=abc", vec![]),
            ("password_env=SECRET", vec!["1:password=$SECRET"]),
            ("password", vec!["1:password"]),
            (
                "use=cmd, cmd='curl --password=x \"y\" # z'",
                vec!["1:use=<cmd> 1:cmd=<curl --password=x \"y\">"],
            ),
            ("web=a\\,b", vec!["1:web=<a,b>"]),
            ("login = me", vec!["1:login <=> <me>"]),
            ("daemon=300 \\", vec!["1:daemon=<300>"]),
            ("=x", vec!["1:=x"]),
            ("Use=web", vec!["1:use=<web>"]),
        ] {
            let read: Vec<_> = statements(text).iter().map(shown).collect();
            assert_eq!(read, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,60}") {
            let _ = statements(&text);
        }

        #[test]
        fn nor_one_that_is_nearly_right(
            text in "([a-z]{1,3}=|password ?= ?|[,'\"\\\\# \n\u{e000}]|a\\.b|ß){0,40}",
        ) {
            let _ = statements(&text);
        }
    }
}
