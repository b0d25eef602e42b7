//! One life: started, watched, killed.

use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::{fs::MetadataExt, net::UnixDatagram},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use super::{
    place::CrashProviders,
    schedule::{Addresses, KillPoint},
};
use crate::common::now;

/// How a stretch of a life came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LifeEnd {
    /// Its moment came.
    Killed,
    /// The daemon's round was over first; it says that everything is right, or that it is not.
    RoundOver { is_right: bool },
    /// The process ended by itself.
    Ended { code: i32 },
}

/// A running program.
pub(super) struct Process<'p> {
    place: &'p CrashProviders,
    child: Child,
    /// What it tells its supervisor.
    told: UnixDatagram,
    is_once: bool,
}

impl<'p> Process<'p> {
    pub(super) fn start(place: &'p CrashProviders, is_once: bool) -> Self {
        let dir = place.bench.dir.path();
        let socket = dir.join("notify");
        let _ = fs::remove_file(&socket);
        let told = UnixDatagram::bind(&socket).unwrap();
        told.set_nonblocking(true).unwrap();
        let args = if is_once { &["--once"][..] } else { &[] };
        let mut command = place.bench.command(args);
        command
            .env("NOTIFY_SOCKET", &socket)
            .stdout(Stdio::null())
            .stderr(File::create(dir.join("log")).unwrap());
        Self {
            place,
            child: command.spawn().unwrap(),
            told,
            is_once,
        }
    }

    /// A full round is asked for.
    pub(super) fn nudge(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::USR1).unwrap();
    }

    /// Lives until `delay` after the moment, to the end of the round with these addresses, or to its
    /// own end, whichever comes first.
    pub(super) fn until(
        &mut self,
        moment: KillPoint,
        delay: Duration,
        addresses: Addresses,
    ) -> LifeEnd {
        let begun = now();
        let mut watch = LogReader::new(self.place);
        loop {
            if watch.has_come(moment) {
                spin(now() + delay);
                return LifeEnd::Killed;
            }
            if let Some(is_right) = self.round_is_over(addresses) {
                if moment == KillPoint::RoundOver {
                    spin(now() + delay);
                }
                return LifeEnd::RoundOver { is_right };
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                let code = status.code();
                let code = code.unwrap_or_else(|| panic!("{status}: {}", self.log()));
                return LifeEnd::Ended { code };
            }
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "it hangs: {}",
                self.log()
            );
            watch.wait();
        }
    }

    /// Whether the daemon has told its supervisor of a round with these addresses, and what of it.
    /// A round that began before the addresses changed is none.
    fn round_is_over(&self, addresses: Addresses) -> Option<bool> {
        if self.is_once {
            return None;
        }
        let mut text = [0; 1024];
        loop {
            match self.told.recv(&mut text) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) => panic!("{error}"),
                Ok(length) => {
                    let told = String::from_utf8_lossy(&text[..length]);
                    let Some(status) = told.strip_prefix("STATUS=") else {
                        continue;
                    };
                    let all = format!(" hosts right · {}, {} · ", addresses.four, addresses.six);
                    let is_right = status.contains(&all) && !status.contains(" of ");
                    // An account that fails or is held keeps its old addresses, however often it is
                    // asked.
                    if is_right || status.contains(" of ") {
                        return Some(is_right);
                    }
                }
            }
        }
    }

    /// `kill -9`; nothing that it has sent is under way any more afterwards.
    pub(super) fn kill(mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
        let settled = self.place.bench.sandbox.settle(Duration::from_secs(20));
        assert!(settled, "the sandbox is still at work");
    }

    fn log(&self) -> String {
        fs::read_to_string(self.place.bench.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Process<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks whether a moment has come.
struct LogReader<'p> {
    place: &'p CrashProviders,
    /// The log up to here is known.
    seen: usize,
    steps: usize,
    state: [Option<u64>; 2],
}

impl<'p> LogReader<'p> {
    fn new(place: &'p CrashProviders) -> Self {
        Self {
            place,
            seen: 0,
            steps: 0,
            state: inodes(place),
        }
    }

    fn has_come(&mut self, moment: KillPoint) -> bool {
        match moment {
            KillPoint::Started => true,
            KillPoint::Asked(service, n) => self.place.bench.sandbox.requests(service) >= n,
            KillPoint::Saving(n) => {
                let state = inodes(self.place);
                self.steps += usize::from(state != self.state);
                self.state = state;
                self.steps >= n
            }
            KillPoint::RoundOver => false,
        }
    }

    /// Until the next request, but not for long: the other things have no bell.
    fn wait(&mut self) {
        let patience = Duration::from_micros(50);
        (_, self.seen) = self.place.bench.sandbox.log_from(self.seen, patience);
    }
}

/// The state file and the one that is to take its place, if they are there: each is a new file.
fn inodes(place: &CrashProviders) -> [Option<u64>; 2] {
    [place.state(), place.state().with_extension("json.new")]
        .map(|it| fs::metadata(it).ok().map(|it| it.ino()))
}

/// A pause shorter than a scheduler's.
fn spin(until: Instant) {
    while now() < until {
        std::hint::spin_loop();
    }
}
