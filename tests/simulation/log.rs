//! What happened, in order: for whoever replays a seed, and to tell whether two runs are alike.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use moored::core::secret::fingerprint;
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    setup::SECRET,
    time::{DAY, HOUR, MINUTE, SECOND},
};

/// So many lines are kept.
const MAX_KEPT_LINES: usize = 150;

#[derive(Default)]
pub(crate) struct Log {
    lines: RefCell<VecDeque<String>>,
    sum: Cell<u64>,
    /// What the process has written and nobody has read yet.
    pub(crate) said: LogEvent,
}

impl Log {
    pub(crate) fn note(&self, at: i64, what: impl FnOnce() -> String) {
        self.listen(at);
        self.add(at, &what());
    }

    /// Takes in what the process has logged.
    pub(crate) fn listen(&self, at: i64) {
        let said = std::mem::take(&mut *self.said.text());
        for line in said.lines() {
            assert!(
                !line.contains(SECRET),
                "L12: a secret is in the log: {line}"
            );
            self.add(at, &format!("    | {}", line.trim_start()));
        }
    }

    fn add(&self, at: i64, what: &str) {
        let line = format!("{} {what}", Elapsed(at));
        self.sum.set(fingerprint(
            format!("{:x}{line}", self.sum.get()).as_bytes(),
        ));
        let mut lines = self.lines.borrow_mut();
        lines.push_back(line);
        if lines.len() > MAX_KEPT_LINES {
            lines.pop_front();
        }
    }

    /// Another number for any other log.
    pub(crate) fn sum(&self) -> u64 {
        self.sum.get()
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let lines = self.lines.borrow();
        lines
            .iter()
            .flat_map(|line| [line.as_str(), "\n"])
            .collect()
    }
}

/// Where the process writes its log.
#[derive(Clone, Default)]
pub(crate) struct LogEvent(Arc<Mutex<String>>);

impl LogEvent {
    fn text(&self) -> std::sync::MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::io::Write for LogEvent {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.text().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for LogEvent {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// A time of a life: days, hours, minutes, seconds.
pub(crate) struct Elapsed(pub(crate) i64);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(at) = self;
        let (days, hours) = (at / DAY, at % DAY / HOUR);
        let (minutes, millis) = (at % HOUR / MINUTE, at % MINUTE);
        write!(
            f,
            "{days}d {hours:02}:{minutes:02}:{:02}.{:03}",
            millis / SECOND,
            millis % SECOND
        )
    }
}
