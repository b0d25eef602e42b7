//! What a router says of itself (UPnP Device Architecture 1.1, section 2.3), as far as its connection
//! to the Internet goes: bytes in, services out.

use std::net::Ipv4Addr;

use reqwest::Url;

use super::{
    on_router,
    xml::{document, text},
};

/// The services that know the external address. The second forum's are those of TR-064, with the same call.
const SERVICE_TYPES: [&str; 8] = [
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:2",
    "urn:dslforum-org:service:WANIPConnection:1",
    "urn:dslforum-org:service:WANIPConnection:2",
    "urn:dslforum-org:service:WANPPPConnection:1",
    "urn:dslforum-org:service:WANPPPConnection:2",
];

/// The most connections that are asked. A router with a connection of either kind names both, and one with
/// several lines names them for each.
pub(super) const MAX_CONNECTIONS: usize = 16;

/// A connection to the Internet, and where it is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// What kind of service it is.
    pub kind: &'static str,
    /// Where it takes calls.
    pub control: Url,
    /// Where it is asked if nothing useful answers there: the same path below LOCATION, where the description names another
    /// base.
    pub fallback: Option<Url>,
}

/// The connections that a description names, in its order, each once: at least one. `location` is where it
/// was read.
pub fn read(bytes: &[u8], location: &Url, router: Ipv4Addr) -> Result<Vec<Connection>, String> {
    let text = text(bytes)?;
    let document = document(&text)?;
    // UPnP 1.0 has an address that all others start from. Routers write `(null)`, a host's name or their other
    // address there: what does not lead to the router is not taken, for the description was read from a place
    // that does.
    let base = document.named("URLBase").next();
    let base = base
        .and_then(|place| Url::parse(document.content(place)).ok())
        .filter(|base| on_router(base, router));
    let mut found = Vec::new();
    let mut elsewhere = false;
    for service in document.named("service") {
        let kind = document.child(service, "serviceType");
        let Some(kind) = SERVICE_TYPES.into_iter().find(|known| kind == Some(known)) else {
            continue;
        };
        let path = document.child(service, "controlURL");
        let path = path.filter(|path| !path.is_empty());
        let below = |base: &Url| led_to(base.join(path?).ok()?, router);
        let at_location = below(location);
        let control = base.as_ref().and_then(below);
        let Some(control) = control.or_else(|| at_location.clone()) else {
            elsewhere = true;
            continue;
        };
        let fallback = at_location.filter(|fallback| *fallback != control);
        let connection = Connection {
            kind,
            control,
            fallback,
        };
        if !found.contains(&connection) {
            found.push(connection);
        }
    }
    found.truncate(MAX_CONNECTIONS);
    if !found.is_empty() {
        return Ok(found);
    }
    Err(if elsewhere {
        "its connection takes calls at no address of the router".to_owned()
    } else {
        "it describes no connection to the Internet".to_owned()
    })
}

/// The address of a service on the router itself: a host's name or another of the router's addresses gives way to the
/// one at which the router was found, so that nothing else is ever asked.
fn led_to(mut control: Url, router: Ipv4Addr) -> Option<Url> {
    if !on_router(&control, router) {
        control.set_ip_host(router.into()).ok()?;
    }
    Some(control).filter(|control| on_router(control, router))
}

#[cfg(test)]
mod tests;
