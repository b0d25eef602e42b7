//! "Did you mean": the known name nearest to a mistyped one.

/// The known name that `written` was probably meant to be; of several, the first.
pub(super) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = written.chars().count();
    // Beyond this it is no typing mistake, and the comparison takes the product of the lengths.
    if length > 64 {
        return None;
    }
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    let written = plain(written);
    let tolerance = (length / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&written, &plain(name)), name))
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Names as a message lists them: "`a`, `b` and `c`".
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((only, _)) => only.clone(),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["token", "token_file", "secret", "hosts", "endpoint"];
        for (written, meant) in [
            ("tokn", Some("token")),
            ("secert", Some("secret")),
            ("Hosts", Some("hosts")),
            ("host", Some("hosts")),
            ("token-file", Some("token_file")),
            ("end_point", Some("endpoint")),
            ("password", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
