//! What real routers were seen to answer: captures that stand beside the project and not in it, since they are others'.

use std::path::Path;

use crate::regular_file::read_whole;

/// A capture; `None`, said aloud, where the folder with them is not beside the project.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(in crate::sources::router::upnp) fn capture(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/routers");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the captures of real routers are not there");
        return None;
    }
    let bytes = read_whole(&folder.join(name), 64 << 10);
    Some(bytes.unwrap_or_else(|error| panic!("{name}: {error}")))
}
