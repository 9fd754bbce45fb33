//! Steps on Cilium's own objects: its Services, its configuration, policies and keys.

use super::super::act::{Attempt, Found, weaken};
use super::super::holder::{Object, literal_matches};
use super::super::node::Node;
use super::super::requests::Request;
use super::super::targets::services_of;
use super::super::terrain::is_present;
use crate::authorizer;
use crate::model::{Name, PolicyRule};
use crate::report::Certainty;
use crate::technique::{Effect, NamePattern, RequestPattern, Scope};

/// HTTP to a Service in front of a component.
pub(super) fn service(attempt: &mut Attempt<'_, '_>, effect: Effect) {
    let Some(pattern) = attempt.single() else { return };
    let field = attempt.field;
    for target in &field.terrain.targets.list {
        let namespace = &target.component.namespace;
        for name in services_of(field.world, target) {
            let object = Object { namespace: Some(namespace), name: Some(&name) };
            for proofs in attempt.holder.ways(&[vec![pattern]], object) {
                let (component, name) = (target.index, name.clone());
                let namespace = Some(namespace.clone());
                let to = Node::Object { component, kind: "Service", namespace, name, effect };
                let judged = attempt.judged.clone();
                attempt.found.push(Found { to, proofs, judged, reached: None, lowered: None });
            }
        }
    }
}

/// Objects that Cilium takes its orders from.
pub(super) fn controls(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.main() else { return };
    let field = attempt.field;
    let mut seen: Vec<&Name> = Vec::new();
    for target in field.terrain.targets.agents() {
        let namespace = &target.component.namespace;
        if seen.contains(&namespace) {
            continue;
        }
        seen.push(namespace);
        match pattern.resource {
            "configmaps" | "secrets" => named_objects(attempt, pattern, target.index, namespace),
            _ => resources(attempt, pattern, target.index, namespace),
        }
    }
}

/// ConfigMaps and Secrets by the names of the table.
fn named_objects(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, component: usize, namespace: &Name) {
    let NamePattern::OneOf(names) = pattern.name else { return };
    let kind = if pattern.resource == "secrets" { "Secret" } else { "ConfigMap" };
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), Some(namespace)) {
        let Some(name) = named_object(attempt, kind, namespace, names, rule) else { continue };
        let object = Object { namespace: Some(namespace), name: Some(&name) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let namespace = Some(namespace.clone());
        let to = Node::Object { component, kind, namespace, name: name.clone(), effect: Effect::Control };
        let judged = attempt.judged.clone();
        attempt.found.push(Found { to, proofs, judged, reached: None, lowered: None });
    }
}

/// The first object that the table lists and the rule lets through. Which Secrets there are depends on how Cilium is
/// installed, so where Secrets were exported, it has to be among them; the ConfigMap is always there.
fn named_object(
    attempt: &Attempt<'_, '_>,
    kind: &str,
    namespace: &Name,
    names: &[&str],
    rule: &PolicyRule,
) -> Option<Name> {
    let listed = |name: &Name| names.iter().any(|listed| literal_matches(listed, name));
    if kind == "Secret" && is_present(attempt.field.world, kind) {
        let secrets = attempt.field.world.snapshot.secrets.iter();
        let mut there = secrets.filter(|secret| secret.namespace == *namespace && listed(&secret.name));
        let found = there.find(|secret| authorizer::name_matches(rule, &secret.name));
        return found.map(|secret| secret.name.clone());
    }
    if authorizer::name_restricted(rule) {
        return rule.resource_names.iter().find(|name| listed(name)).cloned();
    }
    names.first().map(|name| Name::from(*name))
}

/// Custom resources of Cilium: one node stands for all objects of a resource.
fn resources(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, component: usize, namespace: &Name) {
    for scope in scopes(attempt, pattern, namespace) {
        let object = Object { namespace: scope.as_ref(), name: None };
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        let name = Name::from(pattern.resource);
        let to =
            Node::Object { component, kind: "Resource", namespace: scope, name, effect: Effect::Control };
        attempt.found(to, ways, &attempt.judged.clone());
    }
}

/// Where a custom resource can be written: CiliumNodeConfigs count in Cilium's own namespace only; where the whole
/// cluster is open, that namespace stands for all.
fn scopes(attempt: &Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) -> Vec<Option<Name>> {
    if pattern.scope == Scope::Cluster {
        return vec![None];
    }
    let (cluster, mut namespaces) = attempt.holder.scopes(Request::from(pattern));
    if cluster {
        namespaces.insert(namespace.clone());
    }
    let counts = |name: &Name| pattern.resource != "ciliumnodeconfigs" || name == namespace;
    namespaces.into_iter().filter(counts).map(Some).collect()
}

/// What Cilium's API groups and definitions are called, and what has to be true for a change to matter.
fn served(resource: &str) -> Option<(&'static str, &'static str)> {
    match resource {
        "apiservices" => {
            Some(("v2.cilium.io", "needs an API server of the caller's that the cluster's own can reach"))
        }
        "customresourcedefinitions" => Some((
            "ciliumnodeconfigs.cilium.io",
            "needs a resource of cilium.io that is served in more than one version",
        )),
        _ => None,
    }
}

/// The objects that say who answers for cilium.io, and how: what Cilium reads is then the caller's. They exist, so only
/// a change counts.
pub(super) fn serves(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single().filter(|pattern| pattern.verb != "create") else { return };
    let Some((usual, condition)) = served(pattern.resource) else { return };
    let Some(agent) = attempt.field.terrain.targets.agents().next().map(|target| target.index) else {
        return;
    };
    let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition.to_owned())));
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), None) {
        let named = rule.resource_names.iter().find(|name| name.ends_with(".cilium.io"));
        let name = match named {
            Some(name) => name.clone(),
            None if authorizer::name_restricted(rule) => continue,
            None => Name::from(usual),
        };
        let object = Object { namespace: None, name: Some(&name) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let (component, effect) = (agent, Effect::Control);
        let to = Node::Object { component, kind: "Resource", namespace: None, name, effect };
        attempt.found.push(Found { to, proofs, judged: judged.clone(), reached: None, lowered: None });
    }
}
