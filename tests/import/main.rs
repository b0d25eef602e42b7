//! `moored import`: realistic files of each program, and the whole of what becomes of them; what comes
//! out is a configuration, and no comment of it holds a secret.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod accounted;
mod properties;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use moored::{
    config::{self, Config, Environment},
    import::{self, Import},
};

/// Stands in the samples for what must not come out at all.
const MARK: &str = "hunter2";

/// Secrets that are carried over, and that no comment may hold.
const SECRETS: [&str; 4] = [
    "Zt0kW2bD3jQ7yN1cR5xH8mP4aL6sG9eF",
    "vS6u0dyGLVq8wfXt",
    "0123456789abcdef0123456789abcdef",
    "query-marker",
];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/samples")
}

/// Reads a configuration where the variables that the samples name are set.
fn configuration(text: &str) -> Result<Config, String> {
    let variable = |name: &str| (name.to_owned(), "secret".to_owned());
    let surroundings = Environment {
        variables: ["SHOP_TOKEN", "SHOP_SECRET", "VARIABLE"]
            .map(variable)
            .to_vec(),
        read: Box::new(|_| Err(io::ErrorKind::NotFound.into())),
        root: true,
        config_mode: Some(0o600),
    };
    let read = config::from_toml(text, Path::new("imported.toml"), &surroundings);
    read.map_err(|problems| format!("{problems}\nin:\n{text}"))
}

fn import(name: &str, variables: &[(&str, &str)]) -> Import {
    let text = fs::read_to_string(samples().join(name)).unwrap();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    import::read(&text, name, &variables).unwrap()
}

/// Compares with the file beside the sample, and sees that it is a configuration without a secret in
/// its comments.
fn is_golden(import: &Import, golden: &str) {
    let path = samples().join(golden);
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever changes what comes out"
    )]
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &import.text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        import.text, expected,
        "{golden}: BLESS=1 cargo test --test import writes it anew"
    );
    assert!(!import.text.contains(MARK), "{}", import.text);
    no_comment_holds(&import.text, &SECRETS);
    let read = configuration(&import.text);
    let hosts = read.map(|config| config.accounts.iter().map(|it| it.hosts.len()).sum());
    if import.hosts > 0 {
        assert_eq!(hosts, Ok(import.hosts), "{golden}");
    } else {
        assert!(hosts.is_err_and(|error| error.contains("there is no account")));
    }
}

fn no_comment_holds(text: &str, secrets: &[&str]) {
    for line in text.lines().filter(|line| line.starts_with('#')) {
        for secret in secrets {
            assert!(!line.contains(secret), "{line}");
        }
    }
}

#[test]
fn each_sample_becomes_what_stands_beside_it() {
    for name in [
        "ddclient-new.conf",
        "ddclient-old.conf",
        "ddclient-static.conf",
        "ddclient-foreign.conf",
        "inadyn-new.conf",
        "inadyn-old.conf",
        "inadyn-command.conf",
        "ddns-updater-new.json",
        "ddns-updater-old.json",
    ] {
        let golden = Path::new(name).with_extension("toml");
        is_golden(&import(name, &[]), golden.to_str().unwrap());
    }
}

#[test]
fn ddns_updaters_environment_is_taken_along_where_it_is_set() {
    let variables = [
        ("PERIOD", "10m"),
        ("HTTP_TIMEOUT", "20s"),
        ("PUBLICIP_FETCHERS", "http"),
        (
            "PUBLICIPV4_HTTP_PROVIDERS",
            "ipify,url:https://ip.example.net/v4",
        ),
        ("UPDATE_COOLDOWN_PERIOD", "5m"),
        ("SHOUTRRR_ADDRESSES", "telegram://hunter2@telegram"),
        ("CONFIG", "{\"settings\": \"hunter2\"}"),
        ("LISTENING_PORT", "8000"),
        ("RESOLVER_ADDRESS", ""),
        ("UNRELATED", "hunter2"),
    ];
    let import = import("ddns-updater-new.json", &variables);
    is_golden(&import, "ddns-updater-environment.toml");
}

#[test]
fn an_account_that_lacks_something_is_one_once_that_is_written_in() {
    for name in [
        "ddclient-old.conf",
        "inadyn-old.conf",
        "ddns-updater-old.json",
    ] {
        let import = import(name, &[]);
        // As its comment says: the `#` of the lines after it go.
        let (whole, rest) = import.text.split_once("# The account of line").unwrap();
        let mut text = whole.to_owned();
        let blocks = rest.split("# The account of line");
        for block in blocks {
            let (_, account) = block.split_once("\n#\n").unwrap();
            for line in account.lines() {
                let line = line
                    .strip_prefix("# ")
                    .or(line.strip_prefix('#'))
                    .unwrap_or(line);
                // The placeholder of DNSPod's token has its form when it is written in.
                let dnspod = account.contains("[[dnspod]]") && line.starts_with("token");
                text += if dnspod { "token = \"1,…\"" } else { line };
                text += "\n";
            }
        }
        let config = configuration(&text).unwrap();
        let hosts: usize = config.accounts.iter().map(|it| it.hosts.len()).sum();
        assert!(hosts > import.hosts, "{text}");
    }
}

/// What becomes of a small file: everything but the comments, in one line.
fn small(text: &str) -> (String, Vec<String>) {
    let import = import::read(text, "x", &[]).unwrap();
    let lines = import.text.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let left = import.left.iter().map(ToString::to_string).collect();
    (lines.collect::<Vec<_>>().join(" "), left)
}

#[test]
fn a_host_is_kept_in_one_account_and_found_in_one_way() {
    let login = "protocol=domeneshop login=me password=pw";
    let (kept, left) = small(&format!(
        "use=if if=eth0 {login} a.example.com\nuse=web {login} b.example.com\n\
         use=if if=eth0 {login} usev6=webv6 c.example.com\n\
         use=if if=eth0 protocol=domeneshop login=other password=pw A.example.com\n"
    ));
    assert_eq!(
        kept,
        "[ipv4] sources = [\"interface:eth0\"] [ipv6] sources = [\"https\"] [[domeneshop]] \
         token = \"me\" secret = \"pw\" hosts = [\"c.example.com\"] \
         [[domeneshop.host]] name = \"a.example.com\" ipv6 = false"
    );
    assert_eq!(
        left,
        [
            "line 2: b.example.com: its IPv4 address is not kept: it is the address that others see, \
             and one configuration of moored's finds every IPv4 address in one way, here the address \
             of eth0; a second moored can keep it",
            "line 4: a.example.com: it is a host already, by line 1, with another account, and that one \
             counts: a name is kept in one account",
        ]
    );
}

#[test]
fn an_account_that_lacks_something_does_not_decide_how_addresses_are_found() {
    let (kept, left) = small(
        "use=if if=eth0 protocol=domeneshop login=me a.example.com\n\
         use=web protocol=domeneshop login=me password=pw b.example.com\n",
    );
    assert!(kept.starts_with("[ipv4] sources = [\"https\"]"), "{kept}");
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn lengths_of_time_get_into_their_limits() {
    let (kept, left) = small(
        "daemon=7d\ntimeout=1h\nprotocol=domeneshop use=web login=a password=b a.example.com",
    );
    assert!(
        kept.starts_with("interval = \"24h\" timeout = \"5m\""),
        "{kept}"
    );
    assert_eq!(
        left,
        [
            "line 1: `interval` of 604800 s: the longest that moored has takes its place",
            "line 2: `timeout` of 3600 s: the longest that moored has takes its place",
        ]
    );
}

#[test]
fn an_echo_service_of_ones_own_is_believed_alone() {
    let (kept, _) = small(
        "usev4=webv4 webv4=http://192.168.1.1/ip protocol=domeneshop login=a password=b a.example.com",
    );
    assert!(
        kept.starts_with("[ipv4] sources = [\"http://192.168.1.1/ip\"] confirm = 1"),
        "{kept}"
    );
}

#[test]
fn a_server_of_ones_own_is_the_endpoint_if_it_can_be_trusted() {
    let rest = "use=web protocol=domeneshop login=a password=b a.example.com";
    for (server, endpoint, left) in [
        ("api.domeneshop.no", "", ""),
        ("https://api.domeneshop.no/v0", "", ""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v0", ""),
        ("shop.example.net", "", "line 1: server=shop.example.net: "),
        (
            "members.dyndns.org/nic",
            "",
            "line 1: server=members.dyndns.org: ",
        ),
        ("dnsapi.cn", "", "line 1: server=dnsapi.cn: "),
        (
            "api.domeneshop.no:8443",
            "",
            "line 1: server=api.domeneshop.no:…: ",
        ),
        (
            "api.domeneshop.no.example.net",
            "",
            "line 1: server=api.domeneshop.no.example",
        ),
        (
            "http://shop.example.net",
            "",
            "line 1: server=shop.example.net: ",
        ),
        (
            "https://me:pw@shop.example.net",
            "",
            "line 1: server=…: moored sends credentials to no such",
        ),
    ] {
        let (kept, lost) = small(&format!("server={server} {rest}"));
        let expected = format!("endpoint = \"{endpoint}\"");
        assert_eq!(kept.contains("endpoint"), !endpoint.is_empty(), "{kept}");
        assert!(endpoint.is_empty() || kept.contains(&expected), "{kept}");
        assert!(
            lost.concat().starts_with(left) && lost.is_empty() == left.is_empty(),
            "{lost:?}"
        );
    }
}

#[test]
fn what_depends_on_a_variable_is_left_out_but_for_secrets() {
    let rest = "use=if protocol=domeneshop login_env=VARIABLE password=b a.example.com";
    let (kept, left) = small(&format!("if=eth0\n{rest}"));
    assert!(
        kept.contains("token_env = \"VARIABLE\"") && left.is_empty(),
        "{kept}"
    );
    for key in ["if", "server", "protocol", "use"] {
        let (kept, left) = small(&format!(
            "{}\n{key}_env=VARIABLE a.example.com",
            rest.replace(" a.example.com", "")
        ));
        assert!(
            kept.is_empty() && !left.is_empty(),
            "{key}: {kept}\n{left:?}"
        );
    }
    let (kept, left) = small(
        "provider domene.shop {\nusername = a\npassword = ${VARIABLE}\n\
         hostname = { ${NAME}, a.example.com }\n}",
    );
    assert!(
        kept.ends_with("secret_env = \"VARIABLE\" hosts = [\"a.example.com\"]"),
        "{kept}"
    );
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn inadyns_sections_say_the_family_by_name_or_by_where_they_look() {
    let section = |title: &str, more: &str| {
        let text = format!(
            "allow-ipv6 = true\nprovider {title} {{\nusername = 1\npassword = t\n\
             hostname = a.example.cn\n{more}\n}}\n"
        );
        let (kept, _) = small(&text);
        let is_off = |table: &str| kept.contains(&format!("{table} sources = []"));
        (!is_off("[ipv4]"), !is_off("[ipv6]"))
    };
    assert_eq!(section("dnspod.cn", ""), (true, false));
    assert_eq!(section("default@dnspod.cn:2", ""), (true, false));
    assert_eq!(section("ipv6@dnspod.cn", ""), (false, true));
    assert_eq!(section("domene.shop", ""), (true, false));
    let looks = "checkip-command = \"ip -6 addr\"";
    assert_eq!(section("default@domene.shop", looks), (false, true));
    let looks = "checkip-server = api6.ipify.org";
    assert_eq!(section("default@domene.shop", looks), (false, true));
}

/// The error of a text that is not understood.
fn refused(text: &str, name: &str) -> String {
    import::read(text, name, &[]).err().unwrap().to_string()
}

#[test]
fn whose_file_it_is_shows_in_what_stands_in_it() {
    for (text, name, program) in [
        ("use=web\n", "x", "ddclient"),
        (
            "protocol=domeneshop a.example.com",
            "inadyn.conf",
            "ddclient",
        ),
        ("provider x { }", "ddclient.conf", "inadyn"),
        ("custom x\n{\n}\n", "x", "inadyn"),
        ("\u{feff}{\"settings\": []}", "x", "ddns-updater"),
        ("# protocol=x\nprovider x { }", "x", "inadyn"),
        ("period = 300", "/etc/inadyn.conf", "inadyn"),
        (
            "login=me\npassword=pw\n",
            "/etc/ddclient/ddclient.conf",
            "ddclient",
        ),
        ("", "ddclient.conf", "ddclient"),
    ] {
        let import = import::read(text, name, &[]).unwrap();
        assert_eq!(import.program.to_string(), program, "{text}");
        assert_eq!(import.hosts, 0);
    }
}

#[test]
fn a_file_that_is_not_understood_is_refused_with_what_would_be() {
    assert!(refused("[Interface]\nname = eth0", "wg0.conf").contains("not valid JSON"));
    assert!(refused("name: value", "config.yaml").contains("none of the files"));
    assert!(refused("", "x").contains("none of the files"));
    assert_eq!(
        refused("protocol=domeneshop\n\nprovider x { }\n", "x"),
        "line 3 is of inadyn and line 1 of ddclient: give each program's settings in a file of its own"
    );
    assert!(refused("{\"token\": \"hunter2\"}", "x").contains("no list `settings`"));
    let error = refused("{\n\"settings\": [\n{\"token\": hunter2}\n]}", "x");
    assert!(error.contains("line 3") && !error.contains(MARK), "{error}");
}

fn run(arguments: &[&str], directory: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moored"));
    command.args(arguments).current_dir(directory).env_clear();
    command.env("PERIOD", "7m").output().unwrap()
}

#[test]
fn the_command_writes_a_configuration_to_standard_output_and_a_line_to_standard_error() {
    let output = run(&["import", "ddns-updater-new.json"], &samples());
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(
        stderr,
        "ddns-updater-new.json: 5 hosts of ddns-updater's are carried over; 2 things are not: the \
         comments name them\n"
    );
    let config = configuration(&stdout).unwrap();
    assert_eq!(config.intervals.interval.as_secs(), 420);
    let output = run(&["import", "--json", "ddns-updater-new.json"], &samples());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["configuration"], stdout);
    assert_eq!(json["hosts"], 5);
    assert_eq!(json["left"][1]["where"], "line 40");
    assert!(output.stderr.is_empty());
}

#[test]
fn the_command_ends_with_78_where_there_is_no_configuration_to_be_had() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("large.conf"), "#".repeat(300 << 10)).unwrap();
    fs::write(directory.path().join("strange"), b"\xff\xfe\x00nothing").unwrap();
    let foreign = samples().join("ddclient-foreign.conf");
    for (file, said) in [
        ("missing.conf", "missing.conf: could not be read: "),
        (".", ".: could not be read: "),
        ("large.conf", "large.conf: is larger than 256 KiB"),
        (
            "strange",
            "strange: this is none of the files that are understood",
        ),
        (
            foreign.to_str().unwrap(),
            "no host of ddclient's is carried over",
        ),
    ] {
        let output = run(&["import", file], directory.path());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{file}: {stderr}");
        assert!(
            stderr.contains(said) && stderr.lines().count() == 1,
            "{stderr}"
        );
    }
    assert_eq!(run(&["import"], directory.path()).status.code(), Some(2));
}
