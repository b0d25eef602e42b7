use std::{net::IpAddr, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::core::{
    addr::Family,
    name::Fqdn,
    outcome::{Class, Failure},
    record::{AccountName, Target},
    schedule::Hold,
};

fn stamp(boot: &str, moment: i64, wall: i64) -> Stamp {
    Stamp {
        boot: boot.to_owned(),
        moment: Moment::from_millis(moment * 1000),
        wall: wall * 1000,
    }
}

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn memory(now: Moment) -> Memory {
    let mut memory = Memory::default();
    let addr: IpAddr = "84.212.10.20".parse().unwrap();
    memory.believed.insert(Family::V4, [addr].into());
    memory.confirm(&target(), &[addr], true, Some(300), now);
    let failure = Failure::of_account(Class::Rejected, "refused");
    memory.accounts.get_mut(&target().account).unwrap().hold =
        Some(Hold::after(None, &failure, now, 0.0));
    memory
}

fn saved(now: &Stamp) -> (tempfile::TempDir, StateFile, Memory) {
    let dir = tempfile::tempdir().unwrap();
    let file = StateFile::new(dir.path());
    let memory = memory(now.moment);
    file.save(&memory, now).unwrap();
    (dir, file, memory)
}

#[test]
fn what_is_written_is_read_back_in_the_same_boot() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, memory) = saved(&now);
    let loaded = file.load(&stamp("a", 160, 1_600_000_000));
    assert_eq!(loaded.memory, memory, "the wall clock plays no part");
    assert_eq!(loaded.trouble, None);
}

#[test]
fn after_a_reboot_a_hold_lasts_for_what_is_left_of_it() {
    let now = stamp("a", 1_000_000, 1_700_000_000);
    let (_dir, file, _) = saved(&now);
    let hold_left = |later: Stamp| {
        let memory = file.load(&later).memory;
        let hold = memory.account(&target().account).unwrap().hold.clone();
        hold.map(|hold| hold.until.since(later.moment))
    };
    let hours = |count| Some(Duration::from_hours(count));
    assert_eq!(hold_left(stamp("b", 60, 1_700_000_000 + 3_600)), hours(5));
    assert_eq!(
        hold_left(stamp("b", 60, 1_700_000_000 - 999_999)),
        hours(6),
        "the clock was reset"
    );
    assert_eq!(
        hold_left(stamp("b", 60, 0)),
        hours(6),
        "the clock is at 1970"
    );
    assert_eq!(hold_left(stamp("b", 60, 1_900_000_000)), hours(0));
}

#[test]
fn the_file_is_ours_alone_and_written_whole() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, _) = saved(&now);
    assert_eq!(
        file.path().metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    let names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    assert_eq!(names, ["state.json"], "nothing is left beside it");
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        file.load(&now)
            .trouble
            .unwrap()
            .contains("may be read by others")
    );
}

#[test]
fn the_same_memory_is_not_written_twice() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, memory) = saved(&now);
    fs::remove_file(file.path()).unwrap();
    file.save(&memory, &now).unwrap();
    assert!(!file.path().exists());
}

#[test]
fn state_cut_at_any_byte_is_set_aside_and_never_fatal() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, _) = saved(&now);
    let whole = fs::read(file.path()).unwrap();
    for length in 0..whole.len() {
        fs::write(file.path(), &whole[..length]).unwrap();
        let loaded = file.load(&now);
        assert_eq!(loaded.memory, Memory::default(), "cut at {length}");
        assert!(
            loaded.trouble.unwrap().contains("set aside as"),
            "cut at {length}"
        );
        assert!(!file.path().exists());
        assert_eq!(
            fs::read(dir.path().join("state.json.unusable")).unwrap(),
            whole[..length]
        );
    }
}

#[test]
fn state_garbled_at_any_byte_is_never_fatal_and_holds_nothing_up_for_ever() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, _) = saved(&now);
    let whole = fs::read(file.path()).unwrap();
    for position in 0..whole.len() {
        for garbage in [0, b'9', b'"', 0xff] {
            let mut text = whole.clone();
            text[position] = garbage;
            fs::write(file.path(), &text).unwrap();
            let memory = file.load(&now).memory;
            for account in memory.accounts.values() {
                if let Some(hold) = &account.hold {
                    assert!(hold.until.since(now.moment) < Duration::from_hours(31));
                }
            }
        }
    }
}

#[test]
fn a_later_format_and_an_unwritable_directory_are_reported() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, _) = saved(&now);
    fs::write(file.path(), br#"{"version":2,"future":true}"#).unwrap();
    assert!(file.load(&now).trouble.unwrap().contains("its format is 2"));
    let missing = StateFile::new(&dir.path().join("gone"));
    fs::remove_dir(dir.path().join("gone")).unwrap();
    let error = missing.save(&memory(now.moment), &now).unwrap_err();
    assert!(error.contains("could not be written"), "{error}");
}

#[test]
fn whoever_only_looked_writes_nothing_over_somebody_elses_knowledge() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, memory) = saved(&now);
    let learnt = |looker: &StateFile| {
        let more = Memory {
            absent: [(Family::V6, now.moment)].into(),
            ..memory.clone()
        };
        looker.save_if_nobody_else_does(&more, &now).unwrap();
        file.load(&now).memory == more
    };
    let looker = StateFile::new(dir.path());
    looker.load(&now);
    let lock = Lock::take(dir.path()).unwrap();
    assert!(!learnt(&looker), "somebody keeps it");
    drop(lock);
    file.save(&Memory::default(), &now).unwrap();
    assert!(!learnt(&looker), "somebody wrote since");
    looker.load(&now);
    assert!(learnt(&looker));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&text, &stamp("a", 1, 1));
    }
}
