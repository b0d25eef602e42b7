//! Standard error: the one writer of this process.

use std::{
    convert::Infallible,
    io,
    sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    line_queue::LineQueue,
    stream::{Stream, now},
};

static STDERR: LazyLock<Writer> =
    LazyLock::new(|| Writer::new(Stream::new(rustix::stdio::stderr())));

/// Makes the line that tells of dropped ones.
type DropNotice = Box<dyn Fn(u64) -> String + Send + Sync>;

struct Writer {
    stream: Stream,
    queue: Mutex<LineQueue>,
    /// Told when the queue is no longer empty.
    queued: Notify,
    notice: OnceLock<DropNotice>,
}

/// Says how the log tells that lines of it were dropped.
pub fn describe_drops(notice: impl Fn(u64) -> String + Send + Sync + 'static) {
    // The second log of a process is none.
    let _ = STDERR.notice.set(Box::new(notice));
}

/// Writes lines to standard error, now or as soon as there is room, and never waits.
pub fn write_text(text: &[u8]) {
    STDERR.write(text);
}

/// Writes what is in the queue whenever there is room. While the queue is empty nothing wakes it.
pub async fn keep_writing() -> Infallible {
    STDERR.keep_writing().await
}

/// Waits for so long at most until the queue is written.
pub fn finish(limit: Duration) {
    STDERR.finish(limit);
}

impl Writer {
    fn new(stream: Stream) -> Self {
        Self {
            stream,
            queue: Mutex::default(),
            queued: Notify::new(),
            notice: OnceLock::new(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, LineQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notice(&self, dropped: u64) -> String {
        match self.notice.get() {
            Some(notice) => notice(dropped),
            None => format!("{dropped} lines were dropped: nobody read them\n"),
        }
    }

    fn write(&self, text: &[u8]) {
        let mut queue = self.queue();
        if !self.drain(&mut queue) {
            queue.push(text, |dropped| self.notice(dropped));
            self.queued.notify_one();
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if rest.len() == text.len() {
                        queue.push(text, |dropped| self.notice(dropped));
                    } else {
                        queue.push_rest(rest);
                    }
                    self.queued.notify_one();
                    return;
                }
                // Nobody reads any more, or the disk is full: there is nobody left to say it to.
                Err(_) => return,
            }
        }
    }

    /// Writes the queue as far as there is room; whether it is empty now.
    fn drain(&self, queue: &mut LineQueue) -> bool {
        loop {
            let Some(next) = queue.next() else {
                queue.push_notice(|dropped| self.notice(dropped));
                if queue.is_empty() {
                    return true;
                }
                continue;
            };
            match self.stream.write(next) {
                Ok(count) => queue.advance(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(_) => queue.clear(),
            }
        }
    }

    async fn keep_writing(&self) -> Infallible {
        loop {
            // What cannot be waited for, or has room and takes nothing, is tried again with the next line.
            if self.queue().is_empty()
                || self.stream.writable().await.is_err()
                || !self.makes_progress()
            {
                self.queued.notified().await;
            }
        }
    }

    fn makes_progress(&self) -> bool {
        let mut queue = self.queue();
        let before = queue.waiting_bytes();
        self.drain(&mut queue) || queue.waiting_bytes() < before
    }

    fn finish(&self, limit: Duration) {
        let end = now().saturating_add(limit);
        while !self.drain(&mut self.queue()) {
            let left = end.saturating_sub(now());
            if !matches!(self.stream.wait(Some(left)), Ok(true)) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        os::fd::{AsFd, BorrowedFd, OwnedFd},
    };

    use futures_util::FutureExt;

    use super::*;

    fn writer() -> (io::PipeReader, Writer) {
        let (reader, writer) = io::pipe().unwrap();
        let fd: &'static OwnedFd = Box::leak(Box::new(writer.into()));
        let fd: BorrowedFd<'static> = fd.as_fd();
        (reader, Writer::new(Stream::new(fd)))
    }

    /// Whole lines of `count` numbers, as the reader has them, without those that tell of drops.
    fn numbers(text: &str) -> Vec<u32> {
        let lines = text.lines().filter(|line| !line.contains("dropped"));
        lines
            .map(|line| line.trim_end_matches('.').parse().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn what_nobody_reads_is_kept_then_dropped_then_told_of_once_somebody_does() {
        let (mut reader, writer) = writer();
        let mut keeps_writing = Box::pin(writer.keep_writing());
        assert!(keeps_writing.as_mut().now_or_never().is_none());
        for number in 0..5_000 {
            writer.write(format!("{number}{}\n", ".".repeat(90)).as_bytes());
        }
        assert!(keeps_writing.as_mut().now_or_never().is_none());
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&text).contains("dropped") {
            let count = reader.read(&mut piece).unwrap();
            text.extend_from_slice(piece.get(..count).unwrap());
            tokio::select! {
                biased;
                _ = &mut keeps_writing => {}
                () = tokio::task::yield_now() => {}
            }
        }
        writer.write(b"5000\n");
        drop(keeps_writing);
        drop(writer);
        let text = String::from_utf8(text).unwrap();
        let read = numbers(&text);
        assert!(read.len() > 1_000);
        assert!(
            read.iter()
                .copied()
                .eq(0..u32::try_from(read.len()).unwrap())
        );
        let told = text.lines().last().unwrap();
        let expected = format!(
            "{} lines were dropped: nobody read them",
            5_000 - read.len()
        );
        assert_eq!(told, expected);
        let mut last = [0; 5];
        reader.read_exact(&mut last).unwrap();
        assert_eq!(&last, b"5000\n");
    }

    #[test]
    fn the_end_waits_a_while_for_a_reader_and_no_longer() {
        let (mut reader, writer) = writer();
        let line = [b'x'; 100];
        for _ in 0..700 {
            writer.write(&line);
        }
        writer.finish(Duration::from_millis(20));
        let thread = std::thread::spawn(move || {
            let mut bytes = vec![0; 70_000];
            reader.read_exact(&mut bytes).unwrap();
        });
        writer.finish(Duration::from_mins(1));
        assert!(writer.queue().is_empty());
        thread.join().unwrap();
    }
}
