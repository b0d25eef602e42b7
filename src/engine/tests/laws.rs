//! The laws as they show in whole rounds. The number at a test's beginning is the law's.

mod confirmed;
mod conflicts;
mod memory;
mod quiet;
mod refused;
mod repair;
mod unknown;
mod waits;

use std::time::Duration;

use super::world::{RoundFixture, host};
use crate::core::{
    error::{ErrorClass, ProviderError},
    reconcile::plan::UpdateMode,
};

const HOME: &str = "home.example.com";
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn one(push: UpdateMode) -> RoundFixture {
    RoundFixture::new(push, vec![host(HOME)])
}

fn failure(class: ErrorClass) -> ProviderError {
    ProviderError::of_account(class, "x")
}
