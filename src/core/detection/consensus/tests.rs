mod properties;

use std::collections::BTreeMap;

use super::*;

/// What each source would answer, by operator label; run to the end, and who was asked.
#[derive(Debug)]
struct Case {
    sources: Vec<SourceProfile>,
    answers: BTreeMap<String, Result<Vec<IpAddr>, String>>,
    known: BTreeSet<IpAddr>,
    confirm: usize,
    kernel: FamilyPresence,
    other: FamilyPresence,
    acceptance: PublishPolicy,
}

const OLD: &str = "84.212.10.20";
const NEW: &str = "84.212.99.99";
const LIE: &str = "104.16.1.1";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Label, operator, trust, answer.
type SourceRow<'r> = (&'r str, &'r str, Trust, Result<&'r [&'r str], &'r str>);

fn case(sources: &[SourceRow<'_>]) -> Case {
    Case {
        sources: sources
            .iter()
            .map(|(label, operator, trust, _)| SourceProfile {
                label: (*label).to_owned(),
                operator: (*operator).to_owned(),
                trust: *trust,
                is_deprioritized: false,
            })
            .collect(),
        answers: sources
            .iter()
            .map(|(label, _, _, answer)| {
                let answer = answer
                    .map(|addrs| addrs.iter().map(|addr| ip(addr)).collect())
                    .map_err(str::to_owned);
                ((*label).to_owned(), answer)
            })
            .collect(),
        known: BTreeSet::from([ip(OLD)]),
        confirm: 2,
        kernel: FamilyPresence {
            has_usable_address: false,
            has_default_route: true,
        },
        other: FamilyPresence {
            has_usable_address: false,
            has_default_route: true,
        },
        acceptance: PublishPolicy::default(),
    }
}

impl Case {
    fn inquiry(&self) -> ConsensusQuery<'_> {
        ConsensusQuery::new(QueryInputs {
            family: Family::V4,
            sources: &self.sources,
            policy: &self.acceptance,
            confirm: self.confirm,
            known: self.known.clone(),
            kernel: self.kernel,
            other: self.other,
        })
    }

    fn run(&self) -> (Observation, Vec<String>) {
        let mut inquiry = self.inquiry();
        let mut asked = Vec::new();
        for _ in 0..=self.sources.len() {
            match inquiry.next_step() {
                QueryStep::Accept(observation) => return (observation, asked),
                QueryStep::Query(positions) => {
                    assert!(!positions.is_empty());
                    for position in positions {
                        let label = self.sources[position].label.clone();
                        assert!(!asked.contains(&label), "{label} was asked twice");
                        let _ = inquiry.record_answer(position, self.answers[&label].clone());
                        asked.push(label);
                    }
                }
                QueryStep::Wait => panic!("nobody is being asked"),
            }
        }
        panic!("the inquiry does not end");
    }

    /// As `moored detect` does: everybody is asked at once.
    fn run_all(&self) -> Observation {
        let mut inquiry = self.inquiry();
        for (position, source) in self.sources.iter().enumerate() {
            let _ = inquiry.record_answer(position, self.answers[&source.label].clone());
        }
        match inquiry.next_step() {
            QueryStep::Accept(observation) => observation,
            next => panic!("{next:?} although everybody was"),
        }
    }

    fn believes(&self) -> Option<BTreeSet<IpAddr>> {
        match self.run().0 {
            Observation::Known(set) => Some(set.addrs()),
            _ => None,
        }
    }
}

fn is_known(observation: &Observation) -> bool {
    matches!(observation, Observation::Known(_))
}

use Trust::{External, Kernel as FromKernel, Local};

#[test]
fn while_the_first_source_repeats_what_is_known_nobody_else_is_asked() {
    let (observation, asked) = case(&[
        ("a", "a", External, Ok(&[OLD])),
        ("b", "b", External, Ok(&[NEW])),
        ("c", "c", External, Ok(&[NEW])),
    ])
    .run();
    assert!(matches!(observation, Observation::Known(set) if set.addrs() == [ip(OLD)].into()));
    assert_eq!(asked, ["a"]);
}

#[test]
fn a_change_from_outside_is_believed_once_enough_operators_say_the_same() {
    let case = case(&[
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Err("timed out")),
        ("c", "c", External, Ok(&[NEW])),
        ("d", "d", External, Ok(&[NEW])),
    ]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    assert_eq!(
        case.run().1,
        ["a", "b", "c", "d"],
        "after a failure all that are left are asked at once"
    );
}

#[test]
fn who_is_still_needed_to_confirm_is_asked_at_once() {
    let mut case = case(&[
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Ok(&[NEW])),
        ("c", "c", External, Ok(&[NEW])),
        ("d", "d", External, Ok(&[NEW])),
    ]);
    case.confirm = 3;
    let mut inquiry = case.inquiry();
    assert_eq!(inquiry.next_step(), QueryStep::Query(vec![0]));
    let _ = inquiry.record_answer(0, Ok(vec![ip(NEW)]));
    assert_eq!(inquiry.next_step(), QueryStep::Query(vec![1, 2]));
}

#[test]
fn a_source_that_is_being_asked_is_waited_for_and_not_asked_twice() {
    let case = case(&[
        ("own", "own", Local, Err("nothing")),
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Ok(&[NEW])),
    ]);
    let mut inquiry = case.inquiry();
    for position in 0..3 {
        assert_eq!(inquiry.next_step(), QueryStep::Query(vec![position]));
        inquiry.record_question(position);
        assert_eq!(inquiry.next_step(), QueryStep::Wait);
        let _ = inquiry.record_answer(
            position,
            case.answers[&case.sources[position].label].clone(),
        );
    }
    assert!(matches!(inquiry.next_step(), QueryStep::Accept(found) if is_known(&found)));
}

#[test]
fn a_slow_operator_outside_is_passed_by_and_still_counts_when_it_answers() {
    let mut case = case(&[
        ("slow", "slow", External, Ok(&[NEW])),
        ("a", "a", External, Ok(&[NEW])),
        ("a2", "a", External, Ok(&[NEW])),
        ("liar", "liar", External, Ok(&[LIE])),
    ]);
    case.sources[3].is_deprioritized = true;
    let mut inquiry = case.inquiry();
    inquiry.record_question(0);
    assert_eq!(inquiry.next_step(), QueryStep::Wait);
    inquiry.record_delay();
    assert_eq!(
        inquiry.next_step(),
        QueryStep::Query(vec![1]),
        "each operator once"
    );
    inquiry.record_question(1);
    assert_eq!(inquiry.next_step(), QueryStep::Wait);
    let _ = inquiry.record_answer(1, Ok(vec![ip(NEW)]));
    inquiry.record_delay();
    assert_eq!(
        inquiry.next_step(),
        QueryStep::Query(vec![3]),
        "who is held back comes last"
    );
    inquiry.record_question(3);
    let _ = inquiry.record_answer(3, Ok(vec![ip(LIE)]));
    assert_eq!(inquiry.next_step(), QueryStep::Wait, "one against one");
    let _ = inquiry.record_answer(0, Ok(vec![ip(NEW)]));
    assert!(
        matches!(inquiry.next_step(), QueryStep::Accept(Observation::Known(set))
        if set.addrs() == BTreeSet::from([ip(NEW)]))
    );
}

#[test]
fn a_slow_source_of_this_host_is_waited_for_however_slow_it_is() {
    let case = case(&[
        ("command", "you", Local, Ok(&[NEW])),
        ("a", "a", External, Ok(&[OLD])),
    ]);
    let mut inquiry = case.inquiry();
    inquiry.record_question(0);
    inquiry.record_delay();
    assert_eq!(
        inquiry.next_step(),
        QueryStep::Wait,
        "it comes first in the order that is configured"
    );
}

#[test]
fn one_liar_of_three_changes_nothing() {
    let case = case(&[
        ("liar", "liar", External, Ok(&[LIE])),
        ("b", "b", External, Ok(&[OLD])),
        ("c", "c", External, Ok(&[OLD])),
    ]);
    assert_eq!(case.believes(), Some([ip(OLD)].into()));
}

#[test]
fn two_liars_of_one_operator_are_one_witness() {
    let case = case(&[
        ("liar one", "cdn", External, Ok(&[LIE])),
        ("liar two", "cdn", External, Ok(&[LIE])),
        ("c", "c", External, Ok(&[OLD])),
    ]);
    let (observation, asked) = case.run();
    assert!(matches!(
        observation,
        Observation::Unavailable(UnavailableReason::Unconfirmed { .. })
    ));
    assert_eq!(
        asked,
        ["liar one", "c"],
        "the second source of an operator adds nothing"
    );
}

#[test]
fn an_operator_that_contradicts_itself_is_no_witness() {
    for (second, believed) in [(LIE, false), (NEW, true)] {
        let case = case(&[
            ("a one", "a", External, Ok(&[NEW])),
            ("a two", "a", External, Ok(&[second])),
            ("b", "b", External, Ok(&[NEW])),
        ]);
        assert_eq!(is_known(&case.run_all()), believed, "{second}");
    }
}

#[test]
fn operators_that_all_disagree_are_reported_with_who_said_what() {
    let (observation, _) = case(&[
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Ok(&[LIE])),
    ])
    .run();
    let Observation::Unavailable(why) = observation else {
        panic!("{observation:?}")
    };
    assert_eq!(
        why.to_string(),
        "fewer than 2 independent operators agree (a says 84.212.99.99; b says 104.16.1.1)"
    );
}

#[test]
fn nothing_remembered_counts_as_a_change() {
    let mut case = case(&[
        ("a", "a", External, Ok(&[OLD])),
        ("b", "b", External, Ok(&[OLD])),
    ]);
    case.known.clear();
    assert_eq!(case.believes(), Some([ip(OLD)].into()));
    assert_eq!(case.run().1, ["a", "b"]);
}

#[test]
fn an_even_split_of_confirmed_claims_is_not_believed() {
    let mut case = case(&[
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Ok(&[LIE])),
    ]);
    case.confirm = 1;
    // The first answer suffices when one operator does: the second is never asked.
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    let mut inquiry = ConsensusQuery::new(QueryInputs {
        family: Family::V4,
        sources: &case.sources,
        policy: &case.acceptance,
        confirm: 1,
        known: BTreeSet::new(),
        kernel: case.kernel,
        other: case.other,
    });
    let _ = inquiry.record_answer(0, Ok(vec![ip(NEW)]));
    let _ = inquiry.record_answer(1, Ok(vec![ip(LIE)]));
    assert!(matches!(
        inquiry.next_step(),
        QueryStep::Accept(Observation::Unavailable(_))
    ));
}

#[test]
fn an_own_source_is_believed_at_once_and_the_next_is_asked_when_it_fails() {
    let case = case(&[
        ("interface", "this host", FromKernel, Ok(&["192.168.1.5"])),
        ("file:/x", "this host", Local, Ok(&[NEW])),
        ("a", "a", External, Ok(&[OLD])),
    ]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    assert_eq!(case.run().1, ["interface", "file:/x"]);
}

#[test]
fn an_answer_with_one_unacceptable_address_is_refused_whole() {
    let (observation, _) = case(&[("static:…", "you", Local, Ok(&[NEW, "192.168.1.5"]))]).run();
    let Observation::Unavailable(why) = observation else {
        panic!("{observation:?}")
    };
    assert!(why.to_string().contains("192.168.1.5 is private"), "{why}");
}

#[test]
fn absence_is_concluded_only_from_the_kernel() {
    let gone = FamilyPresence::default();
    let mut absent = case(&[
        ("interface", "this host", FromKernel, Err("no address")),
        ("a", "a", External, Ok(&[NEW])),
    ]);
    absent.kernel = gone;
    let (observation, asked) = absent.run();
    assert_eq!(observation, Observation::Absent);
    assert_eq!(
        asked,
        ["interface"],
        "without a route nobody outside can be asked"
    );

    // The operator's own source failing is not knowledge that there is no address.
    let mut command = case(&[("command:x", "this host", Local, Err("exit status 1"))]);
    command.kernel = gone;
    assert!(matches!(
        command.run().0,
        Observation::Unavailable(UnavailableReason::NoAnswer(_))
    ));

    // No family at all is a host without network, not one whose records may go.
    absent.other = gone;
    assert_eq!(
        absent.run().0,
        Observation::Unavailable(UnavailableReason::Offline)
    );
}

#[test]
fn failing_sources_are_never_absence() {
    for trouble in [
        "timed out",
        "HTML instead of an address",
        "connection refused",
    ] {
        let (observation, asked) = case(&[
            ("interface", "this host", FromKernel, Err(trouble)),
            ("a", "a", External, Err(trouble)),
            ("b", "b", External, Err(trouble)),
        ])
        .run();
        assert!(matches!(
            observation,
            Observation::Unavailable(UnavailableReason::NoAnswer(_))
        ));
        assert_eq!(asked, ["interface", "a", "b"]);
    }
}

#[test]
fn who_is_held_back_is_asked_only_where_nobody_else_is_left() {
    let mut case = case(&[
        ("a", "a", External, Ok(&[NEW])),
        ("b", "b", External, Ok(&[NEW])),
        ("c", "c", External, Ok(&[NEW])),
    ]);
    case.sources[0].is_deprioritized = true;
    assert_eq!(case.run().1, ["b", "c"]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    case.sources[1].is_deprioritized = true;
    assert_eq!(case.run().1, ["c", "a"]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    case.sources[2].is_deprioritized = true;
    assert_eq!(case.run().1, ["a", "b"]);
}
