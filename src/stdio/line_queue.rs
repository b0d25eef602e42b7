//! Lines that wait to be written, within a limit, and a count of those that found no room.

use std::collections::VecDeque;

/// How many bytes may wait.
const MAX_BYTES: usize = 64 << 10;

/// A queue of lines.
#[derive(Default, Debug)]
pub(super) struct LineQueue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// How much of the first line is written.
    written: usize,
    dropped: u64,
}

impl LineQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many bytes are still to be written.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.bytes.saturating_sub(self.written)
    }

    /// Adds a line, or counts it as dropped. `notice` makes the line that tells of dropped ones; it stands where
    /// they would have stood.
    pub(super) fn push(&mut self, line: &[u8], notice: impl Fn(u64) -> String) {
        if self.dropped > 0 {
            let notice = notice(self.dropped).into_bytes();
            if !self.has_room(notice.len() + line.len()) {
                self.dropped += 1;
                return;
            }
            self.dropped = 0;
            self.append(notice);
        }
        if self.has_room(line.len()) {
            self.append(line.to_vec());
        } else {
            self.dropped += 1;
        }
    }

    /// Adds what is left of a line that is written in part: it is never cut.
    pub(super) fn push_rest(&mut self, rest: &[u8]) {
        self.append(rest.to_vec());
    }

    /// Adds the line that tells of dropped ones, where there is none waiting to be told of them later.
    pub(super) fn push_notice(&mut self, notice: impl Fn(u64) -> String) {
        if self.dropped > 0 {
            self.append(notice(self.dropped).into_bytes());
            self.dropped = 0;
        }
    }

    /// What is to be written next.
    pub(super) fn next(&self) -> Option<&[u8]> {
        self.lines.front()?.get(self.written..)
    }

    /// So many bytes of that are written.
    pub(super) fn advance(&mut self, count: usize) {
        self.written += count;
        let length = self.lines.front().map_or(0, Vec::len);
        if self.written >= length {
            self.lines.pop_front();
            self.bytes = self.bytes.saturating_sub(length);
            self.written = 0;
        }
        if self.lines.is_empty() {
            // What a storm needed is given back.
            self.lines.shrink_to_fit();
        }
    }

    /// Forgets everything: nobody will ever read it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn has_room(&self, length: usize) -> bool {
        self.bytes + length <= MAX_BYTES
    }

    fn append(&mut self, line: Vec<u8>) {
        self.bytes += line.len();
        self.lines.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(count: u64) -> String {
        format!("{count} dropped\n")
    }

    fn drain(queue: &mut LineQueue) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = queue.next() {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
            let length = line.len();
            queue.advance(length);
        }
        lines
    }

    #[test]
    fn lines_beyond_the_limit_are_counted_and_told_of_where_they_are_missing() {
        let mut queue = LineQueue::default();
        let long = vec![b'x'; MAX_BYTES / 2];
        queue.push(&long, notice);
        queue.push(&long, notice);
        for _ in 0..3 {
            queue.push(b"lost\n", notice);
        }
        assert!(queue.bytes <= MAX_BYTES);
        let first = queue.next().unwrap().len();
        queue.advance(first);
        queue.push(b"kept\n", notice);
        let lines = drain(&mut queue);
        assert_eq!(lines.get(1..).unwrap(), ["3 dropped\n", "kept\n"]);
        assert_eq!(queue.bytes, 0);
        queue.push_notice(notice);
        assert!(queue.is_empty());
    }

    #[test]
    fn dropped_lines_are_told_of_although_no_other_line_follows() {
        let mut queue = LineQueue::default();
        queue.push(&vec![b'x'; MAX_BYTES], notice);
        queue.push(b"lost\n", notice);
        drain(&mut queue);
        queue.push_notice(notice);
        assert_eq!(drain(&mut queue), ["1 dropped\n"]);
        queue.push_notice(notice);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_line_that_is_written_in_part_goes_on_where_it_stopped() {
        let mut queue = LineQueue::default();
        queue.push(b"first\n", notice);
        queue.push(b"second\n", notice);
        queue.advance(2);
        assert_eq!(queue.next().unwrap(), b"rst\n");
        queue.advance(4);
        assert_eq!(queue.next().unwrap(), b"second\n");
        // However full it is.
        queue.push_rest(&vec![b'x'; MAX_BYTES]);
        assert_eq!(drain(&mut queue).len(), 2);
    }
}
