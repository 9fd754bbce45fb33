//! Graph → paths: for every first step of an identity, the shortest way on to each effect in each namespace.

use super::World;
use super::build::Graph;
use super::node::{Edge, Node, NodeId, Sink};
use super::ownership::{Needs, acts_as, adds, names};
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::{Class, Effect, Severity, find};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The request that most people think of first.
const EXEC: &str = "pods-exec";

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
    pub steps: Steps<'g>,
    /// What the last one amounts to.
    pub sink: Sink,
}

impl RawPath<'_> {
    /// As sure as its weakest step.
    pub fn certainty(&self) -> Certainty {
        self.steps.iter().map(|(_, edge)| edge.certainty).max().unwrap_or(Certainty::Certain)
    }
}

/// What a way costs: blocked ways last, then the shorter, the worse, the surer, the plainer, the earlier component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    blocked: usize,
    length: usize,
    mildest: Reverse<Severity>,
    conditional: usize,
    roundabout: usize,
    component: usize,
}

impl Cost {
    pub(super) fn at_end(component: usize) -> Self {
        let mildest = Reverse(Severity::Critical);
        Cost { blocked: 0, length: 0, mildest, conditional: 0, roundabout: 0, component }
    }

    /// How many steps it is.
    pub(super) fn length(self) -> usize {
        self.length
    }

    /// What two ways cost between them.
    pub(super) fn and(self, other: Self) -> Self {
        Cost {
            blocked: self.blocked + other.blocked,
            length: self.length + other.length,
            mildest: self.mildest.max(other.mildest),
            conditional: self.conditional + other.conditional,
            roundabout: self.roundabout + other.roundabout,
            component: self.component.max(other.component),
        }
    }

    /// The cost with one step more.
    pub(super) fn with(self, edge: &Edge) -> Self {
        let technique = find(edge.technique);
        let severity = technique.map_or(Severity::Critical, |technique| technique.severity);
        let severity = edge.lowered.map_or(severity, |lowered| lowered.min(severity));
        // Of several requests that end in the same container, people know exec.
        let roundabout =
            edge.technique != EXEC && technique.is_some_and(|technique| technique.class == Class::Direct);
        Cost {
            blocked: self.blocked + usize::from(edge.certainty == Certainty::Blocked),
            length: self.length + 1,
            mildest: self.mildest.max(Reverse(severity)),
            conditional: self.conditional + usize::from(edge.certainty == Certainty::Conditional),
            roundabout: self.roundabout + usize::from(roundabout),
            component: self.component,
        }
    }
}

/// Steps, each with the node it starts from.
type Steps<'g> = Vec<(NodeId, &'g Edge)>;

/// The best way from one node to a goal: its cost, and the step it starts with; none at the goal itself.
type Leg<'g> = (Cost, Option<&'g Edge>, Sink);

/// The best ways from every node to every goal.
#[derive(Debug)]
pub struct Routes<'g> {
    graph: &'g Graph,
    by_goal: BTreeMap<Goal, BTreeMap<NodeId, Leg<'g>>>,
    needs: Needs,
}

impl<'g> Routes<'g> {
    /// Computes them; `namespace_of` tells the namespace of a component.
    pub fn new(world: &World<'_>, graph: &'g Graph, namespace_of: impl Fn(usize) -> Name) -> Self {
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
        Routes { graph, by_goal: by_goal.collect(), needs: Needs::new(world, graph) }
    }

    /// Every path of an identity: one for each first step and goal, blocked ones included. Where it may do everything by
    /// a first step that is its own, as `is_own` tells, there are no other paths.
    pub fn of(&self, from: NodeId, is_own: impl Fn(&Edge) -> bool) -> Vec<RawPath<'g>> {
        let collapsed = self.graph.steps(from).any(|edge| edge.technique == CLUSTER_ADMIN && is_own(edge));
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
            if self.is_start_again(from, at) {
                return if at == first.to { None } else { self.around(from, first, effect, legs) };
            }
            let Some(edge) = next else { return Some(RawPath { steps, sink: *sink }) };
            if ends_before(self.graph, at, effect) {
                return None;
            }
            if self.adds_nothing(from, at) {
                return if at == first.to { None } else { self.around(from, first, effect, legs) };
            }
            steps.push((at, edge));
            at = edge.to;
        }
    }

    /// The best way on from a first step where the very best leads back through the start, or through somebody who holds
    /// no more: what the start may do is no part of what that step gains.
    fn around(
        &self,
        from: NodeId,
        first: &'g Edge,
        effect: Effect,
        legs: &BTreeMap<NodeId, Leg<'g>>,
    ) -> Option<RawPath<'g>> {
        let mut best: BTreeMap<NodeId, (Cost, Steps<'g>)> = BTreeMap::new();
        let start = Cost::at_end(0).with(first);
        best.insert(first.to, (start, vec![(from, first)]));
        let mut queue = BinaryHeap::from([Reverse((start, first.to))]);
        while let Some(Reverse((cost, id))) = queue.pop() {
            let Some((known, steps)) = best.get(&id).cloned() else { continue };
            if known != cost || self.is_start_again(from, id) {
                continue;
            }
            match legs.get(&id) {
                Some((_, None, sink)) => return Some(RawPath { steps, sink: *sink }),
                Some(_) if !ends_before(self.graph, id, effect) && !self.adds_nothing(from, id) => {}
                _ => continue,
            }
            for edge in self.graph.steps(id) {
                let cost = cost.with(edge);
                if best.get(&edge.to).is_none_or(|(known, _)| cost < *known) {
                    let steps = [&steps[..], &[(id, edge)]].concat();
                    best.insert(edge.to, (cost, steps));
                    queue.push(Reverse((cost, edge.to)));
                }
            }
        }
        None
    }
}

impl Routes<'_> {
    /// Whether a node is the starting identity once more: what reaches itself has gained nothing, unless it bound itself
    /// a role or lifted a level on the way.
    fn is_start_again(&self, from: NodeId, at: NodeId) -> bool {
        at == from
            || match (self.graph.node(from), self.graph.plain(at)) {
                (Some(Node::Acting(start)), Some(Node::Acting(now))) => {
                    start.identity == now.identity && now.bound.is_none() && now.lifted.is_none()
                }
                _ => false,
            }
    }

    /// What an identity reaches without any grant that names it: by those of its groups, and by those of whoever it
    /// becomes that way. `blocked` says whether blocked steps are taken as well.
    pub fn by_groups(
        &self,
        world: &World<'_>,
        identity: &Identity,
        from: NodeId,
        blocked: bool,
    ) -> BTreeSet<Sink> {
        let graph = self.graph;
        let usable = |at: NodeId, edge: &&Edge| {
            let counts = blocked || edge.certainty != Certainty::Blocked;
            let at = graph.origin(at, edge);
            let own = || acts_as(graph, identity, at) && names(world, graph, identity, edge);
            counts && !own() && !adds(world, identity, edge)
        };
        let mut reached = BTreeSet::new();
        // What runs code in privileged Cilium ends the ways to lesser effects.
        for passing in [true, false] {
            let ends = |at| !passing && graph.effects(graph.plain_id(at)).any(|sink| sink.effect.runs_code());
            let mut seen = BTreeSet::from([from]);
            let mut open = vec![from];
            while let Some(at) = open.pop() {
                if at != from {
                    reached.extend(graph.effects(at).filter(|sink| sink.effect.runs_code() == passing));
                }
                let gains_nothing =
                    || at != from && (self.is_start_again(from, at) || self.adds_nothing(from, at));
                if ends(at) || gains_nothing() {
                    continue;
                }
                let next = graph.steps(at).filter(|edge| usable(at, edge)).map(|edge| edge.to);
                open.extend(next.filter(|to| seen.insert(*to)));
            }
        }
        reached
    }

    /// Whether a node is somebody who holds no more than the starting identity does by its groups.
    fn adds_nothing(&self, from: NodeId, at: NodeId) -> bool {
        match self.graph.node(from) {
            Some(Node::Acting(start)) => self.needs.nothing_new(&start.identity, at),
            _ => false,
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
        let cost = Cost::at_end(sink.component);
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
            let cost = cost.with(edge);
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
    let ends = |sink: Sink| sink.effect == effect || (sink.effect.runs_code() && !effect.runs_code());
    graph.effects(graph.plain_id(node)).any(ends)
}
