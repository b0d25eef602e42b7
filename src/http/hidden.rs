//! Keeps what a request carries in secret out of what is said about its answer (L12), however whoever
//! answers writes it.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Response;

/// The texts that must not be seen.
#[derive(Clone, Default)]
pub(crate) struct Hidden(Vec<String>);

impl Hidden {
    /// These, and nothing for those that are empty.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|it| !it.is_empty());
        let mut texts: Vec<_> = secrets.map(str::to_owned).collect();
        // One may be a part of another, of which then a rest would be left.
        texts.sort_by_key(|it| std::cmp::Reverse(it.len()));
        texts.dedup();
        Self(texts)
    }

    /// A user and a password, and both as the `Authorization` header has them (RFC 7617 section 2).
    pub(crate) fn basic(user: &str, password: &str) -> Self {
        let pair = format!("{user}:{password}");
        let coded = [STANDARD_NO_PAD.encode(&pair), URL_SAFE_NO_PAD.encode(&pair)];
        let coded = coded.iter().map(String::as_str);
        Self::new([user, password, &pair].into_iter().chain(coded))
    }

    /// The text without them. Where they are in it only once escapes are read, or with control characters
    /// between their letters, which nobody is shown, it is the text as read that is returned.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // What is read furthest comes first: less of it would show a part of what is hidden.
        let readings: [fn(&str) -> String; 4] = [
            |text| percent_decoded(&unescaped(text)),
            unescaped,
            percent_decoded,
            str::to_owned,
        ];
        for read in readings {
            let mut reading = read(&text);
            reading.retain(|it| !it.is_control());
            if self.0.iter().any(|it| reading.contains(it)) {
                text = self.replaced(&reading);
            }
        }
        text
    }

    /// An answer without them. JSON stays JSON.
    pub(crate) fn hide_in(&self, response: &Response) -> Response {
        let body = match serde_json::from_slice::<Value>(&response.body) {
            Ok(value) => match self.hide_within(value.clone()) {
                same if same == value => self.hide(&response.text()),
                hidden => self.hide(&hidden.to_string()),
            },
            Err(_) => self.hide(&response.text()),
        };
        Response {
            body: body.into_bytes(),
            location: response.location.as_deref().map(|text| self.hide(text)),
            ..*response
        }
    }

    fn hide_within(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.hide(&text)),
            Value::Array(items) => {
                let items = items.into_iter().map(|it| self.hide_within(it));
                Value::Array(items.collect())
            }
            Value::Object(fields) => {
                let fields = fields.into_iter();
                let hidden = fields.map(|(name, it)| (self.hide(&name), self.hide_within(it)));
                Value::Object(hidden.collect())
            }
            other => other,
        }
    }

    fn replaced(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret, "…");
        }
        text
    }
}

fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What JSON's escapes say (RFC 8259 section 7), also where the rest is no JSON or was cut off. What stands for
/// half of a character stays, for a credential has none of these.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut letters = after.chars();
        let letter = letters.next();
        rest = letters.as_str();
        match letter {
            // Control characters, which nobody is shown: line feed, carriage return, tab, backspace, form feed.
            Some('n' | 'r' | 't' | 'b' | 'f') => {}
            Some('u') => {
                let coded = rest.get(..4);
                let coded = coded.and_then(|hex| u32::from_str_radix(hex, 16).ok());
                match coded.and_then(char::from_u32) {
                    Some(coded) => {
                        plain.push(coded);
                        rest = rest.get(4..).unwrap_or_default();
                    }
                    None => plain.push('u'),
                }
            }
            other => plain.extend(other),
        }
    }
    plain.push_str(rest);
    plain
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "t/ken+a=b7";
    const SECRET: &str = "t/ken+a=b7c8";

    fn hidden() -> Hidden {
        Hidden::basic(TOKEN, SECRET)
    }

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        for text in [
            "t/ken+a=b7c8",
            "t/k\u{1}en+\na=b7c8",
            "t%2Fken%2Ba%3Db7c8",
            "t%2fken%2ba%3Db7c8",
            "t/ken+a=b7%638",
            "%74/ken+a=b%37c8",
            r"t\/ken+a=b7c8",
            r"\u0074/ken\u002ba=b7c8",
            r"t\/k\u0001en%2ba=\nb7c8",
            "dC9rZW4rYT1iNzp0L2tlbithPWI3Yzg=",
            "dC9rZW4rYT1iNzp0L2tlbithPWI3Yzg",
        ] {
            let said = format!("it was {text}, he said");
            let shown = hidden().hide(&said);
            assert!(shown.starts_with("it was …"), "{text}: {shown}");
            assert!(shown.ends_with(", he said"), "{text}: {shown}");
            for part in ["b7", "en", "c8", "dC9", "Yzg"] {
                assert!(!shown.contains(part), "{text}: {shown}");
            }
        }
        assert_eq!(
            hidden().hide("t/ken+a=b7:"),
            "…:",
            "the shorter of both too"
        );
    }

    #[test]
    fn what_hides_nothing_stays_as_it_is() {
        for text in [
            "",
            "a\nb",
            r"C:\temp\u12",
            "100 % sure",
            r#"{"a":"\u0041"}"#,
        ] {
            assert_eq!(hidden().hide(text), text);
            assert_eq!(Hidden::new([""]).hide(text), text);
        }
        let body = r#"{ "b": 1.50, "a": "\u0041" }"#;
        assert_eq!(hidden().hide_in(&answer(body)), answer(body));
    }

    #[test]
    fn json_stays_json() {
        let body = r#"{"code":"t\/ken+a=b7","help":["x \"t\u002fken+a=b7c8\" y"],"t/ken+a=b7":1}"#;
        let shown = hidden().hide_in(&answer(body));
        let shown: Value = serde_json::from_slice(&shown.body).unwrap();
        let wanted = serde_json::json!({ "code": "…", "help": ["x \"…\" y"], "…": 1 });
        assert_eq!(shown, wanted);
        // Of two fields with one name a reader of JSON sees the last only, whoever reads the text sees both.
        let shown = hidden().hide_in(&answer(r#"{"a":"\u0074/ken+a=b7","a":1}"#));
        assert!(!shown.text().contains("ken"), "{}", shown.text());
        let shown = hidden().hide_in(&answer(r#"{"a":"\u0074/ken+a=b7","b"#));
        assert!(!shown.text().contains("ken"), "cut off: {}", shown.text());
    }

    #[test]
    fn its_debug_shows_nothing() {
        assert_eq!(format!("{:?}", hidden()), "Hidden(…)");
    }

    fn answer(body: &str) -> Response {
        Response {
            status: 400,
            retry_after: None,
            location: None,
            body: body.into(),
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_it_returns_has_no_secret(
            text in r"(\\|u00|74|%|t/ken|\+a=b7|c8|[^x]){0,20}",
        ) {
            let shown = hidden().hide(&text);
            proptest::prop_assert!(!shown.contains(TOKEN) && !shown.contains(SECRET));
        }
    }
}
