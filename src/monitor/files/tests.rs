use std::{
    fs,
    io::{ErrorKind, Write},
    time::Duration,
};

use futures_util::FutureExt;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A directory with the file `address` in it, and both families' interest in it.
fn watched() -> (TempDir, PathBuf, FileMonitor) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("address");
    fs::write(&path, "84.212.10.20").unwrap();
    let files = FileMonitor::open([&*path, &*path]).unwrap();
    assert!(files.renew().is_empty());
    (dir, path, files)
}

/// The next change; a test does not wait for one that never comes.
async fn next(files: &FileMonitor) -> NetworkEvent {
    let soon = tokio::time::timeout(Duration::from_secs(20), files.next());
    soon.await.expect("nothing was heard").unwrap()
}

#[tokio::test]
async fn a_file_that_is_written_or_replaced_acts_at_once_and_a_removal_settles() {
    let (dir, path, files) = watched();
    let new = dir.path().join("new");

    let mut writer = fs::File::create(&path).unwrap();
    writer.write_all(b"84.212").unwrap();
    // What is half written is not news: the write that ends is.
    fs::rename(&path, dir.path().join("away")).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::Other);
    drop(writer);

    fs::write(&new, "84.212.10.21").unwrap();
    fs::rename(&new, &path).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::AddressAdded);

    fs::write(&path, "84.212.10.22").unwrap();
    assert_eq!(next(&files).await, NetworkEvent::AddressAdded);

    fs::remove_file(&path).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::Other);
}

#[tokio::test]
async fn the_same_words_written_again_are_no_news() {
    let (dir, path, _) = watched();
    let (new, other) = (dir.path().join("new"), dir.path().join("other"));
    let files = FileMonitor::open([&*path, &*other]).unwrap();
    files.renew();
    for words in ["84.212.10.21", "84.212.10.20"] {
        // What it said when it was watched first, and then what it was heard to say.
        let before = fs::read(&path).unwrap();
        fs::write(&other, words).unwrap();
        assert_eq!(next(&files).await, NetworkEvent::AddressAdded);
        fs::write(&path, &before).unwrap();
        fs::write(&new, &before).unwrap();
        fs::rename(&new, &path).unwrap();
        fs::remove_file(&other).unwrap();
        // The removal alone: news of a write would come first or outweigh it.
        assert_eq!(next(&files).await, NetworkEvent::Other);
        fs::write(&path, words).unwrap();
        assert_eq!(next(&files).await, NetworkEvent::AddressAdded);
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::Other);
    fs::write(&path, "84.212.10.20").unwrap();
    assert_eq!(
        next(&files).await,
        NetworkEvent::AddressAdded,
        "it was gone in between"
    );
}

#[tokio::test]
async fn each_file_is_heard_where_two_ways_lead_to_one_directory() {
    let (dir, _, _) = watched();
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(dir.path(), &link).unwrap();
    let (one, other) = (dir.path().join("one"), link.join("other"));
    let files = FileMonitor::open([&*one, &*other]).unwrap();
    files.renew();
    for (path, words) in [(&one, "1"), (&other, "2"), (&one, "3")] {
        fs::write(path, words).unwrap();
        assert_eq!(
            next(&files).await,
            NetworkEvent::AddressAdded,
            "{}",
            path.display()
        );
        assert!(files.next().now_or_never().is_none(), "once");
    }
    // One of them leads elsewhere from now on; the other is heard on.
    let elsewhere = tempfile::tempdir().unwrap();
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();
    files.renew();
    for path in [&one, &other] {
        fs::write(path, "4").unwrap();
        assert_eq!(
            next(&files).await,
            NetworkEvent::AddressAdded,
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn what_happens_to_other_files_of_the_directory_is_no_news() {
    let (dir, path, files) = watched();
    fs::write(dir.path().join("addres"), "x").unwrap();
    fs::write(dir.path().join("address.new"), "x").unwrap();
    fs::create_dir(dir.path().join("directory")).unwrap();
    fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // Any of the others would have acted at once.
    assert_eq!(next(&files).await, NetworkEvent::Other);
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_said_once_and_watched_when_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("run");
    let path = inner.join("address");
    let files = FileMonitor::open([&*path]).unwrap();
    let said = |files: &FileMonitor| {
        let news = files.renew().into_iter();
        let news = news.map(|(path, how)| (path, how.map_err(|it| it.kind())));
        news.collect::<Vec<_>>()
    };
    let missing = || vec![(inner.clone(), Err(ErrorKind::NotFound))];
    assert_eq!(said(&files), missing());
    assert_eq!(said(&files), []);
    for _ in 0..2 {
        fs::create_dir(&inner).unwrap();
        assert_eq!(said(&files), [(inner.clone(), Ok(()))]);
        assert_eq!(said(&files), []);
        fs::write(&path, "84.212.10.20").unwrap();
        assert_eq!(next(&files).await, NetworkEvent::AddressAdded);
        fs::remove_dir_all(&inner).unwrap();
        assert_eq!(next(&files).await, NetworkEvent::Other);
        assert_eq!(said(&files), missing());
        assert_eq!(said(&files), []);
    }
}

#[tokio::test]
async fn a_directory_that_takes_the_place_of_another_is_watched_in_its_stead() {
    let dir = tempfile::tempdir().unwrap();
    let (run, old) = (dir.path().join("run"), dir.path().join("old"));
    fs::create_dir(&run).unwrap();
    let path = run.join("address");
    let files = FileMonitor::open([&*path]).unwrap();
    assert!(files.renew().is_empty());
    fs::rename(&run, &old).unwrap();
    fs::create_dir(&run).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::Other);
    fs::write(&path, "84.212.10.20").unwrap();
    assert!(files.renew().is_empty());
    // What happens in the old one, which would act at once, is nobody's business any more.
    fs::write(old.join("address"), "1.1.1.1").unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(next(&files).await, NetworkEvent::Other);
}

#[tokio::test]
async fn a_file_in_the_working_directory_is_watched_there() {
    let files = FileMonitor::open([Path::new("address"), Path::new("/"), Path::new("")]).unwrap();
    let directories = files.directories.borrow();
    let paths: Vec<_> = directories.iter().map(|it| it.path.clone()).collect();
    assert_eq!(paths, [Path::new(".")]);
}

/// An event as the kernel writes it.
fn event(watch: i32, flags: ReadFlags, name: &str) -> Vec<u8> {
    let padded = name.len().next_multiple_of(16);
    let mut bytes = watch.to_ne_bytes().to_vec();
    bytes.extend(flags.bits().to_ne_bytes());
    bytes.extend(7_u32.to_ne_bytes());
    bytes.extend(u32::try_from(padded).unwrap().to_ne_bytes());
    bytes.extend(name.bytes());
    bytes.resize(16 + padded, 0);
    bytes
}

#[tokio::test]
async fn lost_events_count_as_a_change_and_the_hastiest_of_several_decides() {
    use ReadFlags as F;
    let (_dir, _, files) = watched();
    let watch = files.directories.borrow()[0].watch.unwrap();
    let ours = |flags| event(watch, flags, "address");
    let lost = event(-1, F::QUEUE_OVERFLOW, "");
    let table = [
        ("nothing", vec![], None),
        ("lost events", lost.clone(), Some(NetworkEvent::Other)),
        (
            "another watch",
            event(watch + 1, F::CLOSE_WRITE, "address"),
            None,
        ),
        (
            "another name",
            event(watch, F::CLOSE_WRITE, "addresses"),
            None,
        ),
        (
            "removed and replaced",
            [ours(F::DELETE), ours(F::MOVED_TO)].concat(),
            Some(NetworkEvent::AddressAdded),
        ),
        (
            "another name and ours",
            [
                event(watch, F::CLOSE_WRITE, "a-longer-name-than-16-bytes"),
                ours(F::DELETE),
            ]
            .concat(),
            Some(NetworkEvent::Other),
        ),
        (
            "the second of two is cut",
            [ours(F::DELETE), ours(F::CLOSE_WRITE)[..20].to_vec()].concat(),
            Some(NetworkEvent::Other),
        ),
        (
            "the end of the watch",
            event(watch, F::IGNORED, ""),
            Some(NetworkEvent::Other),
        ),
        (
            "after which its number is another's",
            ours(F::CLOSE_WRITE),
            None,
        ),
    ];
    for (what, bytes, change) in table {
        assert_eq!(files.weigh(&bytes), change, "{what}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_go_on_for_ever(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(events(&bytes).count() <= bytes.len() / 16);
    }
}
