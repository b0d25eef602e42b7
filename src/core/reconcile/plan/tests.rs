mod memory;
mod properties;

use super::*;
use crate::core::dns::change::Change;
use crate::core::dns::change::Method;
use crate::core::dns::change::Reason;
use crate::core::dns::change::Step;
use crate::core::{
    address::{family::Family, policy::PublishPolicy},
    detection::observation::UnavailableReason,
    dns::{
        name::Fqdn,
        record::{AccountName, Attributes},
    },
    reconcile::intent::HostV6,
    time::BootTime,
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn target() -> Target {
    Target {
        account: AccountName("home".into()),
        host: Fqdn::parse("home.example.com").unwrap(),
        family: Family::V4,
    }
}

fn host() -> Host {
    Host {
        name: target().host,
        ipv4: true,
        ipv6: HostV6::ThisHost,
        ttl: None,
        create: true,
        via: None,
    }
}

fn zone() -> Zone {
    Zone {
        name: "example.com".parse().unwrap(),
        id: "1".into(),
    }
}

fn record(id: &str, addr: &str, ttl: u32) -> Record {
    let attributes = Attributes::from([("line".to_owned(), "x".to_owned())]);
    Record {
        id: id.into(),
        host: target().host,
        addr: ip(addr),
        ttl: Some(ttl),
        attributes,
    }
}

fn set(addrs: &[&str]) -> Intent {
    let acceptance = PublishPolicy {
        accept_any: true,
        ..PublishPolicy::default()
    };
    let admit = |addr: &&str| acceptance.check(Family::V4, ip(addr)).unwrap();
    Intent::Set(AddrSet::try_from_iter(addrs.iter().map(admit)).unwrap())
}

fn listed(records: &[Record]) -> Existing {
    limited(records, None)
}

/// In a zone whose plan allows no shorter TTL.
fn limited(records: &[Record], min_ttl: Option<u32>) -> Existing {
    Existing::Listed {
        zone: zone(),
        records: records.to_vec(),
        conflict: None,
        min_ttl,
    }
}

const AUTO: Capabilities = Capabilities {
    replace: UpdateMode::WhenReplaceable,
    replace_ttl: 3600,
    max_repeats: 4,
};
const RECORDS: Capabilities = Capabilities {
    replace: UpdateMode::Never,
    replace_ttl: 3600,
    max_repeats: 4,
};
const ONLY: Capabilities = Capabilities {
    replace: UpdateMode::Only,
    replace_ttl: 3600,
    max_repeats: 4,
};

fn planned(host: &Host, intent: &Intent, existing: &Existing, rules: Capabilities) -> PlanResult {
    plan(PlanInput {
        target: &target(),
        host,
        intent,
        existing,
        confirmed: None,
        rules,
    })
}

fn change(planned: PlanResult) -> Change {
    match planned {
        PlanResult::Change(change) => change,
        other => panic!("no change: {other:?}"),
    }
}

/// What each step does, in short.
fn short(change: &Change) -> Vec<String> {
    let say = |step: &Step| match step {
        Step::Create { addr, ttl } => format!("create {addr} {ttl:?}"),
        Step::Modify { record, addr, ttl } => {
            assert_eq!(record.attributes["line"], "x", "attributes live on");
            format!("modify {} {addr} {ttl:?}", record.id)
        }
        Step::Delete { record } => format!("delete {}", record.id),
    };
    change.steps().iter().map(say).collect()
}

#[test]
fn what_satisfies_is_kept_without_a_write() {
    let existing = listed(&[record("1", "1.1.1.1", 3600)]);
    assert_eq!(
        planned(&host(), &set(&["1.1.1.1"]), &existing, AUTO),
        PlanResult::Satisfied {
            addrs: vec![ip("1.1.1.1")],
            simple: true
        }
    );
}

#[test]
fn what_is_stale_is_recycled_what_is_missing_created_what_is_left_over_deleted() {
    for (there, wanted, steps) in [
        (
            &["1.1.1.1"][..],
            &["1.1.1.2"][..],
            &["modify 0 1.1.1.2 None"][..],
        ),
        (&[], &["1.1.1.2"], &["create 1.1.1.2 None"]),
        (&["1.1.1.1", "1.1.1.2"], &["1.1.1.2"], &["delete 0"]),
        (
            &["1.1.1.1", "1.1.1.3"],
            &["1.1.1.2"],
            &["modify 0 1.1.1.2 None", "delete 1"],
        ),
        (&["1.1.1.2", "1.1.1.2"], &["1.1.1.2"], &["delete 1"]),
        (
            &["1.1.1.1"],
            &["1.1.1.2", "1.1.1.3"],
            &["modify 0 1.1.1.2 None", "create 1.1.1.3 None"],
        ),
        (
            &["1.1.1.3"],
            &["1.1.1.2", "1.1.1.3"],
            &["create 1.1.1.2 None"],
        ),
    ] {
        let records: Vec<_> = (0..)
            .zip(there)
            .map(|(id, addr): (u32, _)| record(&id.to_string(), addr, 600))
            .collect();
        let change = change(planned(&host(), &set(wanted), &listed(&records), RECORDS));
        assert_eq!(short(&change), steps, "{there:?} → {wanted:?}");
        let wanted: Vec<_> = wanted.iter().map(|addr| ip(addr)).collect();
        assert_eq!(change.to, wanted);
        assert_eq!(
            change.to_string().contains("; removes 1.1.1."),
            steps.iter().any(|it| it.starts_with("delete"))
        );
    }
}

#[test]
fn a_configured_ttl_is_put_right_and_an_unconfigured_one_left_alone() {
    let mut with_ttl = host();
    with_ttl.ttl = Some(300);
    let existing = listed(&[record("1", "1.1.1.1", 600)]);
    let made = change(planned(&with_ttl, &set(&["1.1.1.1"]), &existing, AUTO));
    assert_eq!(short(&made), ["modify 1 1.1.1.1 Some(300)"]);
    assert_eq!(made.reason, Reason::TtlDiffers);
    let made = change(planned(&with_ttl, &set(&["1.1.1.2"]), &existing, AUTO));
    assert_eq!(short(&made), ["modify 1 1.1.1.2 Some(300)"]);
    assert!(matches!(
        planned(&host(), &set(&["1.1.1.1"]), &existing, AUTO),
        PlanResult::Satisfied { simple: false, .. }
    ));
}

#[test]
fn a_push_is_used_only_where_it_loses_nothing() {
    let simple = listed(&[record("1", "1.1.1.1", 3600)]);
    let other_ttl = listed(&[record("1", "1.1.1.1", 600)]);
    let several = listed(&[record("1", "1.1.1.1", 3600), record("2", "1.1.1.3", 3600)]);
    let ttl = Host {
        ttl: Some(3600),
        ..host()
    };
    let existing_only = Host {
        create: false,
        ..host()
    };
    let wildcard = Host {
        name: Fqdn::parse("*.example.com").unwrap(),
        ..host()
    };
    for (what, host, wanted, existing, via) in [
        (
            "a single default record",
            &host(),
            &["1.1.1.2"][..],
            &simple,
            "dyndns",
        ),
        (
            "no record yet",
            &host(),
            &["1.1.1.2"],
            &listed(&[]),
            "dyndns",
        ),
        (
            "a TTL of its own",
            &host(),
            &["1.1.1.2"],
            &other_ttl,
            "records",
        ),
        (
            "several records",
            &host(),
            &["1.1.1.2"],
            &several,
            "records",
        ),
        (
            "several addresses",
            &host(),
            &["1.1.1.2", "1.1.1.4"],
            &simple,
            "records",
        ),
        ("a configured TTL", &ttl, &["1.1.1.2"], &simple, "records"),
        (
            "create = false",
            &existing_only,
            &["1.1.1.2"],
            &simple,
            "records",
        ),
        ("a wildcard", &wildcard, &["1.1.1.2"], &simple, "records"),
    ] {
        let made = change(planned(host, &set(wanted), existing, AUTO));
        assert_eq!(made.via(), via, "{what}");
        let only = planned(host, &set(wanted), existing, ONLY);
        assert_eq!(
            matches!(only, PlanResult::LossyUpdate(_)),
            via == "records",
            "{what}"
        );
    }
}

#[test]
fn what_a_push_would_lose_is_said() {
    let one = &[record("1", "1.1.1.1", 3600)][..];
    let other_ttl = [record("1", "1.1.1.1", 600)];
    let two = [record("1", "1.1.1.1", 600), record("2", "1.1.1.3", 3600)];
    let wildcard = Host {
        name: Fqdn::parse("*.example.com").unwrap(),
        ..host()
    };
    let existing_only = Host {
        create: false,
        ..host()
    };
    let ttl = Host {
        ttl: Some(3600),
        ..host()
    };
    for (host, records, wanted, loss) in [
        (
            &wildcard,
            one,
            &["1.1.1.2"][..],
            "whether dyndns takes a wildcard is not known",
        ),
        (
            &existing_only,
            one,
            &["1.1.1.2"],
            "dyndns would create what `create = false` forbids",
        ),
        (&ttl, one, &["1.1.1.2"], "dyndns sets no TTL"),
        (
            &host(),
            &two,
            &["1.1.1.2"],
            "dyndns would replace 2 records by one",
        ),
        (
            &host(),
            &other_ttl,
            &["1.1.1.2"],
            "dyndns would reset the record's TTL of 600 s",
        ),
        (
            &host(),
            one,
            &["1.1.1.2", "1.1.1.3"],
            "several addresses go through the records API only",
        ),
    ] {
        let said = format!("{loss}; `update = \"auto\"` uses the records API where needed");
        let planned = planned(host, &set(wanted), &listed(records), ONLY);
        assert_eq!(planned, PlanResult::LossyUpdate(said));
    }
}

#[test]
fn what_was_edited_elsewhere_is_repaired_record_by_record() {
    let there = [ip("1.1.1.1")];
    let existing = listed(&[record("1", "9.9.9.9", 3600)]);
    let made = change(plan(PlanInput {
        target: &target(),
        host: &host(),
        intent: &set(&["1.1.1.1"]),
        existing: &existing,
        confirmed: Some(&there),
        rules: AUTO,
    }));
    assert_eq!(
        (made.reason, made.via()),
        (Reason::EditedElsewhere, "records")
    );
    assert_eq!(short(&made), ["modify 1 1.1.1.1 None"]);
}

#[test]
fn a_second_record_of_the_same_name_goes_for_that_reason() {
    let double = [record("1", "1.1.1.1", 3600), record("2", "1.1.1.1", 3600)];
    let triple = [
        double[0].clone(),
        double[1].clone(),
        record("3", "1.1.1.1", 60),
    ];
    let there = [ip("1.1.1.1")];
    for (records, confirmed) in [
        (&double[..], None),
        (&double, Some(&there[..])),
        (&triple, None),
        (&triple, Some(&[ip("1.1.1.1"), ip("1.1.1.1")])),
    ] {
        let made = change(plan(PlanInput {
            target: &target(),
            host: &host(),
            intent: &set(&["1.1.1.1"]),
            existing: &listed(records),
            confirmed,
            rules: AUTO,
        }));
        assert_eq!(
            (made.reason, made.via()),
            (Reason::DuplicateRecord, "records")
        );
        assert!(
            made.to_string()
                .contains("there is a second record of the same name"),
            "{made}"
        );
        assert!(
            made.steps()
                .iter()
                .all(|step| matches!(step, Step::Delete { .. }))
        );
    }
    // Where the address is another one, that is the reason, however many records there are.
    let made = change(planned(&host(), &set(&["1.1.1.2"]), &listed(&double), AUTO));
    assert_eq!(made.reason, Reason::AddressChanged);
}

#[test]
fn a_ttl_below_the_plans_shortest_is_raised_to_it_once_and_said() {
    let with = |ttl| Host { ttl, ..host() };
    // Configured below: the shortest is what there is to have, and once there it is not written again.
    let satisfied = PlanResult::Satisfied {
        addrs: vec![ip("1.1.1.1")],
        simple: false,
    };
    let there = limited(&[record("1", "1.1.1.1", 600)], Some(600));
    let wanted = set(&["1.1.1.1"]);
    assert_eq!(
        planned(&with(Some(300)), &wanted, &there, RECORDS),
        satisfied
    );
    let said = "TTL 600 s, the shortest that the plan of the zone allows";
    for (ttl, before, step, is_said) in [
        (Some(300), Some(10), "modify 1 1.1.1.2 Some(600)", true),
        (Some(300), Some(1200), "modify 1 1.1.1.2 Some(600)", true),
        (Some(600), Some(1200), "modify 1 1.1.1.2 Some(600)", false),
        (Some(300), Some(600), "modify 1 1.1.1.2 None", false),
        (None, Some(10), "modify 1 1.1.1.2 Some(600)", true),
        (None, Some(1200), "modify 1 1.1.1.2 None", false),
        (Some(900), Some(600), "modify 1 1.1.1.2 Some(900)", false),
        // A new record, where none of the name is there to learn the limit from.
        (Some(300), None, "create 1.1.1.2 Some(600)", true),
        (Some(600), None, "create 1.1.1.2 Some(600)", false),
        (None, None, "create 1.1.1.2 None", false),
    ] {
        let before: Vec<_> = before
            .into_iter()
            .map(|ttl| record("1", "1.1.1.1", ttl))
            .collect();
        let there = limited(&before, Some(600));
        let made = change(planned(&with(ttl), &set(&["1.1.1.2"]), &there, RECORDS));
        assert_eq!(short(&made), [step], "{ttl:?} {before:?}");
        assert_eq!(made.to_string().contains(said), is_said, "{made}");
    }
}

#[test]
fn create_false_never_creates() {
    let existing_only = Host {
        create: false,
        ..host()
    };
    assert_eq!(
        planned(&existing_only, &set(&["1.1.1.1"]), &listed(&[]), AUTO),
        PlanResult::Kept(KeepReason::NotCreated)
    );
}

#[test]
fn a_family_that_is_gone_is_cleared_only_from_a_list() {
    let made = change(planned(
        &host(),
        &Intent::Clear,
        &listed(&[record("1", "1.1.1.1", 3600), record("2", "1.1.1.2", 3600)]),
        AUTO,
    ));
    assert_eq!(short(&made), ["delete 1", "delete 2"]);
    assert_eq!((made.action(), made.reason), ("delete", Reason::FamilyGone));
    let remembered = Existing::Remembered {
        addrs: vec![ip("1.1.1.1")],
    };
    assert!(matches!(
        planned(&host(), &Intent::Clear, &remembered, AUTO),
        PlanResult::Kept(_)
    ));
}

#[test]
fn keeping_and_no_zone_make_no_change() {
    let keep = Intent::Keep(KeepReason::Unavailable(UnavailableReason::Offline));
    let existing = listed(&[record("1", "1.1.1.1", 3600)]);
    assert!(matches!(
        planned(&host(), &keep, &existing, AUTO),
        PlanResult::Kept(_)
    ));
    assert_eq!(
        planned(&host(), &set(&["1.1.1.1"]), &Existing::NoZone, AUTO),
        PlanResult::NoZone
    );
}

#[test]
fn a_change_reads_as_a_sentence() {
    let made = change(planned(&host(), &set(&["1.1.1.1"]), &listed(&[]), AUTO));
    assert_eq!(
        made.to_string(),
        "create home.example.com A: none → 1.1.1.1 via dyndns (there is no record yet)"
    );
    let existing = listed(&[record("1", "1.1.1.1", 600), record("2", "1.1.1.2", 600)]);
    let made = change(planned(&host(), &set(&["1.1.1.1"]), &existing, AUTO));
    assert_eq!(
        made.to_string(),
        "update home.example.com A: 1.1.1.1, 1.1.1.2 → 1.1.1.1 via records (our address is another one; \
         removes 1.1.1.2)"
    );
    let made = change(planned(&host(), &Intent::Clear, &existing, AUTO));
    assert_eq!(
        made.to_string(),
        "delete home.example.com A: 1.1.1.1, 1.1.1.2 → none via records (this host has no such address any \
         more)"
    );
}

/// What the records are after the change, as a provider would have them.
fn carried_out(mut records: Vec<Record>, change: &Change) -> Vec<Record> {
    if let Method::ReplaceRRset(addrs) = &change.method {
        let pushed = |addr: PublishableAddr| record("pushed", &addr.to_string(), AUTO.replace_ttl);
        return addrs.iter().map(pushed).collect();
    }
    for (position, step) in change.steps().iter().enumerate() {
        match step {
            Step::Create { addr, ttl } => records.push(Record {
                id: format!("new {position}"),
                addr: addr.addr(),
                ttl: ttl.or(Some(3600)),
                ..record("", "1.1.1.1", 0)
            }),
            Step::Modify { record, addr, ttl } => {
                let found = records.iter_mut().find(|it| it.id == record.id).unwrap();
                found.addr = addr.addr();
                found.ttl = ttl.or(found.ttl);
            }
            Step::Delete { record } => records.retain(|it| it.id != record.id),
        }
    }
    records
}
