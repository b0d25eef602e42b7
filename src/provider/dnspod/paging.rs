//! Pages put together to a list: complete, or an error, and always with an end.

use std::{borrow::Cow, collections::BTreeSet};

use super::types::{Domain, Record};
use crate::{
    core::outcome::{Class, Failure},
    provider::book::Progress,
};

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Page<T> {
    /// What is on it.
    pub(super) items: Vec<T>,
    /// How many there are on all pages, if the answer says it.
    pub(super) total: Option<usize>,
}

/// What is listed in pages.
pub(super) trait Listed: PartialEq {
    /// Its identifier; `None` for what has none.
    fn id(&self) -> Option<Cow<'_, str>>;
}

impl Listed for Domain {
    fn id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id))
    }
}

impl Listed for Record {
    fn id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id))
    }
}

/// A list that grows page by page.
#[derive(Debug)]
struct Pages<T> {
    items: Vec<T>,
    ids: BTreeSet<String>,
    offset: usize,
    length: usize,
    taken: usize,
    /// Whether the page before was as long as asked for.
    full: bool,
}

/// Why pages do not make a list, in words.
type Broken = &'static str;

/// Far more pages than any account has: 50 000 domains or records at 500 each.
const MOST_PAGES: usize = 100;

impl<T: Listed> Pages<T> {
    /// An empty list, of pages of `length`.
    fn new(length: usize) -> Self {
        Self {
            items: Vec::new(),
            ids: BTreeSet::new(),
            offset: 0,
            length,
            taken: 0,
            full: true,
        }
    }

    /// Takes a page in and says whether another one follows.
    fn add(&mut self, page: Page<T>) -> Result<bool, Broken> {
        let received = page.items.len();
        let more_announced = |seen: usize| page.total.map(|total| seen < total);
        if received == 0 {
            // After a short page a total that counts more than is ever listed is no harm. At the
            // start, or after a full page, something is missing: not an empty list (L7).
            return match more_announced(self.offset) {
                Some(true) if self.full => Err("more is announced than is listed"),
                _ => Ok(false),
            };
        }
        // What has no identifier is known only by standing there twice as a whole page.
        if self.taken > 0 && self.items.ends_with(&page.items) {
            return Err("one page repeats another");
        }
        let known = self.items.len();
        for item in page.items {
            // An item that moved to a later page while we read is there twice.
            let is_new = match item.id() {
                Some(id) => self.ids.insert(id.into_owned()),
                None => true,
            };
            if is_new {
                self.items.push(item);
            }
        }
        if self.items.len() == known {
            return Err("one page repeats another");
        }
        self.offset += received;
        self.full = received >= self.length;
        self.taken += 1;
        let more = more_announced(self.offset).unwrap_or(self.full);
        if more && self.taken >= MOST_PAGES {
            return Err("the list has no end");
        }
        Ok(more)
    }
}

/// Reads a list of pages of `length` to its end: `fetch` brings the page behind so many items.
/// `subject` says in an error what was being listed.
pub(super) async fn collect<T: Listed>(
    length: usize,
    subject: &str,
    progress: Progress<'_>,
    mut fetch: impl AsyncFnMut(usize) -> Result<Page<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut pages = Pages::new(length);
    loop {
        let page = fetch(pages.offset).await?;
        let total = page.total;
        let more = pages
            .add(page)
            .map_err(|what| Failure::of_account(Class::Contract, format!("{subject}: {what}")))?;
        progress(pages.items.len(), total);
        if !more {
            return Ok(pages.items);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: std::ops::Range<usize>, total: Option<usize>) -> Page<Domain> {
        let items = ids.map(|id| Domain {
            id: id.to_string(),
            ..Domain::default()
        });
        Page {
            items: items.collect(),
            total,
        }
    }

    /// What came of reading these pages: the answers of `add`, and how many items there are.
    fn read(pages: Vec<Page<Domain>>) -> (Vec<Result<bool, Broken>>, usize) {
        let mut list = Pages::new(3);
        let answers = pages.into_iter().map(|page| list.add(page)).collect();
        (answers, list.items.len())
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
        let endless = (0..MOST_PAGES).map(|it| page(it * 3..it * 3 + 3, Some(usize::MAX)));
        let (answers, _) = read(endless.collect());
        assert_eq!(answers.last(), Some(&Err("the list has no end")));
    }

    #[test]
    fn what_moves_to_a_later_page_meanwhile_is_listed_once() {
        let (answers, items) = read(vec![page(0..3, Some(5)), page(2..5, Some(6))]);
        assert_eq!(answers, [Ok(true), Ok(false)]);
        assert_eq!(items, 5);
    }
}
