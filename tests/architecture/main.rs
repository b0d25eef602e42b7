//! The layers of ARCHITECTURE.md, read off the sources: a module imports only from lower layers,
//! and siblings do not see each other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod imports;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use self::imports::{ImportGraph, ModulePath, imports};

/// Each module with its layer. `providers`' own `mod.rs` is the face of its two siblings.
const LAYERS: [(&str, u8); 25] = [
    ("core", 0),
    ("file_access", 1),
    ("http", 1),
    ("json", 1),
    ("netlink", 1),
    ("portmapping", 1),
    ("regular_file", 0),
    ("stdio", 1),
    ("providers/domeneshop", 2),
    ("providers/dnspod", 2),
    ("providers", 2),
    ("sources", 2),
    ("monitor", 2),
    ("resolver", 2),
    ("state_file", 2),
    ("report", 2),
    ("engine", 3),
    ("config", 3),
    ("import", 3),
    ("daemon", 4),
    ("commands", 4),
    ("app", 5),
    ("cli", 5),
    ("exit_code", 5),
    ("main", 5),
];

fn layer(module: &str) -> u8 {
    let found = LAYERS.iter().find(|(name, _)| *name == module);
    found
        .unwrap_or_else(|| {
            panic!("`{module}` has no layer: give it one here and in ARCHITECTURE.md")
        })
        .1
}

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

/// The module a path below `src` or behind `crate::` belongs to.
fn module(parts: &[&str]) -> String {
    let clean = |part: &str| part.trim_end_matches(".rs").to_owned();
    match parts {
        ["providers", inner, ..] if matches!(clean(inner).as_str(), "domeneshop" | "dnspod") => {
            format!("providers/{}", clean(inner))
        }
        [first, ..] => clean(first),
        [] => String::new(),
    }
}

/// Every module that a source names behind `crate::`, by `use` or in full.
fn named(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        // `use crate::{core::…, http::…};` names what stands behind its first brace.
        if let Some(group) = part.strip_prefix('{') {
            let mut depth = 0_i32;
            let mut word = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut word)),
                    letter => word.push(letter),
                }
            }
            found.push(word);
        } else {
            let path = part.split(|it: char| !(it.is_alphanumeric() || it == '_' || it == ':'));
            found.extend(path.take(1).map(str::to_owned));
        }
    }
    let modules = found.iter().filter_map(|path| {
        let parts: Vec<_> = path
            .split("::")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let module = module(&parts);
        LAYERS
            .iter()
            .any(|(name, _)| *name == module)
            .then_some(module)
    });
    modules.collect()
}

fn own_sources() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let all = sources(&root).into_iter().map(|path| {
        let relative = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let parts: Vec<_> = relative.split('/').collect();
        (
            module(&parts),
            relative.clone(),
            fs::read_to_string(&path).unwrap(),
        )
    });
    all.filter(|(_, path, _)| path != "lib.rs").collect()
}

#[test]
fn a_module_imports_only_from_lower_layers() {
    let mut wrong = Vec::new();
    for (own, path, text) in own_sources() {
        for other in named(&text) {
            let same = other == own;
            let face = own.starts_with("providers") && other == "providers";
            // What everything in the top layer is composed from is composed there.
            let top = layer(&own) == 5 && layer(&other) == 5;
            if !(same || face || top || layer(&other) < layer(&own)) {
                wrong.push(format!("src/{path} ({own}) imports {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_does_no_io_and_knows_no_clock() {
    let banned = [
        "async",
        "await",
        "tokio",
        "reqwest",
        "hickory_resolver",
        "rustix",
        "std::fs",
        "TcpStream",
        "UdpSocket",
        "Instant",
        "SystemTime",
        "fastrand",
        "tracing",
        "println",
        "env::",
    ];
    let mut wrong = Vec::new();
    for (own, path, text) in own_sources() {
        if own != "core" {
            continue;
        }
        for line in text.lines() {
            let code = line.split("//").next().unwrap_or_default();
            for word in banned.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("src/{path} has `{word}`: {}", line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What opens a file for reading, or waits for whoever is at the other end of standard input, output and error.
const DOORS: [&str; 10] = [
    "fs::read(",
    "fs::read_to_string",
    "File::open",
    "OpenOptions::new",
    "read_to_string(io::stdin",
    "stdin()",
    "stdout()",
    "stderr()",
    "print!(",
    "println!(",
];

/// Where a line of the program goes through another door than `regular_file` and `stdio`.
fn other_doors(path: &str, text: &str) -> Vec<String> {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let is_asked_only = |line: &str| line.contains("is_terminal") || line.contains("fstat(");
    program
        .lines()
        .map(code)
        .filter(|line| DOORS.iter().any(|door| line.contains(door)) && !is_asked_only(line))
        // A constructor or a method of our own.
        .filter(|line| !line.contains("child.stdout") && !line.contains("fn "))
        .map(|line| format!("src/{path}: {}", line.trim()))
        .collect()
}

#[test]
fn l10_l14_only_regular_file_reads_files_and_only_stdio_writes_to_standard_output_and_error() {
    let mut wrong = Vec::new();
    for (own, path, text) in own_sources() {
        if !matches!(own.as_str(), "regular_file" | "stdio") && !path.contains("tests") {
            wrong.extend(other_doors(&path, &text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for line in [
        "let text = fs::read(path)?;",
        "let text = std::fs::read_to_string(path)?;",
        "File::open(path)?.read_to_end(&mut bytes)?;",
        "let _ = writeln!(io::stderr(), \"{what}\");",
        "io::stdout().write_all(text)?;",
        "println!(\"{what}\");",
    ] {
        assert_eq!(other_doors("x.rs", line).len(), 1, "{line}");
    }
}

#[test]
fn only_the_report_logs_what_a_round_did_and_a_round_says_nothing() {
    for (own, path, text) in own_sources() {
        if matches!(
            own.as_str(),
            "engine"
                | "resolver"
                | "http"
                | "netlink"
                | "portmapping"
                | "sources"
                | "monitor"
                | "state_file"
        ) || own.starts_with("providers")
        {
            assert!(!text.contains("tracing"), "src/{path} logs");
        }
    }
}

#[test]
fn the_test_of_the_layers_sees_a_wrong_import() {
    assert_eq!(
        named("use crate::{core::x, http::{A, B}, sources::y};"),
        ["core", "http", "sources"]
    );
    assert_eq!(named("let x = crate::app::main(); // crate::cli"), ["app"]);
    assert_eq!(
        named("use crate::providers::dnspod::Site;"),
        ["providers/dnspod"]
    );
}

#[test]
fn no_file_or_folder_of_the_core_imports_another_in_a_circle() {
    let graph = ImportGraph::of_crate(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let cycles: Vec<_> = graph.cycles();
    let of_core = cycles.iter().filter(|cycle| cycle.starts_with("core"));
    let of_core: Vec<_> = of_core.collect();
    assert!(of_core.is_empty(), "{of_core:#?}");
}

fn path(text: &str) -> ModulePath {
    text.split('/').map(str::to_owned).collect()
}

#[test]
fn the_test_of_cycles_sees_each_way_to_name_a_module_and_no_test() {
    let modules: BTreeSet<ModulePath> = ["core/a", "core/b", "core/b/c", "core/d"].map(path).into();
    let named = |module: &str, text: &str| {
        let found = imports(&path(module), text, &modules);
        found.into_iter().map(|it| it.join("/")).collect::<Vec<_>>()
    };
    for (text, found) in [
        ("use crate::core::b::X;", &["core/b"][..]),
        ("use super::{b::c::Y, d};", &["core/b/c", "core/d"]),
        (
            "fn f() -> crate::core::d::Z { super::b::g() }",
            &["core/b", "core/d"],
        ),
        ("// use crate::core::b::X;", &[]),
        (
            "#[cfg(test)]\nmod tests {\n    use crate::core::b::X;\n}\nuse super::d::Z;",
            &["core/d"],
        ),
        ("#[cfg(test)]\nmod tests;\nuse super::d::Z;", &["core/d"]),
        ("use std::fmt;\nuse serde::Serialize;", &[]),
    ] {
        assert_eq!(named("core/a", text), found, "{text}");
    }
    // A folder's file hands its own files on, and may use them; they may not use it in turn.
    assert!(named("core/b", "pub use c::Y;").is_empty());
    assert_eq!(named("core/b", "mod c;\nuse c::Y;"), ["core/b/c"]);
    let graph = |edges: &[(&str, &str)]| ImportGraph {
        imports: edges
            .iter()
            .map(|(from, to)| (path(from), [path(to)].into()))
            .collect(),
    };
    assert!(
        graph(&[
            ("core/a", "core/b"),
            ("core/b", "core/d"),
            ("core/d", "x/y")
        ])
        .cycles()
        .is_empty()
    );
    assert_eq!(
        graph(&[("core/a", "core/b/c"), ("core/b", "core/a")]).cycles(),
        ["core: a, b"]
    );
    assert_eq!(
        graph(&[("core/b", "core/b/c"), ("core/b/c", "core/b")]).cycles(),
        ["core/b: c, mod"]
    );
}
