//! The source `dns`: names that answer with the asker's own address, asked at their operators' own
//! servers, never through a resolver, which would be given its own address.

pub mod message;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout_at,
};

use self::message::{Question, Said};
use super::{
    datagram::{self, Heard, late},
    place,
    way::Way,
};
use crate::core::addr::Family;

/// The longest answer by UDP, as nobody was told that more would do (RFC 1035, section 4.2.1).
const UDP_CAP: usize = 512;

/// The longest answer by TCP: one address takes far less.
const TCP_CAP: u16 = 4096;

/// An operator, its server and the name to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// Who runs it.
    pub name: &'static str,
    /// The name that answers with the asker's address.
    pub asks: &'static str,
    kind: Kind,
    server: Server,
    /// Whether the server speaks for the name itself. Then its answer must say so, and the question
    /// asks for no recursion: a resolver on the way that answers in its place gives itself away.
    authoritative: bool,
}

/// What kind of record holds the address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// A or AAAA.
    Address,
    /// TXT.
    Text,
    /// TXT of the class CHAOS, which belongs to the server that is asked.
    ChaosText,
}

#[derive(Clone, Copy, Debug)]
enum Server {
    At(Ipv4Addr, Ipv6Addr),
    /// Found through the system's resolver.
    Named(&'static str),
}

/// Each is run by somebody else.
pub const OPERATORS: [Operator; 4] = [
    // resolver1.opendns.com
    Operator {
        name: "OpenDNS",
        asks: "myip.opendns.com",
        kind: Kind::Address,
        server: Server::At(
            Ipv4Addr::new(208, 67, 222, 222),
            Ipv6Addr::new(0x2620, 0x119, 0x35, 0, 0, 0, 0, 0x35),
        ),
        authoritative: false,
    },
    // ns1.google.com
    Operator {
        name: "Google",
        asks: "o-o.myaddr.l.google.com",
        kind: Kind::Text,
        server: Server::At(
            Ipv4Addr::new(216, 239, 32, 10),
            Ipv6Addr::new(0x2001, 0x4860, 0x4802, 0x32, 0, 0, 0, 0xa),
        ),
        authoritative: true,
    },
    // one.one.one.one
    Operator {
        name: "Cloudflare",
        asks: "whoami.cloudflare",
        kind: Kind::ChaosText,
        server: Server::At(
            Ipv4Addr::new(1, 1, 1, 1),
            Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111),
        ),
        authoritative: false,
    },
    Operator {
        name: "Akamai",
        asks: "whoami.akamai.net",
        kind: Kind::Address,
        server: Server::Named("ns1-1.akamaitech.net."),
        authoritative: true,
    },
];

impl Operator {
    /// Asks by this way. `random` makes the question hard to forge an answer to.
    pub(super) async fn ask(&self, way: &Way, random: [u8; 8]) -> Result<IpAddr, String> {
        let server = match (self.server, way.family()) {
            (Server::At(addr, _), Family::V4) => SocketAddr::new(addr.into(), 53),
            (Server::At(_, addr), Family::V6) => SocketAddr::new(addr.into(), 53),
            (Server::Named(name), _) => place::find(way, name, 53).await?,
        };
        self.ask_at(way, server, random).await
    }

    async fn ask_at(
        &self,
        way: &Way,
        server: SocketAddr,
        random: [u8; 8],
    ) -> Result<IpAddr, String> {
        let question = Question::new(self, way.family(), random)?;
        let request = question.to_bytes()?;
        let short = |bytes: &[u8]| match bytes.len() {
            0..=UDP_CAP => question.read(bytes),
            _ => Heard::Stray("it is longer than an answer by UDP may be"),
        };
        match datagram::ask(way, server, &request, short).await?? {
            Said::Address(addr) => return Ok(addr),
            Said::Truncated => {}
        }
        let answer = timeout_at(way.until, by_tcp(way, server, &request)).await;
        let answer = answer.map_err(|_| format!("by TCP: {}", late(None)))?;
        match question.read(&answer.map_err(|what| format!("by TCP: {what}"))?) {
            Heard::Answer(Ok(Said::Address(addr))) => Ok(addr),
            Heard::Answer(Ok(Said::Truncated)) => Err("by TCP: it is cut short too".to_owned()),
            Heard::Answer(Err(what)) => Err(what),
            Heard::Stray(what) => Err(format!("by TCP: {what}")),
        }
    }
}

async fn by_tcp(way: &Way, server: SocketAddr, request: &[u8]) -> Result<Vec<u8>, String> {
    let mut stream = way.stream(server).await?;
    let exchange = async {
        let length = u16::try_from(request.len()).unwrap_or_default();
        stream
            .write_all(&[&length.to_be_bytes()[..], request].concat())
            .await?;
        let length = stream.read_u16().await?;
        if length > TCP_CAP {
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
