//! A report as JSON and what is wanted of it → that, as the bytes of a file.

use crate::check::{blob_of, slice};
use crate::protocol::{Event, Message, Taking, What};
use cilium_exec_check_core::redact::redact;
use cilium_exec_check_core::render::{Place, path_picture};
use cilium_exec_check_core::report::{AccessReport, EntityRef, Path};

/// What is wanted, attached to an event.
pub async fn taken(taking: &Taking) -> Event {
    let failed = |reason: &str| Message::Failed { reason: reason.to_owned() }.into();
    let Ok(bytes) = slice(&taking.document, 0.0, taking.document.size()).await else {
        return failed("the browser could not read the report");
    };
    let Ok(report) = serde_json::from_slice::<AccessReport>(&bytes) else {
        return failed("the report is not one");
    };
    let (text, media_type) = match &taking.what {
        What::Report(format) => (format.text(&shown(&report, taking.redacted)), format.media_type()),
        What::Picture(who, path) => match picture(&report, who, path, taking.redacted) {
            Some(picture) => (picture, "image/svg+xml"),
            None => return failed("the path is closed, and no longer in the report"),
        },
    };
    match blob_of(text.as_bytes(), media_type) {
        Ok(blob) => Event { attachments: vec![blob.into()], ..Message::Taken.into() },
        Err(_) => failed("the browser had no memory left for it"),
    }
}

fn shown(report: &AccessReport, redacted: bool) -> std::borrow::Cow<'_, AccessReport> {
    match redacted {
        true => std::borrow::Cow::Owned(redact(report)),
        false => std::borrow::Cow::Borrowed(report),
    }
}

/// Pseudonyms are those of the whole report, which keeps its order with them.
fn picture(report: &AccessReport, who: &EntityRef, path: &Path, redacted: bool) -> Option<String> {
    if !redacted {
        return Some(path_picture(path, Place::File));
    }
    let index = paths(report).position(|(identity, it)| identity == who && it == path)?;
    let redacted = redact(report);
    paths(&redacted).nth(index).map(|(_, path)| path_picture(path, Place::File))
}

fn paths(report: &AccessReport) -> impl Iterator<Item = (&EntityRef, &Path)> {
    let found = report.findings.iter().map(|finding| (&finding.identity, &finding.paths));
    let blocked = report.blocked.iter().map(|blocked| (&blocked.identity, &blocked.paths));
    found.chain(blocked).flat_map(|(who, paths)| paths.iter().map(move |path| (who, path)))
}
