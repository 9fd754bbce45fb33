//! A document → block YAML that readers of YAML 1.1 and 1.2 take alike, so that kubectl reads what was meant.

use crate::ingest::{Node, Value};

/// The document, with a newline at its end.
pub(crate) fn text(document: &Node) -> String {
    let mut text = String::new();
    block(&mut text, document, 0);
    text
}

/// A value from the start of a line on.
fn block(text: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            for (place, entry) in entries.iter().enumerate() {
                // The first entry stands behind the dash of a list, where there is one.
                let indent_now = if place == 0 && !text.ends_with('\n') { 0 } else { indent };
                text.push_str(&" ".repeat(indent_now));
                text.push_str(&quoted(&entry.key));
                text.push(':');
                nested(text, &entry.node, indent);
            }
        }
        Value::List(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                let indent_now = if place == 0 && !text.ends_with('\n') { 0 } else { indent };
                text.push_str(&" ".repeat(indent_now));
                text.push_str("- ");
                block(text, item, indent + 2);
            }
        }
        value => {
            text.push_str(&scalar(value));
            text.push('\n');
        }
    }
}

/// A value behind its key: on the same line, or below it.
fn nested(text: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Map(entries) if !entries.is_empty() => {
            text.push('\n');
            block(text, node, indent + 2);
        }
        Value::List(items) if !items.is_empty() => {
            text.push('\n');
            block(text, node, indent);
        }
        _ => {
            text.push(' ');
            block(text, node, indent);
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        // It stood there without quotes, on one line or folded into one, and means the same again.
        Value::Plain(text) if !is_odd(text) => text.to_string(),
        Value::Number(text) => text.to_string(),
        Value::Plain(text) | Value::Text(text) => quoted(text),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) => "{}".to_owned(),
    }
}

/// Whether a plain scalar may not stand anywhere: inside of brackets more is allowed than in block style, and less.
fn is_odd(text: &str) -> bool {
    text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.contains(char::is_control)
}

/// Text in quotes, but for words that no reader takes for anything else.
fn quoted(text: &str) -> String {
    if is_word(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            // What is no printable character or breaks lines in either version of YAML (YAML 1.2.2, 5.1; 1.1, 4.2).
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => escape(&mut quoted, letter),
            letter if letter.is_control() => escape(&mut quoted, letter),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn escape(text: &mut String, letter: char) {
    text.push_str(&format!("\\u{:04x}", u32::from(letter)));
}

/// Letters, digits and what stands in Kubernetes' names and paths, beginning as no number does and being no word for
/// true, false or null in any version.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan"];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@, ".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.bytes().all(plain)
        && !is_odd(text)
        && !text.ends_with(' ')
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}
