//! What a definition cannot say of one parameter: that only one site has it, or that another one
//! asks for it.

use super::{
    Site,
    china::BatchRecordModify,
    domain::{DomainList, DomainLock},
    record::{RecordCreate, RecordList, RecordModify},
};
use crate::providers::operation::{Arguments, Call, Operation};

/// The parameters that only China has, of operations that both sites have (facts: DNSPod section 4).
const CHINESE: [(&str, &[&str]); 3] = [
    (RecordCreate::OPERATION.name, &["status", "weight"]),
    (RecordModify::OPERATION.name, &["status", "weight"]),
    (DomainLock::OPERATION.name, &["domain"]),
];

/// The lists whose pages the sites cap differently.
const PAGED: [&str; 2] = [DomainList::OPERATION.name, RecordList::OPERATION.name];

/// What the site does not take of arguments that fit the definition, in words.
pub(in crate::providers::dnspod) fn misuses(
    site: Site,
    operation: &Operation,
    arguments: &Arguments,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = operation.name;
    if site == Site::International {
        let chinese = CHINESE.iter().filter(|(of, _)| *of == name);
        let chinese = chinese.flat_map(|(_, parameters)| *parameters);
        let given = chinese.filter(|it| arguments.get(it).is_some());
        wrong.extend(given.map(|it| format!("{name} has no parameter `{it}` at {site}")));
    }
    let length = arguments.get("length").filter(|_| PAGED.contains(&name));
    let number = length.and_then(|it| it.parse::<usize>().ok());
    if let Some(number) = number.filter(|it| *it > site.page_cap()) {
        let most = site.page_cap();
        wrong.push(format!(
            "`length` takes a number from 1 to {most} at {site}, not `{number}`"
        ));
    }
    wrong.extend(lacking(operation, arguments));
    wrong
}

/// What another argument makes necessary, and is not there.
fn lacking(operation: &Operation, arguments: &Arguments) -> Option<String> {
    let name = operation.name;
    let says = |parameter: &str, value: &str| {
        let given = arguments.get(parameter);
        given.is_some_and(|it| it.eq_ignore_ascii_case(value))
    };
    let is_missing = |parameter: &str| arguments.get(parameter).is_none();
    let is_record = [RecordCreate::OPERATION.name, RecordModify::OPERATION.name].contains(&name);
    if is_record && says("record_type", "MX") && is_missing("mx") {
        return Some(format!("{name} of an MX record needs `mx`, its priority"));
    }
    let is_batch = name == BatchRecordModify::OPERATION.name;
    if is_batch && says("change", "record_type") && is_missing("value") {
        return Some(format!(
            "{name} with change=record_type needs `value`, the data of the new type"
        ));
    }
    None
}
