//! Carrying out an inquiry.

use std::{cell::Cell, collections::BTreeSet, net::IpAddr, time::Duration};

use futures_util::future::join_all;

use super::{
    body::several,
    command, dns,
    echo::Echoes,
    file,
    gateway::gateway,
    https,
    kernel::View,
    rotate::rotated,
    router::Router,
    source::{ROUTER, Source, operator_of},
    stun,
    way::Way,
};
use crate::core::{
    addr::{Acceptance, Family},
    agree::{self, Basis, Inquiry, Next, Trust},
    choose::{Prefer, choose},
    observe::{Claim, NoUplink, Observation, Why},
    outcome::{FamilyReport, Heard},
    past::Past,
    reach::{RouterSays, notes},
    time::Moment,
    vantage::{Interface, Vantage},
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
    Router,
    Static(Vec<IpAddr>),
    File(std::path::PathBuf),
    Command(String),
}

/// Finds out this host's own addresses.
pub struct Detector {
    echoes: Echoes,
    timeout: Duration,
    clocks: Clocks,
    turn: usize,
}

/// The clocks a detector reads.
pub struct Clocks {
    /// Now, on the boot clock.
    pub now: Box<dyn Fn() -> Moment>,
    /// Whether the wall clock was set: without the time of day no certificate is valid.
    pub is_set: Box<dyn Fn() -> bool>,
}

impl Detector {
    /// A detector whose single questions take at most `timeout` each. `turn` says with which
    /// operator of a built-in list it begins: any number; each later hour begins with the next.
    pub fn new(
        tls: std::sync::Arc<rustls::ClientConfig>,
        timeout: Duration,
        user_agent: String,
        clocks: Clocks,
        turn: usize,
    ) -> Self {
        Self {
            echoes: Echoes { tls, user_agent },
            timeout,
            clocks,
            turn,
        }
    }

    /// Who is asked first changes by the hour: a stale operator goes on for so long at the most, and
    /// where a line leaves by two addresses, so that operators disagree for good, a change of mind
    /// comes no more often.
    fn turn(&self) -> usize {
        const HOUR: i64 = 3_600_000;
        let hours = (self.clocks.now)().millis().div_euclid(HOUR);
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

    /// Asks as few sources as it takes to know; over an interface, if one is named, and no other. What
    /// somebody on this host says counts as what one more operator outside says.
    pub async fn observe(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &Past,
        told: Option<IpAddr>,
    ) -> FamilyReport {
        let mut questions = expand(how, self.turn());
        if let Some(addr) = told {
            add_told(&mut questions, addr, &past.believed);
        }
        self.inquire(how, via, past, questions, false).await
    }

    /// Asks every source at once, and judges them all.
    pub async fn observe_all(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &Past,
    ) -> FamilyReport {
        // Where all are asked they are shown in one order.
        self.inquire(how, via, past, expand(how, 0), true).await
    }

    async fn inquire(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &Past,
        (mut sources, mut asks): Questions,
        all_at_once: bool,
    ) -> FamilyReport {
        let family = how.family;
        let vantage = Vantage::new(family, via.cloned());
        let unasked = if (self.clocks.is_set)() {
            Vec::new()
        } else {
            take_https_out(&mut sources, &mut asks)
        };
        let now = (self.clocks.now)();
        for source in &mut sources {
            let standing = past.standings.get(&source.label);
            source.held_back = standing.is_some_and(|it| it.holds_back(now));
        }
        let known = &past.believed;
        let view = match via.map_or_else(View::take, View::over) {
            Ok(view) => view,
            Err(why) => {
                return FamilyReport {
                    vantage,
                    observation: Observation::Unavailable(why),
                    heard: Vec::new(),
                    notes: Vec::new(),
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
        let mut others: Vec<Claim> = Vec::new();
        let router = Cell::new(None);
        let mut everyone = all_at_once;
        loop {
            let positions = match inquiry.next() {
                _ if everyone => (0..sources.len()).collect(),
                Next::Ask(positions) => positions,
                Next::Believe(observation) => {
                    let observation = match observation {
                        Observation::Unavailable(Why::NoAnswer(_)) if !unasked.is_empty() => {
                            Observation::Unavailable(Why::NoClock)
                        }
                        other => other,
                    };
                    // Nobody is to blame for them: where all are shown they are shown too.
                    heard.extend(unasked.into_iter().filter(|_| all_at_once));
                    let own = view.addresses.iter().map(|it| it.addr).collect();
                    return FamilyReport {
                        notes: notes(router.get(), &observation, &others, &own),
                        observation: self.explained(&vantage, observation).await,
                        vantage,
                        heard,
                    };
                }
            };
            everyone = false;
            let asked = positions.into_iter().filter_map(|position| {
                let (source, ask) = (sources.get(position)?, asks.get(position)?);
                let (vantage, view, router) = (&vantage, &view, &router);
                Some(async move {
                    let begun = (self.clocks.now)();
                    let way = Way::new(vantage.clone(), self.timeout);
                    let answer = self.ask(ask, &way, how, view, known, router).await;
                    (position, source, answer, (self.clocks.now)().since(begun))
                })
            });
            for (position, source, answer, took) in join_all(asked).await {
                let judged = inquiry.hear(position, answer);
                let operator = &source.operator;
                let is_other = source.trust == Trust::Outside && operator != ROUTER;
                if let (true, Ok(set)) = (is_other, &judged)
                    && others.iter().all(|it| it.operator != *operator)
                {
                    others.push(Claim {
                        operator: operator.clone(),
                        addrs: set.addrs(),
                    });
                }
                heard.push(Heard {
                    source: source.label.clone(),
                    operator: source.operator.clone(),
                    trust: source.trust,
                    answer: judged.map(|set| set.addrs().into_iter().collect()),
                    took,
                });
            }
        }
    }

    async fn ask(
        &self,
        ask: &Ask,
        way: &Way,
        how: &FamilySources,
        view: &View,
        known: &BTreeSet<IpAddr>,
        router: &Cell<Option<RouterSays>>,
    ) -> Result<Vec<IpAddr>, String> {
        match ask {
            Ask::Interface(name) => {
                let via = way.vantage.via.as_ref();
                interface(name.as_deref(), via, how, view, known)
            }
            Ask::Echo(url) => self.echoes.ask(way, url).await.map(|addr| vec![addr]),
            Ask::Dns(operator) => {
                let addr = operator.ask(way, self.random()?).await;
                addr.map(|addr| vec![addr])
            }
            Ask::Stun(server) => {
                let addr = server.ask(way, self.random()?).await;
                addr.map(|addr| vec![addr])
            }
            Ask::Router => self
                .ask_the_router(way, router)
                .await
                .map(|addr| vec![addr]),
            Ask::Static(addrs) => Ok(addrs.clone()),
            Ask::File(path) => several(&file::content(path)?).map(|it| of(it, how.family)),
            Ask::Command(line) => {
                let text = command::output(line, self.timeout).await?;
                several(&text).map(|it| of(it, how.family))
            }
        }
    }

    /// Asks the router in front of this host, and notes what it says, fit to be published or not.
    async fn ask_the_router(
        &self,
        way: &Way,
        says: &Cell<Option<RouterSays>>,
    ) -> Result<IpAddr, String> {
        let router = Router::new(gateway(way.vantage.via.as_ref())?, &self.echoes);
        let answer = router.ask(way, self.random()?).await;
        says.set(match &answer {
            Ok(addr) => Some(RouterSays::Address((*addr).into())),
            Err(failure) => failure.no_address.then_some(RouterSays::None),
        });
        answer.map(IpAddr::from).map_err(|failure| failure.what)
    }

    /// Says of an interface that was to be the way out that it is not, where that is why nothing could be
    /// found out.
    async fn explained(&self, vantage: &Vantage, observation: Observation) -> Observation {
        let Some(via) = &vantage.via else {
            return observation;
        };
        match &observation {
            Observation::Unavailable(Why::Offline) => {
                Observation::Unavailable(Why::NoUplink(NoUplink::Idle(via.clone())))
            }
            Observation::Unavailable(Why::NoAnswer(_)) => {
                let way = Way::new(vantage.clone(), self.timeout);
                match way.check().await {
                    Ok(()) => observation,
                    Err(why) => Observation::Unavailable(Why::NoUplink(why)),
                }
            }
            _ => observation,
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
    via: Option<&Interface>,
    how: &FamilySources,
    view: &View,
    known: &BTreeSet<IpAddr>,
) -> Result<Vec<IpAddr>, String> {
    if let (Some(name), Some(via)) = (name, via)
        && name != via.name()
    {
        return Err(format!("it is another interface than `via` says, `{via}`"));
    }
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
            held_back: false,
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
            held_back: false,
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
            Source::Router => add(label, ROUTER, Trust::Outside, Ask::Router),
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

/// Takes out what is asked over TLS, which needs the time of day, and says so of each.
fn take_https_out(sources: &mut Vec<agree::Source>, asks: &mut Vec<Ask>) -> Vec<Heard> {
    let over_tls = |ask: &Ask| matches!(ask, Ask::Echo(url) if url.starts_with("https:"));
    let (out, rest): (Vec<_>, Vec<_>) = std::mem::take(sources)
        .into_iter()
        .zip(std::mem::take(asks))
        .partition(|(_, ask)| over_tls(ask));
    (*sources, *asks) = rest.into_iter().unzip();
    let unasked = out.into_iter().map(|(source, _)| Heard {
        source: source.label,
        operator: source.operator,
        trust: source.trust,
        answer: Err("not asked: this host's clock is not set".to_owned()),
        took: Duration::ZERO,
    });
    unasked.collect()
}

/// A built-in list in this turn's order.
fn turned<T: Copy>(operators: &[T], turn: usize) -> impl Iterator<Item = T> {
    rotated(operators.len(), turn).filter_map(|position| operators.get(position).copied())
}

#[cfg(test)]
mod tests;
