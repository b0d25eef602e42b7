//! What a text says behind one layer of escapes, of whatever kind, also where the rest is not well-formed or was cut off.

/// Names of characters in HTML (its list of named character references) that a credential may have.
const NAMED_REFERENCES: [(&str, char); 39] = [
    ("amp", '&'),
    ("apos", '\''),
    ("ast", '*'),
    ("bsol", '\\'),
    ("colon", ':'),
    ("comma", ','),
    ("commat", '@'),
    ("dollar", '$'),
    ("equals", '='),
    ("excl", '!'),
    ("grave", '`'),
    ("gt", '>'),
    ("GT", '>'),
    ("Hat", '^'),
    ("lbrace", '{'),
    ("lbrack", '['),
    ("lcub", '{'),
    ("lowbar", '_'),
    ("lpar", '('),
    ("lsqb", '['),
    ("lt", '<'),
    ("LT", '<'),
    ("midast", '*'),
    ("num", '#'),
    ("percnt", '%'),
    ("period", '.'),
    ("plus", '+'),
    ("quest", '?'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("rbrace", '}'),
    ("rbrack", ']'),
    ("rcub", '}'),
    ("rpar", ')'),
    ("rsqb", ']'),
    ("semi", ';'),
    ("sol", '/'),
    ("verbar", '|'),
    ("vert", '|'),
];

/// Whether there is anything that may be an escape.
pub(super) fn has_escapes(text: &str) -> bool {
    text.contains(['\\', '%', '&'])
}

/// The text as read once: percent-encoding (RFC 3986 section 2.1), JSON's and JavaScript's escapes (RFC 8259 section 7),
/// HTML's character references. What is none of these stays, and so does what stands for half of a character, for a
/// credential has none of these.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['\\', '%', '&']) {
        let (before, escape) = rest.split_at(start);
        bytes.extend_from_slice(before.as_bytes());
        let (said, after) = match escape.as_bytes().first() {
            Some(b'%') => percent(escape),
            Some(b'&') => reference(escape),
            _ => backslash(escape),
        };
        match said {
            Decoded::Byte(byte) => bytes.push(byte),
            Decoded::Char(letter) => {
                bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Decoded::Nothing => {}
        }
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What an escape stands for.
enum Decoded {
    Byte(u8),
    Char(char),
    /// A character that nobody is shown.
    Nothing,
}

/// What a text that begins with a percent sign says, and what follows.
fn percent(text: &str) -> (Decoded, &str) {
    let rest = text.get(1..).unwrap_or_default();
    if let Some((number, after)) = digits(rest, 2)
        && let Ok(byte) = u8::try_from(number)
    {
        return (Decoded::Byte(byte), after);
    }
    let unit = rest.strip_prefix(['u', 'U']).and_then(|it| digits(it, 4));
    match unit.and_then(|(number, after)| Some((char::from_u32(number)?, after))) {
        Some((letter, after)) => (Decoded::Char(letter), after),
        None => (Decoded::Char('%'), rest),
    }
}

fn backslash(text: &str) -> (Decoded, &str) {
    let rest = text.get(1..).unwrap_or_default();
    let mut letters = rest.chars();
    let letter = letters.next();
    let after = letters.as_str();
    let coded = match letter {
        // Line feed, carriage return, tab, backspace, form feed.
        Some('n' | 'r' | 't' | 'b' | 'f') => return (Decoded::Nothing, after),
        Some('u') => braced(after).or_else(|| digits(after, 4)),
        Some('U') => digits(after, 8),
        Some('x') => digits(after, 2),
        Some(other) => return (Decoded::Char(other), after),
        None => return (Decoded::Nothing, ""),
    };
    match (
        coded.and_then(|(number, after)| Some((char::from_u32(number)?, after))),
        letter,
    ) {
        (Some((letter, after)), _) => (Decoded::Char(letter), after),
        (None, Some(letter)) => (Decoded::Char(letter), after),
        (None, None) => (Decoded::Nothing, after),
    }
}

/// `{1F600}`.
fn braced(text: &str) -> Option<(u32, &str)> {
    let (inner, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_number =
        (1..=6).contains(&inner.len()) && inner.bytes().all(|it| it.is_ascii_hexdigit());
    let number = is_number.then(|| u32::from_str_radix(inner, 16).ok())??;
    Some((number, after))
}

fn reference(text: &str) -> (Decoded, &str) {
    let rest = text.get(1..).unwrap_or_default();
    let found = rest.strip_prefix('#').map_or_else(|| named(rest), numbered);
    match found {
        Some((letter, after)) => (
            Decoded::Char(letter),
            after.strip_prefix(';').unwrap_or(after),
        ),
        None => (Decoded::Char('&'), rest),
    }
}

fn numbered(text: &str) -> Option<(char, &str)> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let end = digits
        .find(|it: char| !it.is_digit(radix))
        .unwrap_or(digits.len());
    let (number, after) = digits.split_at(end);
    // Zeros in front change nothing, and only a letter's number is short without them.
    let number = number.trim_start_matches('0');
    let number = if number.len() <= 8 {
        u32::from_str_radix(number, radix).ok()?
    } else {
        return None;
    };
    Some((char::from_u32(number)?, after))
}

fn named(text: &str) -> Option<(char, &str)> {
    let end = text.find(|it: char| !it.is_ascii_alphanumeric())?;
    let (name, after) = text.split_at(end);
    let (_, letter) = NAMED_REFERENCES.iter().find(|(known, _)| *known == name)?;
    after.starts_with(';').then_some((*letter, after))
}

/// So many hexadecimal digits, and what follows.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let digits = text.get(..count)?;
    let is_number = digits.bytes().all(|it| it.is_ascii_hexdigit());
    let number = is_number.then(|| u32::from_str_radix(digits, 16).ok())??;
    Some((number, text.get(count..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_escape_is_read_once() {
        for (text, said) in [
            ("%2Fa%2f%C3%A9", "/a/é"),
            ("%252F", "%2F"),
            ("%u002F%zz%", "/%zz%"),
            (r"\/\u002f\u{2f}\x2f\U0000002f\\", r"/////\"),
            (r"a\nb\ud83d\q", "abud83dq"),
            ("&#47;&#x2F;&#0000047&sol;&amp;sol;", "////&sol;"),
            (
                "&sol &unknown; &#; &#x110000; &",
                "&sol &unknown; &#; &#x110000; &",
            ),
            ("a & b\\", "a & b"),
        ] {
            assert_eq!(decoded(text), said, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r"(\\|u|x|%|&|#|;|2f|\{|\}|sol|é|.){0,20}") {
            let _ = decoded(&text);
        }
    }
}
