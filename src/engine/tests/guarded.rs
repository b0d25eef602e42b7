//! What the guard lets through, round after round.

use std::time::Duration;

use super::world::{FakeDns, InjectedFault, RoundFixture, first, host, outcomes};
use crate::{
    core::{
        error::{ErrorClass, ProviderError},
        reconcile::{
            limits::WriteLimits, outcome::Outcome, plan::UpdateMode, rejection::GuardRejection,
        },
        verdict::Verdict,
    },
    engine::RoundOptions,
};

const HOME: &str = "home.example.com";
const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn more_surplus_than_a_round_may_delete_goes_in_several() {
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host(HOME)]);
    for number in 0..=110 {
        fakes.provider().put(HOME, &format!("9.9.9.{number}"));
    }
    let dry = RoundOptions {
        dry_run: true,
        ..RoundOptions::ROUTINE
    };
    assert_eq!(*first(&fakes.play(dry)), Outcome::Planned);
    assert_eq!(fakes.provider().addrs(HOME).len(), 111);
    for left in [61, 11] {
        let report = fakes.round();
        assert_eq!(fakes.provider().addrs(HOME).len(), left);
        let refusal = match first(&report) {
            Outcome::Refused(refusal) => refusal.to_string(),
            other => panic!("{other:?}"),
        };
        // One is made ours.
        let said = format!("{} more go in 60 s", left - 1);
        assert!(refusal.ends_with(&said), "{refusal}");
        assert_eq!(report.verdict(), Verdict::TryAgain);
        let has_ours = fakes
            .provider()
            .addrs(HOME)
            .contains(&"84.212.10.20".into());
        assert!(has_ours, "what makes the name right comes first");
        fakes.restart();
        fakes.advance(MINUTE);
    }
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().addrs(HOME), ["84.212.10.20"]);
    fakes.advance(5 * MINUTE);
    let calls = fakes.provider().calls();
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().calls(), calls);
}

#[test]
fn the_limit_of_deletes_is_one_for_all_hosts_of_a_round() {
    let hosts = ["a.example.com", "b.example.com"];
    let fakes = RoundFixture::new(UpdateMode::WhenReplaceable, hosts.map(host).into());
    for name in hosts {
        for number in 0..=40 {
            fakes.provider().put(name, &format!("9.9.9.{number}"));
        }
    }
    assert_eq!(outcomes(&fakes.round()), ["changed", "failed"]);
    let count = |name: &str| fakes.provider().addrs(name).len();
    assert_eq!(hosts.map(count), [1, 31]);
    fakes.advance(5 * MINUTE);
    assert_eq!(outcomes(&fakes.round()), ["unchanged", "changed"]);
    assert_eq!(hosts.map(count), [1, 1]);
}

#[test]
fn a_host_that_was_taken_out_and_put_in_again_has_no_new_hour() {
    let mut fakes = RoundFixture::new(UpdateMode::WhenReplaceable, vec![host(HOME)]);
    fakes.provider().put(HOME, "9.9.9.9");
    *fakes.dns.borrow_mut() = FakeDns::Silent;
    for minutes in [0, 1, 10, 50] {
        fakes.meets(InjectedFault::Lies);
        fakes.advance(MINUTE * minutes);
        fakes.play(RoundOptions {
            audit: true,
            ..RoundOptions::ROUTINE
        });
    }
    let writes = |fakes: &RoundFixture| fakes.provider().writes.borrow().len();
    let before = writes(&fakes);
    assert_eq!(before, 4, "as many as DNSPod puts up with");
    for renamed in [false, true] {
        let hosts = std::mem::take(&mut fakes.accounts[0].1);
        let account = fakes.accounts.pop();
        if renamed {
            fakes.round();
        }
        fakes.accounts.extend(account);
        fakes.round();
        fakes.accounts[0].1 = hosts;
        fakes.restart();
        fakes.fingerprint.set(fakes.fingerprint.get() + 1);
        let report = fakes.round();
        let is_repeated = matches!(
            first(&report),
            Outcome::Refused(GuardRejection::RepeatedContent { .. })
        );
        assert!(is_repeated, "{:?}", first(&report));
        assert_eq!(writes(&fakes), before);
    }
}

#[test]
fn l4_a_probe_that_reads_well_is_one_probe_also_where_the_guard_lets_nothing_be_written() {
    let fakes = RoundFixture::new(
        UpdateMode::WhenReplaceable,
        vec![host(HOME), host("nas.example.com")],
    );
    fakes.round();
    let provider = fakes.provider();
    *provider.unwritable.borrow_mut() =
        Some(ProviderError::of_account(ErrorClass::Unauthorized, "no"));
    fakes.provider().records.borrow_mut().remove(0);
    let audit = RoundOptions {
        audit: true,
        ..RoundOptions::ROUTINE
    };
    assert_eq!(outcomes(&fakes.play(audit)), ["failed", "unchanged"]);
    fakes.limits.set(WriteLimits {
        max_writes: 0,
        ..WriteLimits::default()
    });
    fakes.advance(6 * 60 * MINUTE);
    let audited = || {
        let report = fakes.round();
        assert_eq!(outcomes(&report), ["failed", "unchanged"]);
        let state = fakes.state.borrow();
        state.accounts[&fakes.accounts[0].0].last_audit
    };
    let probed = audited();
    fakes.advance(5 * MINUTE);
    assert_eq!(audited(), probed, "only what is wrong is asked for again");
    let (account, _, _) = &fakes.accounts[0];
    let hold = fakes.state.borrow().accounts[account].hold.clone();
    assert_eq!(
        hold.map(|it| it.failures),
        Some(1),
        "no write was accepted yet"
    );
}
