//! What a router says of itself (UPnP Device Architecture 1.1, section 2.3), as far as its connection
//! to the Internet goes: bytes in, services out.

use std::net::Ipv4Addr;

use reqwest::Url;

use super::{
    on_router,
    xml::{content, document, named, text},
};

/// The services that know the external address.
const KINDS: [&str; 3] = [
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
];

/// A router with a connection of either kind names both, and few have two lines.
const MOST: usize = 4;

/// A connection to the Internet, and where it is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// What kind of service it is.
    pub kind: &'static str,
    /// Where it takes calls.
    pub control: Url,
}

/// The connections that a description names, in its order: at least one. `location` is where it was
/// read.
pub fn read(bytes: &[u8], location: &Url, router: Ipv4Addr) -> Result<Vec<Connection>, String> {
    let text = text(bytes)?;
    let document = document(&text)?;
    // UPnP 1.0 has an address that all others start from; without one that is the description's own.
    let base = named(&document, "URLBase").next().map(content);
    let base = match base.filter(|it| !it.is_empty()) {
        Some(base) => Url::parse(base).map_err(|error| format!("its `URLBase`: {error}"))?,
        None => location.clone(),
    };
    let mut found = Vec::new();
    let mut elsewhere = false;
    for service in named(&document, "service") {
        let of = |name: &str| {
            let mut children = service.children();
            children
                .find(|it| it.tag_name().name() == name)
                .map(content)
        };
        let kind = of("serviceType");
        let Some(kind) = KINDS.into_iter().find(|it| kind == Some(it)) else {
            continue;
        };
        match of("controlURL").map(|path| base.join(path)) {
            Some(Ok(control)) if on_router(&control, router) => {
                found.push(Connection { kind, control });
            }
            _ => elsewhere = true,
        }
    }
    found.truncate(MOST);
    if !found.is_empty() {
        return Ok(found);
    }
    Err(if elsewhere {
        "its connection takes calls at no address of the router".to_owned()
    } else {
        "it describes no connection to the Internet".to_owned()
    })
}

#[cfg(test)]
mod tests;
