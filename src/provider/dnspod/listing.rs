//! The operations that list in pages, and their answers as they came put together to one.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    Site,
    api::{
        domain::{DomainList, DomainLog},
        record::RecordList,
    },
    paging::{Listed, Page},
};
use crate::provider::operation::{Call, Operation};

/// An item as it came.
#[derive(PartialEq, Debug)]
pub(super) struct Raw(pub(super) Value);

impl Listed for Raw {
    fn id(&self) -> Option<Cow<'_, str>> {
        match self.0.get("id")? {
            Value::String(id) => Some(Cow::Borrowed(id)),
            Value::Number(id) => Some(Cow::Owned(id.to_string())),
            _ => None,
        }
    }
}

/// An operation whose answer is one page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing {
    operation: &'static str,
    /// The key of the items.
    items: &'static str,
    /// The counter of all of them, within `info`.
    total: &'static str,
}

const LISTINGS: [Listing; 3] = [
    Listing {
        operation: DomainList::OPERATION.name,
        items: "domains",
        total: "domain_total",
    },
    Listing {
        operation: RecordList::OPERATION.name,
        items: "records",
        total: "record_total",
    },
    Listing {
        operation: DomainLog::OPERATION.name,
        items: "log",
        total: "count",
    },
];

/// How many lines of a log are sent at the most, on both sites.
const LOG_PAGE: usize = 500;

/// What stands in an empty log.
const NO_LOGS: &str = "There is no domain logs at the moment.";

impl Listing {
    /// How this operation lists, if it does so in pages.
    pub(super) fn of(operation: &Operation) -> Option<Self> {
        let mut all = LISTINGS.into_iter();
        all.find(|it| it.operation == operation.name)
    }

    /// The longest page that the site sends.
    pub(super) fn page_length(self, site: Site) -> usize {
        if self.is_log() {
            LOG_PAGE
        } else {
            site.page_cap()
        }
    }

    fn is_log(self) -> bool {
        self.operation == DomainLog::OPERATION.name
    }

    /// An answer's page and what else the answer says.
    pub(super) fn page(
        self,
        payload: Value,
        offset: usize,
        length: usize,
    ) -> Result<(Page<Raw>, Map<String, Value>), String> {
        let Value::Object(mut payload) = payload else {
            return Err("it is no object".to_owned());
        };
        let Some(Value::Array(mut items)) = payload.remove(self.items) else {
            return Err(format!("it has no list `{}`", self.items));
        };
        let total = payload.get("info").and_then(|info| info.get(self.total));
        let mut total: Option<usize> = total.and_then(|total| match total {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64()?.try_into().ok(),
        });
        if self.is_log() {
            // Behind a log whose last page is full the sentence is no line of it.
            if offset > 0 {
                items.retain(|line| line != NO_LOGS);
            }
            // Whether the counter is of all lines or of those sent is not documented: a full page
            // may be followed by another one.
            let seen = offset + items.len();
            total = total.filter(|total| *total > seen || items.len() < length);
        }
        let items = items.into_iter().map(Raw).collect();
        Ok((Page { items, total }, payload))
    }

    /// The answer that all pages make: the first one's, with all items.
    pub(super) fn whole(self, mut first: Map<String, Value>, items: Vec<Value>) -> Value {
        // How many this answer has, as the service writes it.
        if let Some(count) = first
            .get_mut("info")
            .and_then(|it| it.get_mut("records_num"))
        {
            *count = items.len().to_string().into();
        }
        first.insert(self.items.to_owned(), Value::Array(items));
        Value::Object(first)
    }
}
