//! Steps on pods: code in one, a container added to one, a changed image, joined streams, or a touch.

use super::super::act::{Attempt, Found, Judged, weaken};
use super::super::holder::Object;
use super::super::node::{Node, Proof};
use super::super::requests::Request;
use super::super::targets::{PodsKnown, Target};
use super::super::terrain::PodClass;
use crate::authorizer;
use crate::model::{Name, Pod, PolicyRule};
use crate::pod_security;
use crate::report::Certainty;
use crate::technique::{Effect, NamePattern, Reach, RequestPattern, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Tries the technique on the pods of every namespace that the holder may make its request in.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    for namespace in attempt.namespaces() {
        if attempt.holder.actor.lifted.as_ref().is_some_and(|lifted| *lifted != namespace) {
            continue;
        }
        on_listed(attempt, pattern, &namespace);
        on_unlisted(attempt, pattern, &namespace);
    }
}

/// The pods of a binding's rule that one class has.
#[derive(Default)]
struct Reached<'p> {
    first: Option<(usize, Proof)>,
    pods: usize,
    nodes: BTreeSet<&'p Name>,
    /// Some rule lets the request name any pod of the class.
    all: bool,
}

fn on_listed(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let field = attempt.field;
    let any_pod = attempt.technique.reach == Reach::AddsContainer;
    let classes = field.terrain.pods.get(namespace).map_or(&[][..], Vec::as_slice);
    for class in classes {
        for (_, reached) in by_binding(attempt, pattern, namespace, class) {
            let Some((pod, proof)) = reached.first else { continue };
            let nodes = if reached.all { class.placed(field.world).nodes } else { reached.nodes.len() };
            pod_step(attempt, namespace, pod, proof, (reached.pods, nodes));
        }
    }
    let ordinary = any_pod.then(|| field.terrain.ordinary(field.world, namespace));
    for class in ordinary.iter().flat_map(|classes| classes.iter()) {
        for (_, reached) in by_binding(attempt, pattern, namespace, class) {
            let Some((pod, proof)) = reached.first else { continue };
            own_container_step(attempt, namespace, pod, proof);
        }
    }
}

/// For each subject of a binding that allows the request on some of the pods: the first of them, and how many.
fn by_binding<'p>(
    attempt: &Attempt<'p, '_>,
    pattern: RequestPattern,
    namespace: &Name,
    class: &PodClass,
) -> BTreeMap<(usize, usize), Reached<'p>> {
    let mut reached: BTreeMap<(usize, usize), Reached<'p>> = BTreeMap::new();
    let snapshot = attempt.field.world.snapshot;
    let changes = matches!(attempt.technique.reach, Reach::AddsContainer | Reach::SwapsImage);
    // A mirror pod is a static pod's image in the API: the API server refuses to change what it runs.
    let usable = |pod: &Pod| !(changes && pod.mirror);
    let pods = class.pods.iter().filter_map(|&index| Some((index, snapshot.pods.get(index)?)));
    let pods = pods.filter(|(_, pod)| usable(pod));
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), Some(namespace)) {
        let restricted = authorizer::name_restricted(rule);
        let mut named = pods.clone().filter(|(_, pod)| !restricted || names_pod(pattern, rule, pod));
        let Some((first, pod)) = named.next() else { continue };
        let entry = reached.entry((grant.binding, grant.subject)).or_default();
        let object = Object { namespace: Some(namespace), name: Some(&pod.name) };
        if entry.first.as_ref().is_none_or(|(known, _)| first < *known) {
            entry.first = Some((first, attempt.holder.proof(pattern, object, grant, rule)));
        }
        // Where mirror pods are left out, those that are left are counted.
        let some = restricted || changes && class.mirrors;
        if !some {
            entry.all = true;
            entry.pods = class.pods.len();
            continue;
        }
        let named: Vec<&Pod> = std::iter::once(pod).chain(named.map(|(_, pod)| pod)).collect();
        entry.pods = entry.pods.max(named.len());
        entry.nodes.extend(named.iter().filter_map(|pod| pod.spec.node_name.as_ref()));
    }
    reached
}

/// Whether a rule that is restricted to names lets the request name this pod.
fn names_pod(pattern: RequestPattern, rule: &PolicyRule, pod: &Pod) -> bool {
    match pattern.name {
        NamePattern::Absent => authorizer::name_matches(rule, ""),
        NamePattern::ProxyTarget => authorizer::proxy_name_matches(rule, &pod.name),
        _ => authorizer::name_matches(rule, &pod.name),
    }
}

fn pod_step(
    attempt: &mut Attempt<'_, '_>,
    namespace: &Name,
    pod: usize,
    proof: Proof,
    counts: (usize, usize),
) {
    let terrain = &attempt.field.terrain;
    let component = terrain.component(pod).map(|target| target.index);
    let touched = |effect| component.map(|component| Node::Touched { component, pod: Some(pod), effect });
    let takes_input = || {
        let pod = attempt.field.world.snapshot.pods.get(pod);
        pod.is_some_and(|pod| super::super::terrain::takes_input(&pod.spec))
    };
    let (to, lowered) = match attempt.technique.reach {
        Reach::TouchesPod(effect) => (touched(effect), None),
        Reach::Attaches if !takes_input() => (touched(Effect::Network), Some(Severity::Low)),
        _ => (Some(Node::Pod(pod)), None),
    };
    let changes = matches!(attempt.technique.reach, Reach::AddsContainer | Reach::SwapsImage);
    let needs_level = changes && terrain.is_root(pod);
    if attempt.holder.actor.lifted.is_some() && !needs_level {
        return;
    }
    let judged = judged_anew(attempt, namespace, needs_level);
    if let Some(to) = to {
        attempt.found.push(Found { to, proofs: vec![proof], judged, reached: Some(counts), lowered });
    }
}

/// Admission judges the whole pod anew when its containers or images change
/// (k8s.io/pod-security-admission admission/admission.go, isSignificantPodUpdate).
fn judged_anew(attempt: &Attempt<'_, '_>, namespace: &Name, needs_privileged: bool) -> Judged {
    let judged = attempt.judged.clone();
    if !needs_privileged || attempt.holder.actor.lifted.is_some() {
        return judged;
    }
    weaken(judged, pod_security::admits_privileged(attempt.field.world.snapshot, namespace))
}

/// A privileged container of one's own in any pod of a namespace that admits it.
fn own_container_step(attempt: &mut Attempt<'_, '_>, namespace: &Name, pod: usize, proof: Proof) {
    let judged = judged_anew(attempt, namespace, true);
    let to = Node::PodWithContainer(pod);
    attempt.found.push(Found { to, proofs: vec![proof], judged, reached: Some((1, 1)), lowered: None });
}

/// Components whose pods are not in the input: a rule without resourceNames reaches them all the same.
fn on_unlisted(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let field = attempt.field;
    let targets = field.terrain.targets.list.iter();
    let unlisted = targets
        .filter(|target| target.component.namespace == *namespace && target.known == PodsKnown::Unlisted);
    for target in unlisted {
        for (proof, judged) in unlisted_ways(attempt, pattern, namespace, target) {
            let component = target.index;
            let touched = |effect| Node::Touched { component, pod: None, effect };
            let (to, lowered) = match attempt.technique.reach {
                Reach::TouchesPod(effect) => (touched(effect), None),
                Reach::Attaches if !target.takes_input(field.world) => {
                    (touched(Effect::Network), Some(Severity::Low))
                }
                Reach::AddsContainer => (Node::PodsOf(component, true), None),
                _ => (Node::PodsOf(component, false), None),
            };
            let changes = matches!(attempt.technique.reach, Reach::AddsContainer | Reach::SwapsImage);
            let lifted = attempt.holder.actor.lifted.is_some();
            let judged = match (changes && target.is_root(), lifted) {
                (false, true) => continue,
                (true, false) => {
                    weaken(judged, pod_security::admits_privileged(field.world.snapshot, namespace))
                }
                _ => judged,
            };
            attempt.found.push(Found { to, proofs: vec![proof], judged, reached: None, lowered });
        }
    }
}

fn unlisted_ways(
    attempt: &Attempt<'_, '_>,
    pattern: RequestPattern,
    namespace: &Name,
    target: &Target<'_>,
) -> Vec<(Proof, Judged)> {
    let prefix = target.workload().map(|(_, name)| format!("{name}-"));
    let mut ways = Vec::new();
    for (grant, rule) in attempt.holder.rules(Request::from(pattern), Some(namespace)) {
        let named = match pattern.name {
            _ if !authorizer::name_restricted(rule) => None,
            NamePattern::Absent => continue,
            _ => {
                let fits = |name: &&Name| {
                    prefix.as_ref().is_some_and(|prefix| authorizer::proxied_object(name).starts_with(prefix))
                };
                match rule.resource_names.iter().find(fits) {
                    Some(name) => Some(name.clone()),
                    None => continue,
                }
            }
        };
        let judged = match &named {
            None => attempt.judged.clone(),
            Some(name) => {
                let condition = format!("needs a pod named `{name}`; pods are not in the input");
                weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)))
            }
        };
        let object = Object { namespace: Some(namespace), name: named.as_deref() };
        ways.push((attempt.holder.proof(pattern, object, grant, rule), judged));
    }
    ways.sort_by(|a, b| (&a.0, a.1.0).cmp(&(&b.0, b.1.0)));
    ways.dedup_by(|a, b| a.0 == b.0);
    debug_assert!(ways.iter().all(|(proof, _)| proof.request == Request::from(pattern)));
    ways
}
