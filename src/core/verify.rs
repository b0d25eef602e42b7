//! What the answers of a zone's servers say about a record that a provider confirmed.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

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

/// How long after a change the zone's servers are looked at for it.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// The first look comes so long after the change, each further one after as long again as it took to
/// there.
const FIRST_LOOK: Duration = Duration::from_secs(5);

/// When the zone's servers are due to be looked at for a change that is spreading.
pub fn next_look(memory: &TargetMemory) -> Option<Moment> {
    let since = memory.spreading.as_ref()?.since;
    Some(look_after(since, memory.verified.unwrap_or(since)))
}

/// When a round is played for a change that is spreading, after one that ended at `now`: less and less
/// often, whether that one could look or not, and in the end no more.
pub fn wake(memory: &TargetMemory, now: Moment) -> Option<Moment> {
    let since = memory.spreading.as_ref()?.since;
    (now.since(since) < PATIENCE).then(|| look_after(since, now))
}

fn look_after(since: Moment, last: Moment) -> Moment {
    last.after(last.since(since).max(FIRST_LOOK))
}

/// What a look at the zone's servers means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// All is well, or not worth a word.
    Nothing,
    /// A change of ours is visible, so long after it was made.
    Visible(Duration),
    /// A change of ours is still on its way.
    Spreading,
    /// It differs; that may pass.
    Differs,
    /// It differs, and that lasts: reason for a look at the provider's own list, and for no more.
    Lasts,
}

/// Takes note of what was seen. While a change of ours is spreading, what was there before it counts as
/// no difference, nor does a part of the servers that shows it already. A difference lasts that is seen twice in a row, or once when the last write has had the time to spread.
pub fn note(memory: &mut TargetMemory, seen: &Seen, now: Moment) -> Meaning {
    memory.verified = Some(now);
    if let Some(spreading) = &memory.spreading {
        let took = now.since(spreading.since);
        let is_new = matches!(seen, Seen::Differs(there) if !spreading.before.contains(there));
        if *seen == Seen::Agrees {
            memory.spreading = None;
            memory.differing = 0;
            if let Some(confirmed) = &mut memory.confirmed {
                confirmed.visible_after = Some(took);
            }
            return Meaning::Visible(took);
        }
        if took < PATIENCE && !is_new {
            return Meaning::Spreading;
        }
        if !is_new {
            memory.spreading = None;
        }
    }
    if !matches!(seen, Seen::Differs(_)) {
        memory.differing = 0;
        return Meaning::Nothing;
    }
    memory.differing = memory.differing.saturating_add(1);
    let last_write = memory.writes.last().map(|write| write.at);
    let since = memory.confirmed.as_ref().map(|confirmed| confirmed.since);
    let has_spread = last_write
        .max(since)
        .is_none_or(|written| now.since(written) >= PROPAGATION);
    if has_spread || memory.differing >= 2 {
        Meaning::Lasts
    } else {
        Meaning::Differs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::memory::{Confirmed, Spreading, Write};

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
                visible_after: None,
            }),
            writes: vec![Write {
                at: at(1_000),
                to: vec![],
                done: true,
                lifetime: Duration::ZERO,
            }],
            ..TargetMemory::default()
        };
        assert_eq!(note(&mut memory, &differs, at(1_010)), Meaning::Differs);
        assert_eq!(
            note(&mut memory, &Seen::Agrees, at(1_020)),
            Meaning::Nothing
        );
        assert_eq!(
            note(&mut memory, &differs, at(1_030)),
            Meaning::Differs,
            "agreement in between starts anew"
        );
        assert_eq!(note(&mut memory, &differs, at(1_040)), Meaning::Lasts);
        assert_eq!(
            note(&mut memory, &Seen::Silent, at(1_050)),
            Meaning::Nothing
        );
        assert_eq!(memory.differing, 0, "silence keeps nobody looking");
        let mut memory = TargetMemory {
            differing: 0,
            ..memory
        };
        assert_eq!(note(&mut memory, &differs, at(1_120)), Meaning::Lasts);
    }

    fn spreading(since: Moment) -> TargetMemory {
        TargetMemory {
            confirmed: Some(Confirmed {
                addrs: vec![ip("1.1.1.2")],
                since,
                simple: true,
                ttl: None,
                visible_after: None,
            }),
            verified: Some(since),
            spreading: Some(Spreading {
                since,
                before: vec![[ip("1.1.1.1")].into()],
            }),
            ..TargetMemory::default()
        }
    }

    #[test]
    fn a_change_is_looked_for_less_and_less_often_until_patience_ends() {
        let at = |seconds: i64| Moment::from_millis(seconds * 1000);
        let mut memory = spreading(at(100));
        let mut looks = Vec::new();
        let differs = Seen::Differs([ip("1.1.1.1")].into());
        while let Some(next) = next_look(&memory) {
            looks.push(next.since(at(100)).as_secs());
            let seen = if looks.len() % 2 == 0 {
                &Seen::Mixed
            } else {
                &differs
            };
            let meaning = note(&mut memory, seen, next);
            let over = next.since(at(100)) >= PATIENCE;
            assert_eq!(meaning == Meaning::Spreading, !over, "{meaning:?}");
        }
        assert_eq!(looks, [5, 10, 20, 40, 80, 160, 320, 640]);
        assert_eq!(memory.confirmed.unwrap().visible_after, None);
        for (now, meaning) in [(699, Meaning::Spreading), (700, Meaning::Lasts)] {
            let mut memory = spreading(at(100));
            memory.verified = Some(at(420));
            assert_eq!(note(&mut memory, &differs, at(now)), meaning, "{now}");
        }
        let memory = spreading(at(100));
        assert_eq!(wake(&memory, at(699)), Some(at(1_298)));
        assert_eq!(wake(&memory, at(700)), None, "patience ended");
    }

    #[test]
    fn what_was_never_there_is_a_difference_while_a_change_is_spreading_too() {
        let at = |seconds: i64| Moment::from_millis(seconds * 1000);
        let mut memory = spreading(at(100));
        let edited = Seen::Differs([ip("9.9.9.9")].into());
        assert_eq!(note(&mut memory, &edited, at(105)), Meaning::Differs);
        assert_eq!(note(&mut memory, &edited, at(110)), Meaning::Lasts);
        assert_eq!(
            next_look(&memory),
            Some(at(120)),
            "and the change is still spreading"
        );
    }

    #[test]
    fn what_was_there_before_an_earlier_change_is_no_edit() {
        let at = |seconds: i64| Moment::from_millis(seconds * 1000);
        let mut memory = spreading(at(100));
        if let Some(spreading) = &mut memory.spreading {
            spreading.before.insert(0, [ip("1.1.1.0")].into());
        }
        for (last, meaning) in [
            (0, Meaning::Spreading),
            (1, Meaning::Spreading),
            (9, Meaning::Differs),
        ] {
            let seen = Seen::Differs([ip(&format!("1.1.1.{last}"))].into());
            assert_eq!(note(&mut memory, &seen, at(105)), meaning, "{last}");
        }
    }

    #[test]
    fn when_all_servers_show_a_change_the_time_it_took_is_remembered() {
        let at = |seconds: i64| Moment::from_millis(seconds * 1000);
        let mut memory = spreading(at(100));
        let took = Duration::from_secs(10);
        assert_eq!(
            note(&mut memory, &Seen::Silent, at(105)),
            Meaning::Spreading
        );
        assert_eq!(
            note(&mut memory, &Seen::Agrees, at(110)),
            Meaning::Visible(took)
        );
        assert_eq!(memory.confirmed.as_ref().unwrap().visible_after, Some(took));
        assert_eq!(next_look(&memory), None);
        assert_eq!(note(&mut memory, &Seen::Agrees, at(120)), Meaning::Nothing);
    }
}
