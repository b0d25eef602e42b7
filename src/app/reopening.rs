//! Something of the kernel's that is listened to, and may fail.

use std::{
    cell::{Cell, RefCell},
    io,
    rc::Rc,
};

/// What is said when an outage begins, with what went wrong, and when it is over.
type OutageLog = Box<dyn Fn(Result<(), &io::Error>)>;

/// Opened when a round begins, and after an error again when another one does. Each outage is spoken
/// of once.
pub(super) struct Reopening<T> {
    open: Box<dyn Fn() -> io::Result<T>>,
    say: OutageLog,
    heard: RefCell<Option<Rc<T>>>,
    is_deaf: Cell<bool>,
}

impl<T> Reopening<T> {
    /// An ear that hears nothing yet.
    pub(super) fn new(
        open: impl Fn() -> io::Result<T> + 'static,
        say: impl Fn(Result<(), &io::Error>) + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            say: Box::new(say),
            heard: RefCell::default(),
            is_deaf: Cell::default(),
        }
    }

    /// Opens it unless it is open; what it hears with, if that worked.
    pub(super) fn listen(&self) -> Option<Rc<T>> {
        let open = self.heard.borrow().clone();
        open.or_else(|| match (self.open)() {
            Ok(opened) => {
                if self.is_deaf.take() {
                    (self.say)(Ok(()));
                }
                let opened = Rc::new(opened);
                *self.heard.borrow_mut() = Some(Rc::clone(&opened));
                Some(opened)
            }
            Err(error) => {
                self.failed(&error);
                None
            }
        })
    }

    fn failed(&self, error: &io::Error) {
        self.heard.take();
        if !self.is_deaf.replace(true) {
            (self.say)(Err(error));
        }
    }

    /// What `hear` hears next; nothing for ever while it cannot hear.
    pub(super) async fn next<N>(&self, hear: impl AsyncFn(&T) -> io::Result<N>) -> N {
        let open = self.heard.borrow().clone();
        if let Some(open) = open {
            match hear(&open).await {
                Ok(news) => return news,
                Err(error) => self.failed(&error),
            }
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_fails_is_opened_again_once_a_round_and_each_outage_is_spoken_of_once() {
        // Whether opening works, and whether hearing does, in each of these rounds.
        let rounds = [
            (true, true),
            (true, false),
            (false, false),
            (false, false),
            (true, true),
            (true, true),
            (true, false),
            (true, true),
        ];
        let round = Rc::new(Cell::new(0));
        let opened = Rc::new(Cell::new(0));
        let said = Rc::new(RefCell::new(Vec::new()));
        let result = |ok: bool| ok.then_some(()).ok_or(io::ErrorKind::NotConnected.into());
        let (now, count, words) = (round.clone(), opened.clone(), said.clone());
        let open = move || {
            count.set(count.get() + 1);
            result(rounds[now.get()].0)
        };
        let reopening = Reopening::new(open, move |how| words.borrow_mut().push(how.is_ok()));
        let mut news = Vec::new();
        for (number, (_, hears)) in rounds.into_iter().enumerate() {
            round.set(number);
            reopening.listen();
            // However often it is waited for within the round.
            for _ in 0..3 {
                let heard = reopening.next(async |()| result(hears)).now_or_never();
                news.push(heard.is_some());
            }
        }
        let each_round: Vec<bool> = news.chunks(3).map(|it| it == [true; 3]).collect();
        let expected = [true, false, false, false, true, true, false, true];
        assert_eq!(each_round, expected);
        assert_eq!(*said.borrow(), [false, true, false, true]);
        assert_eq!(opened.get(), 1 + 3 + 1);
    }
}
