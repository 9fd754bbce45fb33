//! An object → one item of a List in YAML, with the quotes that kubectl's printer sets.

use serde_json::Value;

/// Adds the item, its dash at the start of the line.
pub(crate) fn item(object: &Value, text: &mut String) {
    list_item(object, 0, text);
}

fn fields(map: &serde_json::Map<String, Value>, indent: usize, dash: bool, text: &mut String) {
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort();
    for (place, name) in keys.into_iter().enumerate() {
        if !(dash && place == 0) {
            blanks(indent, text);
        }
        text.push_str(&key(name));
        text.push(':');
        match &map[name] {
            Value::Object(inner) if !inner.is_empty() => {
                text.push('\n');
                fields(inner, indent + 2, false, text);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                items.iter().for_each(|item| list_item(item, indent, text));
            }
            value => {
                text.push(' ');
                scalar(value, indent + 2, text);
            }
        }
    }
}

fn list_item(item: &Value, indent: usize, text: &mut String) {
    blanks(indent, text);
    text.push_str("- ");
    match item {
        Value::Object(map) if !map.is_empty() => fields(map, indent + 2, true, text),
        value => scalar(value, indent + 2, text),
    }
}

fn blanks(count: usize, text: &mut String) {
    text.extend(std::iter::repeat_n(' ', count));
}

fn scalar(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::String(words) if words.contains('\n') => {
            text.push_str("|-\n");
            for line in words.split('\n') {
                blanks(indent, text);
                text.push_str(line);
                text.push('\n');
            }
            return;
        }
        Value::String(words) => text.push_str(&quoted(words)),
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        other => text.push_str(&other.to_string()),
    }
    text.push('\n');
}

fn key(name: &str) -> String {
    // What begins with `f:` or `k:` holds a colon and needs no quotes all the same.
    if name.starts_with("f:") || name.starts_with("k:{") || name == "." {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// Double quotes where a plain scalar would be read as another type, single ones where it would be no scalar at all.
fn quoted(words: &str) -> String {
    if is_ambiguous(words) {
        return format!("\"{words}\"");
    }
    let begins_plain =
        words.starts_with(|first: char| first.is_ascii_alphanumeric() || "/(.+_".contains(first));
    if begins_plain && !words.contains(": ") && !words.contains(" #") && !words.ends_with(':') {
        return words.to_owned();
    }
    format!("'{}'", words.replace('\'', "''"))
}

/// What YAML 1.1 takes for a boolean, a number or a time.
fn is_ambiguous(words: &str) -> bool {
    let is_word = matches!(
        words.to_ascii_lowercase().as_str(),
        "" | "yes" | "no" | "on" | "off" | "y" | "n" | "true" | "false" | "null"
    );
    let numeric = |byte: u8| byte.is_ascii_digit() || b"+-._eExX".contains(&byte);
    let is_number = words.bytes().any(|byte| byte.is_ascii_digit()) && words.bytes().all(numeric);
    let is_time =
        words.as_bytes().get(4) == Some(&b'-') && words.bytes().take(4).all(|byte| byte.is_ascii_digit());
    is_word || is_number || is_time
}
