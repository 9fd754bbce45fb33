//! What follows by itself: escape to the node, the token in a pod, a node's pods, and the effects of each node.

use super::act::{Field, Found, Judged};
use super::node::{Actor, Node, NodeId, Proof, Sink};
use super::targets::Target;
use super::terrain::is_control_plane;
use super::{Graph, Request, World};
use crate::authorizer::Identity;
use crate::model::Name;
use crate::pod_security;
use crate::report::{Authorizer, Certainty};
use crate::technique::Effect;
use std::collections::BTreeSet;

/// The derived step from a root-equivalent container to its node.
const CONTAINER_ESCAPE: &str = "container-escape";
/// The derived step from a pod to the account whose token it holds.
const POD_TOKEN: &str = "pod-token";
/// The derived step from a node to the pods on it.
const NODE_COMPROMISE: &str = "node-compromise";
/// From a node's kubelet to the accounts of its pods.
const NODE_IDENTITY: &str = "node-identity";
/// From the identity, or the node, that may do everything.
const CLUSTER_ADMIN: &str = "cluster-admin";

/// Adds what follows from a node, and says what it amounts to.
pub(super) fn follow(graph: &mut Graph, field: &Field<'_>, id: NodeId, node: &Node) {
    match node {
        Node::Pod(pod) => in_pod(graph, field, id, *pod),
        Node::PodWithContainer(pod) => {
            escape(graph, id, node_of(field.world, *pod), certain());
            token(graph, field, id, *pod);
        }
        Node::PodsOf(component, own_container) => {
            let Some(target) = field.terrain.targets.get(*component) else { return };
            if *own_container && !target.is_root() {
                escape(graph, id, None, admission(field.world, &target.component.namespace));
            }
            in_component(graph, field, target, id);
        }
        Node::Workload(component) => {
            if let Some(target) = field.terrain.targets.get(*component) {
                rewritten(graph, field, target, id);
            }
        }
        Node::OtherWorkload { namespace, lifted, .. } => {
            let judged = if *lifted { certain() } else { admission(field.world, namespace) };
            escape(graph, id, field.terrain.agent_node(), judged);
            // Its accounts are within reach at any level.
            if !lifted {
                accounts_of(graph, field, id, namespace);
            }
        }
        Node::NodeRoot(node) => on_node(graph, field, id, node.as_ref()),
        Node::Touched { component, effect, .. } | Node::Object { component, effect, .. } => {
            graph.amounts_to(id, Sink { effect: *effect, component: *component });
        }
        Node::ClusterAdmin => {
            let targets = &field.terrain.targets;
            if let Some(target) = targets.agents().next().or_else(|| targets.list.first()) {
                graph.amounts_to(id, Sink { effect: Effect::Exec, component: target.index });
                graph.amounts_to(id, Sink { effect: Effect::NodeRoot, component: target.index });
            }
        }
        Node::Acting(actor) => acting(graph, field, id, actor),
        Node::Along { .. } => {}
    }
}

fn certain() -> Judged {
    (Certainty::Certain, Vec::new())
}

fn admission(world: &World<'_>, namespace: &str) -> Judged {
    let (certainty, condition) = pod_security::admits_privileged(world.snapshot, namespace);
    (certainty, condition.into_iter().collect())
}

fn node_of(world: &World<'_>, pod: usize) -> Option<Name> {
    world.snapshot.pods.get(pod).and_then(|pod| pod.spec.node_name.clone())
}

fn derived(to: Node, judged: Judged) -> Found {
    Found { to, proofs: Vec::new(), judged, reached: None, lowered: None }
}

fn escape(graph: &mut Graph, from: NodeId, node: Option<Name>, judged: Judged) {
    graph.add(from, CONTAINER_ESCAPE, derived(Node::NodeRoot(node), judged));
}

fn account(namespace: &Name, name: &Name) -> Node {
    let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
    Node::Acting(Actor::new(identity))
}

fn token(graph: &mut Graph, field: &Field<'_>, from: NodeId, pod: usize) -> bool {
    let Some(pod) = field.world.snapshot.pods.get(pod) else { return false };
    let Some(name) = field.terrain.token_of(field.world, pod) else { return false };
    graph.add(from, POD_TOKEN, derived(account(&pod.namespace, &name), certain()));
    true
}

/// Code in a pod: exec where it is privileged Cilium, the node where it is root-equivalent, its account where that
/// holds rights, and the component's endpoints where a pod of Cilium leads to nothing more.
fn in_pod(graph: &mut Graph, field: &Field<'_>, id: NodeId, pod: usize) {
    let component = field.terrain.component(pod);
    let root = field.terrain.is_root(pod);
    if root {
        escape(graph, id, node_of(field.world, pod), certain());
    }
    if let (true, Some(target)) = (root, component) {
        graph.amounts_to(id, Sink { effect: Effect::Exec, component: target.index });
    }
    let acts = token(graph, field, id, pod);
    if let (false, false, Some(target)) = (root, acts, component) {
        graph.amounts_to(id, Sink { effect: Effect::Network, component: target.index });
    }
}

/// The same for a component whose pods are not in the input.
fn in_component(graph: &mut Graph, field: &Field<'_>, target: &Target<'_>, id: NodeId) {
    if target.is_root() {
        graph.amounts_to(id, Sink { effect: Effect::Exec, component: target.index });
        escape(graph, id, None, certain());
    }
    let component = target.component;
    let holds = field.terrain.holds_rights(target) && target.has_token(field.world);
    let held = component.service_account.as_ref().filter(|_| holds);
    match held {
        Some(name) => graph.add(id, POD_TOKEN, derived(account(&component.namespace, name), certain())),
        None if target.is_root() => {}
        None => graph.amounts_to(id, Sink { effect: Effect::Network, component: target.index }),
    }
}

/// A changed template of a component runs what the namespace admits, with any of its accounts.
fn rewritten(graph: &mut Graph, field: &Field<'_>, target: &Target<'_>, id: NodeId) {
    let namespace = &target.component.namespace;
    if target.is_root() {
        graph.amounts_to(id, Sink { effect: Effect::Exec, component: target.index });
        return escape(graph, id, None, certain());
    }
    escape(graph, id, None, admission(field.world, namespace));
    accounts_of(graph, field, id, namespace);
}

fn accounts_of(graph: &mut Graph, field: &Field<'_>, from: NodeId, namespace: &Name) {
    for name in field.terrain.accounts.get(namespace).into_iter().flatten() {
        graph.add(from, POD_TOKEN, derived(account(namespace, name), certain()));
    }
}

/// Root on a node: exec in the agent there, or, where none runs, its other pods and what its kubelet may do; everything
/// on a node of the control plane, which holds the cluster's keys.
fn on_node(graph: &mut Graph, field: &Field<'_>, id: NodeId, node: Option<&Name>) {
    if let Some(agent) = field.terrain.targets.agent_on(node) {
        graph.amounts_to(id, Sink { effect: Effect::NodeRoot, component: agent.index });
        let on_it = agent
            .component
            .pods
            .iter()
            .find(|&&pod| node.is_none() || node_of(field.world, pod).as_ref() == node);
        let to = on_it.map_or(Node::PodsOf(agent.index, false), |pod| Node::Pod(*pod));
        return graph.add(id, NODE_COMPROMISE, derived(to, certain()));
    }
    let Some(node) = node else { return };
    if is_control_plane(field.world, node) {
        graph.add(id, CLUSTER_ADMIN, derived(Node::ClusterAdmin, certain()));
    }
    for class in field.terrain.pods.values().flatten() {
        let on_it = class.pods.iter().find(|&&pod| node_of(field.world, pod).as_ref() == Some(node));
        if let Some(&pod) = on_it {
            graph.add(id, NODE_COMPROMISE, derived(Node::Pod(pod), certain()));
        }
    }
    let to = Node::Acting(Actor::new(Identity::Node(node.clone())));
    graph.add(id, NODE_COMPROMISE, derived(to, certain()));
}

/// An acting identity: the account of a component, or a node with the accounts of its pods.
fn acting(graph: &mut Graph, field: &Field<'_>, id: NodeId, actor: &Actor) {
    if actor.bound.is_some() || actor.lifted.is_some() {
        return;
    }
    match &actor.identity {
        Identity::ServiceAccount { namespace, name } => {
            let own = field.terrain.targets.of_account(namespace, name);
            if let Some(target) = own.filter(|target| field.terrain.holds_rights(target)) {
                graph.amounts_to(id, Sink { effect: Effect::Identity, component: target.index });
            }
        }
        Identity::Node(node) => node_tokens(graph, field, id, &actor.identity, Some(node)),
        // The group alone is no node: whoever only impersonates a member of it has another name
        // (k8s.io/kubernetes pkg/auth/nodeidentifier/default.go).
        Identity::Group(name) if **name == *"system:nodes" && !actor.impersonated => {
            node_tokens(graph, field, id, &actor.identity, None)
        }
        Identity::Group(name) if **name == *"system:masters" => {
            let proof = masters_proof();
            graph.add(
                id,
                CLUSTER_ADMIN,
                Found { proofs: vec![proof], ..derived(Node::ClusterAdmin, certain()) },
            );
        }
        Identity::Group(_) | Identity::User(_) => {}
    }
}

fn masters_proof() -> Proof {
    Proof {
        by: Identity::Group(Name::from("system:masters")),
        authorizer: Authorizer::Masters,
        request: Request::EVERYTHING,
        namespace: None,
        name: None,
        grant: None,
        gained: None,
    }
}

/// The node authorizer lets a kubelet ask for tokens of the accounts of its own pods
/// (k8s.io/kubernetes plugin/pkg/auth/authorizer/node/node_authorizer.go).
fn node_tokens(graph: &mut Graph, field: &Field<'_>, id: NodeId, actor: &Identity, node: Option<&Name>) {
    let mut seen = BTreeSet::new();
    for class in field.terrain.pods.values().flatten() {
        let mut pods = class.pods.iter().filter_map(|&index| field.world.snapshot.pods.get(index));
        let Some(pod) = pods.find(|pod| node.is_none_or(|node| pod.spec.node_name.as_ref() == Some(node)))
        else {
            continue;
        };
        // From 1.33 on only for audiences that a volume of the pod asks for: without a token there is none to ask for.
        let Some(name) = field.terrain.token_of(field.world, pod) else { continue };
        let matters = field.terrain.accounts.get(&pod.namespace).is_some_and(|names| names.contains(&name));
        if !matters || !seen.insert((pod.namespace.clone(), name.clone())) {
            continue;
        }
        let proof = Proof {
            by: actor.clone(),
            authorizer: Authorizer::Node,
            request: Request { verb: "create", group: "", resource: "serviceaccounts/token" },
            namespace: Some(pod.namespace.clone()),
            name: Some(name.clone()),
            grant: None,
            gained: None,
        };
        let found = Found { proofs: vec![proof], ..derived(account(&pod.namespace, &name), certain()) };
        graph.add(id, NODE_IDENTITY, found);
    }
}
