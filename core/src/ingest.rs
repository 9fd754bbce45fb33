//! Bytes → objects: chunks of YAML or JSON are pushed in, a [`Snapshot`] comes out.

use crate::model::Snapshot;

/// What a reader may take; a limit that is reached refuses the source by the limit's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of mappings and sequences.
    pub depth: usize,
    /// Bytes of one document or one item of a List.
    pub item_bytes: usize,
    /// How many nodes aliases may expand to, in one document.
    pub alias_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 100, item_bytes: 64 << 20, alias_nodes: 1 << 20 }
    }
}

/// The source must be pushed again from its start, to the same reader: it holds something that only the whole
/// document tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart;

/// Reads one source.
#[derive(Debug)]
pub struct SourceReader {}

/// What one source held; handed to [`assemble`].
#[derive(Debug)]
pub struct SourceObjects {}

impl SourceReader {
    /// A reader for the source called `name` (as it was given).
    pub fn new(_name: &str, _limits: Limits) -> Self {
        SourceReader {}
    }

    /// Takes the next bytes. On `Err(Restart)` push the source again from its first byte.
    pub fn push(&mut self, _chunk: &[u8]) -> Result<(), Restart> {
        Ok(())
    }

    /// Ends the source. On `Err((reader, Restart))` push the source again from its first byte.
    pub fn finish(self) -> Result<SourceObjects, (SourceReader, Restart)> {
        Ok(SourceObjects {})
    }
}

impl SourceObjects {
    /// A source that could not be opened, decompressed or read to its end.
    pub fn unreadable(_name: &str, _bytes: u64, _message: String, _help: Option<String>) -> Self {
        SourceObjects {}
    }
}

/// Reads a source that is in memory as a whole.
pub fn read_bytes(_name: &str, _bytes: &[u8], _limits: Limits) -> SourceObjects {
    SourceObjects {}
}

/// Merges the sources, in whatever order, into one snapshot.
pub fn assemble(_sources: Vec<SourceObjects>) -> Snapshot {
    Snapshot::default()
}
