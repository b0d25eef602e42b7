//! The disk: what is on it survives the process. The format is the real one.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use moored::{
    core::state::State,
    engine::Store,
    state_file::{BootStamp, decode, encode, outdate},
};

use crate::{dice::SimRng, scene::SimWorld, setup::SECRET};

/// Where a process is killed within a save.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CrashPoint {
    /// What is on the disk stays.
    Before,
    /// The new file has taken its place.
    After,
}

/// What is in the state file.
#[derive(Default)]
enum DiskContent {
    #[default]
    Nothing,
    /// What was saved, and when: it becomes text when somebody looks.
    Saved(State, BootStamp),
    Text(Vec<u8>),
}

impl DiskContent {
    fn text(&mut self) -> Option<&mut Vec<u8>> {
        if let Self::Saved(state, stamp) = self {
            let text = encode(state, stamp).unwrap();
            let is_secret = String::from_utf8_lossy(&text).contains(SECRET);
            assert!(!is_secret, "L12: a secret is in the state");
            *self = Self::Text(text);
        }
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct SimDisk {
    content: RefCell<DiskContent>,
    is_full: Cell<bool>,
    /// It takes nothing at all, not even a mark in what is there.
    is_read_only: Cell<bool>,
    /// What is on it is older than what the process knows, and does not say so.
    is_behind: Cell<bool>,
    /// What was read from it or written to it last.
    latest: RefCell<Option<State>>,
    /// The process is killed within the save after so many others.
    torn: Cell<Option<(u32, CrashPoint)>>,
    is_torn: Cell<bool>,
    /// The time in the file is a right one.
    is_dated: Cell<bool>,
    /// What of the answers was known when the memory was saved last.
    known: Cell<u64>,
}

impl SimDisk {
    pub(crate) fn set_full(&self, is_full: bool) {
        self.is_full.set(is_full);
    }

    pub(crate) fn set_read_only(&self, is_read_only: bool) {
        self.is_read_only.set(is_read_only);
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.is_read_only.get()
    }

    /// Whether nothing can be saved.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_full.get() || self.is_read_only.get()
    }

    /// What could not be saved is known to the process alone: what is there is marked as outdated, if it is.
    fn refuses(&self, state: &State) {
        let is_as_saved = |it: &State| it.accounts == state.accounts;
        if self.latest.borrow().as_ref().is_some_and(is_as_saved) {
            return;
        }
        self.is_behind.set(self.is_read_only.get());
        if !self.is_read_only.get()
            && let Some(text) = self.content.borrow_mut().text()
        {
            outdate(text);
        }
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind.get()
    }

    pub(crate) fn tear(&self, saves: u32, how: CrashPoint) {
        self.torn.set(Some((saves, how)));
    }

    /// Whether a process was killed within a save.
    pub(crate) fn is_torn(&self) -> bool {
        self.is_torn.get()
    }

    /// Whether the time in the file is a right one.
    pub(crate) fn is_dated(&self) -> bool {
        self.is_dated.get()
    }

    /// So many answers were known when the memory was saved last.
    pub(crate) fn known(&self) -> u64 {
        self.known.get()
    }

    /// What the next process reads; its trouble with it, if it is unusable.
    pub(crate) fn load(&self, scene: &SimWorld) -> Result<State, String> {
        self.is_torn.set(false);
        self.torn.set(None);
        self.is_behind.set(false);
        let read = match self.content.borrow_mut().text() {
            None => Ok(State::default()),
            Some(text) => decode(text, &scene.time.stamp()),
        };
        *self.latest.borrow_mut() = read.as_ref().ok().cloned();
        read
    }

    /// A file that cannot be used is set aside.
    pub(crate) fn set_aside(&self) {
        *self.content.borrow_mut() = DiskContent::Nothing;
    }

    /// Damages what is there: a byte becomes another one, the end is cut off, or all is gone.
    pub(crate) fn damage(&self, rng: &SimRng) {
        let mut file = self.content.borrow_mut();
        let Some(text) = file.text().filter(|it| !it.is_empty()) else {
            return;
        };
        let place = rng.below(text.len());
        match rng.below(4) {
            0 => *file = DiskContent::Nothing,
            1 => text.truncate(place),
            _ => text[place] = rng.pick(b"0123456789}\",x\0\xff"),
        }
    }
}

/// The disk as a process writes to it.
pub(crate) struct SimStore {
    scene: Rc<SimWorld>,
    written: RefCell<Option<State>>,
}

impl SimStore {
    pub(crate) fn new(scene: &Rc<SimWorld>) -> Self {
        Self {
            scene: Rc::clone(scene),
            written: RefCell::new(None),
        }
    }
}

impl Store for SimStore {
    /// As the real file does: nothing where nothing has changed, and else the whole.
    fn save(&self, state: &State) -> Result<(), String> {
        let disk = &self.scene.disk;
        if disk.is_torn() {
            return Ok(());
        }
        if self.written.borrow().as_ref() != Some(state) {
            if disk.is_stuck() {
                // The real file is tried again each time, whatever was written before.
                *self.written.borrow_mut() = None;
                disk.refuses(state);
                return Err("the state cannot be saved: the disk is full".to_owned());
            }
            disk.is_behind.set(false);
            *disk.latest.borrow_mut() = Some(state.clone());
            let torn = disk.torn.get();
            disk.torn
                .set(torn.map(|(saves, how)| (saves.saturating_sub(1), how)));
            let now = torn.filter(|(saves, _)| *saves == 0).map(|(_, how)| how);
            disk.is_torn.set(now.is_some());
            if now == Some(CrashPoint::Before) {
                return Ok(());
            }
            let saved = DiskContent::Saved(state.clone(), self.scene.time.stamp());
            *disk.content.borrow_mut() = saved;
            disk.is_dated.set(self.scene.time.is_right());
            *self.written.borrow_mut() = Some(state.clone());
        }
        disk.known.set(self.scene.laws.borrow().answers());
        Ok(())
    }
}
