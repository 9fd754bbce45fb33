//! What the page and its Worker say to each other → JavaScript arrays: one JSON text, then what JSON cannot carry.

use crate::row::Row;
use cilium_exec_check_core::report::AccessReport;
use js_sys::Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// A file to be read, by the name that the report calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFile {
    /// The base name, or a path that begins with the name of the dropped folder.
    pub name: String,
    /// Its bytes, wherever the browser keeps them.
    pub blob: Blob,
}

impl SourceFile {
    /// Whether the source that the report calls so is this file, or a member of it.
    pub fn holds(&self, source: &str) -> bool {
        source.strip_prefix(&self.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What the Worker is asked: who can gain access, according to these files?
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The files, in the order in which they were added.
    pub files: Vec<SourceFile>,
}

impl Job {
    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        let pair = |file: &SourceFile| Array::of2(&JsValue::from_str(&file.name), &file.blob);
        self.files.iter().map(pair).collect::<Array>().into()
    }

    /// From what was posted; `None` if it is no job.
    pub fn from_js(value: &JsValue) -> Option<Job> {
        let file = |pair: JsValue| {
            let pair = pair.dyn_into::<Array>().ok()?;
            Some(SourceFile { name: pair.get(0).as_string()?, blob: pair.get(1).dyn_into().ok()? })
        };
        let files = value.dyn_ref::<Array>()?.iter().map(file).collect::<Option<Vec<_>>>()?;
        Some(Job { files })
    }
}

/// What the Worker tells while it works. The report comes in pieces, so that the page never has to parse much at a
/// time, however large it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// So many bytes of a file were read.
    Reading {
        /// The file's index in the job.
        file: usize,
        /// Bytes read of it so far.
        bytes: u64,
    },
    /// Everything was read, and is being judged.
    Analyzing,
    /// The report, without its findings.
    Report(Box<AccessReport>),
    /// Some findings as rows of the table; each one's JSON text is attached.
    Findings(Vec<Row>),
    /// The end; the whole document is attached, the bytes that the command line writes with `-o json`.
    Done,
    /// It could not be done.
    Failed {
        /// Why, without anything from the input.
        reason: String,
    },
}

/// A message with what is attached to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The message.
    pub message: Message,
    /// Texts and blobs that belong to it.
    pub attachments: Vec<JsValue>,
}

impl From<Message> for Event {
    fn from(message: Message) -> Self {
        Event { message, attachments: Vec::new() }
    }
}

impl Event {
    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        let json = serde_json::to_string(&self.message).unwrap_or_default();
        std::iter::once(JsValue::from_str(&json))
            .chain(self.attachments.iter().cloned())
            .collect::<Array>()
            .into()
    }

    /// From what was posted; `None` if it is no event.
    pub fn from_js(value: &JsValue) -> Option<Event> {
        let mut items = value.dyn_ref::<Array>()?.iter();
        let message = serde_json::from_str(&items.next()?.as_string()?).ok()?;
        Some(Event { message, attachments: items.collect() })
    }
}
