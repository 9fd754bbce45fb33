//! Requests spread over two identities of one principal: the steps that lead to the second, and the one they make.

use super::act::{Attempt, Field, judge_facts};
use super::holder::Holder;
use super::node::{Actor, Edge, Node, NodeId};
use super::{Graph, reach};
use crate::report::Certainty;
use crate::technique::{Alternative, RequestPattern, Technique};
use std::collections::{BTreeMap, VecDeque};

/// One technique whose requests may be spread, in one of its ways.
type Play = (&'static Technique, Alternative);

/// Adds every step whose requests one identity makes in part, and another that it can become makes the rest of.
pub(super) fn add(graph: &mut Graph, field: &Field<'_>) {
    let actors = actors(graph);
    for play in field.spread_plays() {
        let partial = partial_holders(field, &actors, play);
        let groups = play.1.requests.len();
        let held_by_some = |group: usize| partial.values().any(|held| held.get(group) == Some(&true));
        if !(0..groups).all(held_by_some) {
            continue;
        }
        for (&first, held) in &partial {
            let missing = |other: &[bool]| held.iter().zip(other).all(|(a, b)| *a || *b);
            for (second, way) in reachable(graph, first) {
                let completes = partial.get(&second).is_some_and(|other| missing(other));
                if completes {
                    try_together(graph, field, play, &actors, (first, second), &way);
                }
            }
        }
    }
}

fn actors(graph: &Graph) -> BTreeMap<NodeId, Actor> {
    let nodes = (0..graph.len()).map(NodeId).filter_map(|id| Some((id, graph.node(id)?)));
    let acting = nodes.filter_map(|(id, node)| match node {
        Node::Acting(actor) if actor.lifted.is_none() => Some((id, actor.clone())),
        _ => None,
    });
    acting.collect()
}

/// The actors that hold some groups of requests, but not all, and which.
fn partial_holders(
    field: &Field<'_>,
    actors: &BTreeMap<NodeId, Actor>,
    (_, way): &Play,
) -> BTreeMap<NodeId, Vec<bool>> {
    let mut partial = BTreeMap::new();
    for (&id, actor) in actors {
        let holder = Holder::new(field.world, field.grants, actor, &field.requests);
        let held: Vec<bool> =
            way.requests.iter().map(|group: &Vec<RequestPattern>| holder.may_try_group(group)).collect();
        if held.contains(&true) && held.contains(&false) {
            partial.insert(id, held);
        }
    }
    partial
}

/// Every node that a principal gets to from its first identity, with the shortest way there.
fn reachable(graph: &Graph, from: NodeId) -> Vec<(NodeId, Vec<Edge>)> {
    let mut ways: BTreeMap<NodeId, Vec<Edge>> = BTreeMap::from([(from, Vec::new())]);
    let mut queue = VecDeque::from([from]);
    let mut order = Vec::new();
    while let Some(at) = queue.pop_front() {
        let so_far = ways.get(&at).cloned().unwrap_or_default();
        for edge in graph.steps(at).filter(|edge| edge.certainty != Certainty::Blocked) {
            if matches!(graph.node(edge.to), Some(Node::Along { .. })) || ways.contains_key(&edge.to) {
                continue;
            }
            let mut way = so_far.clone();
            way.push(edge.clone());
            ways.insert(edge.to, way);
            queue.push_back(edge.to);
            order.push(edge.to);
        }
    }
    order.into_iter().filter_map(|node| ways.remove(&node).map(|way| (node, way))).collect()
}

fn try_together(
    graph: &mut Graph,
    field: &Field<'_>,
    (technique, way): &Play,
    actors: &BTreeMap<NodeId, Actor>,
    (first, second): (NodeId, NodeId),
    steps: &[Edge],
) {
    let (Some(one), Some(two)) = (actors.get(&first), actors.get(&second)) else { return };
    let own = Holder::new(field.world, field.grants, one, &field.requests);
    let holder = Holder::new(field.world, field.grants, two, &field.requests).together(own);
    let judged = judge_facts(field.world, technique, &way.facts);
    let mut attempt = Attempt { field, holder: &holder, technique, way, judged, found: Vec::new() };
    reach::attempt(&mut attempt);
    let found = attempt.found;
    if found.is_empty() {
        return;
    }
    let mut at = first;
    for edge in steps {
        let next = graph.id(Node::Along { node: edge.to, with: first });
        graph.step(at, Edge { to: next, ..edge.clone() });
        at = next;
    }
    for found in found {
        graph.add(at, technique.id, found);
    }
}
