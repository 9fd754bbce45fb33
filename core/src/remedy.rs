//! What closes a finding: the subject is taken out of every binding that a deciding path starts with.

use crate::finding::quoted;
use crate::graph::{Grant, World};
use crate::model::Binding;
use crate::report::{EntityRef, Remediation};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Takes an identity out of the bindings of the given grants: a binding without another subject is deleted, any
/// other is written anew without it. Says what else the identity loses.
pub fn remove_subject(
    world: &World<'_>,
    identity: &EntityRef,
    grants: &BTreeSet<Grant>,
    fingerprint: &str,
) -> Vec<Remediation> {
    let mut subjects: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for grant in grants {
        subjects.entry(grant.binding).or_default().extend(same_subjects(world, *grant));
    }
    let mut remediation = Remediation {
        summary: String::new(),
        commands: Vec::new(),
        manifest: None,
        closes: vec![fingerprint.to_owned()],
        breaks: Vec::new(),
    };
    let mut manifests = Vec::new();
    let mut names = Vec::new();
    for (binding, removed) in &subjects {
        let Some(binding) = world.snapshot.bindings.get(*binding) else { continue };
        names.push(printed(binding));
        remediation.breaks.push(lost(identity, binding));
        if binding.subjects.len() <= removed.len() {
            remediation.commands.push(delete(binding));
        } else {
            manifests.push(without(binding, removed));
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    remediation.summary = format!("take {} {} out of {}", identity.kind, identity.name, names.join(", "));
    remediation.manifest = (!manifests.is_empty()).then(|| manifests.join("---\n"));
    vec![remediation]
}

/// Every subject of the binding that stands for the same identity: naming it twice is allowed.
fn same_subjects(world: &World<'_>, grant: Grant) -> Vec<usize> {
    let Some(binding) = world.snapshot.bindings.get(grant.binding) else { return Vec::new() };
    let identity =
        binding.subjects.get(grant.subject).and_then(|item| crate::authorizer::identity_of(binding, item));
    let same = binding.subjects.iter().enumerate();
    same.filter(|(_, item)| crate::authorizer::identity_of(binding, item) == identity)
        .map(|(index, _)| index)
        .collect()
}

fn printed(binding: &Binding) -> String {
    match &binding.namespace {
        Some(namespace) => format!("rolebinding {namespace}/{}", binding.name),
        None => format!("clusterrolebinding {}", binding.name),
    }
}

fn delete(binding: &Binding) -> String {
    let name = quoted(&binding.name);
    match &binding.namespace {
        Some(namespace) => format!("kubectl delete rolebinding {name} -n {}", quoted(namespace)),
        None => format!("kubectl delete clusterrolebinding {name}"),
    }
}

fn lost(identity: &EntityRef, binding: &Binding) -> String {
    let place = match &binding.namespace {
        Some(namespace) => format!("in namespace {namespace}"),
        None => "in the whole cluster".to_owned(),
    };
    let role = &binding.role_ref;
    format!(
        "{} {} loses everything that {} {} allows {place}",
        identity.kind,
        identity.name,
        role.kind.to_lowercase(),
        role.name
    )
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BindingManifest<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    role_ref: Reference<'a>,
    subjects: Vec<Reference<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_group: Option<&'static str>,
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
}

const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

fn without(binding: &Binding, removed: &BTreeSet<usize>) -> String {
    let subjects = binding.subjects.iter().enumerate().filter(|(index, _)| !removed.contains(index));
    let subjects = subjects.map(|(_, subject)| Reference {
        api_group: (&*subject.kind != "ServiceAccount").then_some(RBAC_GROUP),
        kind: &subject.kind,
        name: &subject.name,
        namespace: Some(&*subject.namespace).filter(|namespace| !namespace.is_empty()),
    });
    let manifest = BindingManifest {
        api_version: "rbac.authorization.k8s.io/v1",
        kind: if binding.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" },
        metadata: Metadata {
            name: &binding.name,
            namespace: binding.namespace.as_deref(),
            labels: binding.labels.iter().map(|(key, value)| (&**key, &**value)).collect(),
        },
        role_ref: Reference {
            api_group: Some(RBAC_GROUP),
            kind: &binding.role_ref.kind,
            name: &binding.role_ref.name,
            namespace: None,
        },
        subjects: subjects.collect(),
    };
    serde_yaml::to_string(&manifest).unwrap_or_default()
}
