//! The tables `[ipv4]` and `[ipv6]`: whom to ask for an address, and which to take.

use std::{collections::BTreeSet, net::IpAddr};

use ipnet::IpNet;

use super::diagnostics::{Diagnostic, Diagnostics, Span, shown};
use crate::{
    config::{FamilyConfig, section::ConfigSection, suggest::nearest, value::ConfigValue},
    core::{
        address::{family::Family, policy::PublishPolicy, select::AddressPreference},
        reconcile::intent::OnAbsent,
    },
    sources::source::{KINDS, ParseSourceError, Source},
};

/// How many independent operators must agree, if nobody says it.
const CONFIRM_RANGE: usize = 2;

/// Reads one family's table. What is wrong in it is replaced by the default, for the problem that
/// was reported keeps the configuration from being used.
pub(super) fn read(
    mut section: ConfigSection<'_>,
    family: Family,
    diagnostics: &mut Diagnostics,
) -> FamilyConfig {
    let written = section.take("sources");
    let sources = written
        .as_ref()
        .map(|value| sources(value, family, diagnostics));
    let confirm = section.take("confirm");
    let needed = confirm.as_ref().map(|it| self::confirm(it, diagnostics));
    let acceptance = acceptance(&mut section, family, diagnostics);
    let on_absent = section.take("on_absent").and_then(|value| {
        let words = [("keep", OnAbsent::Keep), ("remove", OnAbsent::Remove)];
        value.choice(&words, diagnostics)
    });
    let prefer = match family {
        Family::V4 => None,
        Family::V6 => section.take("prefer").and_then(|value| {
            let words = [
                ("stable", AddressPreference::Stable),
                ("temporary", AddressPreference::Temporary),
            ];
            value.choice(&words, diagnostics)
        }),
    };
    // An unusable source may have been the one that is missing: one problem is enough.
    let readable = sources.as_ref().is_none_or(Option::is_some);
    let family_config = FamilyConfig {
        sources: sources
            .flatten()
            .unwrap_or_else(|| vec![Source::Interface(None), Source::Https, Source::Dns]),
        confirm: needed.flatten().unwrap_or(CONFIRM_RANGE),
        acceptance,
        on_absent: on_absent.unwrap_or_default(),
        prefer: prefer.unwrap_or_default(),
    };
    let spot = confirm.or(written).map(|value| value.spot);
    if let (true, Some(spot)) = (readable, spot) {
        enough_operators(&family_config, &spot, &section, diagnostics);
    }
    section.finish(diagnostics, |key, _| {
        (key == "prefer").then(|| {
            Diagnostic::new("IPv4 has no temporary addresses to choose from")
                .hint("remove the line")
        })
    });
    family_config
}

fn acceptance(
    section: &mut ConfigSection<'_>,
    family: Family,
    diagnostics: &mut Diagnostics,
) -> PublishPolicy {
    let any = section
        .take("accept")
        .and_then(|value| value.choice(&[("global", false), ("any", true)], diagnostics));
    let mut networks = |key, diagnostics: &mut Diagnostics| {
        let value: Option<ConfigValue<'_>> = section.take(key);
        let texts = value
            .and_then(|it| it.texts(diagnostics))
            .unwrap_or_default();
        texts
            .into_iter()
            .filter_map(|(spot, text)| diagnostics.check(&spot, network(text, family)))
            .collect()
    };
    PublishPolicy {
        accept_any: any.unwrap_or_default(),
        only: networks("only", diagnostics),
        exclude: networks("exclude", diagnostics),
    }
}

/// The sources in order; `None` if one is unusable.
fn sources(
    value: &ConfigValue<'_>,
    family: Family,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Source>> {
    // Only in a variable: an empty one may be an accident, so switching off is said in a word.
    if !value.is_in_file() && value.as_text() == Some("none") {
        return Some(Vec::new());
    }
    let mut sources = Vec::new();
    let mut usable = true;
    for item in value.list(diagnostics)? {
        let source = item
            .text(diagnostics)
            .and_then(|text| diagnostics.check(&item.spot, source(text, family)));
        match source {
            None => usable = false,
            Some(source) if sources.contains(&source) => {
                let wrong =
                    Diagnostic::new(format!("{} is listed twice", shown(&source.to_string())));
                diagnostics.problem(&item.spot, wrong.hint("remove one of them"));
            }
            Some(source) => sources.push(source),
        }
    }
    usable.then_some(sources)
}

fn source(text: &str, family: Family) -> Result<Source, Diagnostic> {
    let error = match Source::parse(text, family) {
        Ok(source) => return Ok(source),
        Err(error) => error,
    };
    // What follows may be a command line, and so hold a password.
    let is_end = |letter: char| letter == ':' || letter.is_whitespace();
    let kind = text.trim().split(is_end).next().unwrap_or_default();
    Err(match error {
        ParseSourceError::Unknown(_) => no_source(kind),
        // A password in it would be shown along.
        ParseSourceError::BadUrl(why) => Diagnostic::new(format!("is not a URL: {why}")),
        ParseSourceError::NotByRouter => Diagnostic::new(error.to_string()).hint("use `interface`"),
        error => Diagnostic::new(error.to_string()),
    })
}

fn no_source(kind: &str) -> Diagnostic {
    if matches!(kind, "https" | "dns" | "router") {
        return Diagnostic::new(format!("`{kind}` takes nothing after it"))
            .hint(format!("write `{kind}`"));
    }
    let wrong = Diagnostic::new(format!("{} is not a source", shown(kind)));
    let kinds = [
        "interface",
        "https",
        "dns",
        "stun",
        "router",
        "static",
        "file",
        "command",
    ];
    match nearest(kind, kinds) {
        Some(meant) if meant != kind => wrong.hint(format!("did you mean `{meant}`?")),
        _ => wrong.hint(format!("use {KINDS}")),
    }
}

fn confirm(value: &ConfigValue<'_>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let number = value.integer(diagnostics)?;
    let operators = usize::try_from(number).ok().filter(|it| *it >= 1);
    if operators.is_none() {
        let wrong = Diagnostic::new(format!("{number} operators cannot confirm anything"));
        diagnostics.problem(&value.spot, wrong.hint("write 1 or more; 2 is the default"));
    }
    operators
}

/// Fewer operators than must agree could never make a change believable.
fn enough_operators(
    config: &FamilyConfig,
    spot: &Span,
    section: &ConfigSection<'_>,
    diagnostics: &mut Diagnostics,
) {
    // An operator that answers in several ways is one witness.
    let operators: BTreeSet<&str> = config.sources.iter().flat_map(Source::operators).collect();
    let there = operators.len();
    if there == 0 || there >= config.confirm {
        return;
    }
    let more = if config.sources.contains(&Source::Https) {
        "add a source of another operator"
    } else {
        "add the source `https`"
    };
    let needed = config.confirm;
    diagnostics.problem(
        spot,
        Diagnostic::new(format!(
            "{needed} operators must agree on a change, and the sources are of {there}"
        ))
        .hint(format!(
            "{more}, or set `{}` to {there}",
            section.written("confirm")
        )),
    );
}

/// A network, or an address as the network of itself.
fn network(text: &str, family: Family) -> Result<IpNet, Diagnostic> {
    let text = text.trim();
    let net = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| {
            let example = match family {
                Family::V4 => "84.212.0.0/16",
                Family::V6 => "2a01:79c::/32",
            };
            Diagnostic::new(format!("{} is not a network", shown(text)))
                .hint(format!("write one as in `{example}`"))
        })?;
    if Family::of(net.addr()) != family {
        return Err(Diagnostic::new(format!("{net} is not an {family} network")));
    }
    Ok(net.trunc())
}
