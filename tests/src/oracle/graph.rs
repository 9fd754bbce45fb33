//! Places and the steps between them → how far each is from somebody, by whose grants.

use super::cluster::Cluster;
use super::explored::Explored;
use super::grants::Who;
use super::joint::Joint;
use super::place::{Actor, Place};
use super::search::Length;
use super::single::{Step, everything};
use super::together::Users;
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Whether a grant that names the actor is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Own {
    /// None is.
    No,
    /// One is, though not in the first of several steps.
    Later,
    /// One is in the first step.
    First,
}

/// Where steps from a place lead, how many steps that is, and whether a grant that they use names the actor.
pub(super) type Edges = BTreeMap<Place, Vec<(Place, usize, Own)>>;

/// Distances from one place: by ways whose first step uses a grant of its own, by those that use one while it still acts
/// as itself, and by any.
#[derive(Debug, Clone, Default)]
pub(super) struct Distances {
    pub(super) first: BTreeMap<Place, usize>,
    pub(super) own: BTreeMap<Place, usize>,
    pub(super) any: BTreeMap<Place, usize>,
}

/// Whether an effect is code in privileged Cilium, or root on its node.
pub(super) fn is_privileged(effect: Effect) -> bool {
    matches!(effect, Effect::Exec | Effect::NodeRoot)
}

/// What can be reached by steps that are at least so sure.
pub(super) struct Graph<'c, 'a> {
    pub(super) explored: &'c Explored<'a>,
    pub(super) cluster: &'c Cluster<'a>,
    pub(super) edges: Edges,
    /// What a principal that starts as somebody does with all that it becomes.
    pub(super) together: Edges,
    pub(super) joint: Vec<&'c Joint>,
    pub(super) least: Certainty,
    /// Who does something jointly with whom.
    pub(super) met: Vec<(&'c Joint, Actor, Actor, Users)>,
    /// Who holds no more than whom, as far as it was asked for.
    pub(super) nothing_new: RefCell<BTreeMap<(Who, Place), bool>>,
}

impl<'c, 'a> Graph<'c, 'a> {
    pub(super) fn new(explored: &'c Explored<'a>, starts: &[Who], least: Certainty, passing: bool) -> Self {
        let joint = explored.joint.iter().filter(|item| item.certainty <= least).collect();
        let cluster = &explored.cluster;
        let nothing_new = RefCell::default();
        let mut graph = Graph {
            explored,
            cluster,
            edges: Edges::new(),
            together: Edges::new(),
            joint,
            least,
            met: Vec::new(),
            nothing_new,
        };
        let starts = starts.iter().map(|who| Place::Acts(Actor::own(who.clone())));
        graph.explore(starts.collect(), least, passing);
        // What is reached jointly may lead to more that is.
        while graph.add_joint() {
            let places: Vec<Place> = graph
                .edges
                .values()
                .chain(graph.together.values())
                .flatten()
                .map(|(place, ..)| place.clone())
                .collect();
            graph.explore(places, least, passing);
        }
        graph
    }

    fn explore(&mut self, mut open: Vec<Place>, least: Certainty, passing: bool) {
        while let Some(place) = open.pop() {
            if self.edges.contains_key(&place) {
                continue;
            }
            let ends = self.explored.effects(&place).iter().any(|effect| is_privileged(*effect));
            let mut leaving: Vec<Step> =
                if ends && !passing { Vec::new() } else { self.explored.steps(&place).to_vec() };
            leaving.retain(|step| step.certainty <= least && step.to != place);
            open.extend(leaving.iter().map(|step| step.to.clone()));
            self.edges.insert(
                place,
                leaving
                    .into_iter()
                    .map(|step| (step.to, 1, if step.own { Own::First } else { Own::No }))
                    .collect(),
            );
        }
    }

    /// Distances from a place, step by step outwards. Grants are its own only while it still acts as itself.
    pub(super) fn distances(&self, start: &Place, as_itself: &Actor) -> Distances {
        let mut far = Distances::default();
        far.any.insert(start.clone(), 0);
        let is_itself = |place: &Place| match place {
            Place::Acts(actor) => actor.who == as_itself.who && !actor.borrowed,
            _ => false,
        };
        let mut changed = true;
        while changed {
            changed = false;
            let reached: Vec<(Place, [Option<usize>; 3])> = far
                .any
                .keys()
                .map(|place| {
                    let lengths = [&far.any, &far.own, &far.first].map(|map| map.get(place).copied());
                    (place.clone(), lengths)
                })
                .collect();
            for (place, [any, own, first]) in reached {
                let together = self.together.get(&place).filter(|_| place == *start);
                let leaving = self.edges.get(&place).into_iter().chain(together).flatten();
                // Nothing reaches itself, or by somebody who holds no more.
                if self.adds_nothing(&as_itself.who, &place) {
                    continue;
                }
                for (to, steps, uses_own) in leaving {
                    if matches!(to, Place::Acts(actor) if actor.who == as_itself.who && actor.gained.is_none())
                    {
                        continue;
                    }
                    let turned_own = any.filter(|_| *uses_own != Own::No && is_itself(&place));
                    changed |= lower(&mut far.any, to, any.map(|any| any + steps));
                    changed |= lower(&mut far.own, to, turned_own.map(|any| any + steps));
                    changed |= lower(&mut far.own, to, own.map(|own| own + steps));
                    let at_first = turned_own.filter(|_| place == *start && *uses_own == Own::First);
                    let by_first = at_first.or(first);
                    changed |= lower(&mut far.first, to, by_first.map(|first| first + steps));
                }
            }
        }
        far
    }

    /// The effects that are an identity's own, and the fewest steps to each.
    pub(super) fn reached(&self, who: &Who) -> BTreeMap<Effect, Length> {
        let actor = Actor::own(who.clone());
        let start = Place::Acts(actor.clone());
        let far = self.distances(&start, &actor);
        let admin = self.edges.get(&start).into_iter().flatten();
        if admin.into_iter().any(|(to, steps, own)| {
            *to == Place::Admin && *steps == 1 && *own == Own::First && self.holds_all(&actor)
        }) {
            let one = Length { first: Some(1), later: Some(1) };
            return BTreeMap::from([(Effect::Exec, one), (Effect::NodeRoot, one)]);
        }
        let mut reached: BTreeMap<Effect, Length> = BTreeMap::new();
        for (effect, length) in self.by_effect(&far.first) {
            reached.entry(effect).or_default().first = Some(length);
        }
        for (effect, length) in self.by_effect(&far.own) {
            reached.entry(effect).or_default().later = Some(length);
        }
        reached
    }

    pub(super) fn by_effect(&self, lengths: &BTreeMap<Place, usize>) -> BTreeMap<Effect, usize> {
        let mut reached = BTreeMap::new();
        for (place, length) in lengths {
            for &effect in self.explored.effects(place).iter() {
                let known = reached.entry(effect).or_insert(*length);
                *known = (*known).min(*length);
            }
        }
        reached
    }

    /// Whoever holds everything needs no other way.
    fn holds_all(&self, actor: &Actor) -> bool {
        let masters = actor.who == Who::Group("system:masters".to_owned());
        masters || self.cluster.holder(actor).may(&everything()) == Some(true)
    }
}

fn lower(map: &mut BTreeMap<Place, usize>, place: &Place, length: Option<usize>) -> bool {
    let Some(length) = length else { return false };
    match map.get(place) {
        Some(known) if *known <= length => false,
        _ => {
            map.insert(place.clone(), length);
            true
        }
    }
}
