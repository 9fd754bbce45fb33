//! Ways through the graph: from one node to every other that matters, the best to each.

use super::super::node::NodeId;
use super::super::paths::Cost;
use super::moves::Moves;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The best way to a node: what it costs, its first step's end, and the node before it.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    cost: Cost,
    first: NodeId,
    before: NodeId,
}

/// How a principal gets from one node to others: the shortest way to each and, of those, the worst and surest.
#[derive(Debug)]
pub(super) struct Ways<'m> {
    moves: &'m Moves,
    from: NodeId,
    arrivals: BTreeMap<NodeId, Arrival>,
}

impl<'m> Ways<'m> {
    /// Looks for the best way to everything that can be reached.
    pub(super) fn new(moves: &'m Moves, from: NodeId) -> Self {
        let mut arrivals: BTreeMap<NodeId, Arrival> = BTreeMap::new();
        let mut queue = BinaryHeap::from([Reverse((Cost::at_end(0), from))]);
        while let Some(Reverse((cost, at))) = queue.pop() {
            if arrivals.get(&at).is_some_and(|arrival| arrival.cost != cost) {
                continue;
            }
            for (to, way) in moves.of(at).filter(|(to, _)| *to != from) {
                let cost = cost.and(way.cost);
                if arrivals.get(&to).is_none_or(|known| cost < known.cost) {
                    let first = arrivals.get(&at).map(|arrival| arrival.first).or(way.first()).unwrap_or(to);
                    arrivals.insert(to, Arrival { cost, first, before: at });
                    queue.push(Reverse((cost, to)));
                }
            }
        }
        Ways { moves, from, arrivals }
    }

    /// The nodes among these that are reached.
    pub(super) fn reached<'t>(
        &self,
        targets: &'t BTreeSet<NodeId>,
    ) -> impl Iterator<Item = NodeId> + use<'_, 't, 'm> {
        self.arrivals.keys().copied().filter(|node| targets.contains(node))
    }

    /// Every node that is reached, with what it costs and where the first step leads, in the order of what they cost.
    pub(super) fn nearest_first(&self) -> Vec<(NodeId, Cost, NodeId)> {
        let mut all: Vec<(Cost, NodeId, NodeId)> =
            self.arrivals.iter().map(|(node, arrival)| (arrival.cost, *node, arrival.first)).collect();
        all.sort_unstable();
        all.into_iter().map(|(cost, node, first)| (node, cost, first)).collect()
    }

    /// How many steps it is to a node.
    pub(super) fn length(&self, to: NodeId) -> Option<usize> {
        self.arrivals.get(&to).map(|arrival| arrival.cost.length())
    }

    /// The nodes on the way, the end included.
    pub(super) fn to(&self, end: NodeId) -> Vec<NodeId> {
        let before =
            |at: &NodeId| self.arrivals.get(at).map(|arrival| arrival.before).filter(|at| *at != self.from);
        let mut ends: Vec<NodeId> = std::iter::successors(Some(end), before).collect();
        ends.reverse();
        let from = std::iter::once(self.from).chain(ends.iter().copied());
        let ways = from.zip(&ends).filter_map(|(from, end)| self.moves.between(from, *end));
        ways.flat_map(|found| found.way.iter().copied()).collect()
    }
}
