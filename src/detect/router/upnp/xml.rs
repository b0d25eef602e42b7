//! A router's XML, within limits: no document type, so no entities of its own, and no more nodes than
//! a description has. Depth needs no limit: it is read without recursion.

use std::borrow::Cow;

use roxmltree::{Document, Error, Node, ParsingOptions};

/// The longest text that is read, in bytes. Descriptions have a few thousand.
pub(super) const CAP: usize = 64 << 10;

/// Elements, texts and attributes.
pub(super) const NODES: u32 = 8_192;

/// A router's text; what is not UTF-8 in it is of no interest here.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    if bytes.len() > CAP {
        return Err(format!("its answer is longer than {CAP} bytes"));
    }
    Ok(String::from_utf8_lossy(bytes))
}

/// Reads it whole.
pub(super) fn document(text: &str) -> Result<Document<'_>, &'static str> {
    let limits = ParsingOptions {
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    // There are routers that end it with a zero, or begin it with an empty line.
    let text = text.trim_matches(|it: char| it == '\0' || it.is_ascii_whitespace());
    // The parser's own words would repeat what stands in the text.
    Document::parse_with_options(text, limits).map_err(|error| match error {
        Error::DtdDetected => "its answer has a document type (DTD), which is not read",
        Error::NodesLimitReached => "its answer has too many parts",
        _ => "its answer is no well-formed XML",
    })
}

/// The elements of a name, whatever their namespace: routers are careless with these.
pub(super) fn named<'d, 'i>(
    document: &'d Document<'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'d, 'i>> {
    let all = document.descendants();
    all.filter(move |it| it.is_element() && it.tag_name().name() == name)
}

/// The text of an element, without the space around it.
pub(super) fn content<'d>(node: Node<'d, '_>) -> &'d str {
    node.text().unwrap_or_default().trim()
}
