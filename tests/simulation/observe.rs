//! Asking for our addresses: the core decides whom to ask and what to believe, as in a detector.

use std::{collections::BTreeSet, future::pending, net::IpAddr, rc::Rc};

use moored::{
    config::Config,
    core::{
        address::{family::Family, policy::PublishPolicy, select::select_address},
        detection::{
            consensus::{ConsensusQuery, QueryInputs, SourceProfile, Trust},
            hint::AddressHint,
            observation::{Observation, UnavailableReason},
            path::DetectionPath,
            report::{DetectionReport, SourceAnswer},
            state::DetectionState,
        },
    },
    engine::{AddressDetector, Clock},
    sources::{MAX_ANSWER_DELAY, carry_out, source::Source as Configured},
};

use crate::{line::OPERATORS, scene::SimWorld, time::HOUR, weather::way};

pub(crate) struct SimDetector<'e> {
    pub(crate) scene: &'e Rc<SimWorld>,
    pub(crate) config: &'e Config,
    pub(crate) poke: AddressHint,
    /// Something has happened that may be a change.
    pub(crate) is_urgent: bool,
}

/// In milliseconds.
const PAUSE_BETWEEN_FAMILIES: i64 = 15;

/// Whom to ask.
#[derive(Clone)]
enum SimProbe {
    Interface,
    Operator(&'static str),
    Told(IpAddr),
}

impl SimDetector<'_> {
    /// The configured sources one by one; another operator comes first each hour.
    fn questions(&self, family: Family, past: &DetectionState) -> Vec<(SourceProfile, SimProbe)> {
        let now = self.scene.time.now();
        let question = |label: &str, operator: &str, trust, ask| {
            let backoff = past.backoffs.get(label);
            let source = SourceProfile {
                label: label.to_owned(),
                operator: operator.to_owned(),
                trust,
                is_deprioritized: backoff.is_some_and(|it| it.is_deprioritized(now)),
            };
            (source, ask)
        };
        let mut questions = Vec::new();
        for source in &self.config.family(family).sources {
            let list = match source {
                Configured::Interface(_) => {
                    questions.push(question(
                        "interface",
                        "this host",
                        Trust::Kernel,
                        SimProbe::Interface,
                    ));
                    continue;
                }
                // Before the clock is set nobody is asked over TLS.
                Configured::Https if !self.scene.time.is_clock_set() => continue,
                Configured::Https => "https",
                _ => "dns",
            };
            let of_list = OPERATORS.iter().filter(|(it, ..)| *it == list);
            let mut asked: Vec<_> = of_list
                .map(|(_, label, operator)| {
                    question(
                        label,
                        operator,
                        Trust::External,
                        SimProbe::Operator(operator),
                    )
                })
                .collect();
            let hours = usize::try_from(now.millis().div_euclid(HOUR)).unwrap_or_default();
            let first = hours % asked.len();
            asked.rotate_left(first);
            questions.extend(asked);
        }
        let first_outside = questions
            .iter()
            .position(|(it, _)| it.trust == Trust::External);
        if let (Some(addr), Some(first)) = (self.poke.addr(family), first_outside)
            && past.believed != BTreeSet::from([addr])
        {
            questions.insert(
                first,
                question("poke", "poke", Trust::External, SimProbe::Told(addr)),
            );
        }
        questions
    }

    async fn ask(
        &self,
        ask: &SimProbe,
        family: Family,
        known: &BTreeSet<IpAddr>,
    ) -> Result<Vec<IpAddr>, String> {
        let SimWorld {
            time,
            line,
            rng,
            laws,
            ..
        } = &**self.scene;
        let how = self.config.family(family);
        let (addr, operator) = match ask {
            SimProbe::Interface => {
                let own = line.interface(family, time.at());
                let chosen =
                    select_address(family, &own, &how.acceptance, how.prefer, None, known)?;
                (chosen.addr(), None)
            }
            SimProbe::Told(addr) => (*addr, Some("poke")),
            SimProbe::Operator(operator) => {
                let seen = line.word(operator, family, time.at());
                let slow = i64::try_from(self.config.timeout.as_millis()).unwrap();
                let took = if seen.is_ok() { way(rng) } else { slow };
                time.until(time.at() + took).await;
                (seen?, Some(*operator))
            }
        };
        laws.borrow_mut().is_said(addr, operator);
        Ok(vec![addr])
    }
}

impl AddressDetector for SimDetector<'_> {
    async fn observe(
        &self,
        detection_path: &DetectionPath,
        past: &DetectionState,
    ) -> DetectionReport {
        let SimWorld { time, line, .. } = &**self.scene;
        let family = detection_path.family;
        let how = self.config.family(family);
        let (sources, asks): (Vec<_>, Vec<_>) = self.questions(family, past).into_iter().unzip();
        let is_clockless = !time.is_clock_set() && how.sources.contains(&Configured::Https);
        let [four, six] = Family::ALL;
        let other = if family == four { six } else { four };
        let mut inquiry = ConsensusQuery::new(QueryInputs {
            family,
            sources: &sources,
            policy: &how.acceptance,
            confirm: how.confirm,
            known: past.believed.clone(),
            kernel: line.kernel(family, &how.acceptance, time.at()),
            other: line.kernel(other, &PublishPolicy::default(), time.at()),
        });
        let ask = |position: usize| self.ask(&asks[position], family, &past.believed);
        let max_delay = i64::try_from(MAX_ANSWER_DELAY.as_millis()).unwrap();
        let delay = async || {
            if self.is_urgent {
                time.until(time.at() + max_delay).await;
            } else {
                pending::<()>().await;
            }
        };
        let now = || time.now();
        let (observation, answered) = carry_out(&mut inquiry, None, ask, delay, &now).await;
        let observation = match observation {
            Observation::Unavailable(UnavailableReason::NoAnswer(_)) if is_clockless => {
                Observation::Unavailable(UnavailableReason::NoClock)
            }
            other => other,
        };
        let heard = answered.into_iter().map(|answered| {
            let source = &sources[answered.position];
            SourceAnswer {
                source: source.label.clone(),
                operator: source.operator.clone(),
                trust: source.trust,
                answer: answered.answer.map(|set| set.addrs().into_iter().collect()),
                elapsed: answered.took,
            }
        });
        DetectionReport {
            path: detection_path.clone(),
            observation,
            answers: heard.collect(),
            warnings: Vec::new(),
            nat: past.nat.clone(),
        }
    }

    async fn pause_between_families(&self) {
        let time = &self.scene.time;
        time.until(time.at() + PAUSE_BETWEEN_FAMILIES).await;
    }
}
