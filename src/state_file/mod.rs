//! The state file: written whole or not at all, read with suspicion.

mod file;
mod lock;

use std::{
    fs::{File, Metadata},
    os::unix::fs::{MetadataExt, fchown},
    path::Path,
};

pub use file::{BootStamp, Loaded, StateFile, decode, encode, outdate};
pub use lock::{Lock, LockError};

use crate::file_access::FileAccess;

/// A warning if somebody else than root and this user may change what is remembered. One who only looks, as root at
/// a service's state, does not mind whose it is.
pub fn directory_warning(directory: &Path, keeps: bool) -> Option<String> {
    let access = FileAccess::from(&directory.metadata().ok()?);
    let user = rustix::process::geteuid();
    let is_guest = user.is_root() && !keeps;
    let writers = if access.mode & 0o002 != 0 {
        "everybody on this host".to_owned()
    } else if access.is_foreign_to(user.as_raw()) && !is_guest {
        format!("the user {}, whose directory it is,", access.owner)
    } else if access.mode & 0o020 != 0 {
        "its group".to_owned()
    } else {
        return None;
    };
    Some(format!(
        "{}: {writers} can change what moored remembers there and hold its lock: make it a directory of the user \
         that moored runs as, with mode 700",
        directory.display()
    ))
}

/// Gives a file that we have just made to whoever owns its directory. Root does so when it looks (`sudo moored plan`)
/// where a service or cron's user keeps its state, who could not read it otherwise. It is only ever said of files that
/// did not exist before: through one that did, a directory's owner could be given any other.
fn chown_to_directory_owner(made: &File, directory: &Path) {
    let owner = |it: &Metadata| (it.uid(), it.gid());
    if let (Ok(own), Ok(wanted)) = (made.metadata(), directory.metadata())
        && owner(&own) != owner(&wanted)
        && rustix::process::geteuid().is_root()
    {
        // What cannot be given away is read by us alone.
        let _ = fchown(made, Some(wanted.uid()), Some(wanted.gid()));
    }
}
