//! What takes three identities: the ways to all of them, which may part and part again, and the step between them.

use super::super::act::{Attempt, Found, judge_facts};
use super::super::holder::Holder;
use super::super::node::{Actor, NodeId, Proof};
use super::super::reach;
use super::spots::{Spots, THREE, Threefold, held_anywhere, threefold};
use super::tree::{Incoming, Leg, Tree, Trees};
use super::{FoundSteps, Graph, Ground, add_all, lay, surest, takes};
use std::collections::BTreeMap;

/// The cheapest ways for each node and technique of a first step.
type Partings = BTreeMap<(NodeId, &'static str), Tree>;

/// Adds every such step.
pub(super) fn add(graph: &mut Graph, ground: &Ground<'_>) {
    let all = threefold(ground);
    if all.is_empty() {
        return;
    }
    let incoming = ground.moves.incoming();
    let mut steps: BTreeMap<Vec<Leg>, FoundSteps> = BTreeMap::new();
    for what in &all {
        let mut known = Known { ground, what, by_ends: BTreeMap::new() };
        let partings = partings(graph, &incoming, &mut known).into_iter();
        for ((at, _), tree) in partings.filter(|(_, tree)| tree.ends.len() >= THREE) {
            let needed = |(technique, found): &&(&str, Found)| {
                takes_all(ground, &tree.ends, found) && !takes(graph, at, technique, found)
            };
            let found = surest(known.found(&tree.ends).iter().filter(needed).cloned());
            steps.entry(tree.legs).or_default().extend(found);
        }
    }
    for (legs, found) in steps.into_iter().filter(|(_, found)| !found.is_empty()) {
        let Some(first) = legs.first() else { continue };
        let end = legs.iter().fold(first.from, |place, leg| lay(graph, place, (leg.from, &leg.way)));
        add_all(graph, end, found);
    }
}

/// The cheapest ways that part at each node. First whoever holds a part somewhere is taken to hold it everywhere, which
/// says how few steps it can be; where that proves wrong, one spot after the other is looked at until it is so few.
fn partings(graph: &Graph, incoming: &Incoming, known: &mut Known<'_, '_>) -> Partings {
    let (ground, what) = (known.ground, known.what);
    let parts = (1 << what.parts.len()) - 1;
    let moves = (&ground.moves, incoming);
    let anywhere = Trees::new(moves, &held_anywhere(ground, what), parts, None);
    let (mut best, wrong): (Partings, Partings) =
        anywhere.partings(graph).into_iter().partition(|(_, tree)| !known.found(&tree.ends).is_empty());
    // Whoever holds all parts, but not in one spot, hides what others do there.
    let hiding = anywhere.whole().any(|end| known.found(&[end]).is_empty());
    if wrong.is_empty() && !hiding {
        return best;
    }
    let spots = Spots::new(ground, what);
    let elsewhere = spots.held(&what.elsewhere());
    let trees_elsewhere = Trees::new(moves, &elsewhere, parts, None);
    for spot in &spots.all {
        let held = spots.held(spot);
        if held.values().fold(0, |all, held| all | held) != parts {
            continue;
        }
        let trees = Trees::new(moves, &held, parts, Some((&elsewhere, &trees_elsewhere)));
        for (key, tree) in trees.partings(graph) {
            match best.get_mut(&key) {
                Some(known) if *known <= tree => {}
                Some(known) => *known = tree,
                None => drop(best.insert(key, tree)),
            }
        }
        let is_least =
            |(key, tree): (_, &Tree)| best.get(key).is_some_and(|found| found.length() == tree.length());
        if !hiding && wrong.iter().all(is_least) {
            break;
        }
    }
    best
}

/// What identities do between them, each worked out once.
struct Known<'k, 'f> {
    ground: &'k Ground<'f>,
    what: &'k Threefold<'f>,
    by_ends: BTreeMap<Vec<NodeId>, FoundSteps>,
}

impl Known<'_, '_> {
    /// Every step that these may take, needed or not; the last of them goes on.
    fn found(&mut self, ends: &[NodeId]) -> &FoundSteps {
        let Known { ground, what, by_ends } = self;
        by_ends.entry(ends.to_vec()).or_insert_with(|| done(ground, what, ends))
    }
}

fn done(ground: &Ground<'_>, what: &Threefold<'_>, ends: &[NodeId]) -> FoundSteps {
    let field = ground.field;
    let holders = ends.iter().filter_map(|end| ground.actors.get(end));
    let holders = holders.map(|actor| Holder::new(field.world, field.grants, actor, &field.bound));
    let Some(holder) = holders.reduce(|others, holder| holder.together(others)) else {
        return FoundSteps::new();
    };
    let each = what.plays.iter().flat_map(|(technique, way)| {
        let judged = judge_facts(field.world, technique, &way.facts);
        let mut attempt = Attempt { field, holder: &holder, technique, way, judged, found: Vec::new() };
        reach::attempt(&mut attempt);
        attempt.found
    });
    each.map(|found| (what.technique.id, found)).collect()
}

/// Whether each of several makes a request that no other of them makes.
fn takes_all(ground: &Ground<'_>, ends: &[NodeId], found: &Found) -> bool {
    let actors: Vec<&Actor> = ends.iter().filter_map(|end| ground.actors.get(end)).collect();
    let alone = |one: &Actor, proof: &Proof| actors.iter().all(|who| *who == one || !who.makes(proof));
    actors.iter().all(|one| found.proofs.iter().any(|proof| alone(one, proof)))
}
