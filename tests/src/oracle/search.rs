//! Steps → the fewest that lead each identity to each effect: every place is explored, every distance worked out.

use super::cluster::{Cluster, Holder};
use super::explored::Explored;
use super::grants::{Who, subject};
use super::joint::Joint;
use super::place::{Actor, Place};
use super::single::{Step, everything, steps};
use super::starting;
use cilium_exec_check_core::model::{Binding, Name, Snapshot};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The fewest steps to each effect of each identity.
pub(super) type Lengths = BTreeMap<(Who, Effect), Length>;

/// The fewest steps by ways that use a grant of one's own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Length {
    /// In the first step.
    pub(super) first: Option<usize>,
    /// In any that one takes as oneself.
    pub(super) later: Option<usize>,
}

/// Whether a grant that names the actor is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    /// None is.
    No,
    /// One is, though not in the first of several steps.
    Later,
    /// One is in the first step.
    First,
}

/// Where steps from a place lead, how many steps that is, and whether a grant that they use names the actor.
type Edges = BTreeMap<Place, Vec<(Place, usize, Own)>>;

/// Distances from one place: by ways whose first step uses a grant of its own, by those that use one while it still acts
/// as itself, and by any.
#[derive(Debug, Clone, Default)]
struct Distances {
    first: BTreeMap<Place, usize>,
    own: BTreeMap<Place, usize>,
    any: BTreeMap<Place, usize>,
}

/// What an identity reaches where no binding names it: by its groups alone.
pub(super) fn by_groups(
    snapshot: &Snapshot,
    minor: Option<u32>,
    who: &Who,
    least: Certainty,
) -> BTreeSet<Effect> {
    let mut without = snapshot.clone();
    let mut unbound = Vec::new();
    for binding in &mut without.bindings {
        let place = binding.clone();
        let (own, others) =
            place.subjects.iter().cloned().partition(|item| subject(&place, item).as_ref() == Some(who));
        binding.subjects = others;
        // It stays somebody that the input speaks of, bound to nothing.
        let mut named = Binding { subjects: own, ..place };
        named.role_ref.kind = Name::from("Nothing");
        unbound.push(named);
    }
    without.bindings.extend(unbound);
    let explored = Explored::new(Cluster::new(&without, minor));
    let mut reached = BTreeSet::new();
    for passing in [true, false] {
        let graph = Graph::new(&explored, std::slice::from_ref(who), least, passing);
        let actor = Actor::own(who.clone());
        let far = graph.distances(&Place::Acts(actor.clone()), &actor);
        let effects = graph.by_effect(&far.any).into_keys();
        reached.extend(effects.filter(|effect| is_privileged(*effect) == passing));
    }
    reached
}

/// The groups whose rights somebody has, the group that it is included.
fn held_by_groups(who: &Who) -> BTreeSet<Who> {
    let mut held: BTreeSet<Who> = who.groups().into_iter().map(Who::Group).collect();
    if matches!(who, Who::Group(_)) {
        held.insert(who.clone());
    }
    held
}

fn is_privileged(effect: Effect) -> bool {
    matches!(effect, Effect::Exec | Effect::NodeRoot)
}

/// Everything that can be reached by steps that are at least so sure.
pub(super) fn search(explored: &Explored<'_>, least: Certainty) -> Lengths {
    let mut lengths = Lengths::new();
    let starts: Vec<Who> = starting(&explored.cluster).into_iter().collect();
    for passing in [true, false] {
        // Effects below exec and node-root count only where these are not passed on the way.
        let graph = Graph::new(explored, &starts, least, passing);
        for who in &starts {
            for (effect, length) in graph.reached(who) {
                if is_privileged(effect) == passing {
                    lengths.insert((who.clone(), effect), length);
                }
            }
        }
    }
    lengths
}

/// Who uses a grant of their own in a joint technique: in any step of it, and in the first.
struct Users {
    any: Vec<Actor>,
    first: Vec<Actor>,
}

struct Graph<'c, 'a> {
    explored: &'c Explored<'a>,
    cluster: &'c Cluster<'a>,
    edges: Edges,
    /// What a principal that starts as somebody does with all that it becomes.
    together: Edges,
    joint: Vec<&'c Joint>,
    least: Certainty,
    /// Who does something jointly with whom.
    met: Vec<(&'c Joint, Actor, Actor, Users)>,
    /// Who holds no more than whom, as far as it was asked for.
    nothing_new: RefCell<BTreeMap<(Who, Place), bool>>,
}

impl<'c, 'a> Graph<'c, 'a> {
    fn new(explored: &'c Explored<'a>, starts: &[Who], least: Certainty, passing: bool) -> Self {
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

    /// Adds an edge from every place to what two actors that it leads to can do between them; whether any was new.
    fn add_joint(&mut self) -> bool {
        let mut new = Vec::new();
        self.met = self.met();
        if self.met.is_empty() {
            return false;
        }
        let members: BTreeSet<&Actor> = self.met.iter().flat_map(|(_, one, two, _)| [one, two]).collect();
        let between: BTreeMap<&Actor, Distances> = members
            .into_iter()
            .map(|actor| (actor, self.distances(&Place::Acts(actor.clone()), actor)))
            .collect();
        for start in self.edges.keys() {
            let Place::Acts(actor) = start else { continue };
            let distances = self.distances(start, actor);
            for (joint, first, second, own) in &self.met {
                // What somebody does alone is a step of theirs like any other.
                let alone = first == second;
                if alone && first != actor {
                    continue;
                }
                let far = |map: &BTreeMap<Place, usize>, who: &Actor| {
                    let place = Place::Acts(who.clone());
                    let idle =
                        who != actor && !own.any.contains(who) && self.adds_no_part(&actor.who, who, joint);
                    map.get(&place).copied().filter(|_| !idle)
                };
                let plus = |one: Option<usize>, two: Option<usize>| Some(one? + two?);
                let near = |from: &Actor, to: &Actor| match from == to {
                    true => Some(0),
                    false => between.get(from).and_then(|all| all.any.get(&Place::Acts(to.clone())).copied()),
                };
                // From the start to both, or to one and from there to the other.
                let to_both = |one: &BTreeMap<Place, usize>, first: &Actor, second: &Actor| {
                    let apart = plus(far(one, first), far(&distances.any, second));
                    let onwards = plus(far(one, first), far(&distances.any, second).and(near(first, second)));
                    apart.into_iter().chain(onwards).min()
                };
                let least = |one: Option<usize>, two: Option<usize>| one.into_iter().chain(two).min();
                let length = |far: usize| far + joint.steps;
                let any =
                    least(to_both(&distances.any, first, second), to_both(&distances.any, second, first));
                let by_first =
                    least(to_both(&distances.first, first, second), to_both(&distances.first, second, first));
                let at_once = any.filter(|far| *far == 0 && own.first.contains(actor));
                let by_first = least(by_first, at_once).map(length);
                let later = any.filter(|_| own.any.contains(actor)).map(length);
                for (length, own) in [(any.map(length), Own::No), (later, Own::Later), (by_first, Own::First)]
                {
                    let Some(length) = length else { continue };
                    new.extend(joint.to.iter().map(|to| (alone, start.clone(), (to.clone(), length, own))));
                }
            }
        }
        let mut added = false;
        for (alone, start, edge) in new {
            let all = if alone { &mut self.edges } else { &mut self.together };
            let edges = all.entry(start).or_default();
            let known =
                edges.iter().any(|(to, length, own)| *to == edge.0 && *length <= edge.1 && *own >= edge.2);
            if !known {
                edges.push(edge);
                added = true;
            }
        }
        added
    }

    /// The joint techniques that two actors (or one) meet, and which of them do so by a grant of their own.
    fn met(&self) -> Vec<(&'c Joint, Actor, Actor, Users)> {
        let actors: Vec<(&Actor, Holder<'a>)> = self
            .edges
            .keys()
            .filter_map(|place| match place {
                Place::Acts(actor) => Some((actor, self.holder(actor)?)),
                _ => None,
            })
            .collect();
        let mut met = Vec::new();
        for &joint in &self.joint {
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
                    // Whoever meets all parts needs nobody else.
                    let whole = |answers: &Vec<Option<bool>>| answers.iter().all(Option::is_some);
                    let needless = first != second && (whole(held) || whole(other));
                    if !all_met || grown || needless {
                        continue;
                    }
                    let users = |of_own: &dyn Fn(&[Option<bool>]) -> bool| {
                        let own = [first, second].into_iter().filter(|index| of_own(&answers[*index]));
                        own.map(|index| actors[index].0.clone()).collect()
                    };
                    let any = users(&|answers| answers.contains(&Some(true)));
                    // Of several steps the first part is the first.
                    let first_own = users(&|answers| match joint.steps {
                        1 => answers.contains(&Some(true)),
                        _ => answers.first() == Some(&Some(true)),
                    });
                    let own = Users { any, first: first_own };
                    met.push((joint, actors[first].0.clone(), actors[second].0.clone(), own));
                }
            }
        }
        met
    }

    /// What somebody does jointly: nothing where they may do everything, and what they hold themselves where they may as
    /// a member of a group.
    fn holder(&self, actor: &Actor) -> Option<Holder<'a>> {
        let whole = self.cluster.holder(actor);
        match whole.may(&everything()) {
            Some(true) => None,
            Some(false) => Some(self.cluster.by_name().holder(actor)),
            None => Some(whole),
        }
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
                let together = self.together.get(&place).filter(|_| place == *start);
                let leaving = self.edges.get(&place).into_iter().chain(together).flatten();
                for (to, steps, uses_own) in leaving {
                    // Nothing reaches itself, or by somebody who holds no more.
                    if self.adds_nothing(&as_itself.who, &place) {
                        continue;
                    }
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

    /// Whether acting as somebody gives nothing that is not held by one's groups, or as the group that one is: with their
    /// rights alone they could do as much. What a kubelet may do is about its own pods, no other's.
    fn adds_nothing(&self, start: &Who, place: &Place) -> bool {
        let Place::Acts(actor) = place else { return false };
        if actor.who == *start || actor.gained.is_some() {
            return false;
        }
        let key = (start.clone(), place.clone());
        if let Some(&known) = self.nothing_new.borrow().get(&key) {
            return known;
        }
        let answer = self.holds_no_more(start, actor, place);
        self.nothing_new.borrow_mut().insert(key, answer);
        answer
    }

    fn holds_no_more(&self, start: &Who, actor: &Actor, place: &Place) -> bool {
        let held = held_by_groups(start);
        let kubelets = *start == Who::Group("system:nodes".to_owned());
        let with_less = self.cluster.by_groups(&held, kubelets);
        let less = with_less.holder(actor);
        let mut fewer: Vec<(Place, Certainty)> =
            steps(&with_less, place).into_iter().map(|step| (step.to, step.certainty)).collect();
        let whole = self.cluster.holder(actor);
        let all = self.explored.steps(place);
        let mut all: Vec<(&Place, Certainty)> = all.iter().map(|step| (&step.to, step.certainty)).collect();
        for joint in self.joint.iter().filter(|joint| !joint.not_by_kubelets || !actor.who.is_kubelet()) {
            let alone = |holder: &Holder<'_>| joint.parts.iter().all(|part| holder.may_any(part).is_some());
            if alone(&whole) {
                all.extend(joint.to.iter().map(|to| (to, joint.certainty)));
            }
            if alone(&less) {
                fewer.extend(joint.to.iter().map(|to| (to.clone(), joint.certainty)));
            }
        }
        let missing = all.iter().find(|(place, certainty)| {
            let known = fewer.iter().any(|(to, surer)| to == *place && surer <= certainty);
            *certainty <= self.least && !known
        });
        missing.is_none()
    }

    /// Whether the parts of a joint technique that somebody meets are all met with the groups that one is in.
    fn adds_no_part(&self, start: &Who, actor: &Actor, joint: &Joint) -> bool {
        let held = held_by_groups(start);
        let less = self.cluster.by_groups(&held, false);
        let (whole, less) = (self.cluster.holder(actor), less.holder(actor));
        joint.parts.iter().all(|part| whole.may_any(part).is_none() || less.may_any(part).is_some())
    }

    /// The effects that are an identity's own, and the fewest steps to each.
    fn reached(&self, who: &Who) -> BTreeMap<Effect, Length> {
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

    fn by_effect(&self, lengths: &BTreeMap<Place, usize>) -> BTreeMap<Effect, usize> {
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
