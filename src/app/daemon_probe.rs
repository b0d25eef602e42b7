//! `moored check` and what else runs with its state: the daemon, by its socket, or the state file.

use std::{cell::RefCell, io, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use super::{
    clock::BootClock,
    live_engine::{LiveEngine, StateStore},
};
use crate::{
    commands::{
        CommandResult, Output, check, poke,
        probe_channel::{DaemonAnswer, ProbeChannel},
    },
    core::state::{
        State,
        probe::{ProbeAnswer, ProbeMessage, ProbeRefused},
    },
    engine::Clock,
};

/// How long a daemon that is alive may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 4 << 10;

/// Carries out `moored check`.
pub(super) async fn check(
    engine: &LiveEngine,
    state: &RefCell<State>,
    output: &mut Output<'_>,
) -> CommandResult {
    let (accounts, probing) = (engine.to_check(), DaemonProbe::new(engine));
    check::check(&accounts, engine, &probing, state, &BootClock, output).await
}

/// The daemon's socket, and the state file for where no daemon runs.
struct DaemonProbe<'c> {
    socket: PathBuf,
    disk: &'c StateStore,
}

impl<'c> DaemonProbe<'c> {
    fn new(engine: &'c LiveEngine) -> Self {
        Self {
            socket: poke::socket(&engine.config().state_dir),
            disk: engine.disk(),
        }
    }

    async fn tell(&self, message: ProbeMessage) -> io::Result<ProbeAnswer> {
        let exchange = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            stream.write_all(format!("{message}\n").as_bytes()).await?;
            let mut text = Vec::new();
            let mut rest = stream.take(MAX_ANSWER_BYTES);
            rest.read_to_end(&mut text).await?;
            // A daemon of an earlier version knows no such message.
            serde_json::from_slice(&text).map_err(io::Error::other)
        };
        let answer = timeout(ANSWER_TIMEOUT, exchange).await;
        answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Notes it in the state file, for where no daemon runs.
    fn note(&self, state: &RefCell<State>, fingerprints: &[u64]) -> Vec<Result<(), ProbeRefused>> {
        let now = BootClock.now();
        let begin = |state: &mut State| -> Vec<_> {
            let all = fingerprints.iter();
            all.map(|it| state.probes.begin(*it, now)).collect()
        };
        match self.disk.update(begin) {
            Ok(Some((fresh, permissions))) => {
                *state.borrow_mut() = fresh;
                permissions
            }
            Ok(None) => vec![Err(ProbeRefused::NotRemembered); fingerprints.len()],
            // Where nothing can be kept, no refusal is remembered either; the start has said so.
            Err(_) => begin(&mut state.borrow_mut()),
        }
    }
}

/// Whether nobody listens, in contrast to somebody who cannot be told.
fn is_nobody(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
    )
}

impl ProbeChannel for DaemonProbe<'_> {
    async fn begin(
        &self,
        state: &RefCell<State>,
        fingerprints: &[u64],
    ) -> Vec<Result<(), ProbeRefused>> {
        let mut permissions = Vec::new();
        for fingerprint in fingerprints {
            permissions.push(match self.tell(ProbeMessage::Begin(*fingerprint)).await {
                Ok(ProbeAnswer { wait_millis: 0, .. }) => Ok(()),
                Ok(answer) => {
                    let wait = Duration::from_millis(answer.wait_millis);
                    Err(ProbeRefused::TooSoon(wait))
                }
                Err(error) if is_nobody(&error) => return self.note(state, fingerprints),
                Err(_) => return vec![Err(ProbeRefused::NotRemembered); fingerprints.len()],
            });
        }
        permissions
    }

    async fn finish(&self, state: &RefCell<State>, end: ProbeMessage) -> DaemonAnswer {
        state.borrow_mut().probes.finish(end.fingerprint());
        let accepted = end.is_accepted();
        match self.tell(end).await {
            Err(_) => DaemonAnswer::None,
            Ok(answer) if accepted && !answer.is_known => DaemonAnswer::OtherConfiguration,
            Ok(answer) if answer.lifted => DaemonAnswer::Lifted,
            Ok(_) => DaemonAnswer::Unchanged,
        }
    }
}
