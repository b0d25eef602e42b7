//! Addresses: which may be published, which of an interface's is chosen, and those of other devices behind our prefix.

pub mod addr_set;
pub mod family;
pub mod host_id;
pub mod policy;
mod scope;
pub mod select;

#[cfg(test)]
mod tests;
