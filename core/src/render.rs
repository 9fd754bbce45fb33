//! The report as text, one function a format; nothing here decides anything.

mod catalogue;
mod csv;
mod evidence;
mod explain;
mod html;
mod json;
mod markdown;
mod markup;
mod name;
mod picture;
mod style;
mod summary;
mod terminal;
mod text;
mod wide;
mod words;
mod yaml;

pub use catalogue::{technique, techniques};
pub use csv::csv;
pub use explain::explain;
pub use html::{html, html_paths};
pub use json::{json, write_json};
pub use markdown::markdown;
pub use name::{identity, name};
pub use picture::{PICTURE_STYLE, Place, finding_picture, path_picture};
pub use summary::what_if;
pub use terminal::{is_hidden, shown};
pub use text::text;
pub use wide::wide;

use crate::report::AccessReport;

/// How text for people is laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns to fit; 0 means 100.
    pub width: usize,
    /// List expected findings too.
    pub show_expected: bool,
    /// Emit SGR sequences.
    pub color: bool,
    /// The arguments that lead to the same input, as `-f rbac.yaml`.
    pub again: String,
}

impl TextOptions {
    /// Columns to fit.
    fn columns(&self) -> usize {
        match self.width {
            0 => 100,
            width => width.max(60),
        }
    }
}

/// The report as YAML: the same fields as [`json`].
pub fn yaml(report: &AccessReport) -> String {
    let json = serde_json::to_string(report);
    json.and_then(|json| yaml::yaml(&json)).unwrap_or_default()
}
