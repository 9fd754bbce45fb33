//! The text of a name → the one copy of it that all objects share.

use super::blocks::Blocks;
use crate::model::Name;
use hashbrown::HashTable;
use std::cell::RefCell;

/// Names that were seen, so that equal ones share their text.
#[derive(Debug)]
pub(crate) struct Names {
    /// Text of YAML of which nothing is kept.
    pub(super) blocks: RefCell<Blocks>,
    /// The same of JSON.
    pub(super) values: RefCell<Blocks>,
    known: RefCell<HashTable<Name>>,
    empty: Name,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            blocks: RefCell::default(),
            values: RefCell::default(),
            known: RefCell::default(),
            empty: Name::from(""),
        }
    }
}

/// FNV-1a over words (<http://www.isthe.com/chongo/tech/comp/fnv/>), its high bits spread over all, which the table needs.
pub(super) fn hash(text: &[u8]) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| {
        let hash = step(hash, u64::from_le_bytes(*word));
        hash ^ (hash >> 29)
    });
    let hash = rest.iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)));
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Names {
    /// The name that is kept for this text.
    pub(crate) fn share(&self, name: &Name) -> Name {
        // Whatever is kept already is held at least twice.
        if std::sync::Arc::strong_count(name) > 1 {
            return name.clone();
        }
        self.shared(name, || name.clone())
    }

    /// The name that is kept for this text.
    pub(crate) fn share_text(&self, text: &str) -> Name {
        self.shared(text, || Name::from(text))
    }

    /// The empty name.
    pub(crate) fn empty(&self) -> Name {
        self.empty.clone()
    }

    fn shared(&self, text: &str, own: impl FnOnce() -> Name) -> Name {
        let mut known = self.known.borrow_mut();
        let entry = known.entry(hash(text.as_bytes()), |name| &**name == text, |name| hash(name.as_bytes()));
        entry.or_insert_with(own).get().clone()
    }
}
