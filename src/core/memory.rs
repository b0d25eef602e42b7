//! What moored remembers between rounds and across restarts. It is a help, not a need: without it
//! the next round asks the provider what is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::core::{
    budget::Budget,
    guard::WINDOW,
    past::Past,
    plan::Change,
    record::{AccountName, Target, Zone},
    schedule::Hold,
    time::Moment,
    vantage::Vantage,
    verify::PATIENCE,
};

/// Everything remembered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What is remembered of our addresses, by where they were looked at.
    pub vantages: BTreeMap<Vantage, Past>,
    /// What belongs to each account.
    pub accounts: BTreeMap<AccountName, AccountMemory>,
}

/// What is remembered of one account.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountMemory {
    /// The provider and endpoint all this was learnt from. Another one: all this is void.
    pub place: String,
    /// Changes when the account's secret or configuration does: a refusal is forgotten then.
    pub fingerprint: u64,
    /// The account's zones, so that a round need not list them again.
    pub zones: Vec<Zone>,
    /// When the records were last listed and planned from.
    pub audited: Option<Moment>,
    /// The account is left alone until then.
    pub hold: Option<Hold>,
    /// How many requests it was sent lately.
    pub requests: Budget,
    /// What belongs to each target, by `HOST/TYPE`.
    pub targets: BTreeMap<String, TargetMemory>,
}

/// What is remembered of one target.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetMemory {
    /// What the provider confirmed.
    pub confirmed: Option<Confirmed>,
    /// Set before a write is sent and cleared when it is confirmed: while it stands, nobody knows
    /// what is there, and the records are read before anything is written.
    pub pending: bool,
    /// When the zone's servers were last asked.
    pub verified: Option<Moment>,
    /// The change of ours that is spreading at them.
    pub spreading: Option<Spreading>,
    /// How many times in a row they all answered something else than what was confirmed.
    pub differing: u32,
    /// What was written within the last hour, oldest first.
    pub writes: Vec<Write>,
    /// The target is left alone until then.
    pub hold: Option<Hold>,
    /// The addresses whose writing led to the hold: it says nothing about others.
    pub held_for: Vec<IpAddr>,
}

/// A change that the zone's servers do not show yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spreading {
    /// When the provider confirmed it.
    pub since: Moment,
    /// What was there before, and before the changes that had not arrived when it was made, oldest first:
    /// to see one of these is no difference yet.
    pub before: Vec<BTreeSet<IpAddr>>,
}

/// How many of these are remembered: as many as writes a host may see in the time a change takes.
const BEFORE: usize = 8;

/// What a provider confirmed for one target.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmed {
    /// The addresses, in order.
    pub addrs: Vec<IpAddr>,
    /// Since when they are these.
    pub since: Moment,
    /// Whether the RRset may be pushed without asking what is there.
    pub simple: bool,
    /// The TTL that was configured then: another one now has to be written.
    pub ttl: Option<u32>,
    /// How long it took until all of the zone's servers showed them; `None` while that is not known.
    #[serde(default)]
    pub visible_after: Option<Duration>,
}

/// A write that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Write {
    /// When.
    pub at: Moment,
    /// The addresses written.
    pub to: Vec<IpAddr>,
    /// Whether the provider said that it was done. Of any other write nobody knows whether it changed
    /// anything, or when it arrived.
    #[serde(default)]
    pub done: bool,
}

/// The key of a target within its account.
pub fn key(target: &Target) -> String {
    format!("{}/{}", target.host, target.family.record_type())
}

impl Memory {
    /// What is remembered of an account; nothing, if nothing is or if it was learnt elsewhere.
    pub fn account(&self, name: &AccountName) -> Option<&AccountMemory> {
        self.accounts.get(name)
    }

    /// What is remembered of a target.
    pub fn target(&self, target: &Target) -> Option<&TargetMemory> {
        self.accounts
            .get(&target.account)?
            .targets
            .get(&key(target))
    }

    /// The same, to be changed; made if it is not there.
    pub fn target_mut(&mut self, target: &Target) -> &mut TargetMemory {
        let account = self.accounts.entry(target.account.clone()).or_default();
        account.targets.entry(key(target)).or_default()
    }

    /// Drops what no longer applies before a round starts: what was learnt of another provider or
    /// endpoint, refusals of another secret, and targets that are not configured any more.
    pub fn adopt(&mut self, name: &AccountName, place: &str, fingerprint: u64, targets: &[Target]) {
        let account = self.accounts.entry(name.clone()).or_default();
        if account.place != place {
            *account = AccountMemory {
                place: place.to_owned(),
                ..AccountMemory::default()
            };
        }
        if account.fingerprint != fingerprint {
            account.fingerprint = fingerprint;
            // What another secret or other hosts cannot mend goes on: who asked us to wait still does.
            let mends = |hold: &mut Hold| hold.class.is_refusal();
            account.hold.take_if(mends);
            for target in account.targets.values_mut() {
                target.hold.take_if(mends);
            }
        }
        let keys: BTreeSet<_> = targets.iter().map(key).collect();
        account.targets.retain(|key, _| keys.contains(key));
    }

    /// Drops what belongs to accounts that are not configured any more.
    pub fn keep_accounts(&mut self, names: &BTreeSet<AccountName>) {
        self.accounts.retain(|name, _| names.contains(name));
    }

    /// Drops what was seen where no host looks from any more.
    pub fn keep_vantages(&mut self, looked_from: &BTreeSet<Vantage>) {
        self.vantages.retain(|it, _| looked_from.contains(it));
    }

    /// Before a write leaves: it is counted, and what is there counts as unknown until it is
    /// confirmed (L3, L6).
    pub fn begin(&mut self, change: &Change, now: Moment) {
        let target = self.target_mut(&change.target);
        target.pending = true;
        target.writes.retain(|write| now.since(write.at) < WINDOW);
        target.writes.push(Write {
            at: now,
            to: change.to.clone(),
            done: false,
        });
    }

    /// The provider said that a write was done.
    pub fn done(&mut self, change: &Change) {
        let last = self.target_mut(&change.target).writes.last_mut();
        if let Some(write) = last.filter(|write| write.to == change.to) {
            write.done = true;
        }
    }

    /// A write that surely had no effect does not count: only what may have arrived can lock a
    /// record. Whether an earlier step of it took effect is still read back.
    pub fn retract(&mut self, change: &Change) {
        let target = self.target_mut(&change.target);
        if target
            .writes
            .last()
            .is_some_and(|write| write.to == change.to)
        {
            target.writes.pop();
        }
    }

    /// Somebody wrote to the account by hand: what is there is read before it is believed again.
    pub fn unsettle(&mut self, account: &AccountName) {
        if let Some(account) = self.accounts.get_mut(account) {
            for target in account.targets.values_mut() {
                target.pending = true;
            }
        }
    }

    /// The provider confirmed that the target has these addresses.
    pub fn confirm(
        &mut self,
        target: &Target,
        addrs: &[IpAddr],
        simple: bool,
        ttl: Option<u32>,
        now: Moment,
    ) {
        let memory = self.target_mut(target);
        let (since, visible_after) = match &memory.confirmed {
            Some(before) if before.addrs == addrs => (before.since, before.visible_after),
            _ => (now, None),
        };
        memory.confirmed = Some(Confirmed {
            addrs: addrs.to_vec(),
            since,
            simple,
            ttl,
            visible_after,
        });
        memory.pending = false;
        memory.differing = 0;
        memory.hold = None;
        // What was just confirmed owes no look at DNS before the usual time.
        if memory.verified.is_none() || since == now {
            memory.verified = Some(now);
        }
    }

    /// A change of ours was confirmed: the zone's servers are looked at until they show it. What they had
    /// before an earlier change that is still spreading, some of them may have now.
    pub fn spreads(&mut self, change: &Change, now: Moment) {
        let target = self.target_mut(&change.target);
        let from = change.from.iter().copied().collect();
        let earlier = target.spreading.take();
        let earlier = earlier.filter(|it| now.since(it.since) < PATIENCE);
        let earlier = earlier.map(|it| it.before);
        let mut before = earlier.unwrap_or_default();
        before.retain(|addrs| *addrs != from);
        before.push(from);
        let most = before.len().saturating_sub(BEFORE);
        before.drain(..most);
        target.spreading = Some(Spreading { since: now, before });
    }

    /// Drops what cannot be: moments that have not come yet, holds longer than any the schedule
    /// gives. A state file from another time then delays nothing (L10).
    pub fn drop_the_impossible(&mut self, now: Moment) {
        let drop_hold = |hold: &mut Option<Hold>| {
            if hold.as_ref().is_some_and(|hold| hold.is_impossible(now)) {
                *hold = None;
            }
        };
        for past in self.vantages.values_mut() {
            past.drop_the_impossible(now);
        }
        for account in self.accounts.values_mut() {
            drop_hold(&mut account.hold);
            account.audited = account.audited.filter(|at| *at <= now);
            account.requests.drop_the_impossible(now);
            for target in account.targets.values_mut() {
                drop_hold(&mut target.hold);
                target.verified = target.verified.filter(|at| *at <= now);
                target.spreading.take_if(|it| it.since > now);
                target.writes.retain(|write| write.at <= now);
                if let Some(confirmed) = &mut target.confirmed {
                    confirmed.since = confirmed.since.min(now);
                }
            }
        }
    }

    /// The same memory on a clock whose zero lies `millis` elsewhere.
    pub fn shift(&mut self, millis: i64) {
        let move_hold = |hold: &mut Option<Hold>| {
            if let Some(hold) = hold {
                hold.since = hold.since.shifted(millis);
                hold.until = hold.until.shifted(millis);
            }
        };
        let shift = |moment: &mut Option<Moment>| {
            if let Some(moment) = moment {
                *moment = moment.shifted(millis);
            }
        };
        for past in self.vantages.values_mut() {
            past.shift(millis);
        }
        for account in self.accounts.values_mut() {
            shift(&mut account.audited);
            account.requests.shift(millis);
            move_hold(&mut account.hold);
            for target in account.targets.values_mut() {
                shift(&mut target.verified);
                if let Some(spreading) = &mut target.spreading {
                    spreading.since = spreading.since.shifted(millis);
                }
                move_hold(&mut target.hold);
                if let Some(confirmed) = &mut target.confirmed {
                    confirmed.since = confirmed.since.shifted(millis);
                }
                for write in &mut target.writes {
                    write.at = write.at.shifted(millis);
                }
            }
        }
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        addr::Family,
        damp::{Dated, Restless},
        name::Fqdn,
        outcome::{Class, Failure},
        plan::{Method, Reason},
        record::{Origin, Target},
        standing::Standing,
    };

    fn target() -> Target {
        Target {
            account: AccountName("home".into()),
            host: Fqdn::parse("home.example.com").unwrap(),
            family: Family::V4,
        }
    }

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn change(to: &str) -> Change {
        Change {
            target: target(),
            from: vec![ip("1.1.1.1")],
            seen: Origin::List,
            to: vec![ip(to)],
            method: Method::Records {
                zone: Zone {
                    name: "example.com".parse().unwrap(),
                    id: "1".into(),
                },
                steps: Vec::new(),
            },
            reason: Reason::AddressChanged,
            simple_afterwards: true,
        }
    }

    #[test]
    fn a_write_counts_before_it_is_sent_and_is_unknown_until_confirmed() {
        let mut memory = Memory::default();
        memory.begin(&change("1.1.1.2"), at(0));
        let target = memory.target(&target()).unwrap();
        assert!(target.pending);
        assert_eq!(target.writes.len(), 1);
        assert_eq!(target.confirmed, None);
    }

    #[test]
    fn only_the_providers_word_makes_a_write_a_done_one() {
        let mut memory = Memory::default();
        memory.begin(&change("1.1.1.2"), at(0));
        memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(1));
        assert!(
            !memory.target(&target()).unwrap().writes[0].done,
            "it was read back"
        );
        memory.begin(&change("1.1.1.3"), at(2));
        for (to, expected) in [("1.1.1.2", [false, false]), ("1.1.1.3", [false, true])] {
            memory.done(&change(to));
            let writes = &memory.target(&target()).unwrap().writes;
            assert_eq!([writes[0].done, writes[1].done], expected, "{to}");
        }
    }

    #[test]
    fn since_is_when_the_address_became_this_one() {
        let mut memory = Memory::default();
        memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(10));
        memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(20));
        assert_eq!(
            memory
                .target(&target())
                .unwrap()
                .confirmed
                .as_ref()
                .unwrap()
                .since,
            at(10)
        );
        memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(30));
        assert_eq!(
            memory
                .target(&target())
                .unwrap()
                .confirmed
                .as_ref()
                .unwrap()
                .since,
            at(30)
        );
    }

    #[test]
    fn writes_are_forgotten_after_an_hour() {
        let mut memory = Memory::default();
        memory.begin(&change("1.1.1.2"), at(0));
        memory.begin(&change("1.1.1.3"), at(3_599));
        assert_eq!(memory.target(&target()).unwrap().writes.len(), 2);
        memory.begin(&change("1.1.1.4"), at(3_600));
        assert_eq!(memory.target(&target()).unwrap().writes.len(), 2);
    }

    #[test]
    fn a_write_that_surely_had_no_effect_does_not_count() {
        let mut memory = Memory::default();
        let writes = |memory: &Memory| memory.target(&target()).unwrap().writes.len();
        memory.begin(&change("1.1.1.2"), at(0));
        memory.begin(&change("1.1.1.3"), at(1));
        memory.retract(&change("1.1.1.2"));
        assert_eq!(writes(&memory), 2, "it was not the last");
        memory.retract(&change("1.1.1.3"));
        assert_eq!(writes(&memory), 1);
        assert!(memory.target(&target()).unwrap().pending, "read back still");
    }

    #[test]
    fn what_somebody_wrote_by_hand_is_unknown_in_that_account_alone() {
        let mut memory = Memory::default();
        let other = Target {
            account: AccountName("other".into()),
            ..target()
        };
        for target in [&target(), &other] {
            memory.confirm(target, &[ip("1.1.1.1")], true, None, at(0));
        }
        memory.unsettle(&target().account);
        assert!(memory.target(&target()).unwrap().pending);
        assert!(!memory.target(&other).unwrap().pending);
    }

    #[test]
    fn what_is_kept_is_kept_by_name_and_type_and_only_while_it_is_configured() {
        let mut memory = Memory::default();
        let name = |text: &str| AccountName(text.into());
        for account in ["home", "gone"] {
            let account = name(account);
            let target = Target {
                account,
                ..target()
            };
            memory.confirm(&target, &[ip("1.1.1.1")], true, None, at(0));
        }
        let home = memory.account(&name("home")).unwrap();
        assert!(home.targets.keys().eq(["home.example.com/A"]));
        memory.keep_accounts(&[name("home"), name("new")].into());
        assert!(memory.accounts.keys().eq([&name("home")]));
        let eth1 = Vantage::new(Family::V4, Some("eth1".parse().unwrap()));
        let everywhere = [Family::V4.into(), Family::V6.into(), eth1.clone()];
        memory.vantages = everywhere.map(|it| (it, Past::default())).into();
        memory.keep_vantages(&[eth1.clone(), Family::V6.into()].into());
        assert!(memory.vantages.keys().eq([&Family::V6.into(), &eth1]));
    }

    #[test]
    fn what_was_there_before_changes_that_are_still_spreading_is_remembered_too() {
        let mut memory = Memory::default();
        let mut expected = Vec::new();
        for last in 0..20_u8 {
            let from = ip(&format!("1.1.1.{last}"));
            expected.push(BTreeSet::from([from]));
            let mut change = change("9.9.9.9");
            change.from = vec![from];
            // Once more, as after an answer that was lost, adds nothing.
            memory.spreads(&change, at(last.into()));
            memory.spreads(&change, at(last.into()));
            let spreading = &memory.target(&target()).unwrap().spreading;
            let latest = expected.len().saturating_sub(BEFORE);
            assert_eq!(spreading.as_ref().unwrap().before, expected[latest..]);
        }
        // They have long arrived, or never will.
        memory.spreads(&change("1.1.1.2"), at(19 + 600));
        let spreading = &memory.target(&target()).unwrap().spreading;
        assert_eq!(spreading.as_ref().unwrap().before.len(), 1);
    }

    #[test]
    fn a_first_word_and_a_new_one_owe_no_look_at_dns_and_the_same_again_does() {
        let mut memory = Memory::default();
        let mut confirm = |addr, now| {
            memory.confirm(&target(), &[ip(addr)], true, None, at(now));
            memory.target(&target()).unwrap().verified
        };
        assert_eq!(confirm("1.1.1.1", 10), Some(at(10)));
        assert_eq!(confirm("1.1.1.1", 20), Some(at(10)));
        assert_eq!(confirm("1.1.1.2", 30), Some(at(30)));
        memory.target_mut(&target()).verified = None;
        memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(40));
        let verified = memory.target(&target()).unwrap().verified;
        assert_eq!(verified, Some(at(40)));
    }

    #[test]
    fn a_change_is_spreading_from_any_moment_but_one_to_come() {
        for (since, is_spreading) in [(99, true), (100, true), (101, false)] {
            let mut memory = Memory::default();
            memory.spreads(&change("1.1.1.2"), at(since));
            memory.drop_the_impossible(at(100));
            let spreading = &memory.target(&target()).unwrap().spreading;
            assert_eq!(spreading.is_some(), is_spreading, "{since}");
        }
    }

    #[test]
    fn a_new_secret_lifts_holds_and_a_new_place_voids_everything() {
        let mut memory = Memory::default();
        let name = AccountName("home".into());
        memory.adopt(&name, "domeneshop https://a", 1, &[target()]);
        memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
        let hold = Hold {
            class: Class::Rejected,
            what: "refused".into(),
            failures: 1,
            since: at(0),
            until: at(100),
        };
        memory.accounts.get_mut(&name).unwrap().hold = Some(hold.clone());
        memory.adopt(&name, "domeneshop https://a", 1, &[target()]);
        assert_eq!(memory.account(&name).unwrap().hold, Some(hold));
        memory.adopt(&name, "domeneshop https://a", 2, &[target()]);
        assert_eq!(memory.account(&name).unwrap().hold, None);
        assert!(memory.target(&target()).unwrap().confirmed.is_some());
        memory.adopt(&name, "domeneshop https://b", 2, &[target()]);
        assert_eq!(memory.target(&target()), None);
    }

    #[test]
    fn a_new_configuration_lifts_refusals_and_no_other_hold() {
        let classes = [
            (Class::Rejected, true),
            (Class::NotFound, true),
            (Class::Invalid, true),
            (Class::Transient, false),
            (Class::Contract, false),
            (Class::Unconfirmed, false),
            (Class::RateLimited { retry_after: None }, false),
        ];
        for (class, lifted) in classes {
            let mut memory = Memory::default();
            let name = target().account;
            memory.adopt(&name, "a", 1, &[target()]);
            let hold = Hold::after(None, &Failure::of_account(class, "x"), at(0), 0.0);
            memory.target_mut(&target()).hold = Some(hold.clone());
            memory.accounts.get_mut(&name).unwrap().hold = Some(hold);
            memory.adopt(&name, "a", 2, &[target()]);
            let account = memory.account(&name).unwrap();
            let of_target = &memory.target(&target()).unwrap().hold;
            assert_eq!(
                [account.hold.is_none(), of_target.is_none()],
                [lifted; 2],
                "{class:?}"
            );
        }
    }

    #[test]
    fn hosts_that_are_not_configured_any_more_are_forgotten() {
        let mut memory = Memory::default();
        memory.confirm(&target(), &[ip("1.1.1.1")], true, None, at(0));
        memory.adopt(&target().account, "", 0, &[]);
        assert_eq!(memory.target(&target()), None);
    }

    #[test]
    fn what_was_remembered_of_a_family_alone_is_not_of_an_interface() {
        let text = r#"{"vantages":{"A":{"believed":["1.1.1.1"]},"A via eth1":{"absent":4000}}}"#;
        let memory: Memory = serde_json::from_str(text).unwrap();
        let alone = &memory.vantages[&Family::V4.into()];
        assert_eq!(alone.believed, [ip("1.1.1.1")].into());
        let over = Vantage::new(Family::V4, Some("eth1".parse().unwrap()));
        assert_eq!(memory.vantages[&over].absent, Some(at(4)));
    }

    #[test]
    fn what_is_remembered_from_the_future_delays_nothing() {
        let mut memory = Memory::default();
        let hold = |since, until| {
            Some(Hold {
                class: Class::Rejected,
                what: String::new(),
                failures: 1,
                since: at(since),
                until: at(until),
            })
        };
        memory.begin(&change("1.1.1.2"), at(5_000));
        memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(5_000));
        memory.target_mut(&target()).hold = hold(0, i64::MAX / 1_000);
        let account = memory.accounts.get_mut(&target().account).unwrap();
        account.hold = hold(5_000, 5_001);
        account.audited = Some(at(5_000));
        account.requests.charge(9, at(5_000));
        let past = memory.vantages.entry(Family::V4.into()).or_default();
        past.absent = Some(at(5_000));
        let later = Dated {
            addrs: [ip("1.1.1.1")].into(),
            at: at(5_000),
        };
        past.restless.left = vec![later.clone()];
        past.restless.proposed = Some(later);
        for (source, since, until) in [("a", 5_000, 5_001), ("b", 0, 100_000), ("c", 0, 600)] {
            let (faults, since, until) = (1, at(since), at(until));
            let standing = Standing {
                faults,
                since,
                until,
            };
            past.standings.insert(source.into(), standing);
        }
        memory.drop_the_impossible(at(100));
        let past = &memory.vantages[&Family::V4.into()];
        assert_eq!((past.absent, &past.restless), (None, &Restless::default()));
        assert!(past.standings.keys().eq(["c"]));
        let account = memory.account(&target().account).unwrap();
        assert_eq!((account.hold.as_ref(), account.audited), (None, None));
        assert_eq!(account.requests, Budget::default());
        let target = memory.target(&target()).unwrap();
        assert_eq!(
            (&target.hold, target.verified, target.writes.len()),
            (&None, None, 0)
        );
        assert_eq!(target.confirmed.as_ref().unwrap().since, at(100));
        // What is possible stays.
        let account = memory
            .accounts
            .get_mut(&AccountName("home".into()))
            .unwrap();
        account.hold = hold(0, 24 * 3_600);
        memory.drop_the_impossible(at(100));
        assert!(
            memory
                .account(&AccountName("home".into()))
                .unwrap()
                .hold
                .is_some()
        );
    }

    #[test]
    fn every_moment_moves_with_the_clock() {
        let mut memory = Memory::default();
        memory.begin(&change("1.1.1.2"), at(5));
        memory.confirm(&target(), &[ip("1.1.1.2")], true, None, at(6));
        let hold = Hold {
            class: Class::Transient,
            what: String::new(),
            failures: 1,
            since: at(1),
            until: at(9),
        };
        memory.target_mut(&target()).hold = Some(hold.clone());
        memory.target_mut(&target()).verified = Some(at(7));
        memory.spreads(&change("1.1.1.2"), at(6));
        let past = memory.vantages.entry(Family::V6.into()).or_default();
        past.absent = Some(at(4));
        past.restless.left = vec![Dated {
            addrs: [ip("1.1.1.1")].into(),
            at: at(2),
        }];
        past.restless.proposed = past.restless.left.first().cloned();
        let standing = Standing {
            faults: 1,
            since: at(3),
            until: at(13),
        };
        past.standings.insert("dns".into(), standing);
        let account = memory.accounts.get_mut(&target().account).unwrap();
        account.hold = Some(hold);
        account.audited = Some(at(8));
        account.requests.charge(1, at(2));
        let before = memory.clone();
        memory.shift(1_000);
        assert_ne!(memory, before);
        let past = &memory.vantages[&Family::V6.into()];
        assert_eq!(past.absent, Some(at(5)));
        assert_eq!(past.restless.left[0].at, at(3));
        assert_eq!(past.restless.proposed.as_ref().unwrap().at, at(3));
        let standing = &past.standings["dns"];
        assert_eq!((standing.since, standing.until), (at(4), at(14)));
        let target = memory.target(&target()).unwrap();
        assert_eq!(target.writes[0].at, at(6));
        assert_eq!(target.confirmed.as_ref().unwrap().since, at(7));
        assert_eq!(target.verified, Some(at(8)));
        assert_eq!(target.spreading.as_ref().unwrap().since, at(7));
        assert_eq!(target.hold.as_ref().unwrap().until, at(10));
        let account = &memory.accounts[&AccountName("home".into())];
        assert_eq!(account.audited, Some(at(9)));
        assert_eq!(account.requests.until(at(10)), at(3).after(WINDOW));
        assert_eq!(account.hold.as_ref().unwrap().since, at(2));
        memory.shift(-1_000);
        assert_eq!(memory, before);
    }
}
