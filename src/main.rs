//! moored
fn main() {}
