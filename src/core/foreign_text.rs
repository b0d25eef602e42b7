//! Text from outside, made fit for a terminal, a log and a page (L15).
//!
//! Providers, sources, DNS servers, certificates, files and child processes can say anything: an escape sequence
//! that rewrites a terminal, a line feed that forges a line of the journal, a mark that turns the direction of what
//! follows. Which characters those are is the standard library's knowledge: it escapes whatever the Unicode
//! Standard calls control (Cc), format (Cf), separator (Zl, Zp, Zs), private use (Co) or unassigned (Cn). Added are
//! the characters that Unicode asks to show as nothing (`Default_Ignorable_Code_Point`) but counts as letters or
//! marks: fillers and variation selectors.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer};
use serde_json::Value;

/// The longest text from outside that a message quotes, in characters.
pub const MAX_QUOTED_CHARS: usize = 200;

/// Text from outside on one line, without a character that does more than show itself, and of bearable length.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ForeignText(String);

impl ForeignText {
    /// The text, cut at [`MAX_QUOTED_CHARS`].
    pub fn new(text: &str) -> Self {
        Self::at_most(text, MAX_QUOTED_CHARS)
    }

    /// The text, cut so that at most `max_chars` characters are shown; an ellipsis says that it was cut.
    pub fn at_most(text: &str, max_chars: usize) -> Self {
        let mut shown = String::new();
        let mut count = 0;
        // Where to cut if the text turns out to be too long.
        let mut cut = 0;
        for letter in text.trim().chars() {
            let before = shown.len();
            push(&mut shown, letter);
            count += shown.get(before..).map_or(0, |added| added.chars().count());
            if count > max_chars {
                shown.truncate(cut);
                shown.push('…');
                break;
            }
            if count < max_chars {
                cut = shown.len();
            }
        }
        Self(shown)
    }

    /// What is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for ForeignText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ForeignText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for ForeignText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<ForeignText> for String {
    fn from(text: ForeignText) -> Self {
        text.0
    }
}

/// Whether a character shows itself and does nothing else.
pub fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return matches!(letter, ' '..='~');
    }
    // Behind another letter, for a mark at the very beginning is escaped although it is one.
    let mut bytes = [b'a'; 5];
    let Some(room) = bytes.get_mut(1..) else {
        return false;
    };
    let end = 1 + letter.encode_utf8(room).len();
    let text = bytes
        .get(..end)
        .and_then(|used| std::str::from_utf8(used).ok());
    let is_escaped = text.is_none_or(|it| it.escape_debug().nth(1) == Some('\\'));
    !is_escaped && !is_invisible(letter)
}

/// The letters and marks of DerivedCoreProperties.txt (Unicode 16.0) that are `Default_Ignorable_Code_Point`.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line: white space of any kind is a space, and what does more than show itself is written as its
/// number (`\u{202e}`).
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|letter| push(&mut shown, letter));
    Cow::Owned(shown)
}

/// The same for text of several lines, whose ends stay.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|it| it == '\n' || is_printable(it)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '\n' {
            shown.push('\n');
        } else {
            push(&mut shown, letter);
        }
    }
    Cow::Owned(shown)
}

/// JSON in which such characters are JSON's own escapes (RFC 8259 section 7): a program reads the same text, and a
/// terminal that the JSON is shown on is safe from it. They stand in strings only, so that nothing else changes.
pub fn printable_json(json: &str) -> Cow<'_, str> {
    use fmt::Write as _;
    if json.chars().all(|it| it == '\n' || is_printable(it)) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter == '\n' || is_printable(letter) {
            shown.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(shown)
}

/// The same for each text of a JSON value that was read, names included: what is made of the value can be shown.
pub fn printable_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(printable_value).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let shown =
                fields.map(|(name, it)| (printable(&name).into_owned(), printable_value(it)));
            Value::Object(shown.collect())
        }
        other => other,
    }
}

fn push(shown: &mut String, letter: char) {
    if is_printable(letter) {
        shown.push(letter);
    } else if letter.is_whitespace() {
        shown.push(' ');
    } else {
        shown.extend(letter.escape_unicode());
    }
}

/// For tests: text that whoever sends it hopes to see shown as it is.
#[cfg(test)]
pub(crate) mod hostile {
    use super::is_printable;

    /// Controls of both sets, line ends of all kinds, directions, zero widths, tags, and lines that pretend to be ours.
    pub(crate) const TEXT: &str = "a\u{1b}]0;x\u{7}\r\nFORGED\u{85}FORGED\u{2028}FORGED\n<3>FORGED\u{202e}b\u{2066}c\u{7f}d\u{9b}31m\
                                   e\u{200b}f\u{e0041}g\u{fe0f}h\u{8}i";

    /// The same on one line.
    pub(crate) fn line() -> String {
        TEXT.replace(['\r', '\n'], "")
    }

    /// Nothing of the kind is in what is shown.
    #[track_caller]
    pub(crate) fn assert_none_in(shown: &str) {
        assert!(shown.chars().all(is_printable), "{shown:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind that does something to a terminal, a log or a reader.
    const HARMFUL: [char; 30] = [
        '\0',
        '\u{7}',
        '\u{8}',
        '\t',
        '\n',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{200f}',
        '\u{2028}',
        '\u{2029}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{e000}',
        '\u{fff9}',
        '\u{e0041}',
        '\u{10ffff}',
    ];

    #[test]
    fn what_does_more_than_show_itself_is_never_shown_as_it_is() {
        for letter in HARMFUL {
            assert!(!is_printable(letter), "{}", letter.escape_unicode());
            let text = format!("a{letter}b");
            for shown in [
                printable(&text),
                printable_lines(&text),
                ForeignText::new(&text).0.into(),
            ] {
                let kept = letter == '\n' && shown.contains('\n');
                assert!(kept || !shown.contains(letter), "{shown:?}");
                assert!(shown.starts_with('a') && shown.ends_with('b'), "{shown:?}");
            }
            assert!(!printable(&text).contains('\n'));
        }
        assert_eq!(
            printable("a\u{1b}[31m\u{202e}\r\nb"),
            r"a\u{1b}[31m\u{202e}  b"
        );
    }

    #[test]
    fn letters_of_any_language_and_signs_are_shown_as_they_are() {
        for text in [
            "",
            "ÅØæ",
            "默认",
            "日本語、です。",
            "שלום",
            "e\u{301}",
            "ไม่",
            "“…” — →",
            "🙂",
            "~ \\ \" '",
        ] {
            assert_eq!(printable(text), text);
            assert_eq!(ForeignText::new(text).as_str(), text);
            assert_eq!(printable_json(text), text);
        }
    }

    #[test]
    fn json_says_the_same_with_every_such_character_escaped() {
        for letter in HARMFUL {
            let value = serde_json::json!({ format!("k{letter}"): format!("a{letter}b") });
            for text in [value.to_string(), format!("{value:#}")] {
                let shown = printable_json(&text);
                assert!(
                    shown.chars().all(|it| it == '\n' || is_printable(it)),
                    "{shown:?}"
                );
                assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
            }
        }
    }

    #[test]
    fn a_long_text_is_cut_where_it_says_so_and_no_escape_is_cut_in_two() {
        assert_eq!(ForeignText::at_most("abcdef", 6).as_str(), "abcdef");
        assert_eq!(ForeignText::at_most("abcdefg", 6).as_str(), "abcde…");
        assert_eq!(ForeignText::at_most("abc\u{1b}d", 6).as_str(), "abc…");
        assert_eq!(ForeignText::at_most(" a\n", 6).as_str(), "a");
        let long = "\u{202e}".repeat(100_000);
        assert!(ForeignText::new(&long).as_str().chars().count() <= MAX_QUOTED_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn any_text_becomes_printable_on_one_line(text in ".{0,80}|\\PC{0,80}") {
            let shown = printable(&text);
            proptest::prop_assert!(shown.chars().all(is_printable));
            let cut = ForeignText::at_most(&text, 10);
            proptest::prop_assert!(cut.as_str().chars().all(is_printable));
            proptest::prop_assert!(cut.as_str().chars().count() <= 10);
        }
    }
}
