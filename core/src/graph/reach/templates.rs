//! Steps on workloads: a changed template runs anything the namespace admits, with any of its ServiceAccounts.

use super::super::act::{Attempt, Found, weaken};
use super::super::holder::Object;
use super::super::node::Node;
use super::super::requests::Request;
use crate::authorizer;
use crate::model::Name;
use crate::pod_security;
use crate::technique::RequestPattern;

/// The resource of a workload kind whose template can be changed; a Job's is immutable
/// (k8s.io/kubernetes pkg/apis/batch/validation, validatePodTemplateUpdate).
pub(in super::super) fn resource_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "DaemonSet" => "daemonsets",
        "Deployment" => "deployments",
        "StatefulSet" => "statefulsets",
        "ReplicaSet" => "replicasets",
        "ReplicationController" => "replicationcontrollers",
        "CronJob" => "cronjobs",
        _ => return None,
    })
}

/// Tries the technique on the workloads of every namespace that the holder may make its request in.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    for namespace in attempt.namespaces() {
        if attempt.holder.actor.lifted.as_ref().is_some_and(|lifted| *lifted != namespace) {
            continue;
        }
        on_components(attempt, pattern, &namespace);
        on_others(attempt, pattern, &namespace);
    }
}

fn on_components(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let field = attempt.field;
    for target in field.terrain.targets.list.iter().filter(|item| item.component.namespace == *namespace) {
        let Some((kind, name)) = target.workload() else { continue };
        if resource_of(kind) != Some(pattern.resource) {
            continue;
        }
        let object = Object { namespace: Some(namespace), name: Some(name) };
        let ways = attempt.holder.ways(&[vec![pattern]], object);
        let lifted = attempt.holder.actor.lifted.is_some();
        let mut judged = attempt.judged.clone();
        if target.is_root() && !lifted {
            judged = weaken(judged, pod_security::admits_privileged(field.world.snapshot, namespace));
        }
        let reached = Some((target.component.pods.len(), target.component.nodes.len()));
        for proofs in ways {
            let to = Node::Workload(target.index);
            // A component that is not privileged becomes so by what the namespace admits, once its level is lifted.
            if judged.0 != attempt.judged.0 || (lifted && !target.is_root()) {
                // What is not admitted as it is runs with any account of the namespace all the same.
                let (namespace, kind, name) = (namespace.clone(), kind.clone(), name.clone());
                let to = Node::OtherWorkload { namespace, kind, name, lifted };
                let (proofs, judged) = (proofs.clone(), attempt.judged.clone());
                attempt.found.push(Found { to, proofs, judged, reached: None, lowered: None });
            }
            if !lifted || target.is_root() {
                attempt.found.push(Found { to, proofs, judged: judged.clone(), reached, lowered: None });
            }
        }
    }
}

/// Any other workload: one for each rule stands for all that it reaches.
fn on_others(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let field = attempt.field;
    let workloads = field.terrain.workloads(field.world, namespace);
    let is_component =
        |kind: &Name, name: &Name| {
            field.terrain.targets.list.iter().any(|target| {
                target.component.namespace == *namespace && target.workload() == Some((kind, name))
            })
        };
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), Some(namespace)) {
        let first = workloads.iter().find(|(kind, name)| {
            resource_of(kind) == Some(pattern.resource)
                && authorizer::name_matches(rule, name)
                && !is_component(kind, name)
        });
        let Some((kind, name)) = first else { continue };
        let object = Object { namespace: Some(namespace), name: Some(name) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let to = Node::OtherWorkload {
            namespace: namespace.clone(),
            kind: kind.clone(),
            name: name.clone(),
            lifted: attempt.holder.actor.lifted.is_some(),
        };
        let judged = attempt.judged.clone();
        attempt.found.push(Found { to, proofs, judged, reached: None, lowered: None });
    }
}
