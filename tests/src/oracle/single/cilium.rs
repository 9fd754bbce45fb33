//! Steps on Cilium's own objects: settings, custom resources, keys, Services.

use super::Step;
use super::pods::ids;
use crate::oracle::cluster::Cluster;
use crate::oracle::grants::{ask, names};
use crate::oracle::joint::{Part, change, make};
use crate::oracle::place::{Actor, Place};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;

/// Some of Cilium's custom resources: rules in worlds for this engine name these or all.
const NAMESPACED: &[&str] = &["ciliumnetworkpolicies"];
const CLUSTER_WIDE: &[&str] = &["ciliumidentities"];

/// The steps of an actor.
pub(super) fn steps(cluster: &Cluster<'_>, actor: &Actor) -> Vec<Step> {
    let holder = cluster.holder(actor);
    let mut also = Vec::new();
    let mut steps = Vec::new();
    let mut add = |ways: Part, effect| {
        if holder.may_any(&ways) {
            steps.push(Step { to: Place::Touches(effect), certainty: Certainty::Certain });
        }
    };
    let agents = || cluster.components().into_iter().filter(|component| component.agent);
    for component in agents() {
        add(configuration(cluster, &component.namespace), Effect::Control);
        add(keys(cluster, &component.namespace), Effect::Control);
    }
    if agents().next().is_some() {
        add(custom_resources(cluster), Effect::Control);
        for (ways, to) in served() {
            let step = || Step { to, certainty: Certainty::Conditional };
            also.extend(holder.may_any(&ways).then(step));
        }
    }
    for service in services(cluster) {
        add(service, Effect::Network);
    }
    steps.extend(also);
    steps
}

/// What says who answers for cilium.io; it exists, so only changing it matters.
fn served() -> Vec<(Part, Place)> {
    let services = change("apiregistration.k8s.io", "apiservices", None, "v2.cilium.io");
    let group = "apiextensions.k8s.io";
    let resources = change(group, "customresourcedefinitions", None, "ciliumnodeconfigs.cilium.io");
    [services, resources].into_iter().map(|ways| (ways, Place::Touches(Effect::Control))).collect()
}

fn configuration(cluster: &Cluster<'_>, namespace: &str) -> Part {
    let mut ways = change("", "configmaps", Some(namespace), "cilium-config");
    ways.push(vec![ask("delete", "", "configmaps", namespace, "cilium-config")]);
    for name in names(cluster.snapshot) {
        ways.extend(make("cilium.io", "ciliumnodeconfigs", Some(namespace), &name));
        ways.extend(change("cilium.io", "ciliumnodeconfigs", Some(namespace), &name));
    }
    ways
}

/// Secrets with the names that Cilium uses; those of the input, where Secrets were exported.
fn keys(cluster: &Cluster<'_>, namespace: &str) -> Part {
    let known = |name: &String| {
        let exact = ["cilium-ca", "cilium-ipsec-keys"].contains(&name.as_str());
        exact || name.starts_with("hubble-") || name.starts_with("clustermesh-")
    };
    let listed = cluster.snapshot.secrets.iter().filter(|secret| *secret.namespace == *namespace);
    let guesses = names(cluster.snapshot).into_iter().chain(["cilium-ca".to_owned()]);
    let there: Vec<String> = match cluster.secrets_known() {
        true => listed.map(|secret| secret.name.to_string()).collect(),
        false => guesses.collect(),
    };
    let mut ways = Part::new();
    for name in there.into_iter().filter(known) {
        for verb in ["get", "list", "watch", "update", "patch"] {
            ways.push(vec![ask(verb, "", "secrets", namespace, &name)]);
        }
    }
    ways
}

fn custom_resources(cluster: &Cluster<'_>) -> Part {
    let mut ways = Part::new();
    for name in names(cluster.snapshot) {
        for resource in CLUSTER_WIDE {
            ways.extend(make("cilium.io", resource, None, &name));
            ways.extend(change("cilium.io", resource, None, &name));
        }
        for (namespace, resource) in
            cluster.namespaces().iter().flat_map(|item| NAMESPACED.iter().map(move |it| (item, it)))
        {
            ways.extend(make("cilium.io", resource, Some(namespace), &name));
            ways.extend(change("cilium.io", resource, Some(namespace), &name));
        }
    }
    ways
}

/// HTTP to each Service in front of a component.
fn services(cluster: &Cluster<'_>) -> Vec<Part> {
    let mut all = Vec::new();
    for component in cluster.components() {
        let labels = &cluster.snapshot.workloads[component.workload].template_labels;
        let in_front = cluster.snapshot.services.iter().filter(|service| {
            *service.namespace == *component.namespace
                && !service.selector.is_empty()
                && service.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
        });
        for service in in_front {
            let ids = ids(cluster, &service.name).into_iter();
            let asked = ids.flat_map(|id| {
                ["get", "create"].map(|verb| vec![ask(verb, "", "services/proxy", &component.namespace, &id)])
            });
            all.push(asked.collect());
        }
    }
    all
}
