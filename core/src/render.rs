//! The report as text, one function a format; nothing here decides anything.

use crate::report::AccessReport;

/// The report as JSON, indented by two spaces, with a newline at its end: the same bytes natively and in WASM.
pub fn json(report: &AccessReport) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
