//! What a server's answer says of a host.

use std::{collections::BTreeSet, net::IpAddr};

use hickory_resolver::{
    lookup::Lookup,
    net::{DnsError, NetError},
    proto::rr::RData,
};

use crate::core::foreign_text::ForeignText;

/// The addresses that a server has for the host, from how asking for them ended; none is an answer
/// too. An error is said in words.
pub fn addresses(found: Result<Lookup, NetError>) -> Result<BTreeSet<IpAddr>, String> {
    match found {
        Ok(found) => {
            let own = own(&found);
            if own.is_empty() {
                return Err("its answer says nothing of the host".to_owned());
            }
            Ok(own)
        }
        // Only a server that knows the zone says "none" with its SOA; a referral or an empty
        // answer from a lame one says nothing about the host.
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) if none.soa.is_some() => {
            Ok(BTreeSet::new())
        }
        Err(error) => Err(words(&error)),
    }
}

/// The addresses of the type that was asked for, of the name that was asked for or of one that it is an
/// alias of. The resolver hands on whatever else stands beside them.
fn own(found: &Lookup) -> BTreeSet<IpAddr> {
    let asked = found.query();
    let mut names = vec![asked.name()];
    for record in found.answers() {
        if let RData::CNAME(target) = &record.data
            && names.contains(&&record.name)
        {
            names.push(&target.0);
        }
    }
    let records = found.answers().iter();
    let own = records.filter(|it| names.contains(&&it.name));
    let own = own.filter(|it| it.record_type() == asked.query_type());
    own.filter_map(|it| it.data.ip_addr()).collect()
}

/// Why there is no answer.
pub(super) fn words(error: &NetError) -> String {
    match error {
        NetError::Timeout => "no answer in time".to_owned(),
        NetError::Dns(DnsError::NoRecordsFound(_)) => "it does not know the zone".to_owned(),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("it answers {code}"),
        // What it quotes of an answer may be as long as that.
        error => ForeignText::new(&error.to_string()).into(),
    }
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::{
        op::Query,
        rr::{
            Name, Record, RecordType,
            rdata::{A, AAAA, CNAME},
        },
    };

    use super::*;

    const HOST: &str = "home.example.com.";

    #[test]
    fn what_an_error_quotes_of_an_answer_is_one_line_of_bearable_length() {
        let long = NetError::from("a\n".repeat(500));
        let said = words(&long);
        assert!(
            said.chars().count() <= 200 && !said.contains('\n'),
            "{said}"
        );
        assert_eq!(words(&NetError::Timeout), "no answer in time");
    }

    fn record(name: &str, data: RData) -> Record {
        Record::from_rdata(Name::from_ascii(name).unwrap(), 300, data)
    }

    fn a(name: &str, addr: [u8; 4]) -> Record {
        record(name, RData::A(A(addr.into())))
    }

    fn alias(name: &str, target: &str) -> Record {
        record(name, RData::CNAME(CNAME(Name::from_ascii(target).unwrap())))
    }

    /// What is understood of an answer to the question for the host's IPv4 addresses.
    fn understood(records: Vec<Record>) -> Result<BTreeSet<IpAddr>, String> {
        let query = Query::query(Name::from_ascii(HOST).unwrap(), RecordType::A);
        addresses(Ok(Lookup::new_with_max_ttl(query, records)))
    }

    #[test]
    fn an_address_of_another_name_or_family_beside_the_hosts_is_not_the_hosts() {
        let six = RData::AAAA(AAAA("2a01:79c::1".parse().unwrap()));
        let beside = vec![
            a(HOST, [84, 212, 10, 20]),
            a("www.example.com.", [9, 9, 9, 9]),
            record(HOST, six),
        ];
        assert_eq!(understood(beside), Ok([[84, 212, 10, 20].into()].into()));
    }

    #[test]
    fn an_answer_without_an_address_of_the_host_is_not_taken_for_none() {
        let nothing = "its answer says nothing of the host".to_owned();
        assert_eq!(understood(vec![]), Err(nothing.clone()));
        let another = a("www.example.com.", [9, 9, 9, 9]);
        assert_eq!(understood(vec![another]), Err(nothing));
    }

    #[test]
    fn the_addresses_of_a_name_that_the_host_is_an_alias_of_are_the_hosts() {
        let chain = vec![
            alias(HOST, "one.example.net."),
            alias("one.example.net.", "two.example.net."),
            a("two.example.net.", [84, 212, 10, 20]),
        ];
        assert_eq!(understood(chain), Ok([[84, 212, 10, 20].into()].into()));
    }
}
