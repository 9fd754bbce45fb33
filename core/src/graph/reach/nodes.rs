//! Steps through a node's kubelet: code in every pod of the node.

use super::super::act::{Attempt, Found};
use super::super::holder::Object;
use super::super::node::Node;
use super::super::requests::Request;
use super::super::targets::PodsKnown;
use crate::authorizer;
use crate::model::{Name, PolicyRule};
use crate::technique::RequestPattern;
use std::collections::BTreeSet;

/// The port that a kubelet listens on unless it is told otherwise.
const KUBELET_PORT: &str = "10250";

/// Tries the technique on the nodes that the holder may name.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), None) {
        on_listed(attempt, pattern, grant, rule);
        on_unlisted(attempt, pattern, grant, rule);
    }
}

fn on_listed(
    attempt: &mut Attempt<'_, '_>,
    pattern: RequestPattern,
    grant: super::super::Grant,
    rule: &PolicyRule,
) {
    let field = attempt.field;
    let restricted = authorizer::name_restricted(rule);
    for class in field.terrain.pods.values().flatten() {
        let pods =
            class.pods.iter().filter_map(|&index| Some((index, field.world.snapshot.pods.get(index)?)));
        let placed = pods.filter_map(|(index, pod)| Some((index, pod.spec.node_name.as_ref()?)));
        let mut named = placed.filter(|(_, node)| !restricted || names_kubelet(rule, node));
        let Some((pod, node)) = named.next() else { continue };
        let reached = match restricted {
            false => {
                let placed = class.placed(field.world);
                (placed.pods, placed.nodes)
            }
            true => {
                let nodes: Vec<&Name> = std::iter::once(node).chain(named.map(|(_, node)| node)).collect();
                (nodes.len(), nodes.iter().collect::<BTreeSet<_>>().len())
            }
        };
        let object = Object { namespace: None, name: Some(node) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let judged = attempt.judged.clone();
        attempt.found.push(Found {
            to: Node::Pod(pod),
            proofs,
            judged,
            reached: Some(reached),
            lowered: None,
        });
    }
}

/// Pods are not in the input: those of a component run on every node that the rule can name.
fn on_unlisted(
    attempt: &mut Attempt<'_, '_>,
    pattern: RequestPattern,
    grant: super::super::Grant,
    rule: &PolicyRule,
) {
    let targets = &attempt.field.terrain.targets.list;
    let unlisted: Vec<usize> = targets
        .iter()
        .filter(|target| target.known == PodsKnown::Unlisted)
        .map(|target| target.index)
        .collect();
    if unlisted.is_empty() {
        return;
    }
    let Some(name) = node_not_shown(attempt, rule) else { return };
    let object = Object { namespace: None, name: name.as_deref() };
    let judged = attempt.judged.clone();
    for component in unlisted {
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let to = Node::PodsOf(component, false);
        attempt.found.push(Found { to, proofs, judged: judged.clone(), reached: None, lowered: None });
    }
}

/// Whether a rule lets a request to a node's kubelet through: any other port of the node is some other server's
/// (k8s.io/kubernetes pkg/registry/core/node/strategy.go, ResourceLocation).
fn names_kubelet(rule: &PolicyRule, node: &Name) -> bool {
    let mut ids = rule.resource_names.iter();
    !authorizer::name_restricted(rule)
        || ids.any(|id| is_kubelet(id) && authorizer::proxied_object(id) == *node)
}

/// Whether an id, `[scheme:]name[:port]`, is that of a kubelet.
fn is_kubelet(id: &str) -> bool {
    match id.split(':').collect::<Vec<_>>().as_slice() {
        [_] => true,
        [_, port] | [_, _, port] => port.is_empty() || *port == KUBELET_PORT,
        _ => false,
    }
}

/// The node that stands for all that a rule lets through: one of the input, or any where the rule names none. A node that
/// a rule names and the input does not show is none to go by.
fn node_not_shown(attempt: &Attempt<'_, '_>, rule: &PolicyRule) -> Option<Option<Name>> {
    let mut nodes = attempt.field.world.snapshot.nodes.iter();
    match nodes.find(|node| names_kubelet(rule, &node.name)) {
        Some(node) => Some(Some(node.name.clone())),
        None => (!authorizer::name_restricted(rule)).then_some(None),
    }
}
