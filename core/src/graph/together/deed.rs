//! What two classes of identities do between them: by requests that are spread over both, or with a level lifted by one.

use super::super::act::Found;
use super::super::holder::Holder;
use super::super::node::{Actor, Node, NodeId};
use super::super::places::{Held, Places};
use super::super::requests::RequestSet;
use super::class::Classes;
use super::lift::Lifting;
use super::{FoundSteps, Graph, Ground, between, lift};
use crate::model::Name;
use std::collections::{BTreeMap, BTreeSet};

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// A node.
    To(Node),
    /// What a level held back, by its number among the classes.
    Lifted(usize),
}

/// What two classes do between them.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) classes: (usize, usize),
    pub(super) outcomes: BTreeSet<(&'static str, Outcome)>,
}

/// Every one, tried by one member of each class.
pub(super) fn deeds(graph: &Graph, ground: &Ground<'_>, classes: &Classes) -> Vec<Deed> {
    let deeds = pairs(ground, classes).into_iter().filter_map(|(one, two)| {
        let members = (*classes.members.get(one)?, *classes.members.get(two)?);
        let found = done(graph, ground, members);
        let outcomes: BTreeSet<(&'static str, Outcome)> = found
            .into_iter()
            .map(|(technique, found)| (technique, outcome(classes, &found, graph)))
            .collect();
        (!outcomes.is_empty()).then_some(Deed { classes: (one, two), outcomes })
    });
    deeds.collect()
}

/// What two do between them.
pub(super) fn done(graph: &Graph, ground: &Ground<'_>, pair: (NodeId, NodeId)) -> FoundSteps {
    let mut all = between(graph, ground, pair);
    all.extend(lift::between(graph, ground, pair));
    all
}

/// What a step comes to; whoever goes on with a level lifted is a member of a class.
pub(super) fn outcome(classes: &Classes, found: &Found, graph: &Graph) -> Outcome {
    let maker = match &found.to {
        Node::Acting(actor) if actor.lifted.is_some() => {
            let plain = Actor { lifted: None, ..actor.clone() };
            graph.known(&Node::Acting(plain)).and_then(|id| classes.of(id))
        }
        _ => None,
    };
    match maker {
        Some(class) => Outcome::Lifted(classes.held_back(class)),
        None => Outcome::To(found.to.clone()),
    }
}

/// The classes that may do something between them, as they hold parts of it in one place.
fn pairs(ground: &Ground<'_>, classes: &Classes) -> BTreeSet<(usize, usize)> {
    let field = ground.field;
    let places = classes.members.iter().filter_map(|member| {
        let actor = ground.actors.get(member)?;
        Some(Holder::new(field.world, field.grants, actor, &field.bound).places())
    });
    let places: Vec<Places> = places.collect();
    let mut pairs = BTreeSet::new();
    for play in &ground.spread {
        let takes_part = |held: &Held| play.is_part_of(held);
        join(&places, &takes_part, &|one, two| play.is_completed_by(one, two), &mut pairs);
    }
    if ground.lifting.is_needless() {
        return pairs;
    }
    let Lifting { to_lift: lifts, to_make: makes, .. } = &ground.lifting;
    let may = |all: &[RequestSet], held: &Held| all.iter().any(|set| held.some.holds_all(set));
    let any_of = |all: &[RequestSet], held: &Held| all.iter().any(|set| !set.is_disjoint(&held.some));
    let takes_part = |held: &Held| may(lifts, held) || any_of(makes, held);
    let fits = |one: &Held, two: &Held| {
        (may(lifts, one) && any_of(makes, two)) || (may(lifts, two) && any_of(makes, one))
    };
    join(&places, &takes_part, &fits, &mut pairs);
    pairs
}

/// Adds the pairs of classes that fit in some place: both in a namespace where one holds more than in the whole cluster,
/// or both in the cluster.
fn join(
    places: &[Places],
    takes_part: &dyn Fn(&Held) -> bool,
    fits: &dyn Fn(&Held, &Held) -> bool,
    pairs: &mut BTreeSet<(usize, usize)>,
) {
    let mut everywhere: Vec<(usize, Held)> = Vec::new();
    let mut listed: BTreeMap<&Name, Vec<(usize, Held)>> = BTreeMap::new();
    for (class, places) in places.iter().enumerate() {
        for place in places.listed() {
            let held = places.at(place);
            match place {
                _ if !takes_part(&held) => {}
                None => everywhere.push((class, held)),
                Some(namespace) => listed.entry(namespace).or_default().push((class, held)),
            }
        }
    }
    let mut add = |(one, its): &(usize, Held), (two, other): &(usize, Held)| {
        if one != two && fits(its, other) {
            pairs.insert((*one.min(two), *one.max(two)));
        }
    };
    for here in listed.values() {
        for (place, one) in here.iter().enumerate() {
            here.iter().skip(place + 1).chain(&everywhere).for_each(|two| add(one, two));
        }
    }
    for (place, one) in everywhere.iter().enumerate() {
        everywhere.iter().skip(place + 1).for_each(|two| add(one, two));
    }
}
