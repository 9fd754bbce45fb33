//! What the roles of one identity cover, by the bindings that give them.

use super::super::places::Held;
use super::super::requests::{RequestKey, RequestSet};
use super::Grant;
use crate::authorizer;
use crate::model::PolicyRule;
use std::rc::Rc;

/// Which requests the rules of a role cover.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Covered {
    /// Request, and index of a rule that covers it; sorted.
    pub(super) rules: Vec<(RequestKey, usize)>,
    held: Held,
}

impl Covered {
    /// Adds a rule by its index, with the requests that it covers.
    pub(super) fn add(&mut self, index: usize, rule: &PolicyRule, requests: &[RequestKey]) {
        let restricted = authorizer::name_restricted(rule);
        for &key in requests {
            self.rules.push((key, index));
            self.held.add(key, restricted);
        }
    }

    fn of(&self, key: RequestKey) -> impl Iterator<Item = usize> + '_ {
        let start = self.rules.partition_point(|(known, _)| *known < key);
        let from = self.rules.get(start..).unwrap_or_default();
        from.iter().take_while(move |(known, _)| *known == key).map(|(_, rule)| *rule)
    }
}

/// A role that covers some request, held through one subject of a binding; there are many of them.
#[derive(Debug)]
struct Holding {
    binding: u32,
    subject: u32,
    role: u32,
    covered: Rc<Covered>,
}

/// The roles of one identity, in the order of the bindings.
#[derive(Debug, Default)]
pub(in super::super) struct Rights {
    holdings: Vec<Holding>,
    /// Whether one of its roles has any rule, if only one that covers no request.
    pub(super) rules: bool,
    /// Every request that they cover, in one copy for all identities that hold the same.
    pub(super) held: Rc<RequestSet>,
    /// With what its groups hold.
    pub(super) whole: Rc<RequestSet>,
}

impl Rights {
    /// Those of somebody whose roles are not known yet.
    pub(super) fn holding(nothing: &Rc<RequestSet>) -> Self {
        Rights { held: Rc::clone(nothing), whole: Rc::clone(nothing), holdings: Vec::new(), rules: false }
    }

    /// Those of a role that is bound in a way which the input does not show.
    pub(in super::super) fn of_role(covered: Covered, role: usize) -> Self {
        let mut rights = Rights::default();
        rights.add(usize::MAX, 0, role, Rc::new(covered));
        rights.held = Rc::new(rights.covered());
        rights
    }

    pub(super) fn add(&mut self, binding: usize, subject: usize, role: usize, covered: Rc<Covered>) {
        // Most hold one role or two.
        if self.holdings.capacity() == self.holdings.len() {
            self.holdings.reserve_exact(self.holdings.len().max(1));
        }
        let [binding, subject, role] = [binding, subject, role].map(narrow);
        self.holdings.push(Holding { binding, subject, role, covered });
    }

    pub(super) fn covered(&self) -> RequestSet {
        let mut held = RequestSet::default();
        self.holdings.iter().for_each(|holding| held.extend(&holding.covered.held.some));
        held
    }

    /// The rules that cover a request.
    pub(in super::super) fn of(&self, key: RequestKey) -> impl Iterator<Item = Grant> + '_ {
        let covering = self.holdings.iter().filter(move |holding| holding.covered.held.some.holds(key));
        covering.flat_map(move |&Holding { binding, subject, role, ref covered }| {
            let [binding, subject, role] = [binding, subject, role].map(widen);
            covered.of(key).map(move |rule| Grant { binding, subject, role, rule })
        })
    }

    pub(super) fn holds_any(&self) -> bool {
        !self.holdings.is_empty()
    }

    /// Every request that some rule of the identity or of its groups covers.
    pub(in super::super) fn whole(&self) -> &Rc<RequestSet> {
        &self.whole
    }

    /// Every request that some rule covers.
    pub(in super::super) fn held(&self) -> &RequestSet {
        &self.held
    }

    /// What each binding gives, by its index and that of the role.
    pub(in super::super) fn by_binding(&self) -> impl Iterator<Item = (usize, usize, &Held)> {
        let all = self.holdings.iter();
        all.map(|holding| (widen(holding.binding), widen(holding.role), &holding.covered.held))
    }
}

/// An index in half the room; one that is too large stands for none, as [`usize::MAX`] does.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn widen(index: u32) -> usize {
    if index == u32::MAX { usize::MAX } else { index as usize }
}
