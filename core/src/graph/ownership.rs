//! Whose way a step is: whether a grant that it uses names whoever takes it, rather than a group of theirs.

use super::holder::{groups, groups_held};
use super::{Edge, Grant, Graph, Node, NodeId, Proof, World};
use crate::authorizer::{self, Identity};
use crate::model::{Binding, Name};
use crate::report::{Authorizer, Certainty};
use crate::technique::Effect;
use std::collections::{BTreeMap, BTreeSet};

/// The technique that adds rules to a role.
const GROWS_ROLE: &str = "rbac-escalate";

/// Whether a grant of a step names the identity. What the node authorizer lets every node do is of their group.
pub fn names(world: &World<'_>, graph: &Graph, identity: &Identity, edge: &Edge) -> bool {
    if gaining(world, graph, edge).contains(identity) {
        return true;
    }
    edge.evidence.iter().any(|proof| match proof.grant {
        None => match proof.authorizer {
            Authorizer::Node => proof.by == *identity && !matches!(identity, Identity::Node(_)),
            Authorizer::Masters => true,
            Authorizer::Rbac => false,
        },
        Some(grant) => is_subject(world, identity, grant),
    })
}

/// Whether an identity that has become somebody else adds a request of its own to a step, by a grant that names it.
pub fn adds(world: &World<'_>, identity: &Identity, edge: &Edge) -> bool {
    let own = |proof: &Proof| proof.grant.is_some_and(|grant| is_subject(world, identity, grant));
    edge.evidence.iter().any(|proof| proof.by == *identity && own(proof))
}

/// Whether a node is the identity with a credential of its own, whatever it gained since.
pub fn acts_as(graph: &Graph, identity: &Identity, at: NodeId) -> bool {
    match graph.plain(at) {
        Some(Node::Acting(actor)) => actor.identity == *identity && !actor.impersonated,
        _ => false,
    }
}

/// Whether the subject of a grant is the identity itself.
pub fn is_subject(world: &World<'_>, identity: &Identity, grant: Grant) -> bool {
    subject_of(world, grant).as_ref() == Some(identity)
}

/// Whom the subject of a grant names.
fn subject_of(world: &World<'_>, grant: Grant) -> Option<Identity> {
    let binding = world.snapshot.bindings.get(grant.binding)?;
    authorizer::identity_of(binding, binding.subjects.get(grant.subject)?)
}

/// Whom a role that a step adds rules to is bound to, where the step gains something: its members gain by that, whoever
/// else may write the role.
fn gaining(world: &World<'_>, graph: &Graph, edge: &Edge) -> BTreeSet<Identity> {
    if edge.technique != GROWS_ROLE {
        return BTreeSet::new();
    }
    let written = |binding: &Binding| {
        let role = &binding.role_ref;
        let resource = if &*role.kind == "ClusterRole" { "clusterroles" } else { "roles" };
        // A POST carries no name: it makes a role that is not there.
        let missing = world.roles.resolve(binding).is_empty();
        let of_role = |name: &Option<Name>| name.as_ref().map_or(missing, |name| *name == role.name);
        edge.evidence.iter().any(|it| it.request.resource == resource && of_role(&it.name))
    };
    let grown = |binding: &&Binding| {
        let aggregated = || {
            let roles = world.roles.resolve(binding).iter();
            roles.filter_map(|&role| world.snapshot.roles.get(role)).any(|role| role.aggregation.is_some())
        };
        written(binding) || aggregated()
    };
    let scope = match graph.plain(edge.to) {
        Some(Node::Acting(actor)) => actor.bound.as_ref().and_then(|(_, scope)| scope.as_ref()),
        _ => None,
    };
    let holds_there = |binding: &&Binding| binding.namespace.as_ref() == scope;
    let bindings = world.snapshot.bindings.iter().filter(holds_there).filter(grown);
    let subjects = bindings.flat_map(|binding| binding.subjects.iter().map(move |item| (binding, item)));
    subjects.filter_map(|(binding, item)| authorizer::identity_of(binding, item)).collect()
}

/// Whom the bindings have to name so that a step can be taken: any of these sets.
type Ways = BTreeSet<BTreeSet<Identity>>;

/// What becoming somebody is for: whom bindings have to name so that each of their steps can be taken.
#[derive(Debug)]
pub(super) struct Needs(BTreeMap<NodeId, BTreeSet<Ways>>);

impl Needs {
    /// Looks at every step of every identity; those with a step that takes a grant of their own are left out.
    pub(super) fn new(world: &World<'_>, graph: &Graph) -> Self {
        let acting = (0..graph.len()).map(NodeId).filter_map(|id| match graph.node(id) {
            Some(Node::Acting(actor)) if actor.bound.is_none() && actor.lifted.is_none() => {
                Some((id, needs(world, graph, &actor.identity, id)?))
            }
            _ => None,
        });
        Needs(acting.collect())
    }

    /// Whether becoming `now` gives `start` nothing that it does not hold by its groups, or as the group that it is.
    pub(super) fn nothing_new(&self, start: &Identity, now: NodeId) -> bool {
        let Some(needs) = self.0.get(&now) else { return false };
        let by_group = groups_held(start);
        let all_nodes = Identity::Group(Name::from("system:nodes"));
        let held = |identity: &Identity| match identity {
            Identity::Group(name) => by_group.contains(name),
            // Left by `needs` for what each node may do about its own pods.
            Identity::Node(_) => *start == all_nodes,
            _ => false,
        };
        needs.iter().all(|ways| ways.iter().any(|way| way.iter().all(held)))
    }
}

/// What a step leads to; touching one object of Cilium's or another comes to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gain {
    Node(NodeId),
    Effect(Effect),
}

fn gain(graph: &Graph, to: NodeId) -> Gain {
    match graph.node(to) {
        Some(Node::Touched { effect, .. } | Node::Object { effect, .. }) => Gain::Effect(*effect),
        _ => Gain::Node(to),
    }
}

/// The ways to take each step of an identity; `None` where one of them is its own alone. A node without a name stands for
/// what the node authorizer lets each node do about its own pods: the group of all nodes may do it about any, another node
/// may not.
fn needs(world: &World<'_>, graph: &Graph, identity: &Identity, id: NodeId) -> Option<BTreeSet<Ways>> {
    let is_kubelet = |item: &Identity| matches!(item, Identity::Node(name) if name.is_empty());
    let is_shared = |item: &Identity| matches!(item, Identity::Group(_)) || is_kubelet(item);
    let is_group = |way: &BTreeSet<Identity>| way.iter().all(is_shared);
    let mut steps: BTreeMap<(Gain, Certainty), Ways> = BTreeMap::new();
    for chain in graph.steps(id).flat_map(|edge| chains(graph, edge)) {
        let way: BTreeSet<Identity> = chain.iter().flat_map(|edge| named(world, identity, edge)).collect();
        let Some(last) = chain.last() else { continue };
        let own = groups(identity).into_iter().map(Identity::Group).chain([identity.clone()]);
        let gaining = gaining(world, graph, last);
        let by_any = own.filter(|item| gaining.contains(item)).map(|item| &way | &BTreeSet::from([item]));
        let mut ways: Vec<BTreeSet<Identity>> = by_any.collect();
        if ways.is_empty() {
            ways.push(way);
        }
        let certainty = chain.iter().map(|edge| edge.certainty).max().unwrap_or(Certainty::Certain);
        steps.entry((gain(graph, last.to), certainty)).or_default().extend(ways);
    }
    let mut needs = BTreeSet::new();
    for (to, certainty) in steps.keys() {
        // What is surer will do as well.
        let surer = steps.range((*to, Certainty::Certain)..=(*to, *certainty));
        let ways: Ways = surer.flat_map(|(_, ways)| ways).filter(|way| is_group(way)).cloned().collect();
        if ways.is_empty() {
            return None;
        }
        needs.insert(ways);
    }
    Some(needs)
}

/// A step, with those further on to which whoever takes it still adds a request of their own.
fn chains<'g>(graph: &'g Graph, first: &'g Edge) -> Vec<Vec<&'g Edge>> {
    let mut whole = Vec::new();
    let mut open = vec![vec![first]];
    while let Some(chain) = open.pop() {
        let Some(last) = chain.last() else { continue };
        if matches!(graph.node(last.to), Some(Node::Along { .. })) {
            open.extend(graph.steps(last.to).map(|next| [&chain[..], &[next]].concat()));
        } else {
            whole.push(chain);
        }
    }
    whole
}

/// Whom bindings name for the requests that an identity makes in a step.
fn named<'e>(
    world: &'e World<'_>,
    identity: &'e Identity,
    edge: &'e Edge,
) -> impl Iterator<Item = Identity> + 'e {
    let own = edge.evidence.iter().filter(|proof| proof.by == *identity);
    own.map(|proof| {
        let of_grant = proof.grant.and_then(|grant| subject_of(world, grant));
        of_grant.unwrap_or_else(|| match proof.authorizer {
            Authorizer::Node => Identity::Node(Name::from("")),
            _ => identity.clone(),
        })
    })
}
