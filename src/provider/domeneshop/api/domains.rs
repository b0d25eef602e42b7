//! `/domains`: what the account owns. Domains can only be read.

use crate::{
    core::outcome::Failure,
    http::{Body, Endpoint, Method, Request, Response, query},
};

use super::super::{answer, types::Domain};

/// `GET /domains`: every domain of the account, at once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListDomains {
    /// Only those whose name has this text anywhere in it: `example.no` finds `my-example.no` too.
    pub domain: Option<String>,
}

impl Endpoint for ListDomains {
    type Output = Vec<Domain>;

    fn request(&self) -> Request {
        let filter = self.domain.as_deref().map(|text| ("domain", text));
        let path = format!("/domains{}", query(filter));
        super::request(Method::Get, path, Body::Empty)
    }

    fn decode(&self, response: &Response) -> Result<Vec<Domain>, Failure> {
        answer::read(&self.request(), response)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::response, *};
    use crate::core::outcome::Class;

    #[test]
    fn the_list_is_asked_for_whole_or_by_a_part_of_the_name() {
        let all = ListDomains::default().request();
        assert_eq!(
            (all.method, all.path.as_str(), &all.body, all.writes),
            (Method::Get, "/domains", &Body::Empty, false)
        );
        let some = ListDomains {
            domain: Some("blå&.no".into()),
        };
        assert_eq!(some.request().path, "/domains?domain=bl%C3%A5%26.no");
    }

    #[test]
    fn the_documented_reply_is_understood() {
        let reply = r#"[{"id":1,"domain":"example.com","expiry_date":"2019-08-24",
            "registered_date":"2019-08-24","renew":true,"registrant":"Ola Nordmann",
            "status":"active","nameservers":["ns1.hyp.net","ns2.hyp.net","ns3.hyp.net"],
            "services":{"registrar":true,"dns":true,"email":true,"webhotel":"none"}}]"#;
        let domains = ListDomains::default().decode(&response(200, reply));
        let [domain] = domains.unwrap().try_into().unwrap();
        assert_eq!((domain.id, domain.domain.as_str()), (1, "example.com"));
        assert!(domain.has_dns());
    }

    #[test]
    fn only_a_plain_no_says_that_a_domain_has_no_dns_service() {
        for (services, has_dns) in [
            (r#","services":{"registrar":true,"dns":false}"#, false),
            (r#","services":{"dns":true,"webhotel":"websmall"}"#, true),
            (r#","services":{}"#, true),
            (r#","services":null"#, true),
            ("", true),
        ] {
            let reply = format!(r#"[{{"id":5000000000,"domain":"a.no"{services}}}]"#);
            let domains = ListDomains::default().decode(&response(200, &reply));
            assert_eq!(domains.unwrap()[0].has_dns(), has_dns, "{services}");
        }
    }

    #[test]
    fn what_is_no_list_is_an_error_and_never_an_empty_list() {
        for body in [
            "",
            "null",
            "{}",
            r#"{"code":"resource:unknown","help":"x"}"#,
            r#"[{"id":1,"domain":"example.com""#,
            r#"[{"domain":"example.com"}]"#,
            "<html>Welcome to the hotel</html>",
        ] {
            let failure = ListDomains::default().decode(&response(200, body));
            assert_eq!(failure.unwrap_err().class, Class::Contract, "{body}");
        }
    }
}
