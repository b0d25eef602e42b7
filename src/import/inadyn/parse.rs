//! The statements of an inadyn.conf.
//!
//! inadyn reads it with libConfuse: `key = value`, `key = { value, value }`, `section title { … }` and
//! `include("path")`; comments are `# …`, `// …` and `/* … */`; values are words or in quotes, `${NAME}`
//! is an environment variable. Line breaks mean no more than spaces.
//!
//! Nothing here has a `Debug`: it may hold a password (L12).

use std::cell::Cell;

/// A setting's key, values and line.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct InadynSetting {
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) values: Vec<InadynValue>,
    /// More stands behind it than inadyn would have understood.
    pub(super) cut: bool,
    /// Written with `+=`: the values come on top of those before.
    pub(super) adds: bool,
    /// Whether it was carried over or named.
    pub(super) consumed: Cell<bool>,
}

impl InadynSetting {
    pub(super) fn new(line: usize, key: String, values: Vec<InadynValue>) -> Self {
        Self {
            line,
            key,
            values,
            cut: false,
            adds: false,
            consumed: Cell::new(false),
        }
    }

    /// Notes that it was carried over or named.
    pub(super) fn consume(&self) {
        self.consumed.set(true);
    }
}

/// A value.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum InadynValue {
    Literal(String),
    /// The value of an environment variable.
    Variable {
        name: String,
        /// Whether there is a value for where the variable is not set.
        has_default: bool,
    },
    /// A text that is partly a variable's.
    Mixed,
}

/// `provider title { … }` or `custom title { … }`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct InadynSection {
    pub(super) line: usize,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) settings: Vec<InadynSetting>,
}

/// A whole file.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct InadynDocument {
    pub(super) settings: Vec<InadynSetting>,
    pub(super) sections: Vec<InadynSection>,
    /// Lines that are none of this.
    pub(super) strange: Vec<usize>,
}

/// Reads all of it.
pub(super) fn document(text: &str) -> InadynDocument {
    let tokens = tokens(text);
    let mut document = InadynDocument::default();
    let mut open: Option<InadynSection> = None;
    let mut rest = tokens.as_slice();
    while let Some((statement, behind)) = statement(rest) {
        rest = behind;
        match statement {
            InadynStatement::Opens(section) => document.sections.extend(open.replace(section)),
            InadynStatement::Closes => document.sections.extend(open.take()),
            InadynStatement::Sets(setting) => match &mut open {
                Some(section) => section.settings.push(setting),
                None => document.settings.push(setting),
            },
            InadynStatement::Strange(line) => {
                if document.strange.last() != Some(&line) {
                    document.strange.push(line);
                }
            }
        }
    }
    document.sections.extend(open);
    document
}

#[derive(Clone, PartialEq, Eq)]
enum InadynToken {
    Word(InadynValue),
    Sign(char),
}

type SpannedToken = (InadynToken, usize);

enum InadynStatement {
    Opens(InadynSection),
    Closes,
    Sets(InadynSetting),
    Strange(usize),
}

/// The next statement and what follows it.
fn statement(tokens: &[SpannedToken]) -> Option<(InadynStatement, &[SpannedToken])> {
    use InadynToken::{Sign, Word};
    let ((first, line), rest) = tokens.split_first()?;
    let line = *line;
    let Word(InadynValue::Literal(key)) = first else {
        let closes = *first == Sign('}');
        let statement = if closes {
            InadynStatement::Closes
        } else {
            InadynStatement::Strange(line)
        };
        return Some((statement, rest));
    };
    let key = key.to_lowercase();
    let (adds, rest) = match rest {
        [(Sign('+'), _), rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    Some(match rest {
        [(Sign('='), _), (Sign('{'), _), rest @ ..] => {
            let end = rest.iter().position(|(token, _)| *token == Sign('}'));
            let end = end.unwrap_or(rest.len());
            let (inside, behind) = rest.split_at(end);
            let values = inside.iter().filter_map(|(token, _)| match token {
                Word(value) => Some(value.clone()),
                Sign(_) => None,
            });
            let mut setting = InadynSetting::new(line, key, values.collect());
            setting.adds = adds;
            let behind = behind.get(1..).unwrap_or_default();
            (InadynStatement::Sets(setting), behind)
        }
        [(Sign('='), _), (Word(value), at), rest @ ..] => {
            let strays = strays(rest, *at);
            let mut setting = InadynSetting::new(line, key, vec![value.clone()]);
            setting.cut = strays > 0;
            setting.adds = adds;
            let behind = rest.get(strays..).unwrap_or_default();
            (InadynStatement::Sets(setting), behind)
        }
        [(Sign('('), _), (Word(value), _), (Sign(')'), _), rest @ ..] => {
            let setting = InadynSetting::new(line, key, vec![value.clone()]);
            (InadynStatement::Sets(setting), rest)
        }
        [
            (Word(InadynValue::Literal(title)), _),
            (Sign('{'), _),
            rest @ ..,
        ] => {
            let section = InadynSection {
                line,
                kind: key,
                title: title.clone(),
                settings: Vec::new(),
            };
            (InadynStatement::Opens(section), rest)
        }
        _ => (InadynStatement::Strange(line), rest),
    })
}

/// How many words stand behind a value on its line that begin nothing: it should have been in quotes.
fn strays(tokens: &[SpannedToken], line: usize) -> usize {
    let mut count = 0;
    while let Some(((token, at), behind)) = tokens.get(count..).and_then(<[_]>::split_first) {
        let begins = matches!(
            behind.first(),
            Some((InadynToken::Sign('=' | '(' | '+'), _))
        ) && matches!(token, InadynToken::Word(_));
        if *at != line || begins || *token == InadynToken::Sign('}') {
            break;
        }
        count += 1;
    }
    count
}

/// Splits a text into words and signs.
fn tokens(text: &str) -> Vec<SpannedToken> {
    let mut reader = InadynReader {
        rest: text,
        line: 1,
    };
    let mut tokens = Vec::new();
    while let Some(letter) = reader.rest.chars().next() {
        let line = reader.line;
        if letter.is_whitespace() {
            reader.skip(letter.len_utf8());
        } else if letter == '#' || reader.rest.starts_with("//") {
            reader.skip_to("\n");
        } else if reader.rest.starts_with("/*") {
            reader.skip(2);
            reader.skip_to("*/");
            reader.skip(2);
        } else if letter == '"' || letter == '\'' {
            reader.skip(1);
            let word = reader.quoted(letter);
            tokens.push((InadynToken::Word(word), line));
        } else if "{}()=,".contains(letter) && !reader.rest.starts_with("${") {
            reader.skip(1);
            tokens.push((InadynToken::Sign(letter), line));
        } else if reader.rest.starts_with("+=") {
            reader.skip(2);
            tokens.extend([
                (InadynToken::Sign('+'), line),
                (InadynToken::Sign('='), line),
            ]);
        } else {
            tokens.push((InadynToken::Word(reader.word()), line));
        }
    }
    tokens
}

struct InadynReader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> InadynReader<'a> {
    /// Passes over some bytes, and says what they were.
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += passed.matches('\n').count();
        self.rest = rest;
        passed
    }

    fn skip_to(&mut self, end: &str) -> &'a str {
        self.skip(self.rest.find(end).unwrap_or(self.rest.len()))
    }

    /// A word without quotes: up to white space or a sign; `${NAME}` is part of it.
    fn word(&mut self) -> InadynValue {
        let mut length = 0;
        let mut in_name = false;
        for letter in self.rest.chars() {
            let opens =
                letter == '{' && self.rest.get(..length).is_some_and(|it| it.ends_with('$'));
            let ends = letter.is_whitespace() || "{}(),=\"'#".contains(letter);
            let closes = in_name && letter == '}';
            if ends && !opens && !closes {
                break;
            }
            in_name = (in_name || opens) && !closes;
            length += letter.len_utf8();
        }
        // A sign that none of the others took is a word of itself.
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let word = self.skip(length.max(first));
        variable(word)
    }

    /// The rest of a text in quotes. In double ones a backslash makes what follows mean itself, or a
    /// line break or tab; in single ones only quotes and backslashes.
    fn quoted(&mut self, quote: char) -> InadynValue {
        let mut text = String::new();
        let mut escaped = false;
        let mut length = 0;
        for letter in self.rest.chars() {
            length += letter.len_utf8();
            match letter {
                letter if escaped => {
                    escaped = false;
                    match letter {
                        'n' if quote == '"' => text.push('\n'),
                        't' if quote == '"' => text.push('\t'),
                        '\n' if quote == '"' => {}
                        letter if quote == '"' || letter == quote || letter == '\\' => {
                            text.push(letter);
                        }
                        letter => text.extend(['\\', letter]),
                    }
                }
                '\\' => escaped = true,
                letter if letter == quote => {
                    self.skip(length);
                    return if quote == '"' {
                        variable(&text)
                    } else {
                        InadynValue::Literal(text)
                    };
                }
                letter => text.push(letter),
            }
        }
        self.skip(length);
        InadynValue::Literal(text)
    }
}

/// A value in which `${NAME}` or `${NAME:-…}` stands for a variable's.
fn variable(word: &str) -> InadynValue {
    let inside = word.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    match inside {
        Some(inside) if !inside.contains(['$', '{', '}']) => {
            let (name, default) = match inside.split_once(":-") {
                Some((name, default)) => (name, Some(default)),
                None => (inside, None),
            };
            InadynValue::Variable {
                name: name.to_owned(),
                has_default: default.is_some(),
            }
        }
        _ if word.contains("${") => InadynValue::Mixed,
        _ => InadynValue::Literal(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(settings: &[InadynSetting]) -> String {
        let shown = settings.iter().map(|it| {
            let values = it.values.iter().map(|value| match value {
                InadynValue::Literal(text) => format!("<{text}>"),
                InadynValue::Variable { name, has_default } => {
                    format!("${name}{}", if *has_default { ":-" } else { "" })
                }
                InadynValue::Mixed => "<$>".to_owned(),
            });
            let cut = if it.cut { "…" } else { "" };
            format!("{}:{}={}{cut}", it.line, it.key, values.collect::<String>())
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    fn whole(text: &str) -> String {
        let document = document(text);
        let mut parts = vec![shown(&document.settings)];
        for section in &document.sections {
            let inside = shown(&section.settings);
            parts.push(format!(
                "{}:{} {} [{inside}]",
                section.line, section.kind, section.title
            ));
        }
        if !document.strange.is_empty() {
            parts.push(format!("strange {:?}", document.strange));
        }
        parts.retain(|it| !it.is_empty());
        parts.join(" ")
    }

    #[test]
    fn statements_are_read_as_inadyn_reads_them() {
        for (text, expected) in [
            ("", ""),
            ("period = 300 # seconds\n", "1:period=<300>"),
            ("// one\n/* two\n three */ period=300", "3:period=<300>"),
            (
                "provider default@domene.shop:1 {\n  username = me\n  password = \"p#w\" }",
                "1:provider default@domene.shop:1 [2:username=<me> 3:password=<p#w>]",
            ),
            (
                "provider x\n{\nhostname = { \"a.example.com\",\n b.example.com }\n}\nperiod = 1",
                "6:period=<1> 1:provider x [3:hostname=<a.example.com><b.example.com>]",
            ),
            (
                "provider x { username = a password = b }",
                "1:provider x [1:username=<a> 1:password=<b>]",
            ),
            (
                "custom 'a b' { include(\"/etc/x\") }",
                "1:custom a b [1:include=</etc/x>]",
            ),
            ("checkip-path = /ip?x", "1:checkip-path=</ip?x>"),
            ("password = a/+b", "1:password=<a/+b>"),
            ("password = ${SECRET}", "1:password=$SECRET"),
            ("password = \"${SECRET:-x}\"", "1:password=$SECRET:-"),
            ("password = '${SECRET}'", "1:password=<${SECRET}>"),
            ("password = a${B}c", "1:password=<$>"),
            (r#"password = "a\"b\\c\x""#, r#"1:password=<a"b\cx>"#),
            (r"password = 'a\'b\c'", r"1:password=<a'b\c>"),
            ("alias += { a, b }", "1:alias=<a><b>"),
            (
                "password = two words\nperiod = 1",
                "1:password=<two>… 2:period=<1>",
            ),
            (
                "checkip-command = /sbin/ifconfig eth0 | grep 'inet addr'\n",
                "1:checkip-command=</sbin/ifconfig>…",
            ),
            (
                "provider x {\nusername = a\n",
                "1:provider x [2:username=<a>]",
            ),
            ("}\n= x\nperiod", "strange [2, 3]"),
            ("key = { a", "1:key=<a>"),
            ("key =", "strange [1]"),
            ("\"open", "strange [1]"),
            ("/* open", ""),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,60}") {
            let _ = document(&text);
        }

        #[test]
        fn nor_one_that_is_nearly_right(
            text in "(provider x|[a-z]=|\\$\\{|/\\*|\\*/|[{}(),='\"\\\\# \n/+$]|ß){0,40}",
        ) {
            let _ = document(&text);
        }
    }
}
