//! Ways through the graph: from one identity to every other that matters, the shortest to each.

use super::super::node::{Edge, Node, NodeId};
use super::Graph;
use crate::report::Certainty;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// From where, and by which of its steps, a node is reached first.
pub(super) type Origins = BTreeMap<NodeId, (NodeId, Edge)>;

/// The steps that may be part of a way: those that count, between nodes that are not themselves on one.
pub(super) fn open_steps(graph: &Graph, from: NodeId) -> impl Iterator<Item = &Edge> {
    let counting = graph.steps(from).filter(|edge| edge.certainty != Certainty::Blocked);
    counting.filter(|edge| !matches!(graph.node(edge.to), Some(Node::Along { .. })))
}

/// How a principal gets from its first identity to every one that holds something: the shortest way to each.
pub(super) fn reachable(graph: &Graph, from: NodeId, targets: &BTreeSet<NodeId>) -> Origins {
    let mut parents: BTreeMap<NodeId, (NodeId, &Edge)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        for edge in open_steps(graph, at) {
            if edge.to != from && !parents.contains_key(&edge.to) {
                parents.insert(edge.to, (at, edge));
                queue.push_back(edge.to);
            }
        }
    }
    // What leads to none of them is not kept.
    let mut origins = Origins::new();
    for target in parents.keys().filter(|node| targets.contains(node)) {
        let mut at = *target;
        while let Some((from, edge)) = parents.get(&at).filter(|_| !origins.contains_key(&at)) {
            origins.insert(at, (*from, (*edge).clone()));
            at = *from;
        }
    }
    origins
}

/// The steps from the first identity to another.
pub(super) fn way_to(origins: &Origins, first: NodeId, target: NodeId) -> Vec<Edge> {
    let mut steps = Vec::new();
    let mut at = target;
    while let Some((from, edge)) = origins.get(&at).filter(|_| at != first) {
        steps.push(edge.clone());
        at = *from;
    }
    steps.reverse();
    steps
}
