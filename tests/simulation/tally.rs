//! How often what happened, by kind.

use std::{cell::RefCell, collections::BTreeMap, fmt};

#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Counter(RefCell<BTreeMap<String, u64>>);

impl Counter {
    /// Counts something: its kind is the first word of what it is called.
    pub(crate) fn count(&self, what: &impl fmt::Debug) {
        let called = format!("{what:?}");
        let kind = called.split(|it: char| !it.is_alphanumeric()).next();
        let kind = kind.unwrap_or_default().to_owned();
        *self.0.borrow_mut().entry(kind).or_default() += 1;
    }

    /// This and another one together.
    pub(crate) fn add(&self, other: &Self) {
        for (kind, count) in &*other.0.borrow() {
            *self.0.borrow_mut().entry(kind.clone()).or_default() += count;
        }
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.0.borrow();
        let all: Vec<_> = kinds
            .iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        f.write_str(&all.join(", "))
    }
}
