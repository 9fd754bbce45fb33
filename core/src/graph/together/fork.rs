//! Two identities that are both reached from somewhere, by ways that part there: the ways to one and to the other, and the
//! step that they make between them.

use super::super::act::{Field, Found};
use super::super::node::{Edge, Node, NodeId};
use super::lift::Lifting;
use super::share::{Share, Spread};
use super::way::open_steps;
use super::{Actors, Graph, between, lay, takes};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How far it is from a node to somebody, and by which of its steps.
type Toward<'g> = BTreeMap<NodeId, (usize, &'g Edge)>;

/// Two ways that part, and what those at their ends do between them.
struct Fork {
    at: NodeId,
    /// The steps to the first, and to the second; the shorter comes first.
    legs: [Vec<Edge>; 2],
    found: Vec<(&'static str, Found)>,
}

/// Adds every such step.
pub(super) fn add(
    graph: &mut Graph,
    field: &Field<'_>,
    actors: &Actors,
    (spread, shares): (&[Spread<'_>], &BTreeMap<NodeId, Share>),
) {
    let lifting = Lifting::new(graph, field, actors);
    let pairs = pairs(spread, shares, &lifting);
    let ends: BTreeSet<NodeId> = pairs.iter().flat_map(|&(one, two)| [one, two]).collect();
    let incoming = incoming(graph);
    let toward: BTreeMap<NodeId, Toward<'_>> =
        ends.into_iter().map(|end| (end, toward(&incoming, end))).collect();
    let mut forks = Vec::new();
    for (one, two) in pairs {
        let (Some(to_one), Some(to_two)) = (toward.get(&one), toward.get(&two)) else { continue };
        let places = parting(graph, (one, to_one), (two, to_two));
        if places.is_empty() {
            continue;
        }
        let found = done_between(graph, field, actors, (spread, shares), &lifting, (one, two));
        for (at, first, second) in places {
            let found =
                found.iter().filter(|(technique, found)| is_needed(graph, at, (one, two), technique, found));
            let found: Vec<(&'static str, Found)> = found.cloned().collect();
            if !found.is_empty() {
                let legs = [first, second].map(|end| leg(&toward, at, end));
                forks.push(Fork { at, legs, found });
            }
        }
    }
    for Fork { at, legs: [first, second], found } in forks {
        // Whoever is at the end of the first way goes back to where they part.
        let first = lay(graph, at, &first);
        let end = lay(graph, first, &second);
        found.into_iter().for_each(|(technique, found)| graph.add(end, technique, found));
    }
}

/// Whoever does something between them that neither does alone, if anything.
fn pairs(
    spread: &[Spread<'_>],
    shares: &BTreeMap<NodeId, Share>,
    lifting: &Lifting<'_>,
) -> BTreeSet<(NodeId, NodeId)> {
    let ordered = |one: NodeId, two: NodeId| (one.min(two), one.max(two));
    let parts: Vec<(NodeId, &Share)> = shares
        .iter()
        .filter(|(_, share)| spread.iter().any(|play| play.is_part(share)))
        .map(|(&id, share)| (id, share))
        .collect();
    let mut pairs = BTreeSet::new();
    for (place, &(one, its)) in parts.iter().enumerate() {
        let others = parts.iter().skip(place + 1);
        let able = others.filter(|(_, other)| spread.iter().any(|play| play.is_completed(its, other)));
        pairs.extend(able.map(|&(two, _)| ordered(one, two)));
    }
    for &lifter in &lifting.lifters {
        let makers = lifting.makers.iter().filter(|maker| **maker != lifter);
        pairs.extend(makers.map(|&maker| ordered(lifter, maker)));
    }
    pairs
}

/// The steps that lead to each node.
fn incoming(graph: &Graph) -> BTreeMap<NodeId, Vec<(NodeId, &Edge)>> {
    let mut incoming: BTreeMap<NodeId, Vec<(NodeId, &Edge)>> = BTreeMap::new();
    let plain = |id: &NodeId| !matches!(graph.node(*id), Some(Node::Along { .. }));
    for from in (0..graph.len()).map(NodeId).filter(plain) {
        for edge in open_steps(graph, from) {
            incoming.entry(edge.to).or_default().push((from, edge));
        }
    }
    incoming
}

/// The shortest way to somebody from every node that leads there.
fn toward<'g>(incoming: &BTreeMap<NodeId, Vec<(NodeId, &'g Edge)>>, end: NodeId) -> Toward<'g> {
    let mut toward = Toward::new();
    let mut queue = VecDeque::from([(end, 0)]);
    while let Some((at, length)) = queue.pop_front() {
        for &(from, edge) in incoming.get(&at).into_iter().flatten() {
            if from != end && !toward.contains_key(&from) {
                toward.insert(from, (length + 1, edge));
                queue.push_back((from, length + 1));
            }
        }
    }
    toward
}

/// Where the ways to two part, with the one that is nearer and the other: neither is on the way to the other, and what
/// runs code in privileged Cilium already needs neither.
fn parting(
    graph: &Graph,
    (one, to_one): (NodeId, &Toward<'_>),
    (two, to_two): (NodeId, &Toward<'_>),
) -> Vec<(NodeId, NodeId, NodeId)> {
    let from_two = to_one.get(&two).map(|(length, _)| *length);
    let from_one = to_two.get(&one).map(|(length, _)| *length);
    let shorter = |length: usize, known: Option<usize>| known.is_none_or(|known| length < known);
    let runs_code = |id| graph.effects(id).any(|sink| sink.effect.is_privileged());
    let both = to_one.iter().filter_map(|(&at, first)| Some((at, first, to_two.get(&at)?)));
    let parting = both.filter(|(at, first, second)| {
        let elsewhere = *at != one && *at != two;
        let is_shorter = shorter(first.0, from_two) && shorter(second.0, from_one);
        elsewhere && first.1.to != second.1.to && is_shorter && !runs_code(*at)
    });
    let in_order = parting.map(|(at, first, second)| match first.0 <= second.0 {
        true => (at, one, two),
        false => (at, two, one),
    });
    in_order.collect()
}

/// The steps from a node to somebody.
fn leg(toward: &BTreeMap<NodeId, Toward<'_>>, from: NodeId, end: NodeId) -> Vec<Edge> {
    let mut steps = Vec::new();
    let mut at = from;
    while let Some((_, edge)) = toward.get(&end).and_then(|toward| toward.get(&at)) {
        steps.push((*edge).clone());
        at = edge.to;
    }
    steps
}

/// What two do between them: by requests that are spread over them, or with a level that one lifts from the other's pods.
fn done_between(
    graph: &Graph,
    field: &Field<'_>,
    actors: &Actors,
    (spread, shares): (&[Spread<'_>], &BTreeMap<NodeId, Share>),
    lifting: &Lifting<'_>,
    (one, two): (NodeId, NodeId),
) -> Vec<(&'static str, Found)> {
    let mut all = Vec::new();
    if let (Some(its), Some(other)) = (shares.get(&one), shares.get(&two)) {
        all = between(graph, field, actors, spread, [(one, its), (two, other)]);
    }
    all.extend(lifting.between(graph, field, actors, (one, two)));
    all
}

/// Whether whoever is where the ways part does not come to the same by itself, or with one of the two.
fn is_needed(
    graph: &Graph,
    at: NodeId,
    (one, two): (NodeId, NodeId),
    technique: &str,
    found: &Found,
) -> bool {
    let with = [one, two].into_iter().filter_map(|node| graph.known(&Node::Along { node, with: at }));
    [at].into_iter().chain(with).all(|from| !takes(graph, from, technique, found))
}
