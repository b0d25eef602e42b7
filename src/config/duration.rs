//! Lengths of time: a number and a unit, as in `90s` or `1h30m`.

use std::time::Duration;

use super::diagnostics::{Diagnostic, shown};

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// The shortest and the longest that makes sense.
#[derive(Clone, Copy, Debug)]
pub(super) struct DurationLimits {
    pub(super) least: Duration,
    pub(super) most: Duration,
}

/// Reads a length of time within limits.
pub(super) fn parse(text: &str, limits: DurationLimits) -> Result<Duration, Diagnostic> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(without_unit(text));
    }
    let length = sum(text).ok_or_else(|| {
        Diagnostic::new(format!("{} is not a length of time", shown(text)))
            .hint("write a number and a unit, as in `90s`, `5m`, `1h30m`, `24h` or `1d`")
    })?;
    if length < limits.least {
        let what = format!("{} is too short", shown(text));
        return Err(Diagnostic::new(what).hint(format!("the least is `{}`", written(limits.least))));
    }
    if length > limits.most {
        let what = format!("{} is too long", shown(text));
        return Err(Diagnostic::new(what).hint(format!("the most is `{}`", written(limits.most))));
    }
    Ok(length)
}

/// A number without a unit could mean anything.
pub(super) fn without_unit(number: &str) -> Diagnostic {
    let wrong = Diagnostic::new("the unit is missing");
    if number.len() > 9 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return wrong.hint("write a number and a unit in quotes, as in \"5m\"");
    }
    wrong.hint(format!(
        "write \"{number}s\" for seconds or \"{number}m\" for minutes"
    ))
}

/// Each unit at most once, the longer before the shorter.
fn sum(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut millis: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let unit_length = tail
            .find(|letter: char| !letter.is_ascii_lowercase())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_length);
        let (_, factor) = units.find(|(name, _)| *name == unit)?;
        let number: u64 = number.parse().ok()?;
        millis = millis.checked_add(number.checked_mul(*factor)?)?;
        rest = tail.trim_start();
    }
    (!text.is_empty()).then(|| Duration::from_millis(millis))
}

/// A round length of time as one would write it.
fn written(length: Duration) -> String {
    let millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let fits = |(_, factor): &&(&str, u64)| millis >= *factor && millis.is_multiple_of(*factor);
    UNITS.iter().find(fits).map_or_else(
        || "0s".to_owned(),
        |(unit, factor)| format!("{}{unit}", millis / factor),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNLIMITED: DurationLimits = DurationLimits {
        least: Duration::ZERO,
        most: Duration::MAX,
    };

    #[test]
    fn a_number_and_a_unit_make_a_length_of_time() {
        for (text, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("1h30m", 5_400),
            ("1h 30m", 5_400),
            ("24h", 86_400),
            ("1d", 86_400),
            ("1d2h3m4s", 93_784),
            (" 2000ms ", 2),
        ] {
            assert_eq!(
                parse(text, UNLIMITED),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_length_of_time_is_refused() {
        for text in [
            "",
            "m",
            "5",
            "5 m",
            "5x",
            "5M",
            "1m1h",
            "1m1m",
            "-5m",
            "1.5h",
            "5m!",
            "5minutes",
            "99999999999999999999s",
            "300000000000000000d",
            "٣m",
        ] {
            assert!(parse(text, UNLIMITED).is_err(), "{text}");
        }
    }

    #[test]
    fn limits_are_named_when_they_are_missed() {
        let limits = DurationLimits {
            least: Duration::from_secs(1),
            most: Duration::from_hours(24),
        };
        assert_eq!(
            parse("100ms", limits),
            Err(Diagnostic::new("`100ms` is too short").hint("the least is `1s`"))
        );
        assert_eq!(
            parse("25h", limits),
            Err(Diagnostic::new("`25h` is too long").hint("the most is `1d`"))
        );
        assert_eq!(
            parse("300", limits),
            Err(Diagnostic::new("the unit is missing")
                .hint("write \"300s\" for seconds or \"300m\" for minutes"))
        );
    }
}
