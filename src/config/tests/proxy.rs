//! What the environment says about proxies.

use super::*;

/// A configuration with one account at this endpoint, read with these variables.
fn read_at(endpoint: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let text = format!(
        "[[domeneshop]]\ntoken = \"t\"\nsecret = \"s\"\nendpoint = \"{endpoint}\"\nhosts = [\"a.example.com\"]\n"
    );
    from_toml(&text, Path::new("c"), &environment(variables))
}

const API: &str = "https://api.example.net/v0";
const LOCAL: &str = "http://127.0.0.1:8080";

#[test]
fn a_variable_that_names_no_proxy_is_a_problem_that_does_not_show_its_password() {
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        for endpoint in [API, LOCAL] {
            for value in [
                "http://me:hunter2@proxy:port",
                "http://me:hunter2@",
                "htp://me:hunter2@proxy:3128",
            ] {
                let problems = read_at(endpoint, &[(name, value), ("NO_PROXY", "*")])
                    .unwrap_err()
                    .to_string();
                assert!(
                    problems.starts_with(&format!("environment: {name}: is not the address")),
                    "{problems}"
                );
                assert!(
                    !problems.contains("hunter2") && problems.lines().count() == 1,
                    "{problems}"
                );
            }
        }
    }
    let socks = [("ALL_PROXY", "socks5://me:hunter2@proxy:1080")];
    let problems = read_at(API, &socks).unwrap_err().to_string();
    assert!(
        problems.contains("ALL_PROXY: names a kind of proxy that moored cannot use"),
        "{problems}"
    );
    let unused = [socks[0], ("HTTPS_PROXY", "proxy:3128")];
    assert!(read_at(API, &unused).is_ok());
}

#[test]
fn the_variables_count_as_with_curl() {
    let proxy = |endpoint, variables: &[(&str, &str)]| {
        let config = read_at(endpoint, variables).unwrap();
        assert_eq!(config.warnings.len(), 0, "{:?}", config.warnings);
        let proxy = &config.accounts[0].proxy;
        proxy.as_ref().map(|it| it.expose().to_owned())
    };
    let on = |host: &str| Some(format!("http://{host}/"));
    assert_eq!(proxy(API, &[]), None);
    assert_eq!(proxy(API, &[("HTTPS_PROXY", "")]), None);
    assert_eq!(proxy(API, &[("HTTP_PROXY", "10.0.0.1")]), None);
    assert_eq!(
        proxy(API, &[("HTTPS_PROXY", "a"), ("https_proxy", "b")]),
        on("b")
    );
    assert_eq!(proxy(API, &[("ALL_PROXY", "a")]), on("a"));
    assert_eq!(
        proxy(API, &[("ALL_PROXY", "a"), ("HTTPS_PROXY", "b")]),
        on("b")
    );
    assert_eq!(
        proxy(
            API,
            &[("HTTPS_PROXY", "a"), ("NO_PROXY", "API.example.net:443")]
        ),
        None
    );
    assert_eq!(
        proxy(
            API,
            &[("HTTPS_PROXY", "a"), ("no_proxy", "api.example.net:80")]
        ),
        on("a")
    );
    assert_eq!(proxy(LOCAL, &[("HTTP_PROXY", "10.0.0.1")]), on("10.0.0.1"));
    assert_eq!(
        proxy(
            LOCAL,
            &[("HTTP_PROXY", "10.0.0.1"), ("REQUEST_METHOD", "GET")]
        ),
        None
    );
    assert_eq!(
        proxy(
            LOCAL,
            &[("HTTP_PROXY", "10.0.0.1"), ("NO_PROXY", "127.0.0.0/8")]
        ),
        None
    );
    let config = read_at(API, &[("NO_PROXY", "a.example:port")]).unwrap();
    let warning = config.warnings[0].to_string();
    assert!(
        warning.starts_with("environment: NO_PROXY: `a.example:port` covers nothing"),
        "{warning}"
    );
}

#[test]
fn credentials_go_through_no_proxy_off_ones_own_network_without_encryption() {
    for (proxy, is_taken) in [
        ("http://proxy.example.net:3128", false),
        ("http://me:hunter2@84.212.10.20:3128", false),
        ("https://proxy.example.net", false),
        ("http://192.168.1.2:3128", true),
        ("http://[fd00::1]:3128", true),
        ("localhost:3128", true),
    ] {
        let read = read_at(LOCAL, &[("http_proxy", proxy)]);
        assert_eq!(read.is_ok(), is_taken, "{proxy}");
        if let Err(problems) = read {
            let text = problems.to_string();
            assert!(
                text.contains("http_proxy: would be sent the credentials of account `domeneshop`"),
                "{text}"
            );
            assert!(
                text.contains("name 127.0.0.1 in NO_PROXY") && !text.contains("hunter2"),
                "{text}"
            );
        }
        assert!(read_at(API, &[("https_proxy", proxy)]).is_ok(), "{proxy}");
    }
}
