//! Ways through the graph: from one node to every other that matters, the best to each.

use super::super::node::{Edge, Node, NodeId};
use super::super::paths::Cost;
use super::Graph;
use crate::report::Certainty;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The best way to a node: what it costs, its first step's end, and the node before it.
#[derive(Debug, Clone, Copy)]
struct Leg {
    cost: Cost,
    first: NodeId,
    before: NodeId,
}

/// How a principal gets from one node to others: the shortest way to each and, of those, the worst and surest.
#[derive(Debug)]
pub(super) struct Ways {
    from: NodeId,
    legs: BTreeMap<NodeId, Leg>,
}

/// The steps that may be part of a way: those that count, between nodes that are not themselves on one.
pub(super) fn open_steps(graph: &Graph, from: NodeId) -> impl Iterator<Item = &Edge> {
    let counting = graph.steps(from).filter(|edge| edge.certainty != Certainty::Blocked);
    counting.filter(|edge| !matches!(graph.node(edge.to), Some(Node::Along { .. })))
}

impl Ways {
    /// Looks for the best way to everything that can be reached.
    pub(super) fn new(graph: &Graph, from: NodeId) -> Self {
        let mut legs: BTreeMap<NodeId, Leg> = BTreeMap::new();
        let mut queue = BinaryHeap::from([Reverse((Cost::at_end(0), from))]);
        while let Some(Reverse((cost, at))) = queue.pop() {
            if legs.get(&at).is_some_and(|leg| leg.cost != cost) {
                continue;
            }
            for edge in open_steps(graph, at).filter(|edge| edge.to != from) {
                if legs.get(&edge.to).is_some_and(|known| known.cost.length <= cost.length) {
                    continue;
                }
                let cost = cost.with(edge);
                if legs.get(&edge.to).is_none_or(|known| cost < known.cost) {
                    let first = legs.get(&at).map_or(edge.to, |leg| leg.first);
                    legs.insert(edge.to, Leg { cost, first, before: at });
                    queue.push(Reverse((cost, edge.to)));
                }
            }
        }
        Ways { from, legs }
    }

    /// The nodes among these that are reached.
    pub(super) fn reached<'t>(
        &self,
        targets: &'t BTreeSet<NodeId>,
    ) -> impl Iterator<Item = NodeId> + use<'_, 't> {
        self.legs.keys().copied().filter(|node| targets.contains(node))
    }

    /// Every node that is reached, with how many steps it is and where the first of them leads, in the order of what they
    /// cost.
    pub(super) fn nearest_first(&self) -> Vec<(NodeId, usize, NodeId)> {
        let mut all: Vec<(Cost, NodeId, NodeId)> =
            self.legs.iter().map(|(node, leg)| (leg.cost, *node, leg.first)).collect();
        all.sort_unstable();
        all.into_iter().map(|(cost, node, first)| (node, cost.length, first)).collect()
    }

    /// The nodes on the way, the end included.
    pub(super) fn to(&self, end: NodeId) -> Vec<NodeId> {
        let before = |at: &NodeId| self.legs.get(at).map(|leg| leg.before).filter(|at| *at != self.from);
        let mut nodes: Vec<NodeId> = std::iter::successors(Some(end), before).collect();
        nodes.reverse();
        nodes
    }
}
