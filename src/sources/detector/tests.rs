use std::{collections::BTreeSet, net::Ipv4Addr};

use super::*;
use crate::{
    core::detection::{consensus::QueryStep, observation::FamilyPresence},
    sources::{https, probe_list::Probe},
};

fn how(texts: &[&str]) -> FamilySources {
    let family = Family::V4;
    let sources = texts.iter().map(|it| Source::parse(it, family).unwrap());
    FamilySources {
        family,
        sources: sources.collect(),
        confirm: 2,
        acceptance: PublishPolicy::default(),
        prefer: AddressPreference::Stable,
    }
}

fn operators(texts: &[&str], turn: usize) -> Vec<String> {
    let (sources, _) = expand_sources(&how(texts), turn);
    sources.into_iter().map(|it| it.operator).collect()
}

#[test]
fn built_in_lists_rotate_and_the_order_of_the_sources_stays() {
    let texts = [
        "interface",
        "https",
        "stun:stun.example.net:3478",
        "dns",
        "stun",
    ];
    let turns: [(usize, [&str; 3]); 5] = [
        (0, ["ipify", "OpenDNS", "Google"]),
        (1, ["Cloudflare", "Google", "Cloudflare"]),
        (2, ["ident.me", "Cloudflare", "Nextcloud"]),
        (5, ["wtfismyip", "Google", "Cloudflare"]),
        (6, ["ipify", "Cloudflare", "Nextcloud"]),
    ];
    for (turn, [https, dns, stun]) in turns {
        let operators = operators(&texts, turn);
        assert_eq!(operators.len(), 1 + 6 + 1 + 4 + 4);
        assert_eq!(operators[0], "this host");
        assert_eq!(operators[1], https, "{turn}");
        assert_eq!(operators[7], "stun.example.net");
        assert_eq!(operators[8], dns, "{turn}");
        assert_eq!(operators[12], stun, "{turn}");
    }
}

#[test]
fn a_single_stale_operator_cannot_pin_an_address() {
    let (old, new) = (
        Ipv4Addr::new(84, 212, 10, 20),
        Ipv4Addr::new(84, 212, 10, 21),
    );
    let how = how(&["https"]);
    let reachable = FamilyPresence {
        has_usable_address: false,
        has_default_route: true,
    };
    for stale in https::OPERATORS {
        let believed = |turn| {
            let (sources, _) = expand_sources(&how, turn);
            let mut inquiry = ConsensusQuery::new(QueryInputs {
                family: how.family,
                sources: &sources,
                policy: &how.acceptance,
                confirm: how.confirm,
                known: [old.into()].into(),
                kernel: reachable,
                other: reachable,
            });
            loop {
                match inquiry.next_step() {
                    QueryStep::Accept(observation) => return observation,
                    QueryStep::Query(positions) => {
                        for position in positions {
                            let is_stale = sources[position].operator == stale.name;
                            let addr = if is_stale { old } else { new };
                            let _ = inquiry.record_answer(position, Ok(vec![addr.into()]));
                        }
                    }
                    QueryStep::Wait => panic!("nobody is being asked"),
                }
            }
        };
        let right = |it: &Observation| matches!(it, Observation::Known(set) if set.addrs() == [new.into()].into());
        // It is heard alone in one turn out of six, and in no other.
        assert_eq!(
            (0..6).map(believed).filter(right).count(),
            5,
            "{}",
            stale.name
        );
    }
}

/// What is believed where somebody on this host says `told`, `known` was known, and the operators
/// outside answer in this order; and who was asked.
fn believed(told: &str, known: &str, confirm: usize, outside: &[&str]) -> (String, Vec<String>) {
    let (told, known): (IpAddr, IpAddr) = (told.parse().unwrap(), known.parse().unwrap());
    let known = BTreeSet::from([known]);
    let names = (1..).map(|it| format!("https://{it}.example/"));
    let texts: Vec<_> = names.take(outside.len()).collect();
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let how = how(&texts);
    let mut questions = expand_sources(&how, 0);
    add_hint(&mut questions, told, &known);
    let (sources, asks) = questions;
    let reachable = FamilyPresence {
        has_usable_address: false,
        has_default_route: true,
    };
    let mut inquiry = ConsensusQuery::new(QueryInputs {
        family: how.family,
        sources: &sources,
        policy: &how.acceptance,
        confirm,
        known,
        kernel: reachable,
        other: reachable,
    });
    let mut asked = Vec::new();
    loop {
        let positions = match inquiry.next_step() {
            QueryStep::Query(positions) => positions,
            QueryStep::Accept(Observation::Known(set)) => return (set.to_string(), asked),
            QueryStep::Accept(other) => return (format!("{other:?}"), asked),
            QueryStep::Wait => panic!("nobody is being asked"),
        };
        for position in positions {
            asked.push(sources[position].operator.clone());
            let answer = match &asks[position] {
                Probe::Static(addrs) => addrs.clone(),
                _ => vec![
                    outside[position - (sources.len() - outside.len())]
                        .parse()
                        .unwrap(),
                ],
            };
            let _ = inquiry.record_answer(position, Ok(answer));
        }
    }
}

const OLD: &str = "84.212.10.20";
const NEW: &str = "84.212.10.21";
const LIE: &str = "104.16.1.1";

#[test]
fn what_is_said_with_a_poke_counts_as_one_operators_word() {
    // What is said, how many must agree, what operators outside say; what is believed, who was asked.
    type DetectorRow<'r> = (&'r str, usize, &'r [&'r str], &'r str, &'r [&'r str]);
    let table: [DetectorRow<'_>; 6] = [
        (NEW, 2, &[NEW, NEW], NEW, &["poke", "1.example"]),
        (NEW, 1, &[OLD], NEW, &["poke"]),
        (
            NEW,
            3,
            &[NEW, NEW, NEW],
            NEW,
            &["poke", "1.example", "2.example"],
        ),
        // A lie, and a line that is behind: the others are asked until two of them agree.
        (
            LIE,
            2,
            &[OLD, OLD],
            OLD,
            &["poke", "1.example", "2.example"],
        ),
        (
            LIE,
            2,
            &[NEW, NEW],
            NEW,
            &["poke", "1.example", "2.example"],
        ),
        // What is known already is not repeated to the inquiry: a new address is found all the same.
        (OLD, 2, &[NEW, NEW], NEW, &["1.example", "2.example"]),
    ];
    for (told, confirm, outside, expected, asked) in table {
        let shown = format!("{told} with {confirm} and {outside:?}");
        assert_eq!(
            believed(told, OLD, confirm, outside),
            (
                expected.to_owned(),
                asked.iter().map(ToString::to_string).collect()
            ),
            "{shown}"
        );
    }
}

#[test]
fn a_lie_with_a_poke_alone_is_never_believed_where_two_must_agree() {
    for outside in [&[OLD][..], &[NEW], &[OLD, NEW], &[OLD, OLD, OLD]] {
        let (said, _) = believed(LIE, OLD, 2, outside);
        assert_ne!(said, LIE, "{outside:?}");
    }
}

#[test]
fn what_is_said_stands_before_the_first_source_outside_or_nowhere() {
    let addr: IpAddr = NEW.parse().unwrap();
    let places = |texts: &[&str], known: &[&str]| {
        let mut questions = expand_sources(&how(texts), 0);
        let known = known.iter().map(|it| it.parse().unwrap()).collect();
        add_hint(&mut questions, addr, &known);
        let (sources, asks) = questions;
        assert_eq!(sources.len(), asks.len());
        sources.iter().position(|it| it.label == "poke")
    };
    for (texts, place) in [
        (&["interface", "https", "dns"][..], Some(1)),
        (&["https://1.example/", "interface"], Some(0)),
        (&["static:1.1.1.1", "file:/x", "stun"], Some(2)),
        (&["interface", "file:/x", "command:x"], None),
        (&[], None),
    ] {
        assert_eq!(places(texts, &[OLD]), place, "{texts:?}");
        assert_eq!(places(texts, &[]), place, "{texts:?}");
        assert_eq!(places(texts, &[OLD, NEW]), place, "{texts:?}");
        assert_eq!(places(texts, &[NEW]), None, "{texts:?}");
    }
}

#[test]
fn another_operator_is_asked_first_each_hour_and_the_same_within_it() {
    let turn = |minutes: i64| {
        let tls = crate::http::tls::config().unwrap();
        let clocks = DetectionClocks {
            now: Box::new(move || BootTime::from_millis(minutes * 60_000)),
            is_set: Box::new(|| true),
        };
        Detector::new(tls, Duration::from_secs(1), String::new(), clocks, 5).turn()
    };
    assert_eq!([0, 59, 60, 119, 120].map(turn), [5, 5, 6, 6, 7]);
}

#[test]
fn random_bytes_are_others_each_time() {
    let tls = crate::http::tls::config().unwrap();
    let detector = Detector::new(tls, Duration::from_secs(1), String::new(), clocks(true), 0);
    let (one, two): ([u8; 12], [u8; 12]) = (detector.random().unwrap(), detector.random().unwrap());
    assert_ne!(one, two);
}

#[test]
fn an_operator_that_answers_in_several_ways_is_one_witness() {
    let how = how(&["https", "dns", "stun"]);
    let all: BTreeSet<&str> = how.sources.iter().flat_map(Source::operators).collect();
    assert_eq!(all.len(), 11);
    let (sources, _) = expand_sources(&how, 3);
    let asked: BTreeSet<&str> = sources.iter().map(|it| it.operator.as_str()).collect();
    assert_eq!(asked, all);
}

fn clocks(is_set: bool) -> DetectionClocks {
    DetectionClocks {
        now: Box::new(|| BootTime::from_millis(0)),
        is_set: Box::new(move || is_set),
    }
}

#[tokio::test]
async fn before_the_clock_is_set_nobody_is_asked_over_tls() {
    let tls = crate::http::tls::config().unwrap();
    let detector = Detector::new(
        tls,
        Duration::from_secs(10),
        String::new(),
        clocks(false),
        0,
    );
    let past = DetectionState::default();
    let report = detector
        .observe(&how(&["https"]), None, &past, None, None)
        .await;
    // A host without a default route would have said so first.
    if report.observation != Observation::Absent {
        let no_clock =
            [UnavailableReason::NoClock, UnavailableReason::Offline].map(Observation::Unavailable);
        assert!(no_clock.contains(&report.observation), "{report:?}");
    }
    assert!(report.answers.is_empty());
    let report = detector.observe_all(&how(&["https"]), None, &past).await;
    assert_eq!(report.answers.len(), https::OPERATORS.len());
    for heard in report.answers {
        let said = heard.answer.unwrap_err();
        assert_eq!(said, "not asked: this host's clock is not set");
    }
    let known = detector
        .observe_all(&how(&["https", "static:84.212.10.20"]), None, &past)
        .await;
    assert!(matches!(known.observation, Observation::Known(_)));
}

#[tokio::test]
async fn a_configured_stun_server_is_asked_and_its_answer_heard() {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let source = format!("stun:{}", socket.local_addr().unwrap());
    let tls = crate::http::tls::config().unwrap();
    let detector = Detector::new(tls, Duration::from_secs(10), String::new(), clocks(true), 0);
    let answering = async {
        let mut request = [0; 20];
        let (_, client) = socket.recv_from(&mut request).await.unwrap();
        // 84.212.10.20 under the mask of the magic cookie.
        let addr = [0, 0x20, 0, 8, 0, 1, 9, 9, 0x75, 0xc6, 0xae, 0x56];
        let answer = [&[1, 1, 0, 12], &request[4..], &addr].concat();
        socket.send_to(&answer, client).await.unwrap();
    };
    let (how, past) = (how(&[&source]), DetectionState::default());
    let (report, ()) = tokio::join!(detector.observe_all(&how, None, &past), answering);
    let [heard] = &report.answers[..] else {
        panic!("{:?}", report.answers)
    };
    assert_eq!(heard.source, source);
    let addrs: Vec<String> = heard
        .answer
        .iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(addrs, ["84.212.10.20"]);
}
