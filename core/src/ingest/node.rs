//! One document as a tree in which every value knows its place.

use crate::diagnostic::Code;
use crate::model::Name;

/// A line and column, both counted from 1; zeroes mean the source as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Pos {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Pos,
    pub(crate) value: Value,
}

/// What YAML and JSON have in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    /// A scalar of YAML that is neither quoted nor tagged: what it means depends on what is wanted.
    Plain(Name),
    /// A quoted, block or `!!str` scalar, or a string of JSON.
    Text(Name),
    /// A literal of JSON.
    Bool(bool),
    /// A literal of JSON.
    Number(Name),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// The name of a field.
    Field(&'static str),
    /// Any text.
    Text(Name),
}

impl std::ops::Deref for Key {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Key::Field(name) => name,
            Key::Text(text) => text,
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        **self == **other
    }
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) key_at: Pos,
    pub(crate) node: Node,
}

/// Why a document or an item of it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) at: Pos,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

impl Fault {
    pub(crate) fn new(code: Code, at: Pos, message: impl Into<String>) -> Self {
        Fault { code, at, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

impl Node {
    /// The field of a mapping; `None` where it is missing or null.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.get_entry(key).map(|entry| &entry.node).filter(|node| node.value != Value::Null)
    }

    /// The entry of a mapping, null or not.
    pub(crate) fn get_entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| &*entry.key == key),
            _ => None,
        }
    }

    /// The text of a field, where it is a scalar that may be read as a string.
    pub(crate) fn text(&self, key: &str) -> Option<&Name> {
        match &self.get(key)?.value {
            Value::Plain(text) | Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Nodes in the tree and levels of nesting, as far as `depth_left` allows to look.
    pub(crate) fn size(&self) -> (usize, usize) {
        let children: Vec<&Node> = match &self.value {
            Value::List(items) => items.iter().collect(),
            Value::Map(entries) => entries.iter().map(|entry| &entry.node).collect(),
            _ => return (1, 0),
        };
        let mut total = (1usize, 0usize);
        for child in children {
            let (nodes, depth) = child.size();
            total = (total.0.saturating_add(nodes), total.1.max(depth));
        }
        (total.0, total.1.saturating_add(1))
    }
}
