//! The text of a name → the one copy of it that all objects share.

use super::blocks::Blocks;
use super::copies::Copies;
pub(super) use crate::model::hash;
use crate::model::{Mount, Name, SecurityContext, Volume};
use hashbrown::hash_table::{Entry, HashTable};
use std::cell::RefCell;

/// Names that were seen, so that equal ones share their text, and parts that many objects have in common.
#[derive(Debug)]
pub(crate) struct Names {
    /// Text of YAML of which nothing is kept.
    pub(super) blocks: RefCell<Blocks>,
    /// The same of JSON.
    pub(super) values: RefCell<Blocks>,
    known: RefCell<HashTable<Name>>,
    empty: Name,
    /// Lists of names, as rules have them.
    pub(super) lists: Copies<[Name]>,
    pub(super) securities: Copies<SecurityContext>,
    pub(super) volumes: Copies<[Volume]>,
    pub(super) mounts: Copies<[Mount]>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            blocks: RefCell::default(),
            values: RefCell::default(),
            known: RefCell::default(),
            empty: Name::from(""),
            lists: Copies::default(),
            securities: Copies::default(),
            volumes: Copies::default(),
            mounts: Copies::default(),
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
        self.shared(name.as_bytes(), || Some(name.clone())).unwrap_or_else(|| name.clone())
    }

    /// The name that is kept for this text.
    pub(crate) fn share_text(&self, text: &str) -> Name {
        self.shared(text.as_bytes(), || Some(Name::from(text))).unwrap_or_else(|| Name::from(text))
    }

    /// The name that is kept for these bytes, if they are text.
    pub(super) fn share_bytes(&self, bytes: &[u8]) -> Option<Name> {
        // What is kept already needs no look at its bytes.
        self.shared(bytes, || std::str::from_utf8(bytes).ok().map(Name::from))
    }

    /// The empty name.
    pub(crate) fn empty(&self) -> Name {
        self.empty.clone()
    }

    fn shared(&self, text: &[u8], own: impl FnOnce() -> Option<Name>) -> Option<Name> {
        let mut known = self.known.borrow_mut();
        let is_it = |name: &Name| name.as_bytes() == text;
        match known.entry(hash(text), is_it, |name| hash(name.as_bytes())) {
            Entry::Occupied(known) => Some(known.get().clone()),
            Entry::Vacant(place) => Some(place.insert(own()?).get().clone()),
        }
    }
}
