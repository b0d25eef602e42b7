//! What became of each change of a plan.

use crate::core::error::{ErrorClass, ProviderError, Scope};

/// One entry for each change; once something concerns the whole account, nothing more is to be sent.
pub(super) struct ResultCollector {
    entries: Vec<Option<Result<(), ProviderError>>>,
    halt: Option<ProviderError>,
}

impl ResultCollector {
    /// Room for so many changes, nothing sent yet.
    pub(super) fn new(changes: usize) -> Self {
        Self {
            entries: vec![None; changes],
            halt: None,
        }
    }

    /// Whether nothing more is to be sent.
    pub(super) fn is_halted(&self) -> bool {
        self.halt.is_some()
    }

    /// Enters how a request ended for the changes it carried, by their places in the plan.
    pub(super) fn record(
        &mut self,
        places: impl IntoIterator<Item = usize>,
        result: &Result<(), ProviderError>,
    ) {
        if let Err(failure) = result
            && failure.scope == Scope::Account
        {
            self.halt = Some(failure.clone());
        }
        for place in places {
            if let Some(entry) = self.entries.get_mut(place) {
                *entry = Some(result.clone());
            }
        }
    }

    /// The entries in order; what was not sent fails like what stopped it.
    pub(super) fn finish(self) -> Vec<Result<(), ProviderError>> {
        let unsent = match self.halt {
            None => ProviderError::of_account(ErrorClass::Transient, "not sent"),
            // Refused credentials are refused for everything alike.
            Some(halt) if halt.class == ErrorClass::Unauthorized => halt,
            Some(halt) => ProviderError {
                class: match halt.class {
                    // Of what was not sent it is known that it had no effect.
                    ErrorClass::Unconfirmed | ErrorClass::ProtocolViolation => {
                        ErrorClass::Transient
                    }
                    class => class,
                },
                message: format!("not sent after an earlier failure: {}", halt.message),
                ..halt
            },
        };
        let entries = self.entries.into_iter();
        entries
            .map(|entry| entry.unwrap_or_else(|| Err(unsent.clone())))
            .collect()
    }
}
