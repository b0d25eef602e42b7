mod examples;
mod meanings;
mod requests;

use super::*;
use crate::providers::operation::Call;

/// Every operation of either site.
fn all() -> Vec<&'static Operation> {
    let mut all: Vec<_> = operations(Site::International).collect();
    all.extend(china::ALL);
    all
}

/// The operation of this name.
fn named(name: &str) -> &'static Operation {
    let all = all().into_iter();
    let mut all = all.filter(|it| it.name == name);
    all.next().unwrap_or_else(|| panic!("no operation {name}"))
}

/// The arguments that a person writes.
fn written(operation: &'static Operation, words: &str) -> Arguments {
    let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
    let arguments = Arguments::written(operation, &words);
    arguments.unwrap_or_else(|wrong| panic!("{}: {wrong:?}", operation.name))
}

#[test]
fn each_site_has_every_operation_that_its_pages_document() {
    let names = |site| -> Vec<_> { operations(site).map(|it| it.name).collect() };
    let (international, china) = (names(Site::International), names(Site::China));
    let shared = "User.Detail User.Log Info.Version Domain.Create Domain.List Domain.Remove \
        Domain.Status Domain.Info Domain.Log Domain.Searchenginepush Domain.Transfer Domain.Lock \
        Domain.Lockstatus Domain.Unlock Domain.Changegroup Domain.Ismark Domain.Remark \
        Domain.Acquire Domain.Acquiresend Domain.Acquirevalidate Domainshare.Create \
        Domainshare.List Domainshare.Modify Domainshare.Remove Domainalias.List \
        Domainalias.Create Domainalias.Remove Domaingroup.List Domaingroup.Create \
        Domaingroup.Modify Domaingroup.Remove Record.Type Record.Line Record.Create Record.List \
        Record.Modify Record.Remove Record.Ddns Record.Remark Record.Info Record.Status";
    let shared: Vec<_> = shared.split_whitespace().collect();
    for name in &shared {
        assert!(
            international.contains(name) && china.contains(name),
            "{name}"
        );
    }
    let own = |names: Vec<&'static str>| -> Vec<_> {
        names
            .into_iter()
            .filter(|it| !shared.contains(it))
            .collect()
    };
    assert_eq!(own(international), ["Auth"]);
    assert_eq!(
        own(china),
        [
            "Domain.Purview",
            "Batch.Domain.Create",
            "Batch.Record.Create",
            "Batch.Record.Modify",
            "Batch.Detail"
        ]
    );
}

#[test]
fn each_definition_is_complete_and_of_one_form() {
    for operation in all() {
        let name = operation.name;
        assert_eq!(operation.path, format!("/{name}"));
        assert_eq!(operation.method.as_str(), "POST", "{name}");
        assert!(operation.page.starts_with("https://"), "{name}");
        assert!(
            operation.about.ends_with('.'),
            "{name}: {}",
            operation.about
        );
        assert!(
            operation.meaning(-1).is_some(),
            "{name} has no common codes"
        );
        for parameter in operation.parameters {
            assert!(
                parameter.about.ends_with('.'),
                "{name}: {}",
                parameter.about
            );
        }
        for member in operation.one_of.iter().copied().flatten() {
            assert!(operation.parameter(member).is_some(), "{name}: {member}");
        }
    }
}

#[test]
fn a_subject_names_the_call_and_what_it_is_about() {
    for (name, words, told) in [
        ("Domain.List", "", "Domain.List"),
        ("Record.List", "domain=a.b", "Record.List of a.b"),
        ("Record.List", "domain_id=7", "Record.List of domain 7"),
        (
            "Record.Remove",
            "domain=a.b record_id=9",
            "Record.Remove of record 9 in a.b",
        ),
        (
            "Record.Modify",
            "domain=a.b record_id=9 sub_domain=www record_type=A record_line=default value=1.1.1.1",
            "Record.Modify of www in a.b",
        ),
    ] {
        let operation = named(name);
        assert_eq!(subject(operation, &written(operation, words)), told);
    }
}
