//! Places and the steps between them → how far each is from somebody.

use super::cluster::Cluster;
use super::explored::Explored;
use super::grants::Who;
use super::joint::Joint;
use super::place::{Actor, Place};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::collections::BTreeMap;

/// Where steps from a place lead, and how many steps that is.
pub(super) type Edges = BTreeMap<Place, Vec<(Place, usize)>>;

/// Distances from one place.
pub(super) type Distances = BTreeMap<Place, usize>;

/// Whether an effect is code in privileged Cilium, or root on its node.
pub(super) fn is_privileged(effect: Effect) -> bool {
    matches!(effect, Effect::Exec | Effect::NodeRoot)
}

/// What can be reached by steps that are at least so sure.
pub(super) struct Graph<'c, 'a> {
    explored: &'c Explored<'a>,
    pub(super) cluster: &'c Cluster<'a>,
    pub(super) edges: Edges,
    /// What a principal that has come to a place does with all that it becomes from there.
    pub(super) together: Edges,
    pub(super) joint: Vec<&'c Joint>,
}

impl<'c, 'a> Graph<'c, 'a> {
    pub(super) fn new(explored: &'c Explored<'a>, starts: &[Who], least: Certainty, passing: bool) -> Self {
        let joint = explored.joint.iter().filter(|item| item.certainty <= least).collect();
        let cluster = &explored.cluster;
        let (edges, together) = (Edges::new(), Edges::new());
        let mut graph = Graph { explored, cluster, edges, together, joint };
        let starts = starts.iter().map(|who| Place::Acts(Actor::own(who.clone())));
        graph.explore(starts.collect(), least, passing);
        // What is reached jointly may lead to more that is.
        while graph.add_joint() {
            let edges = graph.edges.values().chain(graph.together.values()).flatten();
            let places: Vec<Place> = edges.map(|(place, _)| place.clone()).collect();
            graph.explore(places, least, passing);
        }
        graph
    }

    fn explore(&mut self, mut open: Vec<Place>, least: Certainty, passing: bool) {
        while let Some(place) = open.pop() {
            if self.edges.contains_key(&place) {
                continue;
            }
            let ends = self.explored.effects(&place).iter().any(|effect| is_privileged(*effect));
            let steps = self.explored.steps(&place);
            let leaving = steps.iter().filter(|step| step.certainty <= least && step.to != place);
            let leaving: Vec<Place> = leaving.map(|step| step.to.clone()).collect();
            let leaving = if ends && !passing { Vec::new() } else { leaving };
            open.extend(leaving.iter().cloned());
            self.edges.insert(place, leaving.into_iter().map(|to| (to, 1)).collect());
        }
    }

    /// Distances from a place, step by step outwards.
    pub(super) fn distances(&self, start: &Place) -> Distances {
        let mut far = Distances::from([(start.clone(), 0)]);
        let mut changed = true;
        while changed {
            changed = false;
            for (place, length) in far.clone() {
                let together = self.together.get(&place);
                for (to, steps) in self.edges.get(&place).into_iter().chain(together).flatten() {
                    let known = far.get(to).copied().unwrap_or(usize::MAX);
                    if length + steps < known {
                        far.insert(to.clone(), length + steps);
                        changed = true;
                    }
                }
            }
        }
        far
    }

    /// The effects that somebody reaches, and the fewest steps to each.
    pub(super) fn reached(&self, who: &Who) -> BTreeMap<Effect, usize> {
        let mut reached = BTreeMap::new();
        let start = Place::Acts(Actor::own(who.clone()));
        // Nobody comes to be who they are.
        let others = |place: &Place| !matches!(place, Place::Acts(actor) if actor.who == *who);
        for (place, length) in self.distances(&start).into_iter().filter(|(place, _)| others(place)) {
            for &effect in self.explored.effects(&place).iter() {
                let known = reached.entry(effect).or_insert(length);
                *known = (*known).min(length);
            }
        }
        reached
    }
}
