//! The sources `stun` and `stun:HOST:PORT`: what address a binding request is seen to come from.

pub mod message;

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use super::{datagram, resolve_server, socket_binder::SocketBinder, source::operator_of};

/// An operator and its server.
#[derive(Clone, Copy, Debug)]
pub struct StunOperator {
    /// Who runs it.
    pub name: &'static str,
    /// The server's name.
    pub host: &'static str,
    /// Its port.
    pub port: u16,
}

/// Each is run by somebody else.
pub const OPERATORS: [StunOperator; 4] = [
    StunOperator {
        name: "Google",
        host: "stun.l.google.com",
        port: 19_302,
    },
    StunOperator {
        name: "Cloudflare",
        host: "stun.cloudflare.com",
        port: 3478,
    },
    StunOperator {
        name: "Nextcloud",
        host: "stun.nextcloud.com",
        port: 3478,
    },
    StunOperator {
        name: "sipgate",
        host: "stun.sipgate.net",
        port: 3478,
    },
];

/// A server by name or address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StunServer {
    /// The name in lower case, or the address; IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl StunServer {
    /// Reads `HOST:PORT`, with an IPv6 address in brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|it| *it != 0)?;
        let host = match host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(literal) => literal.parse::<Ipv6Addr>().ok()?.to_string(),
            None if is_host(host) => host.to_ascii_lowercase(),
            None => return None,
        };
        Some(Self { host, port })
    }

    /// The address it was given as.
    pub fn literal(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Who runs it: a server of the built-in list is its operator's, whichever way it got into the
    /// configuration, so that one operator is never two witnesses.
    pub fn operator(&self) -> &str {
        operator_of(&self.host)
    }

    /// Asks by this way.
    pub(super) async fn ask(
        &self,
        way: &SocketBinder,
        transaction: [u8; 12],
    ) -> Result<IpAddr, String> {
        let server = resolve_server::find(way, &self.host, self.port).await?;
        let request = message::request(transaction);
        datagram::ask(way, server, &request, |bytes| {
            message::read(bytes, transaction)
        })
        .await?
    }
}

impl From<StunOperator> for StunServer {
    fn from(operator: StunOperator) -> Self {
        Self {
            host: operator.host.to_owned(),
            port: operator.port,
        }
    }
}

impl fmt::Display for StunServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A host name or an IPv4 address; four numbers that are no address are a mistake, not a name.
fn is_host(text: &str) -> bool {
    let label = |it: &str| {
        (1..=63).contains(&it.len())
            && it
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(label)
        && (text.parse::<IpAddr>().is_ok() || !text.rsplit('.').next().is_some_and(is_number))
}

#[cfg(test)]
mod tests;
