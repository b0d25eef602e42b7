//! A router's XML, within limits. A document type is skipped, so that there are no entities but XML's own
//! five; the number of elements and texts is limited; the parser does not recurse, so depth needs no limit.
//!
//! Routers write XML by hand: raw ampersands, prefixes that nothing declares, a byte order mark in the wrong
//! place, text after the root. None of that changes what an element says, so none of it is refused. An element
//! that is not closed is: the rest of the document may be missing.

use std::borrow::Cow;

use quick_xml::{Error, Reader, errors::IllFormedError, escape, events::Event};

/// The longest text that is read, in bytes. Descriptions have a few thousand.
pub(super) const MAX_DOCUMENT_BYTES: usize = 64 << 10;

/// The most elements and pieces of text that are read.
pub(super) const MAX_PARTS: usize = 8_192;

/// An element and its text.
struct XmlElement {
    /// Its name without the prefix: routers are careless with namespaces.
    name: String,
    /// The place of the element that it is in.
    parent: Option<usize>,
    /// What it says before its first child.
    text: String,
    has_children: bool,
}

/// A document's elements in the order of their beginnings.
pub(super) struct XmlDocument(Vec<XmlElement>);

/// A router's text; what is not UTF-8 in it is of no interest here.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(format!(
            "its answer is longer than {MAX_DOCUMENT_BYTES} bytes"
        ));
    }
    Ok(String::from_utf8_lossy(bytes))
}

/// Reads a document up to the end of its root element.
pub(super) fn document(text: &str) -> Result<XmlDocument, &'static str> {
    // There are routers that end it with a zero, or begin it with an empty line or a byte order mark, or both.
    let around = |at: char| matches!(at, '\0' | '\u{feff}') || at.is_ascii_whitespace();
    let text = text.trim_matches(around);
    if text.is_empty() {
        return Err("its answer is empty, so no well-formed XML");
    }
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut reading = XmlReader::default();
    for _ in 0..MAX_PARTS {
        // The parser's own words would repeat what stands in the text.
        let event = reader.read_event().map_err(|error| explain(&error))?;
        if reading.take(event)? {
            return Ok(XmlDocument(reading.elements));
        }
    }
    Err("its answer has too many parts")
}

/// A document that is being read.
#[derive(Default)]
struct XmlReader {
    elements: Vec<XmlElement>,
    /// The place of the innermost element that has begun and not ended.
    open: Option<usize>,
}

impl XmlReader {
    /// Takes in what comes next. Whether that was the root's end.
    fn take(&mut self, event: Event<'_>) -> Result<bool, &'static str> {
        match event {
            Event::Start(tag) => {
                self.begin(tag.local_name().into_inner());
                Ok(false)
            }
            Event::Empty(tag) => {
                self.begin(tag.local_name().into_inner());
                Ok(self.end())
            }
            Event::End(_) => Ok(self.end()),
            Event::Text(text) => self.say(&text),
            Event::CData(text) => self.say(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => self.say(character.encode_utf8(&mut [0; 4])),
                // What is not one of XML's five entities is a raw ampersand, or an entity that the document type
                // defines: either stays as it is.
                _ => match escape::resolve_xml_entity(&reference) {
                    Some(character) => self.say(character),
                    None => self.say(&format!("&{};", &*reference)),
                },
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(false),
            Event::Eof if self.elements.is_empty() => {
                Err("its answer is no well-formed XML: it has no element")
            }
            Event::Eof => Err("its answer is no well-formed XML: its first element has no end"),
        }
    }

    fn begin(&mut self, name: &str) {
        if let Some(parent) = self.open.and_then(|place| self.elements.get_mut(place)) {
            parent.has_children = true;
        }
        self.elements.push(XmlElement {
            name: name.to_owned(),
            parent: self.open,
            text: String::new(),
            has_children: false,
        });
        self.open = Some(self.elements.len() - 1);
    }

    /// Ends the innermost element. Whether it was the root.
    fn end(&mut self) -> bool {
        self.open = self.open.and_then(|place| self.elements.get(place)?.parent);
        self.open.is_none()
    }

    fn say(&mut self, text: &str) -> Result<bool, &'static str> {
        match self.open.and_then(|place| self.elements.get_mut(place)) {
            Some(element) if !element.has_children => element.text.push_str(text),
            Some(_) => {}
            None if text.trim().is_empty() => {}
            None => return Err("its answer is no well-formed XML: it begins with other text"),
        }
        Ok(false)
    }
}

fn explain(error: &Error) -> &'static str {
    match error {
        Error::IllFormed(
            IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_),
        ) => "its answer is no well-formed XML: an element ends as another one",
        Error::Syntax(_) => "its answer is no well-formed XML: it ends within a tag or comment",
        _ => "its answer is no well-formed XML",
    }
}

impl XmlDocument {
    /// The places of the elements of a name, whatever their namespace.
    pub(super) fn named(&self, name: &'static str) -> impl Iterator<Item = usize> {
        let all = self.0.iter().enumerate();
        all.filter_map(move |(place, element)| (element.name == name).then_some(place))
    }

    /// The text of the element at a place, without the space around it.
    pub(super) fn content(&self, place: usize) -> &str {
        self.0.get(place).map_or("", |element| element.text.trim())
    }

    /// The text of an element's first child of a name.
    pub(super) fn child(&self, parent: usize, name: &str) -> Option<&str> {
        let children = self.0.iter().skip(parent);
        let mut named =
            children.filter(|element| element.parent == Some(parent) && element.name == name);
        named.next().map(|element| element.text.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the element `a` of a document says.
    fn said(text: &str) -> Result<String, &'static str> {
        let document = document(text)?;
        let place = document.named("a").next().expect("an element `a`");
        Ok(document.content(place).to_owned())
    }

    #[test]
    fn careless_xml_says_what_it_says() {
        for (what, text, content) in [
            ("a raw ampersand", "<a>R & D</a>", "R & D"),
            ("a raw ampersand at the end", "<a>R &</a>", "R &"),
            ("two raw ampersands", "<a>R && D</a>", "R && D"),
            (
                "a raw and an escaped one",
                "<a>?b=1&c=2&amp;d</a>",
                "?b=1&c=2&d",
            ),
            (
                "a raw one before a semicolon",
                "<a>R & D; E</a>",
                "R & D; E",
            ),
            ("one in an attribute", "<r b=\"R & D\"><a>x</a></r>", "x"),
            ("an undeclared prefix", "<r><u:a b:c=\"d\">x</u:a></r>", "x"),
            ("an attribute twice", "<r b='1' b='2'><a>x</a></r>", "x"),
            ("an attribute without quotes", "<r b=1><a>x</a></r>", "x"),
            ("a document type", "<!DOCTYPE r><a>x</a>", "x"),
            (
                "a document type from elsewhere",
                "<?xml version=\"1.0\"?><!DOCTYPE r SYSTEM \"http://192.0.2.1/r.dtd\">\n<a>x</a>",
                "x",
            ),
            (
                "a document type with definitions",
                "<!DOCTYPE r [<!ELEMENT r ANY> <!ENTITY b \"]>y\">]><a>x</a>",
                "x",
            ),
            (
                "junk after the root",
                "<a>x</a>\n<!-- <br> & </a> junk",
                "x",
            ),
            ("a second root", "<a>x</a><a>y</a>", "x"),
            (
                "a byte order mark",
                "\u{feff}<?xml version=\"1.0\"?><a>x</a>",
                "x",
            ),
            (
                "one before a newline",
                "\u{feff}\r\n<?xml version=\"1.0\"?><a>x</a>",
                "x",
            ),
            (
                "one after a newline",
                "\n\u{feff}<?xml version=\"1.0\"?><a>x</a>",
                "x",
            ),
            ("zeros at the end", "<a>x</a>\0\0", "x"),
            (
                "a late declaration",
                "<!-- --><?xml version=\"1.0\"?><a>x</a>",
                "x",
            ),
            (
                "a comment with dashes",
                "<r><!-- a -- b --><a>x</a></r>",
                "x",
            ),
            ("characters by number", "<a>&#120;&#x79;</a>", "xy"),
            ("literal text", "<a><![CDATA[R & D]]></a>", "R & D"),
        ] {
            assert_eq!(said(text).as_deref(), Ok(content), "{what}");
        }
    }

    #[test]
    fn an_entity_of_a_document_type_is_never_replaced() {
        let text = "<!DOCTYPE a [<!ENTITY b \"84.212.10.20\">]><a>&b;</a>";
        assert_eq!(said(text).as_deref(), Ok("&b;"));
        let outside = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>";
        assert_eq!(said(outside).as_deref(), Ok("&b;"));
    }

    #[test]
    fn what_is_wrong_with_other_text_is_named() {
        for (text, what) in [
            ("", "empty"),
            ("\u{feff}\r\n", "empty"),
            ("84.212.10.20", "other text"),
            ("Error: <a>x</a>", "other text"),
            ("<!-- nothing -->", "no element"),
            ("<r><a>x</a>", "no end"),
            ("<r><a>x</a", "within a tag"),
            ("<r><a>x</r></a>", "as another"),
            ("</r>", "as another"),
        ] {
            let error = said(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
            assert!(error.contains("no well-formed XML"), "{text}: {error}");
        }
    }

    #[test]
    fn the_text_of_an_element_is_what_stands_before_its_first_child() {
        assert_eq!(said("<a>1<b>2</b>3</a>").as_deref(), Ok("1"));
        assert_eq!(said("<a><b>2</b>3</a>").as_deref(), Ok(""));
        assert_eq!(said("<a>1<!-- -->3</a>").as_deref(), Ok("13"));
    }
}
