//! What a round's report says to each of its readers: people, programs, the log, the status socket.

pub mod json;
pub mod log;
pub mod plan;
pub mod status;
pub mod table;
pub mod text;
