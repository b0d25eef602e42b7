//! What is wrong for another reason than our address: edits elsewhere, a TTL, servers that lag.

use std::time::Duration;

use super::{HOME, HOUR, MINUTE, one};
use crate::{
    core::{dns::record::AccountName, reconcile::plan::UpdateMode, verdict::Verdict},
    engine::tests::world::{FakeDns, outcomes},
};

#[test]
fn what_was_edited_elsewhere_is_repaired_at_the_next_verification() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.provider().records.borrow_mut().clear();
    fakes.provider().put(HOME, "9.9.9.9");
    fakes.advance(HOUR);
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
    assert!(
        report.dns_mismatches[0]
            .message
            .contains("answer 9.9.9.9 instead of 84.212.10.20")
    );
}

#[test]
fn a_change_is_looked_for_at_the_zones_servers_and_the_time_it_took_is_kept() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.provider().put(HOME, "84.212.1.1");
    *fakes.dns.borrow_mut() = FakeDns::Says(&["84.212.1.1"]);
    fakes.round();
    let calls = fakes.provider().calls();
    for wait in [5, 5, 10] {
        fakes.advance(Duration::from_secs(wait));
        let report = fakes.round();
        assert!(
            report.dns_mismatches.is_empty(),
            "it is on its way: {:?}",
            report.dns_mismatches
        );
        assert!(report.visible.is_empty());
    }
    assert_eq!(fakes.asked_dns.get(), 3);
    *fakes.dns.borrow_mut() = FakeDns::True;
    fakes.advance(Duration::from_secs(20));
    let [(_, took)] = fakes.round().visible[..] else {
        panic!("it is visible")
    };
    assert_eq!(took, Duration::from_secs(40));
    fakes.restart();
    let state = fakes.state.borrow();
    let account = state.account(&AccountName("home".into())).unwrap();
    let confirmed = account
        .targets
        .values()
        .find_map(|it| it.confirmed.as_ref());
    assert_eq!(confirmed.unwrap().visible_after, Some(took));
    assert_eq!(fakes.provider().calls(), calls, "and no provider was asked");
}

#[test]
fn another_ttl_in_the_configuration_is_noticed_at_once() {
    let mut fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.accounts[0].1[0].ttl = Some(600);
    fakes.round();
    let last = fakes.provider().writes.borrow().last().cloned().unwrap();
    assert!(last.contains("its TTL is not the configured one"), "{last}");
}

#[test]
fn what_a_push_would_lose_is_refused_every_time_and_asked_about_seldom() {
    let fakes = one(UpdateMode::Only);
    fakes.provider().put(HOME, "84.212.10.20");
    fakes.provider().put(HOME, "9.9.9.9");
    for _ in 0..72 {
        assert_eq!(fakes.round().verdict(), Verdict::Refused);
        fakes.restart();
        fakes.advance(5 * MINUTE);
    }
    assert!(fakes.provider().writes.borrow().is_empty());
    assert!(
        fakes.provider().lists.get() < 8,
        "{} lists in 6 hours",
        fakes.provider().lists.get()
    );
}
