//! The sample that the page offers → the files of `--demo`, so that the first look needs no cluster.

use crate::check::blob_of;
use crate::protocol::SourceFile;
use cilium_exec_check_core::demo;

/// The sample's files.
pub fn files() -> Vec<SourceFile> {
    let file = |(name, text): &(&str, &[u8])| {
        let blob = blob_of(text, "text/plain").ok()?;
        Some(SourceFile { name: (*name).to_owned(), blob })
    };
    demo::sources().iter().filter_map(file).collect()
}
