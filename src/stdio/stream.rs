//! Writing to a descriptor that others share, without waiting and without changing it for them.
//!
//! `O_NONBLOCK` belongs to the open file description, which the parent and other children of it use as well
//! (open(2)): it is not touched. A socket is sent to with `MSG_DONTWAIT`. A pipe or a terminal is opened anew
//! through /proc, which gives a description of our own. Where that is impossible, poll(2) is asked before each
//! write. A regular file never makes a writer wait, and of other devices poll(2) knows nothing.

use std::{
    io::{self, IsTerminal},
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{FileType, Mode, OFlags, fstat},
    io::Errno,
    net::{SendFlags, send},
    time::{ClockId, clock_gettime},
};
use tokio::net::unix::pipe::Sender;

/// A pipe that poll(2) says to be writable takes so many bytes at once (pipe(7)).
const PIPE_BUF: usize = 4096;

/// A descriptor to write to.
#[derive(Debug)]
pub(super) struct Stream {
    given: BorrowedFd<'static>,
    way: WriteMethod,
}

#[derive(Debug)]
enum WriteMethod {
    /// A socket, as the journal's.
    Send,
    /// A pipe or a terminal, opened anew.
    Own(OwnedFd),
    /// A pipe or a terminal that cannot be opened anew: poll(2) before each piece of so many bytes.
    Poll(usize),
    /// Anything else.
    Write,
}

impl Stream {
    pub(super) fn new(given: BorrowedFd<'static>) -> Self {
        let file_type = fstat(given).map(|stat| FileType::from_raw_mode(stat.st_mode));
        let way = match file_type {
            Ok(FileType::Socket) => WriteMethod::Send,
            Ok(FileType::Fifo) => own(given).map_or(WriteMethod::Poll(PIPE_BUF), WriteMethod::Own),
            // A terminal may have room for less than a line, but not for less than a byte.
            _ if given.is_terminal() => own(given).map_or(WriteMethod::Poll(1), WriteMethod::Own),
            _ => WriteMethod::Write,
        };
        Self { given, way }
    }

    /// Writes as much as there is room for; an error of the kind `WouldBlock` where there is none.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let written = match &self.way {
                WriteMethod::Send => {
                    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                    send(self.given, bytes, flags)
                }
                WriteMethod::Own(own) => rustix::io::write(own, bytes),
                WriteMethod::Poll(piece) => {
                    let piece = bytes.get(..*piece).unwrap_or(bytes);
                    match self.poll(Some(Duration::ZERO)) {
                        Ok(true) => rustix::io::write(self.given, piece),
                        Ok(false) => Err(Errno::AGAIN),
                        Err(error) => Err(error),
                    }
                }
                WriteMethod::Write => rustix::io::write(self.given, bytes),
            };
            match written {
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                Err(Errno::INTR) => {}
                written => return Ok(written?),
            }
        }
    }

    /// Waits until there is room, or the other end is gone; `false` if neither comes within `limit`.
    pub(super) fn wait(&self, limit: Option<Duration>) -> io::Result<bool> {
        Ok(self.poll(limit)?)
    }

    /// Waits likewise, in the runtime and without end.
    pub(super) async fn writable(&self) -> io::Result<()> {
        // The runtime's pipe waits for any descriptor without `unsafe`. This one is written to here only.
        let same = self.as_fd().try_clone_to_owned()?;
        Sender::from_owned_fd_unchecked(same)?.writable().await
    }

    fn poll(&self, limit: Option<Duration>) -> Result<bool, Errno> {
        // One that is too long for the kernel is none.
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        loop {
            let mut asked = [PollFd::from_borrowed_fd(self.as_fd(), PollFlags::OUT)];
            match poll(&mut asked, limit.as_ref()) {
                Err(Errno::INTR) => {}
                ready => return ready.map(|count| count > 0),
            }
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.way {
            WriteMethod::Own(own) => own.as_fd(),
            WriteMethod::Send | WriteMethod::Poll(_) | WriteMethod::Write => self.given,
        }
    }
}

/// The clock by which waits end.
pub(super) fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default()
}

/// Opens the same pipe or terminal anew. Not possible without /proc, for another user's terminal, and for a pipe
/// whose reader is gone.
fn own(given: BorrowedFd<'_>) -> Option<OwnedFd> {
    let path = format!("/proc/self/fd/{}", given.as_raw_fd());
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let own = rustix::fs::open(path, flags, Mode::empty()).ok()?;
    let (ours, theirs) = (fstat(&own).ok()?, fstat(given).ok()?);
    ((ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino)).then_some(own)
}

#[cfg(test)]
mod tests {
    use std::{io::Read, os::unix::net::UnixStream};

    use rustix::fs::fcntl_getfl;

    use super::*;

    /// For the rest of the test program: a stream writes to a descriptor that is never closed.
    fn kept(fd: impl Into<OwnedFd>) -> BorrowedFd<'static> {
        let fd: &'static OwnedFd = Box::leak(Box::new(fd.into()));
        fd.as_fd()
    }

    /// Writes until there is no room, which comes at once; how many bytes that were.
    fn fill(stream: &Stream) -> usize {
        let mut written = 0;
        loop {
            match stream.write(&[b'x'; 1000]) {
                Ok(count) => written += count,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                    return written;
                }
            }
        }
    }

    #[test]
    fn what_nobody_reads_is_written_as_far_as_there_is_room_and_never_waited_for() {
        let (mut pipe_reader, pipe) = io::pipe().unwrap();
        let (mut socket_reader, socket) = UnixStream::pair().unwrap();
        let (mut polled_reader, polled) = io::pipe().unwrap();
        let polled = Stream {
            given: kept(polled),
            way: WriteMethod::Poll(PIPE_BUF),
        };
        let (pipe, socket) = (Stream::new(kept(pipe)), Stream::new(kept(socket)));
        assert!(matches!(pipe.way, WriteMethod::Own(_)));
        assert!(matches!(socket.way, WriteMethod::Send));
        let readers: [&mut dyn Read; 3] =
            [&mut pipe_reader, &mut socket_reader, &mut polled_reader];
        for (stream, reader) in [pipe, socket, polled].into_iter().zip(readers) {
            let written = fill(&stream);
            assert!(written >= 4096, "{stream:?} {written}");
            assert!(!stream.wait(Some(Duration::from_millis(1))).unwrap());
            reader.read_exact(&mut vec![0; written]).unwrap();
            assert!(stream.wait(Some(Duration::from_millis(1))).unwrap());
            assert!(fill(&stream) > 0);
            // Whoever shares the descriptor still waits when writing.
            let flags = fcntl_getfl(stream.given).unwrap();
            assert!(!flags.contains(OFlags::NONBLOCK), "{stream:?}");
        }
    }

    #[test]
    fn a_reader_that_is_gone_and_a_disk_that_is_full_are_errors() {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let gone = Stream::new(kept(writer));
        assert_eq!(
            gone.write(b"x").unwrap_err().kind(),
            io::ErrorKind::BrokenPipe
        );
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let full = Stream::new(kept(full.unwrap()));
        assert!(matches!(full.way, WriteMethod::Write));
        assert_eq!(
            full.write(b"x").unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
    }
}
