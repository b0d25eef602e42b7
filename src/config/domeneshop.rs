//! `[[domeneshop]]`: an account there.

use super::{
    diagnostics::{Diagnostic, Diagnostics},
    root::misplaced,
};
use crate::{
    config::{
        AnySettings,
        account::{self, ParsedAccount},
        host::{SpannedHost, TtlRule},
        secrets::{SECRET, SecretResolver, TOKEN},
        section::ConfigSection,
    },
    core::reconcile::plan::UpdateMode,
    providers::domeneshop::{ENDPOINT, Settings},
};

/// The vendor's API document, `DNSRecord.ttl`.
const TTL: TtlRule = TtlRule {
    least: 60,
    step: 60,
};

const UPDATE: [(&str, UpdateMode); 3] = [
    ("auto", UpdateMode::WhenReplaceable),
    ("dyndns", UpdateMode::Only),
    ("records", UpdateMode::Never),
];

/// Reads one account.
pub(super) fn read(
    mut section: ConfigSection<'_>,
    secret_resolver: &mut SecretResolver<'_>,
    diagnostics: &mut Diagnostics,
) -> ParsedAccount {
    let name = account::name(&mut section, "domeneshop", diagnostics);
    let token = secret_resolver.need(&mut section, &TOKEN, diagnostics);
    let secret = secret_resolver.need(&mut section, &SECRET, diagnostics);
    let endpoint = account::endpoint(&mut section, ENDPOINT, diagnostics);
    let update = section.take("update");
    let push = match &update {
        None => Some(UpdateMode::WhenReplaceable),
        Some(value) => value.choice(&UPDATE, diagnostics),
    };
    let hosts = account::hosts(&mut section, TTL, diagnostics);
    if push == Some(UpdateMode::Only) {
        for placed in &hosts {
            dyndns_can(placed, diagnostics);
        }
    }
    let spot = section.spot.clone();
    section.finish(diagnostics, misplaced);
    let settings = || {
        Some(Settings {
            token: token?,
            secret: secret?,
            endpoint: endpoint?,
            push: push?,
        })
    };
    ParsedAccount {
        spot,
        name,
        hosts,
        provider: settings().map(AnySettings::Domeneshop),
    }
}

/// What `dyndns/update` cannot do is said at start, not at the first change.
fn dyndns_can(placed: &SpannedHost, diagnostics: &mut Diagnostics) {
    let host = &placed.host;
    let what = if host.name.is_wildcard() {
        "a wildcard"
    } else if host.ttl.is_some() {
        "a TTL"
    } else if !host.create {
        "`create = false`"
    } else {
        return;
    };
    diagnostics.problem(
        &placed.spot,
        Diagnostic::new(format!(
            "{}: `update = \"dyndns\"` cannot do {what}",
            host.name
        ))
        .hint("use `update = \"auto\"` or `update = \"records\"`"),
    );
}
