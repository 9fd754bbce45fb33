//! Moves from node to node: single steps, and what identities come to between them where nothing else leads there as soon.

use super::super::node::{Edge, Node, NodeId};
use super::super::paths::Cost;
use super::Graph;
use super::way::Ways;
use crate::report::Certainty;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{BTreeSet, BinaryHeap};

/// One move from a node.
#[derive(Debug, Clone)]
pub(super) struct Move {
    /// The nodes on it, the end included.
    pub(super) way: Vec<NodeId>,
    pub(super) cost: Cost,
    /// By which techniques its first step is taken.
    pub(super) techniques: BTreeSet<&'static str>,
}

impl Move {
    /// A step.
    fn new(edge: &Edge) -> Self {
        let cost = Cost::at_end(0).with(edge);
        Move { way: vec![edge.to], cost, techniques: BTreeSet::from([edge.technique]) }
    }

    /// The same with one step more.
    fn with(&self, edge: &Edge) -> Self {
        let way = self.way.iter().copied().chain([edge.to]).collect();
        Move { way, cost: self.cost.with(edge), techniques: self.techniques.clone() }
    }

    /// Becomes the cheaper of two, which may begin with either's technique where they begin alike.
    fn take_cheaper(&mut self, mut other: Move) {
        if other.cost < self.cost {
            std::mem::swap(self, &mut other);
        }
        if self.first() == other.first() {
            self.techniques.extend(other.techniques);
        }
    }

    /// Where the first step leads.
    pub(super) fn first(&self) -> Option<NodeId> {
        self.way.first().copied()
    }
}

/// The cheapest move from each node to each other, where there is one. What runs code in privileged Cilium or on its node
/// needs none.
#[derive(Debug)]
pub(super) struct Moves {
    outgoing: Vec<BTreeMap<NodeId, Move>>,
    /// The same by where they lead, once somebody asks.
    incoming: OnceCell<Vec<Vec<(NodeId, Cost)>>>,
}

impl Moves {
    /// Those of a graph.
    pub(super) fn new(graph: &Graph) -> Self {
        let mut moves = Moves { outgoing: vec![BTreeMap::new(); graph.len()], incoming: OnceCell::new() };
        for from in plain_nodes(graph).filter(|id| !runs_code(graph, *id)) {
            for edge in open_steps(graph, from).filter(|edge| is_plain(graph, edge.to)) {
                moves.add(from, edge.to, Move::new(edge));
            }
        }
        moves.add_shortcuts(graph);
        moves
    }

    fn add(&mut self, from: NodeId, to: NodeId, new: Move) {
        if let Some(all) = self.outgoing.get_mut(from.0) {
            take(all, to, new);
        }
    }

    /// Adds what somebody comes to with others by ways that were laid.
    fn add_shortcuts(&mut self, graph: &Graph) {
        let mut shortcuts = Vec::new();
        for from in plain_nodes(graph).filter(|id| !runs_code(graph, *id)) {
            let found = laid_ways(graph, from);
            if found.is_empty() {
                continue;
            }
            let ways = Ways::new(self, from);
            for (to, way) in found {
                if to != from && ways.length(to).is_none_or(|length| way.cost.length() < length) {
                    shortcuts.push((from, to, way));
                }
            }
        }
        shortcuts.into_iter().for_each(|(from, to, way)| self.add(from, to, way));
    }

    /// Those that leave a node, with where they lead.
    pub(super) fn of(&self, from: NodeId) -> impl Iterator<Item = (NodeId, &Move)> {
        self.outgoing.get(from.0).into_iter().flatten().map(|(to, way)| (*to, way))
    }

    /// The one between two nodes.
    pub(super) fn between(&self, from: NodeId, to: NodeId) -> Option<&Move> {
        self.outgoing.get(from.0)?.get(&to)
    }

    /// By which technique one begins whose first step leads to a node, the first of several.
    pub(super) fn first_technique(&self, from: NodeId, first: NodeId) -> &'static str {
        let mut all = self.of(from).filter(|(_, way)| way.first() == Some(first));
        all.find_map(|(_, way)| way.techniques.first()).copied().unwrap_or_default()
    }

    /// Those that are more than a step.
    pub(super) fn shortcuts(&self) -> impl Iterator<Item = (NodeId, NodeId, usize)> {
        let all = (0..self.outgoing.len())
            .map(NodeId)
            .flat_map(|from| self.of(from).map(move |(to, way)| (from, to, way)));
        all.filter(|(.., way)| way.way.len() > 1).map(|(from, to, way)| (from, to, way.way.len()))
    }

    /// Those that lead to a node: from where, and what each costs.
    pub(super) fn to(&self, to: NodeId) -> impl Iterator<Item = &(NodeId, Cost)> {
        let incoming = self.incoming.get_or_init(|| {
            let mut incoming = vec![Vec::new(); self.outgoing.len()];
            for from in (0..self.outgoing.len()).map(NodeId) {
                for (to, way) in self.of(from) {
                    incoming
                        .get_mut(to.0)
                        .into_iter()
                        .for_each(|all: &mut Vec<_>| all.push((from, way.cost)));
                }
            }
            incoming
        });
        incoming.get(to.0).into_iter().flatten()
    }
}

/// Where ways that were laid from a node lead in the end, with the cheapest to each.
fn laid_ways(graph: &Graph, from: NodeId) -> BTreeMap<NodeId, Move> {
    let mut best: BTreeMap<NodeId, Move> = BTreeMap::new();
    let mut queue = BinaryHeap::new();
    let laid = open_steps(graph, from).filter(|edge| !is_plain(graph, edge.to));
    for (to, first) in laid.map(|edge| (edge.to, Move::new(edge))) {
        queue.push(Reverse((first.cost, to)));
        take(&mut best, to, first);
    }
    while let Some(Reverse((cost, at))) = queue.pop() {
        let Some(so_far) = best.get(&at).filter(|known| known.cost == cost).cloned() else { continue };
        for edge in open_steps(graph, at) {
            let next = so_far.with(edge);
            let cost = next.cost;
            if take(&mut best, edge.to, next) && !is_plain(graph, edge.to) {
                queue.push(Reverse((cost, edge.to)));
            }
        }
    }
    best.retain(|to, _| is_plain(graph, *to));
    best
}

/// Takes a move where none to there is cheaper; whether it is cheaper than what was known.
fn take(best: &mut BTreeMap<NodeId, Move>, to: NodeId, new: Move) -> bool {
    match best.entry(to) {
        Entry::Vacant(place) => {
            place.insert(new);
            true
        }
        Entry::Occupied(mut known) => {
            let cheaper = new.cost < known.get().cost;
            known.get_mut().take_cheaper(new);
            cheaper
        }
    }
}

/// Whether a node is no copy on a way that was laid.
fn is_plain(graph: &Graph, id: NodeId) -> bool {
    !matches!(graph.node(id), Some(Node::Along { .. }))
}

/// The nodes that are no such copies.
pub(super) fn plain_nodes(graph: &Graph) -> impl Iterator<Item = NodeId> + '_ {
    (0..graph.len()).map(NodeId).filter(|id| is_plain(graph, *id))
}

/// Whether a node runs code in privileged Cilium or on its node: no way needs to go on from there.
pub(super) fn runs_code(graph: &Graph, id: NodeId) -> bool {
    graph.effects(id).any(|sink| sink.effect.runs_code())
}

/// The steps that count.
fn open_steps(graph: &Graph, from: NodeId) -> impl Iterator<Item = &Edge> {
    graph.steps(from).filter(|edge| edge.certainty != Certainty::Blocked)
}
