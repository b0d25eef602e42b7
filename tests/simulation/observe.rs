//! Asking for our addresses: the core decides whom to ask and what to believe, as in a detector.

use std::{collections::BTreeSet, future::pending, net::IpAddr, rc::Rc};

use moored::{
    config::Config,
    core::{
        addr::{Acceptance, Family},
        agree::{Basis, Inquiry, Source, Trust},
        choose::choose,
        observe::{Observation, Why},
        outcome::{FamilyReport, Heard},
        past::Past,
        poke::Poke,
        vantage::Vantage,
    },
    detect::{MAX_ANSWER_DELAY, carry_out, source::Source as Configured},
    round::{Clock, Observe},
};

use crate::{line::OPERATORS, scene::Scene, time::HOUR, weather::way};

pub(crate) struct Eyes<'e> {
    pub(crate) scene: &'e Rc<Scene>,
    pub(crate) config: &'e Config,
    pub(crate) poke: Poke,
    /// Something has happened that may be a change.
    pub(crate) is_urgent: bool,
}

/// In milliseconds.
const PAUSE_BETWEEN_FAMILIES: i64 = 15;

/// Whom to ask.
#[derive(Clone)]
enum Ask {
    Interface,
    Operator(&'static str),
    Told(IpAddr),
}

impl Eyes<'_> {
    /// The configured sources one by one; another operator comes first each hour.
    fn questions(&self, family: Family, past: &Past) -> Vec<(Source, Ask)> {
        let now = self.scene.time.now();
        let question = |label: &str, operator: &str, trust, ask| {
            let standing = past.standings.get(label);
            let source = Source {
                label: label.to_owned(),
                operator: operator.to_owned(),
                trust,
                held_back: standing.is_some_and(|it| it.holds_back(now)),
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
                        Ask::Interface,
                    ));
                    continue;
                }
                // Before the clock is set nobody is asked over TLS.
                Configured::Https if !self.scene.time.is_set() => continue,
                Configured::Https => "https",
                _ => "dns",
            };
            let of_list = OPERATORS.iter().filter(|(it, ..)| *it == list);
            let mut asked: Vec<_> = of_list
                .map(|(_, label, operator)| {
                    question(label, operator, Trust::Outside, Ask::Operator(operator))
                })
                .collect();
            let hours = usize::try_from(now.millis().div_euclid(HOUR)).unwrap_or_default();
            let first = hours % asked.len();
            asked.rotate_left(first);
            questions.extend(asked);
        }
        let first_outside = questions
            .iter()
            .position(|(it, _)| it.trust == Trust::Outside);
        if let (Some(addr), Some(first)) = (self.poke.addr(family), first_outside)
            && past.believed != BTreeSet::from([addr])
        {
            questions.insert(
                first,
                question("poke", "poke", Trust::Outside, Ask::Told(addr)),
            );
        }
        questions
    }

    async fn ask(
        &self,
        ask: &Ask,
        family: Family,
        known: &BTreeSet<IpAddr>,
    ) -> Result<Vec<IpAddr>, String> {
        let Scene {
            time,
            line,
            dice,
            laws,
            ..
        } = &**self.scene;
        let how = self.config.family(family);
        let (addr, operator) = match ask {
            Ask::Interface => {
                let own = line.interface(family, time.at());
                let chosen = choose(family, &own, &how.acceptance, how.prefer, None, known)?;
                (chosen.addr(), None)
            }
            Ask::Told(addr) => (*addr, Some("poke")),
            Ask::Operator(operator) => {
                let seen = line.word(operator, family, time.at());
                let slow = i64::try_from(self.config.timeout.as_millis()).unwrap();
                let took = if seen.is_ok() { way(dice) } else { slow };
                time.until(time.at() + took).await;
                (seen?, Some(*operator))
            }
        };
        laws.borrow_mut().is_said(addr, operator);
        Ok(vec![addr])
    }
}

impl Observe for Eyes<'_> {
    async fn observe(&self, vantage: &Vantage, past: &Past) -> FamilyReport {
        let Scene { time, line, .. } = &**self.scene;
        let family = vantage.family;
        let how = self.config.family(family);
        let (sources, asks): (Vec<_>, Vec<_>) = self.questions(family, past).into_iter().unzip();
        let is_clockless = !time.is_set() && how.sources.contains(&Configured::Https);
        let [four, six] = Family::ALL;
        let other = if family == four { six } else { four };
        let mut inquiry = Inquiry::new(Basis {
            family,
            sources: &sources,
            acceptance: &how.acceptance,
            confirm: how.confirm,
            known: past.believed.clone(),
            kernel: line.kernel(family, &how.acceptance, time.at()),
            other: line.kernel(other, &Acceptance::default(), time.at()),
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
            Observation::Unavailable(Why::NoAnswer(_)) if is_clockless => {
                Observation::Unavailable(Why::NoClock)
            }
            other => other,
        };
        let heard = answered.into_iter().map(|answered| {
            let source = &sources[answered.position];
            Heard {
                source: source.label.clone(),
                operator: source.operator.clone(),
                trust: source.trust,
                answer: answered.answer.map(|set| set.addrs().into_iter().collect()),
                took: answered.took,
            }
        });
        FamilyReport {
            vantage: vantage.clone(),
            observation,
            heard: heard.collect(),
            notes: Vec::new(),
            reach: past.reach.clone(),
        }
    }

    async fn pause_between_families(&self) {
        let time = &self.scene.time;
        time.until(time.at() + PAUSE_BETWEEN_FAMILIES).await;
    }
}
