//! The system's resolver, as `/etc/resolv.conf` says it.
//!
//! The file is read here and not by hickory, which forgets the zone of a link-local server (`fe80::1%eth0`), so that
//! nothing says over which link it is reached. Besides, a service's name is absolute: with `ndots:5`, which is
//! Kubernetes' default, `api.domeneshop.no` would be looked up below each search domain first, and a wildcard there
//! would have it.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6},
    path::Path,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hickory_resolver::{
    ConnectionProvider, PoolContext, Resolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    net::{
        NetError,
        runtime::{DnsUdpSocket, RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime},
    },
    proto::rr::Name,
};
use rustix::net::{AddressFamily, SocketType, netdevice::name_to_index, socket};
use tokio::net::UdpSocket;

use crate::regular_file;

/// Where the system's configuration stands.
pub(crate) const RESOLV_CONF: &str = "/etc/resolv.conf";

/// No such file is longer.
const MAX_BYTES: u64 = 64 << 10;

/// A resolver that reaches link-local servers over their link.
pub(crate) type SystemResolver = Resolver<ScopedProvider>;

/// The system's servers, search list and options.
pub(crate) struct SystemConfig {
    servers: Vec<NameServerConfig>,
    search: Vec<Name>,
    options: ResolverOpts,
}

/// Which names a resolver looks up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LookupNames {
    /// As they are.
    Absolute,
    /// Below the search domains too: those of one's own network.
    Searched,
}

impl SystemConfig {
    /// Reads the file. It changes with the network, so that nobody keeps this for long.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = regular_file::read(path, MAX_BYTES)
            .map_err(|error| format!("{} could not be read: {error}", path.display()))?;
        let config = Self::parse(&text, scope_of);
        if config.servers.is_empty() {
            return Err(format!("{} names no DNS server", path.display()));
        }
        Ok(config)
    }

    /// Takes the file's text; `scope` knows the numbers of links by their names. Lines that are not understood count
    /// for nothing, as with the C library, and neither does a server on a link that is not there.
    fn parse(text: &[u8], scope: impl Fn(&str) -> Option<u32>) -> Self {
        // That library takes no zone with a hyphen or dot in it (`br-lan`, `eth0.7`), hence the servers by hand.
        let (parsed, _) = resolv_conf::Config::parse_with_errors(text);
        let text = String::from_utf8_lossy(text);
        let servers = text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let server = words.next().filter(|word| *word == "nameserver");
            let server = server.and_then(|_| words.next())?;
            let (addr, zone) = match server.split_once('%') {
                Some((addr, zone)) => (addr, Some(scope(zone)?)),
                None => (server, None),
            };
            Some(name_server(addr.parse().ok()?, zone))
        });
        let search = parsed.get_last_search_or_domain();
        let search = search.filter_map(|domain| {
            let mut name = Name::from_str_relaxed(domain).ok()?;
            name.set_fqdn(true);
            Some(name)
        });
        let mut options = ResolverOpts::default();
        options.ndots = usize::try_from(parsed.ndots).unwrap_or(1);
        // Within the C library's limits (resolv.conf(5)), and not nothing: no answer would ever be waited for.
        options.timeout = Duration::from_secs(u64::from(parsed.timeout.clamp(1, 30)));
        options.attempts = usize::try_from(parsed.attempts.clamp(1, 5)).unwrap_or(2);
        options.edns0 = parsed.edns0;
        Self {
            servers: servers.collect(),
            search: search.collect(),
            options,
        }
    }

    /// A resolver by this configuration. `set` has the last word on its options.
    pub(crate) fn resolver(
        self,
        names: LookupNames,
        set: impl FnOnce(&mut ResolverOpts),
    ) -> Result<SystemResolver, NetError> {
        let search = match names {
            LookupNames::Absolute => Vec::new(),
            LookupNames::Searched => self.search,
        };
        let config = ResolverConfig::from_parts(None, search, self.servers);
        let mut builder = Resolver::builder_with_config(config, ScopedProvider::default());
        *builder.options_mut() = self.options;
        set(builder.options_mut());
        builder.build()
    }
}

/// A server by UDP and TCP. Its link goes along as the address to send from, which says nothing else.
fn name_server(addr: IpAddr, scope: Option<u32>) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(addr);
    if let Some(scope) = scope {
        let from = SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, scope);
        for connection in &mut server.connections {
            connection.bind_addr = Some(from.into());
        }
    }
    server
}

/// The number of a link, by its name or written as a number.
fn scope_of(zone: &str) -> Option<u32> {
    if let Ok(number) = zone.parse() {
        return Some(number);
    }
    let any = socket(AddressFamily::INET6, SocketType::DGRAM, None).ok()?;
    name_to_index(&any, zone).ok()
}

/// Connections to servers, to link-local ones over the link that the address to send from names. hickory itself forgets
/// it where it chooses a port.
#[derive(Clone, Default)]
pub(crate) struct ScopedProvider(ScopedSockets);

impl ConnectionProvider for ScopedProvider {
    type Conn = <ScopedSockets as ConnectionProvider>::Conn;
    type FutureConn = <ScopedSockets as ConnectionProvider>::FutureConn;
    type RuntimeProvider = ScopedSockets;

    fn new_connection(
        &self,
        ip: IpAddr,
        config: &ConnectionConfig,
        context: &PoolContext,
    ) -> Result<Self::FutureConn, NetError> {
        let Some(scope) = config.bind_addr.and_then(link) else {
            return self.0.new_connection(ip, config, context);
        };
        let sockets = ScopedSockets {
            scope: Some(scope),
            ..self.0.clone()
        };
        let mut config = config.clone();
        config.bind_addr = None;
        sockets.new_connection(ip, &config, context)
    }

    fn runtime_provider(&self) -> &Self::RuntimeProvider {
        &self.0
    }
}

/// Tokio's sockets to servers of one link, or of any place.
#[derive(Clone, Default)]
pub(crate) struct ScopedSockets {
    tokio: TokioRuntimeProvider,
    scope: Option<u32>,
}

impl ScopedSockets {
    fn place(&self, server: SocketAddr) -> SocketAddr {
        self.scope.map_or(server, |scope| over(server, scope))
    }
}

impl RuntimeProvider for ScopedSockets {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = ScopedUdp;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.tokio.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        from: Option<SocketAddr>,
        timeout: Option<Duration>,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Tcp>>>> {
        self.tokio.connect_tcp(self.place(server), from, timeout)
    }

    fn bind_udp(
        &self,
        from: SocketAddr,
        server: SocketAddr,
    ) -> Pin<Box<dyn Send + Future<Output = io::Result<Self::Udp>>>> {
        let bound = self.tokio.bind_udp(from, server);
        let sockets = self.clone();
        Box::pin(async move {
            let socket = bound.await?;
            Ok(ScopedUdp { socket, sockets })
        })
    }
}

/// A socket for datagrams to servers of one link, or of any place.
pub(crate) struct ScopedUdp {
    socket: UdpSocket,
    sockets: ScopedSockets,
}

impl DnsUdpSocket for ScopedUdp {
    type Time = TokioTime;

    fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        DnsUdpSocket::poll_recv_from(&self.socket, context, buffer)
    }

    fn poll_send_to(
        &self,
        context: &mut Context<'_>,
        bytes: &[u8],
        server: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        let server = self.sockets.place(server);
        DnsUdpSocket::poll_send_to(&self.socket, context, bytes, server)
    }
}

/// The link that an address names.
fn link(addr: SocketAddr) -> Option<u32> {
    match addr {
        SocketAddr::V6(addr) => Some(addr.scope_id()).filter(|scope| *scope != 0),
        SocketAddr::V4(_) => None,
    }
}

/// A server as it is reached over a link.
fn over(server: SocketAddr, scope: u32) -> SocketAddr {
    match server {
        SocketAddr::V6(addr) => SocketAddrV6::new(*addr.ip(), addr.port(), 0, scope).into(),
        v4 @ SocketAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests;
