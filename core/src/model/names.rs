//! Names, labels and places: the small values that every object is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A string that many objects share.
pub type Name = Arc<str>;

/// `metadata.labels` or a selector.
pub type Labels = BTreeMap<Name, Name>;

/// Which source: an index into [`super::Snapshot::sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SourceId(pub u32);

/// A place in the input. Line and column count from 1; 0 means the source as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Location {
    /// The source.
    pub source: SourceId,
    /// The line; CRLF ends one line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A namespaced object known by its name only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// Where it starts.
    pub at: Location,
}
