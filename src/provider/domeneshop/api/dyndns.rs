//! `/dyndns/update`: whole record sets of several hosts at once.

use crate::{
    core::{
        addr::Admitted,
        name::Fqdn,
        outcome::{Class, Failure},
    },
    http::{Body, Endpoint, Method, Request, Response, encode},
};

use super::super::answer;

/// `GET /dyndns/update`: each host has these addresses and no other of their families. What is
/// missing is created. It is a write, whatever its method.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update<'a> {
    /// The hosts.
    pub hosts: &'a [&'a Fqdn],
    /// The addresses, of one or both families, at most
    /// [`MOST_ADDRESSES`](super::super::MOST_ADDRESSES).
    pub addrs: &'a [Admitted],
}

impl Endpoint for Update<'_> {
    type Output = ();

    fn request(&self) -> Request {
        let path = path(self.hosts, self.addrs);
        Request {
            writes: true,
            ..super::request(Method::Get, path, Body::Empty)
        }
    }

    fn decode(&self, response: &Response) -> Result<(), Failure> {
        answer::expect(&self.request(), response, 204).map_err(|failure| match failure.class {
            Class::NotFound => {
                let hosts = names(self.hosts.iter().copied());
                let said = answer::said(response);
                let what = format!("Domeneshop knows no domain of yours for {hosts} ({said})");
                Failure { what, ..failure }
            }
            _ => failure,
        })
    }
}

/// Path and query. Commas and colons may stand in a query as they are (RFC 3986 section 3.4), and
/// the URL has to stay short.
pub(in super::super) fn path(hosts: &[&Fqdn], addrs: &[Admitted]) -> String {
    let hosts: Vec<_> = hosts.iter().map(|host| encode(host.as_str())).collect();
    let addrs: Vec<_> = addrs.iter().map(ToString::to_string).collect();
    format!(
        "/dyndns/update?hostname={}&myip={}",
        hosts.join(","),
        addrs.join(",")
    )
}

/// Hosts as a message names them: `home.example.com and 49 more`.
pub(in super::super) fn names<'a>(hosts: impl IntoIterator<Item = &'a Fqdn>) -> String {
    let mut hosts = hosts.into_iter();
    let first = hosts.next().map(ToString::to_string).unwrap_or_default();
    match hosts.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::response, *};
    use crate::core::addr::{Acceptance, Family};

    fn admitted(text: &str) -> Admitted {
        let addr = text.parse().unwrap();
        let acceptance = Acceptance {
            any: true,
            ..Acceptance::default()
        };
        acceptance.admit(Family::of(addr), addr).unwrap()
    }

    #[test]
    fn the_query_has_its_commas_and_colons_as_they_are() {
        let (home, www) = (
            Fqdn::parse("home.example.com").unwrap(),
            Fqdn::parse("*.example.com").unwrap(),
        );
        let update = Update {
            hosts: &[&home, &www],
            addrs: &[admitted("192.0.2.1"), admitted("2001:db8::1")],
        };
        let request = update.request();
        assert_eq!(
            request.path,
            "/dyndns/update?hostname=home.example.com,%2A.example.com&myip=192.0.2.1,2001:db8::1"
        );
        assert_eq!((request.method, request.body), (Method::Get, Body::Empty));
        assert!(
            request.writes,
            "a lost answer must not be taken for a read's"
        );
    }

    #[test]
    fn only_204_confirms_an_update() {
        let home = Fqdn::parse("home.example.com").unwrap();
        let update = Update {
            hosts: &[&home],
            addrs: &[admitted("192.0.2.1")],
        };
        assert_eq!(update.decode(&response(204, "")), Ok(()));
        for (status, body, class) in [
            (200, "good 192.0.2.1", Class::Contract),
            (200, "<html>", Class::Contract),
            (302, "", Class::Contract),
            (400, "", Class::Invalid),
            (401, "", Class::Rejected),
            (404, "", Class::NotFound),
            (500, "", Class::Unconfirmed),
        ] {
            let failure = update.decode(&response(status, body)).unwrap_err();
            assert_eq!(failure.class, class, "{status}");
        }
    }

    #[test]
    fn an_unknown_domain_is_said_with_the_host() {
        let hosts: Vec<_> = ["nas.example.com", "a.example.com", "b.example.com"]
            .iter()
            .map(|text| Fqdn::parse(text).unwrap())
            .collect();
        let hosts: Vec<_> = hosts.iter().collect();
        for (hosts, said) in [
            (
                &hosts[..1],
                "Domeneshop knows no domain of yours for nas.example.com (404)",
            ),
            (
                &hosts[..],
                "Domeneshop knows no domain of yours for nas.example.com and 2 more (404)",
            ),
        ] {
            let update = Update { hosts, addrs: &[] };
            let failure = update.decode(&response(404, "")).unwrap_err();
            assert_eq!(failure.what, said);
        }
    }
}
