//! What a zone's own servers answer about a host, read by the resolver as it runs, over a socket in
//! memory: an address counts only if it is the host's, of the family that was asked for, and in answer
//! to the question; "none" only from who knows the zone.

use std::{
    collections::BTreeSet,
    future::ready,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use hickory_resolver::{
    Resolver,
    config::{NameServerConfig, ResolverConfig},
    net::runtime::{
        DnsUdpSocket, RuntimeProvider, TokioHandle, TokioTime, iocompat::AsyncIoTokioAsStd,
    },
    proto::{
        op::Message,
        rr::{Name, RData, RecordType},
    },
};
use moored::{
    core::address::family::Family,
    resolver::{AuthoritativeResolver, answer::addresses},
};
use tokio::net::TcpStream;

use super::assert_plain;

const HOST: &str = "home.example.com.";
const SERVER: ([u8; 4], u16) = ([192, 0, 2, 53], 53);

/// The bits of the first byte: the family that is asked for; whether the answer's id is put right;
/// whether its question is. They are random, so that nobody could do it beforehand.
const V6: u8 = 1;
const RIGHT_ID: u8 = 2;
const RIGHT_QUESTION: u8 = 4;

pub(crate) fn answers(bytes: &[u8]) {
    let Some((&how, answer)) = bytes.split_first() else {
        return;
    };
    let family = Family::ALL[usize::from(how & V6)];
    let wire = FuzzWire {
        how,
        answer: answer.into(),
        talk: Arc::default(),
        handle: TokioHandle::default(),
    };
    let said = ask(&wire, family);
    let talk = wire.talk.lock().unwrap();
    assert!(!talk.is_empty(), "nobody was asked: {said:?}");
    let addrs = match said {
        Ok(addrs) => addrs,
        Err(what) => return assert_plain(&what, 300),
    };
    // Where the host is another's alias, that one was asked for next.
    let mut names = BTreeSet::from([Name::from_ascii(HOST).unwrap()]);
    let mut of_host = BTreeSet::new();
    let mut knows = false;
    for (question, answer) in &*talk {
        let question = Message::from_vec(question).unwrap();
        let message = Message::from_vec(answer).unwrap();
        assert_eq!(message.metadata.id, question.metadata.id);
        assert_eq!(message.queries, question.queries);
        let asked = question.queries[0].name();
        assert!(names.contains(asked), "{asked} was asked for");
        assert!(message.queries[0].name().eq_case(asked));
        let mut records = message.authorities.iter().chain(&message.answers);
        knows |= records.any(|it| it.record_type() == RecordType::SOA);
        follow(&mut names, &message);
        let own = message.answers.iter().filter(|it| names.contains(&it.name));
        let own = own.filter_map(|it| it.data.ip_addr());
        of_host.extend(own.filter(|it| Family::of(*it) == family));
    }
    // About this name nobody is asked (RFC 6761, section 6.3).
    let localhost = Name::from_ascii("localhost.").unwrap();
    if names.iter().any(|it| localhost.zone_of(it)) {
        of_host.extend([
            IpAddr::from(Ipv4Addr::LOCALHOST),
            Ipv6Addr::LOCALHOST.into(),
        ]);
    }
    assert!(knows || !addrs.is_empty(), "nothing is taken for none");
    assert!(addrs.is_subset(&of_host), "{addrs:?} of {of_host:?}");
}

/// Adds the names that those are aliases of.
fn follow(names: &mut BTreeSet<Name>, message: &Message) {
    loop {
        let aliases = message.answers.iter().filter_map(|it| match &it.data {
            RData::CNAME(target) if names.contains(&it.name) => Some(target.0.clone()),
            _ => None,
        });
        let more: Vec<_> = aliases.filter(|it| !names.contains(it)).collect();
        if more.is_empty() {
            return;
        }
        names.extend(more);
    }
}

fn ask(wire: &FuzzWire, family: Family) -> Result<BTreeSet<IpAddr>, String> {
    let servers = AuthoritativeResolver {
        configured: Vec::new(),
        timeout: Duration::from_secs(5),
    };
    let kind = match family {
        Family::V4 => RecordType::A,
        Family::V6 => RecordType::AAAA,
    };
    let config = NameServerConfig::udp_and_tcp(SERVER.0.into());
    let config = ResolverConfig::from_name_servers(vec![config]);
    let mut builder = Resolver::builder_with_config(config, wire.clone());
    *builder.options_mut() = servers.options();
    let resolver = builder.build().unwrap();
    RUNTIME.with(|runtime| runtime.block_on(async { addresses(resolver.lookup(HOST, kind).await) }))
}

thread_local! {
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
}

/// A question and what was answered.
type Talk = (Vec<u8>, Vec<u8>);

/// The one way to the server: what is sent is noted, and what is answered to it is known beforehand.
#[derive(Clone)]
struct FuzzWire {
    how: u8,
    answer: Arc<[u8]>,
    talk: Arc<Mutex<Vec<Talk>>>,
    handle: TokioHandle,
}

impl FuzzWire {
    fn answer_to(&self, question: &[u8]) -> Vec<u8> {
        let mut answer = self.answer.to_vec();
        if self.how & RIGHT_ID != 0 && answer.len() >= 2 {
            answer[..2].copy_from_slice(&question[..2]);
        }
        if self.how & RIGHT_QUESTION != 0 && answer.len() >= 12 {
            // The name to its empty label, type and class; behind them the resolver says of itself (EDNS).
            let mut end = 12;
            while question[end] != 0 {
                end += 1 + usize::from(question[end]);
            }
            let asked = &question[12..end + 1 + 4];
            answer[4..6].copy_from_slice(&[0, 1]);
            answer.splice(12..12, asked.iter().copied());
        }
        answer
    }
}

/// A socket on which one question is answered once; then it breaks.
struct Socket {
    wire: FuzzWire,
    question: Mutex<Option<(Vec<u8>, SocketAddr)>>,
}

impl DnsUdpSocket for Socket {
    type Time = TokioTime;

    fn poll_recv_from(
        &self,
        _: &mut Context<'_>,
        room: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let Some((question, server)) = self.question.lock().unwrap().take() else {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        };
        let mut answer = self.wire.answer_to(&question);
        answer.truncate(room.len());
        room[..answer.len()].copy_from_slice(&answer);
        let length = answer.len();
        self.wire.talk.lock().unwrap().push((question, answer));
        Poll::Ready(Ok((length, server)))
    }

    fn poll_send_to(
        &self,
        _: &mut Context<'_>,
        bytes: &[u8],
        server: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        *self.question.lock().unwrap() = Some((bytes.to_vec(), server));
        Poll::Ready(Ok(bytes.len()))
    }
}

type Connecting<T> = Pin<Box<dyn Send + Future<Output = io::Result<T>>>>;

impl RuntimeProvider for FuzzWire {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = Socket;
    type Tcp = AsyncIoTokioAsStd<TcpStream>;

    fn create_handle(&self) -> TokioHandle {
        self.handle.clone()
    }

    fn connect_tcp(
        &self,
        _: SocketAddr,
        _: Option<SocketAddr>,
        _: Option<Duration>,
    ) -> Connecting<Self::Tcp> {
        Box::pin(ready(Err(io::ErrorKind::ConnectionRefused.into())))
    }

    fn bind_udp(&self, _: SocketAddr, _: SocketAddr) -> Connecting<Socket> {
        let socket = Socket {
            wire: self.clone(),
            question: Mutex::default(),
        };
        Box::pin(ready(Ok(socket)))
    }
}
