//! A place → the single steps that leave it: what follows by itself, and what one identity may do in one go.

mod cilium;
mod identities;
mod pods;
mod rights;

pub(super) use pods::guesses;
pub(super) use rights::everything;

use super::cluster::{Cluster, Component};
use super::grants::{Who, names};
use super::joint::{Part, make};
use super::place::{Actor, Place};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;

/// One step from a place.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) to: Place,
    pub(super) certainty: Certainty,
}

/// Resources that make pods.
pub(super) const POD_MAKERS: &[(&str, &str)] = &[
    ("", "pods"),
    ("apps", "deployments"),
    ("apps", "daemonsets"),
    ("apps", "statefulsets"),
    ("apps", "replicasets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("", "replicationcontrollers"),
];

/// Resources of operators that make pods, where the operator runs.
pub(super) const OPERATED: &[(&str, &str)] = &[
    ("argoproj.io", "workflows"),
    ("argoproj.io", "cronworkflows"),
    ("tekton.dev", "taskruns"),
    ("tekton.dev", "pipelineruns"),
    ("kubevirt.io", "virtualmachines"),
    ("kubevirt.io", "virtualmachineinstances"),
    ("batch.volcano.sh", "jobs"),
    ("serving.knative.dev", "services"),
];

/// Group and resource of a workload whose template can be changed; a Job's cannot.
pub(super) fn resource_of(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind {
        "DaemonSet" => Some(("apps", "daemonsets")),
        "Deployment" => Some(("apps", "deployments")),
        "StatefulSet" => Some(("apps", "statefulsets")),
        "ReplicaSet" => Some(("apps", "replicasets")),
        "CronJob" => Some(("batch", "cronjobs")),
        "ReplicationController" => Some(("", "replicationcontrollers")),
        _ => None,
    }
}

/// The ways to make any of these resources in a namespace.
pub(super) fn makers(cluster: &Cluster<'_>, namespace: &str, resources: &[(&str, &str)]) -> Part {
    let names = names(cluster.snapshot);
    let each = resources.iter().flat_map(|(group, resource)| {
        names.iter().flat_map(|name| make(group, resource, Some(namespace), name))
    });
    each.collect()
}

/// A node with an agent, for a new pod to be put on.
pub(super) fn agent_node(cluster: &Cluster<'_>) -> Option<String> {
    cluster.agent_nodes().into_iter().next()
}

/// What follows without any request.
fn derived(to: Place) -> Step {
    Step { to, certainty: Certainty::Certain }
}

/// The steps that leave a place.
pub(super) fn steps(cluster: &Cluster<'_>, place: &Place) -> Vec<Step> {
    match place {
        Place::Acts(actor) => {
            let rest = besides_everything(cluster, actor);
            let admin = rest.is_none() || cluster.holder(actor).may(&everything());
            let admin = admin.then(|| derived(Place::Admin));
            let rest = rest.map(|cluster| acting(&cluster, actor));
            admin.into_iter().chain(rest.into_iter().flatten()).collect()
        }
        Place::InPod(pod) => in_pod(cluster, *pod, cluster.root(*pod)),
        Place::OwnContainer(pod) => in_pod(cluster, *pod, true),
        Place::InPodsOf(workload) => in_pods_of(cluster, *workload, false),
        Place::OwnContainerOf(workload) => in_pods_of(cluster, *workload, true),
        Place::PrivilegedTemplate(_) => vec![derived(Place::Root(agent_node(cluster)))],
        Place::Template(workload) => {
            let namespace = &cluster.snapshot.workloads[*workload].namespace;
            accounts_of(cluster, namespace).into_iter().map(derived).collect()
        }
        Place::Root(node) => on_node(cluster, node.as_deref()),
        Place::Touches(_) | Place::Admin => Vec::new(),
    }
}

/// The grants that an actor has use for: none where it may do everything by itself, and those that name it where it may as
/// a member of a group.
pub(super) fn besides_everything<'a>(cluster: &Cluster<'a>, actor: &Actor) -> Option<Cluster<'a>> {
    let itself = cluster.by_name();
    if actor.who == Who::Group("system:masters".to_owned()) {
        return None;
    }
    match (cluster.holder(actor).may(&everything()), itself.holder(actor).may(&everything())) {
        (_, true) => None,
        (true, false) => Some(itself),
        (false, false) => Some(*cluster),
    }
}

fn acting(cluster: &Cluster<'_>, actor: &Actor) -> Vec<Step> {
    let mut all = pods::steps(cluster, actor);
    all.extend(identities::steps(cluster, actor));
    all.extend(rights::steps(cluster, actor));
    all.extend(cilium::steps(cluster, actor));
    all
}

/// The accounts of a namespace, as places.
fn accounts_of(cluster: &Cluster<'_>, namespace: &str) -> Vec<Place> {
    let accounts = cluster.accounts().into_iter().filter(|(own, _)| own == namespace);
    accounts.map(|(own, name)| Place::Acts(Actor::own(Who::Account(own, name)))).collect()
}

fn in_pod(cluster: &Cluster<'_>, pod: usize, root: bool) -> Vec<Step> {
    let found = &cluster.snapshot.pods[pod];
    let mut all = Vec::new();
    if let Some(account) = cluster.token(found) {
        all.push(derived(Place::Acts(Actor::own(Who::Account(found.namespace.to_string(), account)))));
    }
    if root {
        all.push(derived(Place::Root(found.spec.node_name.as_ref().map(|name| name.to_string()))));
    }
    all
}

fn in_pods_of(cluster: &Cluster<'_>, workload: usize, own_container: bool) -> Vec<Step> {
    let found = &cluster.snapshot.workloads[workload];
    let Some(component) = component(cluster, workload) else { return Vec::new() };
    let mut all = Vec::new();
    if cluster.has_token(&found.namespace, &component.account, &found.spec) {
        let account = Who::Account(component.namespace.clone(), component.account.clone());
        all.push(derived(Place::Acts(Actor::own(account))));
    }
    if component.root || own_container {
        all.push(derived(Place::Root(None)));
    }
    all
}

/// The component that a workload is.
pub(super) fn component(cluster: &Cluster<'_>, workload: usize) -> Option<Component> {
    cluster.components().into_iter().find(|component| component.workload == workload)
}

/// Root on a node: every pod on it, and the node's own identity.
fn on_node(cluster: &Cluster<'_>, node: Option<&str>) -> Vec<Step> {
    let on_it = cluster.pods().into_iter().filter(|(index, pod)| match node {
        Some(node) => pod.spec.node_name.as_deref() == Some(node),
        None => cluster.agent_pods().contains(index),
    });
    let mut all: Vec<Step> = on_it.map(|(pod, _)| derived(Place::InPod(pod))).collect();
    let agents = cluster.components().into_iter().filter(|component| component.agent);
    let unlisted = agents.filter(|component| cluster.unlisted(component));
    all.extend(unlisted.map(|component| derived(Place::InPodsOf(component.workload))));
    if let Some(node) = node {
        all.push(derived(Place::Acts(Actor::own(Who::Node(node.to_owned())))));
    }
    all
}

/// The effects that a place amounts to.
pub(super) fn effects(cluster: &Cluster<'_>, place: &Place) -> Vec<Effect> {
    match place {
        Place::InPod(pod) => match cluster.component_of(*pod) {
            Some(component) => in_component(&component, cluster.token(&cluster.snapshot.pods[*pod])),
            None => Vec::new(),
        },
        Place::InPodsOf(workload) => match component(cluster, *workload) {
            Some(component) => {
                let spec = &cluster.snapshot.workloads[*workload].spec;
                let account = component.account.clone();
                let token = cluster.has_token(&component.namespace, &account, spec).then_some(account);
                in_component(&component, token)
            }
            None => Vec::new(),
        },
        Place::PrivilegedTemplate(workload) => {
            let root = component(cluster, *workload).is_some_and(|component| component.root);
            if root { vec![Effect::Exec] } else { Vec::new() }
        }
        Place::Root(node) => {
            let there = |node: &String| cluster.agent_nodes().contains(node);
            let agent = node.as_ref().is_none_or(|node| there(node) || cluster.agent_nodes().is_empty());
            if agent { vec![Effect::NodeRoot] } else { Vec::new() }
        }
        Place::Admin => vec![Effect::Exec, Effect::NodeRoot],
        Place::Touches(effect) => vec![*effect],
        Place::Acts(actor) => match &actor.who {
            Who::Account(namespace, name) if name != "default" && actor.gained.is_none() => {
                let mut components = cluster.components().into_iter();
                let own = components.any(|item| item.namespace == *namespace && item.account == *name);
                if own { vec![Effect::Identity] } else { Vec::new() }
            }
            _ => Vec::new(),
        },
        Place::OwnContainer(_) | Place::OwnContainerOf(_) | Place::Template(_) => Vec::new(),
    }
}

/// Code in a component: exec where it is privileged; else its account where that holds power, else its endpoints.
fn in_component(component: &Component, token: Option<String>) -> Vec<Effect> {
    if component.root {
        return vec![Effect::Exec];
    }
    if token.is_some() { Vec::new() } else { vec![Effect::Network] }
}
