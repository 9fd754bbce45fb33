//! Requests spread over several identities of one principal: the steps that lead to the others, and the one they make.

mod class;
mod deed;
mod fork;
mod lift;
mod moves;
mod share;
mod spots;
mod three;
mod tree;
mod way;

use super::Graph;
use super::act::{Field, Found, Play, found_by};
use super::holder::Holder;
use super::node::{Actor, Edge, Node, NodeId, Proof};
use crate::report::Certainty;
use lift::Lifting;
use moves::Moves;
use share::{Share, Spread, shares};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use way::Ways;

/// Every identity of the graph by its node; a namespace's level that one lifted makes it no other.
type Actors = BTreeMap<NodeId, Actor>;

/// How many steps it is from one identity to another that it does something with.
type Lengths = BTreeMap<(NodeId, NodeId), usize>;

/// What is known of who does what with whom.
struct Ground<'f> {
    field: &'f Field<'f>,
    actors: Actors,
    spread: Vec<Spread<'f>>,
    shares: BTreeMap<NodeId, Share>,
    lifting: Lifting<'f>,
    moves: Moves,
}

impl Ground<'_> {
    /// The holder of what several may ask for between them; the last of them goes on.
    fn together(&self, ends: &[NodeId]) -> Option<Holder<'_>> {
        let field = self.field;
        let holders = ends
            .iter()
            .map(|end| Some(Holder::new(field.world, field.grants, self.actors.get(end)?, &field.bound)));
        holders.reduce(|others, holder| Some(holder?.together(others?))).flatten()
    }

    /// Whether each of several makes a request that no other of them makes.
    fn takes_all(&self, ends: &[NodeId], found: &Found) -> bool {
        let actors: Vec<&Actor> = ends.iter().filter_map(|end| self.actors.get(end)).collect();
        let alone = |one: &Actor, proof: &Proof| actors.iter().all(|who| *who == one || !who.makes(proof));
        actors.iter().all(|one| found.proofs.iter().any(|proof| alone(one, proof)))
    }
}

/// How often it is looked for what identities do between them: each round may lead to somebody who takes part in the next.
/// The limits of every report say so.
const MOST_ROUNDS: usize = 32;

/// Looks for what identities do between them, and once more where that leads to somebody sooner than anything else: they
/// may take part in more.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    done: usize,
    /// What was come to sooner before: from where, what, and in how many steps.
    shortcuts: BTreeSet<(NodeId, NodeId, usize)>,
}

impl Rounds {
    /// Adds every step whose requests one identity makes in part, and another that it can become makes the rest of; then
    /// those of two that are both reached from somewhere else, and of three. Whether there may be more.
    pub(super) fn add(&mut self, graph: &mut Graph, field: &Field<'_>) -> bool {
        if self.done == MOST_ROUNDS {
            return false;
        }
        let moves = Moves::new(graph);
        let shortcuts = moves.shortcuts().collect();
        if self.done > 0 && shortcuts == self.shortcuts {
            return false;
        }
        let actors = actors(graph);
        let (spread, shares) = shares(field, &actors);
        let lifting = Lifting::new(graph, field, &actors);
        if spread.is_empty() && lifting.is_needless() {
            return false;
        }
        *self = Rounds { done: self.done + 1, shortcuts };
        let ground = Ground { field, actors, spread, shares, lifting, moves };
        let mut lengths = follow(graph, &ground);
        lengths.extend(lift::add(graph, &ground));
        fork::add(graph, &ground, &lengths);
        three::add(graph, &ground);
        true
    }
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
fn follow(graph: &mut Graph, ground: &Ground<'_>) -> Lengths {
    let holders: BTreeSet<NodeId> = ground.shares.keys().copied().collect();
    let in_part = |(_, share): &(&NodeId, &Share)| ground.spread.iter().any(|play| play.is_part(share));
    let firsts = ground.shares.iter().filter(in_part).map(|(&first, _)| first);
    join(graph, &ground.moves, (firsts, &holders), |graph, first, second| {
        between(graph, ground, (second, first))
    })
}

/// Steps by their techniques.
type FoundSteps = Vec<(&'static str, Found)>;

/// Adds what each of the first does with each other one that it can become, after the way to that one.
fn join(
    graph: &mut Graph,
    moves: &Moves,
    (firsts, others): (impl Iterator<Item = NodeId>, &BTreeSet<NodeId>),
    done: impl Fn(&Graph, NodeId, NodeId) -> FoundSteps,
) -> Lengths {
    let mut lengths = Lengths::new();
    let mut joint: Vec<(NodeId, Vec<NodeId>, FoundSteps)> = Vec::new();
    for first in firsts {
        let ways = Ways::new(moves, first);
        for second in ways.reached(others) {
            let found = done(graph, first, second);
            if !found.is_empty() {
                let way = ways.to(second);
                lengths.insert((first, second), way.len());
                joint.push((first, way, found));
            }
        }
    }
    for (first, way, found) in joint {
        let at = lay(graph, first, (first, &way));
        add_all(graph, at, found);
    }
    lengths
}

fn add_all(graph: &mut Graph, from: NodeId, found: FoundSteps) {
    found.into_iter().for_each(|(technique, found)| graph.add(from, technique, found));
}

/// What a step is told apart by: its technique, where it leads, and the subjects of bindings that allow it.
type StepKey = (&'static str, Node, BTreeSet<(usize, usize)>);

/// What two holders do between them by any play.
fn between(graph: &Graph, ground: &Ground<'_>, (one, two): (NodeId, NodeId)) -> FoundSteps {
    let (Some(its), Some(other)) = (ground.shares.get(&one), ground.shares.get(&two)) else {
        return Vec::new();
    };
    let plays = ground.spread.iter().filter(|play| play.is_completed(its, other));
    surest(plays.flat_map(|play| {
        try_pair(graph, ground, play.play, (one, two)).into_iter().map(|found| (play.id(), found))
    }))
}

/// Of the steps by one technique to one node by the same grants, the surest that comes first.
fn surest(found: impl Iterator<Item = (&'static str, Found)>) -> FoundSteps {
    let mut all: BTreeMap<StepKey, Found> = BTreeMap::new();
    for (technique, found) in found {
        let grants = found.proofs.iter().filter_map(|proof| proof.grant);
        let grants = grants.map(|grant| (grant.binding, grant.subject)).collect();
        match all.entry((technique, found.to.clone(), grants)) {
            Entry::Vacant(place) => drop(place.insert(found)),
            Entry::Occupied(known) if known.get().judged.0 <= found.judged.0 => {}
            Entry::Occupied(mut known) => drop(known.insert(found)),
        }
    }
    all.into_iter().map(|((technique, ..), found)| (technique, found)).collect()
}

/// What two holders do by one play that neither does alone; `goes_on` is who goes on from there, with what `other` adds.
fn try_pair(
    graph: &Graph,
    ground: &Ground<'_>,
    play: &Play,
    (goes_on, other): (NodeId, NodeId),
) -> Vec<Found> {
    let (technique, _) = play;
    let pair = [other, goes_on];
    let Some(holder) = ground.together(&pair) else { return Vec::new() };
    // What is done in the namespace comes after.
    let goes_on_later = technique.reach.lifts_level();
    let by_both = |found: &Found| goes_on_later || ground.takes_all(&pair, found);
    let is_known = |found: &Found| pair.iter().any(|&id| takes(graph, id, technique.id, found));
    let all = found_by(ground.field, &holder, play).into_iter();
    all.filter(|found| by_both(found) && !is_known(found)).collect()
}

/// Whether a node has a step already that is as good as one that was found.
fn takes(graph: &Graph, from: NodeId, technique: &str, found: &Found) -> bool {
    graph.steps(from).any(|edge| {
        let same = edge.technique == technique && graph.node(edge.to) == Some(&found.to);
        same && edge.certainty <= found.judged.0
    })
}

/// Adds a way from a node, which is needed once more at its end; where that is. It begins `at` the node, or at the end of
/// another way. Each step may be taken in every manner in which it may be taken elsewhere.
fn lay(graph: &mut Graph, at: NodeId, (from, way): (NodeId, &[NodeId])) -> NodeId {
    let begins = graph.plain_id(from);
    let mut parting = (graph.plain_id(at) != begins).then_some(begins);
    let mut place = at;
    let mut before = from;
    for &node in way {
        let to = graph.id(Node::Along { node, with: at });
        let edges =
            graph.steps(before).filter(|edge| edge.to == node && edge.certainty != Certainty::Blocked);
        let edges: Vec<Edge> =
            edges.map(|edge| Edge { to, parting: parting.or(edge.parting), ..edge.clone() }).collect();
        edges.into_iter().for_each(|edge| graph.step(place, edge));
        (place, before, parting) = (to, node, None);
    }
    place
}
