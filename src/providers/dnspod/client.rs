//! Sends calls to the API: who asks, in what format the answer shall be, and what it means that
//! there was none.

use serde_json::{Map, Value, value::RawValue};

use super::{
    Credential, Site,
    answer::Answer,
    api::{limits, operations, subject},
    codes,
    listing::PagedListing,
    paging::PageReader,
    redaction::secrets,
};
use crate::{
    core::error::{ErrorClass, ProviderError},
    http::{Delivery, Request, RequestBody, SendError, Transport},
    json::{self, Members},
    providers::{
        api_answer::{AnswerListBuilder, ApiAnswer, not_documented},
        operation::{Arguments, Call, Operation},
        zone_records::Progress,
    },
};

/// A client of one account. It makes one attempt at each call and neither waits nor logs.
///
/// A [`ProviderError`] says by its class what to do about it: `Invalid` with nothing sent for arguments
/// that the definition does not allow, `Rejected` for a token that is refused, after which nothing
/// more may be sent (`Auth`, which has no token, fails for itself alone), `RateLimited` for limits, bans and locks, `NotFound` for what the account does
/// not have, `Unconfirmed` for a write whose answer was lost, and `Contract` for an answer that is
/// not what the vendor documents.
pub struct Client<T> {
    transport: T,
    site: Site,
    credential: Credential,
}

/// What every call carries. English, so that the messages quoted in errors do not change with the
/// account; an empty list is an answer, not an error; XML is the default of the format.
const GLOBALS: [(&str, &str); 3] = [("format", "json"), ("lang", "en"), ("error_on_empty", "no")];

impl<T> Client<T> {
    /// A client that sends through `transport`, whose base address is the site's and whose
    /// `User-Agent` is [`user_agent`](super::user_agent)'s.
    pub fn new(transport: T, site: Site, credential: Credential) -> Self {
        Self {
            transport,
            site,
            credential,
        }
    }

    /// What it sends through.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// The site it is for.
    pub fn site(&self) -> Site {
        self.site
    }

    /// What a call would send, without sending it. Arguments that do not fit are refused. The
    /// request has the credential, which its `Debug` does not show.
    pub fn prepare(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Request, ProviderError> {
        self.check(operation, arguments)?;
        let (path, used) = arguments.path(operation);
        let mut fields = Vec::new();
        // Who asks for a token has none.
        if !codes::is_login(operation) {
            let (name, secret) = self.credential.field();
            fields.push((name.into(), secret));
        }
        fields.extend(GLOBALS.map(|(name, value)| (name.into(), value.into())));
        let own = arguments.iter().filter(|(name, _)| !used.contains(name));
        fields.extend(own.map(|(name, value)| (name.into(), value.clone())));
        Ok(Request {
            method: operation.method,
            path,
            basic: None,
            body: RequestBody::Form(fields),
            writes: operation.writes,
        })
    }

    /// Refuses what does not fit, before anything is sent.
    fn check(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<(), ProviderError> {
        if !operations(self.site).any(|it| it.name == operation.name) {
            let what = format!("{} is not an operation of {}", operation.name, self.site);
            return Err(ProviderError::of_host(ErrorClass::Invalid, what));
        }
        arguments.check(operation)?;
        let wrong = limits::misuses(self.site, operation, arguments);
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(ProviderError::of_host(
                ErrorClass::Invalid,
                wrong.join("; "),
            ))
        }
    }
}

impl<T: Transport> Client<T> {
    /// One attempt at a call, whose arguments are checked first.
    pub async fn call<C: Call>(&self, call: &C) -> Result<C::Output, ProviderError> {
        let answer = self.ask(C::OPERATION, &call.arguments()).await?;
        answer.decode()
    }

    /// The same with the arguments and the answer as they are on the wire, without the answer's
    /// `status`. The version that `Info.Version` has there is moved to `version`.
    pub async fn invoke(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Value, ProviderError> {
        self.ask(operation, arguments).await?.payload()
    }

    /// The same with every page of `Domain.List`, `Record.List` and `Domain.Log` put together, in as
    /// few requests as the site's page length allows. Where `offset` or `length` is given, and for
    /// any other operation, it is one request.
    pub async fn invoke_all(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        progress: Progress<'_>,
    ) -> Result<Value, ProviderError> {
        match Self::listing(operation, arguments) {
            Some(_) => self
                .answer_all(operation, arguments, progress)
                .await
                .map(ApiAnswer::into_value),
            None => self.invoke(operation, arguments).await,
        }
    }

    /// The same in little memory, however long the list is. An answer that is not of the documented type is a
    /// failure.
    pub async fn answer_all(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        progress: Progress<'_>,
    ) -> Result<ApiAnswer, ProviderError> {
        let not_documented = |what: String| not_documented(operation, &what);
        let Some(listing) = Self::listing(operation, arguments) else {
            let value = self.invoke(operation, arguments).await?;
            (operation.shape)(&value).map_err(not_documented)?;
            return Ok(ApiAnswer::Value(value));
        };
        let mut list = AnswerListBuilder::new(operation, Some(listing.items()));
        let pages = self.each_item(listing, operation, arguments, progress, |_, part| {
            let taken = match part {
                AnswerPart::Page(members) => list.around(|| trees(members)),
                AnswerPart::Item(item) => list.push(item),
            };
            taken.map_err(not_documented)
        });
        pages.await?;
        list.finish().map_err(not_documented)
    }

    /// How an operation lists in pages, unless one of them is asked for.
    fn listing(operation: &Operation, arguments: &Arguments) -> Option<PagedListing> {
        let is_given = |name| arguments.get(name).is_some();
        PagedListing::of(operation).filter(|_| !is_given("offset") && !is_given("length"))
    }

    /// Reads a list of pages to its end and hands out each item once, as it comes, and before a page's items what
    /// else the page says. Nothing of it is kept.
    pub(super) async fn each_item(
        &self,
        listing: PagedListing,
        operation: &'static Operation,
        arguments: &Arguments,
        progress: Progress<'_>,
        mut take: impl FnMut(&Answer, AnswerPart<'_>) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        let length = listing.page_length(self.site);
        let subject = subject(operation, arguments);
        let broken = |what| {
            ProviderError::of_account(ErrorClass::ProtocolViolation, format!("{subject}: {what}"))
        };
        let mut pages = PageReader::new(length);
        loop {
            let offset = pages.offset();
            let arguments = arguments
                .clone()
                .with("offset", offset.to_string())
                .with("length", length.to_string());
            let answer = self.ask(operation, &arguments).await?;
            let (members, items) = answer.list(listing.items())?;
            take(&answer, AnswerPart::Page(&members))?;
            let mut received = 0;
            answer.each_item(items, |item| {
                if listing.is_filler(item, offset) {
                    return Ok(());
                }
                received += 1;
                if pages.add(item).map_err(broken)? {
                    take(&answer, AnswerPart::Item(item))?;
                }
                Ok(())
            })?;
            let total = listing.total(&members, received, offset, length);
            let more = pages.end(total).map_err(broken)?;
            progress(pages.count(), total);
            if !more {
                return Ok(());
            }
        }
    }

    /// Sends an operation and reads the envelope of its answer.
    pub(super) async fn ask(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Answer, ProviderError> {
        let request = self.prepare(operation, arguments)?;
        let hidden = secrets(&request, self.credential.token());
        let subject = subject(operation, arguments);
        match self.transport.send(&request).await {
            Ok(response) => Answer::read(operation, subject, hidden, response),
            Err(error) => {
                let failure = unanswered(operation, &subject, &error);
                Err(codes::within(operation, failure))
            }
        }
    }
}

/// A part of a list that comes in pages.
pub(super) enum AnswerPart<'p> {
    /// A page begins: what its answer says besides the items.
    Page(&'p Members<'p>),
    /// An item that was not there before.
    Item(&'p RawValue),
}

/// Members as trees; the error is in words.
fn trees(members: &Members<'_>) -> Result<Map<String, Value>, String> {
    let trees = members
        .iter()
        .map(|(name, member)| Ok((name.clone(), json::tree(member)?)));
    trees.collect()
}

/// No answer: of a write that may have arrived nobody knows whether it took effect.
fn unanswered(operation: &Operation, subject: &str, error: &SendError) -> ProviderError {
    if operation.writes && error.sent == Delivery::Unknown {
        let what = format!("{subject}: {error}; whether it took effect is not known");
        ProviderError::of_account(ErrorClass::Unconfirmed, what)
    } else {
        ProviderError::of_account(ErrorClass::Transient, format!("{subject}: {error}"))
    }
}

#[cfg(test)]
mod tests;
