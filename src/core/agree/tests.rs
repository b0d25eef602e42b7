mod properties;

use std::collections::BTreeMap;

use super::*;

/// What each source would answer, by operator label; run to the end, and who was asked.
#[derive(Debug)]
struct Case {
    sources: Vec<Source>,
    answers: BTreeMap<String, Result<Vec<IpAddr>, String>>,
    known: BTreeSet<IpAddr>,
    confirm: usize,
    kernel: Kernel,
    other: Kernel,
    acceptance: Acceptance,
}

const OLD: &str = "84.212.10.20";
const NEW: &str = "84.212.99.99";
const LIE: &str = "104.16.1.1";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Label, operator, trust, answer.
type Row<'r> = (&'r str, &'r str, Trust, Result<&'r [&'r str], &'r str>);

fn case(sources: &[Row<'_>]) -> Case {
    Case {
        sources: sources
            .iter()
            .map(|(label, operator, trust, _)| Source {
                label: (*label).to_owned(),
                operator: (*operator).to_owned(),
                trust: *trust,
                held_back: false,
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
        kernel: Kernel {
            usable_address: false,
            default_route: true,
        },
        other: Kernel {
            usable_address: false,
            default_route: true,
        },
        acceptance: Acceptance::default(),
    }
}

impl Case {
    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry::new(Basis {
            family: Family::V4,
            sources: &self.sources,
            acceptance: &self.acceptance,
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
            match inquiry.next() {
                Next::Believe(observation) => return (observation, asked),
                Next::Ask(positions) => {
                    assert!(!positions.is_empty());
                    for position in positions {
                        let label = self.sources[position].label.clone();
                        assert!(!asked.contains(&label), "{label} was asked twice");
                        let _ = inquiry.hear(position, self.answers[&label].clone());
                        asked.push(label);
                    }
                }
                Next::Wait => panic!("nobody is being asked"),
            }
        }
        panic!("the inquiry does not end");
    }

    /// As `moored detect` does: everybody is asked at once.
    fn run_all(&self) -> Observation {
        let mut inquiry = self.inquiry();
        for (position, source) in self.sources.iter().enumerate() {
            let _ = inquiry.hear(position, self.answers[&source.label].clone());
        }
        match inquiry.next() {
            Next::Believe(observation) => observation,
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

use Trust::{Kernel as FromKernel, Outside, Own};

#[test]
fn while_the_first_source_repeats_what_is_known_nobody_else_is_asked() {
    let (observation, asked) = case(&[
        ("a", "a", Outside, Ok(&[OLD])),
        ("b", "b", Outside, Ok(&[NEW])),
        ("c", "c", Outside, Ok(&[NEW])),
    ])
    .run();
    assert!(matches!(observation, Observation::Known(set) if set.addrs() == [ip(OLD)].into()));
    assert_eq!(asked, ["a"]);
}

#[test]
fn a_change_from_outside_is_believed_once_enough_operators_say_the_same() {
    let case = case(&[
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Err("timed out")),
        ("c", "c", Outside, Ok(&[NEW])),
        ("d", "d", Outside, Ok(&[NEW])),
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
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Ok(&[NEW])),
        ("c", "c", Outside, Ok(&[NEW])),
        ("d", "d", Outside, Ok(&[NEW])),
    ]);
    case.confirm = 3;
    let mut inquiry = case.inquiry();
    assert_eq!(inquiry.next(), Next::Ask(vec![0]));
    let _ = inquiry.hear(0, Ok(vec![ip(NEW)]));
    assert_eq!(inquiry.next(), Next::Ask(vec![1, 2]));
}

#[test]
fn a_source_that_is_being_asked_is_waited_for_and_not_asked_twice() {
    let case = case(&[
        ("own", "own", Own, Err("nothing")),
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Ok(&[NEW])),
    ]);
    let mut inquiry = case.inquiry();
    for position in 0..3 {
        assert_eq!(inquiry.next(), Next::Ask(vec![position]));
        inquiry.record_question(position);
        assert_eq!(inquiry.next(), Next::Wait);
        let _ = inquiry.hear(
            position,
            case.answers[&case.sources[position].label].clone(),
        );
    }
    assert!(matches!(inquiry.next(), Next::Believe(found) if is_known(&found)));
}

#[test]
fn a_slow_operator_outside_is_passed_by_and_still_counts_when_it_answers() {
    let mut case = case(&[
        ("slow", "slow", Outside, Ok(&[NEW])),
        ("a", "a", Outside, Ok(&[NEW])),
        ("a2", "a", Outside, Ok(&[NEW])),
        ("liar", "liar", Outside, Ok(&[LIE])),
    ]);
    case.sources[3].held_back = true;
    let mut inquiry = case.inquiry();
    inquiry.record_question(0);
    assert_eq!(inquiry.next(), Next::Wait);
    inquiry.record_delay();
    assert_eq!(inquiry.next(), Next::Ask(vec![1]), "each operator once");
    inquiry.record_question(1);
    assert_eq!(inquiry.next(), Next::Wait);
    let _ = inquiry.hear(1, Ok(vec![ip(NEW)]));
    inquiry.record_delay();
    assert_eq!(
        inquiry.next(),
        Next::Ask(vec![3]),
        "who is held back comes last"
    );
    inquiry.record_question(3);
    let _ = inquiry.hear(3, Ok(vec![ip(LIE)]));
    assert_eq!(inquiry.next(), Next::Wait, "one against one");
    let _ = inquiry.hear(0, Ok(vec![ip(NEW)]));
    assert!(
        matches!(inquiry.next(), Next::Believe(Observation::Known(set))
        if set.addrs() == BTreeSet::from([ip(NEW)]))
    );
}

#[test]
fn a_slow_source_of_this_host_is_waited_for_however_slow_it_is() {
    let case = case(&[
        ("command", "you", Own, Ok(&[NEW])),
        ("a", "a", Outside, Ok(&[OLD])),
    ]);
    let mut inquiry = case.inquiry();
    inquiry.record_question(0);
    inquiry.record_delay();
    assert_eq!(
        inquiry.next(),
        Next::Wait,
        "it comes first in the order that is configured"
    );
}

#[test]
fn one_liar_of_three_changes_nothing() {
    let case = case(&[
        ("liar", "liar", Outside, Ok(&[LIE])),
        ("b", "b", Outside, Ok(&[OLD])),
        ("c", "c", Outside, Ok(&[OLD])),
    ]);
    assert_eq!(case.believes(), Some([ip(OLD)].into()));
}

#[test]
fn two_liars_of_one_operator_are_one_witness() {
    let case = case(&[
        ("liar one", "cdn", Outside, Ok(&[LIE])),
        ("liar two", "cdn", Outside, Ok(&[LIE])),
        ("c", "c", Outside, Ok(&[OLD])),
    ]);
    let (observation, asked) = case.run();
    assert!(matches!(
        observation,
        Observation::Unavailable(Why::Unconfirmed { .. })
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
            ("a one", "a", Outside, Ok(&[NEW])),
            ("a two", "a", Outside, Ok(&[second])),
            ("b", "b", Outside, Ok(&[NEW])),
        ]);
        assert_eq!(is_known(&case.run_all()), believed, "{second}");
    }
}

#[test]
fn operators_that_all_disagree_are_reported_with_who_said_what() {
    let (observation, _) = case(&[
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Ok(&[LIE])),
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
        ("a", "a", Outside, Ok(&[OLD])),
        ("b", "b", Outside, Ok(&[OLD])),
    ]);
    case.known.clear();
    assert_eq!(case.believes(), Some([ip(OLD)].into()));
    assert_eq!(case.run().1, ["a", "b"]);
}

#[test]
fn an_even_split_of_confirmed_claims_is_not_believed() {
    let mut case = case(&[
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Ok(&[LIE])),
    ]);
    case.confirm = 1;
    // The first answer suffices when one operator does: the second is never asked.
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    let mut inquiry = Inquiry::new(Basis {
        family: Family::V4,
        sources: &case.sources,
        acceptance: &case.acceptance,
        confirm: 1,
        known: BTreeSet::new(),
        kernel: case.kernel,
        other: case.other,
    });
    let _ = inquiry.hear(0, Ok(vec![ip(NEW)]));
    let _ = inquiry.hear(1, Ok(vec![ip(LIE)]));
    assert!(matches!(
        inquiry.next(),
        Next::Believe(Observation::Unavailable(_))
    ));
}

#[test]
fn an_own_source_is_believed_at_once_and_the_next_is_asked_when_it_fails() {
    let case = case(&[
        ("interface", "this host", FromKernel, Ok(&["192.168.1.5"])),
        ("file:/x", "this host", Own, Ok(&[NEW])),
        ("a", "a", Outside, Ok(&[OLD])),
    ]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    assert_eq!(case.run().1, ["interface", "file:/x"]);
}

#[test]
fn an_answer_with_one_unacceptable_address_is_refused_whole() {
    let (observation, _) = case(&[("static:…", "you", Own, Ok(&[NEW, "192.168.1.5"]))]).run();
    let Observation::Unavailable(why) = observation else {
        panic!("{observation:?}")
    };
    assert!(why.to_string().contains("192.168.1.5 is private"), "{why}");
}

#[test]
fn absence_is_concluded_only_from_the_kernel() {
    let gone = Kernel::default();
    let mut absent = case(&[
        ("interface", "this host", FromKernel, Err("no address")),
        ("a", "a", Outside, Ok(&[NEW])),
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
    let mut command = case(&[("command:x", "this host", Own, Err("exit status 1"))]);
    command.kernel = gone;
    assert!(matches!(
        command.run().0,
        Observation::Unavailable(Why::NoAnswer(_))
    ));

    // No family at all is a host without network, not one whose records may go.
    absent.other = gone;
    assert_eq!(absent.run().0, Observation::Unavailable(Why::Offline));
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
            ("a", "a", Outside, Err(trouble)),
            ("b", "b", Outside, Err(trouble)),
        ])
        .run();
        assert!(matches!(
            observation,
            Observation::Unavailable(Why::NoAnswer(_))
        ));
        assert_eq!(asked, ["interface", "a", "b"]);
    }
}

#[test]
fn who_is_held_back_is_asked_only_where_nobody_else_is_left() {
    let mut case = case(&[
        ("a", "a", Outside, Ok(&[NEW])),
        ("b", "b", Outside, Ok(&[NEW])),
        ("c", "c", Outside, Ok(&[NEW])),
    ]);
    case.sources[0].held_back = true;
    assert_eq!(case.run().1, ["b", "c"]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    case.sources[1].held_back = true;
    assert_eq!(case.run().1, ["c", "a"]);
    assert_eq!(case.believes(), Some([ip(NEW)].into()));
    case.sources[2].held_back = true;
    assert_eq!(case.run().1, ["a", "b"]);
}
