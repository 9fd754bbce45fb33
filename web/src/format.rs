//! A report → the files that it can be taken away as: the bytes that the command line writes.

use cilium_exec_check_core::original::Originals;
use cilium_exec_check_core::render;
use cilium_exec_check_core::report::AccessReport;
use serde::{Deserialize, Serialize};

/// A file's name; it says so where names are replaced by pseudonyms.
pub fn file_name(stem: &str, redacted: bool, ending: &str) -> String {
    format!("{stem}{}.{ending}", if redacted { "-redacted" } else { "" })
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Format {
    Json,
    Html,
    Markdown,
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Html, Format::Json, Format::Csv, Format::Markdown];

    /// What the button says.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "JSON",
            Format::Html => "HTML report",
            Format::Csv => "CSV",
            Format::Markdown => "Markdown",
        }
    }

    /// What the file is called.
    pub fn file(self, redacted: bool) -> String {
        let ending = match self {
            Format::Json => "json",
            Format::Html => "html",
            Format::Csv => "csv",
            Format::Markdown => "md",
        };
        file_name("cilium-exec-check", redacted, ending)
    }

    /// What the browser takes it for.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Html => "text/html",
            Format::Csv => "text/csv",
            Format::Markdown => "text/markdown",
        }
    }

    /// The report in it; `originals` are the lines that its paths point at.
    pub fn text(self, report: &AccessReport, originals: &Originals) -> String {
        match self {
            Format::Json => render::json(report),
            Format::Html => render::html(report, originals),
            Format::Csv => render::csv(report),
            Format::Markdown => render::markdown(report),
        }
    }
}
