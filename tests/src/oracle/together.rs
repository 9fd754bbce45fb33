//! Places → what two actors that a principal becomes can do between them.

use super::graph::{Distances, Graph};
use super::joint::Joint;
use super::place::{Actor, Place};
use super::single::besides_everything;
use std::collections::{BTreeMap, BTreeSet};

impl<'c> Graph<'c, '_> {
    /// Adds an edge from every place to what two actors that it leads to can do between them; whether any was new.
    pub(super) fn add_joint(&mut self) -> bool {
        let met = self.met();
        let members: BTreeSet<&Actor> = met.iter().flat_map(|(_, one, two)| [one, two]).collect();
        let between: BTreeMap<&Actor, Distances> =
            members.into_iter().map(|actor| (actor, self.distances(&Place::Acts(actor.clone())))).collect();
        let mut new = Vec::new();
        for start in self.edges.keys() {
            let distances = self.distances(start);
            let far = |all: &Distances, who: &Actor| all.get(&Place::Acts(who.clone())).copied();
            // From the start to both, or to one and from there to the other.
            let to_both = |one: &Actor, two: &Actor| {
                let onwards =
                    if one == two { Some(0) } else { between.get(one).and_then(|all| far(all, two)) };
                let second = [far(&distances, two), onwards].into_iter().flatten().min();
                Some(far(&distances, one)? + second?)
            };
            for (joint, one, two) in &met {
                // What somebody does alone is a step of theirs like any other.
                let alone = one == two;
                if alone && *start != Place::Acts(one.clone()) {
                    continue;
                }
                let length = [to_both(one, two), to_both(two, one)].into_iter().flatten().min();
                let length = if alone { Some(0) } else { length };
                let Some(length) = length.map(|length| length + joint.steps) else { continue };
                new.extend(joint.to.iter().map(|to| (alone, start.clone(), (to.clone(), length))));
            }
        }
        let mut added = false;
        for (alone, start, edge) in new {
            let all = if alone { &mut self.edges } else { &mut self.together };
            let edges = all.entry(start).or_default();
            if !edges.iter().any(|(to, length)| *to == edge.0 && *length <= edge.1) {
                edges.push(edge);
                added = true;
            }
        }
        added
    }

    /// The joint techniques that two actors (or one) meet.
    fn met(&self) -> Vec<(&'c Joint, Actor, Actor)> {
        let actors = self.edges.keys().filter_map(|place| match place {
            Place::Acts(actor) => Some((actor, besides_everything(self.cluster, actor)?.holder(actor))),
            _ => None,
        });
        let actors: Vec<_> = actors.collect();
        let mut met = Vec::new();
        for &joint in &self.joint {
            let answers = actors.iter().map(|(actor, holder)| {
                let parts = joint.parts.iter().enumerate();
                let answers = parts.map(|(index, part)| {
                    let refused = joint.not_by_kubelets && index == 0 && actor.who.is_kubelet();
                    !refused && holder.may_any(part)
                });
                (*actor, answers.collect::<Vec<bool>>())
            });
            let able: Vec<(&Actor, Vec<bool>)> = answers.filter(|(_, held)| held.contains(&true)).collect();
            for (place, (one, held)) in able.iter().enumerate() {
                for (two, other) in &able[place..] {
                    // Whoever meets all parts needs nobody else.
                    let whole = |held: &[bool]| held.iter().all(|met| *met);
                    let needless = one != two && (whole(held) || whole(other));
                    if !needless && held.iter().zip(other).all(|(a, b)| *a || *b) {
                        met.push((joint, (*one).clone(), (*two).clone()));
                    }
                }
            }
        }
        met
    }
}
