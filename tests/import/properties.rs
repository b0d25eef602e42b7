//! What holds for any file.

use moored::import;
use proptest::prelude::*;

use super::{MARK, configuration, no_comment_holds};

/// What a ddclient.conf may hold.
const DDCLIENT: &[&str] = &[
    "protocol=domeneshop login=me password=pw",
    "protocol=dnspod login=1 password=pw",
    "\nd.example.com\n",
    "\ne.example.com\n",
    "protocol=domeneshop",
    "protocol=dnspod",
    "protocol=dyndns2",
    "login=me",
    "password=pw",
    "password='p w'",
    "password=\"p\\\"w\"",
    "login=1",
    "password_env=VARIABLE",
    "login_env=VARIABLE",
    "server=dnsapi.cn",
    "server=api.domeneshop.no",
    "server=http://10.0.0.1:80/v0",
    "server=http://x.example.net",
    "use=web",
    "use=if",
    "if=eth0",
    "use=no",
    "usev4=webv4",
    "usev4=ifv4",
    "ifv4=default",
    "usev4=ipv4",
    "ipv4=84.212.10.20",
    "ipv4=10.0.0.1",
    "ipv4=::1",
    "usev6=ifv6",
    "usev6=cmdv6",
    "cmdv6='a \\\\ \"b\"'",
    "usev6=ipv6",
    "ipv6=2a01::1",
    "ipv6=yes",
    "usev6=linksys",
    "web=https://ip.example.net/\"x",
    "webv4=http://10.0.0.1/ip",
    "webv4=http://10.0.0.1/two",
    "webv4=https://api.ipify.org/",
    "web-skip=x",
    "daemon=0",
    "daemon=1",
    "daemon=9d",
    "timeout=1",
    "mail=me@example.com",
    "ssl=no",
    "a.example.com",
    "b.example.com,c.example.com",
    "*.example.com",
    "æ.example.com",
    "localhost",
    "\n",
    "\n",
    "\n",
    " \\\n",
    "# x",
    ",",
];

/// What an inadyn.conf may hold.
const INADYN: &[&str] = &[
    "provider domene.shop {\nusername = 1\npassword = pw\nhostname = d.example.com",
    "provider dnspod {\nusername = 1\npassword = pw\nhostname = e.example.com",
    "provider ipv6@dnspod.cn {\nusername = 1\npassword = pw\nhostname = e.example.com",
    "provider default@domene.shop {",
    "provider dnspod.cn:1 {",
    "provider ipv6@dnspod.cn {",
    "custom x {",
    "provider freedns {",
    "}",
    "}",
    "ddns-server = api.domeneshop.no",
    "username = 1",
    "username = ${VARIABLE}",
    "password = pw",
    "password = \"p\\\"w\"",
    "password = two words",
    "hostname = a.example.com",
    "hostname = { \"b.example.com\", c.example.com }",
    "alias = \"*.example.com\"",
    "iface = eth0",
    "iface = \"not a name\"",
    "checkip-server = ip.example.net",
    "checkip-server = default",
    "checkip-server = 10.0.0.1",
    "checkip-ssl = false",
    "checkip-path = \"/a b?\\\"\"",
    "checkip-command = \"ip -6 addr | \\\"x\\\"\"",
    "checkip-command = \"a\\nb\"",
    "verify-address = false",
    "allow-ipv6 = true",
    "period = 1",
    "period = 99999999",
    "period = x",
    "user-agent = me@example.com",
    "include(\"x\")",
    "# x",
    "/* x */",
];

/// What an object of a config.json may hold.
const DDNS_UPDATER: &[&str] = &[
    r#""provider":"domeneshop","token":"t","secret":"s","domain":"d.example.com""#,
    r#""provider":"dnspod","token":"1,t","domain":"e.example.com""#,
    r#""provider":"domeneshop""#,
    r#""provider":"dnspod""#,
    r#""provider":"x""#,
    r#""domain":"a.example.com""#,
    r#""domain":"b.example.com,c.example.com""#,
    r#""domain":"example.com""#,
    r#""host":"@,*,a""#,
    r#""owner":"b""#,
    r#""token":"t""#,
    r#""token":"1,t""#,
    r#""token":"t\nt""#,
    r#""token":5"#,
    r#""secret":"s""#,
    r#""secret":"\"s""#,
    r#""ip_version":"ipv4""#,
    r#""ip_version":"ipv6""#,
    r#""ip_version":"ipv4 or ipv6""#,
    r#""ip_version":7"#,
    r#""ipv6_suffix":"::1/64""#,
    r#""ipv6_suffix":"::1/72""#,
    r#""ipv6_suffix":"2a01::1/64""#,
    r#""ipv6_suffix":"""#,
    r#""ttl":1"#,
];

/// Files of the three programs that are nearly right, with what they may hold in any order.
fn nearly_right() -> impl Strategy<Value = String> {
    let pieces = |of, most: usize| prop::collection::vec(prop::sample::select(of), 0..most);
    let ddclient = pieces(DDCLIENT, 30).prop_map(|it| it.join(" "));
    let inadyn = pieces(INADYN, 30).prop_map(|it| it.join("\n"));
    let object = pieces(DDNS_UPDATER, 9).prop_map(|it| format!("{{{}}}", it.join(",")));
    let ddns_updater = prop::collection::vec(object, 0..5)
        .prop_map(|it| format!("{{\"settings\":[{}]}}", it.join(",\n")));
    prop_oneof![ddclient, inadyn, ddns_updater]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_is_carried_over_is_a_configuration(text in nearly_right()) {
        if let Ok(import) = import::read(&text, "x", &[]) {
            let read = configuration(&import.text);
            if import.hosts > 0 {
                let config = read.map_err(|error| TestCaseError::fail(format!("{error}\nof:\n{text}")))?;
                let hosts: usize = config.accounts.iter().map(|it| it.hosts.len()).sum();
                prop_assert_eq!(hosts, import.hosts);
            } else {
                prop_assert!(read.is_err_and(|error| error.contains("there is no account")));
            }
        }
    }

    #[test]
    fn no_comment_holds_what_may_be_a_secret(
        before in prop::sample::select(vec![
            "password=", "password = ", "password='", "login=", "login = ", "apikey=", "token=", "x ",
            "fw-password=", "fw-login=", "secret=", "dynurl=https://x.example.net/?", "proxy=", "cmd=",
            "postscript=", "web=https://ip.example.net/?", "web=http://me:", "server=http://me:",
             "if=", "ip=", "a.example.com ", "a.example.com me ", "", "use=ip, ip=",
        ]),
        after in prop::sample::select(vec!["", "'", " \\", ",", " b.example.com", "@x.example.net/"]),
        own in any::<bool>(),
    ) {
        let head = if own { "protocol=domeneshop\nlogin=me\npassword=pw" } else { "protocol=x" };
        let text = format!("{head}\nuse=web\n{before}{MARK}{after}\na.example.com\n");
        let import = import::read(&text, "ddclient.conf", &[]).unwrap();
        no_comment_holds(&import.text, &[MARK]);
        let value = after.trim_end_matches([' ', '\\', ',', '\'']);
        for line in [
            format!("username = {MARK}{value}"), format!("password = x {MARK}"), format!("password = '{MARK}"),
            format!("apikey = {MARK}"), format!("{MARK} = x"), format!("provider {MARK}"),
            format!("checkip-server = me:{MARK}@x"), format!("hostname = {MARK}"), format!("include {MARK}"),
            format!("checkip-command = {MARK} {MARK}"), format!("iface = \"{MARK} \""),
        ] {
            let text = format!("provider default@domene.shop {{\nhostname = a.example.com\n{line}\n}}\n");
            let import = import::read(&text, "inadyn.conf", &[]).unwrap();
            no_comment_holds(&import.text, &[MARK]);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(?s).{0,100}",
        name in "(?s).{0,20}",
    ) {
        let lossy = String::from_utf8_lossy(&bytes);
        for text in [&lossy, text.as_str()] {
            for text in [text.to_owned(), format!("use=web\n{text}"), format!("provider x {{\n{text}")] {
                if let Ok(import) = import::read(&text, &name, &[]) {
                    prop_assert!(import.text.parse::<toml::Table>().is_ok(), "{}", import.text);
                }
            }
        }
    }
}
