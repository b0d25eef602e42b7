//! Reads JSON of any size in little memory: a list item by item, everything else within a budget.
//!
//! A tree of [`Value`]s takes up to a hundred times the memory of its text (`{"":0}` is seven bytes, and a map's
//! first node has room for eleven entries). So nothing that comes from a network becomes a tree, or a type, before its
//! text has been measured.

use std::collections::BTreeMap;

use serde::{
    Deserializer as _,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Deserializer, Value, value::RawValue};

/// The most items of one list: twice the longest zone that moored is made for.
pub const MAX_ITEMS: usize = 100_000;

/// The longest item of a list, in bytes. A record has a few hundred; the text of a TXT record may have thousands.
pub const MAX_ITEM_LENGTH: usize = 64 << 10;

/// The longest text that is read as a whole, in bytes.
pub const MAX_LENGTH: usize = 4 << 20;

/// The most memory that a tree may take, in bytes, by the estimate of [`tree_size`].
pub const MAX_TREE_SIZE: usize = 16 << 20;

/// The most members of an object that is read member by member.
const MAX_MEMBERS: usize = 100;

/// The longest name of such a member, in bytes.
const MAX_NAME_LENGTH: usize = 256;

/// Why the items of a list were not all read.
#[derive(Debug)]
pub enum ItemsError<E> {
    /// The text is no list that can be read, in words.
    Unreadable(String),
    /// Whoever took the items wanted no more.
    Refused(E),
}

/// Hands out the items of a list one by one, as text.
pub fn each_item<'j, E>(
    json: &'j [u8],
    take: impl FnMut(&'j RawValue) -> Result<(), E>,
) -> Result<(), ItemsError<E>> {
    // A text in the place of a list would be quoted whole by the parser.
    if json.trim_ascii_start().first() != Some(&b'[') {
        return Err(ItemsError::Unreadable("it is no list".to_owned()));
    }
    let mut items = ItemReader {
        take,
        refusal: None,
    };
    let mut input = Deserializer::from_slice(json);
    let read = input.deserialize_seq(&mut items);
    match (items.refusal, read.and_then(|()| input.end())) {
        (Some(refusal), _) => Err(ItemsError::Refused(refusal)),
        (None, Err(error)) => Err(ItemsError::Unreadable(error.to_string())),
        (None, Ok(())) => Ok(()),
    }
}

struct ItemReader<F, E> {
    take: F,
    refusal: Option<E>,
}

impl<'j, F, E> Visitor<'j> for &mut ItemReader<F, E>
where
    F: FnMut(&'j RawValue) -> Result<(), E>,
{
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut list: A) -> Result<(), A::Error> {
        let mut count = 0;
        while let Some(item) = list.next_element::<&RawValue>()? {
            count += 1;
            if count > MAX_ITEMS {
                let what = format_args!("the list has more than {MAX_ITEMS} items");
                return Err(A::Error::custom(what));
            }
            if item.get().len() > MAX_ITEM_LENGTH {
                let what = format_args!("an item is longer than {MAX_ITEM_LENGTH} bytes");
                return Err(A::Error::custom(what));
            }
            if let Err(refusal) = (self.take)(item) {
                self.refusal = Some(refusal);
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

/// An object's members, as text. Of two with one name the last counts, as in a tree.
pub type Members<'j> = BTreeMap<String, &'j RawValue>;

/// Reads an object member by member; the error is in words.
pub fn members(json: &[u8]) -> Result<Members<'_>, String> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err("it is no object".to_owned());
    }
    let mut input = Deserializer::from_slice(json);
    let read = input.deserialize_map(ObjectVisitor);
    let members = read.and_then(|members| input.end().map(|()| members));
    members.map_err(|error| error.to_string())
}

struct ObjectVisitor;

impl<'j> Visitor<'j> for ObjectVisitor {
    type Value = Members<'j>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut object: A) -> Result<Members<'j>, A::Error> {
        let mut members = Members::new();
        while let Some(name) = object.next_key::<String>()? {
            if name.len() > MAX_NAME_LENGTH {
                let what = format_args!("a name is longer than {MAX_NAME_LENGTH} bytes");
                return Err(A::Error::custom(what));
            }
            members.insert(name, object.next_value()?);
            if members.len() > MAX_MEMBERS {
                let what = format_args!("the object has more than {MAX_MEMBERS} members");
                return Err(A::Error::custom(what));
            }
        }
        Ok(members)
    }
}

/// Reads a text as a whole, if that takes a bounded amount of memory; the error is in words.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    if json.len() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} bytes"));
    }
    if tree_size(json) > MAX_TREE_SIZE {
        return Err("it has too many values".to_owned());
    }
    serde_json::from_slice(json).map_err(|error| error.to_string())
}

/// An item as a tree; the error is in words.
pub fn tree(item: &RawValue) -> Result<Value, String> {
    read(item.get().as_bytes())
}

/// About how many bytes of memory the tree of this text takes: seldom less, and often several times less in truth.
pub fn tree_size(json: &[u8]) -> usize {
    let mut size: usize = 0;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        size = size.saturating_add(match byte {
            // The first node of a map, the first places of a list, a place in either (which are doubled when they
            // run short), and a text's own memory.
            b'{' => 700,
            b'[' => 300,
            b',' => 160,
            b'"' => 48 + text_length(&mut bytes),
            _ => 0,
        });
    }
    size
}

/// The length of the rest of a text, whose first quotation mark has been read.
fn text_length(bytes: &mut std::slice::Iter<'_, u8>) -> usize {
    let mut length = 0;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => {
                bytes.next();
                length += 2;
            }
            _ => length += 1,
        }
    }
    length
}

/// How much may still be kept of what is read.
#[derive(Debug)]
pub struct Allowance(usize);

impl Allowance {
    /// So many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }

    /// Takes some of it; the error, when nothing is left, is in words.
    pub fn take(&mut self, bytes: usize) -> Result<(), String> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or("there is more of it than fits into memory")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(json: &str) -> Result<Vec<String>, ItemsError<()>> {
        let mut taken = Vec::new();
        each_item(json.as_bytes(), |item| {
            taken.push(item.get().to_owned());
            Ok(())
        })?;
        Ok(taken)
    }

    #[test]
    fn a_list_is_handed_out_item_by_item_and_to_its_end() {
        assert_eq!(
            items(r#" [1, {"a" : [2]}, "x"] "#).unwrap(),
            ["1", r#"{"a" : [2]}"#, r#""x""#]
        );
        assert!(items("[]").unwrap().is_empty());
        for broken in ["", "{}", "null", r#""[1]""#, "[1", "[1,]", "[1] 2", "[1 2]"] {
            let read = items(broken);
            assert!(
                matches!(read, Err(ItemsError::Unreadable(_))),
                "{broken}: {read:?}"
            );
        }
    }

    #[test]
    fn who_takes_the_items_can_stop() {
        let mut seen = 0;
        let stopped = each_item(b"[1,2,3]", |item| {
            seen += 1;
            if item.get() == "2" {
                Err("two")
            } else {
                Ok(())
            }
        });
        assert!(matches!(stopped, Err(ItemsError::Refused("two"))));
        assert_eq!(seen, 2);
    }

    #[test]
    fn a_list_has_so_many_items_and_each_is_so_long_at_the_most() {
        let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert_eq!(items(&list(MAX_ITEMS)).unwrap().len(), MAX_ITEMS);
        let longer = items(&list(MAX_ITEMS + 1));
        assert!(matches!(longer, Err(ItemsError::Unreadable(what)) if what.contains("more than")));
        let long = format!("[\"{}\"]", "x".repeat(MAX_ITEM_LENGTH));
        assert!(
            matches!(items(&long), Err(ItemsError::Unreadable(what)) if what.contains("longer"))
        );
    }

    #[test]
    fn an_object_is_read_member_by_member_and_its_last_word_counts() {
        let read = members(br#"{"a":1,"b":[2],"a":{}}"#).unwrap();
        let read: Vec<_> = read.iter().map(|(name, it)| (&**name, it.get())).collect();
        assert_eq!(read, [("a", "{}"), ("b", "[2]")]);
        for broken in ["", "[]", "{", r#"{"a"}"#, "{} {}"] {
            assert!(members(broken.as_bytes()).is_err(), "{broken}");
        }
        let many: Vec<_> = (0..=MAX_MEMBERS).map(|n| format!("\"{n}\":0")).collect();
        assert!(members(format!("{{{}}}", many.join(",")).as_bytes()).is_err());
        assert!(members(format!("{{\"{}\":0}}", "x".repeat(300)).as_bytes()).is_err());
    }

    #[test]
    fn what_would_take_more_memory_than_there_is_to_spend_is_not_read() {
        let zeros = format!("[{}]", vec!["0"; 200_000].join(","));
        let maps = format!("[{}]", vec![r#"{"":0}"#; 30_000].join(","));
        let deep = "[".repeat(100_000);
        let long = format!("\"{}\"", "x".repeat(MAX_LENGTH));
        for text in [&zeros, &maps, &deep, &long] {
            let read = read::<Value>(text.as_bytes());
            assert!(read.is_err(), "{} bytes", text.len());
        }
        assert_eq!(read::<Value>(b"[1]").unwrap(), serde_json::json!([1]));
        // What stands in a text counts as a text, whatever its letters.
        let text = format!("\"{}\"", r#"[{\",\\"#.repeat(100_000));
        assert!(read::<String>(text.as_bytes()).is_ok());
    }

    #[test]
    fn an_allowance_is_spent() {
        let mut allowance = Allowance::new(3);
        assert!(allowance.take(2).is_ok());
        assert!(allowance.take(2).is_err());
        assert!(allowance.take(1).is_ok());
        assert!(allowance.take(1).is_err());
    }
}
