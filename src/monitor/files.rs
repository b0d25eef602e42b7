//! Hearing that a file was written, replaced or removed: inotify(7) on its directory, so that a file
//! that takes another's place is heard as well.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tokio::net::unix::pipe::Receiver;

use crate::{core::schedule::debounce::NetworkEvent, regular_file};

/// Room for several events; one takes 16 bytes and its name, of 255 at the most.
const BUFFER_SIZE: usize = 4096;

/// Files that are watched by name.
pub struct FileMonitor {
    // An inotify descriptor is read like a pipe's, and the runtime's pipe is the one reader of any
    // descriptor that it offers without `unsafe`.
    events: Receiver,
    directories: RefCell<Vec<Directory>>,
}

/// The most that is read of a file to see whether it says something else: more than a source may say.
const MOST: u64 = 64 << 10;

/// What a file said when it was last read; nothing if it could not be.
type ErrorReport = Option<u64>;

/// A directory with the names in it that matter, and what each of these files said last.
struct Directory {
    path: PathBuf,
    names: BTreeMap<OsString, ErrorReport>,
    /// The kernel's number for it while it is watched.
    watch: Option<i32>,
    /// It was said that it cannot be watched.
    is_told: bool,
}

impl FileMonitor {
    /// Watches nothing yet: [`FileMonitor::renew`] does. It needs the runtime.
    pub fn open<'p>(paths: impl IntoIterator<Item = &'p Path>) -> io::Result<Self> {
        let events = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let mut names: BTreeMap<PathBuf, BTreeMap<OsString, ErrorReport>> = BTreeMap::new();
        for path in paths {
            let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
                continue;
            };
            // A name alone is in the working directory.
            let here = directory.as_os_str().is_empty();
            let directory = if here { Path::new(".") } else { directory };
            let names = names.entry(directory.to_owned()).or_default();
            names.insert(name.to_owned(), None);
        }
        let directories = names.into_iter().map(|(path, names)| Directory {
            path,
            names,
            watch: None,
            is_told: false,
        });
        Ok(Self {
            events: Receiver::from_owned_fd_unchecked(events)?,
            directories: RefCell::new(directories.collect()),
        })
    }

    /// Watches what is not watched yet, and what has taken the place of a directory that was. Says
    /// which directories cannot be watched from now on, and which can be again.
    pub fn renew(&self) -> Vec<(PathBuf, io::Result<()>)> {
        let mut directories = self.directories.borrow_mut();
        let mut left = BTreeSet::new();
        let mut news = Vec::new();
        for directory in directories.iter_mut() {
            let wanted = WatchFlags::CLOSE_WRITE
                | WatchFlags::MOVED_TO
                | WatchFlags::MOVED_FROM
                | WatchFlags::DELETE
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF
                | WatchFlags::ONLYDIR;
            // What is watched already keeps its number.
            let added = inotify::add_watch(&self.events, &directory.path, wanted);
            let before = std::mem::replace(&mut directory.watch, added.ok());
            if before != directory.watch {
                left.extend(before);
                // The round that begins reads them too.
                for (name, said) in &mut directory.names {
                    *said = read(&directory.path.join(name));
                }
            }
            let was_told = std::mem::replace(&mut directory.is_told, added.is_err());
            if was_told != added.is_err() {
                let how = added.map(drop).map_err(Into::into);
                news.push((directory.path.clone(), how));
            }
        }
        // Two ways to one directory share its number.
        for watch in left {
            if directories.iter().all(|it| it.watch != Some(watch)) {
                // It may be gone already.
                let _ = inotify::remove_watch(&self.events, watch);
            }
        }
        news
    }

    /// Waits until one of the files has changed. A wait that is given up loses nothing.
    pub async fn next(&self) -> io::Result<NetworkEvent> {
        loop {
            self.events.readable().await?;
            let mut bytes = vec![0; BUFFER_SIZE];
            match self.events.try_read(&mut bytes) {
                Ok(length) => {
                    let heard = self.weigh(bytes.get(..length).unwrap_or_default());
                    if let Some(change) = heard {
                        return Ok(change);
                    }
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// What these events change.
    fn weigh(&self, bytes: &[u8]) -> Option<NetworkEvent> {
        let mut directories = self.directories.borrow_mut();
        let changes = events(bytes).map(|event| {
            if event.flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                // Events were lost: who knows which.
                return Some(NetworkEvent::Other);
            }
            let own = directories.iter_mut();
            let own = own.filter(|it| it.watch == Some(event.watch));
            own.filter_map(|it| it.weigh(&event)).max()
        });
        changes.max().flatten()
    }
}

impl Directory {
    /// What something that happened in it changes.
    fn weigh(&mut self, event: &InotifyEvent<'_>) -> Option<NetworkEvent> {
        let gone =
            ReadFlags::IGNORED | ReadFlags::UNMOUNT | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF;
        if event.flags.intersects(gone) {
            if event.flags.contains(ReadFlags::IGNORED) {
                self.watch = None;
            }
            return Some(NetworkEvent::Other);
        }
        let said = self.names.get_mut(event.name)?;
        let written = ReadFlags::CLOSE_WRITE | ReadFlags::MOVED_TO;
        if !event.flags.intersects(written) {
            *said = None;
            return Some(NetworkEvent::Other);
        }
        // Some programs write the same words every minute.
        let before = *said;
        *said = read(&self.path.join(event.name));
        (said.is_none() || *said != before).then_some(NetworkEvent::AddressAdded)
    }
}

/// What a file says, as a number that is another one for other words.
fn read(path: &Path) -> ErrorReport {
    let content = regular_file::read(path, MOST).ok()?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    Some(hasher.finish())
}

/// Something that happened in a directory.
struct InotifyEvent<'b> {
    watch: i32,
    flags: ReadFlags,
    name: &'b OsStr,
}

/// The events in these bytes: `struct inotify_event` is watch, flags, a number that joins two events
/// and the length of the name, which follows and is filled up with zeros.
fn events(bytes: &[u8]) -> impl Iterator<Item = InotifyEvent<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (watch, after) = rest.split_first_chunk()?;
        let (flags, after) = after.split_first_chunk()?;
        let (_, after) = after.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk()?;
        let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
        let (name, after) = after.split_at_checked(length)?;
        rest = after;
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        Some(InotifyEvent {
            watch: i32::from_ne_bytes(*watch),
            flags: ReadFlags::from_bits_retain(u32::from_ne_bytes(*flags)),
            name: OsStr::from_bytes(name),
        })
    })
}

#[cfg(test)]
mod tests;
