//! Asking by PCP: a mapping of a port of ours is asked for, since its answer tells the router's
//! external address, and taken back.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;

use super::RouterError;
use crate::{
    portmapping::pcp::Mapping,
    sources::{datagram::ask_over, socket_binder::SocketBinder},
};

/// How long the mapping would last, in seconds, should the word that takes it back be lost.
const MAPPING_LIFETIME: u32 = 60;

/// A mapping that was asked for: whatever becomes of the asking, it is taken back.
struct PcpRequest<'a> {
    socket: &'a UdpSocket,
    mapping: Mapping,
    /// The router said no: there is none to take back.
    refused: bool,
}

impl Drop for PcpRequest<'_> {
    fn drop(&mut self) {
        if !self.refused {
            // It may be lost; the mapping ends by itself then.
            let _ = self.socket.try_send(&self.mapping.request(0));
        }
    }
}

/// Asks the router at `server` for its external address.
pub(super) async fn ask(
    way: &SocketBinder,
    server: SocketAddr,
    nonce: [u8; 12],
) -> Result<Ipv4Addr, RouterError> {
    let socket = way.datagrams(server).await?;
    // The port that is mapped is the one that is asked from: whatever comes by it is dropped, since it
    // is not the router's.
    let SocketAddr::V4(own) = socket.local_addr().map_err(|it| it.to_string())? else {
        return Err("this host has no IPv4 address towards it".to_owned().into());
    };
    let mapping = Mapping {
        client: *own.ip(),
        port: own.port(),
        nonce,
    };
    let mut asked = PcpRequest {
        socket: &socket,
        mapping,
        refused: false,
    };
    let read = |bytes: &[u8]| mapping.read(bytes).into();
    let answer = ask_over(&socket, &mapping.request(MAPPING_LIFETIME), way.until, read).await?;
    asked.refused = answer.is_err();
    Ok(answer?)
}
