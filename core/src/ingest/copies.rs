//! Parts of objects → the one copy that all objects with an equal part share: most rules, contexts and volumes of a cluster
//! are those of others.

use crate::model::hash;
use hashbrown::HashTable;
use std::borrow::Borrow;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The parts of one type that were seen.
#[derive(Debug)]
pub(crate) struct Copies<T: ?Sized>(RefCell<HashTable<Arc<T>>>);

impl<T: ?Sized> Default for Copies<T> {
    fn default() -> Self {
        Copies(RefCell::default())
    }
}

impl<T: ?Sized + Hash + Eq> Copies<T> {
    /// The copy that is kept of this part.
    pub(crate) fn share<P: Borrow<T> + Hash + Into<Arc<T>>>(&self, part: P) -> Arc<T> {
        self.share_made(part, |part, known| part.borrow() == known, P::into)
    }

    /// The copy of a part that is made where there is none; what it is made of has the same hash.
    pub(crate) fn share_made<P: Hash>(
        &self,
        of: P,
        is_it: impl Fn(&P, &T) -> bool,
        make: impl FnOnce(P) -> Arc<T>,
    ) -> Arc<T> {
        let mut known = self.0.borrow_mut();
        let hash = hash_of(&of);
        if let Some(known) = known.find(hash, |known| is_it(&of, known)) {
            return Arc::clone(known);
        }
        let made = make(of);
        known.insert_unique(hash, Arc::clone(&made), hash_of);
        made
    }
}

fn hash_of<T: ?Sized + Hash>(part: &T) -> u64 {
    let mut hasher = Words(0);
    part.hash(&mut hasher);
    hasher.finish()
}

/// Mixes words into a hash that needs no random seed.
struct Words(u64);

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        self.write_u64(hash(bytes));
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_i64(&mut self, word: i64) {
        self.write_u64(word.cast_unsigned());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::Copies;
    use crate::model::Name;
    use std::sync::Arc;

    #[test]
    fn equal_parts_are_one_and_others_are_not() {
        let copies = Copies::<[Name]>::default();
        let list = |words: &str| copies.share(words.split(' ').map(Name::from).collect::<Vec<Name>>());
        assert!(Arc::ptr_eq(&list("get list"), &list("get list")));
        for other in ["get", "list get", "getlist", "get list watch"] {
            assert!(!Arc::ptr_eq(&list("get list"), &list(other)), "{other}");
            assert_eq!(list(other).join(" "), other);
        }
    }
}
