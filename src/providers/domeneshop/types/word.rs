//! Enumerations that stay open: a word that nobody documented is kept as it came.

/// Defines an enumeration of words. The first text of each is written; all of them are read.
macro_rules! words {
    ($(#[$about:meta])* $name:ident {
        $( $(#[$what:meta])* $variant:ident = $word:literal $(| $also:literal)* ),+ $(,)?
    }) => {
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $( $(#[$what])* $variant, )+
            /// A word that was not documented by November 2026.
            Other(String),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word $(| $also)* => Self::$variant, )+
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(super) use words;
