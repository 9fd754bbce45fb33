//! A document → a file of mode 0600 that is replaced whole, by way of a temporary file in the same folder.

use super::Document;
use crate::process::Temporary;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A document that waits to take its place.
pub(super) enum Prepared<'d> {
    /// A temporary file that replaces the target.
    Replace { file: NamedTempFile, target: PathBuf, registered: Temporary },
    /// A device or FIFO: nothing to replace, the document goes there.
    Stream { file: File, document: &'d Document<'d> },
}

/// Writes the document beside the target; nothing is left of it unless it is committed.
pub(super) fn prepare<'d>(target: &Path, document: &'d Document<'d>) -> io::Result<Prepared<'d>> {
    if let Ok(metadata) = std::fs::metadata(target) {
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            let file = OpenOptions::new().write(true).open(target)?;
            return Ok(Prepared::Stream { file, document });
        }
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (file, registered) = Temporary::file_in(folder, ".cilium-exec-check-")?;
    write(file.as_file(), document)?;
    file.as_file().sync_all()?;
    Ok(Prepared::Replace { file, target: target.to_owned(), registered })
}

fn write(file: &File, document: &Document<'_>) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    document.write_to(&mut file)?;
    file.flush()
}

impl Prepared<'_> {
    /// Puts the document in its place.
    pub(super) fn commit(self) -> io::Result<()> {
        match self {
            Prepared::Replace { file, target, registered } => {
                file.persist(target).map_err(|failed| failed.error)?;
                drop(registered);
                Ok(())
            }
            Prepared::Stream { file, document } => write(&file, document),
        }
    }
}
