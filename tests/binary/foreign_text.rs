//! L15: text from outside, through every field that it can come in by, as each output shows it. And L12: what commands
//! are given and what is said of them.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, UdpSocket},
    os::unix::{fs::MetadataExt, net::UnixListener},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{
        Name, RData, Record,
        rdata::{A, CNAME, NS, SOA, TXT},
    },
};
use serde_json::json;

use crate::common::{LOGIN, Run, SECRET, TOKEN, TestEnv, finish, wait_until};

/// Controls of both sets, line ends of all kinds, directions, zero widths, tags, and lines that pretend to be ours.
const FOREIGN: &str = "a\u{1b}]0;x\u{7}\r\nFORGED\u{85}FORGED\u{2028}FORGED\n<3>FORGED\u{202e}b\u{2066}c\u{7f}d\u{9b}31m\
                       e\u{200b}f\u{e0041}g\u{fe0f}h\u{8}\0i";

/// Nothing of the kind is in an output, and nobody else began one of its lines.
#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let is_harmful = |letter: char| {
        letter != '\n' && letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!text.contains(is_harmful), "{what}: {text:?}");
    let is_forged = |line: &str| line.starts_with("FORGED") || line.starts_with("<3>FORGED");
    assert!(!text.lines().any(is_forged), "{what}: {text:?}");
}

/// Each output of a command: text, JSON, the log at its fullest, and the journal's form of it.
fn in_every_output(bench: &TestEnv, args: &[&str]) -> String {
    let mut all = String::new();
    for more in [&[][..], &["--json"], &["--log", "trace"]] {
        let Run { stdout, stderr, .. } = bench.run(&[args, more].concat());
        if more == ["--json"] {
            for line in stdout.lines().filter(|line| line.starts_with(['{', '['])) {
                let read = serde_json::from_str::<serde_json::Value>(line);
                assert!(read.is_ok(), "{args:?}: {line}");
            }
        }
        all += &(stdout + &stderr);
    }
    let journal = fs::File::create(bench.dir.path().join("journal")).unwrap();
    let place = journal.metadata().unwrap();
    let mut command = bench.command(&[args, &["--log", "trace"]].concat());
    command
        .env("JOURNAL_STREAM", format!("{}:{}", place.dev(), place.ino()))
        .stdout(Stdio::piped())
        .stderr(journal);
    all += &finish(command).stdout;
    all += &fs::read_to_string(bench.dir.path().join("journal")).unwrap();
    is_harmless(&args.join(" "), &all);
    all
}

/// A service that answers every request with these bytes, until the test ends.
fn service(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(&answer);
        }
    });
    addr
}

fn http(status: &str, header: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// The field without what would end a line of HTTP.
fn on_one_line() -> String {
    FOREIGN.replace(['\r', '\n', '\0'], "")
}

#[test]
fn l15_no_answer_of_a_provider_reaches_an_output_as_it_is() {
    let name = format!("zone{FOREIGN}.example");
    let record = json!({
        "id": FOREIGN, "name": FOREIGN, "value": FOREIGN, "data": FOREIGN, "type": FOREIGN, "host": FOREIGN,
        "line": "default", "ttl": "600", "remark": FOREIGN, "enabled": "1", "status": FOREIGN,
    });
    let good = json!({ "code": "1", "message": FOREIGN });
    let address = json!({
        "id": FOREIGN, "name": "home", "host": "home", "value": "9.9.9.9", "data": "9.9.9.9", "type": "A",
        "line": "default", "ttl": "600", "enabled": "1",
    });
    let bodies = [
        json!({ "status": { "code": "-99", "message": FOREIGN } }),
        json!({ "status": { "code": "6", "message": FOREIGN } }),
        json!({ "status": { "code": FOREIGN, "message": FOREIGN } }),
        json!({ "status": good, "domains": [{ "id": 1, "name": name, "status": "enable" }], "info": { "domain_total": 1 },
                "records": [record] }),
        json!({ "status": good, "info": { "domain_total": 1, "record_total": 1 }, "records": [address],
                "domains": [{ "id": 1, "name": "example.org", "punycode": "example.org", "status": "enable" }],
                "domain": { "id": "1", "name": "example.org" } }),
        json!({ "code": FOREIGN, "help": FOREIGN }),
        json!([{ "id": FOREIGN, "domain": name }]),
        json!([{ "id": 1, "domain": "example.com", "status": FOREIGN, "host": FOREIGN, "data": FOREIGN, "type": "A" }]),
        json!([{ "id": 1, "domain": "example.com", "host": "home", "data": "9.9.9.9", "type": FOREIGN, "ttl": FOREIGN }]),
        json!({ FOREIGN: FOREIGN }),
    ];
    let mut answers: Vec<_> = bodies
        .iter()
        .map(|body| http("200 OK", "", &body.to_string()))
        .collect();
    answers.extend(
        bodies
            .iter()
            .take(6)
            .map(|body| http("400 Bad", "", &body.to_string())),
    );
    answers.push(http("200 OK", "", FOREIGN));
    answers.push(http("502 Bad", "", &format!("<html>{FOREIGN}</html>")));
    answers.push(http(&format!("418 {}", on_one_line()), "", FOREIGN));
    answers.push(http(
        "302 Found",
        &format!("location: https://x/{}\r\n", on_one_line()),
        "",
    ));
    answers.push(FOREIGN.as_bytes().to_vec());
    let mut shown = String::new();
    for answer in answers {
        let bench = TestEnv::new();
        let url = service(answer);
        bench.config(&format!(
            "{}[[domeneshop]]\nname = \"shop\"\ntoken = \"{TOKEN}\"\nsecret = \"{SECRET}\"\nendpoint = \"http://{url}\"\n\
             hosts = [\"home.example.com\"]\n[[dnspod]]\nname = \"pod\"\ntoken = \"{LOGIN}\"\ncontact = \"me@example.com\"\n\
             endpoint = \"http://{url}\"\nhosts = [\"home.example.org\"]\n",
            bench.head()
        ));
        for args in [
            &["check"][..],
            &["plan"],
            &["--once"],
            &["api", "shop", "domains.list"],
            &["api", "pod", "Domain.List"],
            &["api", "pod", "Record.List", "domain=example.org"],
            &["records", "shop", "list", "example.com"],
            &["records", "pod", "list", "example.org"],
        ] {
            shown += &in_every_output(&bench, args);
        }
    }
    // It was quoted, so that the test sees what it is named for.
    assert!(shown.contains(r"a\u{1b}]0;x\u{7}  FORGED"), "{shown}");
    assert!(shown.contains(r"\u202eb\u2066c"), "{shown}");
}

#[test]
fn l15_no_answer_of_a_source_reaches_an_output_as_it_is() {
    let bench = TestEnv::new();
    let echo = service(http("200 OK", "", FOREIGN));
    let redirect = service(http(
        "302 Found",
        &format!("location: {}\r\n", on_one_line()),
        FOREIGN,
    ));
    let broken = service(FOREIGN.as_bytes().to_vec());
    let said = bench.dir.path().join("said");
    fs::write(&said, FOREIGN).unwrap();
    let said = said.display();
    bench.config(&format!(
        "state_dir = \"{}/state\"\n[ipv4]\nconfirm = 1\nsources = [\"http://{echo}/\", \"http://{redirect}/\", \"http://{broken}/\", \
         \"file:{said}\", \"command:cat {said}\", \"stun:127.0.0.1:1\"]\n[ipv6]\nsources = []\n{}",
        bench.dir.path().display(),
        bench.domeneshop("hosts = [\"home.example.com\"]")
    ));
    let shown = in_every_output(&bench, &["detect"]) + &in_every_output(&bench, &["--once"]);
    assert!(shown.contains(r"`a\u{1b}]0;x\u{7}"), "{shown}");
}

/// A DNS server that gives every question the same answer, and counts them.
fn dns_server(
    answer: impl Fn(&mut Message, &Name) + Send + 'static,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = socket.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        let mut room = [0; 1024];
        loop {
            let (length, from) = socket.recv_from(&mut room).unwrap();
            let question = Message::from_vec(&room[..length]).unwrap();
            let query = question.queries[0].clone();
            let name = query.name().clone();
            let mut message = Message::new(question.id, MessageType::Response, OpCode::Query);
            message.metadata.authoritative = true;
            message.add_query(query);
            answer(&mut message, &name);
            count.fetch_add(1, Ordering::SeqCst);
            let _ = socket.send_to(&message.to_vec().unwrap(), from);
        }
    });
    (addr, asked)
}

#[test]
fn l15_no_name_in_an_answer_of_dns_reaches_an_output_as_it_is() {
    fn foreign() -> Name {
        let text: String = FOREIGN.chars().take(40).collect();
        Name::from_labels([text.as_bytes(), b"\x1b[2J\r\nFORGED", b"example"]).unwrap()
    }
    fn record(owner: &Name, data: RData) -> Record {
        Record::from_rdata(owner.clone(), 60, data)
    }
    let answers: [fn(&mut Message, &Name); 5] = [
        |message, name| {
            message.add_answer(record(name, RData::CNAME(CNAME(foreign()))));
            message.add_answer(record(&foreign(), RData::A(A([9, 9, 9, 9].into()))));
        },
        |message, name| {
            message.add_answer(record(name, RData::CNAME(CNAME(foreign()))));
            message.add_answer(record(name, RData::TXT(TXT::new(vec![FOREIGN.to_owned()]))));
        },
        |message, _| {
            message.metadata.response_code = ResponseCode::NXDomain;
        },
        |message, name| {
            message.add_authority(record(name, RData::NS(NS(foreign()))));
        },
        |message, _| {
            message.metadata.response_code = ResponseCode::Refused;
        },
    ];
    for answer in answers {
        let (server, asked) = dns_server(move |message, name| {
            answer(message, name);
            let soa = SOA::new(foreign(), foreign(), 1, 1, 1, 1, 1);
            message.add_authority(record(&foreign(), RData::SOA(soa)));
        });
        let bench = TestEnv::new();
        let head = bench.head().replace("\"2s\"", "\"500ms\"");
        let head = head.replace(&bench.sandbox.dns().addr().to_string(), &server.to_string());
        let head = "verify = \"1s\"\n".to_owned() + &head;
        bench.config(&(head + &bench.domeneshop("hosts = [\"home.example.com\"]")));
        // DNS is asked once something was confirmed, and again and again while it says something else.
        wait_until("a question", || {
            in_every_output(&bench, &["--once"]);
            asked.load(Ordering::SeqCst) > 0
        });
        in_every_output(&bench, &["plan"]);
        let libraries = "moored=trace,hickory_resolver=trace,hickory_net=trace,hickory_proto=trace";
        let asked_before = asked.load(Ordering::SeqCst);
        wait_until("another question", || {
            let Run { stdout, stderr, .. } = bench.run(&["--once", "--log", libraries]);
            is_harmless("--once", &(stdout + &stderr));
            asked.load(Ordering::SeqCst) > asked_before
        });
    }
}

#[test]
fn l15_nothing_that_is_read_on_this_host_reaches_an_output_as_it_is() {
    let bench = TestEnv::new();
    bench.simple();
    // On the command line.
    for args in [
        &["poke", FOREIGN][..],
        &["--log", FOREIGN],
        &[FOREIGN],
        &["completions", FOREIGN],
    ] {
        let args: Vec<_> = args.iter().map(|it| it.replace('\0', "")).collect();
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        in_every_output(&bench, &args);
    }
    // On the daemon's sockets.
    let state = bench.dir.path().join("state");
    fs::create_dir_all(&state).unwrap();
    let status = json!({
        "healthy": false, "reason": FOREIGN, "notes": [FOREIGN], "last_check_seconds_ago": 1, "next_check_in_seconds": 1,
        "hosts": [{ "account": FOREIGN, "host": FOREIGN, "type": FOREIGN, "interface": FOREIGN, "addresses": [],
                    "outcome": FOREIGN, "reason": FOREIGN, "failing": true, "unchanged_for_seconds": 1 }],
    });
    let refused = json!({ "refused": FOREIGN, "ignored": [] });
    let ignored =
        json!({ "refused": null, "ignored": [{ "address": "9.9.9.9", "reason": FOREIGN }] });
    for (name, answer, args) in [
        ("status.sock", status.clone(), &["status"][..]),
        ("status.sock", status, &["health"]),
        ("poke.sock", refused, &["poke"]),
        ("poke.sock", ignored, &["poke", "9.9.9.9"]),
    ] {
        let _ = fs::remove_file(state.join(name));
        let listener = UnixListener::bind(state.join(name)).unwrap();
        let answered = thread::spawn(move || {
            for _ in 0..4 {
                let mut stream = listener.accept().unwrap().0;
                let _ = stream.write_all(answer.to_string().as_bytes());
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = stream.read(&mut [0; 256]);
            }
        });
        let shown = in_every_output(&bench, args);
        assert!(shown.contains("FORGED"), "{shown}");
        answered.join().unwrap();
    }
    // In a configuration, as keys, values and tables, and in other programs' ones.
    let quoted = serde_json::to_string(FOREIGN)
        .unwrap()
        .replace("\\u007f", "\u{7f}");
    for line in [
        format!("{quoted} = 1"),
        format!("interval = {quoted}"),
        format!("[[domeneshop]]\nname = {quoted}\nhosts = [{quoted}]"),
        format!("[ipv4]\nsources = [{quoted}]\nonly = [{quoted}]"),
        "[[domeneshop]]\nhosts = [\"a\\u202eb.example.com\", \"\\u2066\"]\nname = \"a\\u200bb\""
            .to_owned(),
        format!("interval = {FOREIGN}"),
    ] {
        bench.config(&line);
        in_every_output(&bench, &["check"]);
    }
    let other = bench.dir.path().join("other.conf");
    let field = on_one_line();
    for text in [
        format!(
            "protocol={field}\nuse={field}, web={field}\nserver={field}\nlogin={field}\npassword=x\n{field}.example.com\n"
        ),
        format!("provider {field} {{\n hostname = \"{field}\"\n username = {field}\n}}\n"),
        json!({ "settings": [{ "provider": FOREIGN, "domain": FOREIGN, FOREIGN: FOREIGN }] })
            .to_string(),
    ] {
        fs::write(&other, text).unwrap();
        in_every_output(&bench, &["import", other.to_str().unwrap()]);
    }
}

#[test]
fn l12_a_command_gets_no_secret_and_messages_show_none_of_its_arguments() {
    let bench = TestEnv::new();
    let seen = bench.dir.path().join("seen");
    bench.config(&format!(
        "command_environment = [\"ALLOWED\"]\nstate_dir = \"{dir}/state\"\n[ipv4]\nsources = [\"command:env > {seen}; \
         curl-like --password=hunter2-marker; echo hunter2-marker; exit 3\", \"command:echo wrong hunter3-marker\"]\n\
         [ipv6]\nsources = []\n{}",
        bench.domeneshop("hosts = [\"home.example.com\"]"),
        dir = bench.dir.path().display(),
        seen = seen.display(),
    ));
    for args in [
        &["detect"][..],
        &["detect", "--json"],
        &["--once", "--log", "trace"],
        &["check", "--log", "trace"],
    ] {
        let mut command = bench.command(args);
        for name in [
            "MOORED_DNSPOD_TOKEN",
            "NOTIFY_SOCKET",
            "CREDENTIALS_DIRECTORY",
            "OTHER",
            "LC_ALL",
        ] {
            command.env(name, "/secret-marker");
        }
        command
            .env("HTTPS_PROXY", "http://me:secret-marker@127.0.0.1:1")
            .env("ALLOWED", "yes")
            .env("TZ", "UTC");
        let run = finish(command);
        let said = run.stdout + &run.stderr;
        assert!(!said.contains("hunter"), "{said}");
        if args[0] == "detect" {
            assert!(
                said.contains("command:env …") && said.contains("command:echo …"),
                "{said}"
            );
        }
    }
    let seen = fs::read_to_string(seen).unwrap();
    assert!(!seen.contains("secret-marker"), "{seen}");
    assert!(
        seen.contains("ALLOWED=yes") && seen.contains("TZ=UTC"),
        "{seen}"
    );
}
