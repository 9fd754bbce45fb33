//! Files → a report, by calling the core.

use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_core::{Options, analysis, demo};
use std::path::Path;

/// A file by the name that the report shall give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Reads files, in the order given.
pub fn read(files: &[File]) -> Snapshot {
    let sources = files.iter().map(|file| read_bytes(&file.name, &file.bytes, Limits::default()));
    assemble(sources.collect())
}

/// Reads and analyzes files, in the order given.
pub fn analyze(files: &[File], options: &Options) -> AccessReport {
    analysis::analyze(&read(files), options)
}

/// The files of the embedded cluster.
pub fn sample() -> Vec<File> {
    let files = demo::sources().iter();
    files.map(|(name, bytes)| File { name: (*name).to_owned(), bytes: bytes.to_vec() }).collect()
}

/// The YAML files of a folder of the repository, sorted by name.
///
/// # Panics
/// Where the folder cannot be read.
pub fn files_under(folder: &Path, called: &str) -> Vec<File> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<File> = entries
        .map(|entry| entry.expect("a folder of fixtures can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            File { name: format!("{called}/{name}"), bytes }
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
