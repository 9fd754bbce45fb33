//! Steps → the fewest that lead each identity to each effect: every place is explored, every distance worked out.

use super::cluster::Cluster;
use super::explored::Explored;
use super::grants::{Who, subject};
use super::graph::{Graph, is_privileged};
use super::place::{Actor, Place};
use super::starting;
use cilium_exec_check_core::model::{Binding, Name, Snapshot};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::collections::{BTreeMap, BTreeSet};

/// The fewest steps to each effect of each identity.
pub(super) type Lengths = BTreeMap<(Who, Effect), Length>;

/// The fewest steps by ways that use a grant of one's own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Length {
    /// In the first step.
    pub(super) first: Option<usize>,
    /// In any that one takes as oneself.
    pub(super) later: Option<usize>,
}

/// What an identity reaches where no binding names it: by its groups alone.
pub(super) fn by_groups(
    snapshot: &Snapshot,
    minor: Option<u32>,
    who: &Who,
    least: Certainty,
) -> BTreeSet<Effect> {
    let mut without = snapshot.clone();
    let mut unbound = Vec::new();
    for binding in &mut without.bindings {
        let place = binding.clone();
        let (own, others) =
            place.subjects.iter().cloned().partition(|item| subject(&place, item).as_ref() == Some(who));
        binding.subjects = others;
        // It stays somebody that the input speaks of, bound to nothing.
        let mut named = Binding { subjects: own, ..place };
        named.role_ref.kind = Name::from("Nothing");
        unbound.push(named);
    }
    without.bindings.extend(unbound);
    let explored = Explored::new(Cluster::new(&without, minor));
    let mut reached = BTreeSet::new();
    for passing in [true, false] {
        let graph = Graph::new(&explored, std::slice::from_ref(who), least, passing);
        let actor = Actor::own(who.clone());
        let far = graph.distances(&Place::Acts(actor.clone()), &actor);
        let effects = graph.by_effect(&far.any).into_keys();
        reached.extend(effects.filter(|effect| is_privileged(*effect) == passing));
    }
    reached
}

/// Everything that can be reached by steps that are at least so sure.
pub(super) fn search(explored: &Explored<'_>, least: Certainty) -> Lengths {
    let mut lengths = Lengths::new();
    let starts: Vec<Who> = starting(&explored.cluster).into_iter().collect();
    for passing in [true, false] {
        // Effects below exec and node-root count only where these are not passed on the way.
        let graph = Graph::new(explored, &starts, least, passing);
        for who in &starts {
            for (effect, length) in graph.reached(who) {
                if is_privileged(effect) == passing {
                    lengths.insert((who.clone(), effect), length);
                }
            }
        }
    }
    lengths
}
