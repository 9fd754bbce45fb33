//! Graph → paths: for every first step of an identity, the shortest way on to each effect in each namespace.

use super::build::Graph;
use super::node::{Edge, NodeId, Sink};
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::Effect;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Whoever holds everything needs no other way.
const CLUSTER_ADMIN: &str = "cluster-admin";

/// Which effect, and in which namespace its component is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Goal {
    /// The effect.
    pub effect: Effect,
    /// The namespace of the component.
    pub namespace: Name,
}

/// One way from an identity to an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawPath<'g> {
    /// The steps, each with the node it starts from.
    pub steps: Vec<(NodeId, &'g Edge)>,
    /// What the last one amounts to.
    pub sink: Sink,
}

impl RawPath<'_> {
    /// As sure as its weakest step.
    pub fn certainty(&self) -> Certainty {
        self.steps.iter().map(|(_, edge)| edge.certainty).max().unwrap_or(Certainty::Certain)
    }
}

/// What a way costs: blocked ways last, then the shorter, then the surer, then the earlier component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    blocked: usize,
    length: usize,
    conditional: usize,
    component: usize,
}

/// The best way from one node to a goal: its cost, and the step it starts with; none at the goal itself.
type Leg<'g> = (Cost, Option<&'g Edge>, Sink);

/// The best ways from every node to every goal.
#[derive(Debug)]
pub struct Routes<'g> {
    graph: &'g Graph,
    by_goal: BTreeMap<Goal, BTreeMap<NodeId, Leg<'g>>>,
}

impl<'g> Routes<'g> {
    /// Computes them; `namespace_of` tells the namespace of a component.
    pub fn new(graph: &'g Graph, namespace_of: impl Fn(usize) -> Name) -> Self {
        let mut ends: BTreeMap<Goal, Vec<(NodeId, Sink)>> = BTreeMap::new();
        let mut incoming: BTreeMap<NodeId, Vec<(NodeId, &Edge)>> = BTreeMap::new();
        for id in (0..graph.len()).map(NodeId) {
            for sink in graph.effects(id) {
                let goal = Goal { effect: sink.effect, namespace: namespace_of(sink.component) };
                ends.entry(goal).or_default().push((id, sink));
            }
            for edge in graph.steps(id) {
                incoming.entry(edge.to).or_default().push((id, edge));
            }
        }
        let by_goal = ends.into_iter().map(|(goal, ends)| {
            let legs = search(graph, &incoming, goal.effect, &ends);
            (goal, legs)
        });
        Routes { graph, by_goal: by_goal.collect() }
    }

    /// Every path of an identity: one for each first step and goal, blocked ones included.
    pub fn of(&self, from: NodeId) -> Vec<RawPath<'g>> {
        let collapsed = self.graph.steps(from).any(|edge| edge.technique == CLUSTER_ADMIN);
        let mut paths = Vec::new();
        for first in self.graph.steps(from) {
            if collapsed && first.technique != CLUSTER_ADMIN {
                continue;
            }
            for (goal, legs) in &self.by_goal {
                paths.extend(self.follow(from, first, goal.effect, legs));
            }
        }
        paths
    }

    fn follow(
        &self,
        from: NodeId,
        first: &'g Edge,
        effect: Effect,
        legs: &BTreeMap<NodeId, Leg<'g>>,
    ) -> Option<RawPath<'g>> {
        let mut steps = vec![(from, first)];
        let mut at = first.to;
        loop {
            let (_, next, sink) = legs.get(&at)?;
            if at == from {
                return None;
            }
            let Some(edge) = next else { return Some(RawPath { steps, sink: *sink }) };
            if ends_before(self.graph, at, effect) {
                return None;
            }
            steps.push((at, edge));
            at = edge.to;
        }
    }
}

/// Shortest ways back from the ends, never through a node where a path of this effect would have ended.
fn search<'g>(
    graph: &'g Graph,
    incoming: &BTreeMap<NodeId, Vec<(NodeId, &'g Edge)>>,
    effect: Effect,
    ends: &[(NodeId, Sink)],
) -> BTreeMap<NodeId, Leg<'g>> {
    let mut best: BTreeMap<NodeId, Leg<'g>> = BTreeMap::new();
    let mut queue = BinaryHeap::new();
    for &(id, sink) in ends {
        let cost = Cost { blocked: 0, length: 0, conditional: 0, component: sink.component };
        if best.get(&id).is_none_or(|(known, ..)| cost < *known) {
            best.insert(id, (cost, None, sink));
            queue.push(Reverse((cost, id)));
        }
    }
    while let Some(Reverse((cost, id))) = queue.pop() {
        let Some(&(known, next, sink)) = best.get(&id) else { continue };
        if known != cost || (next.is_some() && ends_before(graph, id, effect)) {
            continue;
        }
        for &(from, edge) in incoming.get(&id).into_iter().flatten() {
            let cost = Cost {
                blocked: cost.blocked + usize::from(edge.certainty == Certainty::Blocked),
                length: cost.length + 1,
                conditional: cost.conditional + usize::from(edge.certainty == Certainty::Conditional),
                component: cost.component,
            };
            let better = best.get(&from).is_none_or(|(known, step, _)| (cost, Some(edge)) < (*known, *step));
            if better {
                best.insert(from, (cost, Some(edge), sink));
                queue.push(Reverse((cost, from)));
            }
        }
    }
    best
}

/// Whether a path to `effect` that comes by this node has gained at least as much already: the same effect, or, for
/// lesser effects, any that runs code in privileged Cilium or on its node.
fn ends_before(graph: &Graph, node: NodeId, effect: Effect) -> bool {
    graph.effects(node).any(|sink| {
        let passes = matches!(sink.effect, Effect::Exec | Effect::NodeRoot);
        sink.effect == effect || (passes && !matches!(effect, Effect::Exec | Effect::NodeRoot))
    })
}
