//! Flapping: when the word from outside changes to and fro, a change has to last before it is
//! believed.
//!
//! A line that fails over to another and back, and one that gets a new address now and then, are
//! believed at once. What is damped is coming back, within an hour, to an address that was left in
//! that hour, from the sixth change on: it must be what is said in every round for five minutes,
//! then ten, then twenty, up to half an hour. Meanwhile nothing changes. An address that is new each
//! time is not damped, nor is the kernel's own word, which is the truth: the guard bounds the writes.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};

use super::observation::UnavailableReason;
use crate::core::time::BootTime;

/// Changes within an hour that are believed at once even if they lead back.
const FREE_CHANGES: usize = 5;
const CHANGE_WINDOW: Duration = Duration::from_hours(1);
const INITIAL_STABLE_TIME: Duration = Duration::from_mins(5);
const MAX_STABLE_TIME: Duration = Duration::from_mins(30);

/// Addresses at a moment: when they were left, or first claimed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TimestampedAddrs {
    /// The addresses.
    pub addrs: BTreeSet<IpAddr>,
    /// The moment.
    pub at: BootTime,
}

/// How restless the word from outside was within the last hour.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FlapDamper {
    /// What was believed before, oldest first, and when it was left.
    pub recent: Vec<TimestampedAddrs>,
    /// A change that has to last, and since when it is claimed.
    pub candidate: Option<TimestampedAddrs>,
}

impl FlapDamper {
    /// Whether `claimed`, which enough operators say, may take the place of `believed` now.
    pub fn check_change(
        &mut self,
        believed: &BTreeSet<IpAddr>,
        claimed: &BTreeSet<IpAddr>,
        now: BootTime,
    ) -> Result<(), UnavailableReason> {
        self.recent
            .retain(|it| it.at <= now && now.since(it.at) < CHANGE_WINDOW);
        if believed.is_empty() || claimed == believed {
            self.candidate = None;
            return Ok(());
        }
        let changes = self.recent.len();
        let back = self.recent.iter().any(|it| it.addrs == *claimed);
        if back && changes >= FREE_CHANGES {
            let before = self.candidate.take().filter(|it| it.addrs == *claimed);
            let since = before.map_or(now, |it| it.at).min(now);
            self.candidate = Some(TimestampedAddrs {
                addrs: claimed.clone(),
                at: since,
            });
            let doubled = u32::try_from(changes - FREE_CHANGES)
                .ok()
                .and_then(|it| 1_u32.checked_shl(it));
            let wait = INITIAL_STABLE_TIME
                .saturating_mul(doubled.unwrap_or(u32::MAX))
                .min(MAX_STABLE_TIME);
            let until = since.after(wait);
            if now < until {
                return Err(UnavailableReason::Flapping {
                    believed: believed.clone(),
                    claimed: claimed.clone(),
                    changes,
                    wait: until.since(now),
                });
            }
        }
        self.candidate = None;
        self.recent.push(TimestampedAddrs {
            addrs: believed.clone(),
            at: now,
        });
        Ok(())
    }

    /// Every moment moves with the clock.
    pub(in crate::core) fn rebase(&mut self, millis: i64) {
        for dated in self.recent.iter_mut().chain(&mut self.candidate) {
            dated.at = dated.at.rebased(millis);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: u8 = 1;
    const B: u8 = 2;

    fn addrs(last: u8) -> BTreeSet<IpAddr> {
        [IpAddr::from([84, 212, 10, last])].into()
    }

    /// Plays one claim a minute; says in which minutes what was believed changed.
    fn changes(claims: impl IntoIterator<Item = u8>) -> Vec<usize> {
        let mut flap_damper = FlapDamper::default();
        let mut believed = addrs(A);
        let mut changes = Vec::new();
        for (minute, claim) in claims.into_iter().enumerate() {
            let now = BootTime::from_millis(i64::try_from(minute).unwrap() * 60_000);
            let claimed = addrs(claim);
            if flap_damper.check_change(&believed, &claimed, now).is_ok() && believed != claimed {
                believed = claimed;
                changes.push(minute);
            }
        }
        changes
    }

    #[test]
    fn a_fail_over_and_the_way_back_are_believed_at_once() {
        assert_eq!(changes([A, B, B, B, A, A]), [1, 4]);
    }

    #[test]
    fn an_address_that_comes_and_goes_stays_where_it_was() {
        let claims = (0..600).map(|it| if it % 2 == 0 { B } else { A });
        let changes = changes(claims);
        // Five an hour, which is when the first of them is forgotten.
        assert!(changes.len() <= 51, "{changes:?}");
        assert_eq!(changes[..6], [0, 1, 2, 3, 4, 61]);
    }

    #[test]
    fn what_lasts_is_believed_in_the_end() {
        let claims = [B, A, B, A, B]
            .into_iter()
            .chain(std::iter::repeat_n(A, 20));
        assert_eq!(changes(claims), [0, 1, 2, 3, 4, 10]);
    }

    #[test]
    fn after_an_hour_a_change_counts_no_more() {
        for (millis, counted) in [(0, 1), (3_599_999, 1), (3_600_000, 0)] {
            let mut flap_damper = FlapDamper::default();
            flap_damper.recent.push(TimestampedAddrs {
                addrs: addrs(B),
                at: BootTime::from_millis(0),
            });
            let still =
                flap_damper.check_change(&addrs(A), &addrs(A), BootTime::from_millis(millis));
            assert_eq!(
                (still, flap_damper.recent.len()),
                (Ok(()), counted),
                "{millis}"
            );
        }
    }

    #[test]
    fn each_further_change_has_to_last_twice_as_long_up_to_half_an_hour() {
        let mut flap_damper = FlapDamper::default();
        let mut now = BootTime::from_millis(0);
        let mut waits = Vec::new();
        let (mut believed, mut claimed) = (addrs(A), addrs(B));
        for _ in 0..9 {
            match flap_damper.check_change(&believed, &claimed, now) {
                Ok(()) => waits.push(Duration::ZERO),
                Err(UnavailableReason::Flapping { wait, .. }) => {
                    waits.push(wait);
                    now = now.after(wait);
                    assert_eq!(flap_damper.check_change(&believed, &claimed, now), Ok(()));
                }
                Err(other) => panic!("{other}"),
            }
            std::mem::swap(&mut believed, &mut claimed);
        }
        let minutes = waits.iter().map(|it| it.as_secs() / 60);
        assert_eq!(minutes.collect::<Vec<_>>(), [0, 0, 0, 0, 0, 5, 10, 20, 30]);
    }

    #[test]
    fn addresses_that_are_new_each_time_are_believed_at_once() {
        assert_eq!(changes(2..=30), (0..29).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_address_of_all_is_no_change() {
        let mut flap_damper = FlapDamper::default();
        let nothing = BTreeSet::new();
        assert_eq!(
            flap_damper.check_change(&nothing, &addrs(A), BootTime::from_millis(0)),
            Ok(())
        );
        assert!(flap_damper.recent.is_empty());
    }

    #[test]
    fn moments_from_the_future_count_for_nothing() {
        let mut flap_damper = FlapDamper {
            recent: (0..20)
                .map(|it| TimestampedAddrs {
                    addrs: addrs(it),
                    at: BootTime::from_millis(i64::MAX),
                })
                .collect(),
            candidate: None,
        };
        let now = BootTime::from_millis(0);
        assert_eq!(flap_damper.check_change(&addrs(A), &addrs(B), now), Ok(()));
        assert_eq!(flap_damper.recent.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn however_it_changes_an_hour_sees_few_changes_and_what_lasts_is_believed(
            claims in prop::collection::vec(1..4_u8, 0..300),
            last in 1..4_u8,
        ) {
            let lasting = std::iter::repeat_n(last, 31);
            let changes = changes(claims.iter().copied().chain(lasting));
            let within_an_hour = |first: &usize| changes.iter().filter(|it| (*first..first + 60).contains(it)).count();
            // Five at once, each of the three addresses once more as a new one, then those that lasted five,
            // ten and twenty minutes.
            prop_assert!(changes.iter().map(within_an_hour).max() <= Some(FREE_CHANGES + 3 + 3), "{:?}", changes);
            let played: Vec<_> = [A].into_iter().chain(claims).collect();
            let believed = changes.last().map_or(A, |minute| played.get(minute + 1).copied().unwrap_or(last));
            prop_assert_eq!(believed, last);
        }
    }
}
