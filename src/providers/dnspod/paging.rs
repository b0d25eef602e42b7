//! Pages put together to a list: complete, or an error, and always with an end.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::types::lenient;
use crate::json::MAX_ITEMS;

/// An item's identifier: those that are no number are told apart by their hash, however long they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum ItemId {
    Number(u64),
    Text(u64),
}

/// Any item of a list.
#[derive(Deserialize)]
struct PageItem {
    #[serde(default, deserialize_with = "lenient::text")]
    id: Option<String>,
}

impl ItemId {
    /// That of an item, if it has one.
    fn of(item: &RawValue) -> Option<Self> {
        let item: PageItem = serde_json::from_str(item.get()).ok()?;
        let id = item.id?;
        Some(match id.parse() {
            Ok(number) if !id.starts_with(['0', '+']) => Self::Number(number),
            _ => Self::Text(hash(&id)),
        })
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// A list that is read page by page. Of what was read it keeps the identifiers only.
#[derive(Debug)]
pub(super) struct PageReader {
    ids: BTreeSet<ItemId>,
    /// How many items there are so far, each counted once.
    count: usize,
    offset: usize,
    length: usize,
    taken: usize,
    /// Whether the page before was as long as asked for.
    full: bool,
    /// What the page before looked like.
    before: PageShape,
    /// The page that is being read.
    page: PageShape,
    /// How many of its items were not on the pages before.
    fresh: usize,
}

/// What tells pages of items without identifiers apart.
#[derive(Clone, Default, Debug)]
struct PageShape {
    received: usize,
    hasher: DefaultHasher,
}

/// Why pages do not make a list, in words.
pub(super) type Broken = &'static str;

/// Twenty times as many pages as the longest list takes at 500 items each, so that shorter pages are no trouble. What
/// bounds a list is the number of its items ([`MAX_ITEMS`]); this bounds the requests where pages have next to none.
const MAX_PAGES: usize = 2_000;

impl PageReader {
    /// An empty list, of pages of `length`.
    pub(super) fn new(length: usize) -> Self {
        Self {
            ids: BTreeSet::new(),
            count: 0,
            offset: 0,
            length,
            taken: 0,
            full: true,
            before: PageShape::default(),
            page: PageShape::default(),
            fresh: 0,
        }
    }

    /// How many items the next page begins behind.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// How many items there are so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Takes an item of the page in and says whether it is new: one that moved to a later page while we read is
    /// there twice.
    pub(super) fn add(&mut self, item: &RawValue) -> Result<bool, Broken> {
        self.page.received += 1;
        item.get().hash(&mut self.page.hasher);
        let is_new = ItemId::of(item).is_none_or(|id| self.ids.insert(id));
        if is_new {
            self.fresh += 1;
            self.count += 1;
        }
        if self.count > MAX_ITEMS {
            return Err("the list has no end");
        }
        Ok(is_new)
    }

    /// Ends the page and says whether another one follows. `total` is how many items there are on all pages, if the
    /// answer says it.
    pub(super) fn end(&mut self, total: Option<usize>) -> Result<bool, Broken> {
        let page = std::mem::take(&mut self.page);
        let fresh = std::mem::take(&mut self.fresh);
        let more_announced = |seen: usize| total.map(|total| seen < total);
        if page.received == 0 {
            // After a short page a total that counts more than is ever listed is no harm. At the
            // start, or after a full page, something is missing: not an empty list (L7).
            return match more_announced(self.offset) {
                Some(true) if self.full => Err("more is announced than is listed"),
                _ => Ok(false),
            };
        }
        // What has no identifier is known only by standing there twice as a whole page.
        let is_repeated = page.received == self.before.received
            && page.hasher.finish() == self.before.hasher.finish();
        if fresh == 0 || is_repeated {
            return Err("one page repeats another");
        }
        self.offset += page.received;
        self.full = page.received >= self.length;
        self.taken += 1;
        self.before = page;
        let more = more_announced(self.offset).unwrap_or(self.full);
        if more && self.taken >= MAX_PAGES {
            return Err("the list has no end");
        }
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Page = (Vec<String>, Option<usize>);

    fn page(ids: std::ops::Range<usize>, total: Option<usize>) -> Page {
        let items = ids.map(|id| format!(r#"{{"id":"{id}"}}"#));
        (items.collect(), total)
    }

    fn raw(text: String) -> Box<RawValue> {
        RawValue::from_string(text).unwrap()
    }

    /// What came of reading these pages: the ends of each, and how many items there are.
    fn read(pages: Vec<Page>) -> (Vec<Result<bool, Broken>>, usize) {
        let mut list = PageReader::new(3);
        let mut ends = Vec::new();
        for (items, total) in pages {
            let added = items
                .into_iter()
                .try_for_each(|item| list.add(&raw(item)).map(drop));
            ends.push(added.and_then(|()| list.end(total)));
            if ends.last().is_some_and(Result::is_err) {
                break;
            }
        }
        (ends, list.count())
    }

    #[test]
    fn a_list_is_read_to_its_announced_end() {
        let (answers, items) = read(vec![page(0..3, Some(5)), page(3..5, Some(5))]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        assert_eq!(items, 5);
        let (answers, _) = read(vec![page(0..2, Some(2))]);
        assert_eq!(answers, [Ok(false)]);
        // A server whose pages are shorter than was asked for.
        let (answers, items) = read(vec![page(0..2, Some(3)), page(2..3, Some(3))]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        assert_eq!(items, 3);
    }

    #[test]
    fn without_a_total_a_short_or_empty_page_is_the_last() {
        let (answers, _) = read(vec![page(0..3, None), page(3..4, None)]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        let (answers, _) = read(vec![page(0..3, None), page(0..0, None)]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        let (answers, items) = read(vec![page(0..0, None)]);
        assert_eq!((answers, items), (vec![Ok(false)], 0));
    }

    #[test]
    fn a_list_that_breaks_off_is_an_error_and_not_a_shorter_list() {
        let (answers, _) = read(vec![page(0..0, Some(4))]);
        assert_eq!(answers, [Err("more is announced than is listed")]);
        let (answers, _) = read(vec![page(0..3, Some(5)), page(0..0, Some(5))]);
        assert_eq!(answers, [Ok(true), Err("more is announced than is listed")]);
    }

    #[test]
    fn a_total_that_counts_what_is_never_listed_does_not_make_the_account_unusable() {
        let (answers, items) = read(vec![page(0..2, Some(4)), page(0..0, Some(4))]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        assert_eq!(items, 2);
    }

    #[test]
    fn a_server_that_ignores_the_offset_or_never_ends_is_noticed() {
        let (answers, _) = read(vec![page(0..3, Some(9)), page(0..3, Some(9))]);
        assert_eq!(answers, [Ok(true), Err("one page repeats another")]);
        let unnamed = || (vec!["\"a line\"".to_owned(); 3], None);
        let (answers, _) = read(vec![unnamed(), unnamed()]);
        assert_eq!(answers, [Ok(true), Err("one page repeats another")]);
        let endless = (0..MAX_PAGES).map(|it| page(it..it + 1, Some(usize::MAX)));
        let (answers, _) = read(endless.collect());
        assert_eq!(answers.len(), MAX_PAGES);
        assert_eq!(answers.last(), Some(&Err("the list has no end")));
    }

    #[test]
    fn what_bounds_a_list_is_its_items_and_not_its_pages() {
        // An honest zone of 50,400 records at the international site's 500 a page.
        let mut list = PageReader::new(500);
        for page in 0..101 {
            let items = page * 500..(page * 500 + 500).min(50_400);
            for id in items {
                let item = raw(format!(r#"{{"id":"{id}"}}"#));
                assert_eq!(list.add(&item), Ok(true));
            }
            assert_eq!(list.end(Some(50_400)), Ok(page < 100), "{page}");
        }
        assert_eq!(list.count(), 50_400);
        let mut list = PageReader::new(3);
        let mut added = (0..=MAX_ITEMS).map(|id| list.add(&raw(format!(r#"{{"id":{id}}}"#))));
        let first_error = added.position(|it| it.is_err());
        assert_eq!(first_error, Some(MAX_ITEMS));
    }

    #[test]
    fn identifiers_are_compared_as_they_are_written() {
        let mut list = PageReader::new(3);
        for (item, is_new) in [
            (r#"{"id":1}"#, true),
            (r#"{"id":"1"}"#, false),
            (r#"{"id":"01"}"#, true),
            (r#"{"id":"+1"}"#, true),
            (r#"{"id":"a"}"#, true),
            (r#"{"id":"a"}"#, false),
            (r#"{"id":null}"#, true),
            (r#"{"id":null}"#, true),
        ] {
            assert_eq!(list.add(&raw(item.to_owned())), Ok(is_new), "{item}");
        }
    }

    #[test]
    fn what_moves_to_a_later_page_meanwhile_is_listed_once() {
        let (answers, items) = read(vec![page(0..3, Some(5)), page(2..5, Some(6))]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        assert_eq!(items, 5);
    }
}
