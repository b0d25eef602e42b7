//! What the answers of a zone's servers say about a record that a provider confirmed.

use crate::core::state::PROPAGATION_TIMEOUT;
use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use super::{schedule::intervals::PROPAGATION_GRACE, state::TargetState, time::BootTime};

/// What one server answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerAnswer {
    /// The server, as `NAME (ADDRESS)` or as configured.
    pub server: String,
    /// The addresses it has (none for a name or type that it does not have), or what went wrong.
    pub answer: Result<BTreeSet<IpAddr>, String>,
}

/// What the servers say together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DnsState {
    /// All that answered have exactly what was confirmed.
    Agrees,
    /// All that answered have something else; what the first of them has.
    Differs(BTreeSet<IpAddr>),
    /// Some have it and some have not: on its way, or one of them is stale.
    Mixed,
    /// None could be asked. A server's silence is no difference.
    Silent,
}

/// Takes the answers together.
pub fn compare(confirmed: &[IpAddr], answers: &[ServerAnswer]) -> DnsState {
    let confirmed: BTreeSet<_> = confirmed.iter().copied().collect();
    let answered: Vec<_> = answers
        .iter()
        .filter_map(|it| it.answer.as_ref().ok())
        .collect();
    let agreeing = answered
        .iter()
        .filter(|addrs| ***addrs == confirmed)
        .count();
    match answered.first() {
        None => DnsState::Silent,
        Some(_) if agreeing == answered.len() => DnsState::Agrees,
        Some(first) if agreeing == 0 => DnsState::Differs((*first).clone()),
        Some(_) => DnsState::Mixed,
    }
}

/// The first look comes so long after the change, each further one after as long again as it took to
/// there.
const FIRST_CHECK_DELAY: Duration = Duration::from_secs(5);

/// When the zone's servers are due to be looked at for a change that is spreading.
pub fn next_check(state: &TargetState) -> Option<BootTime> {
    let since = state.propagation.as_ref()?.since;
    Some(check_after(since, state.last_verified.unwrap_or(since)))
}

/// When a round is played for a change that is spreading, after one that ended at `now`: less and less
/// often, whether that one could look or not, and in the end no more.
pub fn next_wakeup(state: &TargetState, now: BootTime) -> Option<BootTime> {
    let since = state.propagation.as_ref()?.since;
    (now.since(since) < PROPAGATION_TIMEOUT).then(|| check_after(since, now))
}

fn check_after(since: BootTime, last: BootTime) -> BootTime {
    last.after(last.since(since).max(FIRST_CHECK_DELAY))
}

/// What a look at the zone's servers means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DnsFinding {
    /// All is well, or not worth a word.
    Nothing,
    /// A change of ours is visible, so long after it was made.
    Visible(Duration),
    /// A change of ours is still on its way.
    Propagating,
    /// It differs; that may pass.
    Differs,
    /// It differs, and that lasts: reason for a look at the provider's own list, and for no more.
    PersistentMismatch,
}

/// Takes note of what was seen. While a change of ours is spreading, what was there before it counts as
/// no difference, nor does a part of the servers that shows it already. A difference lasts that is seen twice in a row, or once when the last write has had the time to spread.
pub fn record_check(state: &mut TargetState, seen: &DnsState, now: BootTime) -> DnsFinding {
    state.last_verified = Some(now);
    if let Some(spreading) = &state.propagation {
        let took = now.since(spreading.since);
        let is_new =
            matches!(seen, DnsState::Differs(there) if !spreading.previous.contains(there));
        if *seen == DnsState::Agrees {
            state.propagation = None;
            state.mismatches = 0;
            if let Some(confirmed) = &mut state.confirmed {
                confirmed.visible_after = Some(took);
            }
            return DnsFinding::Visible(took);
        }
        if took < PROPAGATION_TIMEOUT && !is_new {
            return DnsFinding::Propagating;
        }
        if !is_new {
            state.propagation = None;
        }
    }
    if !matches!(seen, DnsState::Differs(_)) {
        state.mismatches = 0;
        return DnsFinding::Nothing;
    }
    state.mismatches = state.mismatches.saturating_add(1);
    let last_write = state.writes.last().map(|write| write.at);
    let since = state.confirmed.as_ref().map(|confirmed| confirmed.since);
    let has_spread = last_write
        .max(since)
        .is_none_or(|written| now.since(written) >= PROPAGATION_GRACE);
    if has_spread || state.mismatches >= 2 {
        DnsFinding::PersistentMismatch
    } else {
        DnsFinding::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::state::{ConfirmedRecord, Propagation, WriteRecord};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn answers(texts: &[Result<&[&str], &str>]) -> Vec<ServerAnswer> {
        let read = |answer: &Result<&[&str], &str>| ServerAnswer {
            server: "ns".to_owned(),
            answer: answer
                .map(|it| it.iter().map(|it| ip(it)).collect())
                .map_err(str::to_owned),
        };
        texts.iter().map(read).collect()
    }

    #[test]
    fn silence_and_stale_minorities_are_no_difference() {
        let old = [ip("1.1.1.1")].into();
        for (given, seen) in [
            (&[][..], DnsState::Silent),
            (&[Err("refused"), Err("timed out")], DnsState::Silent),
            (&[Ok(&["1.1.1.2"][..]), Err("timed out")], DnsState::Agrees),
            (&[Ok(&["1.1.1.2"]), Ok(&["1.1.1.1"])], DnsState::Mixed),
            (
                &[Ok(&["1.1.1.1"]), Err("timed out")],
                DnsState::Differs(old),
            ),
            (&[Ok(&[])], DnsState::Differs(BTreeSet::new())),
            (
                &[Ok(&["1.1.1.1", "1.1.1.2"])],
                DnsState::Differs([ip("1.1.1.1"), ip("1.1.1.2")].into()),
            ),
        ] {
            assert_eq!(
                compare(&[ip("1.1.1.2")], &answers(given)),
                seen,
                "{given:?}"
            );
        }
    }

    #[test]
    fn a_difference_lasts_when_seen_twice_or_long_after_the_write() {
        let at = |seconds: i64| BootTime::from_millis(seconds * 1000);
        let differs = DnsState::Differs(BTreeSet::new());
        let mut state = TargetState {
            confirmed: Some(ConfirmedRecord {
                addrs: vec![],
                since: at(0),
                replaceable: true,
                ttl: None,
                visible_after: None,
            }),
            writes: vec![WriteRecord {
                at: at(1_000),
                addrs: vec![],
                acknowledged: true,
                lifetime: Duration::ZERO,
            }],
            ..TargetState::default()
        };
        assert_eq!(
            record_check(&mut state, &differs, at(1_010)),
            DnsFinding::Differs
        );
        assert_eq!(
            record_check(&mut state, &DnsState::Agrees, at(1_020)),
            DnsFinding::Nothing
        );
        assert_eq!(
            record_check(&mut state, &differs, at(1_030)),
            DnsFinding::Differs,
            "agreement in between starts anew"
        );
        assert_eq!(
            record_check(&mut state, &differs, at(1_040)),
            DnsFinding::PersistentMismatch
        );
        assert_eq!(
            record_check(&mut state, &DnsState::Silent, at(1_050)),
            DnsFinding::Nothing
        );
        assert_eq!(state.mismatches, 0, "silence keeps nobody looking");
        let mut state = TargetState {
            mismatches: 0,
            ..state
        };
        assert_eq!(
            record_check(&mut state, &differs, at(1_120)),
            DnsFinding::PersistentMismatch
        );
    }

    fn spreading(since: BootTime) -> TargetState {
        TargetState {
            confirmed: Some(ConfirmedRecord {
                addrs: vec![ip("1.1.1.2")],
                since,
                replaceable: true,
                ttl: None,
                visible_after: None,
            }),
            last_verified: Some(since),
            propagation: Some(Propagation {
                since,
                previous: vec![[ip("1.1.1.1")].into()],
            }),
            ..TargetState::default()
        }
    }

    #[test]
    fn a_change_is_looked_for_less_and_less_often_until_patience_ends() {
        let at = |seconds: i64| BootTime::from_millis(seconds * 1000);
        let mut state = spreading(at(100));
        let mut looks = Vec::new();
        let differs = DnsState::Differs([ip("1.1.1.1")].into());
        while let Some(next) = next_check(&state) {
            looks.push(next.since(at(100)).as_secs());
            let seen = if looks.len() % 2 == 0 {
                &DnsState::Mixed
            } else {
                &differs
            };
            let meaning = record_check(&mut state, seen, next);
            let over = next.since(at(100)) >= PROPAGATION_TIMEOUT;
            assert_eq!(meaning == DnsFinding::Propagating, !over, "{meaning:?}");
        }
        assert_eq!(looks, [5, 10, 20, 40, 80, 160, 320, 640]);
        assert_eq!(state.confirmed.unwrap().visible_after, None);
        for (now, meaning) in [
            (699, DnsFinding::Propagating),
            (700, DnsFinding::PersistentMismatch),
        ] {
            let mut state = spreading(at(100));
            state.last_verified = Some(at(420));
            assert_eq!(
                record_check(&mut state, &differs, at(now)),
                meaning,
                "{now}"
            );
        }
        let state = spreading(at(100));
        assert_eq!(next_wakeup(&state, at(699)), Some(at(1_298)));
        assert_eq!(next_wakeup(&state, at(700)), None, "patience ended");
    }

    #[test]
    fn what_was_never_there_is_a_difference_while_a_change_is_spreading_too() {
        let at = |seconds: i64| BootTime::from_millis(seconds * 1000);
        let mut state = spreading(at(100));
        let edited = DnsState::Differs([ip("9.9.9.9")].into());
        assert_eq!(
            record_check(&mut state, &edited, at(105)),
            DnsFinding::Differs
        );
        assert_eq!(
            record_check(&mut state, &edited, at(110)),
            DnsFinding::PersistentMismatch
        );
        assert_eq!(
            next_check(&state),
            Some(at(120)),
            "and the change is still spreading"
        );
    }

    #[test]
    fn what_was_there_before_an_earlier_change_is_no_edit() {
        let at = |seconds: i64| BootTime::from_millis(seconds * 1000);
        let mut state = spreading(at(100));
        if let Some(spreading) = &mut state.propagation {
            spreading.previous.insert(0, [ip("1.1.1.0")].into());
        }
        for (last, meaning) in [
            (0, DnsFinding::Propagating),
            (1, DnsFinding::Propagating),
            (9, DnsFinding::Differs),
        ] {
            let seen = DnsState::Differs([ip(&format!("1.1.1.{last}"))].into());
            assert_eq!(record_check(&mut state, &seen, at(105)), meaning, "{last}");
        }
    }

    #[test]
    fn when_all_servers_show_a_change_the_time_it_took_is_remembered() {
        let at = |seconds: i64| BootTime::from_millis(seconds * 1000);
        let mut state = spreading(at(100));
        let took = Duration::from_secs(10);
        assert_eq!(
            record_check(&mut state, &DnsState::Silent, at(105)),
            DnsFinding::Propagating
        );
        assert_eq!(
            record_check(&mut state, &DnsState::Agrees, at(110)),
            DnsFinding::Visible(took)
        );
        assert_eq!(state.confirmed.as_ref().unwrap().visible_after, Some(took));
        assert_eq!(next_check(&state), None);
        assert_eq!(
            record_check(&mut state, &DnsState::Agrees, at(120)),
            DnsFinding::Nothing
        );
    }
}
