//! Zones of ten thousand records. What is slow here would take minutes, not seconds, if it grew with the square.

use std::time::Duration;

use sandbox::{Sandbox, Site};

use crate::client::{pod, shop, with_pod, with_shop};
use crate::dns::ask;

const SITE: Site = Site::International;
const MANY: usize = 10_000;

/// Runs something against a sandbox that is stopped by the log's clock, which knows when the last answer was given.
fn seconds(sandbox: &Sandbox, work: impl FnOnce()) -> Duration {
    let at = || Duration::from_millis(sandbox.log().last().map_or(0, |logged| logged.at_ms));
    let before = at();
    work();
    at().saturating_sub(before)
}

#[test]
fn a_large_zone_of_dnspod_is_listed_in_pages_and_written_to() {
    let sandbox = with_pod(SITE);
    for n in 0..MANY {
        let value = format!("10.0.{}.{}", n / 256, n % 256);
        let name = format!("h{n}");
        sandbox
            .dnspod(SITE)
            .add("example.org", &name, "A", &value, None, None);
    }
    let took = seconds(&sandbox, || {
        let mut seen = 0;
        while seen < MANY + 2 {
            let offset = seen.to_string();
            let pairs = [("offset", offset.as_str()), ("length", "500")];
            let page = pod(&sandbox, SITE, "Record.List", &pairs);
            seen += page["records"].as_array().unwrap().len();
        }
        for n in 0..100 {
            let name = format!("h{n}");
            let one = pod(&sandbox, SITE, "Record.List", &[("sub_domain", &name)]);
            let id = one["records"][0]["id"].as_str().unwrap();
            pod(&sandbox, SITE, "Record.Remove", &[("record_id", id)]);
        }
    });
    assert_eq!(
        sandbox.dnspod(SITE).records("example.org").len(),
        MANY + 2 - 100
    );
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn every_name_of_a_large_zone_is_answered() {
    let (sandbox, _) = with_shop();
    for n in 0..MANY {
        let host = format!("h{n}");
        sandbox
            .domeneshop()
            .add("example.com", &host, "A", "192.0.2.1", None);
    }
    for n in 0..1_000 {
        let message = ask(&sandbox, &format!("h{n}.example.com."), "A");
        assert_eq!(message.answers.len(), 1, "h{n}");
    }
    let took = sandbox.dns().log()[999].at_ms - sandbox.dns().log()[0].at_ms;
    assert!(took < 20_000, "{took} ms");
}

#[test]
fn a_large_zone_of_domeneshop_is_listed_and_written_to() {
    let (sandbox, id) = with_shop();
    for n in 0..MANY {
        let host = format!("h{n}");
        sandbox
            .domeneshop()
            .add("example.com", &host, "A", "192.0.2.1", None);
    }
    let took = seconds(&sandbox, || {
        let list = shop(&sandbox, "GET", &format!("/domains/{id}/dns"), "").json();
        assert_eq!(list.as_array().unwrap().len(), MANY);
        for n in 0..100 {
            let record = &list[n]["id"];
            shop(
                &sandbox,
                "DELETE",
                &format!("/domains/{id}/dns/{record}"),
                "",
            );
            let update = format!("/dyndns/update?hostname=h{n}.example.com&myip=192.0.2.2");
            shop(&sandbox, "GET", &update, "");
        }
    });
    assert_eq!(sandbox.domeneshop().records("example.com").len(), MANY);
    assert!(took < Duration::from_secs(20), "{took:?}");
}
