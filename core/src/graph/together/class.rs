//! Identities that hold the same → one class: what one of them does with somebody, each of them does.

use super::super::act::Field;
use super::super::holder::{EVERYTHING, Holder, is_kubelet};
use super::super::node::{Node, NodeId, Sink};
use super::lift::held_back;
use super::{Graph, Ground};
use crate::authorizer;
use crate::model::{Name, PolicyRule};
use std::collections::{BTreeMap, BTreeSet};

/// How far what a level holds back is looked at.
const DEPTH: usize = 3;

/// What a rule says.
type Said<'a> = [&'a [Name]; 4];

/// What a level holds back: by which technique, and what follows in how many steps.
type HeldBack = BTreeSet<(&'static str, usize, Sink)>;

/// What members of a class have in common.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    roles: BTreeSet<(usize, Option<Name>)>,
    is_kubelet: bool,
    held_back: usize,
}

/// The classes of everybody who may take part.
#[derive(Debug, Default)]
pub(super) struct Classes {
    of: BTreeMap<NodeId, usize>,
    /// One member of each.
    pub(super) members: Vec<NodeId>,
    /// What is held back of each: classes with the same number lead to the same.
    held_back: Vec<usize>,
}

impl Classes {
    /// Sorts everybody who holds a part, lifts a level or is held back by one.
    pub(super) fn new(graph: &Graph, ground: &Ground<'_>) -> Self {
        let Ground { field, actors, shares, lifting, .. } = ground;
        let mut classes = Classes::default();
        let mut numbers: BTreeMap<Key, usize> = BTreeMap::new();
        let mut roles = Roles { field, known: BTreeMap::new(), said: BTreeMap::new() };
        let mut outcomes: BTreeMap<HeldBack, usize> = BTreeMap::new();
        let mut everybody: BTreeSet<NodeId> = shares.keys().copied().collect();
        if !lifting.is_needless() {
            everybody.extend(lifting.lifters.union(&lifting.makers));
        }
        for id in everybody {
            let Some(actor) = actors.get(&id) else { continue };
            let holder = Holder::new(field.world, field.grants, actor, &field.bound);
            let held_back = if lifting.makers.contains(&id) { outcome(graph, id) } else { HeldBack::new() };
            let number = outcomes.len();
            let held_back = *outcomes.entry(held_back).or_insert(number);
            let held = holder.roles().map(|(role, scope)| (roles.number(role), scope.cloned()));
            let is_kubelet = is_kubelet(&actor.identity);
            let key = Key { roles: held.collect(), is_kubelet, held_back };
            let number = *numbers.entry(key).or_insert(classes.members.len());
            if number == classes.members.len() {
                classes.members.push(id);
                classes.held_back.push(held_back);
            }
            classes.of.insert(id, number);
        }
        classes
    }

    /// The class of somebody who may take part.
    pub(super) fn of(&self, id: NodeId) -> Option<usize> {
        self.of.get(&id).copied()
    }

    /// What a level holds back of a class, as a number.
    pub(super) fn held_back(&self, class: usize) -> usize {
        self.held_back.get(class).copied().unwrap_or_default()
    }
}

/// Roles that say the same have one number.
struct Roles<'f, 'a> {
    field: &'f Field<'a>,
    known: BTreeMap<usize, usize>,
    said: BTreeMap<Vec<Said<'a>>, usize>,
}

impl Roles<'_, '_> {
    fn number(&mut self, role: usize) -> usize {
        if role == EVERYTHING {
            return EVERYTHING;
        }
        if let Some(number) = self.known.get(&role) {
            return *number;
        }
        let rules = self.field.world.roles.rules(role).iter().map(|effective| said(effective.rule));
        let number = self.said.len();
        let number = *self.said.entry(rules.collect()).or_insert(number);
        self.known.insert(role, number);
        number
    }
}

fn said(rule: &PolicyRule) -> Said<'_> {
    let [verbs, groups, resources] = authorizer::coverage(rule);
    [verbs, groups, resources, &rule.resource_names]
}

/// What follows from the steps that a level holds back, as if it did not.
fn outcome(graph: &Graph, id: NodeId) -> HeldBack {
    let mut outcome = HeldBack::new();
    for edge in held_back(graph, id) {
        let mut reached = BTreeSet::from([edge.to]);
        let mut open = vec![edge.to];
        for depth in 0..DEPTH {
            let mut next = Vec::new();
            for at in open {
                outcome.extend(graph.effects(at).map(|sink| (edge.technique, depth, sink)));
                let acts = matches!(graph.node(at), Some(Node::Acting(_)));
                let onwards = graph.steps(at).filter(|_| !acts).map(|step| step.to);
                next.extend(onwards.filter(|to| reached.insert(*to)));
            }
            open = next;
        }
    }
    outcome
}
