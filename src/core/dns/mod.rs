//! DNS as data: names, zones and records, and what excludes an address record at a name.

pub mod change;
pub mod conflict;
pub mod name;
pub mod name_hint;
pub mod record;
