//! Standard input, output and error, at whose other end somebody may have stopped writing or reading.
//!
//! Standard error takes the log and what is said to people. To write to it never waits: what finds no room is
//! kept in a short queue, and what finds no room there is dropped, counted, and spoken of later. Standard
//! output takes a command's answer, once, when nothing else is left to do.

mod line_queue;
mod stderr;
mod stdin;
mod stdout;
mod stream;

pub use stderr::{describe_drops, finish, keep_writing, write_text};
pub use stdin::read_input;
pub use stdout::write_answer;
