//! Runs every case through the page's own way of reading and compares the report with what native code made of it.

use cilium_exec_check_core::{Options, analyze, render};
use cilium_exec_check_native_reports::{CASES, Case};
use cilium_exec_check_web::check::{Desk, blob_of, snapshot};
use cilium_exec_check_web::protocol::{Event, Job, Message, SourceFile, Work};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Panics with the names of all cases whose JSON differs.
pub(crate) async fn every_report_is_the_native_one() {
    assert!(CASES.len() > 20, "the fixtures are gone");
    let mut differing = Vec::new();
    for case in CASES {
        let options = Options { kubernetes_version: case.kubernetes_version, ..Options::default() };
        let json = render::json(&analyze(&snapshot(&files(case), &|_| {}).await, &options));
        if !case.is_native(&json) {
            differing.push(format!("{}: {} bytes natively, {} here", case.name, case.bytes, json.len()));
        }
    }
    assert!(differing.is_empty(), "{} of {}:\n{}", differing.len(), CASES.len(), differing.join("\n"));
}

/// Panics unless the document that the page offers for download is what the command line writes of the sample.
pub(crate) async fn the_document_is_the_native_one() {
    let case = CASES.iter().find(|case| case.name == "demo").expect("the embedded cluster is a case");
    let events = RefCell::new(Vec::<Event>::new());
    let work = Work::Check(Job { run: 1, options: Options::default(), files: Some(files(case)) });
    Desk::default().work(&work, &|event| events.borrow_mut().push(event)).await;
    let last = events.take().pop().expect("a check ends with an event");
    assert_eq!(last.message, Message::Done);
    let document = last.attachments.into_iter().next().and_then(|it| it.dyn_into::<Blob>().ok());
    let text = JsFuture::from(document.expect("the document is attached").text()).await;
    let text = text.ok().and_then(|text| text.as_string()).expect("a blob can be read");
    assert!(case.is_native(&text), "{} bytes natively, {} here", case.bytes, text.len());
}

fn files(case: &Case) -> Vec<SourceFile> {
    let file = |(name, bytes): &(&str, &[u8])| SourceFile {
        name: (*name).to_owned(),
        blob: blob_of(bytes, "text/plain").expect("a blob can be made"),
    };
    case.files.iter().map(file).collect()
}
