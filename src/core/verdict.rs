//! How well a round ended.

/// How well a round ended, from best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Every host is right.
    Right,
    /// Our address could not be found out.
    AddressUnknown,
    /// At least one host could not be made right for now.
    TryAgain,
    /// A provider refused for good.
    Refused,
}
