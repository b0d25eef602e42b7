//! What to write in place of a text that is no host's name.

use super::name::{Fqdn, NameError};

/// The longest label that DNS has (RFC 1035 section 2.3.4).
const MAX_LABEL_LENGTH: usize = 63;

/// What to write instead of `text`, in words; nothing where the error itself says so, or where nobody can
/// know what was meant.
pub fn name_hint(text: &str, error: &NameError) -> Option<String> {
    let text = text.trim();
    let several = |letter: char| letter.is_whitespace() || letter == ',' || letter == ';';
    let mut words = text.split(several).filter(|word| !word.is_empty());
    if words.clone().count() > 1 && words.all(|word| nearest(word).is_some()) {
        return Some("write each host in quotes of its own".to_owned());
    }
    let bare = text.trim_matches('.');
    if bare == "@" {
        return Some("write the domain itself, as in `example.com`".to_owned());
    }
    if bare == "*" {
        return Some("write the domain behind it, as in `*.example.com`".to_owned());
    }
    if let Some(name) = nearest(text) {
        let every = format!(", or `*.{name}` for every name in it");
        let more = if text.starts_with('.') && !name.is_wildcard() {
            &every
        } else {
            ""
        };
        return Some(format!("write `{name}`{more}"));
    }
    match error {
        NameError::BadLabel(label) if label.chars().count() > MAX_LABEL_LENGTH => Some(format!(
            "a label has at most {MAX_LABEL_LENGTH} characters, this one has {}",
            label.chars().count()
        )),
        NameError::BadLabel(label) if label.starts_with('-') || label.ends_with('-') => {
            Some("a label begins and ends with a letter or a digit".to_owned())
        }
        NameError::BadLabel(_) => Some(
            "write letters, digits and hyphens between the dots, as in `home.example.com`"
                .to_owned(),
        ),
        _ => None,
    }
}

/// The name that a text was meant for: without scheme, user, port and path, without `@` for the domain
/// itself, and with one dot between labels. None if that is no name, or the text is one as it stands.
fn nearest(text: &str) -> Option<Fqdn> {
    let (_, rest) = text.split_once("://").unwrap_or(("", text));
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest.get(..end).unwrap_or_default();
    // `me@example.com` is an address of a person: whether the domain was meant nobody can know.
    let host = host.strip_prefix('@').unwrap_or(host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    };
    let labels = host.split('.').map(str::trim);
    let labels: Vec<_> = labels.filter(|label| !label.is_empty()).collect();
    Fqdn::parse(&labels.join(".")).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hint(text: &str) -> Option<String> {
        let error = Fqdn::parse(text).err()?;
        name_hint(text, &error)
    }

    #[test]
    fn a_text_that_is_no_name_gets_a_hint_that_says_what_to_write_instead() {
        let long = format!("{}.example.com", "a".repeat(64));
        for (text, expected) in [
            (
                ".example.com",
                "write `example.com`, or `*.example.com` for every name in it",
            ),
            ("@.example.com", "write `example.com`"),
            ("@", "write the domain itself, as in `example.com`"),
            ("*.", "write the domain behind it, as in `*.example.com`"),
            ("*", "write the domain behind it, as in `*.example.com`"),
            ("a..example.com", "write `a.example.com`"),
            ("a.example.com..", "write `a.example.com`"),
            ("a. example.com", "write `a.example.com`"),
            ("http://a.example.com", "write `a.example.com`"),
            ("https://a.example.com:443/x?y", "write `a.example.com`"),
            ("a.example.com/x", "write `a.example.com`"),
            ("a.example.com:80", "write `a.example.com`"),
            ("*..example.com", "write `*.example.com`"),
            (
                "a.example.com, b.example.com",
                "write each host in quotes of its own",
            ),
            (
                "a.example.com b.example.com",
                "write each host in quotes of its own",
            ),
            (
                "-a.example.com",
                "a label begins and ends with a letter or a digit",
            ),
            (&long, "a label has at most 63 characters, this one has 64"),
            (
                "my home.example.com",
                "write letters, digits and hyphens between the dots, as in `home.example.com`",
            ),
        ] {
            assert_eq!(hint(text).as_deref(), Some(expected), "{text}");
        }
        // Names as they stand, and errors that say themselves what to do.
        for text in [
            "a_b.example.com",
            "a.example.com.",
            " a.example.com ",
            "home",
            "1.2.3.4",
            "**.example.com",
        ] {
            assert_eq!(hint(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_name_in_a_hint_is_one(text in "(https?://)?@?[.]{0,2}[a-z*_ -]{0,5}[.]{0,2}[a-z]{1,4}[.]{1,2}com[.]{0,2}(:[0-9]{1,3})?(/[a-z]{0,3})?") {
            if let Some(hint) = hint(&text)
                && let Some(name) = hint.strip_prefix("write `").and_then(|rest| rest.split('`').next())
            {
                prop_assert!(Fqdn::parse(name).is_ok(), "{}", hint);
            }
        }
    }
}
