//! The sockets of a sandbox, all bound before anything is served: what cannot be had is an error at the start.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use crate::echo::OPERATORS;
use crate::options::Options;

/// Bound sockets.
#[derive(Debug)]
pub(crate) struct Ports {
    pub(crate) domeneshop: TcpListener,
    pub(crate) dnspod: TcpListener,
    pub(crate) dnspod_china: TcpListener,
    pub(crate) dns_tcp: TcpListener,
    pub(crate) dns_udp: UdpSocket,
    pub(crate) echoes: Vec<TcpListener>,
    pub(crate) echo6: Option<TcpListener>,
    pub(crate) control: TcpListener,
}

impl Ports {
    pub(crate) fn bind(options: &Options) -> io::Result<Self> {
        let ip = options.bind;
        let (dns_tcp, dns_udp) = both(ip, options.dns_port)?;
        Ok(Self {
            domeneshop: tcp(ip, options.domeneshop_port)?,
            dnspod: tcp(ip, options.dnspod_port)?,
            dnspod_china: tcp(ip, options.dnspod_china_port)?,
            dns_tcp,
            dns_udp,
            echoes: (1..=OPERATORS)
                .map(|n| echo(ip, n, options.echo_port))
                .collect::<io::Result<_>>()?,
            // A host without IPv6 has no such operator.
            echo6: tcp(IpAddr::V6(Ipv6Addr::LOCALHOST), options.echo_port).ok(),
            control: tcp(ip, options.control_port)?,
        })
    }
}

/// Operators are told apart by their addresses. Where loopback is one address only, they are told apart by port.
fn echo(bind: IpAddr, n: u8, port: Option<u16>) -> io::Result<TcpListener> {
    if bind == IpAddr::V4(Ipv4Addr::LOCALHOST) {
        let own = tcp(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 10 + n)), port);
        match own {
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {}
            own => return own,
        }
    }
    tcp(bind, port.map(|port| port + u16::from(n) - 1))
}

/// One port for UDP and TCP. The system gives one that is free for UDP; TCP may have to ask again.
fn both(ip: IpAddr, port: Option<u16>) -> io::Result<(TcpListener, UdpSocket)> {
    const ATTEMPTS: usize = 20;
    let mut result = Err(io::Error::other("no attempt"));
    for _ in 0..ATTEMPTS {
        let udp = UdpSocket::bind((ip, port.unwrap_or(0)))
            .map_err(|error| describe(&error, "UDP", ip, port))?;
        udp.set_nonblocking(true)?;
        result = tcp(ip, Some(udp.local_addr()?.port())).map(|tcp| (tcp, udp));
        if result.is_ok() || port.is_some() {
            break;
        }
    }
    result
}

fn tcp(ip: IpAddr, port: Option<u16>) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((ip, port.unwrap_or(0)))
        .map_err(|error| describe(&error, "TCP", ip, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn describe(error: &io::Error, protocol: &str, ip: IpAddr, port: Option<u16>) -> io::Error {
    let port = port.map_or("any".to_owned(), |port| port.to_string());
    let text = format!("cannot listen on {ip}, {protocol} port {port}: {error}");
    io::Error::new(error.kind(), text)
}

/// The address to call a socket by: one that listens everywhere is called by loopback.
pub(crate) fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
