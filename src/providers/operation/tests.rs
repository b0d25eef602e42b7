use super::*;
use crate::core::{error::ErrorClass, secret::Secret};

const CODES: &[ResultCode] = &[ResultCode {
    number: 6,
    meaning: "the domain is not valid",
}];
const COMMON: &[ResultCode] = &[
    ResultCode {
        number: 6,
        meaning: "the user is not valid",
    },
    ResultCode {
        number: -1,
        meaning: "the login failed",
    },
];

/// Definitions as a provider's folder has them.
#[allow(unreachable_pub, reason = "the macro makes public items")]
mod defined {
    use super::{CODES, COMMON};

    crate::operations! {
        /// Adds a record.
        RecordCreate "Record.Create" POST "/Record.Create" writes -> serde_json::Value {
            /// The domain's name.
            domain: optional text,
            /// The domain's identifier.
            domain_id: optional text,
            /// The type.
            r#type: required choice["A", "AAAA"],
            /// Seconds.
            ttl: optional integer[1, 604_800],
            /// The login's password.
            password: optional secret,
        }
        one_of [["domain", "domain_id"]]
        codes [CODES, COMMON]
        page "https://example.com/create"

        /// Shows a record.
        RecordShow "dns.get" GET "/domains/{domain_id}/dns/{record_id}" reads -> serde_json::Value {
            /// The domain.
            domain_id: required integer[1],
            /// The record.
            record_id: required integer[1],
        }
        one_of []
        codes []
        page "https://example.com/get"
    }
}
use defined::{ALL, RecordCreate, RecordShow};

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|it| (*it).to_owned()).collect()
}

fn misuses(given: &[&str]) -> Vec<String> {
    let wrong = Arguments::written(RecordCreate::OPERATION, &words(given)).unwrap_err();
    wrong.iter().map(ToString::to_string).collect()
}

#[test]
fn a_definition_says_everything_about_its_operation() {
    let [create, show] = ALL else { panic!() };
    assert_eq!(
        (create.name, create.about, create.writes),
        ("Record.Create", "Adds a record.", true)
    );
    assert_eq!((show.method, show.writes), (Method::Get, false));
    let ttl = create.parameter("ttl").unwrap();
    assert_eq!(
        (ttl.about, ttl.required, ttl.kind),
        ("Seconds.", false, ParameterKind::Integer(1, 604_800))
    );
    assert_eq!(create.parameter("type").unwrap().kind.to_string(), "A|AAAA");
    assert_eq!(
        create.meaning(6),
        Some("the domain is not valid"),
        "its own meaning comes first"
    );
    assert_eq!(create.meaning(-1), Some("the login failed"));
    assert_eq!(create.meaning(7), None);
}

#[test]
fn a_typed_call_and_a_written_one_give_the_same_arguments() {
    let typed = RecordCreate {
        domain: Some("example.com".into()),
        r#type: "A".into(),
        ttl: Some(600),
        password: Some(Secret::new("hunter2")),
        ..RecordCreate::default()
    };
    let given = words(&[
        "domain=example.com",
        "type=A",
        "ttl=600",
        "password=hunter2",
    ]);
    let written = Arguments::written(RecordCreate::OPERATION, &given).unwrap();
    assert_eq!(typed.arguments(), written);
    assert_eq!(
        written.to_string(),
        "domain=example.com type=A ttl=600 password=…"
    );
    assert!(!format!("{written:?}").contains("hunter2"));
}

#[test]
fn what_does_not_fit_is_refused_naming_the_parameter_and_what_is_allowed() {
    for (given, said) in [
        (
            &["domain=a.b"][..],
            "Record.Create needs `type` (A|AAAA): The type.",
        ),
        (&["domain=a.b", "type=MX"], "`type` takes A|AAAA, not `MX`"),
        (
            &["domain=a.b", "type=A", "ttl=0"],
            "`ttl` takes a number from 1 to 604800, not `0`",
        ),
        (
            &["domain=a.b", "type=A", "ttl=x"],
            "`ttl` takes a number from 1 to 604800, not `x`",
        ),
        (
            &["type=A"],
            "Record.Create takes exactly one of domain, domain_id",
        ),
        (
            &["type=A", "domain=a", "domain_id=1"],
            "Record.Create takes exactly one of domain, domain_id",
        ),
        (
            &["domian=a", "domain=a.b", "type=A"],
            "Record.Create has no parameter `domian`; did you mean `domain`?",
        ),
        (
            &["zzz=a", "domain=a.b", "type=A"],
            "Record.Create has no parameter `zzz`; it takes domain, domain_id, type, ttl, password",
        ),
        (&["domain=", "type=A"], "`domain` takes text, not ``"),
        (&["domain=a.b", "type=A", "ttl"], "`ttl` is not KEY=VALUE"),
        (
            &["domain=a.b", "domain=a.c", "type=A"],
            "`domain` is given twice",
        ),
    ] {
        assert_eq!(misuses(given), [said], "{given:?}");
    }
    assert_eq!(misuses(&["ttl=0"]).len(), 3, "everything is said at once");
}

#[test]
fn a_typed_call_is_refused_before_anything_is_sent() {
    let call = RecordCreate {
        r#type: "MX".into(),
        ..RecordCreate::default()
    };
    let failure = call.arguments().check(RecordCreate::OPERATION).unwrap_err();
    assert_eq!(failure.class, ErrorClass::Invalid);
    assert!(
        failure.message.contains("`type` takes A|AAAA")
            && failure.message.contains("exactly one of")
    );
}

#[test]
fn parameters_of_the_path_are_filled_in_encoded() {
    let show = RecordShow {
        domain_id: 7,
        record_id: 9,
    };
    let (path, used) = show.arguments().path(RecordShow::OPERATION);
    assert_eq!(
        (path.as_str(), used),
        ("/domains/7/dns/9", vec!["domain_id", "record_id"])
    );
}
