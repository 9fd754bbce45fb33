//! What was found, and what is found with grants left out → the table of both, and how they differ.

use crate::outcome::{Change, Entry, Outcome};
use crate::row::{Row, qualified};
use cilium_exec_check_core::report::{BindingEvidence, RoleEvidence};
use cilium_exec_check_core::without::{GrantKind, Without};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use yew::prelude::*;

/// What can be switched off wherever evidence is shown.
#[derive(Clone, PartialEq)]
pub struct Switches {
    /// What is off.
    pub off: Rc<Vec<Without>>,
    /// Switches something off, or on again.
    pub toggle: Callback<Without>,
    /// Switches several things off in one go, or on again.
    pub try_out: Callback<Vec<Without>>,
}

/// How the findings with grants left out differ from those of before; expected ones are no findings here.
#[derive(Debug)]
pub struct Difference {
    /// What was found before.
    pub before: Outcome,
    /// The findings of before and of now, in one list.
    pub entries: Rc<Vec<Entry>>,
    /// Those that are gone.
    pub closed: Vec<Rc<Row>>,
    /// How many are less severe.
    pub lessened: usize,
    /// How many were none before: what was shipped is no longer as it was shipped.
    pub opened: usize,
    /// How many there are now.
    pub left: usize,
}

/// As outcomes are: two are the same only if they are one.
impl PartialEq for Difference {
    fn eq(&self, other: &Self) -> bool {
        self.before == other.before && Rc::ptr_eq(&self.entries, &other.entries)
    }
}

/// The findings of now in the order of before, those that are gone in their old places, new ones at the end.
fn merged(before: &[Entry], now: &[Entry]) -> Vec<Entry> {
    let found: HashMap<&str, &Entry> = now.iter().map(|entry| (&*entry.row.who, entry)).collect();
    let known: HashSet<&str> = before.iter().map(|entry| &*entry.row.who).collect();
    let kept = before.iter().map(|old| match found.get(&*old.row.who) {
        Some(new) => new.after(old),
        None => old.closed(),
    });
    let fresh = now.iter().filter(|entry| !known.contains(&*entry.row.who)).map(Entry::opened);
    kept.chain(fresh).collect()
}

/// How an outcome differs from that of before.
pub fn difference(before: Outcome, now: &Outcome) -> Difference {
    let entries = merged(&open(&before.entries), &open(&now.entries));
    let of = |change: Change| entries.iter().filter(move |entry| entry.change == change);
    let closed: Vec<Rc<Row>> = of(Change::Closed).map(|entry| entry.row.clone()).collect();
    let (lessened, opened) = (of(Change::Lessened).count(), of(Change::Opened).count());
    let left = entries.len() - closed.len();
    Difference { before, entries: Rc::new(entries), closed, lessened, opened, left }
}

/// The entries that are not expected.
fn open(entries: &[Entry]) -> Vec<Entry> {
    entries.iter().filter(|entry| entry.row.expected.is_none()).cloned().collect()
}

/// A binding of evidence, or one of its subjects.
pub fn of_binding(binding: &BindingEvidence, subject: Option<u32>) -> Option<Without> {
    let kind = GrantKind::of_kind(&binding.kind)?;
    Some(Without { kind, namespace: binding.namespace.clone(), name: binding.name.clone(), item: subject })
}

/// One rule of a role of evidence.
pub fn of_rule(role: &RoleEvidence, rule: u32) -> Option<Without> {
    let kind = GrantKind::of_kind(&role.kind)?;
    Some(Without { kind, namespace: role.namespace.clone(), name: role.name.clone(), item: Some(rule) })
}

/// A grant in words: `RoleBinding kube-system/ci-exec`, `rule 1 of ClusterRole debug`.
pub fn grant_words(grant: &Without) -> String {
    let object = qualified(grant.kind.as_str(), grant.namespace.as_deref(), &grant.name);
    match grant.item {
        None => object,
        Some(item) => {
            let word = grant.kind.items().trim_end_matches('s');
            format!("{word} {} of {object}", u64::from(item) + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn grants_are_called_as_the_page_calls_them_elsewhere() {
        let words = |text| Without::parse(text).map(|grant| grant_words(&grant));
        assert_eq!(words("rolebinding/a/b"), Ok("RoleBinding a/b".to_owned()));
        assert_eq!(words("rolebinding/a/b/subjects/0"), Ok("subject 1 of RoleBinding a/b".to_owned()));
        assert_eq!(words("clusterrole/c/rules/2"), Ok("rule 3 of ClusterRole c".to_owned()));
    }
}
