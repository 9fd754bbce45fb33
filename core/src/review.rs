//! SubjectAccessReviews in, the same with their answers out: an offline `kubectl auth can-i`.

mod request;
mod written;
mod yaml;

pub use request::REVIEW;
pub(crate) use yaml::text as block_yaml;

use crate::authorizer::Authorizer;
use crate::ingest::{Entry, Fault, Key, Limits, Names, Node, Value, Written, values};
use request::Request;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON: a value a line where the reviews were written so.
    Json,
    /// YAML, a document for each document that came in.
    Yaml,
}

/// Why a review was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong: lower case, no final period, input in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<&'static str>,
}

/// What became of the reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Every review that was answered, each with its status; a List gives a List.
    pub text: String,
    /// How many were answered.
    pub answered: usize,
    /// Those that were not, in the order of the input.
    pub refused: Vec<Refusal>,
}

/// Answers every review in `bytes`: JSON values, JSON Lines or YAML documents, each a review or a List of reviews.
/// They are written as they came, or in the form that is asked for.
pub fn answer(bytes: &[u8], authorizer: &Authorizer<'_>, form: Option<Form>, limits: Limits) -> Answers {
    let read = values(bytes, limits);
    let mut answering = Answering { authorizer, names: Names::default(), answered: 0, refused: Vec::new() };
    let mut documents = Vec::new();
    for document in read.documents {
        match document {
            Ok(node) => documents.extend(answering.document(node, false)),
            Err(fault) => answering.refuse(fault),
        }
    }
    let written = match form {
        None => read.written,
        Some(Form::Yaml) => Written::Yaml,
        Some(Form::Json) if read.written == Written::Yaml => Written::Json,
        Some(Form::Json) => read.written,
    };
    let text = written::text(&documents, written);
    Answers { text, answered: answering.answered, refused: answering.refused }
}

struct Answering<'a> {
    authorizer: &'a Authorizer<'a>,
    names: Names,
    answered: usize,
    refused: Vec<Refusal>,
}

impl Answering<'_> {
    fn refuse(&mut self, fault: Fault) {
        let Fault { at, message, help, .. } = fault;
        self.refused.push(Refusal { line: at.line, column: at.column.max(1), message, help });
    }

    /// A review, a List or a sequence with its answers; `listed` where the kind is that of the list around it.
    fn document(&mut self, node: Node, listed: bool) -> Option<Node> {
        match node.value {
            Value::List(items) => {
                let value = Value::List(self.items(items, false));
                Some(Node { at: node.at, value })
            }
            Value::Map(entries) if is_list(&entries) => Some(Node { at: node.at, value: self.list(entries) }),
            value => self.review(Node { at: node.at, value }, listed),
        }
    }

    fn items(&mut self, items: Vec<Node>, listed: bool) -> Vec<Node> {
        items.into_iter().filter_map(|item| self.document(item, listed)).collect()
    }

    fn list(&mut self, mut entries: Vec<Entry>) -> Value {
        let typed = kind_of(&entries).is_some_and(|kind| kind != "List");
        for entry in entries.iter_mut().filter(|entry| &*entry.key == "items") {
            match std::mem::replace(&mut entry.node.value, Value::List(Vec::new())) {
                Value::List(items) => entry.node.value = Value::List(self.items(items, typed)),
                Value::Null => {}
                _ => self.refuse(request::malformed(entry.node.at, "`items` must be a list")),
            }
        }
        Value::Map(entries)
    }

    fn review(&mut self, mut node: Node, listed: bool) -> Option<Node> {
        let status = match Request::read(&node, listed, &self.names) {
            Ok(request) => self.status(&request),
            Err(fault) => {
                self.refuse(fault);
                return None;
            }
        };
        self.answered += 1;
        if let Value::Map(entries) = &mut node.value {
            match entries.iter_mut().find(|entry| &*entry.key == "status") {
                Some(entry) => entry.node.value = status,
                None => entries.push(entry("status", status)),
            }
        }
        Some(node)
    }

    fn status(&self, request: &Request) -> Value {
        let decision = request.decide(self.authorizer);
        let mut labels: Vec<&str> = decision.bindings.iter().map(|bound| bound.label.as_str()).collect();
        // The same binding given twice with different content allows once.
        labels.dedup();
        Value::Map(vec![
            entry("allowed", Value::Bool(decision.allowed())),
            entry("reason", Value::Text(labels.join(", ").into())),
        ])
    }
}

fn entry(key: &str, value: Value) -> Entry {
    Entry {
        key: Key::Text(key.into()),
        key_at: Default::default(),
        node: Node { at: Default::default(), value },
    }
}

fn kind_of(entries: &[Entry]) -> Option<&str> {
    let kind = entries.iter().find(|entry| &*entry.key == "kind")?;
    match &kind.node.value {
        Value::Text(kind) | Value::Plain(kind) => Some(kind),
        _ => None,
    }
}

fn is_list(entries: &[Entry]) -> bool {
    kind_of(entries).is_some_and(|kind| kind == "List" || kind.strip_suffix("List") == Some(REVIEW))
}

#[cfg(test)]
mod tests;
