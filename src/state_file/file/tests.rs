use std::{net::IpAddr, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::core::{
    address::family::Family,
    dns::{
        name::Fqdn,
        record::{AccountName, Target},
    },
    error::{ErrorClass, ProviderError},
    schedule::hold::Hold,
};

fn stamp(boot: &str, moment: i64, wall: i64) -> BootStamp {
    BootStamp {
        boot: boot.to_owned(),
        moment: BootTime::from_millis(moment * 1000),
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

fn state(now: BootTime) -> State {
    let mut state = State::default();
    let addr: IpAddr = "84.212.10.20".parse().unwrap();
    state.paths.entry(Family::V4.into()).or_default().believed = [addr].into();
    state.confirm(&target(), &[addr], true, Some(300), now);
    let failure = ProviderError::of_account(ErrorClass::Unauthorized, "refused");
    state.accounts.get_mut(&target().account).unwrap().hold =
        Some(Hold::after_failure(None, &failure, now, 0.0));
    state
}

fn saved(now: &BootStamp) -> (tempfile::TempDir, StateFile, State) {
    let dir = tempfile::tempdir().unwrap();
    let file = StateFile::new(dir.path());
    let state = state(now.moment);
    file.save(&state, now).unwrap();
    (dir, file, state)
}

#[test]
fn what_is_written_is_read_back_in_the_same_boot() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, state) = saved(&now);
    let loaded = file.load(&stamp("a", 160, 1_600_000_000));
    assert_eq!(loaded.state, state, "the wall clock plays no part");
    assert_eq!(loaded.trouble, None);
}

#[test]
fn l11_wall_clock_jumps_of_any_size_move_nothing_within_a_boot() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, state) = saved(&now);
    for wall in [
        0,
        1,
        1_600_000_000,
        1_700_000_060,
        1_900_000_000,
        250_000_000_000,
    ] {
        assert_eq!(file.load(&stamp("a", 160, wall)).state, state, "{wall}");
    }
}

#[test]
fn after_a_reboot_a_hold_lasts_for_what_is_left_of_it() {
    let now = stamp("a", 1_000_000, 1_700_000_000);
    let (_dir, file, _) = saved(&now);
    let hold_left = |later: BootStamp| {
        let state = file.load(&later).state;
        let hold = state.account(&target().account).unwrap().hold.clone();
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
fn what_a_killed_process_left_behind_is_neither_read_nor_kept() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, state) = saved(&now);
    let left = dir.path().join("state.json.new");
    fs::write(&left, "{\"version\":1,").unwrap();
    fs::set_permissions(&left, fs::Permissions::from_mode(0o644)).unwrap();
    let loaded = file.load(&now);
    assert_eq!((loaded.state, loaded.trouble), (state, None));
    file.save(&State::default(), &now).unwrap();
    assert!(!left.exists());
    let mode = file.path().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_same_memory_is_not_written_twice() {
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, state) = saved(&now);
    fs::remove_file(file.path()).unwrap();
    file.save(&state, &now).unwrap();
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
        assert_eq!(loaded.state, State::default(), "cut at {length}");
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
            let state = file.load(&now).state;
            for account in state.accounts.values() {
                if let Some(hold) = &account.hold {
                    assert!(hold.until.since(now.moment) < Duration::from_hours(31));
                }
            }
        }
    }
}

#[test]
fn another_format_and_an_unwritable_directory_are_reported() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, _) = saved(&now);
    for version in [1, 3] {
        let text = format!("{{\"version\":{version},\"other\":true}}");
        fs::write(file.path(), text).unwrap();
        let said = file.load(&now).trouble.unwrap();
        assert!(said.contains(&format!("its format is {version}")), "{said}");
        assert!(said.contains("set aside as"), "{said}");
    }
    let missing = StateFile::new(&dir.path().join("gone"));
    fs::remove_dir(dir.path().join("gone")).unwrap();
    let error = missing.save(&state(now.moment), &now).unwrap_err();
    assert!(error.contains("cannot be saved (No such file"), "{error}");
}

#[test]
fn whoever_only_looked_writes_nothing_over_somebody_elses_knowledge() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, state) = saved(&now);
    let learnt = |looker: &StateFile| {
        let mut more = state.clone();
        more.paths.entry(Family::V6.into()).or_default().absent = Some(now.moment);
        looker.save_if_unlocked(&more, &now).unwrap();
        file.load(&now).state == more
    };
    let looker = StateFile::new(dir.path());
    looker.load(&now);
    let lock = Lock::take(dir.path()).unwrap();
    assert!(!learnt(&looker), "somebody keeps it");
    drop(lock);
    file.save(&State::default(), &now).unwrap();
    assert!(!learnt(&looker), "somebody wrote since");
    looker.load(&now);
    assert!(learnt(&looker));
}

/// Nothing can be saved: the name of the file that is written first is taken.
fn block(dir: &tempfile::TempDir) -> PathBuf {
    let taken = dir.path().join("state.json.new");
    fs::create_dir(&taken).unwrap();
    taken
}

fn is_believed(state: &State) -> bool {
    let target = state.target(&target()).unwrap();
    target.confirmed.is_some() && !target.unconfirmed
}

#[test]
fn l10_what_could_not_be_saved_makes_what_was_saved_before_a_hint_also_once_it_can_be_again() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, _, state) = saved(&now);
    let file = StateFile::new(dir.path());
    assert!(is_believed(&file.load(&now).state));
    let taken = block(&dir);
    let error = file.save(&state, &now).unwrap_err();
    assert!(error.contains("cannot be saved"), "{error}");
    assert!(
        is_believed(&file.load(&now).state),
        "it is what there was to save"
    );
    let mut newer = state.clone();
    newer.target_mut(&target()).unconfirmed = true;
    file.save(&newer, &now).unwrap_err();
    let read = StateFile::new(dir.path()).load(&now);
    assert!(!is_believed(&read.state), "another process did more");
    assert_eq!(
        read.state.account(&target().account).unwrap().hold,
        state.accounts[&target().account].hold
    );
    assert_eq!(read.trouble, None);
    fs::remove_dir(taken).unwrap();
    assert!(!is_believed(&StateFile::new(dir.path()).load(&now).state));
    file.save(&state, &now).unwrap();
    assert!(is_believed(&StateFile::new(dir.path()).load(&now).state));
}

#[test]
fn l10_after_another_boot_what_was_confirmed_is_a_hint() {
    // A file system that became read-only, so that not even the mark could be made, is mended at a boot.
    let now = stamp("a", 100, 1_700_000_000);
    let (_dir, file, _) = saved(&now);
    assert!(is_believed(
        &file.load(&stamp("a", 200, 1_700_000_100)).state
    ));
    assert!(!is_believed(
        &file.load(&stamp("b", 30, 1_700_000_200)).state
    ));
    assert!(!is_believed(
        &file.load(&stamp("", 200, 1_700_000_100)).state
    ));
    // Where the kernel does not say which boot it is, its clocks do.
    let now = stamp("", 100, 1_700_000_000);
    let (_dir, file, _) = saved(&now);
    assert!(is_believed(
        &file.load(&stamp("", 200, 1_700_000_101)).state
    ));
    assert!(!is_believed(
        &file.load(&stamp("", 200, 1_700_000_200)).state
    ));
}

#[test]
fn a_link_in_place_of_the_file_goes_when_what_it_leads_to_is_outdated() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, state) = saved(&now);
    let elsewhere = dir.path().join("elsewhere.json");
    fs::rename(file.path(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, file.path()).unwrap();
    let read = file.load(&now).state;
    assert!(
        !is_believed(&read),
        "a link is followed, and cannot be marked everywhere"
    );
    let taken = block(&dir);
    let mut newer = state;
    newer.target_mut(&target()).unconfirmed = true;
    newer.target_mut(&target()).mismatches = 1;
    file.save(&newer, &now).unwrap_err();
    fs::remove_dir(taken).unwrap();
    let read = StateFile::new(dir.path()).load(&now);
    assert_eq!(read.state, State::default(), "nothing is left to believe");
}

#[test]
fn a_file_of_an_older_version_that_is_outdated_goes() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, file, state) = saved(&now);
    let text = fs::read(file.path()).unwrap();
    fs::write(file.path(), &text[1..]).unwrap();
    assert!(is_believed(&file.load(&now).state), "it is read");
    block(&dir);
    file.save(&State::default(), &now).unwrap_err();
    assert_eq!(file.load(&now).state, State::default());
    assert_ne!(state, State::default());
}

#[test]
fn the_first_save_of_a_process_is_made_whatever_was_loaded() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, _, _) = saved(&now);
    for shares in [false, true] {
        let file = StateFile::new(dir.path());
        let state = file.load(&now).state;
        let save = || {
            if shares {
                file.save_if_unlocked(&state, &now)
            } else {
                file.save(&state, &now)
            }
        };
        let taken = block(&dir);
        let error = save().unwrap_err();
        assert!(error.contains("begins with the provider's list"), "{error}");
        fs::remove_dir(taken).unwrap();
        save().unwrap();
        let taken = block(&dir);
        save().expect("nothing has changed since");
        fs::remove_dir(taken).unwrap();
    }
}

#[test]
fn whoever_only_looks_says_that_nothing_can_be_saved_where_there_is_no_lock_to_be_had() {
    let now = stamp("a", 100, 1_700_000_000);
    let (dir, _, state) = saved(&now);
    let file = StateFile::new(&dir.path().join("state.json"));
    let error = file.save_if_unlocked(&state, &now).unwrap_err();
    assert!(
        error.contains("cannot be saved (Not a directory"),
        "{error}"
    );
}

#[test]
fn what_cannot_be_saved_is_said_with_what_to_do() {
    let file = StateFile::new(Path::new("/proc/no-such"));
    for (kind, advice) in [
        (io::ErrorKind::StorageFull, "make room there"),
        (io::ErrorKind::QuotaExceeded, "make room there"),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "make that file system writable",
        ),
        (
            io::ErrorKind::PermissionDenied,
            "give that directory to the user",
        ),
        (io::ErrorKind::NotFound, "make that directory"),
        (io::ErrorKind::Other, "set state_dir"),
    ] {
        let said = file.trouble(&kind.into());
        assert!(
            said.starts_with("the state in /proc/no-such cannot be saved ("),
            "{said}"
        );
        assert!(said.contains(advice), "{said}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&text, &stamp("a", 1, 1));
    }
}
