//! The name server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr;
use std::time::Duration;

use hickory_server::proto::op::{Message, Query, ResponseCode};
use hickory_server::proto::rr::{Name, RecordType};
use sandbox::{Sandbox, Site};
use serde_json::json;

use crate::client::{shop, with_pod, with_shop};

fn question(name: &str, kind: &str) -> Vec<u8> {
    let name = Name::from_str(name).unwrap();
    let mut message = Message::query();
    message.add_query(Query::query(name, RecordType::from_str(kind).unwrap()));
    message.to_vec().unwrap()
}

fn udp(addr: SocketAddr, question: &[u8], patience: Duration) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    socket.send_to(question, addr).unwrap();
    let mut buffer = [0; 4096];
    let (length, _) = socket.recv_from(&mut buffer).ok()?;
    Some(Message::from_vec(&buffer[..length]).unwrap())
}

pub(crate) fn ask(sandbox: &Sandbox, name: &str, kind: &str) -> Message {
    let question = question(name, kind);
    udp(sandbox.dns().addr(), &question, Duration::from_secs(10)).unwrap()
}

/// The data of the answers, sorted.
fn data(sandbox: &Sandbox, name: &str, kind: &str) -> Vec<String> {
    let message = ask(sandbox, name, kind);
    assert_eq!(message.metadata.response_code, ResponseCode::NoError);
    assert!(message.metadata.authoritative);
    let mut data: Vec<String> = message.answers.iter().map(|r| r.data.to_string()).collect();
    data.sort();
    data
}

#[test]
fn a_record_is_answered_at_once_after_it_was_written() {
    let (sandbox, id) = with_shop();
    sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", Some(300));
    let body = r#"{"host": "www", "type": "A", "data": "192.0.2.2"}"#;
    shop(&sandbox, "POST", &format!("/domains/{id}/dns"), body);
    assert_eq!(
        data(&sandbox, "www.example.com.", "A"),
        ["192.0.2.1", "192.0.2.2"]
    );
    let message = ask(&sandbox, "www.example.com.", "A");
    assert_eq!(message.answers[0].ttl, 300);
}

#[test]
fn names_are_compared_without_regard_to_case() {
    let (sandbox, _) = with_shop();
    sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    assert_eq!(data(&sandbox, "WwW.eXample.COM.", "A"), ["192.0.2.1"]);
}

#[test]
fn a_name_that_exists_without_the_type_is_nodata_and_one_that_does_not_is_nxdomain() {
    let (sandbox, _) = with_shop();
    sandbox
        .domeneshop()
        .add("example.com", "a.b", "A", "192.0.2.1", None);
    for (name, kind, code) in [
        ("a.b.example.com.", "AAAA", ResponseCode::NoError),
        ("b.example.com.", "A", ResponseCode::NoError),
        ("example.com.", "A", ResponseCode::NoError),
        ("c.example.com.", "A", ResponseCode::NXDomain),
        ("x.a.b.example.com.", "A", ResponseCode::NXDomain),
    ] {
        let message = ask(&sandbox, name, kind);
        assert_eq!(message.metadata.response_code, code, "{name}");
        assert!(message.answers.is_empty() && message.metadata.authoritative);
        assert_eq!(message.authorities[0].record_type(), RecordType::SOA);
    }
}

#[test]
fn a_name_in_no_zone_is_refused() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().domain_without_dns("token", "bare.com");
    for name in ["example.net.", "com.", "bare.com."] {
        let message = ask(&sandbox, name, "A");
        assert_eq!(message.metadata.response_code, ResponseCode::Refused);
        assert!(!message.metadata.authoritative);
    }
}

#[test]
fn the_apex_has_a_soa_and_its_providers_name_servers_which_lead_back_here() {
    let (sandbox, _) = with_shop();
    let servers = data(&sandbox, "example.com.", "NS");
    assert_eq!(servers, ["ns1.hyp.net.", "ns2.hyp.net.", "ns3.hyp.net."]);
    assert_eq!(data(&sandbox, "ns2.hyp.net.", "A"), ["127.0.0.1"]);
    assert!(data(&sandbox, "ns2.hyp.net.", "AAAA").is_empty());
    assert!(data(&sandbox, "example.com.", "SOA")[0].starts_with("ns1.hyp.net."));
    let pods = with_pod(Site::China);
    let servers = data(&pods, "example.org.", "NS");
    assert_eq!(servers, ["f1g1ns1.dnspod.net.", "f1g1ns2.dnspod.net."]);
}

#[test]
fn the_serial_grows_with_each_change_that_is_seen() {
    let (sandbox, _) = with_shop();
    let serial = || {
        let soa = data(&sandbox, "example.com.", "SOA");
        soa[0].split(' ').nth(2).unwrap().parse::<u32>().unwrap()
    };
    let first = serial();
    assert_eq!(serial(), first);
    sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    assert_eq!(serial(), first + 1);
}

#[test]
fn a_wildcard_speaks_for_names_that_do_not_exist_right_below_its_parent() {
    let (sandbox, _) = with_shop();
    let shop = sandbox.domeneshop();
    shop.add("example.com", "*", "A", "192.0.2.1", None);
    shop.add("example.com", "www", "TXT", "text", None);
    shop.add("example.com", "x.sub", "A", "192.0.2.3", None);
    assert_eq!(data(&sandbox, "any.example.com.", "A"), ["192.0.2.1"]);
    assert_eq!(data(&sandbox, "far.below.example.com.", "A"), ["192.0.2.1"]);
    let owner = ask(&sandbox, "any.example.com.", "A").answers[0]
        .name
        .to_string();
    assert_eq!(owner, "any.example.com.");
    assert!(data(&sandbox, "www.example.com.", "A").is_empty(), "exists");
    assert!(data(&sandbox, "any.example.com.", "AAAA").is_empty());
    let below = ask(&sandbox, "y.sub.example.com.", "A");
    assert_eq!(below.metadata.response_code, ResponseCode::NXDomain);
}

#[test]
fn an_alias_is_followed_as_far_as_the_zones_here_reach() {
    let (sandbox, _) = with_shop();
    let shop = sandbox.domeneshop();
    shop.add("example.com", "www", "CNAME", "home.example.com", None);
    shop.add("example.com", "home", "A", "192.0.2.1", None);
    shop.add("example.com", "out", "CNAME", "elsewhere.net", None);
    shop.add("example.com", "loop", "CNAME", "loop.example.com", None);
    assert_eq!(
        data(&sandbox, "www.example.com.", "A"),
        ["192.0.2.1", "home.example.com."]
    );
    assert_eq!(
        data(&sandbox, "www.example.com.", "CNAME"),
        ["home.example.com."]
    );
    assert_eq!(data(&sandbox, "out.example.com.", "A"), ["elsewhere.net."]);
    let endless = ask(&sandbox, "loop.example.com.", "A");
    assert_eq!(endless.metadata.response_code, ResponseCode::ServFail);
}

#[test]
fn the_deepest_zone_answers() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().domain("token", "sub.example.com");
    sandbox
        .domeneshop()
        .add("example.com", "a.sub", "A", "192.0.2.1", None);
    let message = ask(&sandbox, "a.sub.example.com.", "A");
    assert_eq!(message.metadata.response_code, ResponseCode::NXDomain);
}

#[test]
fn every_type_is_served_in_its_own_form() {
    let (sandbox, _) = with_shop();
    let shop = sandbox.domeneshop();
    shop.add_full(
        "example.com",
        json!({"host": "@", "type": "MX", "data": "mail.example.com", "priority": 10}),
    );
    let srv = json!({"host": "_x._tcp", "type": "SRV", "data": "s.example.com",
        "priority": 1, "weight": 2, "port": 3});
    shop.add_full("example.com", srv);
    let caa =
        json!({"host": "@", "type": "CAA", "data": "letsencrypt.org", "flags": 0, "tag": "0"});
    shop.add_full("example.com", caa);
    let text = "v=spf1 \"quoted\" ".to_owned() + &"x".repeat(300);
    shop.add("example.com", "@", "TXT", &text, None);
    shop.add("example.com", "@", "AAAA", "2001:0db8::0001", None);
    assert_eq!(
        data(&sandbox, "example.com.", "MX"),
        ["10 mail.example.com."]
    );
    assert_eq!(
        data(&sandbox, "_x._tcp.example.com.", "SRV"),
        ["1 2 3 s.example.com."]
    );
    assert_eq!(
        data(&sandbox, "example.com.", "CAA"),
        ["0 issue \"letsencrypt.org\""]
    );
    assert_eq!(data(&sandbox, "example.com.", "AAAA"), ["2001:db8::1"]);
    let message = ask(&sandbox, "example.com.", "TXT");
    let hickory_server::proto::rr::RData::TXT(served) = &message.answers[0].data else {
        panic!("no text");
    };
    let parts: Vec<u8> = served
        .txt_data
        .iter()
        .flat_map(|part| part.to_vec())
        .collect();
    assert_eq!(String::from_utf8(parts).unwrap(), text);
}

#[test]
fn disabled_records_and_those_of_other_lines_are_not_served() {
    let sandbox = with_pod(Site::International);
    let site = sandbox.dnspod(Site::International);
    site.add("example.org", "www", "A", "192.0.2.1", None, None);
    site.add("example.org", "www", "A", "192.0.2.2", Some("CN"), None);
    let off = json!({"name": "www", "type": "A", "value": "192.0.2.3", "status": "disabled"});
    site.add_full("example.org", off);
    assert_eq!(data(&sandbox, "www.example.org.", "A"), ["192.0.2.1"]);
}

#[test]
fn a_frozen_server_keeps_answering_what_was() {
    let (sandbox, _) = with_shop();
    let id = sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    sandbox.dns().freeze();
    sandbox.domeneshop().set("example.com", id, "192.0.2.2");
    assert_eq!(data(&sandbox, "www.example.com.", "A"), ["192.0.2.1"]);
    sandbox.dns().thaw();
    assert_eq!(data(&sandbox, "www.example.com.", "A"), ["192.0.2.2"]);
}

#[test]
fn a_server_can_refuse_or_fail_and_recover() {
    let (sandbox, _) = with_shop();
    let code = || ask(&sandbox, "example.com.", "SOA").metadata.response_code;
    sandbox.dns().refuse(true);
    assert_eq!(code(), ResponseCode::Refused);
    sandbox.dns().refuse(false);
    sandbox.dns().fail(true);
    assert_eq!(code(), ResponseCode::ServFail);
    sandbox.dns().fail(false);
    assert_eq!(code(), ResponseCode::NoError);
}

#[test]
fn a_silent_server_hears_the_question_and_says_nothing() {
    let (sandbox, _) = with_shop();
    sandbox.dns().silent(true);
    let question = question("example.com.", "SOA");
    let addr = sandbox.dns().addr();
    assert!(udp(addr, &question, Duration::from_millis(50)).is_none());
    assert!(sandbox.wait_for_queries(1, Duration::from_secs(10)));
    sandbox.dns().silent(false);
    assert!(udp(addr, &question, Duration::from_secs(10)).is_some());
}

#[test]
fn questions_are_noted() {
    let (sandbox, _) = with_shop();
    ask(&sandbox, "WWW.example.com.", "AAAA");
    assert_eq!(sandbox.dns().queries(), 1);
    let query = &sandbox.dns().log()[0];
    assert_eq!(
        (&*query.name, &*query.kind, query.tcp),
        ("www.example.com", "AAAA", false)
    );
    sandbox.clear_log();
    assert_eq!(sandbox.dns().queries(), 0);
}

#[test]
fn the_same_port_answers_over_tcp() {
    let (sandbox, _) = with_shop();
    sandbox
        .domeneshop()
        .add("example.com", "www", "A", "192.0.2.1", None);
    let question = question("www.example.com.", "A");
    let mut stream = TcpStream::connect(sandbox.dns().addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let length = u16::try_from(question.len()).unwrap();
    stream.write_all(&length.to_be_bytes()).unwrap();
    stream.write_all(&question).unwrap();
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).unwrap();
    let message = Message::from_vec(&answer).unwrap();
    assert_eq!(message.answers[0].data.to_string(), "192.0.2.1");
    assert!(sandbox.dns().log()[0].tcp);
}

#[test]
fn a_paused_or_banned_domain_of_dnspod_is_not_served() {
    let sandbox = with_pod(Site::International);
    let site = sandbox.dnspod(Site::International);
    site.add("example.org", "www", "A", "192.0.2.1", None, None);
    for status in ["pause", "spam"] {
        site.set_domain("example.org", json!({"status": status}));
        let message = ask(&sandbox, "www.example.org.", "A");
        assert_eq!(message.metadata.response_code, ResponseCode::Refused);
    }
    site.set_domain("example.org", json!({"status": "enable"}));
    assert_eq!(data(&sandbox, "www.example.org.", "A"), ["192.0.2.1"]);
}

#[test]
fn a_change_that_does_not_show_in_dns_leaves_the_serial_alone() {
    let sandbox = with_pod(Site::China);
    let site = sandbox.dnspod(Site::China);
    let serial = || data(&sandbox, "example.org.", "SOA");
    let before = serial();
    site.add("example.org", "www", "A", "192.0.2.1", Some("联通"), None);
    assert_eq!(serial(), before);
    site.add("example.org", "www", "A", "192.0.2.1", None, None);
    assert_ne!(serial(), before);
}

#[test]
fn a_name_with_nothing_but_names_below_it_exists() {
    let (sandbox, _) = with_shop();
    let shop = sandbox.domeneshop();
    shop.add("example.com", "a.b.c", "A", "192.0.2.1", None);
    for name in ["b.c.example.com.", "c.example.com."] {
        let message = ask(&sandbox, name, "A");
        assert_eq!(message.metadata.response_code, ResponseCode::NoError);
        assert!(message.answers.is_empty());
    }
}
