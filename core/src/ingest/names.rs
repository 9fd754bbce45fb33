//! The text of a name → the one copy of it that all objects share.

use super::blocks::Blocks;
use super::copies::Copies;
use super::stack::Open;
pub(super) use crate::model::hash;
use crate::model::{Mount, Name, RuleLists, SecurityContext, Volume};
use hashbrown::HashTable;
use std::cell::RefCell;
use std::sync::Arc;

/// Names that were seen, so that equal ones share their text, and parts that many objects have in common.
#[derive(Debug)]
pub(crate) struct Names {
    /// Text of YAML of which nothing is kept.
    pub(super) blocks: RefCell<Blocks>,
    /// The same of JSON.
    pub(super) values: RefCell<Blocks>,
    /// Room for what is read, kept from one object to the next.
    pub(super) open: RefCell<Open>,
    known: RefCell<Known>,
    empty: Name,
    /// Rules, and the lists of names that they have.
    rules: Copies<RuleLists>,
    lists: Copies<[Name]>,
    pub(super) securities: Copies<SecurityContext>,
    pub(super) volumes: Copies<[Volume]>,
    pub(super) mounts: Copies<[Mount]>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            blocks: RefCell::default(),
            values: RefCell::default(),
            open: RefCell::default(),
            known: RefCell::default(),
            empty: Name::from(""),
            rules: Copies::default(),
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
        if Arc::strong_count(name) > 1 {
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

    /// The name for these bytes, if they are text; one that few objects have in common is not looked for.
    pub(super) fn keep(&self, bytes: &[u8], own: bool) -> Option<Name> {
        if own { std::str::from_utf8(bytes).ok().map(Name::from) } else { self.share_bytes(bytes) }
    }

    /// The empty name.
    pub(crate) fn empty(&self) -> Name {
        self.empty.clone()
    }

    /// The lists of a rule, in the order of [`RuleLists::all`]; most rules are those of other roles.
    pub(super) fn rule(&self, lists: [Vec<Name>; 5]) -> Arc<RuleLists> {
        let is_it =
            |lists: &[Vec<Name>; 5], known: &RuleLists| lists.iter().map(Vec::as_slice).eq(known.all());
        self.rules.share_made(lists, is_it, |lists| {
            let [verbs, api_groups, resources, resource_names, non_resource_urls] =
                lists.map(|list| self.lists.share(list));
            Arc::new(RuleLists { verbs, api_groups, resources, resource_names, non_resource_urls })
        })
    }

    fn shared(&self, text: &[u8], own: impl FnOnce() -> Option<Name>) -> Option<Name> {
        self.known.borrow_mut().shared(text, own)
    }
}

/// The names themselves, with their hashes: a table that grows needs no look at texts that are far apart.
#[derive(Debug, Default)]
struct Known {
    names: HashTable<(u64, Name)>,
    /// Where there are so many, those that one object alone has are forgotten.
    most: usize,
}

/// So many names are kept in any case: as many as a table of 2^14 places has room for, which stays near the processor.
const FEW: usize = (1 << 14) / 8 * 7;

impl Known {
    fn shared(&mut self, text: &[u8], own: impl FnOnce() -> Option<Name>) -> Option<Name> {
        let hash = hash(text);
        let is_it = |(known, name): &(u64, Name)| *known == hash && name.as_bytes() == text;
        if let Some((_, known)) = self.names.find(hash, is_it) {
            return Some(known.clone());
        }
        let name = own()?;
        if self.names.len() >= self.most.max(FEW) {
            self.forget();
        }
        self.names.insert_unique(hash, (hash, name.clone()), |(known, _)| *known);
        Some(name)
    }

    /// Forgets what no two objects have: most names of large exports are those of pods and bindings.
    fn forget(&mut self) {
        let all = std::mem::take(&mut self.names);
        for (hash, name) in all.into_iter().filter(|(_, name)| Arc::strong_count(name) > 2) {
            self.names.insert_unique(hash, (hash, name), |(known, _)| *known);
        }
        self.most = self.names.len().saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, Names};
    use crate::model::Name;
    use std::sync::Arc;

    #[test]
    fn rules_that_say_the_same_are_one_and_have_the_lists_of_others() {
        let names = Names::default();
        let list = |words: &str| words.split_whitespace().map(|word| names.share_text(word)).collect();
        let rule = |verbs: &str, groups: &str, resources: &str| {
            names.rule([list(verbs), list(groups), list(resources), list(""), list("")])
        };
        let pods = rule("get list", "", "pods");
        assert!(Arc::ptr_eq(&pods, &rule("get list", "", "pods")));
        let others =
            [rule("get list", "", "secrets"), rule("get list", "pods", ""), rule("", "get list", "pods")];
        assert!(others.iter().all(|other| !Arc::ptr_eq(&pods, other) && pods != *other));
        assert!(Arc::ptr_eq(&pods.verbs, &others[0].verbs));
        assert_eq!(others[2].all().map(|list| list.join(" ")), ["", "get list", "pods", "", ""]);
    }

    #[test]
    fn names_that_objects_share_outlast_any_number_of_others() {
        let names = Names::default();
        let shared: Vec<Name> = (0..2).map(|_| names.share_text("shared")).collect();
        let others: Vec<Name> = (0..3 * FEW).map(|number| names.share_text(&number.to_string())).collect();
        assert!(others.iter().zip(0..).all(|(name, number)| **name == *number.to_string()));
        assert!(names.known.borrow().names.len() <= FEW);
        assert!(shared.iter().all(|name| Arc::ptr_eq(name, &names.share_text("shared"))));
    }
}
