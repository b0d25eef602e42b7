//! The source `dns`: names that answer with the asker's own address, asked at their operators' own
//! servers, never through a resolver, which would be given its own address.

pub mod message;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout_at,
};

use super::dns::message::{DnsAnswer, DnsQuestion};
use super::{
    datagram::{self, Reply, late},
    resolve_server,
    socket_binder::SocketBinder,
};
use crate::core::address::family::Family;

/// The longest answer by UDP, as nobody was told that more would do (RFC 1035, section 4.2.1).
const MAX_UDP_BYTES: usize = 512;

/// The longest answer by TCP: one address takes far less.
const MAX_TCP_BYTES: u16 = 4096;

/// An operator, its server and the name to ask for.
#[derive(Clone, Copy, Debug)]
pub struct DnsOperator {
    /// Who runs it.
    pub name: &'static str,
    /// The name that answers with the asker's address.
    pub asks: &'static str,
    kind: AnswerKind,
    server: DnsServer,
    /// Whether the server speaks for the name itself. Then its answer must say so, and the question
    /// asks for no recursion: a resolver on the way that answers in its place gives itself away.
    authoritative: bool,
}

/// What kind of record holds the address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AnswerKind {
    /// A or AAAA.
    Address,
    /// TXT.
    Text,
    /// TXT of the class CHAOS, which belongs to the server that is asked.
    ChaosText,
}

#[derive(Clone, Copy, Debug)]
enum DnsServer {
    At(Ipv4Addr, Ipv6Addr),
    /// Found through the system's resolver.
    Named(&'static str),
}

/// Each is run by somebody else.
pub const OPERATORS: [DnsOperator; 4] = [
    // resolver1.opendns.com
    DnsOperator {
        name: "OpenDNS",
        asks: "myip.opendns.com",
        kind: AnswerKind::Address,
        server: DnsServer::At(
            Ipv4Addr::new(208, 67, 222, 222),
            Ipv6Addr::new(0x2620, 0x119, 0x35, 0, 0, 0, 0, 0x35),
        ),
        authoritative: false,
    },
    // ns1.google.com
    DnsOperator {
        name: "Google",
        asks: "o-o.myaddr.l.google.com",
        kind: AnswerKind::Text,
        server: DnsServer::At(
            Ipv4Addr::new(216, 239, 32, 10),
            Ipv6Addr::new(0x2001, 0x4860, 0x4802, 0x32, 0, 0, 0, 0xa),
        ),
        authoritative: true,
    },
    // one.one.one.one
    DnsOperator {
        name: "Cloudflare",
        asks: "whoami.cloudflare",
        kind: AnswerKind::ChaosText,
        server: DnsServer::At(
            Ipv4Addr::new(1, 1, 1, 1),
            Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111),
        ),
        authoritative: false,
    },
    DnsOperator {
        name: "Akamai",
        asks: "whoami.akamai.net",
        kind: AnswerKind::Address,
        server: DnsServer::Named("ns1-1.akamaitech.net."),
        authoritative: true,
    },
];

impl DnsOperator {
    /// Asks by this way. `random` makes the question hard to forge an answer to.
    pub(super) async fn ask(&self, way: &SocketBinder, random: [u8; 8]) -> Result<IpAddr, String> {
        let server = match (self.server, way.family()) {
            (DnsServer::At(addr, _), Family::V4) => SocketAddr::new(addr.into(), 53),
            (DnsServer::At(_, addr), Family::V6) => SocketAddr::new(addr.into(), 53),
            (DnsServer::Named(name), _) => resolve_server::find(way, name, 53).await?,
        };
        self.ask_at(way, server, random).await
    }

    async fn ask_at(
        &self,
        way: &SocketBinder,
        server: SocketAddr,
        random: [u8; 8],
    ) -> Result<IpAddr, String> {
        let question = DnsQuestion::new(self, way.family(), random)?;
        let request = question.to_bytes()?;
        let short = |bytes: &[u8]| match bytes.len() {
            0..=MAX_UDP_BYTES => question.read(bytes),
            _ => Reply::Unrelated("it is longer than an answer by UDP may be"),
        };
        match datagram::ask(way, server, &request, short).await?? {
            DnsAnswer::Address(addr) => return Ok(addr),
            DnsAnswer::Truncated => {}
        }
        let answer = timeout_at(way.until, by_tcp(way, server, &request)).await;
        let answer = answer.map_err(|_| format!("by TCP: {}", late(None)))?;
        match question.read(&answer.map_err(|what| format!("by TCP: {what}"))?) {
            Reply::Match(Ok(DnsAnswer::Address(addr))) => Ok(addr),
            Reply::Match(Ok(DnsAnswer::Truncated)) => Err("by TCP: it is cut short too".to_owned()),
            Reply::Match(Err(what)) => Err(what),
            Reply::Unrelated(what) => Err(format!("by TCP: {what}")),
        }
    }
}

async fn by_tcp(way: &SocketBinder, server: SocketAddr, request: &[u8]) -> Result<Vec<u8>, String> {
    let mut stream = way.stream(server).await?;
    let exchange = async {
        let length = u16::try_from(request.len()).unwrap_or_default();
        stream
            .write_all(&[&length.to_be_bytes()[..], request].concat())
            .await?;
        let length = stream.read_u16().await?;
        if length > MAX_TCP_BYTES {
            return Err(std::io::Error::other("the answer is too long"));
        }
        let mut answer = vec![0; usize::from(length)];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    };
    exchange.await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
