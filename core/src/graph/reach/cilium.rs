//! Steps on Cilium's own objects: its Services, its configuration, policies and keys.

use super::super::act::{Attempt, Found};
use super::super::grants::Request;
use super::super::holder::{Object, literal_matches};
use super::super::node::Node;
use super::super::targets::services_of;
use crate::authorizer;
use crate::model::Name;
use crate::technique::{Effect, NamePattern, RequestPattern};

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
        let unrestricted = !authorizer::name_restricted(rule);
        let listed = names.iter().find_map(|listed| {
            if unrestricted {
                return Some(Name::from(*listed));
            }
            rule.resource_names.iter().find(|name| literal_matches(listed, name)).cloned()
        });
        let Some(name) = listed else { continue };
        let object = Object { namespace: Some(namespace), name: Some(&name) };
        let proofs = vec![attempt.holder.proof(pattern, object, grant, rule)];
        let namespace = Some(namespace.clone());
        let to = Node::Object { component, kind, namespace, name: name.clone(), effect: Effect::Control };
        let judged = attempt.judged.clone();
        attempt.found.push(Found { to, proofs, judged, reached: None, lowered: None });
    }
}

/// Custom resources of Cilium: one node stands for all objects of a resource.
fn resources(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, component: usize, namespace: &Name) {
    for scope in attempt.namespaces() {
        let of_namespace = pattern.resource == "ciliumnodeconfigs";
        if of_namespace && scope != *namespace {
            continue;
        }
        let object = Object { namespace: Some(&scope), name: None };
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        let name = Name::from(pattern.resource);
        let namespace = Some(scope.clone());
        let to = Node::Object { component, kind: "Resource", namespace, name, effect: Effect::Control };
        attempt.found(to, ways, &attempt.judged.clone());
    }
}
