//! Documents → text as they came: JSON, JSON Lines or YAML, fields in their order.

use super::yaml;
use crate::ingest::{Node, Value, Written};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// The documents one after another.
pub(super) fn text(documents: &[Node], written: Written) -> String {
    let texts = documents.iter().map(|document| match written {
        Written::JsonLines => line(serde_json::to_string(&AsIs(document)).unwrap_or_default()),
        Written::Json => line(serde_json::to_string_pretty(&AsIs(document)).unwrap_or_default()),
        Written::Yaml => yaml::text(document),
    });
    texts.collect::<Vec<_>>().join(if written == Written::Yaml { "---\n" } else { "" })
}

fn line(text: String) -> String {
    text + "\n"
}

/// A tree as JSON; plain scalars of YAML are what they mean.
struct AsIs<'a>(&'a Node);

impl Serialize for AsIs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Plain(text) | Value::Number(text) => scalar(text, serializer),
            Value::List(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| sequence.serialize_element(&AsIs(item)))?;
                sequence.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|entry| map.serialize_entry(&*entry.key, &AsIs(&entry.node)))?;
                map.end()
            }
        }
    }
}

/// What a scalar without quotes means in YAML 1.2's JSON schema; anything else is text.
fn scalar<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        "true" | "True" | "TRUE" => return serializer.serialize_bool(true),
        "false" | "False" | "FALSE" => return serializer.serialize_bool(false),
        _ => {}
    }
    match serde_json::from_str::<serde_json::Number>(text) {
        Ok(number) => number.serialize(serializer),
        Err(_) => serializer.serialize_str(text),
    }
}
