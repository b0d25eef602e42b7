//! The state file: written whole or not at all, read with suspicion.

mod file;
mod lock;

use std::{
    fs::{File, Metadata},
    os::unix::fs::{MetadataExt, fchown},
    path::Path,
};

pub use file::{Loaded, Stamp, StateFile, decode, encode, outdate};
pub use lock::{Lock, LockError};

/// Gives a file that we have just made to whoever owns its directory. Root does so when it looks (`sudo moored plan`)
/// where a service or cron's user keeps its state, who could not read it otherwise. It is only ever said of files that
/// did not exist before: through one that did, a directory's owner could be given any other.
fn leave_to_owner(made: &File, directory: &Path) {
    let owner = |it: &Metadata| (it.uid(), it.gid());
    if let (Ok(own), Ok(wanted)) = (made.metadata(), directory.metadata())
        && owner(&own) != owner(&wanted)
        && rustix::process::geteuid().is_root()
    {
        // What cannot be given away is read by us alone.
        let _ = fchown(made, Some(wanted.uid()), Some(wanted.gid()));
    }
}
