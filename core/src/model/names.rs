//! Names, labels and places: the small values that every object is made of.

use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// A string that many objects share.
pub type Name = Arc<str>;

/// A list that has one item for the most part, which then stands where the list does.
pub type Few<T> = SmallVec<[T; 1]>;

/// FNV-1a over words (<http://www.isthe.com/chongo/tech/comp/fnv/>), its high bits spread over all, which the table needs.
pub(crate) fn hash(text: &[u8]) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| {
        let hash = step(hash, u64::from_le_bytes(*word));
        hash ^ (hash >> 29)
    });
    let hash = rest.iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)));
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// `metadata.labels` or a selector: sorted by key, each key once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Labels(Box<[(Name, Name)]>);

impl Labels {
    /// None at all.
    pub fn new() -> Self {
        Labels::default()
    }

    /// The value of a label.
    pub fn get(&self, key: impl AsRef<str>) -> Option<&Name> {
        let place = self.0.binary_search_by(|(known, _)| (**known).cmp(key.as_ref())).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Whether a label is set.
    pub fn contains_key(&self, key: impl AsRef<str>) -> bool {
        self.get(key).is_some()
    }

    /// The labels in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Name, &Name)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Name> {
        self.0.iter().map(|(key, _)| key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(Name, Name)> for Labels {
    /// Of the same key the last value counts.
    fn from_iter<I: IntoIterator<Item = (Name, Name)>>(labels: I) -> Self {
        let mut labels: Vec<(Name, Name)> = labels.into_iter().collect();
        labels.reverse();
        labels.sort_by(|(a, _), (b, _)| a.cmp(b));
        labels.dedup_by(|(second, _), (first, _)| second == first);
        Labels(labels.into_boxed_slice())
    }
}

impl<const N: usize> From<[(Name, Name); N]> for Labels {
    fn from(labels: [(Name, Name); N]) -> Self {
        labels.into_iter().collect()
    }
}

impl Extend<(Name, Name)> for Labels {
    fn extend<I: IntoIterator<Item = (Name, Name)>>(&mut self, more: I) {
        *self = std::mem::take(&mut self.0).into_iter().chain(more).collect();
    }
}

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
