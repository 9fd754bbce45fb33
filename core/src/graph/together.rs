//! Requests spread over two identities of one principal: the steps that lead to the second, and the one they make.

mod fork;
mod lift;
mod share;
mod way;

use super::act::{Attempt, Field, Found, Play, judge_facts};
use super::holder::Holder;
use super::node::{Actor, Edge, Node, NodeId, Proof};
use super::{Graph, reach};
use share::{Share, Spread, shares};
use std::collections::{BTreeMap, BTreeSet};
use way::{Origins, reachable, way_to};

/// Every identity of the graph by its node; a namespace's level that one lifted makes it no other.
type Actors = BTreeMap<NodeId, Actor>;

/// Adds every step whose requests one identity makes in part, and another that it can become makes the rest of; then
/// those of two that are both reached from somewhere else.
pub(super) fn add(graph: &mut Graph, field: &Field<'_>) {
    let actors = actors(graph);
    let (spread, shares) = shares(field, &actors);
    follow(graph, field, &actors, (&spread, &shares));
    lift::add(graph, field, &actors);
    fork::add(graph, field, &actors, (&spread, &shares));
}

fn actors(graph: &Graph) -> Actors {
    let nodes = (0..graph.len()).map(NodeId).filter_map(|id| Some((id, graph.node(id)?)));
    let acting = nodes.filter_map(|(id, node)| match node {
        Node::Acting(actor) if actor.lifted.is_none() => Some((id, actor.clone())),
        _ => None,
    });
    acting.collect()
}

/// What one identity does with another that it becomes.
fn follow(
    graph: &mut Graph,
    field: &Field<'_>,
    actors: &Actors,
    (spread, shares): (&[Spread<'_>], &BTreeMap<NodeId, Share>),
) {
    let holders: BTreeSet<NodeId> = shares.keys().copied().collect();
    let origins = shares.iter().filter(|(_, share)| spread.iter().any(|play| play.is_part(share)));
    let origins = origins.map(|(&first, share)| (first, share, reachable(graph, first, &holders)));
    for (first, one, origins) in origins.collect::<Vec<(NodeId, &Share, Origins)>>() {
        for &second in origins.keys() {
            let Some(two) = shares.get(&second) else { continue };
            let found = between(graph, field, actors, spread, [(second, two), (first, one)]);
            if !found.is_empty() {
                let at = lay(graph, first, &way_to(&origins, first, second));
                found.into_iter().for_each(|(technique, found)| graph.add(at, technique, found));
            }
        }
    }
}

/// What two holders do between them by any play: of the ways of one technique to one node, the surest that comes first.
fn between(
    graph: &Graph,
    field: &Field<'_>,
    actors: &Actors,
    spread: &[Spread<'_>],
    [(one, its), (two, other)]: [(NodeId, &Share); 2],
) -> Vec<(&'static str, Found)> {
    let mut all: BTreeMap<(&'static str, Node), Vec<Found>> = BTreeMap::new();
    for play in spread.iter().filter(|play| play.is_completed(its, other)) {
        for found in try_pair(graph, field, play.play, actors, (one, two)) {
            let known = all.entry((play.id(), found.to.clone())).or_default();
            if known.first().is_none_or(|known| found.judged.0 < known.judged.0) {
                *known = vec![found];
            }
        }
    }
    all.into_iter().flat_map(|((id, _), found)| found.into_iter().map(move |found| (id, found))).collect()
}

/// What two holders do by one play that neither does alone; `goes_on` is who goes on from there, with what `other` adds.
fn try_pair(
    graph: &Graph,
    field: &Field<'_>,
    (technique, way): &Play,
    actors: &Actors,
    (goes_on, other): (NodeId, NodeId),
) -> Vec<Found> {
    let (Some(one), Some(two)) = (actors.get(&other), actors.get(&goes_on)) else { return Vec::new() };
    let own = Holder::new(field.world, field.grants, one, &field.bound);
    let holder = Holder::new(field.world, field.grants, two, &field.bound).together(own);
    let judged = judge_facts(field.world, technique, &way.facts);
    let mut attempt = Attempt { field, holder: &holder, technique, way, judged, found: Vec::new() };
    reach::attempt(&mut attempt);
    // What is done in the namespace comes after.
    let goes_on_later = technique.reach.lifts_level();
    let alone = |who: &Actor, found: &Found| found.proofs.iter().all(|proof| makes(who, proof));
    let by_both = |found: &Found| goes_on_later || (!alone(one, found) && !alone(two, found));
    let is_known = |found: &Found| [goes_on, other].iter().any(|&id| takes(graph, id, technique.id, found));
    attempt.found.into_iter().filter(|found| by_both(found) && !is_known(found)).collect()
}

/// Whether an actor makes a request by itself: the same identity with another role that it bound itself to is another.
fn makes(actor: &Actor, proof: &Proof) -> bool {
    let gained = |(role, _)| actor.bound.as_ref().is_some_and(|(bound, _)| *bound == role);
    proof.by == actor.identity && proof.gained.is_none_or(gained)
}

/// Whether a node has a step already that is as good as one that was found.
fn takes(graph: &Graph, from: NodeId, technique: &str, found: &Found) -> bool {
    graph.steps(from).any(|edge| {
        let same = edge.technique == technique && graph.node(edge.to) == Some(&found.to);
        same && edge.certainty <= found.judged.0
    })
}

/// Adds a way that somebody takes who is needed once more at its end; where that is.
fn lay(graph: &mut Graph, first: NodeId, steps: &[Edge]) -> NodeId {
    steps.iter().fold(first, |at, edge| {
        let to = graph.id(Node::Along { node: edge.to, with: first });
        graph.step(at, Edge { to, ..edge.clone() });
        to
    })
}
