//! The sample that the page offers → files, so that the first look needs no cluster.

use crate::check::blob_of;
use crate::protocol::SourceFile;

/// The sample's files.
pub fn files() -> Vec<SourceFile> {
    let sources = [("sample.yaml", include_str!("sample.yaml"))];
    let file = |(name, text): (&str, &str)| {
        let blob = blob_of(text.as_bytes(), "text/plain").ok()?;
        Some(SourceFile { name: name.to_owned(), blob })
    };
    sources.into_iter().filter_map(file).collect()
}
