//! A job → the events of its check: files are read slice by slice, the core judges, the report goes out in pieces.

use crate::looking::looked;
use crate::protocol::{Event, Job, Message, SourceFile, Work};
use crate::row::Row;
use crate::slices::{Slices, head, whole};
use crate::taking::taken;
use cilium_exec_check_core::ingest::{Limits, Restart, SourceObjects, SourceReader, assemble};
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::report::{AccessReport, Finding};
use cilium_exec_check_core::{analyze, render};
use cilium_exec_check_unpack as unpack;
use js_sys::{Array, Date, Uint8Array};
use std::cell::{Cell, RefCell};
use std::io::Cursor;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag};

/// So much of a file tells whether it is an archive.
pub(crate) const HEAD: f64 = 512.0;

/// Milliseconds between two words about how far it is: each has the page draw.
const PACE: f64 = 50.0;

/// How much JSON the page has to take in one go: few enough for it to stay fluent.
const BATCH: usize = 256 * 1024;

/// What was read last, so that another question about it reads no file again.
#[derive(Debug, Clone, Default)]
pub struct Desk(Rc<RefCell<Option<Rc<Snapshot>>>>);

impl Desk {
    /// Does one piece of work and tells how it goes.
    pub async fn work(&self, work: &Work, tell: &impl Fn(Event)) {
        match work {
            Work::Check(job) => self.check(job, tell).await,
            Work::Take(taking) => tell(taken(taking).await),
            Work::Look(looking) => tell(looked(looking).await),
        }
    }

    async fn check(&self, job: &Job, tell: &impl Fn(Event)) {
        let tell = |event: Event| tell(event.about(job.run));
        if let Some(files) = &job.files {
            let snapshot = snapshot(files, &tell).await;
            self.0.replace(Some(Rc::new(snapshot)));
        }
        tell(Message::Analyzing.into());
        let snapshot = self.0.borrow().clone();
        match snapshot {
            Some(snapshot) => tell_report(analyze(&snapshot, &job.options), &tell),
            None => tell(Message::Failed { reason: "nothing was read before".to_owned() }.into()),
        }
    }
}

/// Reads the files; tells how far it is.
pub async fn snapshot(files: &[SourceFile], tell: &impl Fn(Event)) -> Snapshot {
    let mut sources = Vec::with_capacity(files.len());
    let told = Cell::new(0.0);
    for (file, source) in files.iter().enumerate() {
        let progress = |bytes| {
            let now = Date::now();
            if (now - told.get()).abs() >= PACE {
                told.set(now);
                tell(Message::Reading { file, bytes }.into());
            }
        };
        sources.extend(read(source, progress).await);
    }
    assemble(sources)
}

/// Tells a report: what is above the findings, the findings in batches, the document.
pub fn tell_report(mut report: AccessReport, tell: &dyn Fn(Event)) {
    let findings = std::mem::take(&mut report.findings);
    // The page takes these in while the document is written.
    tell(Message::Report(Box::new(report.clone())).into());
    let mut batch = Batch::default();
    for finding in &findings {
        batch.add(finding);
        if batch.bytes >= BATCH {
            tell(std::mem::take(&mut batch).into());
        }
    }
    if !batch.rows.is_empty() {
        tell(batch.into());
    }
    report.findings = findings;
    match blob_of(render::json(&report).as_bytes(), "application/json") {
        Ok(blob) => tell(Event { attachments: vec![blob.into()], ..Message::Done.into() }),
        Err(_) => tell(
            Message::Failed { reason: "the browser had no memory left for the report".to_owned() }.into(),
        ),
    }
}

/// Findings on their way to the page.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    texts: Vec<JsValue>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, finding: &Finding) {
        let text = serde_json::to_string(finding).unwrap_or_default();
        self.rows.push(Row::of(finding));
        self.texts.push(JsValue::from_str(&text));
        // A row of its own costs about as much as a short finding.
        self.bytes += text.len() + 1024;
    }
}

impl From<Batch> for Event {
    fn from(batch: Batch) -> Self {
        Event { attachments: batch.texts, ..Message::Findings(batch.rows).into() }
    }
}

/// Reads one file to its end: an archive's members, else the file itself.
async fn read(file: &SourceFile, progress: impl Fn(u64)) -> Vec<SourceObjects> {
    let Ok(head) = head(&file.blob, HEAD).await else { return vec![unreadable(&file.name, 0)] };
    if !unpack::is_packed_content(&head) {
        return vec![read_plain(file, progress).await];
    }
    match whole(&file.blob, progress).await {
        Ok(bytes) => {
            let length = bytes.len() as u64;
            unpack::source(&file.name, &mut Cursor::new(bytes), length)
        }
        Err(bytes) => vec![unreadable(&file.name, bytes)],
    }
}

/// Reads one file again from its start as often as the core asks.
async fn read_plain(file: &SourceFile, progress: impl Fn(u64)) -> SourceObjects {
    let mut reader = SourceReader::new(&file.name, Limits::default());
    loop {
        match push_all(&mut reader, &file.blob, &progress).await {
            Ok(Ok(())) => match reader.finish() {
                Ok(objects) => return objects,
                Err((again, Restart)) => reader = again,
            },
            Ok(Err(Restart)) => {}
            Err(bytes) => return unreadable(&file.name, bytes),
        }
    }
}

/// Pushes a file slice by slice; `Err` says how many bytes came before the browser could not read on.
async fn push_all(
    reader: &mut SourceReader,
    blob: &Blob,
    progress: &impl Fn(u64),
) -> Result<Result<(), Restart>, u64> {
    let mut slices = Slices::of(blob)?;
    while let Some(bytes) = slices.next().await? {
        if let Err(Restart) = reader.push(bytes) {
            return Ok(Err(Restart));
        }
        progress(slices.done());
    }
    Ok(Ok(()))
}

fn unreadable(name: &str, bytes: u64) -> SourceObjects {
    let message = "the browser could not read the file to its end".to_owned();
    let help = "if it was changed or moved after it was chosen, choose it again".to_owned();
    SourceObjects::unreadable(name, bytes, message, Some(help))
}

/// Bytes as a blob, which the browser keeps outside of the module's memory.
pub fn blob_of(bytes: &[u8], media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(parts.unchecked_ref(), &options)
}
