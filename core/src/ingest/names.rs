//! The text of a name → the one copy of it that all objects share.

use super::blocks::Blocks;
use crate::model::Name;
pub(super) use crate::model::hash;
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
