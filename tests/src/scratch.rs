//! A folder of its own for a test, which is gone when the test ends.

use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folder.
#[derive(Debug)]
pub struct Scratch(TempDir);

impl Scratch {
    /// An empty one.
    ///
    /// # Panics
    /// Where none can be made.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Scratch(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    /// With these files; a name may hold folders.
    ///
    /// # Panics
    /// Where they cannot be written.
    pub fn with(files: &[(&str, &[u8])]) -> Self {
        let scratch = Scratch::new();
        for (name, bytes) in files {
            scratch.write(name, bytes);
        }
        scratch
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of what is in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file; tells its path.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(self.path())).expect("a folder can be made");
        std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path.to_string_lossy().into_owned()
    }
}
