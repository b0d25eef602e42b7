//! Hosts whose addresses are found out over one interface.

use std::time::Duration;

use super::world::{RoundFixture, host, known, outcomes};
use crate::{
    core::{
        address::family::Family,
        detection::{
            observation::{Observation, UnavailableReason, UplinkError},
            path::{DetectionPath, Interface},
        },
        reconcile::{
            intent::{Host, HostV6, KeepReason, OnAbsent},
            outcome::Outcome,
            plan::UpdateMode,
        },
        verdict::Verdict,
    },
    engine::{RoundOptions, Trigger},
};

const FIBRE: &str = "fibre.example.com";
const RADIO: &str = "radio.example.com";
const HOME: &str = "home.example.com";
const MINUTE: Duration = Duration::from_mins(1);

fn interface(name: &str) -> Interface {
    name.parse().unwrap()
}

fn over(name: &str) -> DetectionPath {
    DetectionPath::new(Family::V4, Some(interface(name)))
}

fn via(name: &str, via: &str) -> Host {
    Host {
        via: Some(interface(via)),
        ..host(name)
    }
}

/// Three hosts: over eth1, over eth2, and as the routing table says.
fn fakes() -> RoundFixture {
    let hosts = vec![via(FIBRE, "eth1"), via(RADIO, "eth2"), host(HOME)];
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, hosts);
    fakes.see_from(over("eth1"), known(&["84.212.10.1"]));
    fakes.see_from(over("eth2"), known(&["84.212.20.2"]));
    fakes
}

fn missing(name: &str) -> Observation {
    Observation::Unavailable(UnavailableReason::NoUplink(UplinkError::Missing(
        interface(name),
    )))
}

#[test]
fn each_host_gets_the_address_of_its_own_uplink() {
    let fakes = fakes();
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed"; 3]);
    let addrs = |host| fakes.provider().addrs(host).join(" ");
    assert_eq!(
        [FIBRE, RADIO, HOME].map(addrs),
        ["84.212.10.1", "84.212.20.2", "84.212.10.20"]
    );
    let vias: Vec<_> = report.hosts.iter().map(|it| it.via.as_ref()).collect();
    let (eth1, eth2) = (interface("eth1"), interface("eth2"));
    assert_eq!(vias, [Some(&eth1), Some(&eth2), None]);
}

#[test]
fn what_several_hosts_want_to_know_is_looked_at_once() {
    let both = Host {
        ipv6: HostV6::ThisHost,
        ..via("both.example.com", "eth1")
    };
    let hosts = vec![
        via(FIBRE, "eth1"),
        both,
        host(HOME),
        host("www.example.com"),
    ];
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, hosts);
    fakes.see_from(over("eth1"), known(&["84.212.10.1"]));
    let six = DetectionPath::new(Family::V6, Some(interface("eth1")));
    fakes.see_from(six.clone(), known(&["2a01::1"]));
    fakes.round();
    let looked = fakes.looked.borrow();
    assert_eq!(looked[..], [Family::V4.into(), over("eth1"), six]);
}

#[test]
fn l1_an_uplink_that_is_gone_changes_nothing_and_the_others_go_on() {
    let mut fakes = fakes();
    fakes.on_absent = OnAbsent::Remove;
    fakes.round();
    fakes.see_from(over("eth1"), missing("eth1"));
    fakes.see_from(over("eth2"), known(&["84.212.20.3"]));
    fakes.advance(60 * MINUTE);
    let report = fakes.play(RoundOptions {
        audit: true,
        trigger: Trigger::Manual,
        ..RoundOptions::ROUTINE
    });
    assert_eq!(outcomes(&report), ["kept", "changed", "unchanged"]);
    assert_eq!(report.verdict(), Verdict::AddressUnknown);
    assert_eq!(fakes.provider().addrs(FIBRE), ["84.212.10.1"]);
    assert_eq!(fakes.provider().addrs(RADIO), ["84.212.20.3"]);
    let Outcome::Kept(KeepReason::Unavailable(why)) = &report.hosts[0].outcome else {
        panic!("{:?}", report.hosts[0])
    };
    assert_eq!(why.to_string(), "there is no interface `eth1`");
}

#[test]
fn each_uplink_is_absent_since_its_own_moment() {
    let mut fakes = fakes();
    fakes.on_absent = OnAbsent::Remove;
    fakes.round();
    fakes.see_from(over("eth1"), Observation::Absent);
    fakes.round();
    fakes.advance(3 * MINUTE / 2);
    fakes.see_from(over("eth2"), Observation::Absent);
    fakes.round();
    fakes.advance(MINUTE);
    fakes.round();
    assert!(
        fakes.provider().addrs(FIBRE).is_empty(),
        "gone for 2.5 minutes"
    );
    assert_eq!(fakes.provider().addrs(RADIO), ["84.212.20.2"], "for one");
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
}

#[test]
fn what_is_believed_is_remembered_for_each_uplink_and_forgotten_with_it() {
    let mut fakes = fakes();
    fakes.round();
    fakes.restart();
    let believed = |fakes: &RoundFixture| -> Vec<_> {
        let state = fakes.state.borrow();
        state.paths.keys().map(ToString::to_string).collect()
    };
    assert_eq!(believed(&fakes), ["IPv4", "IPv4 via eth1", "IPv4 via eth2"]);
    fakes.accounts[0].1.remove(0);
    fakes.round();
    assert_eq!(believed(&fakes), ["IPv4", "IPv4 via eth2"]);
}
