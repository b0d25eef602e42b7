//! Who of a built-in list is asked first.

/// The positions of a list of `count`, beginning with another one each turn: the load is spread,
/// and no single operator that is stale can go on repeating an old address as the only one asked.
pub(super) fn rotated(count: usize, turn: usize) -> impl Iterator<Item = usize> {
    let first = turn.checked_rem(count).unwrap_or_default();
    (first..count).chain(0..first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_turn_begins_with_the_next_and_asks_all() {
        let table: [(usize, usize, &[usize]); 8] = [
            (0, 5, &[]),
            (1, 7, &[0]),
            (4, 0, &[0, 1, 2, 3]),
            (4, 1, &[1, 2, 3, 0]),
            (4, 3, &[3, 0, 1, 2]),
            (4, 4, &[0, 1, 2, 3]),
            (4, 6, &[2, 3, 0, 1]),
            (3, usize::MAX, &[0, 1, 2]),
        ];
        for (count, turn, order) in table {
            assert_eq!(
                rotated(count, turn).collect::<Vec<_>>(),
                order,
                "{count} {turn}"
            );
        }
    }
}
