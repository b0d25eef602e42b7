//! `Domain.*` (facts: DNSPod section 7.1).

use super::{Answer, Call, Page, field, misread, request};
use crate::{
    core::outcome::Failure,
    http::{Endpoint, Request, Response},
    provider::dnspod::{
        codes::{self, Code},
        types::{Domain, DomainListing},
    },
};

/// `Domain.List`: the account's domains, its own and those shared with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DomainList {
    /// How many are skipped.
    pub offset: usize,
    /// How many are sent at the most.
    pub length: usize,
}

/// The code for an account without domains, where `error_on_empty` is not understood.
const NONE: i64 = 9;

impl Call for DomainList {
    const NAME: &'static str = "Domain.List";
    const WRITES: bool = false;
    const CODES: &'static [&'static [Code]] = &[codes::DOMAIN_LIST];

    fn subject(&self) -> String {
        Self::NAME.to_owned()
    }
}

impl Endpoint for DomainList {
    type Output = Page<Domain>;

    fn request(&self) -> Request {
        request::<Self>(vec![
            field("type", "all"),
            field("offset", self.offset.to_string()),
            field("length", self.length.to_string()),
        ])
    }

    fn decode(&self, response: &Response) -> Result<Page<Domain>, Failure> {
        let answer = Answer::read(self, response)?;
        if answer.code == NONE {
            return Ok(Page::empty());
        }
        let DomainListing { info, domains } = answer.payload(self)?;
        let total = info.domain_total;
        let items = match (domains, total) {
            (Some(domains), _) => domains,
            (None, Some(0)) => Vec::new(),
            (None, _) => return Err(misread(self, "it lists no domains")),
        };
        if items.iter().any(|domain| domain.id.is_none()) {
            return Err(misread(self, "a domain has no id"));
        }
        Ok(Page { items, total })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::answer, *};
    use crate::{core::outcome::Class, http::Body};

    const FIRST: DomainList = DomainList {
        offset: 0,
        length: 500,
    };

    #[test]
    fn the_request_asks_for_all_domains_page_by_page() {
        let request = DomainList {
            offset: 500,
            length: 500,
        }
        .request();
        assert_eq!(request.path, "/Domain.List");
        assert!(!request.writes);
        let fields = vec![
            field("type", "all"),
            field("offset", "500"),
            field("length", "500"),
        ];
        assert_eq!(request.body, Body::Form(fields));
    }

    /// The shape of the documentation's example, with the mix of types that users reported.
    #[test]
    fn a_documented_answer_is_read() {
        let page = FIRST
            .decode(&answer(
                200,
                r#"{"status":{"code":"1","message":"Action completed successful",
                    "created_at":"2012-09-10 11:21:38"},
                   "info":{"domain_total":2,"all_total":2,"mine_total":"2","share_total":"0"},
                   "domains":[
                     {"id":2238269,"status":"enable","grade":"DP_Free","group_id":"1",
                      "remark":"","is_vip":"no","ttl":"600","name":"example.com",
                      "punycode":"example.com","owner":"me@example.com"},
                     {"id":"10360095","name":"例子.com","punycode":"xn--fsqu00a.com","remark":false}
                   ]}"#,
            ))
            .unwrap();
        assert_eq!(page.total, Some(2));
        let ids: Vec<_> = page.items.iter().map(|it| it.id.as_deref()).collect();
        assert_eq!(ids, [Some("2238269"), Some("10360095")]);
    }

    #[test]
    fn an_account_without_domains_is_an_empty_list_and_a_missing_list_is_not() {
        let empty = |body| FIRST.decode(&answer(200, body)).map(|page| page.items);
        assert_eq!(
            empty(r#"{"status":{"code":"9","message":"No domains"}}"#),
            Ok(vec![])
        );
        assert_eq!(
            empty(r#"{"status":{"code":"1"},"info":{"domain_total":0},"domains":[]}"#),
            Ok(vec![])
        );
        for body in [
            r#"{"status":{"code":"1"}}"#,
            r#"{"status":{"code":"1"},"domains":[{"name":"example.com"}]}"#,
            r#"{"status":{"code":"1"},"domains":"none"}"#,
        ] {
            assert_eq!(empty(body).unwrap_err().class, Class::Contract, "{body}");
        }
    }
}
