//! World → graph: every technique of the table is tried on every target, and what follows by itself is added.

use super::act::{Field, act};
use super::node::{Actor, Edge, Node, NodeId, Sink};
use super::together::Rounds;
use super::{Grants, World, sinks};
use crate::authorizer::Identity;
use crate::model::Name;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::rc::Rc;

/// Nodes, the edges that leave them, and the effects they amount to.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<Rc<Node>>,
    ids: BTreeMap<Rc<Node>, NodeId>,
    edges: Vec<BTreeSet<Edge>>,
    sinks: Vec<BTreeSet<Sink>>,
}

impl Graph {
    /// Builds the graph of a world: what its identities can do, what follows from that, and so on.
    pub fn new(world: &World<'_>, grants: &Grants) -> Self {
        let field = Field::new(world, grants);
        let mut graph = Graph::default();
        for identity in starting_identities(&field) {
            graph.id(Node::Acting(Actor::new(identity)));
        }
        let mut known = graph.expand(&field, 0);
        let mut rounds = Rounds::default();
        while rounds.add(&mut graph, &field) {
            known = graph.expand(&field, known);
        }
        graph
    }

    /// Adds what follows from every node from `next` on, new ones included; returns how many there are then.
    fn expand(&mut self, field: &Field<'_>, mut next: usize) -> usize {
        while let Some(node) = self.nodes.get(next).cloned() {
            if let Node::Acting(actor) = &*node {
                act(self, field, NodeId(next), actor);
            }
            sinks::follow(self, field, NodeId(next), &node);
            next += 1;
        }
        next
    }

    /// The id of a node, which is added where it is new.
    pub fn id(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        let place = match self.ids.entry(Rc::new(node)) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(place) => place,
        };
        self.nodes.push(Rc::clone(place.key()));
        place.insert(id);
        self.edges.push(BTreeSet::new());
        self.sinks.push(BTreeSet::new());
        id
    }

    /// The id of a node that is in the graph.
    pub(super) fn known(&self, node: &Node) -> Option<NodeId> {
        self.ids.get(node).copied()
    }

    /// Adds a step.
    pub fn step(&mut self, from: NodeId, edge: Edge) {
        if let Some(edges) = self.edges.get_mut(from.0) {
            edges.insert(edge);
        }
    }

    /// Takes back the steps that are not worth keeping.
    pub(super) fn keep_steps(&mut self, from: NodeId, keep: impl Fn(&Edge) -> bool) {
        if let Some(edges) = self.edges.get_mut(from.0) {
            edges.retain(keep);
        }
    }

    /// Says that a node amounts to an effect.
    pub fn amounts_to(&mut self, node: NodeId, sink: Sink) {
        if let Some(sinks) = self.sinks.get_mut(node.0) {
            sinks.insert(sink);
        }
    }

    /// How many nodes there are; ids count from 0.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node by its id.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0).map(|node| &**node)
    }

    /// The node itself, or the one that it leads along.
    pub fn plain(&self, id: NodeId) -> Option<&Node> {
        self.node(self.plain_id(id))
    }

    /// Its id.
    pub(super) fn plain_id(&self, id: NodeId) -> NodeId {
        let along = |id: &NodeId| match self.node(*id) {
            Some(Node::Along { node, .. }) => Some(*node),
            _ => None,
        };
        std::iter::successors(Some(id), along).last().unwrap_or(id)
    }

    /// Where a step that leaves a node is taken from.
    pub fn origin(&self, from: NodeId, edge: &Edge) -> NodeId {
        edge.parting.unwrap_or_else(|| self.plain_id(from))
    }

    /// The steps that leave a node, in a fixed order.
    pub fn steps(&self, from: NodeId) -> impl Iterator<Item = &Edge> {
        self.edges.get(from.0).into_iter().flatten()
    }

    /// What a node amounts to.
    pub fn effects(&self, node: NodeId) -> impl Iterator<Item = Sink> + '_ {
        self.sinks.get(node.0).into_iter().flatten().copied()
    }

    /// Every identity that acts with a credential of its own, sorted, with its node.
    pub fn identities(&self) -> impl Iterator<Item = (&Identity, NodeId)> {
        self.ids.iter().filter_map(|(node, id)| match &**node {
            Node::Acting(actor) if *actor == Actor::new(actor.identity.clone()) => {
                Some((&actor.identity, *id))
            }
            _ => None,
        })
    }
}

/// Whoever something follows from; nodes and `system:masters` where the input shows them.
fn starting_identities(field: &Field<'_>) -> BTreeSet<Identity> {
    let (world, grants) = (field.world, field.grants);
    let mut identities = &field.starting | grants.growing();
    let group = |name: &str| Identity::Group(Name::from(name));
    if !world.snapshot.nodes.is_empty() {
        identities.insert(group("system:nodes"));
    }
    let shown = [group("system:masters"), group("system:nodes")];
    identities.extend(grants.bound().filter(|item| shown.contains(item)).cloned());
    identities
}
