//! Keeps what a request carries in secret out of what is said about its answer (L12), however whoever
//! answers writes it.
//!
//! Found is a secret as it is, in capitals or small letters, and with characters that nobody is shown between its
//! letters; behind up to four layers of percent-encoding, HTML's character references and the escapes of JSON and
//! JavaScript, in any mixture; as hexadecimal digits, also with separators between the bytes; and as Base64 of both
//! alphabets, padded or not, also with blanks in it, by itself or in the middle of something longer (RFC 4648). Not found is what
//! is shorter than [`MIN_SECRET_BYTES`], a part of a secret, and what was compressed, encrypted, hashed, reversed or
//! coded in any other way: twice by Base64, in a dump with offsets, as decimal numbers, with tags between its letters. For that an excerpt is short, and what answers a login is not shown at all.

mod decode;

use std::{borrow::Cow, ops::Range};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use serde_json::Value;

use super::Response;
use super::redactor::decode::decoded;
use crate::core::foreign_text::is_printable;

/// The shortest secret that is hidden: no provider issues one that short, and a shorter one is in any word.
pub(crate) const MIN_SECRET_BYTES: usize = 4;

/// How many layers of escapes are looked behind.
const MAX_LAYERS: usize = 4;

/// The longest body that is looked through. What is shown of an answer is its beginning.
const MAX_BODY_BYTES: usize = 1 << 20;

/// How many bytes a byte may take in what is found: `&amp;amp;#x0000041;`.
const MAX_CODED_LENGTH: usize = 20;

/// The texts that must not be seen.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// In small letters, as they are and as they are understood where escapes are read.
    plain: Vec<String>,
    /// As Base64 has them, less the letters at both ends that depend on what stands beside them.
    base64: Vec<String>,
    /// As hexadecimal digits in small letters.
    hex: Vec<String>,
}

impl Redactor {
    /// These, and nothing for those that are too short to be secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hidden = Self::default();
        for secret in secrets {
            if secret.len() >= MIN_SECRET_BYTES {
                hidden.add(secret);
            }
        }
        hidden
    }

    /// A user and a password, and both as the `Authorization` header has them (RFC 7617 section 2).
    pub(crate) fn basic(user: &str, password: &str) -> Self {
        Self::new([user, password, &format!("{user}:{password}")])
    }

    fn add(&mut self, secret: &str) {
        for layers in 0..=MAX_LAYERS {
            // A secret may look like an escape itself.
            let plain = shown(&behind(secret, layers)).to_ascii_lowercase();
            if plain.len() >= MIN_SECRET_BYTES && !self.plain.contains(&plain) {
                self.plain.push(plain);
            }
        }
        self.hex.push(hex(secret.as_bytes()));
        for offset in 0..3 {
            let mut bytes = vec![0; offset];
            bytes.extend_from_slice(secret.as_bytes());
            // Six bits a letter: the first one that has none of the bytes before, and the end of those that have none
            // of the bytes behind.
            let (start, end) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
            for coded in [
                STANDARD_NO_PAD.encode(&bytes),
                URL_SAFE_NO_PAD.encode(&bytes),
            ] {
                let own = coded.get(start..end).unwrap_or_default().to_owned();
                if !own.is_empty() && !self.base64.contains(&own) {
                    self.base64.push(own);
                }
            }
        }
    }

    /// The text without them. Where they are in it only once escapes are read, or with characters between their
    /// letters that nobody is shown, it is the text as read that is returned.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // What is read furthest comes first: less of it would show a part of what is hidden.
        for layers in (0..=MAX_LAYERS).rev() {
            if layers > 0 && !decode::has_escapes(&text) {
                continue;
            }
            let reading = behind(&text, layers);
            let reading = shown(&reading);
            let found = self.found_in(&reading);
            if !found.is_empty() {
                text = without(&reading, found);
            }
        }
        text
    }

    /// An answer without them. JSON stays JSON, if it is not too long to be looked through.
    pub(crate) fn hide_in(&self, response: &Response) -> Response {
        let cut = response.body.get(..MAX_BODY_BYTES);
        let body = cut.unwrap_or(&response.body);
        let text = String::from_utf8_lossy(body);
        let mut shown = match serde_json::from_slice::<Value>(body) {
            Ok(value) => match self.hide_within(value.clone()) {
                same if same == value => self.hide(&text),
                hidden => self.hide(&hidden.to_string()),
            },
            Err(_) => self.hide(&text),
        };
        if cut.is_some() {
            // It may end with the beginning of a secret.
            let longest = self.plain.iter().map(String::len).max().unwrap_or(0);
            let end = shown.len().saturating_sub(longest * MAX_CODED_LENGTH);
            shown.truncate(shown.floor_char_boundary(end));
        }
        Response {
            body: shown.into_bytes(),
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

    /// Where they stand in a text.
    fn found_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        // Small letters take as many bytes as capitals.
        let small = text.to_ascii_lowercase();
        for secret in &self.plain {
            let hits = small.match_indices(secret.as_str());
            found.extend(hits.map(|(start, hit)| start..start + hit.len()));
        }
        self.find_base64(text, &mut found);
        self.find_hex(small.as_bytes(), &mut found);
        found
    }

    /// Letters of Base64 that follow each other, whatever blanks and line ends stand between them.
    fn find_base64(&self, text: &str, found: &mut Vec<Range<usize>>) {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
        let (places, letters): (Vec<usize>, Vec<u8>) = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| !byte.is_ascii_whitespace())
            .unzip();
        let letters = String::from_utf8_lossy(&letters);
        for secret in &self.base64 {
            for (start, hit) in letters.match_indices(secret.as_str()) {
                let ends = (places.get(start), places.get(start + hit.len() - 1));
                if let (Some(&first), Some(&last)) = ends {
                    // What stands beside it in one word may have a part of the secret.
                    found.push(widened(text, first..last + 1, is_base64));
                }
            }
        }
    }

    /// Digits that follow each other, whatever stands between them that is none: `74:2f`, `0x74, 0x2f`, `\x74\x2f`.
    fn find_hex(&self, small: &[u8], found: &mut Vec<Range<usize>>) {
        let is_prefix =
            |place: usize| small.get(place) == Some(&b'0') && small.get(place + 1) == Some(&b'x');
        let places = (0..small.len()).filter(|place| {
            let byte = small.get(*place);
            byte.is_some_and(u8::is_ascii_hexdigit) && !is_prefix(*place)
        });
        let places: Vec<usize> = places.collect();
        let digits = places.iter().filter_map(|place| small.get(*place));
        let digits: String = digits.map(|byte| char::from(*byte)).collect();
        for secret in &self.hex {
            for (start, hit) in digits.match_indices(secret.as_str()) {
                let ends = (places.get(start), places.get(start + hit.len() - 1));
                if let (Some(&first), Some(last)) = ends {
                    let has_prefix = first >= 2 && is_prefix(first - 2);
                    found.push(first - if has_prefix { 2 } else { 0 }..last + 1);
                }
            }
        }
    }
}

/// The text behind so many layers of escapes.
fn behind(text: &str, layers: usize) -> Cow<'_, str> {
    let mut reading = Cow::Borrowed(text);
    for _ in 0..layers {
        if !decode::has_escapes(&reading) {
            break;
        }
        reading = Cow::Owned(decoded(&reading));
    }
    reading
}

/// Without what nobody is shown.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| is_printable(*letter))
        .collect()
}

/// The text with an ellipsis for each of these parts; parts that touch or overlap are one.
fn without(text: &str, mut parts: Vec<Range<usize>>) -> String {
    parts.sort_by_key(|part| part.start);
    let mut rest = String::with_capacity(text.len());
    let mut end = 0;
    for part in parts {
        if part.start > end || rest.is_empty() {
            rest.push_str(text.get(end..part.start).unwrap_or_default());
            rest.push('…');
        }
        end = end.max(part.end);
    }
    rest.push_str(text.get(end..).unwrap_or_default());
    rest
}

/// The part with all bytes before and behind it that belong to it.
fn widened(text: &str, part: Range<usize>, belongs: impl Fn(u8) -> bool) -> Range<usize> {
    let before = text.as_bytes().get(..part.start).unwrap_or_default();
    let behind = text.as_bytes().get(part.end..).unwrap_or_default();
    let before = before.iter().rev().take_while(|byte| belongs(**byte));
    let behind = behind.iter().take_while(|byte| belongs(**byte));
    part.start - before.count()..part.end + behind.count()
}

fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests;
