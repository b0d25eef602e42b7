//! Sends a call with the account's credentials, once, and says what its end means.

use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use crate::{
    core::{
        error::{ErrorClass, ProviderError},
        secret::Secret,
    },
    http::{Delivery, Request, Response, SendError, Transport, redactor::Redactor},
    json::{self, ItemsError},
    providers::{
        api_answer::{AnswerListBuilder, ApiAnswer, not_documented},
        operation::{Arguments, Call, Operation},
    },
};

use super::{
    Settings, answer,
    api::{
        self,
        dns::{DnsDelete, DnsReplace},
        dyndns,
        forwards::{ForwardsGet, ForwardsList},
    },
    request,
    types::RecordBody,
};

/// The API as one account sees it.
#[derive(Debug)]
pub struct Client<T> {
    transport: T,
    token: Secret,
    secret: Secret,
}

impl<T: Transport> Client<T> {
    /// A client for the account of these settings; `transport` knows the API's base address.
    pub fn new(transport: T, settings: &Settings) -> Self {
        Self {
            transport,
            token: settings.token.clone(),
            secret: settings.secret.clone(),
        }
    }

    /// What carries the requests.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// One attempt at a call.
    ///
    /// Arguments that do not fit are refused with [`ErrorClass::Invalid`] before anything is sent. A write
    /// whose answer is lost, or whose status is 408 or of the 500s, ends with [`ErrorClass::Unconfirmed`]:
    /// read back before it is sent again. An answer that is not what the vendor documents ends with
    /// [`ErrorClass::ProtocolViolation`].
    pub async fn call<C: Call>(&self, call: &C) -> Result<C::Output, ProviderError> {
        self.perform(C::OPERATION, &call.arguments()).await
    }

    /// One attempt at an operation, with the answer as it came: [`Value::Null`] where there is none,
    /// and `{"id": …}` for a new record wherever the answer says it.
    pub async fn invoke(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Value, ProviderError> {
        let mut list = Vec::new();
        let mut take = |item: &RawValue| {
            list.push(json::tree(item)?);
            Ok(())
        };
        let value = self.list_or_value(operation, arguments, &mut take).await?;
        Ok(value.unwrap_or(Value::Array(list)))
    }

    /// The same in little memory, however long the list is. An answer that is not of the documented type is a
    /// failure.
    pub async fn answer(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<ApiAnswer, ProviderError> {
        let not_documented = |what: String| not_documented(operation, &what);
        let mut list = AnswerListBuilder::new(operation, None);
        let mut take = |item: &RawValue| list.push(item);
        match self.list_or_value(operation, arguments, &mut take).await? {
            Some(value) => {
                (operation.shape)(&value).map_err(not_documented)?;
                Ok(ApiAnswer::Value(value))
            }
            None => list.finish().map_err(not_documented),
        }
    }

    /// Hands out the items of a list as they are read, without keeping any of them; the error of `take` is in words.
    pub(super) async fn each_item<C: Call>(
        &self,
        call: &C,
        take: &mut dyn FnMut(&RawValue) -> Result<(), String>,
    ) -> Result<(), ProviderError> {
        let request = self.prepare(C::OPERATION, &call.arguments())?;
        self.hand_out(C::OPERATION, &request, take).await
    }

    /// The answer of an operation if it is no list; the items of a list are handed out.
    async fn list_or_value(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
        take: &mut dyn FnMut(&RawValue) -> Result<(), String>,
    ) -> Result<Option<Value>, ProviderError> {
        // What answers with a list takes one; a forward may be looked for in one.
        if (operation.shape)(&Value::Array(Vec::new())).is_err() || operation.writes {
            return self.perform(operation, arguments).await.map(Some);
        }
        let request = self.prepare(operation, arguments)?;
        self.hand_out(operation, &request, take).await?;
        Ok(None)
    }

    /// Hands out the items of the list that answers a request.
    async fn hand_out(
        &self,
        operation: &'static Operation,
        request: &Request,
        take: &mut dyn FnMut(&RawValue) -> Result<(), String>,
    ) -> Result<(), ProviderError> {
        let response = self.send(request).await?;
        let is_list = |response: &Response| {
            answer::succeeded(operation, request, response)?;
            json::each_item(&response.body, |_| Ok::<_, ()>(())).map_err(|error| {
                let what = match error {
                    ItemsError::Unreadable(what) => what,
                    ItemsError::Refused(()) => String::new(),
                };
                answer::not_understood(request, &answer::said(response), &what)
            })
        };
        let explained = |what: Option<&str>| {
            let end = self.explained(request, &response, is_list, what);
            Err(end.failure)
        };
        if answer::succeeded(operation, request, &response).is_err() {
            return explained(None);
        }
        match json::each_item(&response.body, take) {
            Ok(()) => Ok(()),
            Err(ItemsError::Unreadable(what) | ItemsError::Refused(what)) => explained(Some(&what)),
        }
    }

    async fn send(&self, request: &Request) -> Result<Response, ProviderError> {
        let sent = self.transport.send(request).await;
        sent.map_err(|error| unanswered(request, &error))
    }

    /// What a call would send, without sending it. Arguments that do not fit are refused. The
    /// request has the credentials, which its `Debug` does not show.
    pub fn prepare(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<Request, ProviderError> {
        api::check(operation, arguments)?;
        Ok(self.signed(request::request(operation, arguments)))
    }

    /// Replaces a record by a whole body with whatever fields it has: what was listed and goes back
    /// is not checked, and fields that nobody knows yet are not lost.
    pub async fn replace_whole(
        &self,
        domain_id: i64,
        record_id: i64,
        body: &RecordBody,
    ) -> Result<(), ProviderError> {
        let place = DnsReplace {
            domain_id,
            record_id,
            ..DnsReplace::default()
        };
        let operation = DnsReplace::OPERATION;
        let json = request::json(body);
        let request = request::with_body(operation, &place.arguments(), json);
        let end = self.exchange(operation, &self.signed(request)).await;
        end.map_err(|it| it.failure)
    }

    /// Deletes a record, and is content if it was gone already.
    pub(super) async fn delete_if_there(
        &self,
        domain_id: i64,
        record_id: i64,
    ) -> Result<(), ProviderError> {
        let delete = DnsDelete {
            domain_id,
            record_id,
        };
        let request = self.prepare(DnsDelete::OPERATION, &delete.arguments())?;
        match self.exchange(DnsDelete::OPERATION, &request).await {
            // What was wanted. A 403 is not: the domain is not ours, its record may well stand.
            Err(it) if it.finds_nothing() => Ok(()),
            end => end.map_err(|it| it.failure),
        }
    }

    /// An operation with its answer in any shape.
    pub(super) async fn perform<O: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        arguments: &Arguments,
    ) -> Result<O, ProviderError> {
        let request = self.prepare(operation, arguments)?;
        match self.exchange(operation, &request).await {
            Ok(value) => Ok(value),
            Err(end) if end.finds_nothing() && operation.name == ForwardsGet::OPERATION.name => {
                self.listed_forward(arguments, end.failure).await
            }
            Err(mut end) => {
                if end.finds_nothing()
                    && let Some(hostname) = arguments.get("hostname")
                {
                    let said = &end.said;
                    let hosts = dyndns::names(hostname);
                    end.failure.message =
                        format!("Domeneshop knows no domain of yours for {hosts} ({said})");
                }
                Err(end.failure)
            }
        }
    }

    /// A forward from the list of all, for the service has been seen not to find any by its host.
    async fn listed_forward<O: DeserializeOwned>(
        &self,
        arguments: &Arguments,
        not_found: ProviderError,
    ) -> Result<O, ProviderError> {
        let domain_id = arguments.get("domain_id").and_then(|it| it.parse().ok());
        let list = ForwardsList {
            domain_id: domain_id.unwrap_or_default(),
        };
        let request = self.prepare(ForwardsList::OPERATION, &list.arguments())?;
        let is_meant = |forward: &Value| {
            let host = forward.get("host").and_then(Value::as_str);
            host.zip(arguments.get("host"))
                .is_some_and(|(host, meant)| host.eq_ignore_ascii_case(meant))
        };
        let mut found = None;
        let mut take = |item: &RawValue| {
            let forward = json::tree(item)?;
            if found.is_none() && is_meant(&forward) {
                found = Some(forward);
            }
            Ok(())
        };
        let listed = self
            .hand_out(ForwardsList::OPERATION, &request, &mut take)
            .await;
        match (listed, found) {
            (Ok(()), Some(forward)) => answer::shaped(&request, "200", forward),
            (Err(failure), _) if failure.class != ErrorClass::NotFound => Err(failure),
            _ => Err(not_found),
        }
    }

    /// One request and its answer.
    async fn exchange<O: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        request: &Request,
    ) -> Result<O, CallError> {
        let response = self.send(request).await.map_err(|failure| CallError {
            status: None,
            said: String::new(),
            failure,
        })?;
        answer::read(operation, request, &response).map_err(|_| {
            let read = |shown: &Response| answer::read::<O>(operation, request, shown).map(drop);
            self.explained(request, &response, read, None)
        })
    }

    /// What is said of an answer that is a failure: nothing with our credentials in it, even if whoever answered
    /// repeats what we sent. So the failure is found anew, in the answer without them, by `read`; `what` is said where
    /// none is found.
    fn explained(
        &self,
        request: &Request,
        response: &Response,
        read: impl FnOnce(&Response) -> Result<(), ProviderError>,
        what: Option<&str>,
    ) -> CallError {
        let hidden = Redactor::basic(self.token.expose(), self.secret.expose());
        let length = response.body.len();
        let is_long = length > answer::MAX_QUOTED;
        let shown = if is_long {
            // Of a long answer nothing is quoted; whether it is a page is all that counts.
            let is_page = response.body.trim_ascii_start().starts_with(b"<");
            let page = if is_page { "<…> " } else { "" };
            hidden.hide_in(&Response {
                body: format!("{page}({length} bytes)").into_bytes(),
                location: response.location.clone(),
                ..*response
            })
        } else {
            hidden.hide_in(response)
        };
        let said = answer::said(&shown);
        let failure = match (read(&shown), what) {
            (Err(failure), _) if !is_long || failure.class != ErrorClass::ProtocolViolation => {
                failure
            }
            (_, Some(what)) => answer::not_understood(request, &said, &hidden.hide(what)),
            // With them gone it can be understood: it is another answer than the one that came (L7).
            (_, None) => answer::misunderstood(request, &said),
        };
        CallError {
            status: Some(response.status),
            said,
            failure: self.with_hint(failure),
        }
    }

    fn signed(&self, request: Request) -> Request {
        Request {
            basic: Some((self.token.clone(), self.secret.clone())),
            ..request
        }
    }

    /// Quotation marks that a shell or another file format would have taken away are the usual
    /// reason for a good token to be refused.
    fn with_hint(&self, mut failure: ProviderError) -> ProviderError {
        let is_wrapped = |secret: &Secret| {
            let odd = |it: char| it == '"' || it == '\'' || it.is_whitespace();
            secret.expose().starts_with(odd) || secret.expose().ends_with(odd)
        };
        if failure.class == ErrorClass::Unauthorized
            && (is_wrapped(&self.token) || is_wrapped(&self.secret))
        {
            failure
                .message
                .push_str("; one of them has a quotation mark or a blank at its end");
        }
        failure
    }
}

/// How an exchange ended that was no success.
struct CallError {
    /// The answer's status, if there was an answer.
    status: Option<u16>,
    /// What the answer said.
    said: String,
    failure: ProviderError,
}

impl CallError {
    /// Whether the service itself says that there is no such thing.
    fn finds_nothing(&self) -> bool {
        self.status == Some(404) && self.failure.class == ErrorClass::NotFound
    }
}

/// What it means that no answer came.
fn unanswered(request: &Request, error: &SendError) -> ProviderError {
    let name = answer::name(request);
    if request.writes && error.sent == Delivery::Unknown {
        let what = format!("could not confirm {name}: {error}");
        ProviderError::of_account(ErrorClass::Unconfirmed, what)
    } else {
        let what = format!("Domeneshop could not be asked ({name}): {error}");
        ProviderError::of_account(ErrorClass::Transient, what)
    }
}
