//! Steps on namespaces: new pods in one, with its accounts or the host's files, and lifting what it enforces.

use super::super::act::{Attempt, Field, Judged, weaken};
use super::super::holder::Object;
use super::super::node::{Actor, Node};
use super::super::requests::Request;
use super::super::targets::{PodsKnown, Target};
use super::super::terrain::running_pods;
use crate::authorizer::Identity;
use crate::model::Name;
use crate::pod_security;
use crate::report::Certainty;
use crate::technique::{NamePattern, Reach, RequestPattern};
use std::collections::BTreeSet;

/// A namespace that the caller makes; the name stands for any new one.
pub(in super::super) const NEW_NAMESPACE: &str = "a-new-namespace";

/// The requests that make an object: changing one that exists is another technique.
fn makes(attempt: &Attempt<'_, '_>) -> bool {
    attempt.patterns().any(|pattern| pattern.verb == "create")
}

/// A new pod: root on a node of one's choice, where the namespace admits it (or its volumes come from a claim).
pub(super) fn makes_pod(attempt: &mut Attempt<'_, '_>) {
    if !makes(attempt) {
        return;
    }
    if let Some(lifted) = attempt.holder.actor.lifted.clone() {
        return in_namespace(attempt, &lifted, attempt.judged.clone());
    }
    let Some(main) = attempt.main() else { return };
    let (cluster, namespaces) = attempt.holder.scopes(Request::from(main));
    for namespace in &namespaces {
        let judged = admission(attempt, namespace);
        in_namespace(attempt, namespace, judged);
    }
    if cluster && let Some((namespace, judged)) = best_namespace(attempt) {
        in_namespace(attempt, &namespace, judged);
    }
}

/// What pod security admission makes of a privileged pod; a volume of a claim passes every level.
fn admission(attempt: &Attempt<'_, '_>, namespace: &Name) -> Judged {
    let judged = attempt.judged.clone();
    if attempt.technique.reach == Reach::MountsHostPath {
        return judged;
    }
    weaken(judged, pod_security::admits_privileged(attempt.field.world.snapshot, namespace))
}

/// The namespace whose admission is surest, Cilium's own first.
fn best_namespace(attempt: &Attempt<'_, '_>) -> Option<(Name, Judged)> {
    let terrain = &attempt.field.terrain;
    let of_cilium = terrain.targets.list.iter().map(|target| target.component.namespace.clone());
    let all = of_cilium.chain(terrain.namespaces.iter().cloned());
    let judged = all.map(|namespace| {
        let judged = admission(attempt, &namespace);
        (namespace, judged)
    });
    judged.fold(None, |best: Option<(Name, Judged)>, next| match best {
        Some(best) if best.1.0 <= next.1.0 => Some(best),
        _ => Some(next),
    })
}

fn in_namespace(attempt: &mut Attempt<'_, '_>, namespace: &Name, judged: Judged) {
    if !can_be_taken(attempt, namespace) {
        return;
    }
    let object = Object { namespace: Some(namespace), name: None };
    let ways = attempt.holder.ways(&attempt.way.requests, object);
    let to = Node::NodeRoot(attempt.field.terrain.agent_node());
    attempt.found(to, ways, &judged);
}

/// A way whose last request changes a workload takes one that is there.
fn can_be_taken(attempt: &Attempt<'_, '_>, namespace: &Name) -> bool {
    let Some(last) = attempt
        .way
        .requests
        .last()
        .filter(|group| group.iter().all(|pattern| matches!(pattern.name, NamePattern::Object)))
    else {
        return true;
    };
    let there = attempt.field.terrain.workloads(attempt.field.world, namespace).into_iter().flatten();
    let mut named = there.filter(|(kind, _)| {
        last.iter().any(|pattern| super::templates::resource_of(kind) == Some(pattern.resource))
    });
    named.any(|(_, name)| {
        let object = Object { namespace: Some(namespace), name: Some(name) };
        !attempt.holder.ways(std::slice::from_ref(last), object).is_empty()
    })
}

/// A new pod with a ServiceAccount of one's choice; the level that the namespace enforces plays no part.
pub(super) fn makes_pod_as(attempt: &mut Attempt<'_, '_>) {
    if !makes(attempt) || attempt.holder.actor.lifted.is_some() {
        return;
    }
    let field = attempt.field;
    for namespace in attempt.namespaces() {
        let Some(accounts) = field.terrain.accounts.get(&namespace) else { continue };
        let object = Object { namespace: Some(&namespace), name: None };
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        if ways.is_empty() {
            continue;
        }
        for name in accounts {
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways.clone(), &attempt.judged.clone());
        }
    }
}

/// Lifting the level matters where it stands in the way of a pod that the holder may make.
pub(super) fn lifts_pod_security(attempt: &mut Attempt<'_, '_>) {
    for namespace in liftable(attempt) {
        let object = Object { namespace: Some(&namespace), name: Some(&namespace) };
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        let actor = Actor { lifted: Some(namespace.clone()), ..attempt.holder.actor.clone() };
        attempt.found(Node::Acting(actor), ways, &attempt.judged.clone());
    }
}

/// The namespaces whose level stands in the way of a pod that the holder may make. Where it may lift any and make pods
/// in any, one stands for all, and none is needed if some namespace admits such pods as it is.
fn liftable(attempt: &Attempt<'_, '_>) -> BTreeSet<Name> {
    let Some(main) = attempt.main() else { return BTreeSet::new() };
    let (lifts_any, mut namespaces) = attempt.holder.scopes(Request::from(main));
    let held_back = |namespace: &Name| {
        let (certainty, _) = pod_security::admits_privileged(attempt.field.world.snapshot, namespace);
        certainty != Certainty::Certain && makes_pods_in(attempt, namespace)
    };
    if lifts_any {
        let makers = attempt.field.pod_makers().filter_map(|(_, way)| way.requests.last()?.last().copied());
        let (mut makes_any, mut makes_in) = (false, BTreeSet::new());
        for (any, of) in makers.map(|pattern| attempt.holder.scopes(Request::from(pattern))) {
            makes_any |= any;
            makes_in.extend(of);
        }
        namespaces.extend(makes_in);
        let open = best_namespace(attempt).is_some_and(|(_, judged)| judged.0 == Certainty::Certain);
        if makes_any && !open {
            namespaces.extend(attempt.field.terrain.namespaces.iter().find(|name| held_back(name)).cloned());
        }
        if changes_any(attempt) {
            namespaces.extend(attempt.field.terrain.namespaces.iter().cloned());
        }
    }
    namespaces.into_iter().filter(held_back).collect()
}

/// Whether pods of a namespace are in the input, or some of Cilium's may be there without.
fn has_pods(field: &Field<'_>, namespace: &Name) -> bool {
    let unlisted =
        |target: &Target<'_>| target.known == PodsKnown::Unlisted && target.component.namespace == *namespace;
    running_pods(field.world, namespace).next().is_some() || field.terrain.targets.list.iter().any(unlisted)
}

/// Whether the holder may change what runs in every namespace: unlike a new pod, what is there is not the same everywhere.
fn changes_any(attempt: &Attempt<'_, '_>) -> bool {
    attempt.field.pod_makers().any(|(technique, way)| {
        let changes =
            matches!(technique.reach, Reach::AddsContainer | Reach::SwapsImage | Reach::RewritesTemplate);
        let main = way.requests.last().and_then(|group| group.last());
        changes && main.is_some_and(|pattern| attempt.holder.scopes(Request::from(*pattern)).0)
    })
}

/// A new namespace enforces nothing: it matters to whoever may make pods everywhere, where no other admits them.
pub(super) fn makes_namespace(attempt: &mut Attempt<'_, '_>) {
    let admitted = best_namespace(attempt).is_some_and(|(_, judged)| judged.0 == Certainty::Certain);
    let namespace = Name::from(NEW_NAMESPACE);
    if admitted || !makes_pods_in(attempt, &namespace) {
        return;
    }
    let own_requests: Vec<Vec<RequestPattern>> = attempt
        .way
        .requests
        .iter()
        .filter(|group| group.iter().all(|item| item.resource == "namespaces"))
        .cloned()
        .collect();
    let ways = attempt.holder.ways(&own_requests, Object { namespace: None, name: None });
    let actor = Actor { lifted: Some(namespace), ..attempt.holder.actor.clone() };
    attempt.found(Node::Acting(actor), ways, &attempt.judged.clone());
}

fn makes_pods_in(attempt: &Attempt<'_, '_>, namespace: &Name) -> bool {
    let object = Object { namespace: Some(namespace), name: None };
    let terrain = &attempt.field.terrain;
    attempt.field.pod_makers().any(|(technique, way)| {
        let there = match technique.reach {
            Reach::RewritesTemplate => terrain.workloads(attempt.field.world, namespace).is_some(),
            Reach::AddsContainer | Reach::SwapsImage => has_pods(attempt.field, namespace),
            _ => way.requests.iter().flatten().any(|pattern| pattern.verb == "create"),
        };
        there && !attempt.holder.ways(&way.requests, object).is_empty()
    })
}
