//! Steps → the fewest that lead each identity to each effect: every place is explored, every distance worked out.

use super::cluster::Cluster;
use super::grants::Who;
use super::joint::{Joint, joint};
use super::place::{Actor, Place};
use super::single::{Step, effects, steps};
use super::starting;
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::collections::BTreeMap;

/// The fewest steps to each effect of each identity.
pub(super) type Lengths = BTreeMap<(Who, Effect), usize>;

/// Where steps from a place lead, how many steps that is, and whether a grant that they use names the actor.
type Edges = BTreeMap<Place, Vec<(Place, usize, bool)>>;

/// Distances from one place: by ways whose first step uses a grant of its own, by those that use one while it still acts
/// as itself, and by any.
#[derive(Debug, Clone, Default)]
struct Distances {
    first: BTreeMap<Place, usize>,
    own: BTreeMap<Place, usize>,
    any: BTreeMap<Place, usize>,
}

/// Everything that can be reached by steps that are at least so sure.
pub(super) fn search(cluster: &Cluster<'_>, least: Certainty) -> Lengths {
    let mut lengths = Lengths::new();
    let starts: Vec<Who> = starting(cluster).into_iter().collect();
    for passing in [true, false] {
        // Effects below exec and node-root count only where these are not passed on the way.
        let graph = Graph::new(cluster, &starts, least, passing);
        for who in &starts {
            for (effect, length) in graph.reached(who) {
                let privileged = matches!(effect, Effect::Exec | Effect::NodeRoot);
                if privileged == passing {
                    lengths.insert((who.clone(), effect), length);
                }
            }
        }
    }
    lengths
}

struct Graph<'c, 'a> {
    cluster: &'c Cluster<'a>,
    edges: Edges,
}

impl<'c, 'a> Graph<'c, 'a> {
    fn new(cluster: &'c Cluster<'a>, starts: &[Who], least: Certainty, passing: bool) -> Self {
        let mut graph = Graph { cluster, edges: Edges::new() };
        graph.explore(
            starts.iter().map(|who| Place::Acts(Actor::own(who.clone()))).collect(),
            least,
            passing,
        );
        let all = joint(cluster);
        let usable: Vec<&Joint> = all.iter().filter(|item| item.certainty <= least).collect();
        // What is reached jointly may lead to more that is.
        while graph.add_joint(&usable) {
            let places: Vec<Place> =
                graph.edges.values().flatten().map(|(place, ..)| place.clone()).collect();
            graph.explore(places, least, passing);
        }
        graph
    }

    fn explore(&mut self, mut open: Vec<Place>, least: Certainty, passing: bool) {
        while let Some(place) = open.pop() {
            if self.edges.contains_key(&place) {
                continue;
            }
            let ends = effects(self.cluster, &place)
                .iter()
                .any(|effect| matches!(effect, Effect::Exec | Effect::NodeRoot));
            let mut leaving: Vec<Step> =
                if ends && !passing { Vec::new() } else { steps(self.cluster, &place) };
            leaving.retain(|step| step.certainty <= least && step.to != place);
            open.extend(leaving.iter().map(|step| step.to.clone()));
            self.edges.insert(place, leaving.into_iter().map(|step| (step.to, 1, step.own)).collect());
        }
    }

    /// Adds an edge from every place to what two actors that it leads to can do between them; whether any was new.
    fn add_joint(&mut self, all: &[&Joint]) -> bool {
        let mut new = Vec::new();
        let met = self.met(all);
        if met.is_empty() {
            return false;
        }
        for start in self.edges.keys() {
            let Place::Acts(actor) = start else { continue };
            let distances = self.distances(start, actor);
            for (joint, first, second, own) in &met {
                let far =
                    |map: &BTreeMap<Place, usize>, who: &Actor| map.get(&Place::Acts(who.clone())).copied();
                let any = far(&distances.any, first).zip(far(&distances.any, second));
                let owned = [
                    far(&distances.first, first).zip(far(&distances.any, second)),
                    far(&distances.any, first).zip(far(&distances.first, second)),
                    any.filter(|_| own.contains(actor)),
                ];
                let length = |pair: (usize, usize)| pair.0 + pair.1 + joint.steps;
                let by_own = owned.into_iter().flatten().map(length).min();
                for (length, own) in [(any.map(length), false), (by_own, true)] {
                    let Some(length) = length else { continue };
                    new.extend(joint.to.iter().map(|to| (start.clone(), (to.clone(), length, own))));
                }
            }
        }
        let mut added = false;
        for (start, edge) in new {
            let edges = self.edges.entry(start).or_default();
            let known =
                edges.iter().any(|(to, length, own)| *to == edge.0 && *length <= edge.1 && (*own || !edge.2));
            if !known {
                edges.push(edge);
                added = true;
            }
        }
        added
    }

    /// The joint techniques that two actors (or one) meet, and which of them do so by a grant of their own.
    fn met<'j>(&self, all: &[&'j Joint]) -> Vec<(&'j Joint, Actor, Actor, Vec<Actor>)> {
        let actors: Vec<(&Actor, super::cluster::Holder<'a>)> = self
            .edges
            .keys()
            .filter_map(|place| match place {
                Place::Acts(actor) => Some((actor, self.cluster.holder(actor))),
                _ => None,
            })
            .collect();
        let mut met = Vec::new();
        for joint in all {
            let answers: Vec<Vec<Option<bool>>> = actors
                .iter()
                .map(|(actor, holder)| {
                    let parts = joint.parts.iter().enumerate();
                    let answers = parts.map(|(index, part)| {
                        let refused = joint.not_by_kubelets && index == 0 && actor.who.is_kubelet();
                        if refused { None } else { holder.may_any(part) }
                    });
                    answers.collect()
                })
                .collect();
            for (first, held) in
                answers.iter().enumerate().filter(|(_, held)| held.iter().any(Option::is_some))
            {
                for (second, other) in answers.iter().enumerate().skip(first) {
                    let all_met = held.iter().zip(other).all(|(a, b)| a.is_some() || b.is_some());
                    // Somebody who has bound a role since holds all that they held before.
                    let (one, two) = (actors[first].0, actors[second].0);
                    let same = one != two && one.who == two.who && one.borrowed == two.borrowed;
                    let grown = same && (one.gained.is_none() || two.gained.is_none());
                    if !all_met || grown {
                        continue;
                    }
                    let of_own = |index: usize| answers[index].contains(&Some(true));
                    let own = [first, second].into_iter().filter(|index| of_own(*index));
                    let own = own.map(|index| actors[index].0.clone()).collect();
                    met.push((*joint, actors[first].0.clone(), actors[second].0.clone(), own));
                }
            }
        }
        met
    }

    /// Distances from a place, step by step outwards. Grants are its own only while it still acts as itself.
    fn distances(&self, start: &Place, as_itself: &Actor) -> Distances {
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
                for (to, steps, uses_own) in self.edges.get(&place).into_iter().flatten() {
                    // Nothing reaches itself.
                    if matches!(to, Place::Acts(actor) if actor.who == as_itself.who && actor.gained.is_none())
                    {
                        continue;
                    }
                    let turned_own = any.filter(|_| *uses_own && is_itself(&place));
                    changed |= lower(&mut far.any, to, any.map(|any| any + steps));
                    changed |= lower(&mut far.own, to, turned_own.map(|any| any + steps));
                    changed |= lower(&mut far.own, to, own.map(|own| own + steps));
                    let by_first = turned_own.filter(|_| place == *start).or(first);
                    changed |= lower(&mut far.first, to, by_first.map(|first| first + steps));
                }
            }
        }
        far
    }

    /// The effects that are an identity's own, and the fewest steps to each.
    fn reached(&self, who: &Who) -> BTreeMap<Effect, usize> {
        let actor = Actor::own(who.clone());
        let start = Place::Acts(actor.clone());
        let far = self.distances(&start, &actor);
        let admin = self.edges.get(&start).into_iter().flatten();
        if admin
            .into_iter()
            .any(|(to, steps, own)| *to == Place::Admin && *steps == 1 && *own && self.holds_all(&actor))
        {
            return BTreeMap::from([(Effect::Exec, 1), (Effect::NodeRoot, 1)]);
        }
        let [first, own, any] = [&far.first, &far.own, &far.any].map(|map| self.by_effect(map));
        // Where a first step of its groups is on the way, one of its own counts if no way does without.
        let needed = own.into_iter().filter(|(effect, length)| any.get(effect) == Some(length));
        let mut reached: BTreeMap<Effect, usize> = needed.collect();
        for (effect, length) in first {
            let known = reached.entry(effect).or_insert(length);
            *known = (*known).min(length);
        }
        reached
    }

    fn by_effect(&self, lengths: &BTreeMap<Place, usize>) -> BTreeMap<Effect, usize> {
        let mut reached = BTreeMap::new();
        for (place, length) in lengths {
            for effect in effects(self.cluster, place) {
                let known = reached.entry(effect).or_insert(*length);
                *known = (*known).min(*length);
            }
        }
        reached
    }

    /// Whoever holds everything needs no other way.
    fn holds_all(&self, actor: &Actor) -> bool {
        let masters = actor.who == Who::Group("system:masters".to_owned());
        masters || self.cluster.holder(actor).may(&super::single::everything()) == Some(true)
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
