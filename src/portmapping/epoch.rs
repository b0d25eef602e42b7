//! A router's age: seconds since its mappings began. One that is younger than it should be has
//! restarted or changed its external address, and what it said earlier no longer holds.

use crate::core::time::BootTime;

/// What a router said of its age, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Epoch {
    /// Seconds, by the router's clock.
    pub seconds: u32,
    /// By our clock, which counts time asleep as the router's does.
    pub heard: BootTime,
}

const EPOCH_TOLERANCE: i64 = 1_000;

impl Epoch {
    /// Whether it goes on from an earlier one, by PCP (RFC 6887, section 8.5): not back by more than
    /// a second, and as much later as time has passed, give or take two seconds and a sixteenth.
    pub fn continues_by_pcp(self, before: Self) -> bool {
        let (theirs, ours) = self.since(before);
        let lags = |one: i64, other: i64| one + 2 * EPOCH_TOLERANCE < other - other / 16;
        theirs >= -EPOCH_TOLERANCE && !lags(ours, theirs) && !lags(theirs, ours)
    }

    /// Whether it goes on from an earlier one, by NAT-PMP (RFC 6886, section 3.6): at most two
    /// seconds less than seven eighths of the time that has passed would make it.
    pub fn continues_by_natpmp(self, before: Self) -> bool {
        let (theirs, ours) = self.since(before);
        theirs >= ours - ours / 8 - 2 * EPOCH_TOLERANCE
    }

    /// Milliseconds that passed by the router's clock, and by ours.
    fn since(self, before: Self) -> (i64, i64) {
        let theirs = (i64::from(self.seconds) - i64::from(before.seconds)) * EPOCH_TOLERANCE;
        let ours = self.heard.since(before.heard).as_millis();
        // Longer than any clock of 32 bits goes is as good as that.
        (
            theirs,
            i64::try_from(ours)
                .unwrap_or(i64::MAX / 4)
                .min(i64::MAX / 4),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_router_that_is_younger_than_it_should_be_has_begun_anew() {
        const HOUR: i64 = 3_600;
        // Its age before and now, the seconds between by our clock, and whether it goes on by PCP and
        // by NAT-PMP.
        let table = [
            ("repeated at once", (100, 100), 0, true, true),
            ("repeated after a while", (100, 104), 4, true, true),
            ("a second back, out of order", (100, 99), 0, true, true),
            ("two seconds back", (100, 98), 0, false, true),
            ("three seconds back", (100, 97), 0, false, false),
            ("restarted", (100_000, 0), 60, false, false),
            ("restarted when it was young", (3, 0), 1, false, false),
            ("restarted within the slack", (1, 1), 2, true, true),
            ("restarted, and as old again", (1, 1), 4, false, false),
            ("as old as it should be", (7, 3_607), HOUR, true, true),
            ("a clock a sixteenth slow", (0, 3_375), HOUR, true, true),
            ("a clock a tenth slow", (0, 3_240), HOUR, false, true),
            ("a clock an eighth slow", (0, 3_148), HOUR, false, true),
            ("a clock slower still", (0, 3_147), HOUR, false, false),
            ("a clock a sixteenth fast", (0, 3_840), HOUR, true, true),
            ("another, older router", (0, 7_200), HOUR, false, true),
            ("the end of its clock", (u32::MAX, 0), 1, false, false),
            ("the end of ours", (0, 0), i64::MAX / 1_000, false, false),
        ];
        for (what, (before, now), seconds, by_pcp, by_natpmp) in table {
            let begun = BootTime::from_millis(-5);
            let heard = BootTime::from_millis(seconds * EPOCH_TOLERANCE - 5);
            let before = Epoch {
                seconds: before,
                heard: begun,
            };
            let now = Epoch {
                seconds: now,
                heard,
            };
            assert_eq!(now.continues_by_pcp(before), by_pcp, "{what}");
            assert_eq!(now.continues_by_natpmp(before), by_natpmp, "{what}");
        }
    }
}
