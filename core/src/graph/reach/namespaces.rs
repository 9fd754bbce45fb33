//! Steps on namespaces: new pods in one, with its accounts or the host's files, and lifting what it enforces.

use super::super::act::{Attempt, Field, Judged, weaken};
use super::super::holder::{Holder, Object};
use super::super::node::{Actor, Node, Proof};
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
    let scopes: Vec<(bool, BTreeSet<Name>)> =
        attempt.patterns().map(|pattern| attempt.holder.scopes(Request::from(pattern))).collect();
    let cluster = scopes.iter().all(|(cluster, _)| *cluster);
    // One of the requests may be allowed there only.
    let namespaces: BTreeSet<&Name> = scopes.iter().flat_map(|(_, namespaces)| namespaces).collect();
    for namespace in namespaces {
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

/// The namespace whose admission is surest, Cilium's own first, of those that have what is to be changed.
fn best_namespace(attempt: &Attempt<'_, '_>) -> Option<(Name, Judged)> {
    let terrain = &attempt.field.terrain;
    let of_cilium = terrain.targets.list.iter().map(|target| target.component.namespace.clone());
    let all = of_cilium.chain(terrain.namespaces.iter().cloned());
    let judged = all.filter(|namespace| can_be_taken(attempt, namespace)).map(|namespace| {
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
    let mut ways = attempt.holder.ways(&attempt.way.requests, object);
    if attempt.holder.actor.lifted.is_some() {
        ways.retain(|way| !is_free_elsewhere(attempt, way));
    }
    let to = Node::NodeRoot(attempt.field.terrain.agent_node());
    attempt.found(to, ways, &judged);
}

/// A way whose last request changes a workload takes one that is there.
fn can_be_taken(attempt: &Attempt<'_, '_>, namespace: &Name) -> bool {
    let last = attempt.way.requests.last();
    last.is_none_or(|group| finds_object(attempt.field, attempt.holder, group, Some(namespace)))
}

/// Whether requests change what is there; what they make need not be.
pub(in super::super) fn changes_object(group: &[RequestPattern]) -> bool {
    group.iter().all(|pattern| matches!(pattern.name, NamePattern::Object))
}

/// Whether what requests change is there: a workload of the namespace or, for `None`, of any.
pub(in super::super) fn finds_object(
    field: &Field<'_>,
    holder: &Holder<'_>,
    group: &[RequestPattern],
    namespace: Option<&Name>,
) -> bool {
    if !changes_object(group) {
        return true;
    }
    let there = |namespace: &Name| {
        let all = field.terrain.workloads(field.world, namespace);
        let mut named = all.iter().filter(|(kind, _)| {
            group.iter().any(|pattern| super::templates::resource_of(kind) == Some(pattern.resource))
        });
        named.any(|(_, name)| {
            let object = Object { namespace: Some(namespace), name: Some(name) };
            holder.may(group, object)
        })
    };
    match namespace {
        Some(namespace) => there(namespace),
        None => field.terrain.namespaces.iter().any(there),
    }
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

/// The namespaces whose level stands in the way of a pod that the holder may make.
fn liftable(attempt: &Attempt<'_, '_>) -> BTreeSet<Name> {
    let Some(main) = attempt.main() else { return BTreeSet::new() };
    let mut namespaces = attempt.field.terrain.reached(attempt.holder.scopes(Request::from(main)));
    if let Some(making) = namespaces_of_makers(attempt).filter(|_| namespaces.len() > 1) {
        namespaces.retain(|namespace| making.contains(namespace));
    }
    namespaces.retain(|namespace| {
        let (certainty, _) = pod_security::admits_privileged(attempt.field.world.snapshot, namespace);
        certainty != Certainty::Certain && makes_pods_in(attempt, namespace)
    });
    namespaces
}

/// The namespaces in which the holder may make some request that makes or changes pods; `None` where it may in all.
fn namespaces_of_makers(attempt: &Attempt<'_, '_>) -> Option<BTreeSet<Name>> {
    let patterns = attempt.field.pod_makers().flat_map(|(_, way)| way.requests.iter().flatten());
    let requests: BTreeSet<Request> = patterns.map(|pattern| Request::from(*pattern)).collect();
    let mut all = BTreeSet::new();
    for request in requests {
        let (cluster, namespaces) = attempt.holder.scopes(request);
        if cluster {
            return None;
        }
        all.extend(namespaces);
    }
    Some(all)
}

/// Whether pods of a namespace are in the input, or some of Cilium's may be there without.
fn has_pods(field: &Field<'_>, namespace: &Name) -> bool {
    let unlisted =
        |target: &Target<'_>| target.known == PodsKnown::Unlisted && target.component.namespace == *namespace;
    running_pods(field.world, namespace).next().is_some() || field.terrain.targets.list.iter().any(unlisted)
}

/// A new namespace enforces nothing: it matters to whoever may make pods everywhere, where no other admits them.
pub(super) fn makes_namespace(attempt: &mut Attempt<'_, '_>) {
    let namespace = Name::from(NEW_NAMESPACE);
    if !makes_pods_in(attempt, &namespace) {
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
        let ways = || attempt.holder.ways(&way.requests, object);
        match technique.reach {
            Reach::RewritesTemplate => {
                !terrain.workloads(attempt.field.world, namespace).is_empty() && !ways().is_empty()
            }
            Reach::AddsContainer | Reach::SwapsImage => {
                has_pods(attempt.field, namespace) && !ways().is_empty()
            }
            _ => {
                let creates = way.requests.iter().flatten().any(|pattern| pattern.verb == "create");
                creates && ways().iter().any(|way| !is_free_elsewhere(attempt, way))
            }
        }
    })
}

/// Whether a new pod can be made by the same grants where nothing stands in its way: they hold in the whole cluster, and
/// some namespace admits privileged pods.
fn is_free_elsewhere(attempt: &Attempt<'_, '_>, way: &[Proof]) -> bool {
    attempt.field.terrain.admits && way.iter().all(|proof| attempt.holder.is_cluster_wide(proof))
}
