//! Steps through a node's kubelet: code in every pod of the node.

use super::super::act::{Attempt, Found, weaken};
use super::super::grants::Request;
use super::super::holder::Object;
use super::super::node::Node;
use super::super::targets::PodsKnown;
use crate::authorizer;
use crate::model::{Name, PolicyRule};
use crate::report::Certainty;
use crate::technique::RequestPattern;
use std::collections::BTreeSet;

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
    for class in field.terrain.pods.values().flatten() {
        let mut first = None;
        let mut pods = 0;
        let mut nodes: BTreeSet<&Name> = BTreeSet::new();
        for &index in &class.pods {
            let Some(pod) = field.world.snapshot.pods.get(index) else { continue };
            let Some(node) = &pod.spec.node_name else { continue };
            if authorizer::proxy_name_matches(rule, node) {
                first.get_or_insert((index, node));
                pods += 1;
                nodes.insert(node);
            }
        }
        let Some((pod, node)) = first else { continue };
        let object = Object { namespace: None, name: Some(node) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let judged = attempt.judged.clone();
        let reached = Some((pods, nodes.len()));
        attempt.found.push(Found { to: Node::Pod(pod), proofs, judged, reached, lowered: None });
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
    let Some((name, condition)) = node_not_shown(attempt, rule) else { return };
    let object = Object { namespace: None, name: name.as_deref() };
    let mut judged = attempt.judged.clone();
    if let Some(condition) = condition {
        judged = weaken(judged, (Certainty::Conditional, Some(condition)));
    }
    for component in unlisted {
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let to = Node::PodsOf(component, false);
        attempt.found.push(Found { to, proofs, judged: judged.clone(), reached: None, lowered: None });
    }
}

fn node_not_shown(attempt: &Attempt<'_, '_>, rule: &PolicyRule) -> Option<(Option<Name>, Option<String>)> {
    let nodes = &attempt.field.world.snapshot.nodes;
    if let Some(node) = nodes.iter().find(|node| authorizer::proxy_name_matches(rule, &node.name)) {
        return Some((Some(node.name.clone()), None));
    }
    if !authorizer::name_restricted(rule) {
        return Some((None, None));
    }
    let name = rule.resource_names.first().filter(|_| nodes.is_empty())?;
    let node = authorizer::proxied_object(name);
    let condition = format!("needs a node named `{node}` that runs Cilium; nodes are not in the input");
    Some((Some(node), Some(condition)))
}
