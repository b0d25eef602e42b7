//! contrib/moored.schema.json is a JSON schema, and takes whatever the reader takes. What an editor cannot
//! know, it does not refuse.

use std::{fs, path::Path};

use boon::{Compiler, SchemaIndex, Schemas};

thread_local! {
    /// The schema. Its `$schema` names the draft that it is checked against itself.
    static SCHEMA: (Schemas, SchemaIndex) = {
        let text = include_str!("../../../contrib/moored.schema.json");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let json = serde_json::from_str(text).unwrap();
        compiler.add_resource("schema.json", json).unwrap();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        (schemas, index)
    };
}

/// Whether a configuration is what the schema says.
pub(super) fn taken(text: &str) -> Result<(), String> {
    let table: toml::Table =
        toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| error.to_string())?;
    let value = serde_json::to_value(table).map_err(|error| error.to_string())?;
    SCHEMA.with(|(schemas, index)| {
        let valid = schemas.validate(&value, *index);
        valid.map_err(|error| format!("{error:#}"))
    })
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_configurations_that_are_shipped_or_made_are_what_the_schema_says() {
    let mut texts = vec![
        file("config.example.toml"),
        file("contrib/systemd/config.toml"),
    ];
    for page in ["README.md", "docs/how-to/migrating.md"] {
        let page = file(page);
        let blocks = page.split("```toml\n").skip(1);
        texts.extend(blocks.map(|it| it.split("```").next().unwrap().to_owned()));
    }
    for directory in ["tests/import/samples", "fuzz/corpus/config"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
        let files = fs::read_dir(directory)
            .unwrap()
            .map(|it| it.unwrap().path());
        texts.extend(files.filter_map(|it| fs::read_to_string(it).ok()));
    }
    let mut environment = super::environment(&[("CREDENTIALS_DIRECTORY", "/run/credentials")]);
    environment.read = Box::new(|_| Ok(b"12345,0123456789abcdef\n".to_vec()));
    // Among them are other programs' files, and what is made of one without hosts, which is none yet.
    texts.retain(|it| super::from_toml(it, Path::new("c"), &environment).is_ok());
    assert!(texts.len() > 15, "{}", texts.len());
    for text in texts {
        assert_eq!(taken(&text), Ok(()), "{text}");
    }
}

#[test]
fn keys_nobody_knows_and_values_of_the_wrong_kind_are_not() {
    for cases in [include_str!("bad/keys.txt"), include_str!("bad/kinds.txt")] {
        for case in cases.split_terminator("====\n") {
            let text = super::bad::whole(case.split_once("----\n").unwrap().0);
            assert!(taken(&text).is_err(), "the schema takes this:\n{text}");
        }
    }
    for account in [
        "[[domeneshop]]\ntoken = \"t\"\nsecret = \"s\"",
        "[[domeneshop]]\ntoken = \"t\"\nhosts = [\"a.example.com\"]",
        "[[domeneshop]]\ntoken = \"t\"\ntoken_file = \"t\"\nsecret = \"s\"\nhosts = [\"a.example.com\"]",
        "[[dnspod]]\ntoken = \"1,t\"\nhosts = [\"a.example.com\"]",
        "[[dnspod]]\ntoken = \"1,t\"\nuser_token = \"t\"\ncontact = \"a@b\"\nhosts = [\"a.example.com\"]",
        "interval = \"5m\"",
    ] {
        assert!(taken(account).is_err(), "the schema takes this:\n{account}");
    }
}
