//! A node's fields as the types that Kubernetes gives them, or what is wrong with them.

use super::names::Names;
use super::node::{Fault, Key, Node, Value};
use crate::diagnostic::Code;
use crate::model::{Few, Labels, Location, Name, SourceId};

/// A mapping whose fields are being read; `None` where it is missing or null, which reads as empty.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    pub(crate) node: Option<&'a Node>,
    pub(crate) names: &'a Names,
}

type Read<T> = Result<T, Fault>;

impl<'a> Fields<'a> {
    /// The fields of a node that must be a mapping.
    pub(crate) fn new(node: &'a Node, names: &'a Names, what: &str) -> Read<Self> {
        match node.value {
            Value::Map(_) => Ok(Fields { node: Some(node), names }),
            Value::Null => Ok(Fields { node: None, names }),
            _ => Err(wrong(node, what, "a mapping")),
        }
    }

    /// Where the mapping starts; the source is filled in when the sources are merged.
    pub(crate) fn at(&self) -> Location {
        self.node.map_or_else(Location::default, location)
    }

    /// Whether the field is set.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Whether no field of it is set or read.
    pub(crate) fn is_empty(&self) -> bool {
        self.node.is_none_or(|node| matches!(&node.value, Value::Map(entries) if entries.is_empty()))
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.and_then(|node| node.get(key))
    }

    /// A nested mapping.
    pub(crate) fn object(&self, key: &str) -> Read<Fields<'a>> {
        match self.get(key) {
            Some(node) => Fields::new(node, self.names, key),
            None => Ok(Fields { node: None, names: self.names }),
        }
    }

    /// A string, empty strings included.
    pub(crate) fn text(&self, key: &str) -> Read<Option<Name>> {
        self.get(key).map(|node| text(node, key, self.names)).transpose()
    }

    /// A string; unset ones are empty, as in Go.
    pub(crate) fn text_or_empty(&self, key: &str) -> Read<Name> {
        Ok(self.text(key)?.unwrap_or_else(|| self.names.empty()))
    }

    /// A string; empty ones are unset.
    pub(crate) fn non_empty(&self, key: &str) -> Read<Option<Name>> {
        Ok(self.text(key)?.filter(|text| !text.is_empty()))
    }

    /// A string that few objects have in common; empty ones are unset.
    pub(crate) fn own(&self, key: &str) -> Read<Option<Name>> {
        let own = self.get(key).map(|node| own_text(node, key)).transpose()?;
        Ok(own.filter(|text| !text.is_empty()).cloned())
    }

    /// A boolean.
    pub(crate) fn flag(&self, key: &str) -> Read<Option<bool>> {
        self.get(key).map(|node| flag(node, key)).transpose()
    }

    /// An integer.
    pub(crate) fn int(&self, key: &str) -> Read<Option<i64>> {
        self.get(key).map(|node| int(node, key)).transpose()
    }

    /// A list of strings; a null among them is an empty string, as in Go.
    pub(crate) fn texts(&self, key: &str) -> Read<Vec<Name>> {
        exactly(self.items(key)?, |node| match node.value {
            Value::Null => Ok(self.names.empty()),
            _ => text(node, key, self.names),
        })
    }

    /// The first of a list of strings; the others are checked, and not kept.
    pub(crate) fn first_text(&self, key: &str) -> Read<Option<Name>> {
        let items = self.items(key)?;
        let is_text = |node: &&Node| match &node.value {
            Value::Text(_) | Value::Null => true,
            Value::Plain(text) => !is_plain_literal(text),
            _ => false,
        };
        match items.iter().find(|node| !is_text(node)) {
            Some(odd) => Err(wrong(odd, key, "a string")),
            None => items
                .first()
                .filter(|first| first.value != Value::Null)
                .map(|first| text(first, key, self.names))
                .transpose(),
        }
    }

    /// A list of mappings, each read by `read`.
    pub(crate) fn list<T>(&self, key: &str, mut read: impl FnMut(Fields<'a>) -> Read<T>) -> Read<Vec<T>> {
        exactly(self.items(key)?, |node| read(self.item(node, key)?))
    }

    /// The same of a list that has one item for the most part.
    pub(crate) fn few<T>(&self, key: &str, mut read: impl FnMut(Fields<'a>) -> Read<T>) -> Read<Few<T>> {
        self.items(key)?.iter().map(|node| read(self.item(node, key)?)).collect()
    }

    fn item(&self, node: &'a Node, key: &str) -> Read<Fields<'a>> {
        Fields::new(node, self.names, key)?;
        // A null item reads as an empty one, and has its place all the same.
        Ok(Fields { node: Some(node), names: self.names })
    }

    fn items(&self, key: &str) -> Read<&'a [Node]> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Node { value: Value::List(items), .. }) => Ok(items),
            Some(node) => Err(wrong(node, key, "a list")),
        }
    }

    /// A mapping of strings to strings.
    pub(crate) fn labels(&self, key: &str) -> Read<Labels> {
        let Some(node) = self.get(key) else { return Ok(Labels::new()) };
        let Value::Map(entries) = &node.value else { return Err(wrong(node, key, "a mapping")) };
        let labels = exactly(entries, |entry| {
            let value = match entry.node.value {
                Value::Null => self.names.empty(),
                _ => text(&entry.node, &entry.key, self.names)?,
            };
            let key = match &entry.key {
                Key::Text(key) => self.names.share(key),
                Key::Field(key) => self.names.share_text(key),
            };
            Ok((key, value))
        })?;
        Ok(labels.into_iter().collect())
    }
}

/// Reads each item into a list that takes no more room than they need: there are many of them.
fn exactly<'n, N, T>(items: &'n [N], mut read: impl FnMut(&'n N) -> Read<T>) -> Read<Vec<T>> {
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        all.push(read(item)?);
    }
    Ok(all)
}

/// Where a node starts, in a source that is numbered later.
pub(crate) fn location(node: &Node) -> Location {
    Location { source: SourceId(0), line: node.at.line, column: node.at.column }
}

fn text(node: &Node, field: &str, names: &Names) -> Read<Name> {
    own_text(node, field).map(|text| names.share(text))
}

fn own_text<'n>(node: &'n Node, field: &str) -> Read<&'n Name> {
    match &node.value {
        Value::Text(text) => Ok(text),
        Value::Plain(text) if !is_plain_literal(text) => Ok(text),
        _ => Err(wrong(node, field, "a string")),
    }
}

/// Whether every reader of YAML takes this for a boolean or a number, so that Kubernetes refuses it as a string. What
/// only some readers convert (`yes`, `007`, `42346e428`, `1:20`) is taken as it is written: no one means anything else.
fn is_plain_literal(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'-' | b'+') => {}
        _ => return matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE"),
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty()
        && is_digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
}

/// YAML 1.1, which kubectl reads, has more words for true and false than YAML 1.2.
fn flag(node: &Node, field: &str) -> Read<bool> {
    match &node.value {
        Value::Bool(flag) => Ok(*flag),
        Value::Plain(text) => match &**text {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => Ok(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => Ok(false),
            _ => Err(wrong(node, field, "a boolean")),
        },
        _ => Err(wrong(node, field, "a boolean")),
    }
}

fn int(node: &Node, field: &str) -> Read<i64> {
    let (Value::Plain(text) | Value::Number(text)) = &node.value else {
        return Err(wrong(node, field, "an integer"));
    };
    let text = text.strip_prefix('+').unwrap_or(text);
    let parsed = match text.get(..2) {
        Some("0x") => i64::from_str_radix(text.get(2..).unwrap_or_default(), 16),
        Some("0o") => i64::from_str_radix(text.get(2..).unwrap_or_default(), 8),
        // YAML 1.1 reads a leading zero as octal.
        _ if text.len() > 1 && text.starts_with('0') => i64::from_str_radix(text, 8),
        _ => text.parse(),
    };
    parsed.map_err(|_| wrong(node, field, "an integer"))
}

/// What stands there is named by its type only: its value may be a secret.
fn wrong(node: &Node, field: &str, wanted: &str) -> Fault {
    let found = match &node.value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Plain(text) if matches!(&**text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") => {
            "a boolean"
        }
        Value::Plain(text) if is_plain_literal(text) => "a number",
        Value::Plain(_) | Value::Text(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "a mapping",
    };
    let fault = Fault::new(Code::WrongType, node.at, format!("`{field}` must be {wanted}, not {found}"));
    match (&node.value, wanted) {
        (Value::Plain(_) | Value::Bool(_) | Value::Number(_), "a string") => fault.help("put it in quotes"),
        _ => fault,
    }
}
