//! Every example answer of the vendor's pages and of recorded traffic, read without loss.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::*;
use crate::{
    http::{Response, redactor::Redactor},
    providers::dnspod::answer::Answer,
};

/// One a line: the operation and the answer.
const EXAMPLES: &str = include_str!("examples.jsonl");

fn examples(name: &str) -> Vec<Value> {
    let lines = EXAMPLES.lines();
    let each = lines.map(|line| serde_json::from_str::<(String, Value)>(line).unwrap());
    each.filter(|(it, _)| it == name)
        .map(|(_, answer)| answer)
        .collect()
}

fn decode<C: Call>(body: &str) -> C::Output {
    let response = Response {
        status: 200,
        retry_after: None,
        location: None,
        body: body.as_bytes().to_vec(),
    };
    let name = C::OPERATION.name.to_owned();
    let answer = Answer::read(C::OPERATION, name.clone(), Redactor::default(), response);
    let decoded = answer.and_then(|it| it.decode());
    decoded.unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

/// What an answer says, leaf by leaf: a number and its text are the same, and so are the several
/// ways of saying nothing.
fn leaves(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &format!("{path}.{name}"), found);
            }
        }
        Value::Array(items) => {
            for (position, value) in items.iter().enumerate() {
                leaves(value, &format!("{path}[{position}]"), found);
            }
        }
        Value::Null => {}
        Value::Bool(false) if path.ends_with(".remark") => {}
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

fn assert_lossless<C: Call>()
where
    C::Output: Serialize + DeserializeOwned,
{
    let name = C::OPERATION.name;
    let examples = examples(name);
    assert!(!examples.is_empty(), "{name} has no example");
    for mut example in examples {
        let read: C::Output = decode::<C>(&example.to_string());
        let status = example.as_object_mut().unwrap().remove("status").unwrap();
        if name == "Info.Version" {
            example["version"] = status["message"].clone();
        }
        let (mut said, mut kept) = (Vec::new(), Vec::new());
        leaves(&example, "", &mut said);
        leaves(&serde_json::to_value(&read).unwrap(), "", &mut kept);
        for leaf in said {
            assert!(kept.contains(&leaf), "{name} loses {leaf:?} of {kept:?}");
        }
    }
}

macro_rules! lossless {
    ($($call:path),* $(,)?) => {
        $(assert_lossless::<$call>();)*
        let tried = [$(<$call as Call>::OPERATION.name),*];
        for operation in all() {
            let name = operation.name;
            assert!(tried.contains(&name) || name == "Auth", "{name} is not tried");
        }
    };
}

#[test]
fn every_documented_answer_is_read_without_loss() {
    lossless![
        account::UserDetail,
        account::UserLog,
        account::InfoVersion,
        domain::DomainCreate,
        domain::DomainList,
        domain::DomainRemove,
        domain::DomainStatus,
        domain::DomainInfo,
        domain::DomainLog,
        domain::DomainSearchenginepush,
        domain::DomainTransfer,
        domain::DomainLock,
        domain::DomainLockstatus,
        domain::DomainUnlock,
        domain::DomainChangegroup,
        domain::DomainIsmark,
        domain::DomainRemark,
        acquire::DomainAcquire,
        acquire::DomainAcquiresend,
        acquire::DomainAcquirevalidate,
        share::DomainshareCreate,
        share::DomainshareList,
        share::DomainshareModify,
        share::DomainshareRemove,
        alias::DomainaliasList,
        alias::DomainaliasCreate,
        alias::DomainaliasRemove,
        group::DomaingroupList,
        group::DomaingroupCreate,
        group::DomaingroupModify,
        group::DomaingroupRemove,
        record::RecordType,
        record::RecordLine,
        record::RecordCreate,
        record::RecordList,
        record::RecordModify,
        record::RecordRemove,
        record::RecordDdns,
        record::RecordRemark,
        record::RecordInfo,
        record::RecordStatus,
        china::DomainPurview,
        china::BatchDomainCreate,
        china::BatchRecordCreate,
        china::BatchRecordModify,
        china::BatchDetail,
    ];
}

#[test]
fn a_password_login_yields_a_token_that_is_not_shown() {
    let example = examples("Auth").remove(0).to_string();
    let token = decode::<auth::Auth>(&example).user_token;
    assert_eq!(
        token.expose(),
        "730060,e1a8a$f14dc5dcbafd83680b3d2a553c4d553d"
    );
    assert_eq!(format!("{token:?}"), "Secret(…)");
}

#[test]
fn the_lines_of_both_sites_are_what_record_line_takes() {
    let [international, china] = &examples("Record.Line")[..] else {
        panic!("two shapes")
    };
    let read = decode::<record::RecordLine>(&international.to_string());
    let codes = read.codes();
    assert_eq!(codes.len(), 254);
    assert!(codes.contains(&"default") && codes.contains(&"CN"));
    let read = decode::<record::RecordLine>(&china.to_string());
    assert_eq!(read.codes()[0], "默认");
    assert_eq!(read.line_ids["默认"], "0");
    assert_eq!(read.line_ids["联通"], "10=1");
}

#[test]
fn an_empty_log_says_so_in_one_line_and_an_unlocked_domain_need_say_nothing() {
    let empty = &examples("Domain.Log")[0];
    let log = decode::<domain::DomainLog>(&empty.to_string());
    assert_eq!(log.log, ["There is no domain logs at the moment."]);
    assert_eq!(log.info.count, Some(0));
    let unlocked = |it: &Value| {
        decode::<domain::DomainUnlock>(&it.to_string())
            .lock
            .is_some()
    };
    let seen: Vec<_> = examples("Domain.Unlock").iter().map(unlocked).collect();
    assert_eq!(seen, [true, false]);
}
