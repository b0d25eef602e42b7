//! Rounds that begin while another waits, and families that are found out one after the other.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use super::world::{FakeDns, RoundFixture, host, ip, known, outcomes};
use crate::{
    core::{
        address::family::Family,
        detection::path::DetectionPath,
        error::{ErrorClass, ProviderError},
        reconcile::{intent::HostV6, plan::UpdateMode},
        report::Report,
    },
    engine::{RoundOptions, Trigger},
};

const NETWORK: RoundOptions = RoundOptions {
    trigger: Trigger::Network,
    ..RoundOptions::ROUTINE
};

const OLD: &str = "84.212.10.20";
const NEW: &str = "84.212.99.99";

/// Goes on until it waits; its report, if it has ended.
fn go_on(round: Pin<&mut impl Future<Output = Report>>) -> Option<Report> {
    match round.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(report) => Some(report),
        Poll::Pending => None,
    }
}

#[test]
fn a_family_that_is_slow_to_be_found_out_holds_up_no_other() {
    let mut both = host("home.example.com");
    both.ipv6 = HostV6::ThisHost;
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![both]);
    fakes.see_from(Family::V6.into(), known(&["2a01:79c::1"]));
    fakes.is_ipv6_slow.set(true);
    let mut round = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(round.as_mut()), None);
    assert_eq!(fakes.provider().addrs("home.example.com"), [OLD]);
    fakes.is_ipv6_slow.set(false);
    let report = go_on(round.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["changed", "changed"]);
    let families: Vec<_> = report.detections.iter().map(|it| it.path.family).collect();
    assert_eq!(families, Family::ALL);
    let lists = fakes.provider().lists.get();
    fakes.round();
    assert_eq!(
        fakes.provider().lists.get(),
        lists,
        "both lists together were an audit"
    );
}

#[test]
fn an_older_round_writes_no_address_that_a_newer_one_knows_to_be_another() {
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host("home.example.com")]);
    fakes.provider().is_hanging.set(true);
    let mut older = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(older.as_mut()), None);
    fakes.see(known(&[NEW]));
    let mut newer = pin!(fakes.begin(NETWORK));
    assert_eq!(
        go_on(newer.as_mut()),
        None,
        "one round at a time asks an account"
    );
    assert_eq!(fakes.provider().lists.get(), 1);
    fakes.provider().is_hanging.set(false);
    let report = go_on(older.as_mut()).unwrap();
    assert!(
        report.hosts.is_empty(),
        "the newer round reports the target"
    );
    assert!(fakes.provider().writes.borrow().is_empty());
    let report = go_on(newer.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["changed"]);
    assert_eq!(fakes.provider().addrs("home.example.com"), [NEW]);
    assert_eq!(fakes.provider().writes.borrow().len(), 1);
}

#[test]
fn an_older_round_goes_on_while_a_newer_one_finds_the_same() {
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host("home.example.com")]);
    fakes.provider().is_hanging.set(true);
    let mut older = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(older.as_mut()), None);
    let mut newer = pin!(fakes.begin(NETWORK));
    assert_eq!(go_on(newer.as_mut()), None);
    fakes.provider().is_hanging.set(false);
    let report = go_on(older.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["changed"]);
    let report = go_on(newer.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["unchanged"]);
    assert_eq!(fakes.provider().lists.get(), 1);
}

#[test]
fn a_look_at_dns_is_given_up_for_a_newer_round_and_made_by_that() {
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host("home.example.com")]);
    fakes.round();
    fakes.advance(std::time::Duration::from_hours(2));
    fakes.is_dns_slow.set(true);
    let mut older = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(older.as_mut()), None);
    fakes.see(known(&[NEW]));
    let mut newer = pin!(fakes.begin(NETWORK));
    let report = go_on(newer.as_mut()).unwrap();
    assert_eq!(
        outcomes(&report),
        ["changed"],
        "although the zone's servers are silent"
    );
    let report = go_on(older.as_mut()).unwrap();
    assert_eq!(
        outcomes(&report),
        ["unchanged"],
        "what it wrote nothing for"
    );
    fakes.is_dns_slow.set(false);
    let asked = fakes.asked_dns.get();
    fakes.advance(std::time::Duration::from_hours(2));
    fakes.round();
    assert!(fakes.asked_dns.get() > asked, "it is still due");
}

#[test]
fn l4_a_list_for_one_family_forgets_no_refusal_that_the_other_met() {
    let mut both = host("home.example.com");
    both.ipv6 = HostV6::ThisHost;
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![both]);
    fakes.see_from(Family::V6.into(), known(&["2a01:79c::1"]));
    fakes.round();
    fakes.see_from(Family::V6.into(), known(&["2a01:79c::2"]));
    let refused = ProviderError::of_account(ErrorClass::Unauthorized, "x");
    *fakes.provider().unwritable.borrow_mut() = Some(refused);
    fakes.round();
    let refusals = || {
        let state = fakes.state.borrow();
        let account = state.accounts.values().next().unwrap();
        account.hold.as_ref().map(|hold| hold.refusals)
    };
    assert_eq!(refusals(), Some(1));
    // The probe, with IPv4 known and right at once, and IPv6 later.
    fakes.advance(std::time::Duration::from_hours(8));
    fakes.is_ipv6_slow.set(true);
    let mut round = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(round.as_mut()), None);
    fakes.is_ipv6_slow.set(false);
    go_on(round.as_mut()).unwrap();
    assert_eq!(refusals(), Some(2));
}

#[test]
fn an_older_round_that_lists_because_of_dns_writes_no_address_of_before_either() {
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host("home.example.com")]);
    fakes.round();
    fakes.provider().records.borrow_mut().clear();
    *fakes.dns.borrow_mut() = FakeDns::Says(&[]);
    fakes.advance(std::time::Duration::from_hours(2));
    fakes.provider().is_hanging.set(true);
    let mut older = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(older.as_mut()), None, "it lists what DNS has lost");
    fakes.see(known(&[NEW]));
    let mut newer = pin!(fakes.begin(NETWORK));
    assert_eq!(go_on(newer.as_mut()), None);
    fakes.provider().is_hanging.set(false);
    assert!(go_on(older.as_mut()).unwrap().hosts.is_empty());
    assert_eq!(fakes.provider().writes.borrow().len(), 1, "the first");
    assert_eq!(outcomes(&go_on(newer.as_mut()).unwrap()), ["changed"]);
    assert_eq!(fakes.provider().addrs("home.example.com"), [NEW]);
}

#[test]
fn an_older_round_that_writes_in_parts_stops_as_soon_as_a_newer_one_knows_another_address() {
    let hosts = (0..120).map(|number| host(&format!("host-{number}.example.com")));
    let fakes = RoundFixture::new(UpdateMode::Never, hosts.collect());
    fakes.provider().is_write_hanging.set(true);
    let asked = RoundOptions {
        trigger: Trigger::Manual,
        ..RoundOptions::ROUTINE
    };
    let mut older = pin!(fakes.begin(asked));
    assert_eq!(go_on(older.as_mut()), None);
    fakes.see(known(&[NEW]));
    let mut newer = pin!(fakes.begin(asked));
    assert_eq!(go_on(newer.as_mut()), None);
    fakes.provider().is_write_hanging.set(false);
    let report = go_on(older.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["changed"; 50], "the part that had left");
    let report = go_on(newer.as_mut()).unwrap();
    assert_eq!(outcomes(&report), ["changed"; 120]);
    let writes = fakes.provider().writes.borrow();
    let of_before = writes.iter().filter(|it| !it.contains(NEW)).count();
    assert_eq!(of_before, 50, "no address of before after that");
}

#[test]
fn what_an_older_round_hears_late_does_not_count() {
    let mut only6 = host("home.example.com");
    only6.ipv4 = false;
    only6.ipv6 = HostV6::ThisHost;
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![only6]);
    let six: DetectionPath = Family::V6.into();
    fakes.is_ipv6_slow.set(true);
    let mut older = pin!(fakes.begin(RoundOptions::ROUTINE));
    assert_eq!(go_on(older.as_mut()), None);
    fakes.is_ipv6_slow.set(false);
    fakes.see_from(six.clone(), known(&["2a01:79c::2"]));
    let mut newer = pin!(fakes.begin(NETWORK));
    assert_eq!(outcomes(&go_on(newer.as_mut()).unwrap()), ["changed"]);
    fakes.see_from(six.clone(), known(&["2a01:79c::1"]));
    assert!(go_on(older.as_mut()).unwrap().hosts.is_empty());
    let state = fakes.state.borrow();
    assert_eq!(state.paths[&six].believed, [ip("2a01:79c::2")].into());
}
