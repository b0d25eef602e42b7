//! Carrying out an inquiry.

use std::{cell::Cell, net::IpAddr, time::Duration};

use super::{
    command_line::CommandEnvironment,
    echo::EchoClients,
    kernel::NetworkSnapshot,
    probe_context::ProbeContext,
    probe_list::{ProbeList, add_hint, expand_sources, without_tls},
    query::carry_out,
    socket_binder::SocketBinder,
    source::{ROUTER, Source},
};
use crate::core::{
    address::{family::Family, policy::PublishPolicy, select::AddressPreference},
    detection::{
        consensus::{ConsensusQuery, QueryInputs, Trust},
        observation::{Claim, Observation, UnavailableReason, UplinkError},
        path::{DetectionPath, Interface},
        report::{DetectionReport, SourceAnswer},
        state::DetectionState,
    },
    time::BootTime,
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
    pub acceptance: PublishPolicy,
    /// Which kind of IPv6 address is published where a host has both.
    pub prefer: AddressPreference,
}

/// Finds out this host's own addresses.
pub struct Detector {
    pub(super) echoes: EchoClients,
    pub(super) timeout: Duration,
    pub(super) command_environment: CommandEnvironment,
    clocks: DetectionClocks,
    turn: usize,
}

/// Whom a detector asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// As few as it takes to know, and the others too where an answer takes longer than this.
    Minimal { max_delay: Option<Duration> },
    /// Every source.
    All,
}

/// The clocks a detector reads.
pub struct DetectionClocks {
    /// Now, on the boot clock.
    pub now: Box<dyn Fn() -> BootTime>,
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
        clocks: DetectionClocks,
        turn: usize,
    ) -> Self {
        Self {
            echoes: EchoClients { tls, user_agent },
            timeout,
            command_environment: CommandEnvironment::default(),
            clocks,
            turn,
        }
    }

    /// The same, whose commands run with these variables; without this they have none.
    #[must_use]
    pub fn with_command_environment(self, command_environment: CommandEnvironment) -> Self {
        Self {
            command_environment,
            ..self
        }
    }

    pub(super) fn now(&self) -> BootTime {
        (self.clocks.now)()
    }

    /// Who is asked first changes by the hour: a stale operator goes on for so long at the most, and
    /// where a line leaves by two addresses, so that operators disagree for good, a change of mind
    /// comes no more often.
    fn turn(&self) -> usize {
        const ROTATION_PERIOD: i64 = 3_600_000;
        let hours = self.now().millis().div_euclid(ROTATION_PERIOD);
        self.turn
            .wrapping_add(usize::try_from(hours).unwrap_or_default())
    }

    /// Bytes nobody can guess, from the provider of TLS's cryptography: it is there anyway.
    pub(super) fn random<const N: usize>(&self) -> Result<[u8; N], String> {
        let mut bytes = [0; N];
        let random = self.echoes.tls.crypto_provider().secure_random;
        random
            .fill(&mut bytes)
            .map_err(|_| "the system gives no random numbers".to_owned())?;
        Ok(bytes)
    }

    /// Asks as few sources as it takes to know; over an interface, if one is named, and no other. What
    /// somebody on this host says counts as what one operator outside says. Where a source outside takes longer
    /// than `max_delay`, the others are asked too; without one, when it has failed.
    pub async fn observe(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &DetectionState,
        told: Option<IpAddr>,
        max_delay: Option<Duration>,
    ) -> DetectionReport {
        let mode = Mode::Minimal { max_delay };
        let mut questions = expand_sources(how, self.turn());
        if let Some(addr) = told {
            add_hint(&mut questions, addr, &past.believed);
        }
        self.inquire(how, via, past, questions, mode).await
    }

    /// Asks every source at once, and judges them all.
    pub async fn observe_all(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &DetectionState,
    ) -> DetectionReport {
        // Where all are asked they are shown in one order.
        self.inquire(how, via, past, expand_sources(how, 0), Mode::All)
            .await
    }

    async fn inquire(
        &self,
        how: &FamilySources,
        via: Option<&Interface>,
        past: &DetectionState,
        (mut sources, mut asks): ProbeList,
        mode: Mode,
    ) -> DetectionReport {
        let (all_at_once, max_delay) = match mode {
            Mode::Minimal { max_delay } => (false, max_delay),
            Mode::All => (true, None),
        };
        let family = how.family;
        let detection_path = DetectionPath::new(family, via.cloned());
        let unasked = if (self.clocks.is_set)() {
            Vec::new()
        } else {
            without_tls(&mut sources, &mut asks)
        };
        let now = self.now();
        for source in &mut sources {
            let backoff = past.backoffs.get(&source.label);
            source.is_deprioritized = backoff.is_some_and(|it| it.is_deprioritized(now));
        }
        let mut reach = past.nat.clone();
        let view = match via.map_or_else(NetworkSnapshot::take, NetworkSnapshot::over) {
            Ok(view) => view,
            Err(why) => {
                return DetectionReport {
                    path: detection_path,
                    observation: Observation::Unavailable(why),
                    answers: Vec::new(),
                    warnings: reach.warnings(),
                    nat: reach,
                };
            }
        };
        let asks_router = how.sources.contains(&Source::Router);
        let router = view.router.as_ref().ok().filter(|_| asks_router).copied();
        reach.retain_report(router, now);
        let elsewhere = PublishPolicy {
            accept_any: how.acceptance.accept_any,
            ..PublishPolicy::default()
        };
        let mut inquiry = ConsensusQuery::new(QueryInputs {
            family,
            sources: &sources,
            policy: &how.acceptance,
            confirm: how.confirm,
            known: past.believed.clone(),
            kernel: view.of(family, &how.acceptance),
            other: view.of(other(family), &elsewhere),
        });
        let look = ProbeContext {
            detector: self,
            how,
            detection_path: &detection_path,
            view: &view,
            known: &past.believed,
            word: Cell::new(None),
        };
        let everyone = all_at_once.then_some(sources.len());
        let ask = async |position: usize| match asks.get(position) {
            Some(ask) => look.ask(ask).await,
            None => Err("there is no such source".to_owned()),
        };
        let delay = || pause(max_delay);
        let now = || self.now();
        let (observation, answered) = carry_out(&mut inquiry, everyone, &ask, delay, &now).await;
        let observation = match observation {
            Observation::Unavailable(UnavailableReason::NoAnswer(_)) if !unasked.is_empty() => {
                Observation::Unavailable(UnavailableReason::NoClock)
            }
            other => other,
        };
        let mut heard: Vec<SourceAnswer> = answered
            .into_iter()
            .filter_map(|answered| {
                let source = sources.get(answered.position)?;
                Some(SourceAnswer {
                    source: source.label.clone(),
                    operator: source.operator.clone(),
                    trust: source.trust,
                    answer: answered.answer.map(|set| set.addrs().into_iter().collect()),
                    elapsed: answered.took,
                })
            })
            .collect();
        // Nobody is to blame for them: where all are shown they are shown too.
        heard.extend(unasked.into_iter().filter(|_| all_at_once));
        let own = view.addresses.iter().map(|it| it.addr).collect();
        reach.update_from_sources(look.word.get(), &claims_of_others(&heard));
        reach.update_from_observation(&observation, &own);
        DetectionReport {
            warnings: reach.warnings(),
            observation: self.explained(&detection_path, observation).await,
            path: detection_path,
            answers: heard,
            nat: reach,
        }
    }

    /// Says of an interface that was to be the way out that it is not, where that is why nothing could be
    /// found out.
    async fn explained(
        &self,
        detection_path: &DetectionPath,
        observation: Observation,
    ) -> Observation {
        let Some(via) = &detection_path.via else {
            return observation;
        };
        match &observation {
            Observation::Unavailable(UnavailableReason::Offline) => Observation::Unavailable(
                UnavailableReason::NoUplink(UplinkError::Idle(via.clone())),
            ),
            Observation::Unavailable(UnavailableReason::NoAnswer(_)) => {
                let way = SocketBinder::new(detection_path.clone(), self.timeout);
                match way.check().await {
                    Ok(()) => observation,
                    Err(why) => Observation::Unavailable(UnavailableReason::NoUplink(why)),
                }
            }
            _ => observation,
        }
    }
}

/// What the operators outside claimed, the router aside: the first claim of each.
fn claims_of_others(heard: &[SourceAnswer]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for source in heard.iter().filter(|it| it.trust == Trust::External) {
        let operator = &source.operator;
        if let Ok(addrs) = &source.answer
            && operator != ROUTER
            && claims.iter().all(|it| it.operator != *operator)
        {
            claims.push(Claim {
                operator: operator.clone(),
                addrs: addrs.iter().copied().collect(),
            });
        }
    }
    claims
}

/// Ends after so long, or never.
async fn pause(length: Option<Duration>) {
    match length {
        #[expect(clippy::disallowed_methods, reason = "how long an answer may take")]
        Some(length) => tokio::time::sleep(length).await,
        None => std::future::pending().await,
    }
}

fn other(family: Family) -> Family {
    match family {
        Family::V4 => Family::V6,
        Family::V6 => Family::V4,
    }
}

#[cfg(test)]
mod tests;
