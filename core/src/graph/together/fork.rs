//! Two identities that are both reached from somewhere, by ways that part there: the ways to one and to the other, and the
//! step that they make between them.

use super::super::act::Found;
use super::super::node::{Node, NodeId};
use super::super::paths::Cost;
use super::class::Classes;
use super::deed::{Deed, Outcome, deeds, done, outcome};
use super::moves::{Moves, plain_nodes, runs_code};
use super::way::Ways;
use super::{FoundSteps, Graph, Ground, Lengths, add_all, lay, takes};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who may take part, as reached from where ways may part.
#[derive(Debug, Clone, Copy)]
struct End {
    node: NodeId,
    cost: Cost,
    /// Where the first step on the way leads.
    first: NodeId,
}

/// By which technique the first step is taken, the technique of the step between the two, and what comes of that: one pair
/// for each is enough.
type Choice<'d> = (&'static str, &'static str, &'d Outcome);

/// Pairs of identities, each with the techniques that it is chosen for and what comes of them.
type Pairs<'d> = BTreeMap<(NodeId, NodeId), BTreeSet<(&'static str, &'d Outcome)>>;

/// Adds every such step.
pub(super) fn add(graph: &mut Graph, ground: &Ground<'_>, lengths: &Lengths) {
    let classes = Classes::new(graph, ground);
    let deeds = deeds(graph, ground, &classes);
    for at in parting(graph, ground, &classes, &deeds) {
        let ways = Ways::new(&ground.moves, at);
        let ends = nearest(&ways, &classes);
        for (pair, wanted) in chosen(&ground.moves, at, &ends, &deeds, lengths) {
            let found = done(graph, ground, pair).into_iter().filter(|(technique, found)| {
                let wanted = wanted.contains(&(*technique, &outcome(&classes, found, graph)));
                wanted && is_needed(graph, at, pair, technique, found)
            });
            lay_fork(graph, (at, &ways), pair, found.collect());
        }
    }
}

/// The nearest pair for each choice.
fn chosen<'d>(
    moves: &Moves,
    at: NodeId,
    ends: &BTreeMap<usize, Vec<End>>,
    deeds: &'d [Deed],
    lengths: &Lengths,
) -> Pairs<'d> {
    let mut best: BTreeMap<Choice<'d>, (Cost, NodeId, NodeId)> = BTreeMap::new();
    for deed in deeds {
        for (cost, one, two) in reached(ends, deed, lengths) {
            let first = moves.first_technique(at, one.first);
            for (technique, outcome) in &deed.outcomes {
                let pair = (cost, one.node, two.node);
                let known = best.entry((first, technique, outcome)).or_insert(pair);
                *known = pair.min(*known);
            }
        }
    }
    let mut pairs = Pairs::new();
    for ((_, technique, outcome), (_, one, two)) in best {
        pairs.entry((one, two)).or_default().insert((technique, outcome));
    }
    pairs
}

/// Adds the ways to both, and what they do at their ends: whoever is at the end of the first goes back to where they part.
fn lay_fork(
    graph: &mut Graph,
    (at, ways): (NodeId, &Ways<'_>),
    (one, two): (NodeId, NodeId),
    found: FoundSteps,
) {
    if found.is_empty() {
        return;
    }
    let first = lay(graph, at, (at, &ways.to(one)));
    let end = lay(graph, first, (at, &ways.to(two)));
    add_all(graph, end, found);
}

/// Where ways to members of two classes of a deed may part: what runs code in privileged Cilium already needs none.
fn parting(graph: &Graph, ground: &Ground<'_>, classes: &Classes, deeds: &[Deed]) -> Vec<NodeId> {
    if deeds.is_empty() {
        return Vec::new();
    }
    let leading = leading(graph, &ground.moves, classes, deeds);
    let to_both: BTreeSet<u64> = deeds.iter().map(|deed| bit(deed.classes.0) | bit(deed.classes.1)).collect();
    let leads = |id: NodeId| leading.get(id.0).copied().unwrap_or_default();
    let parts = |id: &NodeId| {
        let all = leads(*id);
        let leading = ground.moves.of(*id).filter(|(to, _)| leads(*to) != 0);
        let mut next = leading.map(|(_, way)| way.first());
        let first = next.next();
        to_both.iter().any(|both| all & both == *both)
            && next.any(|to| Some(to) != first)
            && !runs_code(graph, *id)
    };
    plain_nodes(graph).filter(parts).collect()
}

/// One of as many bits as there are: classes with the same one are told apart later.
fn bit(class: usize) -> u64 {
    1 << (class % u64::BITS as usize)
}

/// To members of which classes each node leads, its own included.
fn leading(graph: &Graph, moves: &Moves, classes: &Classes, deeds: &[Deed]) -> Vec<u64> {
    let taking_part: BTreeSet<usize> =
        deeds.iter().flat_map(|deed| [deed.classes.0, deed.classes.1]).collect();
    let mut leading = vec![0; graph.len()];
    let mut open = Vec::new();
    for id in plain_nodes(graph) {
        let class = classes.of(id).filter(|class| taking_part.contains(class));
        if let (Some(class), Some(leads)) = (class, leading.get_mut(id.0)) {
            *leads = bit(class);
            open.push(id);
        }
    }
    while let Some(at) = open.pop() {
        let all = leading.get(at.0).copied().unwrap_or_default();
        for (from, _) in moves.to(at) {
            let Some(leads) = leading.get_mut(from.0) else { continue };
            if *leads | all != *leads {
                *leads |= all;
                open.push(*from);
            }
        }
    }
    leading
}

/// The nearest members of each class: two whose ways begin with different steps.
fn nearest(ways: &Ways<'_>, classes: &Classes) -> BTreeMap<usize, Vec<End>> {
    let mut ends: BTreeMap<usize, Vec<End>> = BTreeMap::new();
    for (node, cost, first) in ways.nearest_first() {
        let Some(class) = classes.of(node) else { continue };
        let known = ends.entry(class).or_default();
        if known.len() < 2 && known.iter().all(|end| end.first != first) {
            known.push(End { node, cost, first });
        }
    }
    ends
}

/// The pairs of members of two classes to which different ways lead, the nearer first, where neither is as near to the
/// other; each with what it costs to come to both.
fn reached<'e>(
    ends: &'e BTreeMap<usize, Vec<End>>,
    deed: &Deed,
    lengths: &'e Lengths,
) -> impl Iterator<Item = (Cost, End, End)> + 'e {
    let of = |class: usize| ends.get(&class).into_iter().flatten();
    let (one, two) = deed.classes;
    let pairs = of(one).flat_map(move |one| of(two).map(move |two| (*one, *two)));
    let apart = pairs.filter(|(one, two)| {
        let nearer = |from: &End, to: &End| {
            lengths.get(&(from.node, to.node)).is_some_and(|length| *length <= to.cost.length())
        };
        one.node != two.node && one.first != two.first && !nearer(one, two) && !nearer(two, one)
    });
    apart.map(|(one, two)| {
        let (one, two) = if (one.cost.length(), one.node) <= (two.cost.length(), two.node) {
            (one, two)
        } else {
            (two, one)
        };
        (one.cost.and(two.cost), one, two)
    })
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
