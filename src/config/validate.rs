//! What only shows when the whole configuration is seen together.

use std::collections::HashMap;

use super::{
    Config,
    account::ParsedAccount,
    diagnostics::{Diagnostic, Diagnostics, Span},
};
use crate::core::{address::family::Family, reconcile::intent::Host};

/// Reports accounts and hosts that get in each other's way, and what would never be kept.
pub(super) fn check(
    config: &Config,
    drafts: &[ParsedAccount],
    whole: &Span,
    diagnostics: &mut Diagnostics,
) {
    accounts_differ(drafts, diagnostics);
    hosts_differ(drafts, diagnostics);
    if config.ipv4.sources.is_empty() && config.ipv6.sources.is_empty() {
        let wrong = Diagnostic::new("both families are switched off: there is nothing to do");
        diagnostics.problem(whole, wrong.hint("give IPv4 or IPv6 a source"));
        return;
    }
    for placed in drafts.iter().flat_map(|draft| &draft.hosts) {
        is_kept(config, &placed.host, &placed.spot, diagnostics);
    }
}

/// One label, one account: reports and commands name accounts by it.
fn accounts_differ(drafts: &[ParsedAccount], diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, &Span> = HashMap::new();
    for draft in drafts {
        let (spot, name) = &draft.name;
        if let Some(first) = seen.get(name.0.as_str()) {
            let wrong =
                Diagnostic::new(format!("the account at {first} is called `{name}` as well"));
            diagnostics.problem(spot, wrong.hint("give each a `name` of its own"));
        } else {
            seen.insert(&name.0, spot);
        }
    }
}

/// Two places for one host would overwrite each other for ever.
fn hosts_differ(drafts: &[ParsedAccount], diagnostics: &mut Diagnostics) {
    let mut seen = HashMap::new();
    for placed in drafts.iter().flat_map(|draft| &draft.hosts) {
        let name = &placed.host.name;
        if let Some(first) = seen.get(name) {
            let wrong = Diagnostic::new(format!("`{name}` is a host already, at {first}"));
            diagnostics.problem(&placed.spot, wrong.hint("remove one of them"));
        } else {
            seen.insert(name, &placed.spot);
        }
    }
}

/// A host whose only family has no sources would silently never be kept.
fn is_kept(config: &Config, host: &Host, spot: &Span, diagnostics: &mut Diagnostics) {
    let on = |family: &Family| !config.family(*family).sources.is_empty();
    let wants_one = Family::ALL.iter().any(|family| host.wants(*family));
    let kept = Family::ALL
        .iter()
        .any(|family| host.wants(*family) && on(family));
    if wants_one && !kept {
        let wrong = Diagnostic::new("the only family of this host has no sources");
        diagnostics.problem(
            spot,
            wrong.hint("give the family a source, or remove the host"),
        );
    }
}
