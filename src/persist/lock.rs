//! One instance at a time on one state directory: two would count each other's writes as none.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

use super::leave_to_owner;

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

fn open(directory: &Path) -> io::Result<File> {
    let path = directory.join("lock");
    match File::options().create_new(true).write(true).open(&path) {
        Ok(file) => {
            leave_to_owner(&file, directory);
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            File::options().write(true).open(&path)
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
}
