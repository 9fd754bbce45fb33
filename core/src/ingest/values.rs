//! Bytes → whole documents as trees, with nothing left out: for input that is given back as it came.

use super::Limits;
use super::build::Builder;
use super::cut::marker;
use super::json::{self, JsonReader};
use super::names::Names;
use super::node::{Fault, Node, Pos, Value};
use super::text::{self, Lines};
use super::yaml::{Step, YamlReader};

/// How documents are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// JSON that takes more than a line a value.
    Json,
    /// One JSON value a line.
    JsonLines,
    /// YAML.
    Yaml,
}

/// The documents of one source; one that is broken costs itself only.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) written: Written,
    pub(crate) documents: Vec<Result<Node, Fault>>,
}

/// Reads JSON values or YAML documents one after another; empty YAML documents are none.
pub(crate) fn values(bytes: &[u8], limits: Limits) -> Values {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if !matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return yaml_documents(bytes, limits);
    }
    let json = json_values(bytes, limits);
    let may_be_yaml =
        |document: &Result<Node, Fault>| document.as_ref().is_err_and(|fault| !json::is_final(fault));
    if json.documents.iter().all(may_be_yaml) {
        // A mapping of YAML may look like JSON.
        let yaml = yaml_documents(bytes, limits);
        if yaml.documents.iter().all(Result::is_ok) {
            return yaml;
        }
    }
    json
}

fn json_values(bytes: &[u8], limits: Limits) -> Values {
    let mut documents = Vec::new();
    let mut lines = true;
    let mut at = Pos { line: 1, column: 1 };
    let mut used = 0;
    loop {
        let blank = blank(bytes.get(used..).unwrap_or_default());
        at = json::advance(at, bytes.get(used..used + blank).unwrap_or_default());
        used += blank;
        let left = bytes.get(used..).unwrap_or_default();
        if left.is_empty() {
            break;
        }
        let (value, end, length) = json_value(left, at, limits);
        lines &= value.is_err() || end.line == at.line;
        let next = match &value {
            Ok(_) => Some(length),
            // What follows is read from the next line on that begins with an object.
            Err(_) => (left.first() != Some(&b'[')).then(|| memchr::memmem::find(left, b"\n{")).flatten(),
        };
        documents.push(value);
        let Some(next) = next else { break };
        at = json::advance(at, left.get(..next).unwrap_or_default());
        used += next;
    }
    Values { written: if lines { Written::JsonLines } else { Written::Json }, documents }
}

/// How many bytes between two values are white space or `---` lines.
fn blank(bytes: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let rest = bytes.get(length..).unwrap_or_default();
        length += rest.len() - rest.trim_ascii_start().len();
        let rest = bytes.get(length..).unwrap_or_default();
        let starts_line = length.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\n');
        match rest.strip_prefix(b"---") {
            Some(after) if starts_line && matches!(after.first(), None | Some(b'\n' | b'\r')) => length += 3,
            _ => return length,
        }
    }
}

/// Reads one value; tells where it ends, and how many bytes it takes.
fn json_value(bytes: &[u8], at: Pos, limits: Limits) -> (Result<Node, Fault>, Pos, usize) {
    let mut builder = Builder::for_whole(limits);
    let (mut reader, names) = (JsonReader::new(at), Names::default());
    let mut length = 0;
    loop {
        let (used, step) = reader.step(bytes.get(length..).unwrap_or_default(), true, &mut builder, &names);
        length += used;
        match step {
            Ok(json::Step::Fed) => {}
            Ok(json::Step::Starved | json::Step::End) => break,
            Err(fault) => return (Err(fault), reader.at(), length),
        }
    }
    (finished(builder).unwrap_or(Ok(Node { at, value: Value::Null })), reader.at(), length)
}

/// The document that was built, or the first thing that is wrong with it.
fn finished(builder: Builder) -> Option<Result<Node, Fault>> {
    let rest = builder.finish();
    if let Some(fault) = rest.faults.into_iter().min_by_key(|fault| fault.at) {
        return Some(Err(fault));
    }
    rest.root.map(Ok)
}

fn yaml_documents(bytes: &[u8], limits: Limits) -> Values {
    let mut documents = Vec::new();
    let (mut start, mut first, mut end) = (0, 1, 0);
    let mut directives = false;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        // The `---` that ends directives belongs to their document.
        let ends = marker(line).is_some() && !std::mem::take(&mut directives);
        directives |= line.first() == Some(&b'%') && start == end;
        if ends {
            documents.extend(yaml_document(bytes.get(start..end).unwrap_or_default(), first, limits));
            (start, first) = (end, number);
        }
        end += line.len();
    }
    documents.extend(yaml_document(bytes.get(start..).unwrap_or_default(), first, limits));
    Values { written: Written::Yaml, documents }
}

/// Reads one document, which begins on this line.
fn yaml_document(bytes: &[u8], line: u32, limits: Limits) -> Option<Result<Node, Fault>> {
    let lines = Lines::From(line);
    let text = match text::checked(bytes, lines) {
        Ok(text) => text,
        Err(fault) => return Some(Err(fault)),
    };
    let mut builder = Builder::for_whole(limits);
    let mut reader = YamlReader::new(text, lines, limits);
    loop {
        match reader.step(&mut builder) {
            Ok(Step::Fed | Step::DocumentEnd) => {}
            Ok(Step::End) => {
                let empty = |document: &Result<Node, Fault>| {
                    document.as_ref().is_ok_and(|node| node.value == Value::Null)
                };
                return finished(builder).filter(|document| !empty(document));
            }
            Err(fault) => return Some(Err(fault)),
        }
    }
}
