//! Places → what two actors that a principal becomes can do between them, and who adds something to that.

use super::cluster::Holder;
use super::grants::Who;
use super::graph::{Distances, Graph, Own};
use super::joint::Joint;
use super::place::{Actor, Place};
use super::single::{everything, steps};
use cilium_exec_check_core::report::Certainty;
use std::collections::{BTreeMap, BTreeSet};

/// Who uses a grant of their own in a joint technique: in any step of it, and in the first.
pub(super) struct Users {
    pub(super) any: Vec<Actor>,
    pub(super) first: Vec<Actor>,
}

/// The groups whose rights somebody has, the group that it is included.
fn held_by_groups(who: &Who) -> BTreeSet<Who> {
    let mut held: BTreeSet<Who> = who.groups().into_iter().map(Who::Group).collect();
    if matches!(who, Who::Group(_)) {
        held.insert(who.clone());
    }
    held
}

impl<'c, 'a> Graph<'c, 'a> {
    /// Adds an edge from every place to what two actors that it leads to can do between them; whether any was new.
    pub(super) fn add_joint(&mut self) -> bool {
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
                    let far = map.get(&Place::Acts(who.clone())).copied()?;
                    let idle =
                        who != actor && !own.any.contains(who) && self.adds_no_part(&actor.who, who, joint);
                    (!idle).then_some(far)
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

    /// Whether acting as somebody gives nothing that is not held by one's groups, or as the group that one is: with their
    /// rights alone they could do as much. What a kubelet may do is about its own pods, no other's.
    pub(super) fn adds_nothing(&self, start: &Who, place: &Place) -> bool {
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
}
