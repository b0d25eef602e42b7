//! Carrying out an inquiry.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use futures_util::future::join_all;

use super::{
    body::several,
    command, dns,
    echo::Echoes,
    file, https,
    kernel::View,
    rotate::rotated,
    source::{Source, operator_of},
    stun,
};
use crate::core::{
    addr::{Acceptance, Family},
    agree::{self, Basis, Inquiry, Next, Trust},
    choose::{Prefer, choose},
    observe::{Observation, Why},
    outcome::{FamilyReport, Heard},
    time::Moment,
};

/// How the addresses of one family are found out.
#[derive(Clone, Debug)]
pub struct FamilySources {
    /// The family.
    pub family: Family,
    /// Whom to ask, in order.
    pub sources: Vec<Source>,
    /// How many independent operators make a change from outside believable.
    pub confirm: usize,
    /// Which addresses may be published.
    pub acceptance: Acceptance,
    /// Which kind of IPv6 address is published where a host has both.
    pub prefer: Prefer,
}

/// Something to ask, behind one of the inquiry's sources.
enum Ask {
    Interface(Option<String>),
    Echo(String),
    Dns(dns::Operator),
    Stun(stun::Server),
    Static(Vec<IpAddr>),
    File(std::path::PathBuf),
    Command(String),
}

/// Finds out this host's own addresses.
pub struct Detector {
    echoes: Echoes,
    timeout: Duration,
    clock: Box<dyn Fn() -> Moment>,
    turn: usize,
}

impl Detector {
    /// A detector whose single questions take at most `timeout` each. `turn` says with which
    /// operator of a built-in list it begins: any number; each later hour begins with the next.
    pub fn new(
        tls: std::sync::Arc<rustls::ClientConfig>,
        timeout: Duration,
        user_agent: String,
        clock: Box<dyn Fn() -> Moment>,
        turn: usize,
    ) -> Self {
        Self {
            echoes: Echoes {
                tls,
                timeout,
                user_agent,
            },
            timeout,
            clock,
            turn,
        }
    }

    /// Who is asked first changes by the hour: a stale operator goes on for so long at the most, and
    /// where a line leaves by two addresses, so that operators disagree for good, a change of mind
    /// comes no more often.
    fn turn(&self) -> usize {
        const HOUR: i64 = 3_600_000;
        let hours = (self.clock)().millis().div_euclid(HOUR);
        self.turn
            .wrapping_add(usize::try_from(hours).unwrap_or_default())
    }

    /// Bytes nobody can guess, from the provider of TLS's cryptography: it is there anyway.
    fn random<const N: usize>(&self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        let random = self.echoes.tls.crypto_provider().secure_random;
        random
            .fill(&mut bytes)
            .map_err(|_| "the system gives no random numbers".to_owned())?;
        Ok(bytes)
    }

    /// Asks as few sources as it takes to know. What somebody on this host says counts as what one
    /// more operator outside says.
    pub async fn observe(
        &self,
        how: &FamilySources,
        known: &BTreeSet<IpAddr>,
        told: Option<IpAddr>,
    ) -> FamilyReport {
        let mut questions = expand(how, self.turn());
        if let Some(addr) = told {
            add_told(&mut questions, addr, known);
        }
        self.inquire(how, known, questions, false).await
    }

    /// Asks every source at once, and judges them all.
    pub async fn observe_all(&self, how: &FamilySources, known: &BTreeSet<IpAddr>) -> FamilyReport {
        // Where all are asked they are shown in one order.
        self.inquire(how, known, expand(how, 0), true).await
    }

    async fn inquire(
        &self,
        how: &FamilySources,
        known: &BTreeSet<IpAddr>,
        (sources, asks): Questions,
        all_at_once: bool,
    ) -> FamilyReport {
        let family = how.family;
        let view = match View::take() {
            Ok(view) => view,
            Err(what) => {
                let observation = Observation::Unavailable(Why::Derived(what));
                return FamilyReport {
                    family,
                    observation,
                    heard: Vec::new(),
                };
            }
        };
        let elsewhere = Acceptance {
            any: how.acceptance.any,
            ..Acceptance::default()
        };
        let mut inquiry = Inquiry::new(Basis {
            family,
            sources: &sources,
            acceptance: &how.acceptance,
            confirm: how.confirm,
            known: known.clone(),
            kernel: view.of(family, &how.acceptance),
            other: view.of(other(family), &elsewhere),
        });
        let mut heard = Vec::new();
        let mut everyone = all_at_once;
        loop {
            let positions = match inquiry.next() {
                _ if everyone => (0..sources.len()).collect(),
                Next::Ask(positions) => positions,
                Next::Believe(observation) => {
                    return FamilyReport {
                        family,
                        observation,
                        heard,
                    };
                }
            };
            everyone = false;
            let asked = positions.into_iter().filter_map(|position| {
                let (source, ask) = (sources.get(position)?, asks.get(position)?);
                let view = &view;
                Some(async move {
                    let begun = (self.clock)();
                    let answer = self.ask(ask, how, view, known).await;
                    (position, source, answer, (self.clock)().since(begun))
                })
            });
            for (position, source, answer, took) in join_all(asked).await {
                let judged = inquiry.hear(position, answer);
                heard.push(Heard {
                    source: source.label.clone(),
                    operator: source.operator.clone(),
                    answer: judged.map(|set| set.addrs().into_iter().collect()),
                    took,
                });
            }
        }
    }

    async fn ask(
        &self,
        ask: &Ask,
        how: &FamilySources,
        view: &View,
        known: &BTreeSet<IpAddr>,
    ) -> Result<Vec<IpAddr>, String> {
        match ask {
            Ask::Interface(name) => interface(name.as_deref(), how, view, known),
            Ask::Echo(url) => self
                .echoes
                .ask(url, how.family)
                .await
                .map(|addr| vec![addr]),
            Ask::Dns(operator) => {
                let addr = operator.ask(how.family, self.timeout, self.random()?);
                addr.await.map(|addr| vec![addr])
            }
            Ask::Stun(server) => {
                let addr = server.ask(how.family, self.timeout, self.random()?);
                addr.await.map(|addr| vec![addr])
            }
            Ask::Static(addrs) => Ok(addrs.clone()),
            Ask::File(path) => several(&file::content(path)?).map(|it| of(it, how.family)),
            Ask::Command(line) => {
                let text = command::output(line, self.timeout).await?;
                several(&text).map(|it| of(it, how.family))
            }
        }
    }
}

fn other(family: Family) -> Family {
    match family {
        Family::V4 => Family::V6,
        Family::V6 => Family::V4,
    }
}

/// A file or command may serve both families with one text: each takes its own addresses.
fn of(addrs: Vec<IpAddr>, family: Family) -> Vec<IpAddr> {
    addrs
        .into_iter()
        .filter(|addr| Family::of(*addr) == family)
        .collect()
}

fn interface(
    name: Option<&str>,
    how: &FamilySources,
    view: &View,
    known: &BTreeSet<IpAddr>,
) -> Result<Vec<IpAddr>, String> {
    let candidates: Vec<_> = view
        .addresses
        .iter()
        .filter(|it| name.is_none_or(|name| it.interface == name))
        .filter(|it| !it.addr.is_loopback())
        .cloned()
        .collect();
    if let Some(name) = name
        && candidates.is_empty()
    {
        return Err(format!("there is no interface `{name}` with an address"));
    }
    let chosen = choose(how.family, &candidates, &how.acceptance, how.prefer, known)?;
    Ok(vec![chosen.addr()])
}

/// Single questions: what the inquiry sees of each, and what is asked.
type Questions = (Vec<agree::Source>, Vec<Ask>);

/// Puts what somebody on this host says before the first source outside. Where there is none, nobody
/// could agree with it, and it has no say. Nor has it where it only repeats what is known: somebody
/// who goes on saying an old address would keep the others from being asked for a new one.
fn add_told((sources, asks): &mut Questions, addr: IpAddr, known: &BTreeSet<IpAddr>) {
    let is_outside = |it: &agree::Source| it.trust == Trust::Outside;
    if let Some(position) = sources.iter().position(is_outside)
        && *known != BTreeSet::from([addr])
    {
        let source = agree::Source {
            label: "poke".to_owned(),
            operator: "poke".to_owned(),
            trust: Trust::Outside,
        };
        sources.insert(position, source);
        asks.insert(position, Ask::Static(vec![addr]));
    }
}

/// The configured sources as single questions: a built-in list is one for each operator, beginning
/// with another one each turn.
fn expand(how: &FamilySources, turn: usize) -> Questions {
    let mut sources = Vec::new();
    let mut asks = Vec::new();
    let mut add = |label: String, operator: &str, trust, ask| {
        sources.push(agree::Source {
            label,
            operator: operator.to_owned(),
            trust,
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
                    Trust::Own
                };
                add(label, "this host", trust, Ask::Interface(name.clone()));
            }
            Source::Https => {
                for operator in turned(&https::OPERATORS, turn) {
                    let url = operator.url(how.family);
                    add(
                        url.to_owned(),
                        operator.name,
                        Trust::Outside,
                        Ask::Echo(url.to_owned()),
                    );
                }
            }
            Source::Echo(url) => {
                let operator = operator_of(url.host_str().unwrap_or_default());
                add(label, operator, Trust::Outside, Ask::Echo(url.to_string()));
            }
            Source::Dns => {
                for operator in turned(&dns::OPERATORS, turn) {
                    let label = format!("dns:{}", operator.asks);
                    add(label, operator.name, Trust::Outside, Ask::Dns(operator));
                }
            }
            Source::Stun => {
                for operator in turned(&stun::OPERATORS, turn) {
                    let server = stun::Server::from(operator);
                    let label = format!("stun:{server}");
                    add(label, operator.name, Trust::Outside, Ask::Stun(server));
                }
            }
            Source::StunServer(server) => {
                let ask = Ask::Stun(server.clone());
                add(label, server.operator(), Trust::Outside, ask);
            }
            Source::Static(addrs) => {
                add(label, "you", Trust::Own, Ask::Static(addrs.clone()));
            }
            Source::File(path) => add(label, "you", Trust::Own, Ask::File(path.clone())),
            Source::Command(line) => {
                add(label, "you", Trust::Own, Ask::Command(line.clone()));
            }
        }
    }
    (sources, asks)
}

/// A built-in list in this turn's order.
fn turned<T: Copy>(operators: &[T], turn: usize) -> impl Iterator<Item = T> {
    rotated(operators.len(), turn).filter_map(|position| operators.get(position).copied())
}

#[cfg(test)]
mod tests;
