//! The server's side of hickory: one question in, one answer out, or none.

use std::sync::Arc;

use hickory_server::net::runtime::Time;
use hickory_server::net::xfer::Protocol;
use hickory_server::proto::op::{
    Edns, Header, HeaderCounts, MessageType, Metadata, OpCode, ResponseCode,
};
use hickory_server::proto::rr::DNSClass;
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;

use super::lookup::{self, LookupAnswer};
use super::{DnsQuery, zone};
use crate::shared::Shared;

/// Answers from the world.
#[derive(Debug)]
pub(crate) struct Handler {
    pub(crate) shared: Arc<Shared>,
}

impl Handler {
    /// The answer; none where the server is to be silent.
    fn answer(&self, request: &Request) -> Option<LookupAnswer> {
        let world = &mut *self.shared.world();
        let Ok(info) = request.request_info() else {
            return Some(LookupAnswer::only(ResponseCode::FormErr));
        };
        let (name, kind) = (info.query.name(), info.query.query_type());
        let at_ms = u64::try_from(world.clock.real().as_millis()).unwrap_or(u64::MAX);
        world.dns.log.push(DnsQuery {
            name: name.to_string().trim_end_matches('.').to_owned(),
            kind: kind.to_string(),
            tcp: info.protocol == Protocol::Tcp,
            peer: info.src,
            at_ms,
        });
        self.shared.ring();
        if world.dns.silent {
            return None;
        }
        let refused = world.dns.refuse || info.query.query_class() != DNSClass::IN;
        Some(if refused {
            LookupAnswer::only(ResponseCode::Refused)
        } else if world.dns.fail {
            LookupAnswer::only(ResponseCode::ServFail)
        } else if request.metadata.op_code != OpCode::Query {
            LookupAnswer::only(ResponseCode::NotImp)
        } else {
            let own = world.dns.addr.ip();
            match &world.dns.frozen {
                Some(frozen) => lookup::answer(frozen, name, kind, own),
                None => lookup::answer(&zone::all(world), name, kind, own),
            }
        })
    }
}

#[async_trait::async_trait]
impl RequestHandler for Handler {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        let Some(answer) = self.answer(request) else {
            return nothing(metadata);
        };
        metadata.response_code = answer.code;
        metadata.authoritative = answer.authoritative;
        metadata.recursion_available = false;
        let mut builder = MessageResponseBuilder::from_message_request(request);
        let mut edns = Edns::new();
        if request.edns.is_some() {
            edns.set_max_payload(1232);
            builder.edns(&edns);
        }
        let message = builder.build(metadata, &answer.answers, &answer.authority, [], []);
        let sent = response.send_response(message).await;
        sent.unwrap_or_else(|_| nothing(metadata))
    }
}

/// What hickory is told when nothing was sent.
fn nothing(mut metadata: Metadata) -> ResponseInfo {
    metadata.message_type = MessageType::Response;
    ResponseInfo::from(Header {
        metadata,
        counts: HeaderCounts::default(),
    })
}
