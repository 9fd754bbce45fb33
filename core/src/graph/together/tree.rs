//! Ways that part: from any node to ends that hold all parts between them, the cheapest, back from the ends.

use super::super::node::NodeId;
use super::super::paths::Cost;
use super::moves::{Move, Moves};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::rc::Rc;

/// Parts of something, a bit for each.
pub(super) type Parts = usize;

/// Which parts somebody holds.
pub(super) type Held = BTreeMap<NodeId, Parts>;

/// A way from a node, which is the first of all or was come by already.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leg {
    pub(super) from: NodeId,
    pub(super) way: Vec<NodeId>,
}

/// Ways that part at their first node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tree {
    pub(super) cost: Cost,
    pub(super) legs: Vec<Leg>,
    /// Who holds the parts between them, in the order in which they are come to.
    pub(super) ends: Vec<NodeId>,
}

/// A node where ways part, and by which technique the first of them begins.
pub(super) type Beginning = (NodeId, &'static str);

/// What it costs to part there, where the first move leads, and what parts it is for.
type Start = (Cost, NodeId, Parts);

/// What to do at a node to come to all of some parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Choice {
    /// Nothing: they are held here.
    End,
    /// Part: first for these parts, then for the others.
    Split(Parts),
    /// Go on.
    Step(NodeId),
}

/// The cheapest ways to all of some parts.
type Best = BTreeMap<NodeId, (Cost, Choice)>;

/// The same for every set of parts.
#[derive(Debug)]
pub(super) struct Trees<'m> {
    moves: &'m Moves,
    whole: Parts,
    best: Vec<Rc<Best>>,
}

impl<'m> Trees<'m> {
    /// Looks for them from wherever all parts can be come to: the ways to two sets of parts that meet at a node are
    /// those to both (Dreyfus and Wagner, The Steiner problem in graphs, 1971).
    pub(super) fn new(moves: &'m Moves, held: &Held, whole: Parts, like: Option<(&Held, &Self)>) -> Self {
        let mut trees = Trees { moves, whole, best: vec![Rc::default()] };
        let mut same: Vec<bool> = vec![true];
        for parts in 1..=whole {
            let unchanged = like.filter(|(theirs, _)| {
                proper(parts).all(|some| same.get(some) == Some(&true))
                    && holding(held, parts).eq(holding(theirs, parts))
            });
            same.push(unchanged.is_some());
            let known = unchanged.and_then(|(_, trees)| trees.best.get(parts).cloned());
            let best = known.unwrap_or_else(|| {
                let mut best = trees.splits(parts);
                best.extend(holding(held, parts).map(|end| (end, (Cost::at_end(0), Choice::End))));
                spread(moves, &mut best);
                Rc::new(best)
            });
            trees.best.push(best);
        }
        trees
    }

    fn of(&self, parts: Parts) -> &Best {
        static NONE: Best = Best::new();
        self.best.get(parts).map_or(&NONE, |best| &**best)
    }

    /// Where ways to some of these parts and to the others meet.
    fn splits(&self, parts: Parts) -> Best {
        let mut best = Best::new();
        for first in proper(parts) {
            let rest = self.of(parts & !first);
            for (node, (one, _)) in self.of(first) {
                let Some((two, _)) = rest.get(node).filter(|(two, _)| (one, first) < (two, parts & !first))
                else {
                    continue;
                };
                let both = (one.and(*two), Choice::Split(first));
                best.entry(*node).and_modify(|known| *known = both.min(*known)).or_insert(both);
            }
        }
        best
    }

    /// For nodes and techniques of a first step: the cheapest ways that part at the node, where going on to the end of
    /// that step and parting there costs more.
    pub(super) fn partings(&self, nodes: impl Iterator<Item = NodeId>) -> Vec<(Beginning, Tree)> {
        let mut partings = Vec::new();
        for at in nodes {
            let mut choices: BTreeMap<&'static str, Start> = BTreeMap::new();
            for (way, start) in self.starts(at) {
                let parting_there = self.onwards(start.1).map(|cost| way.cost.and(cost).length());
                if parting_there.is_none_or(|length| start.0.length() < length) {
                    for technique in &way.techniques {
                        let known = choices.entry(technique).or_insert(start);
                        *known = start.min(*known);
                    }
                }
            }
            partings.extend(
                choices.into_iter().map(|(technique, start)| ((at, technique), self.tree(at, start))),
            );
        }
        partings
    }

    /// The least that it costs to part at each node, by the technique of a first step.
    pub(super) fn least(&self, nodes: impl Iterator<Item = NodeId>) -> BTreeMap<Beginning, Cost> {
        let mut least = BTreeMap::new();
        for at in nodes {
            for (way, (cost, ..)) in self.starts(at) {
                for technique in &way.techniques {
                    let known = least.entry((at, *technique)).or_insert(cost);
                    *known = cost.min(*known);
                }
            }
        }
        least
    }

    /// How many steps it is from a node to all parts by a first step of this technique, where no way parts at the node.
    pub(super) fn passing(&self, (at, technique): Beginning) -> Option<usize> {
        let moves = self.moves.of(at).filter(|(_, way)| way.techniques.contains(technique));
        moves.filter_map(|(to, way)| Some(way.cost.and(self.onwards(to)?).length())).min()
    }

    /// Who holds all parts.
    pub(super) fn whole(&self) -> impl Iterator<Item = NodeId> {
        self.of(self.whole).iter().filter(|(_, (_, choice))| *choice == Choice::End).map(|(end, _)| *end)
    }

    /// What it costs to come to all parts from a node.
    fn onwards(&self, from: NodeId) -> Option<Cost> {
        self.of(self.whole).get(&from).map(|(cost, _)| *cost)
    }

    /// Every way to part at a node: by a move for some parts, and another way for the rest.
    fn starts(&self, at: NodeId) -> impl Iterator<Item = (&Move, Start)> {
        let rests: Vec<(Parts, Cost)> =
            proper(self.whole).filter_map(|rest| Some((rest, self.of(rest).get(&at)?.0))).collect();
        self.moves.of(at).flat_map(move |(to, way)| {
            let starts = rests.iter().filter_map(|(rest, two)| {
                let parts = self.whole & !rest;
                let (one, _) = self.of(parts).get(&to)?;
                Some((way, (way.cost.and(*one).and(*two), to, parts)))
            });
            starts.collect::<Vec<_>>()
        })
    }

    fn tree(&self, at: NodeId, (cost, to, first): Start) -> Tree {
        let mut tree = Tree { cost, legs: vec![Leg { from: at, way: self.way(at, to) }], ends: Vec::new() };
        self.follow(to, first, &mut tree);
        tree.legs.push(Leg { from: at, way: Vec::new() });
        self.follow(at, self.whole & !first, &mut tree);
        tree.legs.retain(|leg| !leg.way.is_empty());
        tree
    }

    /// The nodes on the move from one node to another.
    fn way(&self, from: NodeId, to: NodeId) -> Vec<NodeId> {
        self.moves.between(from, to).map(|found| found.way.clone()).unwrap_or_default()
    }

    /// Adds the ways from a node to the ends that hold these parts. A leg ends where ways part, so that nothing comes by
    /// its end without having come by there.
    fn follow(&self, from: NodeId, parts: Parts, tree: &mut Tree) {
        let (mut at, mut parts) = (from, parts);
        while let Some((_, choice)) = self.of(parts).get(&at) {
            match *choice {
                Choice::End => return tree.ends.extend((!tree.ends.contains(&at)).then_some(at)),
                Choice::Step(to) => {
                    tree.legs.last_mut().into_iter().for_each(|leg| leg.way.extend(self.way(at, to)));
                    at = to;
                }
                Choice::Split(first) => {
                    tree.legs.push(Leg { from: at, way: Vec::new() });
                    self.follow(at, first, tree);
                    tree.legs.push(Leg { from: at, way: Vec::new() });
                    parts &= !first;
                }
            }
        }
    }
}

/// Who holds all of these parts.
fn holding(held: &Held, parts: Parts) -> impl Iterator<Item = NodeId> {
    held.iter().filter(move |(_, held)| *held & parts == parts).map(|(id, _)| *id)
}

/// The sets that hold some of these parts, but not all.
fn proper(parts: Parts) -> impl Iterator<Item = Parts> {
    (1..parts).filter(move |some| some & parts == *some)
}

/// Goes back from where parts can be come to.
fn spread(moves: &Moves, best: &mut Best) {
    let mut queue: BinaryHeap<Reverse<(Cost, NodeId)>> =
        best.iter().map(|(node, (cost, _))| Reverse((*cost, *node))).collect();
    while let Some(Reverse((cost, at))) = queue.pop() {
        if best.get(&at).is_some_and(|(known, _)| *known != cost) {
            continue;
        }
        for (from, step) in moves.to(at) {
            let way = (cost.and(*step), Choice::Step(at));
            if best.get(from).is_none_or(|known| way < *known) {
                best.insert(*from, way);
                queue.push(Reverse((way.0, *from)));
            }
        }
    }
}
