//! What the installers for systemd and cron share: secrets, hosts and paths, with a root of its own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::{
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A copy of the source tree's part that is needed, in a folder with a space in its name.
struct Tree {
    folder: TempDir,
}

/// Reads `setup.sh` as the installers do, and does what its arguments say.
const INSTALLER: &str = r#"#!/bin/sh
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
. "$here/../setup.sh"
owner=$(id -u)
reference() { printf '%s_file = "/etc/moored/%s"' "$1" "$2"; }
check_account "$@"
install_program
configure '' "$@"
"#;

/// How an installer ended, and what it said.
struct InstallerEnd {
    code: Option<i32>,
    said: String,
}

impl Tree {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tree = Self { folder };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installers = tree.top().join("contrib/test");
        fs::create_dir_all(&installers).unwrap();
        fs::copy(
            root.join("contrib/setup.sh"),
            tree.top().join("contrib/setup.sh"),
        )
        .unwrap();
        fs::write(installers.join("install"), INSTALLER).unwrap();
        tree.program("target/release/moored", "built");
        tree
    }

    fn top(&self) -> PathBuf {
        self.folder.path().join("source tree")
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("the root")
    }

    fn program(&self, name: &str, text: &str) {
        let file = self.top().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs the installer from another folder, with these lines as its input.
    fn install(&self, arguments: &[&str], input: &str, program: Option<&Path>) -> InstallerEnd {
        let mut command = Command::new("/bin/sh");
        command
            .arg(self.top().join("contrib/test/install"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DESTDIR", self.root())
            .env_remove("MOORED")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(program) = program {
            command.env("MOORED", program);
        }
        let mut child = command.spawn().unwrap();
        // One that refuses its arguments reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        InstallerEnd {
            code: output.status.code(),
            said: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.root().join(file)).ok()
    }
}

#[test]
fn an_empty_answer_is_never_stored_as_a_secret() {
    for (provider, input) in [
        ("domeneshop", ""),
        ("domeneshop", "\n\n"),
        ("domeneshop", "   \n"),
        ("domeneshop", "token\n"),
        ("domeneshop", "token\n\n"),
        ("domeneshop", "two words\nsecret\n"),
        ("dnspod", "\n"),
        ("dnspod", "1,token\n"),
        ("dnspod", "1,token\n\n"),
        ("dnspod", "1,token\nno address\n"),
        ("dnspod", "1,token\nme\"@example.com\n"),
    ] {
        let tree = Tree::new();
        let end = tree.install(&[provider, "home.example.com"], input, None);
        assert_eq!(end.code, Some(1), "{input:?}: {}", end.said);
        assert!(
            end.said.contains("Run this again"),
            "{input:?}: {}",
            end.said
        );
        assert_eq!(tree.read("etc/moored/config.toml"), None, "{input:?}");
        for file in ["domeneshop-token", "domeneshop-secret", "dnspod-token"] {
            let stored = tree.read(&format!("etc/moored/{file}"));
            assert!(
                stored.is_none_or(|text| text.trim().len() > 3),
                "{input:?}: {file}"
            );
        }
    }
}

#[test]
fn what_is_answered_is_stored_also_without_a_last_line_end_and_in_place_of_a_file_of_blanks() {
    let tree = Tree::new();
    let folder = tree.root().join("etc/moored");
    fs::create_dir_all(&folder).unwrap();
    // What the installer stored once for an answer that was empty.
    fs::write(folder.join("domeneshop-token"), "\n").unwrap();
    let hosts = ["domeneshop", "home.example.com", "*.blåbær.no"];
    let end = tree.install(&hosts, "token\nse\"cr'et$x\\y", None);
    assert_eq!(end.code, Some(0), "{}", end.said);
    assert_eq!(tree.read("etc/moored/domeneshop-token").unwrap(), "token\n");
    assert_eq!(
        tree.read("etc/moored/domeneshop-secret").unwrap(),
        "se\"cr'et$x\\y\n"
    );
    let mode = fs::metadata(folder.join("domeneshop-secret"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let config: toml::Table = tree
        .read("etc/moored/config.toml")
        .unwrap()
        .parse()
        .unwrap();
    let hosts = config["domeneshop"][0]["hosts"].as_array().unwrap();
    let hosts: Vec<_> = hosts.iter().map(|host| host.as_str().unwrap()).collect();
    assert_eq!(hosts, ["home.example.com", "*.blåbær.no"]);
    // Installed again it leaves them.
    let end = tree.install(&["domeneshop", "other.example.com"], "", None);
    assert_eq!(end.code, Some(0), "{}", end.said);
    assert_eq!(
        end.said.matches("stays as it is").count(),
        3,
        "{}",
        end.said
    );
    let end = Tree::new().install(
        &["dnspod", "a.example.com"],
        "1,token\nme@example.com\n",
        None,
    );
    assert_eq!(end.code, Some(0), "{}", end.said);
}

#[test]
fn a_host_that_would_break_the_configuration_is_refused_before_anything_is_changed() {
    for host in [
        "home\".example.com",
        "a.example.com\"]\n[x",
        "a\\.example.com",
        "a b.example.com",
        "",
        "home",
        ".example.com",
        "@.example.com",
        "a..example.com",
        "-a.example.com",
        "http://a.example.com",
        "a.example.com/x",
        "a.example.com,b.example.com",
        "'a.example.com'",
        "`id`.example.com",
    ] {
        let tree = Tree::new();
        let end = tree.install(
            &["domeneshop", "b.example.com", host],
            "token\nsecret\n",
            None,
        );
        assert_eq!(end.code, Some(2), "{host}: {}", end.said);
        assert!(
            end.said.contains("home.example.com"),
            "{host}: {}",
            end.said
        );
        assert!(!tree.root().exists(), "{host}");
    }
}

#[test]
fn the_program_is_found_in_a_path_with_a_space_and_from_any_folder() {
    let tree = Tree::new();
    let input = "token\nsecret\n";
    let arguments = ["domeneshop", "home.example.com"];
    let end = tree.install(&arguments, input, None);
    assert_eq!(end.code, Some(0), "{}", end.said);
    assert_eq!(tree.read("usr/local/bin/moored").unwrap(), "built");
    tree.program("my programs/moored", "named");
    let named = tree.top().join("my programs/moored");
    let end = tree.install(&arguments, input, Some(&named));
    assert_eq!(end.code, Some(0), "{}", end.said);
    assert_eq!(tree.read("usr/local/bin/moored").unwrap(), "named");
    let missing = tree.top().join("my programs/none");
    let end = tree.install(&arguments, input, Some(&missing));
    assert_eq!(end.code, Some(1), "{}", end.said);
    assert!(end.said.contains("my programs/none"), "{}", end.said);
}

#[test]
fn each_installer_finds_what_they_share_from_a_path_with_a_space() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("a tree");
    symlink(root, &link).unwrap();
    for installer in ["contrib/systemd/install", "packaging/cron/install"] {
        // A provider that is none is refused by what they share, before anything is changed.
        let output = Command::new("/bin/sh")
            .arg(link.join(installer))
            .args(["domaineshop", "home.example.com"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{installer}: {said}");
        assert_eq!(
            said, "domaineshop is neither domeneshop nor dnspod.\n",
            "{installer}"
        );
    }
}
