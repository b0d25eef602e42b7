//! Signals as bytes on sockets: no handler code of our own, no thread.

use std::{
    io,
    os::unix::net::UnixStream as StdStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use signal_hook::{
    consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM, SIGUSR1},
    flag,
    low_level::pipe,
};
use tokio::{io::Interest, net::UnixStream};

use crate::daemon::Event;

/// The signals that mean something to us, caught from the first moment on. Catching them makes them work for
/// PID 1 as well, for which the kernel has no default actions.
pub(super) struct CaughtSignals {
    stop: StdStream,
    reload: StdStream,
    verify: StdStream,
    /// Caught by PID 1 only: others have no orphans.
    children: Option<StdStream>,
}

/// What a request to stop (SIGTERM, SIGINT) does besides being heard.
#[derive(Clone)]
pub(super) struct StopSignal {
    /// It ends the process with 0 at that instant, whatever the process waits for.
    at_once: Arc<AtomicBool>,
    /// It ends the process as a signal does that nobody catches.
    as_uncaught: Arc<AtomicBool>,
    /// One has come.
    asked: Arc<AtomicBool>,
}

impl StopSignal {
    /// From now on a stop is only heard: what is under way has to be ended and remembered.
    pub(super) fn defer(&self) {
        self.at_once.store(false, Ordering::SeqCst);
    }

    /// From now on a stop ends the process as if it were not caught: its 0 would say that all is well, before that is
    /// known.
    pub(super) fn leave_uncaught(&self) {
        self.as_uncaught.store(true, Ordering::SeqCst);
    }

    /// From now on a stop ends the process at once, with 0: there is nothing more to remember. Whether one has come
    /// already.
    pub(super) fn allow_at_once(&self) -> bool {
        self.at_once.store(true, Ordering::SeqCst);
        self.asked.load(Ordering::SeqCst)
    }
}

/// Catches the signals; needs no runtime. Until [`StopSignal::defer`] a stop ends the process at once.
pub(super) fn catch() -> io::Result<(CaughtSignals, StopSignal)> {
    let stop = StopSignal {
        at_once: Arc::new(AtomicBool::new(true)),
        as_uncaught: Arc::default(),
        asked: Arc::default(),
    };
    for signal in [SIGTERM, SIGINT] {
        flag::register(signal, Arc::clone(&stop.asked))?;
        flag::register_conditional_default(signal, Arc::clone(&stop.as_uncaught))?;
        flag::register_conditional_shutdown(signal, 0, Arc::clone(&stop.at_once))?;
    }
    let caught = CaughtSignals {
        stop: listen(&[SIGTERM, SIGINT])?,
        reload: listen(&[SIGHUP])?,
        verify: listen(&[SIGUSR1])?,
        children: if rustix::process::getpid().is_init() {
            Some(listen(&[SIGCHLD])?)
        } else {
            None
        },
    };
    Ok((caught, stop))
}

/// The signals, heard in the runtime.
pub(super) struct Signals {
    stop: UnixStream,
    reload: UnixStream,
    verify: UnixStream,
    children: Option<UnixStream>,
}

impl Signals {
    /// Hears what was caught, from the first moment on; it needs the runtime.
    pub(super) fn hear(caught: CaughtSignals) -> io::Result<Self> {
        Ok(Self {
            stop: UnixStream::from_std(caught.stop)?,
            reload: UnixStream::from_std(caught.reload)?,
            verify: UnixStream::from_std(caught.verify)?,
            children: caught.children.map(UnixStream::from_std).transpose()?,
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
            () = arrived(&self.verify) => Event::FullCheck,
        }
    }
}

fn listen(signals: &[i32]) -> io::Result<StdStream> {
    let (reader, writer) = StdStream::pair()?;
    reader.set_nonblocking(true)?;
    writer.set_nonblocking(true)?;
    for signal in signals {
        pipe::register(*signal, writer.try_clone()?)?;
    }
    Ok(reader)
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
        let (caught, stop) = catch().unwrap();
        stop.defer();
        // What came before the runtime was there is heard as well.
        raise(SIGHUP).unwrap();
        let signals = Signals::hear(caught).unwrap();
        assert_eq!(signals.next().await, Event::Reload);
        for (signal, event) in [
            (SIGHUP, Event::Reload),
            (SIGUSR1, Event::FullCheck),
            (SIGTERM, Event::Stop),
            (SIGINT, Event::Stop),
        ] {
            raise(signal).unwrap();
            assert_eq!(signals.next().await, event);
        }
        assert!(stop.asked.load(Ordering::SeqCst));
    }
}
