//! What an operation answers: a tree where it is small, text where it is a list, which may be long.

use serde_json::{Map, Value, value::RawValue};

use super::operation::Operation;
use crate::{
    core::error::{ErrorClass, ProviderError},
    json::{self, Allowance},
};

/// The longest list that is put together, in bytes of text: room for 70,000 of DNSPod's records.
const MAX_LIST_LENGTH: usize = 24 << 20;

/// A success's answer.
#[derive(Clone, PartialEq, Debug)]
pub enum ApiAnswer {
    /// Anything but a list.
    Value(Value),
    /// A list.
    List(AnswerList),
}

/// A list, and what stands beside it in the answer.
#[derive(Clone, PartialEq, Debug)]
pub struct AnswerList {
    /// The answer's other members, and the list's own name among them; `None` where the list is all there is.
    around: Option<(Map<String, Value>, &'static str)>,
    /// The items as a JSON array without blanks.
    items: String,
}

impl AnswerList {
    /// The items, as a JSON array.
    pub fn items(&self) -> &str {
        &self.items
    }

    /// The answer's other members and the name under which the items stand among them, if they do.
    pub fn around(&self) -> Option<(&Map<String, Value>, &'static str)> {
        self.around.as_ref().map(|(members, name)| (members, *name))
    }
}

impl ApiAnswer {
    /// Hands out the answer as JSON without blanks, piece by piece.
    pub fn write(&self, out: &mut dyn FnMut(&str)) {
        let list = match self {
            Self::Value(value) => return out(&value.to_string()),
            Self::List(list) => list,
        };
        let Some((members, own)) = list.around() else {
            return out(&list.items);
        };
        // In the order of a tree's members.
        let mut names: Vec<&str> = members.keys().map(String::as_str).chain([own]).collect();
        names.sort_unstable();
        for (place, name) in names.into_iter().enumerate() {
            out(if place == 0 { "{" } else { "," });
            out(&Value::from(name).to_string());
            out(":");
            match members.get(name) {
                Some(value) if name != own => out(&value.to_string()),
                _ => out(&list.items),
            }
        }
        out("}");
    }

    /// The answer as a tree, however much memory that takes.
    pub fn into_value(self) -> Value {
        let list = match self {
            Self::Value(value) => return value,
            Self::List(list) => list,
        };
        // It was written by `AnswerListBuilder`, item by item.
        let items = serde_json::from_str(&list.items).unwrap_or_default();
        match list.around {
            Some((mut members, own)) => {
                members.insert(own.to_owned(), items);
                Value::Object(members)
            }
            None => items,
        }
    }
}

/// Puts a list together, item by item.
pub(crate) struct AnswerListBuilder {
    operation: &'static Operation,
    list: AnswerList,
    count: usize,
    allowance: Allowance,
    has_other_members: bool,
}

impl AnswerListBuilder {
    /// A list that is the whole answer, or a member of it by this name.
    pub(crate) fn new(operation: &'static Operation, name: Option<&'static str>) -> Self {
        Self {
            operation,
            list: AnswerList {
                around: name.map(|name| (Map::new(), name)),
                items: "[".to_owned(),
            },
            count: 0,
            allowance: Allowance::new(MAX_LIST_LENGTH),
            has_other_members: false,
        }
    }

    /// Takes in what else the answer says, once: the first page's word.
    pub(crate) fn around(
        &mut self,
        members: impl FnOnce() -> Result<Map<String, Value>, String>,
    ) -> Result<(), String> {
        if let (Some((own, _)), false) = (&mut self.list.around, self.has_other_members) {
            *own = members()?;
            self.has_other_members = true;
        }
        Ok(())
    }

    /// Takes in an item; the error, for one that is not of the documented type or for which there is no room,
    /// is in words.
    pub(crate) fn push(&mut self, item: &RawValue) -> Result<(), String> {
        let item = json::tree(item)?;
        let text = item.to_string();
        self.allowance.take(text.len() + 1)?;
        self.count += 1;
        if self.count > 1 {
            self.list.items.push(',');
        }
        self.list.items.push_str(&text);
        self.check(vec![item])
    }

    /// Whether an answer with these items would be of the documented type.
    fn check(&mut self, items: Vec<Value>) -> Result<(), String> {
        let items = Value::Array(items);
        match &mut self.list.around {
            None => (self.operation.shape)(&items),
            Some((members, own)) => {
                let mut answer = std::mem::take(members);
                answer.insert((*own).to_owned(), items);
                let answer = Value::Object(answer);
                let checked = (self.operation.shape)(&answer);
                if let Value::Object(mut answer) = answer {
                    answer.remove(*own);
                    *members = answer;
                }
                checked
            }
        }
    }

    /// The list.
    pub(crate) fn finish(mut self) -> Result<ApiAnswer, String> {
        if self.count == 0 {
            self.check(Vec::new())?;
        }
        self.list.items.push(']');
        // How many this answer has, as the service writes it.
        if let Some((members, _)) = &mut self.list.around
            && let Some(count) = members
                .get_mut("info")
                .and_then(|info| info.get_mut("records_num"))
        {
            *count = self.count.to_string().into();
        }
        Ok(ApiAnswer::List(self.list))
    }
}

/// The failure of an answer that is not what the operation's definition says.
pub(crate) fn not_documented(operation: &Operation, what: &str) -> ProviderError {
    let name = operation.name;
    let what = format!("{name}: the answer is not of the documented type: {what}");
    ProviderError::of_host(ErrorClass::ProtocolViolation, what)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        dnspod::api::record::RecordList, domeneshop::api::dns::DnsList, providers::operation::Call,
    };

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    fn written(answered: &ApiAnswer) -> String {
        let mut text = String::new();
        answered.write(&mut |part| text.push_str(part));
        text
    }

    #[test]
    fn a_list_is_written_as_its_tree_would_be() {
        let mut list = AnswerListBuilder::new(RecordList::OPERATION, Some("records"));
        let rest = json!({"zone": 1, "domain": {"id": "2"}, "info": {"records_num": "9"}});
        let Value::Object(rest) = rest else {
            panic!("it is an object")
        };
        list.around(|| Ok(rest)).unwrap();
        for item in [r#"{"id" : "1", "b": 1.50}"#, r#"{"id":2}"#] {
            list.push(&raw(item)).unwrap();
        }
        let answered = list.finish().unwrap();
        let value = answered.clone().into_value();
        assert_eq!(written(&answered), value.to_string());
        assert_eq!(value["info"]["records_num"], "2");
        assert_eq!(value["records"], json!([{"id": "1", "b": 1.5}, {"id": 2}]));
        let empty = AnswerListBuilder::new(DnsList::OPERATION, None)
            .finish()
            .unwrap();
        assert_eq!(written(&empty), "[]");
    }

    #[test]
    fn an_item_that_is_not_documented_is_refused_as_it_comes() {
        let mut list = AnswerListBuilder::new(RecordList::OPERATION, Some("records"));
        assert!(list.push(&raw("{}")).is_err(), "without an identifier");
        let mut list = AnswerListBuilder::new(DnsList::OPERATION, None);
        assert!(list.push(&raw("5")).is_err());
    }
}
