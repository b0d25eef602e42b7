//! One instance at a time on one state directory: two would count each other's writes as none.

use std::{
    fs::{File, Permissions, TryLockError},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use super::chown_to_directory_owner;
use crate::regular_file::{check_regular, flags_without_waiting};

/// Held for as long as it lives; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another instance runs.
    #[error("another moored is running on this state directory")]
    Held,
    /// The lock file cannot be made: the directory is missing or not writable.
    #[error("the lock file could not be opened: {0}")]
    Unusable(#[source] io::Error),
}

impl Lock {
    /// Takes the lock of a state directory, without waiting for it.
    pub fn take(directory: &Path) -> Result<Self, LockError> {
        let file = open(directory).map_err(LockError::Unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held),
            Err(TryLockError::Error(error)) => Err(LockError::Unusable(error)),
        }
    }
}

/// Opens the lock file, which is ours alone: whoever can open it can hold the lock.
fn open(directory: &Path) -> io::Result<File> {
    let path = directory.join("lock");
    let made = File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&path);
    match made {
        Ok(file) => {
            chown_to_directory_owner(&file, directory);
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_regular(&path.metadata()?)?;
            let file = File::options()
                .write(true)
                .custom_flags(flags_without_waiting())
                .open(&path)?;
            let metadata = file.metadata()?;
            check_regular(&metadata)?;
            if metadata.permissions().mode() & 0o077 != 0 {
                // An earlier version left it open to others. Where it is not ours to change, whoever owns it can
                // hold it anyway.
                let _ = file.set_permissions(Permissions::from_mode(0o600));
            }
            Ok(file)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_refused_until_the_first_ends() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Held)));
        drop(first);
        assert!(Lock::take(dir.path()).is_ok());
        let missing = dir.path().join("missing");
        assert!(matches!(Lock::take(&missing), Err(LockError::Unusable(_))));
    }

    #[test]
    fn nobody_else_can_open_the_lock_whoever_made_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
        drop(Lock::take(dir.path()).unwrap());
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        drop(Lock::take(dir.path()).unwrap());
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_lock_that_is_no_regular_file_is_unusable_and_not_waited_for() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        mknodat(
            CWD,
            &path,
            FileType::Fifo,
            Mode::from_bits_truncate(0o600),
            0,
        )
        .unwrap();
        let error = Lock::take(dir.path()).unwrap_err();
        assert!(error.to_string().contains("it is a pipe"), "{error}");
    }
}
