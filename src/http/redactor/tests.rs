use super::*;

const TOKEN: &str = "t/ken+a=b7";
const SECRET: &str = "t/ken+a=b7c8";

fn hidden() -> Redactor {
    Redactor::basic(TOKEN, SECRET)
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

/// Text between two others in which it is found, and which stay.
fn is_hidden(hidden: &Redactor, text: &str) {
    let said = format!("it was {text}, he said");
    let shown = hidden.hide(&said);
    assert!(shown.starts_with("it was …"), "{text}: {shown}");
    assert!(shown.ends_with(", he said"), "{text}: {shown}");
    assert!(
        shown.chars().count() <= "it was …, he said".len(),
        "{text}: {shown}"
    );
}

#[test]
fn a_secret_is_hidden_in_every_coding_that_an_echo_may_use() {
    let secret = "a8/Kz+q=Zt;&\"<x>";
    let hidden = Redactor::basic("me-user", secret);
    let each = |code: fn(u32) -> String| {
        secret
            .chars()
            .map(|it| code(u32::from(it)))
            .collect::<String>()
    };
    let percent = each(|it| format!("%{it:02x}"));
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    for text in [
        secret.to_uppercase(),
        percent.clone(),
        percent.replace('%', "%25"),
        percent.replace('%', "%2525"),
        percent.replace('%', "&#37;"),
        percent.replace('%', r"\u0025"),
        each(|it| format!("&#{it};")),
        each(|it| format!("&#x{it:X};")),
        each(|it| format!("&#x{it:X};")).replace('&', "&amp;"),
        html.clone(),
        html.replace('&', "&amp;"),
        html.replace('&', "%26").replace('/', "&sol;"),
        each(|it| format!("\\x{it:02x}")),
        each(|it| format!("\\u{it:04x}")),
        each(|it| format!("\\\\u{it:04X}")),
        each(|it| format!("\\u{{{it:x}}}")),
        each(|it| format!("{it:02x}")),
        each(|it| format!("{it:02X}")),
        each(|it| format!("{it:02x}:"))
            .trim_end_matches(':')
            .to_owned(),
        each(|it| format!("0x{it:02x}, "))
            .trim_end_matches(", ")
            .to_owned(),
        secret
            .chars()
            .flat_map(|it| [it, '\u{200b}', '\u{202e}'])
            .collect(),
    ] {
        is_hidden(&hidden, &text);
    }
}

#[test]
fn base64_of_each_half_is_hidden_wherever_it_stands_in_what_was_coded() {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    for secret in ["t0k?", "t0ken", "t0k>en", "a~t0k?n>", "9f~86?d0>81884c7d"] {
        let hidden = Redactor::basic("another-user", secret);
        for before in ["", "a", "ab", "abc", "me:", "{\"k\":\""] {
            for behind in ["", "x", "xy", "\"}"] {
                let coded = format!("{before}{secret}{behind}");
                for text in [
                    STANDARD.encode(&coded),
                    STANDARD_NO_PAD.encode(&coded),
                    URL_SAFE.encode(&coded),
                    URL_SAFE_NO_PAD.encode(&coded),
                    STANDARD
                        .encode(&coded)
                        .replace('=', "%3D")
                        .replace('+', "%2B")
                        .replace('/', "%2f"),
                ] {
                    is_hidden(&hidden, &text);
                }
            }
        }
    }
}

#[test]
fn what_is_too_short_to_be_a_secret_hides_nothing() {
    let hidden = Redactor::basic("t", "abc");
    assert_eq!(
        hidden.hide("the abc, dDphYmM"),
        "the abc, dDphYmM".replace("dDphYmM", "…")
    );
    assert_eq!(Redactor::new(["abc"]).hide("abc"), "abc");
    assert_eq!(Redactor::new(["abcd"]).hide("abcd"), "…");
}

#[test]
fn a_long_answer_is_looked_through_as_far_as_it_may_be_shown() {
    let mut body = TOKEN.repeat(4 * MAX_BODY_BYTES / TOKEN.len()).into_bytes();
    body.extend_from_slice(b"%&\\");
    let long = Response { body, ..answer("") };
    let shown = hidden().hide_in(&long);
    assert!(shown.body.len() <= MAX_BODY_BYTES);
    assert!(!shown.excerpt().contains("ken"), "{}", shown.excerpt());
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
        assert_eq!(Redactor::new([""]).hide(text), text);
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
