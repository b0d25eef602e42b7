//! The form without a file: environment variables, enough for a container.

use super::{
    diagnostics::{Diagnostic, Diagnostics, Span},
    environment::Environment,
    suggest::nearest,
};

/// What the names of all our variables start with.
pub(super) const PREFIX: &str = "MOORED_";

/// Read by others: where the file is, and what is logged.
const OTHERS: [&str; 2] = ["MOORED_CONFIG", "MOORED_LOG"];

/// All variables that make a configuration.
pub(super) const VARIABLES: [&str; 48] = [
    "MOORED_AUDIT",
    "MOORED_COMMAND_ENVIRONMENT",
    "MOORED_DNSPOD_CONTACT",
    "MOORED_DNSPOD_ENDPOINT",
    "MOORED_DNSPOD_HOSTS",
    "MOORED_DNSPOD_LINE",
    "MOORED_DNSPOD_NAME",
    "MOORED_DNSPOD_SITE",
    "MOORED_DNSPOD_TOKEN",
    "MOORED_DNSPOD_TOKEN_CREDENTIAL",
    "MOORED_DNSPOD_TOKEN_ENV",
    "MOORED_DNSPOD_TOKEN_FILE",
    "MOORED_DNSPOD_USER_TOKEN",
    "MOORED_DNSPOD_USER_TOKEN_CREDENTIAL",
    "MOORED_DNSPOD_USER_TOKEN_ENV",
    "MOORED_DNSPOD_USER_TOKEN_FILE",
    "MOORED_DNSPOD_VIA",
    "MOORED_DNS_SERVERS",
    "MOORED_DOMENESHOP_ENDPOINT",
    "MOORED_DOMENESHOP_HOSTS",
    "MOORED_DOMENESHOP_NAME",
    "MOORED_DOMENESHOP_SECRET",
    "MOORED_DOMENESHOP_SECRET_CREDENTIAL",
    "MOORED_DOMENESHOP_SECRET_ENV",
    "MOORED_DOMENESHOP_SECRET_FILE",
    "MOORED_DOMENESHOP_TOKEN",
    "MOORED_DOMENESHOP_TOKEN_CREDENTIAL",
    "MOORED_DOMENESHOP_TOKEN_ENV",
    "MOORED_DOMENESHOP_TOKEN_FILE",
    "MOORED_DOMENESHOP_UPDATE",
    "MOORED_DOMENESHOP_VIA",
    "MOORED_INTERVAL",
    "MOORED_IPV4_ACCEPT",
    "MOORED_IPV4_CONFIRM",
    "MOORED_IPV4_EXCLUDE",
    "MOORED_IPV4_ONLY",
    "MOORED_IPV4_ON_ABSENT",
    "MOORED_IPV4_SOURCES",
    "MOORED_IPV6_ACCEPT",
    "MOORED_IPV6_CONFIRM",
    "MOORED_IPV6_EXCLUDE",
    "MOORED_IPV6_ONLY",
    "MOORED_IPV6_ON_ABSENT",
    "MOORED_IPV6_PREFER",
    "MOORED_IPV6_SOURCES",
    "MOORED_STATE_DIR",
    "MOORED_TIMEOUT",
    "MOORED_VERIFY",
];

/// Our variables that are set, in order.
fn ours(environment: &Environment) -> Vec<&str> {
    let names = environment.variables.iter().map(|(name, _)| name.as_str());
    let mut ours: Vec<_> = names
        .filter(|name| name.starts_with(PREFIX) && !OTHERS.contains(name))
        .collect();
    ours.sort_unstable();
    ours
}

/// Whether any variable of an account is set.
pub(super) fn names_an_account(environment: &Environment) -> bool {
    ours(environment).into_iter().any(|name| {
        (name.starts_with("MOORED_DOMENESHOP_") || name.starts_with("MOORED_DNSPOD_"))
            && VARIABLES.contains(&name)
            && environment.variable(name).is_some()
    })
}

/// Reports variables of ours that do not exist.
pub(super) fn unknown(environment: &Environment, diagnostics: &mut Diagnostics) {
    for name in ours(environment) {
        if VARIABLES.contains(&name) || is_of_a_service(name) {
            continue;
        }
        let wrong = Diagnostic::new("unknown variable");
        let known = VARIABLES.into_iter().chain(OTHERS);
        let short = |name: &'static str| name.trim_start_matches(PREFIX);
        // Compared without what they all have in common.
        let wrong = match nearest(name.trim_start_matches(PREFIX), known.map(short)) {
            Some(meant) => wrong.hint(format!("did you mean `{PREFIX}{meant}`?")),
            None => wrong.hint("remove it, or write a configuration file"),
        };
        diagnostics.problem(&Span::variable(name), wrong);
    }
}

/// Whether a variable was put there by Kubernetes or by Docker's links because a service is called
/// `moored` (the documents of both: `MOORED_SERVICE_HOST`, `MOORED_PORT_80_TCP_ADDR`).
fn is_of_a_service(name: &str) -> bool {
    let rest = name.trim_start_matches(PREFIX);
    rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_")
}

/// Sources that are set to nothing: meant to switch the family off, or an accident?
pub(super) fn empty_sources(environment: &Environment, diagnostics: &mut Diagnostics) {
    for name in ["MOORED_IPV4_SOURCES", "MOORED_IPV6_SOURCES"] {
        let is_empty = |(it, value): &(String, String)| it == name && value.trim().is_empty();
        if environment.variables.iter().any(is_empty) {
            let wrong = Diagnostic::new("is empty and ignored");
            diagnostics.warning(
                &Span::variable(name),
                wrong.hint("write `none` to switch the family off"),
            );
        }
    }
}

/// Where there is a file, variables do not count, and whoever sets some should know.
pub(super) fn ignored(environment: &Environment, used: &[String], diagnostics: &mut Diagnostics) {
    for name in ours(environment) {
        if !used.iter().any(|it| it == name) && environment.variable(name).is_some() {
            let wrong = Diagnostic::new("is ignored, for there is a configuration file");
            diagnostics.warning(
                &Span::variable(name),
                wrong.hint("write it in the file, or unset it"),
            );
        }
    }
}
