//! A report as JSON and what is wanted of it → that, as the bytes of a file.

use crate::check::blob_of;
use crate::format::Format;
use crate::looking::originals;
use crate::protocol::{Event, Message, Taking, What};
use crate::slices::whole;
use cilium_exec_check_core::original::{Originals, Wanted};
use cilium_exec_check_core::redact::redact;
use cilium_exec_check_core::render::{Place, html_paths, path_picture};
use cilium_exec_check_core::report::{AccessReport, EntityRef, Path};
use web_sys::Blob;

/// What is wanted, attached to an event.
pub async fn taken(taking: &Taking) -> Event {
    match file(taking).await {
        Ok(blob) => Event { attachments: vec![blob.into()], ..Message::Taken.into() },
        Err(reason) => Message::Failed { reason: reason.to_owned() }.into(),
    }
}

async fn file(taking: &Taking) -> Result<Blob, &'static str> {
    let (text, media_type) = match &taking.what {
        What::Report(format) => {
            let report = report(taking).await?;
            let report = if taking.redacted { redact(&report) } else { report };
            // With pseudonyms nothing is shown as it stands.
            let originals = match format {
                Format::Html if !taking.redacted => {
                    originals(&taking.files, &Wanted::of(&report, html_paths(&report))).await
                }
                _ => Originals::default(),
            };
            (format.text(&report, &originals), format.media_type())
        }
        What::Picture(who, path) => {
            let picture = match taking.redacted {
                true => redacted_picture(&report(taking).await?, who, path),
                false => Some(path_picture(path, Place::File)),
            };
            (picture.ok_or("the path is closed, and no longer in the report")?, "image/svg+xml")
        }
    };
    blob_of(text.as_bytes(), media_type).map_err(|_| "the browser had no memory left for it")
}

async fn report(taking: &Taking) -> Result<AccessReport, &'static str> {
    let bytes = whole(&taking.document, |_| {}).await;
    let bytes = bytes.map_err(|_| "the browser could not read the report")?;
    serde_json::from_slice(&bytes).map_err(|_| "the report is not one")
}

/// Pseudonyms are those of the whole report, which keeps its order with them.
fn redacted_picture(report: &AccessReport, who: &EntityRef, path: &Path) -> Option<String> {
    let index = paths(report).position(|(identity, it)| identity == who && it == path)?;
    let redacted = redact(report);
    paths(&redacted).nth(index).map(|(_, path)| path_picture(path, Place::File))
}

fn paths(report: &AccessReport) -> impl Iterator<Item = (&EntityRef, &Path)> {
    let found = report.findings.iter().map(|finding| (&finding.identity, &finding.paths));
    let blocked = report.blocked.iter().map(|blocked| (&blocked.identity, &blocked.paths));
    found.chain(blocked).flat_map(|(who, paths)| paths.iter().map(move |path| (who, path)))
}
