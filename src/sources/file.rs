//! The source `file:`: what the operator or another program wrote down.

use std::path::Path;

use super::address_text::MAX_LIST_BYTES;
use crate::regular_file;

/// The file's content, or a little more of it than is acceptable.
pub(super) fn content(path: &Path) -> Result<Vec<u8>, String> {
    let most = u64::try_from(MAX_LIST_BYTES + 1).unwrap_or(u64::MAX);
    let content = regular_file::read(path, most);
    content.map_err(|error| format!("{} could not be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_anything_else_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("address");
        assert!(content(&path).unwrap_err().contains("could not be read"));
        std::fs::write(&path, "84.212.10.20\n").unwrap();
        assert_eq!(content(&path).unwrap(), b"84.212.10.20\n");
        assert!(
            content(dir.path())
                .unwrap_err()
                .contains("not a regular file")
        );
        std::fs::write(&path, vec![b'1'; MAX_LIST_BYTES * 2]).unwrap();
        assert_eq!(content(&path).unwrap().len(), MAX_LIST_BYTES + 1);
    }
}
