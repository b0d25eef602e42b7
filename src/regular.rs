//! Reading a regular file, and nothing that could keep us waiting.

use std::{
    fs::OpenOptions,
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::fs::OFlags;

/// The content of a file, at most so many bytes. A pipe, a device or a directory is an error: the one
/// could keep us waiting for ever, the others are no text.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // What is opened is what is looked at, whatever takes its place meanwhile; opened so, a pipe does
    // not wait for its other end.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut content = Vec::new();
    file.take(most).read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mode = rustix::fs::Mode::from_bits_truncate(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(read(&pipe, 9).unwrap_err().to_string().contains("regular"));
    }
}
