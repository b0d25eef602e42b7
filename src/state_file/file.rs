//! Reading and writing what is remembered.
//!
//! Moments in memory are on this boot's clock. The file says which boot it was written in and what
//! the clocks showed; read in another boot, everything moves by the time that passed in between,
//! as far as the wall clock can be trusted to say it.

use std::{
    cell::{Cell, RefCell},
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Lock, LockError, chown_to_directory_owner};
use crate::{
    core::{secret::fingerprint, state::State, time::BootTime},
    regular_file,
};

/// What the clocks show, and in which boot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BootStamp {
    /// The kernel's random identifier of this boot; empty where there is none.
    pub boot: String,
    /// The boot clock.
    pub moment: BootTime,
    /// The wall clock, in milliseconds since 1970.
    pub wall: i64,
}

/// The format of the file. A file of a later one is set aside unread.
const VERSION: u32 = 2;

/// No state is larger: the largest configuration there can be has some ten thousand hosts.
const MAX_BYTES: u64 = 32 << 20;

#[derive(Deserialize)]
struct StoredState {
    written: BootStamp,
    state: State,
}

#[derive(Serialize)]
struct Saved<'m> {
    version: u32,
    written: &'m BootStamp,
    state: &'m State,
}

#[derive(Deserialize)]
struct Header {
    version: u32,
}

/// What was remembered, and what there is to say about it.
#[derive(Debug)]
pub struct Loaded {
    /// The memory; empty where nothing usable was found.
    pub state: State,
    /// What was wrong with the file and what was done about it, in words.
    pub trouble: Option<String>,
}

/// The state file of one state directory.
#[derive(Debug)]
pub struct StateFile {
    directory: PathBuf,
    /// What is in the file, as far as that is known.
    written: RefCell<Option<State>>,
    /// Whether the last attempt to write it was ours and succeeded.
    is_written: Cell<bool>,
    /// The fingerprint of the file as it was loaded.
    found: Cell<Option<u64>>,
}

impl StateFile {
    /// The state file in `directory`, which is made if it can be.
    pub fn new(directory: &Path) -> Self {
        // Whether that worked shows at the first write, which says so.
        let _ = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        Self {
            directory: directory.to_owned(),
            written: RefCell::new(None),
            is_written: Cell::new(false),
            found: Cell::new(None),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.directory.join("state.json")
    }

    /// Reads what is remembered. A file that cannot be used is set aside, so that it can be looked
    /// at, and forgotten: the next round asks the provider instead.
    pub fn load(&self, now: &BootStamp) -> Loaded {
        let path = self.path();
        let nothing = |trouble| Loaded {
            state: State::default(),
            trouble,
        };
        let text = match regular_file::read_whole(&path, MAX_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return nothing(None),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return nothing(Some(self.quarantine(&path, &error.to_string())));
            }
            Err(error) => {
                return nothing(Some(format!(
                    "{} could not be read ({error}): starting without what was remembered",
                    path.display()
                )));
            }
        };
        self.found.set(Some(fingerprint(&text)));
        match decode(&text, now) {
            Ok(mut state) => {
                // A link cannot be marked as outdated where its directory is not ours to write.
                if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
                    state.distrust_all();
                }
                *self.written.borrow_mut() = Some(state.clone());
                Loaded {
                    state,
                    trouble: readable_by_others(&path),
                }
            }
            Err(what) => nothing(Some(self.quarantine(&path, &what))),
        }
    }

    /// Moves an unusable file out of the way; the last one is kept.
    fn quarantine(&self, path: &Path, what: &str) -> String {
        let aside = self.directory.join("state.json.unusable");
        let done = match fs::rename(path, &aside) {
            Ok(()) => format!("set aside as {}", aside.display()),
            Err(error) => format!("it could not be set aside either: {error}"),
        };
        format!(
            "{} is unusable ({what}), {done}: starting without what was remembered",
            path.display()
        )
    }

    /// Writes what is remembered, if it differs from what we wrote last: to a file beside it that only we
    /// may read, to the disk, and then in its place. Where that fails, what is in the file is marked as
    /// outdated if it is: whoever reads it later believes nothing that it says is confirmed.
    pub fn save(&self, state: &State, now: &BootStamp) -> Result<(), String> {
        if self.is_written.get() && self.written.borrow().as_ref() == Some(state) {
            return Ok(());
        }
        let written = encode(state, now).and_then(|text| self.write(&text));
        self.is_written.set(written.is_ok());
        if let Err(error) = written {
            let is_as_saved = |saved: &State| saved.accounts == state.accounts;
            if !self.written.borrow().as_ref().is_some_and(is_as_saved) {
                self.mark_as_outdated();
            }
            return Err(self.trouble(&error));
        }
        *self.written.borrow_mut() = Some(state.clone());
        Ok(())
    }

    /// Writes as [`StateFile::save`] does, unless another instance holds the lock or wrote since we
    /// loaded: what that one knows is newer.
    pub fn save_if_unlocked(&self, state: &State, now: &BootStamp) -> Result<(), String> {
        let _lock = match Lock::take(&self.directory) {
            Ok(lock) => lock,
            Err(LockError::Held) => return Ok(()),
            Err(LockError::Unusable(error)) => return Err(self.trouble(&error)),
        };
        let there = self.fingerprint_of_file();
        if there != self.found.get() {
            return Ok(());
        }
        let saved = self.save(state, now);
        self.found.set(self.fingerprint_of_file());
        saved
    }

    /// What tells this content of the file from another; nothing where there is none that could be read.
    fn fingerprint_of_file(&self) -> Option<u64> {
        let text = regular_file::read_whole(&self.path(), MAX_BYTES).ok()?;
        Some(fingerprint(&text))
    }

    /// Says that nothing can be saved, what that means, and what to do about it.
    fn trouble(&self, error: &io::Error) -> String {
        let advice = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room there, or set state_dir to a directory with room"
            }
            io::ErrorKind::ReadOnlyFilesystem => {
                "make that file system writable, or set state_dir to a directory on another one"
            }
            io::ErrorKind::PermissionDenied => {
                "give that directory to the user that moored runs as, or set state_dir to another one"
            }
            io::ErrorKind::NotFound => "make that directory, or set state_dir to another one",
            _ => "set state_dir to a directory where files can be written and renamed",
        };
        format!(
            "the state in {} cannot be saved ({error}): while that lasts each start begins with \
             the provider's list; {advice}",
            self.directory.display()
        )
    }

    /// Marks the file as outdated, in its place: that takes no room, and no right to write to the
    /// directory. Where that cannot be done the file goes; where that cannot be done either, nothing can.
    fn mark_as_outdated(&self) {
        let path = self.path();
        if mark(&path).is_err() {
            let _ = fs::remove_file(&path);
        }
    }

    /// Changes what is remembered and writes it at once, starting from what stands in the file now: what
    /// it is then, and what the change answered. `None` while another instance holds the lock; an error
    /// where nothing can be kept here.
    pub fn update<T>(
        &self,
        now: &BootStamp,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<Option<(State, T)>, String> {
        let _lock = match Lock::take(&self.directory) {
            Ok(lock) => lock,
            Err(LockError::Held) => return Ok(None),
            Err(error @ LockError::Unusable(_)) => return Err(error.to_string()),
        };
        let mut state = self.load(now).state;
        let answer = change(&mut state);
        self.save(&state, now)?;
        self.found.set(self.fingerprint_of_file());
        Ok(Some((state, answer)))
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        // The same name each time: what a process that was killed left behind goes with the next
        // write. Two at once would need two holders of the lock.
        let fresh = self.directory.join("state.json.new");
        let _ = fs::remove_file(&fresh);
        let done = put(&fresh, text).and_then(|()| fs::rename(&fresh, self.path()));
        if done.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        done?;
        // The rename itself is on the disk only once the directory is.
        regular_file::sync_directory(&self.directory)
    }
}

/// Writes a file that was not there, whole and to the disk, for us alone whatever the umask.
fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    if let Some(directory) = path.parent() {
        chown_to_directory_owner(&file, directory);
    }
    file.write_all(text)?;
    file.sync_all()
}

/// A file's first byte: it is the latest that there was to save, or the one that wrote it knew more later.
/// JSON skips both.
const LATEST: u8 = b' ';
const OUTDATED: u8 = b'\n';

/// Marks a file's text as outdated; whether it has a place for that.
pub fn outdate(text: &mut [u8]) -> bool {
    let Some(first) = text
        .first_mut()
        .filter(|it| matches!(**it, LATEST | OUTDATED))
    else {
        return false;
    };
    *first = OUTDATED;
    true
}

/// The same in the file itself.
fn mark(path: &Path) -> io::Result<()> {
    // Nothing but a regular file of ours is opened, and nothing is waited for. A link goes, whatever it leads to.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = File::options()
        .read(true)
        .write(true)
        .custom_flags(nonblocking)
        .open(path)?;
    let mut first = [0];
    file.read_exact_at(&mut first, 0)?;
    if !outdate(&mut first) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    file.write_all_at(&first, 0)?;
    file.sync_all()
}

fn readable_by_others(path: &Path) -> Option<String> {
    let mode = path.metadata().ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        format!(
            "{} may be read by others (mode {:o}): chmod 600 it",
            path.display(),
            mode & 0o777
        )
    })
}

/// The file's text: what is remembered, and when and in which boot it was written.
pub fn encode(state: &State, now: &BootStamp) -> io::Result<Vec<u8>> {
    let mut text = vec![LATEST];
    serde_json::to_writer(
        &mut text,
        &Saved {
            version: VERSION,
            written: now,
            state,
        },
    )?;
    Ok(text)
}

/// Reads a file's text and moves it onto this boot's clock; of what is outdated nothing counts as
/// confirmed. The error says in words what is wrong with
/// the text and repeats nothing of it.
pub fn decode(text: &[u8], now: &BootStamp) -> Result<State, String> {
    let header: Header = serde_json::from_slice(text).map_err(|_| "it is not a state file")?;
    if header.version != VERSION {
        return Err(format!(
            "its format is {}, this version reads {VERSION}",
            header.version
        ));
    }
    // What the parser would quote is not repeated.
    let content: StoredState = serde_json::from_slice(text)
        .map_err(|error| format!("line {} is damaged", error.line()))?;
    let StoredState {
        written, mut state, ..
    } = content;
    let same_boot = match (&written.boot[..], &now.boot[..]) {
        // Where the kernel does not say which boot it is, its two clocks tell it: they differ by another amount in each.
        ("", "") => apart(now).abs_diff(apart(&written)) < MAX_CLOCK_DRIFT,
        (before, boot) => before == boot,
    };
    // The same boot's clock cannot have gone back: then it is not the same boot after all.
    let same_boot = same_boot && now.moment >= written.moment;
    if !same_boot {
        let passed = now.wall.saturating_sub(written.wall).max(0);
        let shift = now.moment.millis().saturating_sub(written.moment.millis());
        state.shift(shift.saturating_sub(passed));
    }
    state.drop_the_impossible(now.moment);
    // A file system that could not be written any more, not even the mark, is often writable again after a boot.
    if text.first() == Some(&OUTDATED) || !same_boot {
        state.distrust_all();
    }
    Ok(state)
}

/// By how many milliseconds the clocks of one boot may have drifted apart, or been set.
const MAX_CLOCK_DRIFT: u64 = 10_000;

/// How much later the wall clock is than the boot's, in milliseconds.
fn apart(stamp: &BootStamp) -> i64 {
    stamp.wall.saturating_sub(stamp.moment.millis())
}

#[cfg(test)]
mod tests;
