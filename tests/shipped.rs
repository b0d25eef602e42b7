//! What is shipped beside the program says what is true of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::{collections::BTreeSet, fmt::Write as _, fs, io, path::Path, process::Command};

use moored::config::{self, Config, Environment};

fn shipped(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a configuration where every file and credential it names holds a secret of the right form.
fn read(text: &str) -> Config {
    let surroundings = Environment {
        variables: vec![("CREDENTIALS_DIRECTORY".into(), "/run/credentials".into())],
        read: Box::new(|_| io::Result::Ok(b"12345,0123456789abcdef\n".to_vec())),
        root: true,
        config_mode: Some(0o600),
    };
    let read = config::from_toml(text, Path::new("shipped.toml"), &surroundings);
    read.unwrap_or_else(|problems| panic!("{problems}\nin:\n{text}"))
}

/// The blocks of a Markdown text that are marked as `language`.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(mark)) if mark == language => block = Some(String::new()),
            (Some(_), Some("")) => found.extend(block.take()),
            (Some(block), None) => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    found
}

fn help(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_moored"))
        .args(args)
        .arg("--help")
        .output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[test]
fn every_configuration_in_the_readme_is_one() {
    let blocks = blocks(&shipped("README.md"), "toml");
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        // The placeholders stand for secrets.
        assert_eq!(read(&block).accounts.len(), 1);
    }
}

#[test]
fn the_page_about_coming_over_shows_what_comes_out() {
    let page = shipped("docs/how-to/migrating.md");
    let files = [blocks(&page, "conf"), blocks(&page, "json")].concat();
    let results = blocks(&page, "toml");
    let names = ["ddclient.conf", "inadyn.conf", "config.json"];
    assert_eq!((files.len(), results.len()), (names.len(), names.len()));
    let period = [("PERIOD".to_owned(), "10m".to_owned())];
    for ((name, file), result) in names.iter().zip(files).zip(results) {
        let import = moored::import::read(&file, name, &period).unwrap();
        assert_eq!(import.text, result, "{name}");
        let hosts: usize = read(&result).accounts.iter().map(|it| it.hosts.len()).sum();
        assert_eq!(hosts, import.hosts);
    }
}

#[test]
fn every_configuration_file_that_is_shipped_is_one() {
    assert_eq!(read(&shipped("config.example.toml")).accounts.len(), 2);
    read(&shipped("contrib/systemd/config.toml"));
}

/// The guides of docs/how-to, by their paths.
fn guides() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/how-to");
    let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
    files
        .map(|it| format!("docs/how-to/{}", it.file_name().to_str().unwrap()))
        .collect()
}

#[test]
fn every_command_the_readme_and_the_guides_show_exists() {
    let all = help(&[]);
    let mut pages = shipped("README.md");
    pages.extend(guides().iter().map(|it| shipped(it)));
    for block in blocks(&pages, "sh") {
        for line in block.lines().filter(|line| line.starts_with("moored ")) {
            let line = line.replace("--config config.toml ", "");
            let word = line.split_whitespace().nth(1).unwrap();
            let is_known = if word.starts_with('-') {
                all.contains(&format!(" {word}"))
            } else {
                all.contains(&format!("\n  {word}"))
            };
            assert!(is_known, "{line}");
        }
    }
    for flag in ["--once", "--json", "--log", "--dry-run", "--config"] {
        assert!(all.contains(flag), "{flag}");
    }
}

#[test]
fn every_configuration_the_guides_show_is_one_or_a_part_of_one() {
    let account = "[[domeneshop]]\ntoken = \"…\"\nsecret = \"…\"\nhosts = [\"www.example.com\"]\n";
    let mut parts = 0;
    for page in guides() {
        for block in blocks(&shipped(&page), "toml") {
            parts += 1;
            let text = if block.contains("\ntoken") {
                block
            } else if block.starts_with("[[domeneshop.host]]") {
                format!("{account}{block}")
            } else {
                format!("{block}{account}")
            };
            read(&text);
        }
    }
    assert!(parts > 5, "{parts}");
}

#[test]
fn the_units_the_image_and_the_cron_line_call_the_program_with_what_it_takes() {
    let all = help(&[]);
    let calls = [
        ("contrib/systemd/moored.service", "ExecStart="),
        ("contrib/systemd/moored-once.service", "ExecStart="),
        ("packaging/docker/Dockerfile", "HEALTHCHECK"),
        ("packaging/cron/moored", "* *"),
    ];
    for (file, mark) in calls {
        let text = shipped(file);
        let line = text
            .lines()
            .find(|it| it.contains(mark) && !it.starts_with('#'));
        let line = line.unwrap_or_else(|| panic!("{file} has no line with {mark}"));
        let words = line.split(|it: char| it.is_whitespace() || "[]\",>|".contains(it));
        let own = words.skip_while(|it| !it.ends_with("moored")).skip(1);
        let own: Vec<_> = own
            .filter(|it| !it.is_empty() && !it.starts_with('/'))
            .collect();
        for word in own
            .iter()
            .take_while(|it| it.starts_with('-') || it.len() > 2)
        {
            let known = all.contains(&format!("\n  {word}")) || all.contains(&format!(" {word}"));
            assert!(known, "{file}: `{word}` in {line}");
        }
    }
}

#[test]
fn continuous_integration_runs_the_readmes_own_test_command() {
    let readme = shipped("README.md");
    let commands = blocks(&readme, "sh");
    let test = commands
        .iter()
        .find(|it| it.starts_with("cargo test"))
        .unwrap()
        .trim()
        .to_owned();
    let tour = commands
        .iter()
        .find(|it| it.contains("--example tour"))
        .unwrap()
        .trim()
        .to_owned();
    let ci = shipped(".ci/run");
    assert!(ci.contains(&test) && ci.contains(&tour), "{test}; {tour}");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = shipped("Cargo.toml");
    let mut in_dependencies = false;
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.contains("dependencies");
        } else if in_dependencies && line.contains(" = ") {
            assert!(before.starts_with("# "), "{line}");
        }
        before = line;
    }
}

/// The page of every operation, from the definitions.
fn operations_page() -> String {
    use moored::{dnspod, domeneshop, providers::operation::Operation};
    let mut page = String::from(
        "# Operations of the providers' APIs\n\n\
         **For:** anyone who calls a provider's API with `moored api`, or as a Rust library. \\\n\
         **Not covered:** how the providers behave beyond their documents: see [Domeneshop](../providers/domeneshop.md) and \
         [DNSPod](../providers/dnspod.md).\n\n\
         *This page is generated from the definitions of the operations. `BLESS=1 cargo test --test shipped` writes it.*\n\n\
         Call an operation with `moored api ACCOUNT OPERATION [key=value …]`. One that writes needs `--yes`.\n",
    );
    let china: Vec<_> = dnspod::operations(dnspod::Site::China).collect();
    let both: Vec<_> = dnspod::operations(dnspod::Site::International).collect();
    let is_new = |it: &&&Operation| both.iter().all(|known| known.name != it.name);
    let parts: [(&str, Vec<&Operation>); 3] = [
        ("Domeneshop", domeneshop::operations().collect()),
        ("DNSPod", both.clone()),
        (
            "DNSPod, China only",
            china.iter().filter(is_new).copied().collect(),
        ),
    ];
    for (title, operations) in parts {
        let _ = writeln!(page, "\n## {title}");
        for operation in operations {
            page += &described(operation);
        }
    }
    page
}

fn described(operation: &moored::providers::operation::Operation) -> String {
    let access = if operation.writes { "writes" } else { "reads" };
    let about = operation.about;
    let mut text = format!(
        "\n### {}\n\n{about} It {access}; [the vendor's page]({}).\n",
        operation.name, operation.page
    );
    if !operation.parameters.is_empty() {
        text += "\n| parameter | takes | |\n| --- | --- | --- |\n";
    }
    for parameter in operation.parameters {
        let need = if parameter.required { ", required" } else { "" };
        let takes = parameter.kind.to_string().replace('|', "\\|");
        let about = parameter.about;
        let _ = writeln!(text, "| `{}` | {takes}{need} | {about} |", parameter.name);
    }
    for group in operation.one_of {
        let _ = writeln!(text, "\nExactly one of {} is given.", group.join(", "));
    }
    let mut own: Vec<moored::providers::operation::ResultCode> = Vec::new();
    let is_common = |table: &[moored::providers::operation::ResultCode]| {
        table
            .iter()
            .any(|it| it.number == -1 || it.number == 10_002)
    };
    for code in operation
        .codes
        .iter()
        .filter(|it| !is_common(it))
        .copied()
        .flatten()
    {
        if own.iter().all(|it| it.number != code.number) {
            own.push(*code);
        }
    }
    if !own.is_empty() {
        let codes = own
            .iter()
            .map(|code| format!("{} {}", code.number, code.meaning));
        let codes = codes.collect::<Vec<_>>().join("; ");
        let _ = writeln!(
            text,
            "
What its codes mean: {codes}."
        );
    }
    text
}

#[test]
fn the_page_of_operations_is_what_the_definitions_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/operations.md");
    let page = operations_page();
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever changes a definition"
    )]
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(
        shipped("docs/reference/operations.md") == page,
        "BLESS=1 cargo test --test shipped writes it anew"
    );
}

/// The lines of a Markdown text below a heading, up to the next one of its level.
fn section<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
    let lines = text.lines().skip_while(|it| *it != heading).skip(1);
    lines.take_while(|it| !it.starts_with("## ")).collect()
}

/// Every test function of the sources.
fn tests_there_are() -> BTreeSet<String> {
    let mut open: Vec<_> = ["src", "tests", "sandbox"]
        .map(|it| Path::new(env!("CARGO_MANIFEST_DIR")).join(it))
        .into();
    let mut found = BTreeSet::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let named = line.trim_start_matches("async ").strip_prefix("fn ");
                if let Some((name, _)) = named.and_then(|it| it.split_once('('))
                    && is_test
                {
                    found.insert(name.to_owned());
                }
                is_test = matches!(line, "#[test]" | "#[tokio::test]")
                    || is_test && line.starts_with("#[");
            }
        }
    }
    found
}

/// The laws that a test carries at the beginning of its name: `l1` and `l2` of `l1_l2_what_it_shows`.
fn laws_of(test: &str) -> Vec<String> {
    let is_law = |it: &&str| {
        it.strip_prefix('l')
            .is_some_and(|it| it.parse::<u8>().is_ok())
    };
    let parts = test.split('_').take_while(is_law);
    parts.map(str::to_owned).collect()
}

#[test]
fn every_test_that_the_page_on_testing_names_exists_and_each_laws_tests_stand_in_its_row() {
    let page = shipped("docs/testing.md");
    let tests = tests_there_are();
    let mut laws = BTreeSet::new();
    let mut failures = 0;
    let serving = section(&page, "## Broken installations");
    for line in section(&page, "## Laws and failures")
        .into_iter()
        .chain(serving)
    {
        let words: Vec<_> = line.split('`').skip(1).step_by(2).collect();
        let is_name = |it: &&str| {
            it.contains('_')
                && it
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
        };
        let named: Vec<_> = words.iter().copied().filter(is_name).collect();
        for name in &named {
            assert!(tests.contains(*name), "there is no test {name}: {line}");
        }
        // What a script checks goes by the words it says.
        for script in words.iter().filter(|it| it.starts_with("tests/e2e/")) {
            let script = shipped(script);
            let quoted = line
                .split('“')
                .skip(1)
                .filter_map(|it| Some(it.split_once('”')?.0));
            for words in quoted {
                assert!(script.contains(words), "nothing says “{words}”: {line}");
            }
        }
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        match cells.get(1) {
            Some(law)
                if law
                    .strip_prefix('L')
                    .is_some_and(|it| it.parse::<u8>().is_ok()) =>
            {
                let mark = law.to_lowercase();
                let for_it = |it: &&str| it.split('_').any(|part| part == mark);
                assert!(named.iter().any(for_it), "no test is named for {law}");
                let missing = tests
                    .iter()
                    .find(|it| laws_of(it).contains(&mark) && !named.contains(&it.as_str()));
                assert_eq!(missing, None, "it is not in the row of {law}");
                laws.insert((*law).to_owned());
            }
            Some(row) if row.ends_with(')') => failures += 1,
            _ => {}
        }
    }
    assert_eq!((laws.len(), failures), (15, 23), "{laws:?}");
}
