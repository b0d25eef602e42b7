//! The one way to read a file: a regular one, up to a limit, and without ever waiting.
//!
//! A symbolic link to a regular file is one: Kubernetes and systemd pass secrets so. The only pipe that is
//! read is one that this process was started with (`/dev/stdin`, `/dev/fd/N`, the shell's `<(…)`), and only
//! where the caller says for how long.

use std::{
    fs::{File, FileType, Metadata, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    time::{ClockId, clock_gettime},
};

/// What becomes of a path that is a pipe which this process was started with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InheritedPipe {
    /// An error: its content was read at the start, and nothing comes any more.
    Refused,
    /// Read to its end, for so long at most.
    ReadWithin(Duration),
}

/// The first bytes of a regular file, at most `max_bytes`. Anything else is an error.
pub fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    first_bytes(&open(path)?, max_bytes)
}

/// The whole of a regular file. One of more than `max_bytes` is an error of the kind
/// [`FileTooLarge`](io::ErrorKind::FileTooLarge), and no more than that of it is read.
pub fn read_whole(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    // A file of /proc has no length and a content.
    if file.metadata()?.len() > max_bytes {
        return Err(too_large(max_bytes));
    }
    let content = first_bytes(&file, max_bytes.saturating_add(1))?;
    within(content, max_bytes)
}

/// The same, and the whole of a pipe which this process was started with.
pub fn read_whole_or_pipe(path: &Path, max_bytes: u64, pipe: InheritedPipe) -> io::Result<Vec<u8>> {
    if !is_own_descriptor(path) || !path.metadata()?.file_type().is_fifo() {
        return read_whole(path, max_bytes);
    }
    match pipe {
        InheritedPipe::Refused => Err(io::Error::other(
            "it is a pipe, which can be read only once, at the start: write a file to read it again",
        )),
        InheritedPipe::ReadWithin(limit) => {
            read_pipe(&open_without_waiting(path)?, max_bytes, limit)
        }
    }
}

/// Writes to the disk that a directory's entries have changed.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    let flags = OFlags::DIRECTORY.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?
        .sync_all()
}

/// An error unless this is a regular file: what it is instead.
pub fn check_regular(metadata: &Metadata) -> io::Result<()> {
    let file_type = metadata.file_type();
    if file_type.is_file() {
        return Ok(());
    }
    let what = description(file_type);
    Err(io::Error::other(format!("{what}, not a regular file")))
}

/// The flags that a file is opened with: a pipe does not wait for its other end, a terminal does not become
/// ours.
pub fn flags_without_waiting() -> i32 {
    (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed()
}

fn open(path: &Path) -> io::Result<File> {
    // Looked at before, for to open a pipe or a device may already do something to it; and after, for
    // another file may have taken its place.
    check_regular(&path.metadata()?)?;
    let file = open_without_waiting(path)?;
    check_regular(&file.metadata()?)?;
    Ok(file)
}

fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(flags_without_waiting())
        .open(path)
}

fn first_bytes(file: &File, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(max_bytes).read_to_end(&mut content)?;
    Ok(content)
}

fn within(content: Vec<u8>, max_bytes: u64) -> io::Result<Vec<u8>> {
    if u64::try_from(content.len()).is_ok_and(|length| length <= max_bytes) {
        return Ok(content);
    }
    Err(too_large(max_bytes))
}

fn too_large(max_bytes: u64) -> io::Error {
    let limit = match max_bytes {
        bytes if bytes < 1 << 10 => format!("{bytes} bytes"),
        bytes if bytes < 1 << 20 => format!("{} KiB", bytes >> 10),
        bytes => format!("{} MiB", bytes >> 20),
    };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {limit}"),
    )
}

fn description(file_type: FileType) -> &'static str {
    if file_type.is_dir() {
        "it is a directory"
    } else if file_type.is_fifo() {
        "it is a pipe"
    } else if file_type.is_socket() {
        "it is a socket"
    } else {
        "it is a device"
    }
}

/// Whether the path names a descriptor of this process.
fn is_own_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc/self/fd")
}

/// Reads a pipe that was opened without waiting, until its writers have closed it.
fn read_pipe(mut pipe: &File, max_bytes: u64, limit: Duration) -> io::Result<Vec<u8>> {
    let end = boot_time().saturating_add(limit);
    let mut content = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let left = end.saturating_sub(boot_time());
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&timeout)) {
            Ok(0) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("it is a pipe that had no end within {} s", limit.as_secs()),
                ));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        match pipe.read(&mut piece) {
            Ok(0) => return Ok(content),
            Ok(count) => {
                content.extend_from_slice(piece.get(..count).unwrap_or_default());
                content = within(content, max_bytes)?;
            }
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
    }
}

fn boot_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn make_pipe(path: &Path) {
        let mode = rustix::fs::Mode::from_bits_truncate(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    }

    #[test]
    fn a_file_is_read_as_far_as_asked_and_anything_else_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("address");
        assert_eq!(read(&path, 9).unwrap_err().kind(), io::ErrorKind::NotFound);
        std::fs::write(&path, "84.212.10.20\n").unwrap();
        assert_eq!(read(&path, 99).unwrap(), b"84.212.10.20\n");
        assert_eq!(read(&path, 2).unwrap(), b"84");
        assert!(read(dir.path(), 9).is_err());
        let pipe = dir.path().join("pipe");
        make_pipe(&pipe);
        assert!(read(&pipe, 9).unwrap_err().to_string().contains("regular"));
    }

    #[test]
    fn a_whole_file_is_read_or_said_to_be_too_large() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, "0123456789").unwrap();
        assert_eq!(read_whole(&path, 10).unwrap(), b"0123456789");
        let error = read_whole(&path, 9).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(error.to_string(), "it is larger than 9 bytes");
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(read_whole(&link, 10).unwrap(), b"0123456789");
        // Files of /proc say that they have no bytes.
        let of_kernel = Path::new("/proc/self/status");
        assert!(!read_whole(of_kernel, 64 << 10).unwrap().is_empty());
        let error = read_whole(of_kernel, 9).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn whatever_is_no_regular_file_is_named_and_never_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        make_pipe(&pipe);
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for (path, what) in [
            (pipe.as_path(), "it is a pipe"),
            (&socket, "it is a socket"),
            (&link, "it is a device"),
            (Path::new("/dev/zero"), "it is a device"),
            (dir.path(), "it is a directory"),
        ] {
            let pipe = InheritedPipe::ReadWithin(Duration::from_mins(1));
            let error = read_whole_or_pipe(path, 9, pipe).unwrap_err();
            let expected = format!("{what}, not a regular file");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_pipe_of_our_own_is_read_to_its_end_within_its_time_and_size() {
        use std::os::fd::AsRawFd;
        let soon = InheritedPipe::ReadWithin(Duration::from_millis(20));
        let filled = |bytes: &[u8]| {
            let (reader, mut writer) = io::pipe().unwrap();
            writer.write_all(bytes).unwrap();
            let path = format!("/dev/fd/{}", reader.as_raw_fd());
            (reader, writer, path)
        };
        let (_reader, writer, path) = filled(b"12345");
        let error = read_whole_or_pipe(Path::new(&path), 5, soon).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(writer);
        let (_reader, writer, path) = filled(b"12345");
        drop(writer);
        assert_eq!(
            read_whole_or_pipe(Path::new(&path), 5, soon).unwrap(),
            b"12345"
        );
        let (_reader, _writer, path) = filled(b"123456");
        let error = read_whole_or_pipe(Path::new(&path), 5, soon).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let (_reader, _writer, path) = filled(b"12345");
        let refused = read_whole_or_pipe(Path::new(&path), 5, InheritedPipe::Refused);
        assert!(refused.unwrap_err().to_string().contains("only once"));
    }
}
