//! Places → what several actors that a principal becomes can do between them.

use super::graph::Graph;
use super::joint::Joint;
use super::place::{Actor, Place};
use super::single::besides_everything;
use std::collections::BTreeMap;

/// Farther than any place.
const NEVER: usize = usize::MAX;

/// Parts of a technique, a bit for each.
type Parts = usize;

/// Which parts each place may meet by itself.
type Held = Vec<Parts>;

impl Graph<'_, '_> {
    /// Adds an edge from every place to what the actors that it leads to can do between them; whether any was new.
    pub(super) fn add_joint(&mut self) -> bool {
        let places: Vec<Place> = self.edges.keys().cloned().collect();
        let far: Vec<Vec<usize>> = places
            .iter()
            .map(|from| {
                let all = self.distances(from);
                places.iter().map(|to| all.get(to).copied().unwrap_or(NEVER)).collect()
            })
            .collect();
        let mut known: BTreeMap<(Held, Parts), Vec<usize>> = BTreeMap::new();
        let mut new = Vec::new();
        for joint in &self.joint {
            let whole = (1 << joint.parts.len()) - 1;
            let mut held = self.held(joint, &places);
            let mut lead = |alone: bool, start: &Place, length: usize| {
                let edges = joint.to.iter().map(|to| (to.clone(), length + joint.steps));
                new.extend(edges.map(|edge| (alone, start.clone(), edge)));
            };
            for (start, parts) in places.iter().zip(&mut held) {
                // What somebody does alone is a step of theirs like any other, for which they need nobody else.
                if *parts == whole {
                    lead(true, start, 0);
                    *parts = 0;
                }
            }
            if held.iter().fold(0, |all, parts| all | parts) != whole {
                continue;
            }
            let lengths =
                known.entry((held, whole)).or_insert_with_key(|(held, whole)| meet(&far, held, *whole));
            for (start, length) in places.iter().zip(lengths).filter(|(_, length)| **length != NEVER) {
                lead(false, start, *length);
            }
        }
        self.take(new)
    }

    /// Adds edges, those of single actors apart from the others; whether any was new.
    fn take(&mut self, new: Vec<(bool, Place, (Place, usize))>) -> bool {
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

    /// Which parts of a technique each place may meet.
    fn held(&self, joint: &Joint, places: &[Place]) -> Held {
        let by_actor = |actor: &Actor| {
            let holder = besides_everything(self.cluster, actor)?.holder(actor);
            let met = joint.parts.iter().enumerate().filter(|(index, part)| {
                let refused = joint.not_by_kubelets && *index == 0 && actor.who.is_kubelet();
                !refused && holder.may_any(part)
            });
            Some(met.map(|(index, _)| 1 << index).sum())
        };
        let parts = places.iter().map(|place| match place {
            Place::Acts(actor) => by_actor(actor).unwrap_or(0),
            _ => 0,
        });
        parts.collect()
    }
}

/// How many steps it takes from each place to come to be actors who meet all parts between them: ways may part at any
/// place.
fn meet(far: &[Vec<usize>], held: &Held, whole: Parts) -> Vec<usize> {
    let mut least: Vec<Vec<usize>> = vec![vec![NEVER; far.len()]];
    for parts in 1..=whole {
        let splits: Vec<Parts> = (1..parts).filter(|some| some & parts == *some).collect();
        let here = |at: usize| {
            if held[at] & parts == parts {
                return 0;
            }
            let both = |some: &Parts| least[*some][at].saturating_add(least[parts - some][at]);
            splits.iter().map(both).min().unwrap_or(NEVER)
        };
        let here: Vec<usize> = (0..far.len()).map(here).collect();
        let there = |from: &Vec<usize>| {
            let each = from.iter().zip(&here).map(|(way, rest)| way.saturating_add(*rest));
            each.min().unwrap_or(NEVER)
        };
        least.push(far.iter().map(there).collect());
    }
    least.pop().unwrap_or_default()
}
