//! No secret in anything that can be printed, and no panic, whatever the text.

use proptest::prelude::*;

use super::*;

/// Nothing else has three letters of this in a row.
const MARKER: &str = "Zq9xWv7kJj4";

/// A good file with the marker wherever a secret is written.
const GOOD: &str = r#"interval = "5m"
state_dir = "/state"

[[domeneshop]]
token = "Zq9xWv7kJj4"
secret = 'Zq9xWv7kJj4'
hosts = ["home.example.com"]

[[domeneshop.host]]
name = "nas.example.com"
ipv6 = { host = "::1" }
ttl = 300

[[dnspod]]
token = """Zq9xWv7kJj4,Zq9xWv7kJj4"""
contact = "me@example.com"
hosts = ["home.example.org"]

[[dnspod]]
name = "old"
user_token = "Zq9xWv7kJj4"
contact = "me@example.com"
hosts = ["old.example.org"]
"#;

/// Fails if three letters in a row of the marker are in what the outcome shows.
fn discreet(outcome: &Result<Config, Problems>) -> Result<(), String> {
    let shown = match outcome {
        Ok(config) => format!("{config:?}"),
        Err(problems) => format!("{problems}\n{problems:?}\n{problems:#?}"),
    };
    let letters: Vec<char> = MARKER.chars().collect();
    for piece in letters.windows(3) {
        let piece: String = piece.iter().collect();
        if shown.contains(&piece) {
            return Err(format!("{piece} in {shown}"));
        }
    }
    Ok(())
}

#[test]
fn a_good_configuration_shows_no_secret() {
    let config = read(GOOD);
    assert!(config.is_ok(), "{config:?}");
    discreet(&config).unwrap();
}

#[test]
fn broken_lines_with_a_secret_on_them_are_not_quoted() {
    for line in [
        "token = Zq9xWv7kJj4",
        "token = \"Zq9xWv7kJj4",
        "token = 'Zq9xWv7kJj4",
        "token = \"\"\"Zq9xWv7kJj4\nZq9xWv7kJj4",
        "token = \"\"\"\nZq9xWv7kJj4\n\"\"\"",
        "token \"Zq9xWv7kJj4\"",
        "token: Zq9xWv7kJj4",
        "token = \"Zq9\"xWv7kJj4\"",
        "token = \"Zq9\\xWv7kJj4\"",
        "token = \"Zq9xWv7kJj4\" \"Zq9xWv7kJj4\"",
        "name = \"\"\"\ntoken = \"Zq9xWv7kJj4\"\n\"\"\"",
        "hosts = [\"\"\"\ntoken = \"Zq9xWv7kJj4\"\n\"\"\"]\n#",
        "endpoint = '''\ntoken = 'Zq9xWv7kJj4'\n",
        "token =\nZq9xWv7kJj4",
        "token =\nZq9xWv7kJj4 =",
        "token =\n\"Zq9xWv7kJj4\" = 1",
        "token = [\"Zq9xWv7kJj4\"]",
        "token = { value = \"Zq9xWv7kJj4\" }",
        "token = { Zq9xWv7kJj4 = 1 }",
        "token.Zq9xWv7kJj4 = 1",
        "token = 2024-01-01Zq9xWv7kJj4",
        "token = 1979-05-27T07:32:00Zq9xWv7kJj4",
        "token = 0xZq9xWv7kJj4",
        "token = 12_Zq9xWv7kJj4",
        "token = trueZq9xWv7kJj4",
        "token = \"Zq9xWv7kJj4\"\ntoken = \"Zq9xWv7kJj4\"",
        "token = \"Zq9xWv7kJj4\"\ntoken_file = \"/etc/moored/token\"",
        "token = \"Zq9xWv7kJj4 Zq9xWv7kJj4\"",
        "token = \" Zq9xWv7kJj4\"",
        "token = \"'Zq9xWv7kJj4'\"",
        "token = \"\u{feff}Zq9xWv7kJj4\"",
        "token_file = \"Zq9xWv7kJj4\"",
        "token_env = \"Zq9xWv7kJj4\"",
        "token_credential = \"Zq9xWv7kJj4\"",
        "token_credential = \"Zq9/xWv7kJj4\"",
        "endpoint = \"https://me:Zq9xWv7kJj4@api.example.net\"",
        "endpoint = \"https://me:Zq9xWv7kJj4@\"",
        "endpoint = \"https://api.example.net/?key=Zq9xWv7kJj4\"",
    ] {
        for provider in ["domeneshop", "dnspod"] {
            for key in ["token", "secret", "user_token"] {
                let line = line.replace("token", key);
                let text = format!("[[{provider}]]\n{line}\nhosts = [\"home.example.com\"]\n");
                let outcome = read(&text);
                assert!(outcome.is_err(), "{text}");
                discreet(&outcome).unwrap();
            }
        }
    }
}

#[test]
fn a_login_token_of_the_wrong_form_is_not_quoted() {
    for token in [
        "Zq9xWv7kJj4",
        ",Zq9xWv7kJj4",
        "Zq9xWv7kJj4,",
        "1,Zq9xWv7kJj4,2",
    ] {
        let text = format!("[[dnspod]]\ntoken = \"{token}\"\n");
        discreet(&read(&text)).unwrap();
        let variables = [("MOORED_DNSPOD_TOKEN", token)];
        let outcome = from_environment(&environment(&variables));
        discreet(&Err(outcome.unwrap_err())).unwrap();
    }
}

#[test]
fn a_file_cut_off_anywhere_is_not_quoted() {
    for end in 0..GOOD.len() {
        discreet(&read(&GOOD[..end])).unwrap();
    }
}

#[test]
fn nesting_of_any_depth_is_no_way_to_bring_it_down() {
    for text in [
        "a".to_owned() + &".a".repeat(100_000) + " = 1",
        "[".to_owned() + &"a.".repeat(100_000) + "a]",
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"{a=".repeat(60_000),
        "[[a]]\n".repeat(30_000),
        "x = 1\n".repeat(500_000),
    ] {
        assert!(read(&text).is_err());
    }
}

/// A good file with a few of its characters replaced, removed or doubled.
fn damaged() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "", "\"", "'", "\n", "=", ".", ",", "[", "]", "{", "}", "#", "\\", " ", "\"\"\"", "0",
        "\u{0}", "é", "\r",
    ]);
    let damage = (0..GOOD.len(), 0..3_usize, pieces);
    prop::collection::vec(damage, 1..4).prop_map(|damages| {
        let mut letters: Vec<String> = GOOD.chars().map(String::from).collect();
        for (place, removed, inserted) in damages {
            let start = place.min(letters.len());
            let end = (start + removed).min(letters.len());
            letters.splice(start..end, [inserted.to_owned()]);
        }
        letters.concat()
    })
}

proptest! {
    #[test]
    fn a_damaged_file_is_not_quoted(text in damaged()) {
        prop_assert_eq!(discreet(&read(&text)), Ok(()), "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        let _ = read(&text);
    }

    #[test]
    fn no_text_that_looks_like_toml_makes_the_reader_panic(
        text in "([\\[\\]{}=\"'.,#\\\\ \n]|ipv[46]|dns(pod)?|domeneshop|host|token|[a-z0-9:-]){0,80}"
    ) {
        let _ = read(&text);
    }

    #[test]
    fn no_environment_makes_the_reader_panic(
        name in prop::sample::select(variables::VARIABLES.to_vec()),
        value in any::<String>(),
    ) {
        let _ = from_environment(&environment(&[(name, value.as_str())]));
    }
}
