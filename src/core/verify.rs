//! What the answers of a zone's servers say about a record that a provider confirmed.

use std::{collections::BTreeSet, net::IpAddr};

use crate::core::{memory::TargetMemory, schedule::PROPAGATION, time::Moment};

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
pub enum Seen {
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
pub fn compare(confirmed: &[IpAddr], answers: &[ServerAnswer]) -> Seen {
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
        None => Seen::Silent,
        Some(_) if agreeing == answered.len() => Seen::Agrees,
        Some(first) if agreeing == 0 => Seen::Differs((*first).clone()),
        Some(_) => Seen::Mixed,
    }
}

/// Takes note of what was seen, and says whether it is a lasting difference: one seen twice in a
/// row, or once when the last write has had the time to spread. Even that leads to no more than a
/// look at the provider's own list.
pub fn note(memory: &mut TargetMemory, seen: &Seen, now: Moment) -> bool {
    memory.verified = Some(now);
    if !matches!(seen, Seen::Differs(_)) {
        memory.differing = 0;
        return false;
    }
    memory.differing = memory.differing.saturating_add(1);
    let last_write = memory.writes.last().map(|write| write.at);
    let since = memory.confirmed.as_ref().map(|confirmed| confirmed.since);
    let has_spread = last_write
        .max(since)
        .is_none_or(|written| now.since(written) >= PROPAGATION);
    has_spread || memory.differing >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::memory::{Confirmed, Write};

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
            (&[][..], Seen::Silent),
            (&[Err("refused"), Err("timed out")], Seen::Silent),
            (&[Ok(&["1.1.1.2"][..]), Err("timed out")], Seen::Agrees),
            (&[Ok(&["1.1.1.2"]), Ok(&["1.1.1.1"])], Seen::Mixed),
            (&[Ok(&["1.1.1.1"]), Err("timed out")], Seen::Differs(old)),
            (&[Ok(&[])], Seen::Differs(BTreeSet::new())),
            (
                &[Ok(&["1.1.1.1", "1.1.1.2"])],
                Seen::Differs([ip("1.1.1.1"), ip("1.1.1.2")].into()),
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
        let at = |seconds: i64| Moment::from_millis(seconds * 1000);
        let differs = Seen::Differs(BTreeSet::new());
        let mut memory = TargetMemory {
            confirmed: Some(Confirmed {
                addrs: vec![],
                since: at(0),
                simple: true,
                ttl: None,
            }),
            writes: vec![Write {
                at: at(1_000),
                to: vec![],
                done: true,
            }],
            ..TargetMemory::default()
        };
        assert!(!note(&mut memory, &differs, at(1_010)));
        assert!(!note(&mut memory, &Seen::Agrees, at(1_020)));
        assert!(
            !note(&mut memory, &differs, at(1_030)),
            "agreement in between starts anew"
        );
        assert!(note(&mut memory, &differs, at(1_040)));
        assert!(!note(&mut memory, &Seen::Silent, at(1_050)));
        assert_eq!(memory.differing, 0, "silence keeps nobody looking");
        let mut memory = TargetMemory {
            differing: 0,
            ..memory
        };
        assert!(note(&mut memory, &differs, at(1_120)));
    }
}
