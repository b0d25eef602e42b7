//! The source of a page of the manual.

use std::mem::take;

use roff::{Inline, Roff, bold, italic, roman};

/// A page, written from its beginning to its end.
pub(crate) struct RoffPage {
    roff: Roff,
    /// Nothing stands below the last head yet: what follows needs no paragraph to begin.
    fresh: bool,
}

impl RoffPage {
    /// A page by this name, of this section of the manual.
    pub(crate) fn new(name: &str, section: &str, manual: &str) -> Self {
        let mut roff = Roff::new();
        let version = concat!("moored ", env!("CARGO_PKG_VERSION"));
        roff.control("TH", [name, section, DATE, version, manual]);
        // Left-adjusted, and words are not divided: they are to be copied.
        roff.control("ad", ["l"]).control("nh", []);
        Self { roff, fresh: false }
    }

    /// The head of a section.
    pub(crate) fn section(&mut self, name: &str) {
        self.roff.control("SH", [name]);
        self.fresh = true;
    }

    /// A paragraph. What stands in backticks is bold.
    pub(crate) fn text(&mut self, text: &str) {
        self.paragraph();
        self.roff.text(prose(text));
    }

    fn paragraph(&mut self) {
        if !take(&mut self.fresh) {
            self.roff.control("PP", []);
        }
    }

    /// A term and what it means.
    pub(crate) fn item(&mut self, term: Vec<Inline>, text: &str) {
        self.fresh = false;
        self.roff.control("TP", []).text(term).text(prose(text));
    }

    /// A further paragraph of the item before.
    pub(crate) fn more(&mut self, text: &str) {
        self.roff.control("IP", []).text(prose(text));
    }

    /// What belongs to the item before, further in.
    pub(crate) fn within(&mut self, items: impl FnOnce(&mut Self)) {
        self.roff.control("RS", []);
        items(self);
        self.roff.control("RE", []);
    }

    /// Lines as they are.
    pub(crate) fn lines(&mut self, text: &str) {
        self.paragraph();
        self.roff.control("in", ["+4n"]).control("EX", []);
        for line in text.trim_end().lines() {
            self.roff.text([roman(line)]);
        }
        self.roff.control("EE", []).control("in", []);
    }

    /// Several lines of which none is joined to the next.
    pub(crate) fn list(&mut self, lines: Vec<Vec<Inline>>) {
        self.paragraph();
        for (position, line) in lines.into_iter().enumerate() {
            if position > 0 {
                self.roff.control("br", []);
            }
            self.roff.text(line);
        }
    }

    /// The whole source.
    pub(crate) fn source(&self) -> String {
        self.roff.to_roff()
    }
}

/// The day these words were last looked over as a whole; it does not follow the clock, for then the same source
/// would not make the same page.
const DATE: &str = "2026-11-22";

/// Prose whose words in backticks are bold. Each sentence has a line of its own in the source, as roff likes it.
pub(crate) fn prose(text: &str) -> Vec<Inline> {
    let text = text.replace(". ", ".\n");
    let mut parts = Vec::new();
    for (position, part) in text.split('`').enumerate() {
        match (part.is_empty(), position % 2) {
            (true, _) => {}
            (false, 0) => parts.push(roman(part)),
            (false, _) => parts.push(bold(part)),
        }
    }
    parts
}

/// A line of a synopsis: words in capitals stand for something, everything else is typed.
pub(crate) fn synopsis(line: &str) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut word = String::new();
    let end = |word: &mut String, parts: &mut Vec<Inline>| {
        let stands_for = word.chars().any(char::is_uppercase) && !word.contains(char::is_lowercase);
        match (word.is_empty(), stands_for) {
            (true, _) => {}
            (false, true) => parts.push(italic(take(word))),
            (false, false) => parts.push(bold(take(word))),
        }
    };
    for letter in line.chars() {
        if " []|.=<>".contains(letter) && !(letter == '.' && word.ends_with("moored")) {
            end(&mut word, &mut parts);
            if !"<>".contains(letter) {
                parts.push(roman(letter.to_string()));
            }
        } else {
            word.push(letter);
        }
    }
    end(&mut word, &mut parts);
    parts
}
