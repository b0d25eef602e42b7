//! Signals as bytes on sockets: no handler code of our own, no thread.

use std::{io, os::unix::net::UnixStream as StdStream};

use signal_hook::{
    consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1},
    low_level::pipe,
};
use tokio::{io::Interest, net::UnixStream};

use crate::daemon::Event;

/// The signals that mean something to us. Installing them makes them work for PID 1 as well, for
/// which the kernel has no default actions.
pub(super) struct Signals {
    stop: UnixStream,
    reload: UnixStream,
    verify: UnixStream,
    /// Heard by PID 1 only: others have no orphans.
    children: Option<UnixStream>,
}

impl Signals {
    /// Installs the handlers; it needs the runtime.
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {
            stop: listen(&[SIGTERM, SIGINT])?,
            reload: listen(&[SIGHUP])?,
            verify: listen(&[SIGUSR1])?,
            children: if rustix::process::getpid().is_init() {
                Some(listen(&[SIGCHLD])?)
            } else {
                None
            },
        })
    }

    /// Waits until a process has ended that is a child of PID 1, which is us.
    pub(super) async fn child(&self) {
        match &self.children {
            Some(children) => arrived(children).await,
            None => std::future::pending().await,
        }
    }

    /// Waits for the next signal; several of one kind count as one.
    pub(super) async fn next(&self) -> Event {
        tokio::select! {
            biased;
            () = arrived(&self.stop) => Event::Stop,
            () = arrived(&self.reload) => Event::Reload,
            () = arrived(&self.verify) => Event::Verify,
        }
    }
}

fn listen(signals: &[i32]) -> io::Result<UnixStream> {
    let (reader, writer) = StdStream::pair()?;
    reader.set_nonblocking(true)?;
    writer.set_nonblocking(true)?;
    for signal in signals {
        pipe::register(*signal, writer.try_clone()?)?;
    }
    UnixStream::from_std(reader)
}

async fn arrived(stream: &UnixStream) {
    loop {
        let mut bytes = [0; 64];
        // The writing end lives as long as the process: there is no end of file and no error but
        // "nothing yet".
        if stream.ready(Interest::READABLE).await.is_ok() && stream.try_read(&mut bytes).is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use signal_hook::low_level::raise;

    use super::*;

    #[tokio::test]
    async fn each_signal_becomes_its_event() {
        let signals = Signals::install().unwrap();
        for (signal, event) in [
            (SIGHUP, Event::Reload),
            (SIGUSR1, Event::Verify),
            (SIGTERM, Event::Stop),
            (SIGINT, Event::Stop),
        ] {
            raise(signal).unwrap();
            assert_eq!(signals.next().await, event);
        }
    }
}
