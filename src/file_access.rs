//! Who besides us may change a file or directory, by its owner and permissions.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

/// The kernel shows this owner where it has none in our user namespace (`/proc/sys/kernel/overflowuid`): it may
/// be root.
const UNKNOWN_OWNER: u32 = 65_534;

/// Owner and permission bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileAccess {
    /// The owner's number.
    pub owner: u32,
    /// The permission bits.
    pub mode: u32,
}

impl From<&Metadata> for FileAccess {
    fn from(metadata: &Metadata) -> Self {
        Self {
            owner: metadata.uid(),
            mode: metadata.mode(),
        }
    }
}

impl FileAccess {
    /// Whether the owner is another user than root and this one.
    pub fn is_foreign_to(self, user: u32) -> bool {
        ![0, user, UNKNOWN_OWNER].contains(&self.owner)
    }

    /// Who besides root and this user may write to it, for people.
    pub fn other_writers(self, user: u32) -> Option<String> {
        if self.mode & 0o002 != 0 {
            Some("everybody on this host".to_owned())
        } else if self.is_foreign_to(user) {
            Some(format!("its owner, the user {}", self.owner))
        } else if self.mode & 0o020 != 0 {
            Some("its group".to_owned())
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_else_may_write_is_named() {
        for (owner, mode, writers) in [
            (1000, 0o100_600, None),
            (0, 0o100_644, None),
            (UNKNOWN_OWNER, 0o100_644, None),
            (1000, 0o100_622, Some("everybody on this host")),
            (0, 0o100_602, Some("everybody on this host")),
            (1000, 0o100_660, Some("its group")),
            (1001, 0o100_600, Some("its owner, the user 1001")),
        ] {
            let access = FileAccess { owner, mode };
            assert_eq!(access.other_writers(1000).as_deref(), writers, "{access:?}");
        }
    }
}
