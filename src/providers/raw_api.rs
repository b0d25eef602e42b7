//! A provider's whole API, operation by operation: what `moored api` calls.

use super::{
    api_answer::ApiAnswer,
    operation::{Arguments, Operation},
    zone_records::Progress,
};
use crate::{core::error::ProviderError, http::Request};

/// An account's API.
pub trait RawApi {
    /// Every operation there is for this account, in the vendor's order.
    fn operations(&self) -> Vec<&'static Operation>;

    /// The request that a call would send, with its secrets hidden from print.
    fn prepare(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Request, ProviderError>;

    /// Calls an operation. Where its answer comes in pages, all of them are fetched and put
    /// together. An answer that is not of the documented type is a failure.
    fn invoke(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        progress: Progress<'_>,
    ) -> impl Future<Output = Result<ApiAnswer, ProviderError>>;
}
