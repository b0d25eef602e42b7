//! What holds whoever is asked and whatever they answer.

use proptest::prelude::*;

use super::*;

const OPERATORS: [&str; 4] = ["a", "b", "c", "d"];

fn answers() -> impl Strategy<Value = Result<Vec<IpAddr>, String>> {
    let sets = [
        &[OLD][..],
        &[NEW],
        &[LIE],
        &[NEW, LIE],
        &["192.168.1.5"],
        &["2a01::1"],
        &[],
    ];
    prop_oneof![
        4 => prop::sample::select(sets.to_vec()).prop_map(|it| Ok(it.iter().map(|it| ip(it)).collect())),
        1 => Just(Err("timed out".to_owned())),
    ]
}

fn kernels() -> impl Strategy<Value = FamilyPresence> {
    (any::<bool>(), any::<bool>()).prop_map(|(usable_address, default_route)| FamilyPresence {
        has_usable_address: usable_address,
        has_default_route: default_route,
    })
}

/// Sources as a configuration may have them, each with the answer it would give.
fn cases() -> impl Strategy<Value = Case> {
    let trust = prop_oneof![1 => Just(Local), 1 => Just(FromKernel), 6 => Just(External)];
    let operator = prop::sample::select(OPERATORS.to_vec());
    let source = (operator, trust, any::<bool>(), answers());
    let known = prop::sample::select(vec![vec![], vec![OLD], vec![NEW]]);
    let sources = prop::collection::vec(source, 0..8);
    (sources, known, 0..4_usize, kernels(), kernels()).prop_map(
        |(sources, known, confirm, kernel, other)| {
            let mut case = case(&[]);
            for (position, (operator, trust, held_back, answer)) in sources.into_iter().enumerate()
            {
                let label = position.to_string();
                case.answers.insert(label.clone(), answer);
                case.sources.push(SourceProfile {
                    label,
                    operator: operator.to_owned(),
                    trust,
                    is_deprioritized: held_back,
                });
            }
            case.known = known.into_iter().map(ip).collect();
            Case {
                confirm,
                kernel,
                other,
                ..case
            }
        },
    )
}

/// As many operators as it takes say the truth, and some more; others fail or lie, each lie told by fewer than it takes.
fn with_liars() -> impl Strategy<Value = Case> {
    let counts = (2_usize..4, 0_usize..3, 0_usize..3, 0_usize..3);
    let order = counts.prop_flat_map(|(confirm, more, lies, failures)| {
        let truths = vec![Ok(vec![ip(NEW)]); confirm + more];
        let lie = |lie| vec![Ok(vec![ip(&format!("104.16.1.{lie}"))]); confirm - 1];
        let failures = vec![Err("timed out".to_owned()); failures];
        let said: Vec<_> = truths
            .into_iter()
            .chain((0..lies).flat_map(lie))
            .chain(failures)
            .collect();
        let held_back = prop::collection::vec(any::<bool>(), said.len());
        (Just(confirm), Just(said).prop_shuffle(), held_back)
    });
    order.prop_map(|(confirm, said, held_back)| {
        let mut case = case(&[]);
        for (position, (answer, held_back)) in said.into_iter().zip(held_back).enumerate() {
            let label = position.to_string();
            case.answers.insert(label.clone(), answer);
            case.sources.push(SourceProfile {
                operator: label.clone(),
                label,
                trust: External,
                is_deprioritized: held_back,
            });
        }
        Case { confirm, ..case }
    })
}

impl Case {
    /// What a source would answer, if that is acceptable.
    fn acceptable(&self, source: &SourceProfile) -> Option<BTreeSet<IpAddr>> {
        let addrs = self.answers[&source.label].as_ref().ok()?;
        let admits = |addr: &&IpAddr| self.acceptance.check(Family::V4, **addr).is_ok();
        let all = !addrs.is_empty() && addrs.iter().all(|addr| admits(&addr));
        all.then(|| addrs.iter().copied().collect())
    }

    /// How many operators say so and nothing else, of those that were asked.
    fn witnesses(&self, asked: &[String], addrs: &BTreeSet<IpAddr>) -> usize {
        let testifies = |operator: &&&str| {
            let mut said = self.sources.iter().filter_map(|it| {
                let is_theirs = it.trust == External && it.operator == **operator;
                (is_theirs && asked.contains(&it.label)).then(|| self.acceptable(it))?
            });
            said.next().is_some_and(|first| first == *addrs) && said.all(|it| it == *addrs)
        };
        OPERATORS.iter().filter(testifies).count()
    }
}

proptest! {
    /// L2. That nobody is asked twice and that it ends, each run sees to.
    #[test]
    fn what_is_believed_is_our_own_knowledge_or_known_or_confirmed(case in cases(), all in any::<bool>()) {
        let everybody = case.sources.iter().map(|it| it.label.clone()).collect();
        let (observation, asked) = if all { (case.run_all(), everybody) } else { case.run() };
        let Observation::Known(set) = observation else {
            return Ok(());
        };
        let addrs = set.addrs();
        let is_own = case.sources.iter().any(|it| {
            it.trust != External && asked.contains(&it.label) && case.acceptable(it).as_ref() == Some(&addrs)
        });
        let witnesses = case.witnesses(&asked, &addrs);
        let needed = if addrs == case.known { 1 } else { case.confirm.max(1) };
        prop_assert!(is_own || witnesses >= needed, "{addrs:?} of {witnesses}");
    }

    /// L1.
    #[test]
    fn absence_is_the_kernels_word_alone(case in cases()) {
        let owner_might_know = case.sources.iter().any(|it| it.trust == Local);
        if case.run().0 == Observation::Absent {
            prop_assert!(case.kernel.is_absent() && !case.other.is_absent() && !owner_might_know);
        }
    }

    #[test]
    fn liars_too_few_of_whom_agree_stand_in_nobodys_way(case in with_liars()) {
        prop_assert_eq!(case.believes(), Some([ip(NEW)].into()));
    }
}
