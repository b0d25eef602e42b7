//! The state file: written whole or not at all, read with suspicion.

mod file;
mod lock;

pub use file::{Loaded, Stamp, StateFile, decode, encode};
pub use lock::{Lock, LockError};
