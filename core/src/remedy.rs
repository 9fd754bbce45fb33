//! What closes a finding: for every deciding path, a subject is taken out of a binding that the path needs.

use crate::authorizer;
use crate::finding::{entity_of_identity, quoted};
use crate::graph::{Grant, World};
use crate::ingest::{Limits, values};
use crate::model::Binding;
use crate::report::{EntityRef, Remediation};
use crate::review::block_yaml;
use crate::without::Without;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the subjects of the given grants out of their bindings: a binding without another subject is deleted, any
/// other is written anew without it. Says what else the subjects lose.
pub fn remove_subjects(world: &World<'_>, grants: &BTreeSet<Grant>, fingerprint: &str) -> Vec<Remediation> {
    let mut removed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut from: BTreeMap<EntityRef, BTreeSet<usize>> = BTreeMap::new();
    for grant in grants {
        let Some((who, subjects)) = same_subjects(world, *grant) else { continue };
        removed.entry(grant.binding).or_default().extend(subjects);
        from.entry(who).or_default().insert(grant.binding);
    }
    if removed.is_empty() {
        return Vec::new();
    }
    let bindings = |indices: &BTreeSet<usize>| {
        let found = indices.iter().filter_map(|index| world.snapshot.bindings.get(*index));
        found.collect::<Vec<&Binding>>()
    };
    let summary = from.iter().map(|(who, indices)| {
        let names: Vec<String> = bindings(indices).into_iter().map(printed).collect();
        format!("{} out of {}", called(who), names.join(", "))
    });
    let breaks = from.iter().flat_map(|(who, indices)| bindings(indices).into_iter().map(|it| lost(who, it)));
    let mut remediation = Remediation {
        summary: format!("take {}", summary.collect::<Vec<_>>().join(", and ")),
        commands: Vec::new(),
        manifest: None,
        closes: vec![fingerprint.to_owned()],
        breaks: breaks.collect(),
        without: Vec::new(),
    };
    let mut manifests = Vec::new();
    for (binding, removed) in &removed {
        let Some(binding) = world.snapshot.bindings.get(*binding) else { continue };
        if binding.subjects.len() <= removed.len() {
            remediation.commands.push(delete(binding));
            remediation.without.push(Without::binding(binding).to_string());
        } else {
            manifests.push(without(binding, removed));
            let subjects = removed.iter().filter_map(|index| u32::try_from(*index).ok());
            let left_out = subjects.map(|index| Without { item: Some(index), ..Without::binding(binding) });
            remediation.without.extend(left_out.map(|grant| grant.to_string()));
        }
    }
    remediation.manifest = (!manifests.is_empty()).then(|| manifests.join("---\n"));
    vec![remediation]
}

/// Whom a grant names, and every subject of the binding that stands for the same: naming it twice is allowed.
fn same_subjects(world: &World<'_>, grant: Grant) -> Option<(EntityRef, Vec<usize>)> {
    let binding = world.snapshot.bindings.get(grant.binding)?;
    let identity = authorizer::identity_of(binding, binding.subjects.get(grant.subject)?)?;
    let all = binding.subjects.iter().enumerate();
    let same = all.filter(|(_, item)| authorizer::identity_of(binding, item).as_ref() == Some(&identity));
    Some((entity_of_identity(&identity), same.map(|(index, _)| index).collect()))
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
    let role = format!("{} {}", role.kind.to_lowercase(), role.name);
    format!("{} loses everything that {role} allows {place}", called(identity))
}

/// An identity as the command line takes it.
fn called(identity: &EntityRef) -> String {
    let kind = identity.kind.to_lowercase();
    match &identity.namespace {
        Some(namespace) => format!("{kind}/{namespace}/{}", identity.name),
        None => format!("{kind}/{}", identity.name),
    }
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
    let json = serde_json::to_string(&manifest).unwrap_or_default();
    let documents = values(json.as_bytes(), Limits::default()).documents;
    documents.iter().flatten().map(block_yaml).collect()
}
