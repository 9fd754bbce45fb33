//! JSON → YAML with the same fields in the same order, which holds every text exactly and escapes what acts on a terminal.

use super::terminal::is_hidden;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt::Write;

/// What JSON text holds; the order of fields is kept.
enum Value {
    /// Null, a boolean or a number, as JSON and YAML write it.
    Bare(String),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Bare("null".to_owned()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bare(flag.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Bare(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Bare(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Bare(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(field) = fields.next_entry()? {
            map.push(field);
        }
        Ok(Value::Map(map))
    }
}

impl Value {
    /// Whether it takes lines of its own.
    fn is_block(&self) -> bool {
        match self {
            Value::List(items) => !items.is_empty(),
            Value::Map(fields) => !fields.is_empty(),
            Value::Bare(_) | Value::Text(_) => false,
        }
    }
}

/// YAML in block style. Text is quoted unless it can be taken for nothing else.
pub(super) fn yaml(json: &str) -> serde_json::Result<String> {
    let value: Value = serde_json::from_str(json)?;
    let mut out = String::new();
    if value.is_block() {
        block(&value, 0, &mut out);
    } else {
        inline(&value, 0, &mut out);
        out.push('\n');
    }
    Ok(out)
}

/// The lines of a mapping or sequence that is not empty; its first line is indented by the caller.
fn block(value: &Value, indent: usize, out: &mut String) {
    let mut first = true;
    let mut begin = |out: &mut String| {
        if !std::mem::take(&mut first) {
            out.push_str(&" ".repeat(indent));
        }
    };
    match value {
        Value::Map(fields) => {
            for (key, value) in fields {
                begin(out);
                out.push_str(&text(key));
                out.push(':');
                field(value, indent, out);
            }
        }
        Value::List(items) => {
            for item in items {
                begin(out);
                out.push_str("- ");
                if item.is_block() {
                    block(item, indent + 2, out);
                } else {
                    inline(item, indent + 2, out);
                    out.push('\n');
                }
            }
        }
        Value::Bare(_) | Value::Text(_) => {}
    }
}

/// What follows the colon of a key. Items of a sequence stand as deep as the key.
fn field(value: &Value, indent: usize, out: &mut String) {
    let deeper = match value {
        Value::Map(_) => indent + 2,
        _ => indent,
    };
    if value.is_block() {
        out.push('\n');
        out.push_str(&" ".repeat(deeper));
        block(value, deeper, out);
    } else {
        out.push(' ');
        inline(value, indent + 2, out);
        out.push('\n');
    }
}

/// What stands on the line of its key or dash; `indent` is that of further lines.
fn inline(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Text(string) => match literal(string, indent) {
            Some(literal) => out.push_str(&literal),
            None => out.push_str(&text(string)),
        },
        Value::Map(_) => out.push_str("{}"),
        Value::List(_) => out.push_str("[]"),
        Value::Bare(bare) => out.push_str(bare),
    }
}

/// Text of several lines as a literal block, where nothing in it needs an escape. Without its last line end, which
/// the caller writes.
fn literal(string: &str, indent: usize) -> Option<String> {
    let body = string.strip_suffix('\n').unwrap_or(string);
    let fit = body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && !body.contains(|letter: char| letter != '\n' && is_hidden(letter));
    fit.then(|| {
        let mut out = String::from(if string.ends_with('\n') { "|" } else { "|-" });
        for line in body.split('\n') {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(&" ".repeat(indent));
                out.push_str(line);
            }
        }
        out
    })
}

/// Text on one line: plain where every reader takes it for text, else quoted, with escapes that JSON and YAML share.
fn text(string: &str) -> String {
    if is_plain(string) {
        return string.to_owned();
    }
    let mut out = String::from("\"");
    for letter in string.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_hidden(letter) => {
                let _ = match u32::from(letter) {
                    code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn is_plain(string: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b" _./()=+@,;-".contains(&byte);
    string.bytes().all(letter)
        && string.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && !string.ends_with(' ')
        && !WORDS.contains(&string.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    #[test]
    fn yaml_is_what_people_write_in_the_order_of_the_json() {
        let json = r#"{"name": "a", "none": null, "list": [], "fields": {}, "count": 3, "rule": "- get\n- list\n",
            "items": [{"b": 1, "a": ["x", "*"]}, [1, [2]], "yes", "1.34", ""]}"#;
        assert_eq!(
            yaml(json).expect("it is JSON"),
            "name: a\nnone: null\nlist: []\nfields: {}\ncount: 3\nrule: |\n  - get\n  - list\nitems:\n- b: 1\n  a:\n  - x\n  - \"*\"\n\
             - - 1\n  - - 2\n- \"yes\"\n- \"1.34\"\n- \"\"\n"
        );
    }

    #[test]
    fn every_text_reads_back_as_it_was() {
        let odd = [
            "",
            " ",
            "a: b",
            "a #b",
            "- a",
            "~",
            "null",
            "NULL",
            "1e3",
            "0x1f",
            "'",
            "\"",
            "\\x01",
            "a\n",
            "a\nb",
            "a\nb\n",
            "a\n\nb\n\n",
            " a\nb",
            "\na\nb",
            "a \n b",
            "a\n\tb",
            "a\tb",
            "\r\n",
            "\u{85}",
            "\u{7f}\u{9b}",
            "\u{202e}\u{feff}\u{e0041}",
            "日本\n語",
            "👩",
            "---",
            "---\na\nb",
            "a\n---\nb",
            "...\n%a",
            "a:\n  - b: |\n    c\n",
            "#a\nb",
            "a\n#b",
            "&a",
            "*a",
            "!a",
            "{a",
            "[a",
            "@a",
            "`a",
            "%a",
            "|",
            ">",
        ];
        for text in odd {
            let value = json!({"a": {"b": [text, {"c": text}]}, "d": text});
            let printed = yaml(&value.to_string()).expect("it is JSON");
            let read: Json = serde_yaml::from_str(&printed).expect("it is YAML");
            assert_eq!(read, value, "{printed}");
            assert!(!printed.contains(|letter: char| letter != '\n' && is_hidden(letter)), "{printed:?}");
        }
    }
}
