//! Events of one check → its progress, and in the end one outcome.

use crate::protocol::{Event, Message};
use crate::row::Row;
use cilium_exec_check_core::report::{AccessReport, Finding};
use std::cmp::Ordering;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// A finished check.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The report without its findings.
    pub report: Rc<AccessReport>,
    /// The findings, in the report's order.
    pub entries: Rc<Vec<Entry>>,
    /// The whole report as the command line writes it.
    pub document: Blob,
}

/// Two are the same only if they are one: there is too much in them to be compared whenever something is drawn.
impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report) && Rc::ptr_eq(&self.entries, &other.entries)
    }
}

/// One finding: its row, and the rest for when it is opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The row.
    pub row: Rc<Row>,
    /// Where grants are left out: what they make of it.
    pub change: Change,
    json: JsValue,
    before: Option<JsValue>,
}

/// What leaving grants out makes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change {
    /// Nothing that shows in its row.
    #[default]
    None,
    /// It is gone; the row and the rest are those of before.
    Closed,
    /// It is less severe.
    Lessened,
    /// It was none before, or an expected one.
    Opened,
}

impl Entry {
    /// A finding of a report.
    fn new(row: Row, json: JsValue) -> Self {
        Entry { row: Rc::new(row), change: Change::None, json, before: None }
    }

    /// The finding as a whole.
    pub fn finding(&self) -> Option<Finding> {
        serde_json::from_str(&self.json.as_string()?).ok()
    }

    /// The finding as it was before grants were left out, where that is something else.
    pub fn before(&self) -> Option<Finding> {
        let before = self.before.as_ref().filter(|before| **before != self.json)?;
        serde_json::from_str(&before.as_string()?).ok()
    }

    /// The same, gone.
    pub fn closed(&self) -> Self {
        Entry { change: Change::Closed, ..self.clone() }
    }

    /// The same, with what it was before.
    pub fn after(&self, before: &Entry) -> Self {
        let change = match before.row.severity.cmp(&self.row.severity) {
            Ordering::Greater => Change::Lessened,
            _ => Change::None,
        };
        Entry { change, before: Some(before.json.clone()), ..self.clone() }
    }

    /// The same, which was no such finding before.
    pub fn opened(&self) -> Self {
        Entry { change: Change::Opened, ..self.clone() }
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
            // Of no check.
            Message::Taken | Message::Found(_) => None,
            Message::Failed { reason } => Some(Step::Failed(reason)),
            Message::Report(report) => {
                self.entries.clear();
                self.report = Some(Rc::new(*report));
                None
            }
            Message::Findings(rows) => {
                let entries = rows.into_iter().zip(event.attachments);
                self.entries.extend(entries.map(|(row, json)| Entry::new(row, json)));
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
