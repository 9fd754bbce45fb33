//! Requests spread over two identities of one principal: the steps that lead to the second, and the one they make.

use super::act::{Attempt, Field, Play, is_judged_by_level, judge_facts};
use super::holder::{Holder, Object, groups_held};
use super::node::{Actor, Edge, Node, NodeId};
use super::ownership::Needs;
use super::requests::{Request, RequestSet, Wanted};
use super::{Graph, reach};
use crate::authorizer::Identity;
use crate::report::Certainty;
use crate::technique::{RequestPattern, find};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A set of requests that one identity has to hold.
type Group = Vec<RequestPattern>;

/// From where, and by which of its steps, a node is reached first.
type Origins = BTreeMap<NodeId, (NodeId, Edge)>;

/// Adds every step whose requests one identity makes in part, and another that it can become makes the rest of.
pub(super) fn add(graph: &mut Graph, field: &Field<'_>) {
    let actors = actors(graph);
    let held = held(field, &actors);
    let anybody: BTreeSet<&Group> = held.values().flatten().copied().collect();
    let plays: Vec<&Play> = field
        .spread_plays()
        .filter(|(_, way)| way.requests.iter().all(|group| anybody.contains(group)))
        .collect();
    let holders: BTreeSet<NodeId> = held.keys().copied().collect();
    let origins: Vec<(NodeId, Origins)> = held
        .iter()
        .filter(|(_, own)| plays.iter().any(|play| is_part(play, own)))
        .map(|(&first, _)| (first, reachable(graph, first, &holders)))
        .collect();
    for (first, origins) in origins {
        let done: BTreeSet<&str> = graph.steps(first).map(|edge| edge.technique).collect();
        let mut taken: BTreeSet<(&str, NodeId)> = BTreeSet::new();
        for play in plays.iter().filter(|play| !done.contains(play.0.id)).copied().collect::<Vec<_>>() {
            for &second in origins.keys() {
                let pair = (held.get(&first), held.get(&second));
                let (Some(one), Some(two)) = pair else { continue };
                // One way of a technique for each pair is enough: they all end at the same.
                if completes(play, one, two) && !taken.contains(&(play.0.id, second)) {
                    let steps = way_to(&origins, first, second);
                    if try_together(graph, field, play, &actors, (first, second), &steps) {
                        taken.insert((play.0.id, second));
                    }
                }
            }
        }
    }
    lift(graph, field, &actors);
}

/// Adds the steps by which one identity lifts a level that holds back the pods of another.
fn lift(graph: &mut Graph, field: &Field<'_>, actors: &BTreeMap<NodeId, Actor>) {
    let lifts: Vec<&Play> = field.level_lifts().collect();
    let needs = lifts.iter().map(|(_, way)| RequestSet::of(way.requests.iter().flatten().copied()));
    let needs = Wanted::new(needs.collect());
    let lifters = actors.iter().filter(|(_, actor)| needs.any_within(&field.held(actor)));
    let lifters: BTreeSet<NodeId> = lifters.map(|(&id, _)| id).collect();
    let is_held_back = |id: &&NodeId| {
        graph.steps(**id).any(|edge| {
            let reach = find(edge.technique).map(|technique| technique.reach);
            // What comes of another's template is judged when its pods are made.
            let later = || {
                let other = matches!(graph.node(edge.to), Some(Node::OtherWorkload { .. }));
                other && graph.steps(edge.to).any(|next| next.certainty != Certainty::Certain)
            };
            reach.is_some_and(is_judged_by_level) && (edge.certainty != Certainty::Certain || later())
        })
    };
    let makers: BTreeSet<NodeId> = actors.keys().filter(is_held_back).copied().collect();
    if lifters.is_empty() || makers.is_empty() {
        return;
    }
    let needs = Needs::new(field.world, graph);
    let wanted: BTreeSet<NodeId> = lifters.union(&makers).copied().collect();
    let firsts = wanted.iter().map(|&first| (first, reachable(graph, first, &wanted)));
    for (first, origins) in firsts.collect::<Vec<_>>() {
        for &second in origins.keys() {
            let pair = actors.get(&first).zip(actors.get(&second));
            if pair.is_none_or(|(one, two)| {
                needs.nothing_new(&one.identity, second) && !lifts_beyond(field, &one.identity, two)
            }) {
                continue;
            }
            let steps = way_to(&origins, first, second);
            // The maker goes on, with the level lifted by the other.
            let (maker, lifter) = match (makers.contains(&second), lifters.contains(&second)) {
                (true, _) if lifters.contains(&first) => (second, first),
                (_, true) if makers.contains(&first) => (first, second),
                _ => continue,
            };
            for play in &lifts {
                try_pair(graph, field, play, actors, (maker, lifter), (first, &steps));
            }
        }
    }
}

/// Whether somebody may lift a level that `one` may not lift by the groups that both are in: it need lead them nowhere by
/// itself.
fn lifts_beyond(field: &Field<'_>, one: &Identity, other: &Actor) -> bool {
    if other.bound.is_some() {
        return true;
    }
    let whole = Holder::new(field.world, field.grants, other, &field.bound);
    let by_groups = Holder::by_groups(field.world, field.grants, other, &field.bound, &groups_held(one));
    field.level_lifts().any(|(_, way)| {
        let main = way.requests.last().and_then(|group| group.last());
        let namespaces = main.map(|main| field.terrain.reached(whole.scopes(Request::from(*main))));
        namespaces.into_iter().flatten().any(|namespace| {
            let object = Object { namespace: Some(&namespace), name: Some(&namespace) };
            let may = |holder: &Holder<'_>| !holder.ways(&way.requests, object).is_empty();
            may(&whole) && !may(&by_groups)
        })
    })
}

fn actors(graph: &Graph) -> BTreeMap<NodeId, Actor> {
    let nodes = (0..graph.len()).map(NodeId).filter_map(|id| Some((id, graph.node(id)?)));
    let acting = nodes.filter_map(|(id, node)| match node {
        Node::Acting(actor) if actor.lifted.is_none() => Some((id, actor.clone())),
        _ => None,
    });
    acting.collect()
}

/// Which groups of requests each actor may try, of all that are spread; actors that may try none are left out.
fn held<'f>(field: &'f Field<'_>, actors: &BTreeMap<NodeId, Actor>) -> BTreeMap<NodeId, Vec<&'f Group>> {
    let mut groups: Vec<&Group> = field.spread_plays().flat_map(|(_, way)| &way.requests).collect();
    groups.sort();
    groups.dedup();
    let needs = groups.iter().map(|group| RequestSet::of(group.iter().copied()));
    let needs = Wanted::new(needs.collect());
    let mut held = BTreeMap::new();
    for (&id, actor) in actors {
        let rights = field.held(actor);
        let own = needs.within(&rights).into_iter().filter_map(|place| groups.get(place).copied());
        let own: Vec<&Group> = own.collect();
        if !own.is_empty() {
            held.insert(id, own);
        }
    }
    held
}

fn holds(own: &[&Group], group: &Group) -> bool {
    own.binary_search(&group).is_ok()
}

/// Whether somebody holds some groups of a play, but not all.
fn is_part((_, way): &Play, own: &[&Group]) -> bool {
    let count = way.requests.iter().filter(|group| holds(own, group)).count();
    count > 0 && count < way.requests.len()
}

/// Whether two hold all groups of a play, and neither does alone.
fn completes(play: &Play, one: &[&Group], two: &[&Group]) -> bool {
    let together = || play.1.requests.iter().all(|group| holds(one, group) || holds(two, group));
    is_part(play, one) && is_part(play, two) && together()
}

/// How a principal gets from its first identity to every one that holds something: the shortest way to each.
fn reachable(graph: &Graph, from: NodeId, targets: &BTreeSet<NodeId>) -> Origins {
    let mut parents: BTreeMap<NodeId, (NodeId, &Edge)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        for edge in graph.steps(at).filter(|edge| edge.certainty != Certainty::Blocked) {
            let is_new = edge.to != from && !parents.contains_key(&edge.to);
            if is_new && !matches!(graph.node(edge.to), Some(Node::Along { .. })) {
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
fn way_to(origins: &Origins, first: NodeId, target: NodeId) -> Vec<Edge> {
    let mut steps = Vec::new();
    let mut at = target;
    while let Some((from, edge)) = origins.get(&at).filter(|_| at != first) {
        steps.push(edge.clone());
        at = *from;
    }
    steps.reverse();
    steps
}

/// Tries one play of two holders; whether it led anywhere.
fn try_together(
    graph: &mut Graph,
    field: &Field<'_>,
    play: &Play,
    actors: &BTreeMap<NodeId, Actor>,
    (first, second): (NodeId, NodeId),
    steps: &[Edge],
) -> bool {
    try_pair(graph, field, play, actors, (second, first), (first, steps))
}

/// The same, where `goes_on` is who goes on from there, with what `other` adds; the steps begin at the first of them.
fn try_pair(
    graph: &mut Graph,
    field: &Field<'_>,
    (technique, way): &Play,
    actors: &BTreeMap<NodeId, Actor>,
    (goes_on, other): (NodeId, NodeId),
    (first, steps): (NodeId, &[Edge]),
) -> bool {
    let (Some(one), Some(two)) = (actors.get(&other), actors.get(&goes_on)) else { return false };
    let own = Holder::new(field.world, field.grants, one, &field.bound);
    let holder = Holder::new(field.world, field.grants, two, &field.bound).together(own);
    let judged = judge_facts(field.world, technique, &way.facts);
    let mut attempt = Attempt { field, holder: &holder, technique, way, judged, found: Vec::new() };
    reach::attempt(&mut attempt);
    let found = attempt.found;
    if found.is_empty() {
        return false;
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
    true
}
