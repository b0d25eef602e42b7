//! Without memory, with a broken one, and on a full disk (L10).

use super::{HOME, HOUR, MINUTE, one};
use crate::{
    core::{reconcile::plan::UpdateMode, state::State},
    engine::tests::world::{known, outcomes},
};

#[test]
fn l10_nothing_that_was_loaded_is_believed_while_it_cannot_be_saved() {
    for push in [UpdateMode::WhenReplaceable, UpdateMode::Never] {
        let fakes = one(push);
        fakes.round();
        fakes.disk_full.set(true);
        let mut writes = 1;
        for (address, outcome) in [
            ("84.212.99.99", "changed"),
            ("84.212.99.99", "unchanged"),
            ("84.212.99.99", "unchanged"),
            ("84.212.10.20", "changed"),
            ("84.212.10.20", "unchanged"),
        ] {
            fakes.see(known(&[address]));
            fakes.restart();
            fakes.advance(5 * MINUTE);
            let lists = fakes.provider().lists.get();
            let report = fakes.round();
            assert_eq!(outcomes(&report), [outcome], "{address}");
            assert_eq!(fakes.provider().addrs(HOME), [address]);
            assert_eq!(fakes.provider().lists.get(), lists + 1, "it is read first");
            writes += usize::from(outcome == "changed");
            assert_eq!(fakes.provider().writes.borrow().len(), writes, "{address}");
            assert_eq!(report.state_error.as_deref(), Some("the disk is full"));
        }
    }
}

#[test]
fn l10_a_daemon_on_a_full_disk_believes_what_it_has_confirmed_itself_and_asks_once() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    fakes.disk_full.set(true);
    fakes.restart();
    for _ in 0..11 {
        assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
        fakes.advance(5 * MINUTE);
    }
    assert_eq!(fakes.provider().lists.get(), 2, "one by each process");
    fakes.see(known(&["84.212.99.99"]));
    assert_eq!(outcomes(&fakes.round()), ["changed"]);
    assert_eq!(fakes.provider().lists.get(), 2);
}

#[test]
fn l10_a_disk_that_is_full_is_reported_and_stops_nothing() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.disk_full.set(true);
    let report = fakes.round();
    assert_eq!(outcomes(&report), ["changed"]);
    assert_eq!(report.state_error.as_deref(), Some("the disk is full"));
}

#[test]
fn l10_without_memory_the_provider_is_asked_and_nothing_is_written_for_nothing() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    *fakes.state.borrow_mut() = State::default();
    assert_eq!(outcomes(&fakes.round()), ["unchanged"]);
    assert_eq!(fakes.provider().writes.borrow().len(), 1);
}

#[test]
fn l10_memory_garbled_at_any_byte_publishes_nothing_wrong() {
    let fakes = one(UpdateMode::WhenReplaceable);
    fakes.round();
    let whole = serde_json::to_vec(&*fakes.state.borrow()).unwrap();
    let mut read = 0;
    for position in 0..whole.len() {
        for garbage in [b'7', b'"', b' ', b'e'] {
            let mut text = whole.clone();
            text[position] = garbage;
            let Ok(state) = serde_json::from_slice::<State>(&text) else {
                continue;
            };
            read += 1;
            let fakes = one(UpdateMode::WhenReplaceable);
            fakes.provider().put(HOME, "84.212.10.20");
            fakes.provider().put("foreign.example.com", "9.9.9.9");
            *fakes.state.borrow_mut() = state;
            fakes.see(known(&["84.212.99.99"]));
            fakes.round();
            fakes.advance(25 * HOUR);
            fakes.round();
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(fakes.provider().addrs(HOME), ["84.212.99.99"], "{shown}");
            assert_eq!(
                fakes.provider().addrs("foreign.example.com"),
                ["9.9.9.9"],
                "{shown}"
            );
        }
    }
    assert!(read > 50, "what cannot be read is the state file's affair");
}
