//! What takes three identities: the ways to all of them, which may part and part again, and the step between them.

use super::super::act::{Found, found_by};
use super::super::node::NodeId;
use super::moves::{plain_nodes, runs_code};
use super::spots::{Spots, THREE, Threefold, held_anywhere, threefold};
use super::tree::{Beginning, Leg, Tree, Trees};
use super::{FoundSteps, Graph, Ground, add_all, lay, surest, takes};
use std::collections::{BTreeMap, BTreeSet};

/// The cheapest ways that part at nodes.
type Partings = BTreeMap<Beginning, Tree>;

/// Adds every such step.
pub(super) fn add(graph: &mut Graph, ground: &Ground<'_>) {
    let all = threefold(ground);
    if all.is_empty() {
        return;
    }
    for what in &all {
        let partings = partings(graph, &Spots::new(ground, what)).into_iter();
        let of_three = partings.filter(|(_, tree)| tree.ends.len() >= THREE);
        let trees: BTreeMap<Vec<Leg>, (NodeId, Vec<NodeId>)> =
            of_three.map(|((at, _), tree)| (tree.legs, (at, tree.ends))).collect();
        for (legs, (at, ends)) in trees {
            let needed = |(technique, found): &(&'static str, Found)| {
                ground.takes_all(&ends, found) && !takes(graph, at, technique, found)
            };
            let found = surest(done(ground, what, &ends).into_iter().filter(needed));
            if !found.is_empty() {
                let end = legs.iter().fold(at, |place, leg| lay(graph, place, (leg.from, &leg.way)));
                add_all(graph, end, found);
            }
        }
    }
}

/// The cheapest ways that part at each node. First whoever holds a part somewhere is taken to hold it everywhere, which
/// tells the least that it can cost; where that proves wrong, one spot after the other is looked at until it costs no more.
fn partings(graph: &Graph, spots: &Spots<'_, '_>) -> Partings {
    let (ground, what) = (spots.ground, spots.what);
    let (moves, parts) = (&ground.moves, what.all());
    let nodes = || plain_nodes(graph).filter(|id| !runs_code(graph, *id));
    let anywhere = Trees::new(moves, &held_anywhere(ground, what), parts, None);
    let (mut best, wrong): (Partings, Partings) =
        anywhere.partings(nodes()).into_iter().partition(|(_, tree)| spots.fits(&tree.ends));
    // Whoever holds all parts, but not in one spot, hides what others do there.
    if wrong.is_empty() && anywhere.whole().all(|end| spots.fits(&[end])) {
        return best;
    }
    let mut open = anywhere.least(nodes());
    let elsewhere = spots.held(&what.elsewhere());
    let trees_elsewhere = Trees::new(moves, &elsewhere, parts, None);
    for spot in &spots.all {
        let held = spots.held(spot);
        if held.values().fold(0, |all, held| all | held) != parts {
            continue;
        }
        let trees = Trees::new(moves, &held, parts, Some((&elsewhere, &trees_elsewhere)));
        let nodes: BTreeSet<NodeId> = open.keys().map(|(at, _)| *at).collect();
        for (beginning, tree) in trees.partings(nodes.into_iter()) {
            match best.get_mut(&beginning) {
                Some(cheapest) if *cheapest <= tree => {}
                Some(cheapest) => *cheapest = tree,
                None => drop(best.insert(beginning, tree)),
            }
        }
        open.retain(|beginning, least| {
            let is_least = best.get(beginning).is_some_and(|tree| tree.cost <= *least);
            !is_least && trees.passing(*beginning).is_none_or(|length| length > least.length())
        });
        if open.is_empty() {
            break;
        }
    }
    best
}

/// Every step that these may take between them, needed or not; the last of them goes on.
fn done(ground: &Ground<'_>, what: &Threefold<'_>, ends: &[NodeId]) -> FoundSteps {
    let Some(holder) = ground.together(ends) else { return FoundSteps::new() };
    let each = what.plays.iter().flat_map(|play| found_by(ground.field, &holder, play));
    each.map(|found| (what.technique.id, found)).collect()
}
