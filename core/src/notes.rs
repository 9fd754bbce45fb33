//! What is worth knowing and no finding: dangling references, grants without effect, names without an object.

use crate::authorizer;
use crate::finding::source;
use crate::graph::{Grants, Request, World, granted_in, granted_rule};
use crate::model::{Binding, CoverageState, Location, Name};
use crate::report::{Finding, Note, NoteObject};
use crate::technique::{CATALOGUE, Effect, NamePattern, Reach, Scope, alternatives};
use std::collections::BTreeSet;

/// Every note, sorted, without doubles.
pub fn notes(world: &World<'_>, grants: &Grants, findings: &[Finding]) -> Vec<Note> {
    let mut notes = BTreeSet::new();
    for (index, binding) in world.snapshot.bindings.iter().enumerate() {
        notes.extend(dangling(world, index, binding));
        notes.extend(nobody(world, binding));
    }
    notes.extend(aggregated_roles(world));
    notes.extend(inert(world, grants));
    notes.extend(stale_names(world, grants));
    notes.extend(claims(world));
    notes.extend(missing_accounts(world, findings));
    notes.extend(shipped_ways(world, findings));
    notes.into_iter().collect()
}

fn note(code: &str, message: String, object: Option<NoteObject>) -> Note {
    Note { code: code.to_owned(), message, object }
}

fn object(
    world: &World<'_>,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    at: Location,
) -> Option<NoteObject> {
    Some(NoteObject {
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
        source: source(world, at),
    })
}

fn binding_object(world: &World<'_>, binding: &Binding) -> Option<NoteObject> {
    let kind = if binding.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    object(world, kind, binding.namespace.as_deref(), &binding.name, binding.at)
}

fn is_present(world: &World<'_>, kind: &str) -> bool {
    world.snapshot.coverage.get(kind).is_some_and(|coverage| coverage.state == CoverageState::Present)
}

/// A reference to a role that is not there allows nothing, until somebody makes the role.
fn dangling(world: &World<'_>, index: usize, binding: &Binding) -> Option<Note> {
    if !world.roles.bound_by(index).is_empty() {
        return None;
    }
    let role = &binding.role_ref;
    let exported = match &*role.kind {
        "ClusterRole" | "Role" => is_present(world, &role.kind),
        _ => true,
    };
    if !exported {
        return None;
    }
    let message = format!(
        "refers to {} `{}`, which is not in the input: it allows nothing until that role exists",
        role.kind, role.name
    );
    Some(note("dangling-role-ref", message, binding_object(world, binding)))
}

/// A subject that can match nobody.
fn nobody(world: &World<'_>, binding: &Binding) -> Vec<Note> {
    let unmatched = binding.subjects.iter().filter(|item| authorizer::is_nobody(binding, item));
    unmatched
        .map(|item| {
            let message = format!("its subject {} `{}` matches nobody", item.kind, item.name);
            note("subject-matches-nobody", message, binding_object(world, binding))
        })
        .collect()
}

/// Aggregated roles whose rules were empty in the input and were computed, those that were not, and those whose
/// selectors find no role.
fn aggregated_roles(world: &World<'_>) -> Vec<Note> {
    const COMPUTED: &str = "its rules are empty in the input; they were computed from its aggregation rule";
    const REFUSED: &str = "its rules are empty in the input, and were not computed from its aggregation rule: limit \
                           `aggregation-steps` reached";
    const NOTHING: &str = "its aggregation rule selects no other ClusterRole of the input: it gets no rules from it \
                           until one has the labels";
    let about = |code: &'static str, message: &'static str, roles: &[usize]| {
        let roles = roles.iter().filter_map(|&index| world.snapshot.roles.get(index));
        let notes = roles.map(|role| {
            let object = object(world, "ClusterRole", None, &role.name, role.at);
            note(code, message.to_owned(), object)
        });
        notes.collect::<Vec<Note>>()
    };
    let mut notes = about("aggregated-rules-computed", COMPUTED, world.roles.computed());
    notes.extend(about("aggregated-rules-not-computed", REFUSED, world.roles.refused()));
    notes.extend(about("aggregation-selects-nothing", NOTHING, world.roles.selecting_nothing()));
    notes
}

/// Rules on cluster-scoped resources do nothing through a RoleBinding.
fn inert(world: &World<'_>, grants: &Grants) -> Vec<Note> {
    let mut notes = Vec::new();
    for request in cluster_requests() {
        for (_, grant) in grants.of(request).filter(|(_, grant)| granted_in(world, *grant).is_some()) {
            let Some(rule) = granted_rule(world, grant) else { continue };
            let Some(binding) = world.snapshot.bindings.get(grant.binding) else { continue };
            if !authorizer::names_resource(rule, request.resource) {
                continue;
            }
            let message = format!(
                "grants {} {} in a namespace, where it does nothing: the resource is cluster-scoped",
                request.verb, request.resource
            );
            notes.push(note("inert-namespaced-grant", message, binding_object(world, binding)));
        }
    }
    notes
}

fn cluster_requests() -> BTreeSet<Request> {
    let of_nodes = CATALOGUE.iter().filter(|technique| technique.reach == Reach::RunsInPodsOfNode);
    let patterns =
        of_nodes.flat_map(|technique| alternatives(&technique.requires)).flat_map(|way| way.requests);
    patterns.flatten().filter(|pattern| pattern.scope == Scope::Cluster).map(Request::from).collect()
}

/// Names in a rule on Cilium's pods that no pod has: harmless now, and open to whoever gets that name.
fn stale_names(world: &World<'_>, grants: &Grants) -> Vec<Note> {
    if !is_present(world, "Pod") {
        return Vec::new();
    }
    let namespaces = world.installation.namespaces();
    // A snapshot's pods are sorted by these.
    let pods = &world.snapshot.pods;
    let is_there = |namespace: &Name, name: &Name| {
        pods.binary_search_by(|pod| (&pod.namespace, &pod.name).cmp(&(namespace, name))).is_ok()
    };
    let mut notes = Vec::new();
    for request in pod_requests() {
        for (_, grant) in grants.of(request) {
            let Some(namespace) = granted_in(world, grant).filter(|name| namespaces.contains(*name)) else {
                continue;
            };
            let Some(rule) = granted_rule(world, grant) else { continue };
            let Some(binding) = world.snapshot.bindings.get(grant.binding) else { continue };
            for name in rule.resource_names.iter().filter(|name| !is_there(namespace, name)) {
                let message = format!(
                    "allows {} {} on `{name}`, which is not in the input",
                    request.verb, request.resource
                );
                notes.push(note("stale-resource-name", message, binding_object(world, binding)));
            }
        }
    }
    notes
}

fn pod_requests() -> BTreeSet<Request> {
    let on_pods = CATALOGUE.iter().filter(|technique| {
        matches!(
            technique.reach,
            Reach::RunsInPod | Reach::AddsContainer | Reach::SwapsImage | Reach::Attaches
        )
    });
    let patterns =
        on_pods.flat_map(|technique| alternatives(&technique.requires)).flat_map(|way| way.requests);
    patterns.flatten().filter(|pattern| pattern.name == NamePattern::Object).map(Request::from).collect()
}

/// Things that claim to be Cilium by a label or a name alone.
fn claims(world: &World<'_>) -> Vec<Note> {
    world
        .installation
        .claims()
        .map(|component| {
            let first = component.pods.first().and_then(|&index| world.snapshot.pods.get(index));
            let (kind, name) = match (&component.workload, first) {
                (Some((kind, name)), _) => (&**kind, name.clone()),
                (None, Some(pod)) => ("Pod", pod.name.clone()),
                (None, None) => ("Pod", "".into()),
            };
            let workload = component.workload_index.and_then(|index| world.snapshot.workloads.get(index));
            let at = workload.map(|workload| workload.at).or(first.map(|pod| pod.at)).unwrap_or_default();
            let message =
                "looks like Cilium by a label or a name only; it was not taken for a part of it".to_owned();
            note("claims-to-be-cilium", message, object(world, kind, Some(&component.namespace), &name, at))
        })
        .collect()
}

/// Accounts that Cilium's chart itself makes a way to root on nodes: expected, and worth knowing once.
fn shipped_ways(world: &World<'_>, findings: &[Finding]) -> Vec<Note> {
    let shipped = findings.iter().filter(|finding| {
        finding.expected.as_ref().is_some_and(|expected| expected.reason == "cilium-chart")
    });
    let ways = shipped.filter_map(|finding| {
        let to_root = finding.paths.iter().filter(|path| path.effect == Effect::NodeRoot);
        let first = to_root.filter(|path| path.counts()).filter_map(|path| path.steps.first());
        let techniques: BTreeSet<&str> = first.map(|step| step.technique.as_str()).collect();
        let who = &finding.identity;
        let message = format!(
            "ships with Cilium's chart and leads to root on nodes by {}: whoever holds its token, by its pods or by its \
             namespace, is root there",
            techniques.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
        );
        let account = world.snapshot.service_accounts.iter().find(|account| {
            Some(&*account.namespace) == who.namespace.as_deref() && *account.name == *who.name
        });
        let object = NoteObject {
            kind: who.kind.clone(),
            namespace: who.namespace.clone(),
            name: who.name.clone(),
            source: account.and_then(|account| source(world, account.at)),
        };
        (!techniques.is_empty()).then(|| note("chart-ships-way-to-node-root", message, Some(object)))
    });
    ways.collect()
}

/// ServiceAccounts that hold a finding without being in the input.
fn missing_accounts(world: &World<'_>, findings: &[Finding]) -> Vec<Note> {
    if !is_present(world, "ServiceAccount") {
        return Vec::new();
    }
    let accounts =
        findings.iter().map(|finding| &finding.identity).filter(|who| who.kind == "ServiceAccount");
    // A snapshot's accounts are sorted by these.
    let known = |namespace: &str, name: &str| {
        let listed = &world.snapshot.service_accounts;
        listed
            .binary_search_by(|account| (&*account.namespace, &*account.name).cmp(&(namespace, name)))
            .is_ok()
    };
    accounts
        .filter(|who| !known(who.namespace.as_deref().unwrap_or(""), &who.name))
        .map(|who| {
            let message = "is granted rights but is not in the input: whoever makes it holds them".to_owned();
            let object = NoteObject {
                kind: who.kind.clone(),
                namespace: who.namespace.clone(),
                name: who.name.clone(),
                source: None,
            };
            note("service-account-not-in-input", message, Some(object))
        })
        .collect()
}
