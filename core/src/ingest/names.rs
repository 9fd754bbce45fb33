//! The text of a name → the one copy of it that all objects share.

use crate::model::Name;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Names that were seen, so that equal ones share their text.
#[derive(Debug, Default)]
pub(crate) struct Names(RefCell<Known>);

#[derive(Debug)]
struct Known {
    all: BTreeSet<Name>,
    /// Names by a hash of their text, the last one of each: what stands often is found at once.
    recent: Vec<Name>,
}

/// A power of two.
const RECENT: usize = 1 << 13;

impl Default for Known {
    fn default() -> Self {
        Known { all: BTreeSet::new(), recent: vec![Name::from(""); RECENT] }
    }
}

impl Known {
    fn share(&mut self, text: &str, own: impl FnOnce() -> Name) -> Name {
        let slot = slot(text);
        if let Some(recent) = self.recent.get(slot).filter(|name| &***name == text) {
            return recent.clone();
        }
        let name = match self.all.get(text) {
            Some(known) => known.clone(),
            None => {
                let name = own();
                self.all.insert(name.clone());
                name
            }
        };
        if let Some(recent) = self.recent.get_mut(slot) {
            *recent = name.clone();
        }
        name
    }
}

/// FNV-1a over words (<http://www.isthe.com/chongo/tech/comp/fnv/>); names that share a slot only take it in turns.
fn slot(text: &str) -> usize {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| step(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| step(hash, u64::from(*byte)));
    usize::try_from((hash ^ (hash >> 32) ^ (hash >> 17)) % RECENT as u64).unwrap_or(0)
}

impl Names {
    /// The name that is kept for this text.
    pub(crate) fn share(&self, name: &Name) -> Name {
        self.0.borrow_mut().share(name, || name.clone())
    }

    /// The name that is kept for this text.
    pub(crate) fn share_text(&self, text: &str) -> Name {
        self.0.borrow_mut().share(text, || Name::from(text))
    }
}
