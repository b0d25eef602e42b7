//! JSON with the line of everything in it. Whether it is JSON at all is for `serde_json` to say; this
//! reads what it has accepted. Nothing here has a `Debug`: it may hold a password (L12).

use std::cell::Cell;

/// A value and the line it starts on.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SpannedValue {
    pub(super) line: usize,
    pub(super) value: JsonValue,
    /// Whether it was carried over or named.
    pub(super) consumed: Cell<bool>,
}

/// What a value is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum JsonValue {
    Text(String),
    List(Vec<SpannedValue>),
    Map(Vec<(String, SpannedValue)>),
    /// A number, a truth value or nothing, as it is written.
    Other(String),
}

impl SpannedValue {
    /// The last value with a key: that one counts. It counts as carried over from now on.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let JsonValue::Map(entries) = &self.value else {
            return None;
        };
        let mut entries = entries.iter().rev();
        let value = entries.find_map(|(own, value)| (own == key).then_some(value))?;
        value.consumed.set(true);
        Some(value)
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            JsonValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a text. The error says where it stops being JSON, and shows nothing of it.
pub(super) fn parse(text: &str) -> Result<SpannedValue, String> {
    // Its limit on nesting is the limit of what follows.
    serde_json::from_str::<serde_json::Value>(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("it is not valid JSON from line {line}, column {column} on")
    })?;
    let mut reader = JsonReader {
        rest: text,
        line: 1,
    };
    Ok(reader.value())
}

struct JsonReader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> JsonReader<'a> {
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += passed.matches('\n').count();
        self.rest = rest;
        passed
    }

    /// The next letter that is no white space.
    fn peek(&mut self) -> Option<char> {
        self.skip(self.rest.len() - self.rest.trim_start().len());
        self.rest.chars().next()
    }

    /// Passes over a sign, if it is the next.
    fn sign(&mut self, sign: char) -> bool {
        let there = self.peek() == Some(sign);
        if there {
            self.skip(sign.len_utf8());
        }
        there
    }

    fn value(&mut self) -> SpannedValue {
        let first = self.peek();
        let line = self.line;
        let value = match first {
            Some('"') => JsonValue::Text(self.text()),
            Some('[') => {
                self.sign('[');
                let mut items = Vec::new();
                while !matches!(self.peek(), None | Some(']')) {
                    items.push(self.value());
                    self.sign(',');
                }
                self.sign(']');
                JsonValue::List(items)
            }
            Some('{') => {
                self.sign('{');
                let mut entries = Vec::new();
                while self.peek() == Some('"') {
                    let key = self.text();
                    self.sign(':');
                    entries.push((key, self.value()));
                    self.sign(',');
                }
                self.sign('}');
                JsonValue::Map(entries)
            }
            _ => {
                let ends = |it: char| it.is_whitespace() || ",]}".contains(it);
                let length = self.rest.find(ends).unwrap_or(self.rest.len());
                // At least one letter, so that there is an end to it whatever the text.
                let first = first.map_or(0, char::len_utf8);
                JsonValue::Other(self.skip(length.max(first)).to_owned())
            }
        };
        SpannedValue {
            line,
            value,
            consumed: Cell::new(false),
        }
    }

    /// A text in quotes.
    fn text(&mut self) -> String {
        let mut escaped = true; // the quote it starts with ends nothing
        let end = self.rest.char_indices().find(|(_, letter)| {
            let ends = *letter == '"' && !escaped;
            escaped = !escaped && *letter == '\\';
            ends
        });
        let length = end.map_or(self.rest.len(), |(place, _)| place + 1);
        let quoted = self.skip(length);
        serde_json::from_str(quoted).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(placed: &SpannedValue) -> String {
        let SpannedValue { line, value, .. } = placed;
        match value {
            JsonValue::Text(text) => format!("{line}<{text}>"),
            JsonValue::Other(_) => format!("{line}?"),
            JsonValue::List(items) => {
                let items: Vec<_> = items.iter().map(shown).collect();
                format!("{line}[{}]", items.join(" "))
            }
            JsonValue::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{key}:{}", shown(value)));
                format!("{line}{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn everything_has_its_line() {
        for (text, expected) in [
            (
                "{\n \"settings\": [\n  {\"a\": \"b\\\"\\u00e5\", \"c\": 1.5e3},\n  null\n ]\n}",
                "1{settings:2[3{a:3<b\"å> c:3?} 4?]}",
            ),
            ("[]", "1[]"),
            ("{}", "1{}"),
            ("[true,[[]],{}]", "1[1? 1[1[]] 1{}]"),
            (r#"["\\","{"]"#, r"1[1<\> 1<{>]"),
            ("{\"a\":1,\n\"a\":\"b\"}", "1{a:1? a:2<b>}"),
        ] {
            assert_eq!(shown(&parse(text).unwrap()), expected, "{text}");
        }
        let map = parse("{\"a\":\"1\",\"a\":\"2\"}").unwrap();
        assert_eq!(map.text("a"), Some("2"));
        assert_eq!(map.text("b"), None);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place_and_without_its_text() {
        let error = parse("{\n  \"token\": hunter2\n}").err().unwrap();
        assert!(
            error.contains("line 2") && !error.contains("hunter2"),
            "{error}"
        );
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    /// Any JSON at all.
    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            "(?s).{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map("(?s).{0,12}", inner, 0..6)
                    .prop_map(|it| serde_json::Value::Object(it.into_iter().collect())),
            ]
        })
    }

    fn same(placed: &SpannedValue, json: &serde_json::Value) -> bool {
        match (&placed.value, json) {
            (JsonValue::Text(text), serde_json::Value::String(other)) => text == other,
            (JsonValue::List(items), serde_json::Value::Array(others)) => {
                items.len() == others.len()
                    && items
                        .iter()
                        .zip(others)
                        .all(|(item, other)| same(item, other))
            }
            (JsonValue::Map(entries), serde_json::Value::Object(others)) => {
                entries.len() == others.len()
                    && entries
                        .iter()
                        .all(|(key, value)| others.get(key).is_some_and(|it| same(value, it)))
            }
            (JsonValue::Other(_), other) => {
                !other.is_string() && !other.is_array() && !other.is_object()
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_is_what_serde_json_reads(json in json(), pretty in any::<bool>()) {
            let text = if pretty {
                serde_json::to_string_pretty(&json)
            } else {
                serde_json::to_string(&json)
            };
            let placed = parse(&text.unwrap()).unwrap();
            prop_assert!(same(&placed, &json), "{}", shown(&placed));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn nor_one_that_is_nearly_right(text in "([\\[\\]{}:,\"\\\\ \n]|1|true|a){0,40}") {
            let _ = parse(&text);
        }
    }
}
