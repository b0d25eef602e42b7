//! The state file: whatever it holds, what is read of it is possible, and is written and read the same.

use moored::{
    core::{schedule::hold::Hold, state::State, time::BootTime},
    state_file::{BootStamp, decode, encode},
};

use super::assert_plain;

fn stamp(boot: &str, moment: i64, wall: i64) -> BootStamp {
    BootStamp {
        boot: boot.to_owned(),
        moment: BootTime::from_millis(moment),
        wall,
    }
}

pub(crate) fn files(bytes: &[u8]) {
    for now in [
        stamp("b", 5_000_000, 1_800_000_000_000),
        // A clock that stands at 1970, before the file was written.
        stamp("c", 10, 0),
        stamp("", 500, i64::MAX),
        stamp("b", i64::MAX, i64::MIN),
    ] {
        match decode(bytes, &now) {
            Ok(state) => {
                possible(&state, now.moment);
                let text = encode(&state, &now).unwrap();
                assert_eq!(decode(&text, &now).as_ref(), Ok(&state));
            }
            Err(what) => assert_plain(&what, 80),
        }
    }
}

/// Nothing remembered lies ahead, and nothing is held longer than the schedule holds anything.
fn possible(state: &State, now: BootTime) {
    let possible = |hold: &Option<Hold>| hold.as_ref().is_none_or(|it| !it.is_impossible(now));
    let past = state.paths.values();
    assert!(past.filter_map(|it| it.absent).all(|since| since <= now));
    for account in state.accounts.values() {
        assert!(possible(&account.hold));
        assert!(account.last_audit.is_none_or(|it| it <= now));
        for target in account.targets.values() {
            assert!(possible(&target.hold));
            assert!(target.last_verified.is_none_or(|it| it <= now));
            assert!(target.writes.iter().all(|it| it.at <= now));
            assert!(target.confirmed.as_ref().is_none_or(|it| it.since <= now));
        }
    }
}
