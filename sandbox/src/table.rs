//! The records of a zone, found by id and by name: finding one costs the same among ten thousand as among ten.

use std::collections::{BTreeMap, BTreeSet};

/// Something that has an id and stands at a name.
pub(crate) trait TableRow {
    fn id(&self) -> u64;

    /// The name by which it is found and sorted; no two names share one.
    fn place(&self) -> String;
}

/// Rows in the order in which they were made, which is that of their ids.
#[derive(Debug)]
pub(crate) struct Table<R> {
    rows: BTreeMap<u64, R>,
    places: BTreeSet<(String, u64)>,
    version: u64,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            places: BTreeSet::new(),
            version: 0,
        }
    }
}

impl<R: TableRow> Table<R> {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A number that no other state of this table had.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn get(&self, id: u64) -> Option<&R> {
        self.rows.get(&id)
    }

    pub(crate) fn insert(&mut self, row: R) {
        self.version += 1;
        self.places.insert((row.place(), row.id()));
        self.rows.insert(row.id(), row);
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<R> {
        let row = self.rows.remove(&id)?;
        self.version += 1;
        self.places.remove(&(row.place(), id));
        Some(row)
    }

    /// Changes a row in whatever way, its name included.
    pub(crate) fn change<T>(&mut self, id: u64, change: impl FnOnce(&mut R) -> T) -> Option<T> {
        let row = self.rows.get_mut(&id)?;
        self.version += 1;
        let before = row.place();
        let result = change(row);
        let after = row.place();
        if before != after {
            self.places.remove(&(before, id));
            self.places.insert((after, id));
        }
        Some(result)
    }

    /// In the order in which they were made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    /// In the order of their names, those at one name in that of their ids.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = &R> {
        self.places.iter().filter_map(|(_, id)| self.rows.get(id))
    }

    /// Those at one name.
    pub(crate) fn at<'a>(&'a self, place: &str) -> impl Iterator<Item = &'a R> + use<'a, R> {
        let all = (place.to_owned(), 0)..=(place.to_owned(), u64::MAX);
        let here = self.places.range(all);
        here.filter_map(|(_, id)| self.rows.get(id))
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, TableRow};

    impl TableRow for (u64, &'static str) {
        fn id(&self) -> u64 {
            self.0
        }

        fn place(&self) -> String {
            self.1.to_owned()
        }
    }

    fn table() -> Table<(u64, &'static str)> {
        let mut table = Table::default();
        for row in [(1, "b"), (2, "a"), (3, "b"), (4, "bb")] {
            table.insert(row);
        }
        table
    }

    fn ids<'a>(rows: impl Iterator<Item = &'a (u64, &'static str)>) -> Vec<u64> {
        rows.map(|row| row.0).collect()
    }

    #[test]
    fn rows_are_found_by_name_and_sorted_by_it() {
        let table = table();
        assert_eq!(ids(table.iter()), [1, 2, 3, 4]);
        assert_eq!(ids(table.sorted()), [2, 1, 3, 4]);
        assert_eq!(ids(table.at("b")), [1, 3]);
    }

    #[test]
    fn every_change_makes_another_version() {
        let mut table = table();
        let mut versions = vec![table.version()];
        table.change(1, |row| row.1 = "a");
        versions.push(table.version());
        table.remove(3);
        versions.push(table.version());
        table.remove(3);
        assert_eq!(versions, [4, 5, 6]);
        assert_eq!(table.version(), 6);
    }

    #[test]
    fn a_row_that_moves_or_goes_is_no_longer_found_where_it_was() {
        let mut table = table();
        table.change(1, |row| row.1 = "a");
        assert_eq!(ids(table.at("a")), [1, 2]);
        assert_eq!(ids(table.at("b")), [3]);
        assert!(table.remove(3).is_some() && table.remove(3).is_none());
        assert_eq!(ids(table.at("b")), [0; 0]);
    }
}
