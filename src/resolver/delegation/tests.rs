use std::{
    net::{Ipv4Addr, UdpSocket as StdSocket},
    rc::Rc,
    time::Duration,
};

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::rdata::{A, NS, SOA},
};
use tokio::{net::UdpSocket, task::LocalSet};

use super::*;
use crate::{
    core::foreign_text::hostile,
    resolver::{AuthoritativeResolver, direct},
};

/// What a server says: `CODE`, or `SECTION NAME A|NS DATA` for each record.
type TestZone = &'static [(&'static str, &'static str)];

/// The system's resolver, which knows the root, `example` and the addresses of servers outside.
const SYSTEM: TestZone = &[
    ("NS .", "answer . NS root"),
    (
        "NS example.",
        "answer example. NS a.nic.example; answer example. NS dead.nic.example",
    ),
    ("A root.", "answer root. A 127.0.0.3"),
    ("A a.nic.example.", "answer a.nic.example. A 127.0.0.4"),
    (
        "A dead.nic.example.",
        "answer dead.nic.example. A 127.0.0.9",
    ),
    ("A ns.other.", "answer ns.other. A 127.0.0.99"),
    // Split DNS: what it says of the zone itself is not asked for.
    (
        "NS home.example.",
        "answer home.example. NS inside.home.example",
    ),
];

/// Serves `example`.
const PARENT: TestZone = &[
    (
        "NS home.example.",
        "authority home.example. NS ns.home.example; authority home.example. NS ns.other; \
         additional ns.home.example. A 127.0.0.5; additional ns.other. A 127.0.0.66",
    ),
    (
        "NS deep.co.example.",
        "authority co.example. NS ns.co.example; additional ns.co.example. A 127.0.0.5",
    ),
    ("NS both.example.", "answer both.example. NS a.nic.example"),
    ("NS up.example.", "authority . NS root"),
    ("NS round.example.", "authority example. NS a.nic.example"),
    ("NS none.example.", "soa example."),
];

/// Serves `co.example`.
const BETWEEN: TestZone = &[(
    "NS deep.co.example.",
    "authority deep.co.example. NS ns.deep.co.example; additional ns.deep.co.example. A 127.0.0.6",
)];

fn name(text: &str) -> Name {
    let dot = if text.ends_with('.') { "" } else { "." };
    Name::from_ascii(format!("{text}{dot}")).unwrap()
}

/// The answer to a question, by the table.
fn answer(zone: TestZone, asked: &Message) -> Message {
    let query = asked.queries[0].clone();
    let key = format!("{} {}", query.query_type(), query.name().to_lowercase());
    let mut message = Message::new(asked.id, MessageType::Response, OpCode::Query);
    message.metadata.authoritative = true;
    message.add_query(query);
    let Some((_, said)) = zone.iter().find(|(it, _)| *it == key) else {
        // What exists has no such record.
        let soa = SOA::new(name("a"), name("b"), 1, 1, 1, 1, 1);
        message.add_authority(Record::from_rdata(Name::root(), 60, RData::SOA(soa)));
        return message;
    };
    for record in said.split("; ") {
        let words: Vec<_> = record.split_whitespace().collect();
        let data = match words[..] {
            ["soa", zone] => {
                let soa = SOA::new(name("a"), name("b"), 1, 1, 1, 1, 1);
                message.metadata.response_code = ResponseCode::NXDomain;
                message.add_authority(Record::from_rdata(name(zone), 60, RData::SOA(soa)));
                continue;
            }
            [_, _, "A", addr] => RData::A(A(addr.parse().unwrap())),
            [_, _, "NS", server] => RData::NS(NS(name(server))),
            _ => panic!("{record}"),
        };
        let record = Record::from_rdata(name(words[1]), 60, data);
        match words[0] {
            "answer" => message.add_answer(record),
            "authority" => message.add_authority(record),
            _ => message.add_additional(record),
        };
    }
    message
}

/// Sockets at one and the same port of 127.0.0.2 and so on.
fn sockets(count: u8) -> (u16, Vec<StdSocket>) {
    let at_one_port = |_| {
        let first = StdSocket::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).ok()?;
        let port = first.local_addr().ok()?.port();
        let mut all = vec![first];
        for last in 1..count {
            all.push(StdSocket::bind((Ipv4Addr::new(127, 0, 0, 2 + last), port)).ok()?);
        }
        Some((port, all))
    };
    let found = (0..20).find_map(at_one_port);
    found.expect("each of twenty ports was in use at one of the addresses")
}

/// What is found of each zone, and who was asked what.
async fn found(zones: &[&str]) -> (Vec<Result<Vec<String>, String>>, Vec<String>) {
    let serving: [TestZone; 4] = [SYSTEM, &[], PARENT, BETWEEN];
    let (port, sockets) = sockets(4);
    let asked = Rc::new(std::cell::RefCell::new(Vec::new()));
    let local = LocalSet::new();
    for (socket, zone) in sockets.into_iter().zip(serving) {
        socket.set_nonblocking(true).unwrap();
        let socket = UdpSocket::from_std(socket).unwrap();
        let asked = Rc::clone(&asked);
        local.spawn_local(async move {
            let mut buffer = [0; 512];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                let question = Message::from_vec(&buffer[..length]).unwrap();
                let query = &question.queries[0];
                let to = socket.local_addr().unwrap().ip();
                let recursion = question.metadata.recursion_desired;
                let name = query.name().to_lowercase();
                asked
                    .borrow_mut()
                    .push(format!("{to} {recursion} {} {name}", query.query_type()));
                let answer = answer(zone, &question).to_vec().unwrap();
                socket.send_to(&answer, from).await.unwrap();
            }
        });
    }
    let servers = AuthoritativeResolver {
        configured: Vec::new(),
        timeout: Duration::from_secs(2),
    };
    let mut recursive = servers.options();
    recursive.recursion_desired = true;
    let system = SocketAddr::new(Ipv4Addr::new(127, 0, 0, 2).into(), port);
    let system = direct(&[system], recursive).unwrap();
    let finder = DelegationWalker {
        system: &system,
        ask: &|addrs| direct(addrs, servers.options()),
        port,
        limit: Duration::from_mins(1),
    };
    let mut found = Vec::new();
    for zone in zones {
        let zone = ZoneName::parse(zone).unwrap();
        let servers = local.run_until(finder.servers_of(&zone)).await;
        let shown = servers.map(|it| it.iter().map(shown).collect());
        found.push(shown);
    }
    let asked = asked.borrow().clone();
    (found, asked)
}

fn shown(server: &NameServer) -> String {
    let addrs = server.addrs.as_ref().unwrap();
    let addrs: Vec<_> = addrs.iter().map(ToString::to_string).collect();
    format!("{} {}", server.name, addrs.join(" "))
}

#[tokio::test]
async fn a_zones_servers_are_those_that_its_parent_names_and_not_those_of_split_dns() {
    let (found, asked) = found(&["home.example"]).await;
    let wanted = [
        "ns.home.example. 127.0.0.5".to_owned(),
        // What the parent says of a name outside of its own zone does not count.
        "ns.other. 127.0.0.99".to_owned(),
    ];
    assert_eq!(found, [Ok(wanted.to_vec())]);
    let of_zone = asked.iter().filter(|it| it.ends_with("NS home.example."));
    let of_zone: BTreeSet<_> = of_zone.map(String::as_str).collect();
    assert_eq!(of_zone, ["127.0.0.4 false NS home.example."].into());
}

#[tokio::test]
async fn a_zone_between_is_passed_and_one_that_serves_both_is_believed() {
    let (found, _) = found(&["deep.co.example", "both.example"]).await;
    let deep = vec!["ns.deep.co.example. 127.0.0.6".to_owned()];
    let both = vec!["a.nic.example. 127.0.0.4".to_owned()];
    assert_eq!(found, [Ok(deep), Ok(both)]);
}

#[tokio::test]
async fn a_parent_that_knows_no_such_zone_or_refers_upwards_leads_nowhere() {
    let zones = [
        "none.example",
        "up.example",
        "round.example",
        "nowhere.else",
    ];
    let (found, asked) = found(&zones).await;
    for (found, above) in found.iter().zip(["example.", "example.", "example.", "."]) {
        let what = format!("the servers of {above} do not say: ");
        assert!(
            found.as_ref().is_err_and(|it| it.starts_with(&what)),
            "{found:?}"
        );
    }
    assert!(asked.len() < 40, "{asked:?}");
}

#[tokio::test]
async fn l9_servers_that_never_answer_hold_up_the_search_no_longer_than_its_limit() {
    let silent = StdSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = silent.local_addr().unwrap();
    let servers = AuthoritativeResolver {
        configured: Vec::new(),
        timeout: Duration::from_secs(2),
    };
    let system = direct(&[addr], servers.options()).unwrap();
    let finder = DelegationWalker {
        system: &system,
        ask: &|addrs| direct(addrs, servers.options()),
        port: addr.port(),
        limit: Duration::from_millis(50),
    };
    let zone = ZoneName::parse("home.example").unwrap();
    let found = finder.servers_of(&zone).await;
    assert_eq!(found, Err("they could not be found out in time".to_owned()));
}

#[test]
fn a_few_addresses_of_each_family_are_enough() {
    let all: Vec<IpAddr> = (1..=9)
        .flat_map(|it| {
            let four = Ipv4Addr::new(127, 0, 0, it);
            [four.into(), four.to_ipv6_mapped().into()]
        })
        .collect();
    let taken = few(all.iter().copied());
    assert_eq!(taken, all[..6].iter().copied().collect());
}

/// Names that say more than letters do: as bytes, and as the A-label of what is shown to nobody.
fn foreign_names() -> Vec<Name> {
    let text: String = hostile::TEXT.chars().take(40).collect();
    let labels = [
        text.as_bytes(),
        b"\x1b[2J\r\nFORGED",
        b"xn--ab-g4t",
        b"xn--ab-iuk",
        b"xn--ab-5da",
    ];
    let name = |label: &[u8]| Name::from_labels([label, b"example"]).unwrap();
    labels.into_iter().map(name).collect()
}

#[tokio::test]
async fn l15_no_name_in_an_answer_reaches_a_message_as_it_is() {
    for foreign in foreign_names() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let server = socket.local_addr().unwrap();
        // It serves everything, itself under this name; the name leads to another such name and nowhere else.
        let answering = async {
            let mut buffer = [0; 512];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
                let asked = Message::from_vec(&buffer[..length]).unwrap();
                let query = asked.queries[0].clone();
                let (zone, kind) = (query.name().clone(), query.query_type());
                let mut answer = Message::new(asked.id, MessageType::Response, OpCode::Query);
                answer.add_query(query);
                let record = |owner: Name, data| Record::from_rdata(owner, 60, data);
                match (kind, zone.num_labels()) {
                    (RecordType::NS, 1) => {
                        answer.add_answer(record(zone, RData::NS(NS(foreign.clone()))));
                        let glue = RData::A(A(Ipv4Addr::LOCALHOST));
                        answer.add_additional(record(foreign.clone(), glue));
                    }
                    (RecordType::NS, _) => {
                        answer.add_authority(record(zone, RData::NS(NS(foreign.clone()))));
                    }
                    _ => {
                        let soa = SOA::new(foreign.clone(), foreign.clone(), 1, 1, 1, 1, 1);
                        answer.metadata.response_code = ResponseCode::ServFail;
                        answer.add_authority(record(foreign.clone(), RData::SOA(soa)));
                    }
                }
                let bytes = answer.to_vec().unwrap();
                socket.send_to(&bytes, from).await.unwrap();
            }
        };
        let servers = AuthoritativeResolver {
            configured: Vec::new(),
            timeout: Duration::from_secs(2),
        };
        let system = direct(&[server], servers.options()).unwrap();
        let finder = DelegationWalker {
            system: &system,
            ask: &|addrs| direct(addrs, servers.options()),
            port: server.port(),
            limit: Duration::from_mins(1),
        };
        let zone = ZoneName::parse("home.example").unwrap();
        let found = tokio::select! {
            found = finder.servers_of(&zone) => found.unwrap(),
            () = answering => unreachable!(),
        };
        assert_eq!(found.len(), 1);
        for NameServer { name, addrs } in found {
            hostile::assert_none_in(&name);
            hostile::assert_none_in(&addrs.unwrap_err());
        }
    }
}
