//! Names outside ASCII in the form that DNS takes (RFC 3492). The names are taken as they come: nothing is normalised
//! beyond what the caller did.

const BASE: u32 = 36;
const TMIN: u32 = 1;
const TMAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 128;

/// A name with every label in ASCII.
pub(super) fn ascii(name: &str) -> String {
    let labels = name.split('.').map(|label| {
        if label.is_ascii() {
            label.to_owned()
        } else {
            format!("xn--{}", encoded(label))
        }
    });
    labels.collect::<Vec<_>>().join(".")
}

fn encoded(label: &str) -> String {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).unwrap_or(u32::MAX);
    if basic > 0 {
        output.push('-');
    }
    let codes: Vec<u32> = label.chars().map(u32::from).collect();
    let (mut n, mut delta, mut bias, mut handled) = (FIRST_CODE, 0, FIRST_BIAS, basic);
    while let Some(next) = codes.iter().copied().filter(|code| *code >= n).min() {
        delta += (next - n) * (handled + 1);
        n = next;
        for code in &codes {
            if *code < n {
                delta += 1;
            }
            if *code == n {
                variable(&mut output, delta, bias);
                bias = adapted(delta, handled + 1, handled == basic);
                (delta, handled) = (0, handled + 1);
            }
        }
        (delta, n) = (delta + 1, n + 1);
    }
    output
}

/// A number of as many digits as it takes, the last of which is below the threshold.
fn variable(output: &mut String, number: u32, bias: u32) {
    let mut rest = number;
    let mut k = BASE;
    loop {
        let threshold = k.saturating_sub(bias).clamp(TMIN, TMAX);
        if rest < threshold {
            break;
        }
        output.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
        rest = (rest - threshold) / (BASE - threshold);
        k += BASE;
    }
    output.push(digit(rest));
}

fn adapted(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > (BASE - TMIN) * TMAX / 2 {
        delta /= BASE - TMIN;
        k += BASE;
    }
    k + (BASE - TMIN + 1) * delta / (delta + SKEW)
}

fn digit(value: u32) -> char {
    char::from_digit(value, 36).map_or('?', |plain| match value {
        // The letters come before the figures here.
        0..=25 => char::from(b'a' + u8::try_from(value).unwrap_or_default()),
        _ => char::from_digit(value - 26, 10).unwrap_or(plain),
    })
}

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn labels_outside_ascii_are_encoded_and_others_stay() {
        assert_eq!(ascii("example.org"), "example.org");
        assert_eq!(ascii("bücher.example"), "xn--bcher-kva.example");
        assert_eq!(ascii("例子.测试"), "xn--fsqu00a.xn--0zwm56d");
        assert_eq!(ascii("blåbærsyltetøy.no"), "xn--blbrsyltety-y8ao3x.no");
    }
}
