//! The operations that list in pages.

use serde_json::{Value, value::RawValue};

use super::{
    Site,
    api::{
        domain::{DomainList, DomainLog},
        record::RecordList,
    },
};
use crate::{
    json::{self, Members},
    providers::operation::{Call, Operation},
};

/// An operation whose answer is one page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct PagedListing {
    operation: &'static str,
    /// The key of the items.
    items: &'static str,
    /// The counter of all of them, within `info`.
    total: &'static str,
}

const LISTINGS: [PagedListing; 3] = [
    PagedListing {
        operation: DomainList::OPERATION.name,
        items: "domains",
        total: "domain_total",
    },
    PagedListing {
        operation: RecordList::OPERATION.name,
        items: "records",
        total: "record_total",
    },
    PagedListing {
        operation: DomainLog::OPERATION.name,
        items: "log",
        total: "count",
    },
];

/// How many lines of a log are sent at the most, on both sites.
const LOG_PAGE: usize = 500;

/// What stands in an empty log.
const NO_LOGS: &str = "There is no domain logs at the moment.";

impl PagedListing {
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

    /// The key of the items.
    pub(super) fn items(self) -> &'static str {
        self.items
    }

    /// Whether an item of the page behind so many others is none: behind a log whose last page is full the sentence
    /// for an empty one is no line of it.
    pub(super) fn is_filler(self, item: &RawValue, offset: usize) -> bool {
        self.is_log()
            && offset > 0
            && serde_json::from_str::<String>(item.get()).is_ok_and(|line| line == NO_LOGS)
    }

    /// How many items there are on all pages, if the answer of these members says it; `received` is how many the page
    /// of so many items behind so many others has.
    pub(super) fn total(
        self,
        members: &Members<'_>,
        received: usize,
        offset: usize,
        length: usize,
    ) -> Option<usize> {
        let info = members.get("info").and_then(|info| json::tree(info).ok());
        let total = info.as_ref().and_then(|info| info.get(self.total));
        let total: Option<usize> = total.and_then(|total| match total {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64()?.try_into().ok(),
        });
        if !self.is_log() {
            return total;
        }
        // Whether the counter is of all lines or of those sent is not documented: a full page
        // may be followed by another one.
        total.filter(|total| *total > offset + received || received < length)
    }
}
