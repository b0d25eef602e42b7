//! The macro that takes definitions.

/// Defines operations: for each a struct that is its typed call, and its [`Operation`]. What follows
/// the first line of a definition's comment stands in the struct's documentation only.
///
/// ```text
/// operations! {
///     /// Adds a domain to the account.
///     DomainCreate "Domain.Create" POST "/Domain.Create" writes -> Created {
///         /// The domain, without `www`.
///         domain: required text,
///         /// Whether it is marked.
///         is_mark: optional choice["yes", "no"],
///         /// How many.
///         length: optional integer[1, 500],
///     }
///     one_of [["domain", "domain_id"]]
///     codes [OWN, COMMON]
///     page "https://…"
/// }
/// ```
///
/// [`Operation`]: crate::providers::operation::Operation
#[macro_export]
macro_rules! operations {
    ($(
        #[doc = $about:literal]
        $(#[doc = $more:literal])*
        $name:ident $wire:literal $method:ident $path:literal $access:ident -> $output:ty {
            $(
                #[doc = $what:literal]
                $field:ident : $need:ident $kind:ident $([ $($detail:literal),+ $(,)? ])?
            ),* $(,)?
        }
        one_of [ $([ $($member:literal),+ ]),* $(,)? ]
        codes [ $($codes:expr),* $(,)? ]
        page $page:expr
    )*) => {
        $(
            #[doc = $about]
            $(#[doc = $more])*
            ///
            #[doc = concat!("The operation `", $wire, "`; its limits and codes stand in its definition.")]
            #[derive(Clone, PartialEq, Eq, Debug, Default)]
            pub struct $name {
                $(
                    #[doc = $what]
                    pub $field: $crate::operations!(@type $need $kind),
                )*
            }

            impl $crate::providers::operation::Call for $name {
                type Output = $output;

                const OPERATION: &'static $crate::providers::operation::Operation =
                    &$crate::providers::operation::Operation {
                        name: $wire,
                        about: $crate::operations!(@trim $about),
                        page: $page,
                        method: $crate::operations!(@method $method),
                        path: $path,
                        shape: $crate::providers::operation::shape::<$output>,
                        writes: $crate::operations!(@access $access),
                        parameters: &[$(
                            $crate::providers::operation::Parameter {
                                name: $crate::operations!(@name $field),
                                about: $crate::operations!(@trim $what),
                                required: $crate::operations!(@need $need),
                                kind: $crate::operations!(@kind $kind $([ $($detail),+ ])?),
                            },
                        )*],
                        one_of: &[$(&[$($member),+]),*],
                        codes: &[$($codes),*],
                    };

                fn arguments(&self) -> $crate::providers::operation::Arguments {
                    $crate::providers::operation::Arguments::typed([$(
                        (
                            $crate::operations!(@name $field),
                            $crate::operations!(@secret $kind),
                            $crate::providers::operation::Argument::text(&self.$field),
                        ),
                    )*])
                }
            }
        )*

        /// Every operation that is defined here, in order.
        pub const ALL: &[&$crate::providers::operation::Operation] =
            &[$(<$name as $crate::providers::operation::Call>::OPERATION),*];
    };
    (@type required text) => { String };
    (@type required note) => { String };
    (@type required choice) => { String };
    (@type required integer) => { i64 };
    (@type required flag) => { bool };
    (@type optional text) => { Option<String> };
    (@type optional note) => { Option<String> };
    (@type optional choice) => { Option<String> };
    (@type optional integer) => { Option<i64> };
    (@type optional flag) => { Option<bool> };
    (@type $need:ident secret) => { Option<$crate::core::secret::Secret> };
    (@kind text) => { $crate::providers::operation::ParameterKind::Text };
    (@kind note) => { $crate::providers::operation::ParameterKind::OptionalText };
    (@kind secret) => { $crate::providers::operation::ParameterKind::Secret };
    (@kind flag) => { $crate::providers::operation::ParameterKind::Flag };
    (@kind integer[$least:literal, $most:literal]) => {
        $crate::providers::operation::ParameterKind::Integer($least, $most)
    };
    (@kind integer[$least:literal]) => {
        $crate::providers::operation::ParameterKind::Integer($least, i64::MAX)
    };
    (@kind choice[$($word:literal),+]) => {
        $crate::providers::operation::ParameterKind::Choice(&[$($word),+])
    };
    (@secret secret) => { true };
    (@secret $kind:ident) => { false };
    (@need required) => { true };
    (@need optional) => { false };
    (@access reads) => { false };
    (@access writes) => { true };
    (@method GET) => { $crate::http::Method::Get };
    (@method POST) => { $crate::http::Method::Post };
    (@method PUT) => { $crate::http::Method::Put };
    (@method DELETE) => { $crate::http::Method::Delete };
    // A field whose wire name is a word of the language is written with `r#`.
    (@name r#type) => { "type" };
    (@name $field:ident) => { stringify!($field) };
    // A doc comment begins with the blank behind its slashes.
    (@trim $text:literal) => { $text.trim_ascii_start() };
}
