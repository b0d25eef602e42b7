//! What answers cost in memory: the most that was resident (`VmHWM`) of the program as it is built for tests, which has
//! no optimisation.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::common::{ADDRESS, LOGIN, SECRET, TOKEN, TestEnv};

/// The most that may be resident whatever comes, in KiB.
const MAX_RESIDENT: u64 = 64 << 10;

/// The most for a round whose zone has 50,000 records, in KiB.
const MAX_RESIDENT_OF_A_ROUND: u64 = 40 << 10;

/// What a server says to a request.
enum LargeReply {
    /// This body.
    Body(Vec<u8>),
    /// This beginning, and then zeros for as long as somebody listens.
    Endless(&'static str),
    /// This body, a byte at a time.
    Trickle(Vec<u8>),
}

/// A server that says what a test wants to requests of a path and a body.
struct LargeReplyServer {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LargeReplyServer {
    fn start(answer: impl Fn(&str, &str) -> LargeReply + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::clone(&stopped);
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_stopped.load(Ordering::SeqCst) {
                    return;
                }
                // Whoever is gone has heard enough.
                let _ = serve(stream, &answer, &is_stopped);
            }
        });
        Self {
            address,
            stopped,
            thread: Some(thread),
        }
    }
}

impl Drop for LargeReplyServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The requests of one connection.
fn serve(
    stream: TcpStream,
    answer: &impl Fn(&str, &str) -> LargeReply,
    is_stopped: &AtomicBool,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut output = stream.try_clone()?;
    let mut input = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if input.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            input.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body)?;
        let path = first.split(' ').nth(1).unwrap_or_default();
        let head = |length: &str| format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n");
        match answer(path, &String::from_utf8_lossy(&body)) {
            LargeReply::Body(body) => {
                let length = format!("content-length: {}", body.len());
                output.write_all(head(&length).as_bytes())?;
                output.write_all(&body)?;
            }
            LargeReply::Endless(start) => {
                output.write_all(head("connection: close").as_bytes())?;
                output.write_all(start.as_bytes())?;
                let zeros = b"0,".repeat(32 << 10);
                while !is_stopped.load(Ordering::SeqCst) {
                    output.write_all(&zeros)?;
                }
            }
            LargeReply::Trickle(body) => {
                let length = format!("content-length: {}", body.len());
                output.write_all(head(&length).as_bytes())?;
                for byte in body {
                    output.write_all(&[byte])?;
                    #[expect(clippy::disallowed_methods, reason = "the server is a slow one")]
                    thread::sleep(Duration::from_millis(20));
                }
            }
        }
    }
}

/// A way to call the program, with how it ended and what it took.
struct Measured {
    code: Option<i32>,
    resident: u64,
    output: String,
}

/// The most that was resident of a process so far, in KiB.
fn resident(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

/// Runs the program to its end. A mark of what was resident only rises, and an answer takes much longer to read than
/// the pause between two looks.
fn measure(bench: &TestEnv, args: &[&str]) -> Measured {
    let path = bench.dir.path().join("output");
    let output = fs::File::create(&path).unwrap();
    let mut command = bench.command(args);
    command
        .stdout(output.try_clone().unwrap())
        .stderr(Stdio::from(output));
    let mut child = command.spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(resident(&child).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        #[expect(clippy::disallowed_methods, reason = "a pause between two looks")]
        thread::sleep(Duration::from_millis(1));
    };
    Measured {
        code: status.code(),
        resident: most,
        output: fs::read_to_string(path).unwrap(),
    }
}

/// What a provider that is not the sandbox is configured as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ServiceKind {
    Domeneshop,
    DnsPod,
    China,
}

fn configure(bench: &TestEnv, kind: ServiceKind, server: &LargeReplyServer) {
    let url = format!("http://{}", server.address);
    let host = "home.example.com";
    let account = match kind {
        ServiceKind::Domeneshop => format!(
            "[[domeneshop]]\nname = \"it\"\ntoken = \"{TOKEN}\"\nsecret = \"{SECRET}\"\nendpoint = \"{url}\"\n"
        ),
        ServiceKind::DnsPod | ServiceKind::China => format!(
            "[[dnspod]]\nname = \"it\"\nsite = \"{}\"\ntoken = \"{LOGIN}\"\ncontact = \"me@example.com\"\nendpoint = \"{url}\"\n",
            if kind == ServiceKind::China {
                "china"
            } else {
                "international"
            }
        ),
    };
    let head = bench.head().replace("\"2s\"", "\"30s\"");
    bench.config(&format!("{head}{account}hosts = [\"{host}\"]\n"));
    let _ = fs::remove_dir_all(bench.dir.path().join("state"));
}

/// The commands that read lists.
fn commands(kind: ServiceKind) -> [&'static [&'static str]; 4] {
    let api: &[&str] = match kind {
        ServiceKind::Domeneshop => &["api", "it", "dns.list", "domain_id=1"],
        ServiceKind::DnsPod | ServiceKind::China => {
            &["api", "it", "Record.List", "domain=example.com"]
        }
    };
    [
        &["--once"],
        &["records", "it", "list"],
        &[
            "records",
            "it",
            "set",
            "home.example.com",
            "A",
            "192.0.2.1",
            "--yes",
        ],
        api,
    ]
}

/// `items` in place of the zones or the records.
fn in_place(kind: ServiceKind, of_zones: bool, path: &str, items: &str) -> Vec<u8> {
    let is_zones = path.starts_with("/Domain.List") || path == "/domains";
    let items = match (kind, is_zones == of_zones) {
        (_, true) => items,
        (ServiceKind::Domeneshop, false) if is_zones => r#"[{"id":1,"domain":"example.com"}]"#,
        (_, false) if is_zones => r#"[{"id":1,"name":"example.com"}]"#,
        _ => "[]",
    };
    match (kind, is_zones) {
        (ServiceKind::Domeneshop, _) => items.as_bytes().to_vec(),
        (_, true) => format!("{{\"status\":{{\"code\":\"1\"}},\"info\":{{}},\"domains\":{items}}}")
            .into_bytes(),
        (_, false) => {
            format!("{{\"status\":{{\"code\":\"1\"}},\"info\":{{}},\"records\":{items}}}")
                .into_bytes()
        }
    }
}

/// Texts of 11 MB and more that stand where a list belongs.
fn hostile(kind: ServiceKind) -> Vec<(&'static str, String)> {
    const LONG: usize = 11 << 20;
    let record = match kind {
        ServiceKind::Domeneshop => {
            r#"{"id":1,"host":"home","type":"A","data":"192.0.2.1","ttl":3600,"a":0,"b":0,"c":0}"#
        }
        _ => r#"{"id":"1","name":"home","line":"Default","type":"A","value":"192.0.2.1"}"#,
    };
    let list = |item: &str, bytes: usize| {
        let items = vec![item; bytes / (item.len() + 1)];
        format!("[{}]", items.join(","))
    };
    vec![
        ("zeros", list("0", LONG)),
        ("zeros beyond the longest answer", list("0", 14 << 20)),
        ("nested arrays", "[".repeat(LONG)),
        (
            "nested arrays that close",
            "[".repeat(LONG / 2) + &"]".repeat(LONG / 2),
        ),
        ("nested objects", r#"{"":"#.repeat(LONG / 5)),
        ("one text", format!("\"{}\"", "x".repeat(LONG))),
        (
            "one text of letters that are escaped",
            format!("\"{}\"", "\u{7f}".repeat(LONG)),
        ),
        (
            "a text in a list",
            format!("[\"{}\"]", "\u{7f}".repeat(LONG)),
        ),
        ("many items that are nothing", list("{}", LONG)),
        ("many small objects", list(r#"{"":0}"#, LONG)),
        ("lists of zeros", list(&list("0", 60_000), LONG)),
        (
            "an object of many members",
            format!("{{{}}}", vec![r#""a":0"#; LONG / 6].join(",")),
        ),
        ("one record again and again", list(record, LONG)),
        ("a page", format!("<html>{}", "x ".repeat(LONG / 2))),
    ]
}

/// Runs commands against a server, none of which may take more than `most`, and says how each ended.
#[track_caller]
fn run_all<'c>(
    bench: &TestEnv,
    commands: impl IntoIterator<Item = &'c [&'c str]>,
    what: &str,
    most: u64,
) -> Vec<Measured> {
    let run = |args: &[&str]| {
        let run = measure(bench, args);
        let Measured { resident, code, .. } = run;
        assert!(resident > 1024, "{what}, {args:?}: it was not measured");
        assert!(
            resident < most,
            "{what}, {args:?}: {resident} KiB were resident; it ended with {code:?}"
        );
        run
    };
    commands.into_iter().map(run).collect()
}

#[test]
fn no_answer_in_place_of_a_list_costs_more_than_64_mib() {
    for kind in [ServiceKind::Domeneshop, ServiceKind::DnsPod] {
        for (what, text) in hostile(kind) {
            let [once, list, _, api] = commands(kind);
            for (of_zones, commands) in [(false, vec![once, list, api]), (true, vec![once])] {
                let text = text.clone();
                let server = LargeReplyServer::start(move |path, _| {
                    LargeReply::Body(in_place(kind, of_zones, path, &text))
                });
                let bench = TestEnv::new();
                configure(&bench, kind, &server);
                let case = format!("{kind:?}, zones: {of_zones}, {what}");
                for run in run_all(&bench, commands, &case, MAX_RESIDENT) {
                    assert_eq!(run.code, Some(75), "{case}: {}", run.output);
                    assert!(run.output.len() < 1024, "{case}: {}", run.output.len());
                }
            }
        }
    }
}

/// A list of 12 MB: records of a configured host, each with a long field that nobody knows.
fn long_records() -> String {
    let records = (1..=200).map(|id| {
        let long = "x".repeat(59_800);
        format!(
            r#"{{"id":{id},"host":"home","type":"A","data":"192.0.2.1","ttl":3600,"x":"{long}"}}"#
        )
    });
    format!("[{}]", records.collect::<Vec<_>>().join(","))
}

#[test]
fn many_zones_or_accounts_whose_lists_are_as_long_as_can_be_cost_no_more_than_64_mib() {
    let names = |account: usize, zones: usize| {
        (1..=zones).map(move |zone| (zone, format!("zone{account}-{zone}.example")))
    };
    for (zones, accounts) in [(1, 1), (6, 1), (1, 6)] {
        let start = |account: usize| {
            let records = long_records();
            LargeReplyServer::start(move |path, _| {
                let zones = names(account, zones);
                let zones = zones.map(|(id, name)| format!(r#"{{"id":{id},"domain":"{name}"}}"#));
                LargeReply::Body(match path {
                    "/domains" => format!("[{}]", zones.collect::<Vec<_>>().join(",")).into_bytes(),
                    _ => records.clone().into_bytes(),
                })
            })
        };
        let servers: Vec<_> = (0..accounts).map(start).collect();
        let bench = TestEnv::new();
        let sections = servers.iter().enumerate().map(|(account, server)| {
            let hosts = names(account, zones).map(|(_, name)| format!("\"home.{name}\""));
            format!(
                "[[domeneshop]]\nname = \"a{account}\"\ntoken = \"{TOKEN}{account}\"\nsecret = \"{SECRET}\"\n\
                 endpoint = \"http://{}\"\nhosts = [{}]\n",
                server.address,
                hosts.collect::<Vec<_>>().join(",")
            )
        });
        let sections: String = sections.collect();
        bench.config(&(bench.head().replace("\"2s\"", "\"30s\"") + &sections));
        let case = format!("{zones} zones, {accounts} accounts");
        for run in run_all(&bench, [&["--once"][..]], &case, MAX_RESIDENT) {
            assert_ne!(run.code, Some(0), "{case}: {}", run.output);
        }
    }
}

#[test]
fn an_answer_that_never_ends_or_trickles_costs_no_more_than_64_mib() {
    const ENVELOPE: &str = r#"{"status":{"code":"1"},"records":["#;
    for kind in [ServiceKind::Domeneshop, ServiceKind::DnsPod] {
        for trickles in [false, true] {
            let start = if kind == ServiceKind::Domeneshop {
                "["
            } else {
                ENVELOPE
            };
            let server = LargeReplyServer::start(move |_, _| {
                if trickles {
                    LargeReply::Trickle(start.bytes().chain([b'0'; 4096]).collect())
                } else {
                    LargeReply::Endless(start)
                }
            });
            let bench = TestEnv::new();
            configure(&bench, kind, &server);
            let path = bench.dir.path().join("config.toml");
            let text = fs::read_to_string(&path).unwrap();
            bench.config(&text.replace("\"30s\"", "\"1s\""));
            let [once, ..] = commands(kind);
            let case = format!("{kind:?}, trickles: {trickles}");
            for run in run_all(&bench, [once], &case, MAX_RESIDENT) {
                assert_eq!(run.code, Some(75), "{case}: {}", run.output);
            }
        }
    }
}

/// DNSPod's record of this number; that of the host that is kept has the right address.
fn record(number: usize) -> String {
    let (name, value) = match number {
        0 => ("home".to_owned(), ADDRESS.to_owned()),
        _ => (format!("host-{number}"), "192.0.2.77".to_owned()),
    };
    format!(
        "{{\"id\":\"{}\",\"name\":\"{name}\",\"line\":\"Default\",\"line_id\":\"0\",\"type\":\"A\",\"ttl\":\"600\",\
         \"value\":\"{value}\",\"weight\":null,\"mx\":\"0\",\"enabled\":\"1\",\"status\":\"enabled\",\"monitor_status\":\"\",\
         \"remark\":\"\",\"updated_on\":\"2026-11-22 12:00:00\",\"use_aqb\":\"no\"}}",
        2_169_654_400 + number
    )
}

/// DNSPod's page of these records, of so many.
fn page(numbers: std::ops::Range<usize>, total: usize) -> Vec<u8> {
    let records: Vec<_> = numbers.map(record).collect();
    format!(
        "{{\"status\":{{\"code\":\"1\"}},\"domain\":{{\"id\":\"1\",\"min_ttl\":600}},\
         \"info\":{{\"sub_domains\":\"{total}\",\"record_total\":\"{total}\",\"records_num\":\"{}\"}},\
         \"records\":[{}]}}",
        records.len(),
        records.join(",")
    )
    .into_bytes()
}

/// A number among the fields of a form.
fn field(form: &str, name: &str) -> usize {
    let fields = form.split('&').filter_map(|it| it.split_once('='));
    let own = fields.into_iter().find(|(it, _)| *it == name);
    own.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
}

const DOMAINS: &str = r#"{"status":{"code":"1"},"info":{"domain_total":1},"domains":[{"id":1,"name":"example.com"}]}"#;

#[test]
fn pages_that_never_end_repeat_or_are_longer_than_asked_for_cost_no_more_than_64_mib() {
    /// The records that are listed behind so many, and how many there are said to be.
    type PageFunction = fn(usize, usize) -> (std::ops::Range<usize>, usize);
    let cases: [(&str, PageFunction); 4] = [
        ("longer than asked for, for ever", |offset, _| {
            (offset..offset + 30_000, usize::MAX)
        }),
        ("as long as asked for, for ever", |offset, length| {
            (offset..offset + length, usize::MAX)
        }),
        ("of one record, for ever", |offset, _| {
            (offset..offset + 1, usize::MAX)
        }),
        ("the same again and again", |_, length| (0..length, 50_000)),
    ];
    for (what, pages) in cases {
        for kind in [ServiceKind::DnsPod, ServiceKind::China] {
            let server = LargeReplyServer::start(move |path, form| {
                if path == "/Domain.List" {
                    return LargeReply::Body(DOMAINS.into());
                }
                let (numbers, total) = pages(field(form, "offset"), field(form, "length"));
                LargeReply::Body(page(numbers, total))
            });
            let bench = TestEnv::new();
            configure(&bench, kind, &server);
            let [once, list, ..] = commands(kind);
            let case = format!("{kind:?}, pages {what}");
            for run in run_all(&bench, [once, list], &case, MAX_RESIDENT) {
                assert_eq!(run.code, Some(75), "{case}: {}", run.output);
                let reason = ["the list has no end", "one page repeats another"];
                let is_said = reason.iter().any(|it| run.output.contains(it));
                assert!(is_said, "{case}: {}", run.output);
            }
        }
    }
}

#[test]
fn an_honest_zone_of_fifty_thousand_records_is_read_in_little_memory_by_every_command() {
    for (kind, count) in [
        (ServiceKind::Domeneshop, 50_000),
        // One more page than a hundred of the international site's.
        (ServiceKind::DnsPod, 50_400),
        (ServiceKind::China, 50_400),
    ] {
        let records = (1..count).map(|number| {
            format!("{{\"id\":{number},\"host\":\"host-{number}\",\"ttl\":3600,\"type\":\"A\",\"data\":\"192.0.2.77\"}}")
        });
        let own = format!(
            "{{\"id\":50001,\"host\":\"home\",\"ttl\":3600,\"type\":\"A\",\"data\":\"{ADDRESS}\"}}"
        );
        let whole = format!("[{}]", records.chain([own]).collect::<Vec<_>>().join(","));
        let server = LargeReplyServer::start(move |path, form| {
            LargeReply::Body(match path {
                "/Domain.List" => DOMAINS.into(),
                "/domains" => br#"[{"id":1,"domain":"example.com"}]"#.into(),
                "/Record.List" => {
                    let (offset, length) = (field(form, "offset"), field(form, "length"));
                    page(offset..(offset + length).min(count), count)
                }
                _ => whole.clone().into_bytes(),
            })
        });
        let bench = TestEnv::new();
        configure(&bench, kind, &server);
        let [once, list, set, api] = commands(kind);
        let dry = [
            "--dry-run",
            "records",
            "it",
            "set",
            "home.example.com",
            "A",
            "192.0.2.1",
        ];
        assert!(dry[1..].iter().eq(&set[..6]));
        let case = format!("{kind:?}");
        for run in run_all(&bench, [once, &dry], &case, MAX_RESIDENT_OF_A_ROUND) {
            assert_eq!(run.code, Some(0), "{case}: {}", run.output);
        }
        for run in run_all(&bench, [list, api], &case, MAX_RESIDENT) {
            assert_eq!(run.code, Some(0), "{case}: {}", run.output);
            let lines = run.output.lines().filter(|it| it.contains("host-"));
            assert_eq!(lines.count(), count - 1, "{case}");
        }
        let json = |args: &[&'static str]| [&["--json"], args].concat();
        let (list, api) = (json(list), json(api));
        for run in run_all(&bench, [&*list, &*api], &case, MAX_RESIDENT) {
            let answer: serde_json::Value = serde_json::from_str(&run.output).unwrap();
            let records = answer.get("records").unwrap_or(&answer);
            assert_eq!(records.as_array().unwrap().len(), count, "{case}");
        }
    }
}
