//! Events of one check → its progress, and in the end one outcome.

use crate::protocol::{Event, Message};
use crate::row::Row;
use cilium_exec_check_core::report::{AccessReport, Finding};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// A finished check.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The report without its findings.
    pub report: Rc<AccessReport>,
    /// The findings, in the report's order.
    pub entries: Rc<Vec<Entry>>,
    /// The whole report as the command line writes it.
    pub document: Blob,
}

/// One finding: its row, and the rest for when it is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The row.
    pub row: Rc<Row>,
    json: JsValue,
}

impl Entry {
    /// The finding as a whole.
    pub fn finding(&self) -> Option<Finding> {
        serde_json::from_str(&self.json.as_string()?).ok()
    }
}

/// What an event means to the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// So much of a file was read.
    Reading(usize, u64),
    /// Everything was read.
    Analyzing,
    /// It is done.
    Finished(Outcome),
    /// It could not be done, and why.
    Failed(String),
}

/// What has come in so far.
#[derive(Debug, Default)]
pub struct Gathering {
    report: Option<Rc<AccessReport>>,
    entries: Vec<Entry>,
}

impl Gathering {
    /// Takes one event; `None` while pieces of the report are still to come.
    pub fn take(&mut self, event: Event) -> Option<Step> {
        match event.message {
            Message::Reading { file, bytes } => Some(Step::Reading(file, bytes)),
            Message::Analyzing => Some(Step::Analyzing),
            Message::Failed { reason } => Some(Step::Failed(reason)),
            Message::Report(report) => {
                self.report = Some(Rc::new(*report));
                None
            }
            Message::Findings(rows) => {
                let entries = rows.into_iter().map(Rc::new).zip(event.attachments);
                self.entries.extend(entries.map(|(row, json)| Entry { row, json }));
                None
            }
            Message::Done => {
                let document = event.attachments.into_iter().next().and_then(|blob| blob.dyn_into().ok());
                let finished = self.report.take().zip(document).map(|(report, document)| {
                    let entries = Rc::new(std::mem::take(&mut self.entries));
                    Step::Finished(Outcome { report, entries, document })
                });
                Some(finished.unwrap_or_else(|| Step::Failed("the report came incomplete".to_owned())))
            }
        }
    }
}
