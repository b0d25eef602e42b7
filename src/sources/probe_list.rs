//! The configured sources as single questions.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use super::{
    command_line::CommandLine,
    detector::FamilySources,
    dns, https,
    rotate::rotated,
    source::{ROUTER, Source, operator_of},
    stun,
};
use crate::core::detection::{
    consensus::{self, Trust},
    hint,
    report::SourceAnswer,
};

/// Something to ask, behind one of the inquiry's sources.
pub(super) enum Probe {
    Interface(Option<String>),
    Echo(String),
    Dns(dns::DnsOperator),
    Stun(stun::StunServer),
    Router,
    Static(Vec<IpAddr>),
    File(std::path::PathBuf),
    Command(CommandLine),
}

/// Single questions: what the inquiry sees of each, and what is asked.
pub(super) type ProbeList = (Vec<consensus::SourceProfile>, Vec<Probe>);

/// Puts what somebody on this host says before the first source outside. Where there is none, nobody
/// could agree with it, and it has no say. Nor has it where it only repeats what is known: somebody
/// who goes on saying an old address would keep the others from being asked for a new one.
pub(super) fn add_hint((sources, asks): &mut ProbeList, addr: IpAddr, known: &BTreeSet<IpAddr>) {
    let is_outside = |it: &consensus::SourceProfile| it.trust == Trust::External;
    if let Some(position) = sources.iter().position(is_outside)
        && *known != BTreeSet::from([addr])
    {
        let source = consensus::SourceProfile {
            label: hint::SOURCE.to_owned(),
            operator: hint::SOURCE.to_owned(),
            trust: Trust::External,
            is_deprioritized: false,
        };
        sources.insert(position, source);
        asks.insert(position, Probe::Static(vec![addr]));
    }
}

/// The configured sources as single questions: a built-in list is one for each operator, beginning
/// with another one each turn.
pub(super) fn expand_sources(how: &FamilySources, turn: usize) -> ProbeList {
    let mut sources = Vec::new();
    let mut asks = Vec::new();
    let mut add = |label: String, operator: &str, trust, ask| {
        sources.push(consensus::SourceProfile {
            label,
            operator: operator.to_owned(),
            trust,
            is_deprioritized: false,
        });
        asks.push(ask);
    };
    for source in &how.sources {
        let label = source.to_string();
        match source {
            Source::Interface(name) => {
                // A named interface that is not there is no knowledge about the whole host.
                let trust = if name.is_none() {
                    Trust::Kernel
                } else {
                    Trust::Local
                };
                add(label, "this host", trust, Probe::Interface(name.clone()));
            }
            Source::Https => {
                for operator in turned(&https::OPERATORS, turn) {
                    let url = operator.url(how.family);
                    add(
                        url.to_owned(),
                        operator.name,
                        Trust::External,
                        Probe::Echo(url.to_owned()),
                    );
                }
            }
            Source::Echo(url) => {
                let operator = operator_of(url.host_str().unwrap_or_default());
                add(
                    label,
                    operator,
                    Trust::External,
                    Probe::Echo(url.to_string()),
                );
            }
            Source::Dns => {
                for operator in turned(&dns::OPERATORS, turn) {
                    let label = format!("dns:{}", operator.asks);
                    add(label, operator.name, Trust::External, Probe::Dns(operator));
                }
            }
            Source::Stun => {
                for operator in turned(&stun::OPERATORS, turn) {
                    let server = stun::StunServer::from(operator);
                    let label = format!("stun:{server}");
                    add(label, operator.name, Trust::External, Probe::Stun(server));
                }
            }
            Source::StunServer(server) => {
                let ask = Probe::Stun(server.clone());
                add(label, server.operator(), Trust::External, ask);
            }
            Source::Router => add(label, ROUTER, Trust::External, Probe::Router),
            Source::Static(addrs) => {
                add(label, "you", Trust::Local, Probe::Static(addrs.clone()));
            }
            Source::File(path) => add(label, "you", Trust::Local, Probe::File(path.clone())),
            Source::Command(line) => {
                add(label, "you", Trust::Local, Probe::Command(line.clone()));
            }
        }
    }
    (sources, asks)
}

/// Takes out what is asked over TLS, which needs the time of day, and says so of each.
pub(super) fn without_tls(
    sources: &mut Vec<consensus::SourceProfile>,
    asks: &mut Vec<Probe>,
) -> Vec<SourceAnswer> {
    let over_tls = |ask: &Probe| matches!(ask, Probe::Echo(url) if url.starts_with("https:"));
    let (out, rest): (Vec<_>, Vec<_>) = std::mem::take(sources)
        .into_iter()
        .zip(std::mem::take(asks))
        .partition(|(_, ask)| over_tls(ask));
    (*sources, *asks) = rest.into_iter().unzip();
    let unasked = out.into_iter().map(|(source, _)| SourceAnswer {
        source: source.label,
        operator: source.operator,
        trust: source.trust,
        answer: Err("not asked: this host's clock is not set".to_owned()),
        elapsed: Duration::ZERO,
    });
    unasked.collect()
}

/// A built-in list in this turn's order.
fn turned<T: Copy>(operators: &[T], turn: usize) -> impl Iterator<Item = T> {
    rotated(operators.len(), turn).filter_map(|position| operators.get(position).copied())
}
