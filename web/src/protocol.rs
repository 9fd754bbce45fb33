//! What the page and its Worker say to each other → JavaScript arrays: one JSON text, then what JSON cannot carry.

use crate::format::Format;
use crate::row::Row;
use cilium_exec_check_core::Options;
use cilium_exec_check_core::original::{Original, Wanted};
use cilium_exec_check_core::report::{AccessReport, EntityRef, Path};
use cilium_exec_check_unpack as unpack;
use js_sys::Array;
use serde::de::DeserializeOwned;
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
        unpack::is_of(source, &self.name)
    }
}

/// What the Worker is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Who can gain access?
    Check(Job),
    /// How does a report look in another format?
    Take(Taking),
    /// Which lines stand there?
    Look(Looking),
}

/// Who can gain access, according to these files?
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Tells its answers from those to others.
    pub run: u32,
    /// What the core is told.
    pub options: Options,
    /// The files, in the order in which they were added; `None` asks about what was read for the job before.
    pub files: Option<Vec<SourceFile>>,
}

/// A report to be taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct Taking {
    /// What of it.
    pub what: What,
    /// With pseudonyms instead of names.
    pub redacted: bool,
    /// The whole report as JSON.
    pub document: Blob,
    /// The files that it is about.
    pub files: Vec<SourceFile>,
}

/// Lines to be read once more.
#[derive(Debug, Clone, PartialEq)]
pub struct Looking {
    /// Which.
    pub wanted: Wanted,
    /// The files that they are in.
    pub files: Vec<SourceFile>,
}

/// What of a report is taken away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// All of it.
    Report(Format),
    /// The picture of one path of this identity.
    Picture(EntityRef, Box<Path>),
}

/// The part of the work that is text.
#[derive(Serialize, Deserialize)]
enum Asked {
    Check { run: u32, options: Options, names: Option<Vec<String>> },
    Take { what: What, redacted: bool, names: Vec<String> },
    Look { wanted: Wanted, names: Vec<String> },
}

impl Work {
    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        let (asked, blobs): (Asked, Vec<&Blob>) = match self {
            Work::Check(Job { run, options, files }) => {
                let names = files.as_deref().map(names);
                let blobs = files.iter().flatten().map(|file| &file.blob).collect();
                (Asked::Check { run: *run, options: options.clone(), names }, blobs)
            }
            Work::Take(Taking { what, redacted, document, files }) => {
                let blobs = std::iter::once(document).chain(files.iter().map(|file| &file.blob)).collect();
                (Asked::Take { what: what.clone(), redacted: *redacted, names: names(files) }, blobs)
            }
            Work::Look(Looking { wanted, files }) => {
                let blobs = files.iter().map(|file| &file.blob).collect();
                (Asked::Look { wanted: wanted.clone(), names: names(files) }, blobs)
            }
        };
        packed(&asked, blobs.into_iter().map(JsValue::from))
    }

    /// From what was posted; `None` if it is no work.
    pub fn from_js(value: &JsValue) -> Option<Work> {
        let (asked, items) = unpacked(value)?;
        let mut blobs = items.map(|blob| blob.dyn_into().ok()).collect::<Option<Vec<Blob>>>()?.into_iter();
        Some(match asked {
            Asked::Check { run, options, names } => {
                let files = names.map(|names| files(names, blobs));
                Work::Check(Job { run, options, files })
            }
            Asked::Take { what, redacted, names } => {
                Work::Take(Taking { what, redacted, document: blobs.next()?, files: files(names, blobs) })
            }
            Asked::Look { wanted, names } => Work::Look(Looking { wanted, files: files(names, blobs) }),
        })
    }
}

fn names(files: &[SourceFile]) -> Vec<String> {
    files.iter().map(|file| file.name.clone()).collect()
}

fn files(names: Vec<String>, blobs: impl Iterator<Item = Blob>) -> Vec<SourceFile> {
    names.into_iter().zip(blobs).map(|(name, blob)| SourceFile { name, blob }).collect()
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
    /// The report as it was asked for; it is attached.
    Taken,
    /// Lines as they stand in the files.
    Found(Vec<Original>),
    /// It could not be done.
    Failed {
        /// Why, without anything from the input.
        reason: String,
    },
}

/// A message with what is attached to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The job that it is about; 0 where the Worker cannot tell.
    pub run: u32,
    /// The message.
    pub message: Message,
    /// Texts and blobs that belong to it.
    pub attachments: Vec<JsValue>,
}

impl From<Message> for Event {
    fn from(message: Message) -> Self {
        Event { run: 0, message, attachments: Vec::new() }
    }
}

impl Event {
    /// The same, about this job.
    pub fn about(self, run: u32) -> Self {
        Event { run, ..self }
    }

    /// As it is posted.
    pub fn to_js(&self) -> JsValue {
        packed(&(self.run, &self.message), self.attachments.iter().cloned())
    }

    /// From what was posted; `None` if it is no event.
    pub fn from_js(value: &JsValue) -> Option<Event> {
        let ((run, message), items) = unpacked(value)?;
        Some(Event { run, message, attachments: items.collect() })
    }
}

fn packed(text: &impl Serialize, rest: impl Iterator<Item = JsValue>) -> JsValue {
    let json = serde_json::to_string(text).unwrap_or_default();
    std::iter::once(JsValue::from_str(&json)).chain(rest).collect::<Array>().into()
}

fn unpacked<T: DeserializeOwned>(value: &JsValue) -> Option<(T, impl Iterator<Item = JsValue>)> {
    let mut items = value.dyn_ref::<Array>()?.iter();
    let text = serde_json::from_str(&items.next()?.as_string()?).ok()?;
    Some((text, items))
}
