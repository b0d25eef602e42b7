//! The providers without a network: for simulations, in which time is made and no socket may be met.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::dnspod::DnsPod;
use crate::domeneshop::Domeneshop;
use crate::http::Request;
use crate::log::{Service, Site};
use crate::providers::{Addresses, Providers};
use crate::shared::Shared;

/// The providers of a [`Sandbox`](crate::Sandbox) with the same rules, no socket, no thread, and a clock that stands still
/// until it is moved. Nothing is noted in a log and nothing fails on demand: whoever carries the requests sees each of them
/// and can lose it himself.
///
/// ```
/// use std::time::Duration;
///
/// use sandbox::{Offline, Service, Site};
///
/// let offline = Offline::new();
/// offline.dnspod(Site::China).account("1,token");
/// let headers = [("user-agent", "x/1 (me@example.com)"), ("content-type", "application/x-www-form-urlencoded")];
/// let body = "login_token=1%2Ctoken&format=json";
/// let answer = offline.ask(Service::DnsPod(Site::China), "POST", "/Info.Version", &headers, body);
/// assert_eq!(answer.status, 200);
/// assert!(answer.body.contains(r#""code":"1""#));
/// offline.advance(Duration::from_hours(1));
/// ```
#[derive(Debug)]
pub struct Offline {
    providers: Providers,
    shared: Arc<Shared>,
}

/// What a service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineAnswer {
    /// The status.
    pub status: u16,
    /// The headers; names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body, whole.
    pub body: String,
}

impl OfflineAnswer {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(n, _)| *n == name);
        header.map(|(_, value)| value.as_str())
    }
}

/// An address for whoever has none.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

impl Offline {
    /// Providers without accounts, at the beginning of the sandbox's calendar.
    pub fn new() -> Self {
        let shared = Arc::new(Shared::new(NOWHERE, NOWHERE, Clock::still()));
        let nowhere = Addresses {
            domeneshop: NOWHERE,
            dnspod: NOWHERE,
            dnspod_china: NOWHERE,
        };
        Self {
            providers: Providers::new(&shared, &nowhere),
            shared,
        }
    }

    /// Domeneshop. Its `url` leads nowhere.
    pub fn domeneshop(&self) -> &Domeneshop {
        self.providers.domeneshop()
    }

    /// One site of DNSPod. Its `url` leads nowhere.
    pub fn dnspod(&self, site: Site) -> &DnsPod {
        self.providers.dnspod(site)
    }

    /// What a service does and answers now. `target` is the path and the query, encoded; names of headers are in lower case.
    pub fn ask(
        &self,
        service: Service,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> OfflineAnswer {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let request = Request::new(method, target, headers.collect(), body.to_owned(), NOWHERE);
        let reply = self.shared.world().answer(service, &request);
        OfflineAnswer {
            status: reply.status,
            headers: reply.headers,
            body: reply.body,
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.world().clock.advance(by);
    }
}

impl Default for Offline {
    fn default() -> Self {
        Self::new()
    }
}
