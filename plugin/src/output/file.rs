//! Bytes → a file of mode 0600 that is replaced whole, by way of a temporary file in the same folder.

use crate::process::Temporary;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Bytes that wait to take their place.
pub(super) enum Prepared {
    /// A temporary file that replaces the target.
    Replace { file: NamedTempFile, target: PathBuf, registered: Temporary },
    /// A device or FIFO: nothing to replace, the bytes go there.
    Stream { file: File, bytes: Vec<u8> },
}

/// Writes the bytes beside the target; nothing is left of them unless they are committed.
pub(super) fn prepare(target: &Path, bytes: &[u8]) -> io::Result<Prepared> {
    if let Ok(metadata) = std::fs::metadata(target) {
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            let file = OpenOptions::new().write(true).open(target)?;
            return Ok(Prepared::Stream { file, bytes: bytes.to_vec() });
        }
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (mut file, registered) = Temporary::file_in(folder, ".cilium-exec-check-")?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(Prepared::Replace { file, target: target.to_owned(), registered })
}

impl Prepared {
    /// Puts the bytes in their place.
    pub(super) fn commit(self) -> io::Result<()> {
        match self {
            Prepared::Replace { file, target, registered } => {
                file.persist(target).map_err(|failed| failed.error)?;
                drop(registered);
                Ok(())
            }
            Prepared::Stream { mut file, bytes } => {
                file.write_all(&bytes)?;
                file.flush()
            }
        }
    }
}
