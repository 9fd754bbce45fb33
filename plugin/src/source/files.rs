//! `-f` arguments → files to read, in kubectl's way: a folder's YAML and JSON files, subfolders with `-R`.

use crate::exit::{Failure, describe};
use cilium_exec_check_core::render::shown;
use cilium_exec_check_unpack::{is_packed, is_text};
use std::collections::BTreeSet;
use std::fs::FileType;
use std::path::{Path, PathBuf};

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    /// `-f -`.
    Stdin,
    /// A file, called as it was given.
    File { name: String, path: PathBuf },
    /// Something that should have been read and cannot be.
    Unreadable { name: String, message: String },
}

/// What the arguments lead to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Without doubles, in the order given; folders sorted.
    pub(super) inputs: Vec<Input>,
    /// What was passed over and is worth a line on stderr.
    pub(super) warnings: Vec<String>,
}

/// Finds what to read.
pub(super) fn inputs(given: &[PathBuf], recursive: bool) -> Result<Found, Failure> {
    let mut found = Found::default();
    for path in given {
        if path.as_os_str() == "-" {
            found.inputs.push(Input::Stdin);
            continue;
        }
        let name = path.to_string_lossy().into_owned();
        if name.starts_with("https://") || name.starts_with("http://") {
            let message = format!("`{}` is a URL, and nothing is downloaded", shown(&name));
            return Err(Failure::with_help(message, "download it and give the file"));
        }
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => folder(path, recursive, &mut found),
            Ok(_) => found.inputs.push(Input::File { name, path: path.clone() }),
            Err(error) => found.inputs.push(Input::Unreadable { name, message: describe(&error) }),
        }
    }
    let mut seen = BTreeSet::new();
    found.inputs.retain(|input| seen.insert(input.clone()));
    Ok(found)
}

/// Adds the files of a folder, sorted by name; a file comes before what is in a folder of a later name.
fn folder(path: &Path, recursive: bool, found: &mut Found) {
    let mut waiting = vec![path.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = match std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                found.inputs.push(unreadable(&folder, describe(&error)));
                continue;
            }
        };
        let mut paths: Vec<(PathBuf, Option<FileType>)> =
            entries.iter().map(|entry| (entry.path(), entry.file_type().ok())).collect();
        paths.sort_by(|a, b| a.0.cmp(&b.0));
        let mut below = Vec::new();
        for (path, file_type) in paths {
            if file_type.is_some_and(|file_type| file_type.is_dir()) {
                below.push(path);
            } else {
                member(path, found);
            }
        }
        if recursive {
            waiting.extend(below.into_iter().rev());
        }
    }
}

/// Adds one file of a folder. Links to files are followed, as in a mounted ConfigMap; links to folders are not, so
/// that loops end. What is no file is never opened.
fn member(path: PathBuf, found: &mut Found) {
    let name = path.to_string_lossy().into_owned();
    let wanted = is_text(&name) || is_packed(&name);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() && wanted => found.inputs.push(Input::File { name, path }),
        Ok(metadata) if metadata.is_dir() => {
            found.warnings.push(format!("{name}: a link to a folder is not followed"));
        }
        Ok(metadata) if !metadata.is_file() && wanted => {
            found
                .inputs
                .push(unreadable(&path, "it is a FIFO, socket or device, and is not read".to_owned()));
        }
        Err(error) if wanted => found.inputs.push(unreadable(&path, describe(&error))),
        _ => {}
    }
}

fn unreadable(path: &Path, message: String) -> Input {
    Input::Unreadable { name: path.to_string_lossy().into_owned(), message }
}
