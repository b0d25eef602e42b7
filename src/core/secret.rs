//! A secret that cannot be printed.

use std::fmt;

/// A credential. It has no `Display`, its `Debug` shows nothing of it, and the only way to its text
/// is [`Secret::expose`], so that a search for that word finds every place a secret leaves the type.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: only for what is sent to the provider that issued it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A number that changes when the secret does and does not lead back to it (FNV-1a, 64 bits of
    /// a credential with far more): a refused credential is left alone until this changes.
    pub fn fingerprint(&self) -> u64 {
        fingerprint(self.0.as_bytes())
    }
}

/// FNV-1a over `bytes`: stable across releases, which the standard library's hasher is not.
pub fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let shown = format!("{:?}", Some(Secret::new("hunter2")));
        assert_eq!(shown, "Some(Secret(…))");
    }

    #[test]
    fn the_fingerprint_follows_the_text() {
        assert_eq!(
            Secret::new("a").fingerprint(),
            Secret::new("a").fingerprint()
        );
        assert_ne!(
            Secret::new("a").fingerprint(),
            Secret::new("b").fingerprint()
        );
        // The published FNV-1a test vector for "a".
        assert_eq!(fingerprint(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn the_text_is_had_by_asking_for_it() {
        assert_eq!(Secret::new("hunter2").expose(), "hunter2");
    }
}
