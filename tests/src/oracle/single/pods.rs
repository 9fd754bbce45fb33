//! Steps on pods, nodes, templates and new pods.

use super::{OPERATED, POD_MAKERS, Step, accounts_of, agent_node, makers, resource_of};
use crate::oracle::cluster::{Cluster, Component, Holder};
use crate::oracle::grants::{Ask, ask, ask_cluster, names};
use crate::oracle::joint::change;
use crate::oracle::place::{Actor, Place};
use cilium_exec_check_core::model::{ContainerKind, PodSpec};
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;

/// The steps of an actor.
pub(super) fn steps(cluster: &Cluster<'_>, actor: &Actor) -> Vec<Step> {
    let mut tried = Tried { cluster, holder: cluster.holder(actor), steps: Vec::new() };
    tried.listed();
    tried.by_node();
    tried.unlisted();
    tried.templates();
    tried.new_pods();
    tried.steps
}

struct Tried<'c, 'a> {
    cluster: &'c Cluster<'a>,
    holder: Holder<'a>,
    steps: Vec<Step>,
}

/// A pod by its namespace and the names that may be used for it, each with how sure it is to name the pod.
struct Named<'n> {
    namespace: &'n str,
    names: Vec<(String, Certainty)>,
}

/// Where steps on a pod lead.
struct Targets {
    in_pod: Place,
    own_container: Place,
    root: bool,
    stdin: bool,
    mirror: bool,
    of_cilium: bool,
}

impl Tried<'_, '_> {
    fn add(&mut self, ways: &[Vec<Ask>], certainty: Certainty, to: Place) {
        if self.holder.may_any(ways) {
            self.steps.push(Step { to, certainty });
        }
    }

    /// Pods of the input.
    fn listed(&mut self) {
        for (index, pod) in self.cluster.pods() {
            let named =
                Named { namespace: &pod.namespace, names: vec![(pod.name.to_string(), Certainty::Certain)] };
            let targets = Targets {
                in_pod: Place::InPod(index),
                own_container: Place::OwnContainer(index),
                root: self.cluster.root(index),
                stdin: takes_input(&pod.spec),
                mirror: pod.mirror,
                of_cilium: self.cluster.component_of(index).is_some(),
            };
            self.on_pod(&named, &targets);
        }
    }

    fn on_pod(&mut self, named: &Named<'_>, targets: &Targets) {
        let namespace = named.namespace;
        let before = self.cluster.before(35);
        let admitted = self.cluster.admits_privileged(namespace);
        let changed = if targets.root { admitted } else { Certainty::Certain };
        for (name, sure) in &named.names {
            let one = |verb: &str, resource: &str| vec![vec![ask(verb, "", resource, namespace, name)]];
            let of = |other: Certainty| other.max(*sure);
            for (verb, judged) in [("create", Certainty::Certain), ("get", before)] {
                self.add(&one(verb, "pods/exec"), of(judged), targets.in_pod.clone());
                if targets.stdin {
                    self.add(&one(verb, "pods/attach"), of(judged), targets.in_pod.clone());
                } else if targets.of_cilium {
                    self.add(&one(verb, "pods/attach"), of(judged), Place::Touches(Effect::Network));
                }
                if targets.of_cilium {
                    self.add(&one(verb, "pods/portforward"), of(judged), Place::Touches(Effect::Network));
                }
            }
            if !targets.mirror {
                let added = change("", "pods/ephemeralcontainers", Some(namespace), name);
                self.add(&added, of(changed), targets.in_pod.clone());
                if !targets.root {
                    self.add(&added, of(admitted), targets.own_container.clone());
                }
                let swapped = change("", "pods", Some(namespace), name);
                self.add(&swapped, of(changed), targets.in_pod.clone());
            }
            if targets.of_cilium {
                self.add(&one("delete", "pods"), *sure, Place::Touches(Effect::Disrupt));
                self.add(&one("create", "pods/eviction"), *sure, Place::Touches(Effect::Disrupt));
            }
        }
        if targets.of_cilium {
            let all = [vec![ask("deletecollection", "", "pods", namespace, "")]];
            self.add(&all, Certainty::Certain, Place::Touches(Effect::Disrupt));
            for (name, sure) in &named.names {
                for id in ids(self.cluster, name) {
                    let proxied =
                        ["get", "create"].map(|verb| vec![ask(verb, "", "pods/proxy", namespace, &id)]);
                    self.add(&proxied, *sure, Place::Touches(Effect::Network));
                }
            }
        }
    }

    /// Every pod of a node, through its kubelet.
    fn by_node(&mut self) {
        for (index, pod) in self.cluster.pods() {
            let Some(node) = &pod.spec.node_name else { continue };
            for id in ids(self.cluster, node) {
                let asked = ["get", "create"].map(|verb| vec![ask_cluster(verb, "", "nodes/proxy", &id)]);
                self.add(&asked, Certainty::Certain, Place::InPod(index));
            }
        }
    }

    /// Pods of Cilium that are not in the input: any name may be one of theirs where rules name none, and a name that
    /// starts like them may be one.
    fn unlisted(&mut self) {
        let components = self.cluster.components();
        for component in components.iter().filter(|component| self.cluster.unlisted(component)) {
            let spec = &self.cluster.snapshot.workloads[component.workload].spec;
            let targets = Targets {
                in_pod: Place::InPodsOf(component.workload),
                own_container: Place::OwnContainerOf(component.workload),
                root: component.root,
                stdin: takes_input(spec),
                mirror: false,
                of_cilium: true,
            };
            self.on_pod(
                &Named { namespace: &component.namespace, names: guesses(self.cluster, component) },
                &targets,
            );
            let mut nodes = vec!["a-node-of-any-name".to_owned()];
            nodes.extend(self.cluster.snapshot.nodes.iter().map(|node| node.name.to_string()));
            for id in nodes.iter().flat_map(|node| ids(self.cluster, node)) {
                let asked = ["get", "create"].map(|verb| vec![ask_cluster(verb, "", "nodes/proxy", &id)]);
                self.add(&asked, Certainty::Certain, targets.in_pod.clone());
            }
        }
    }

    fn templates(&mut self) {
        let workloads = self.cluster.snapshot.workloads.iter().enumerate();
        for (index, workload) in workloads {
            let Some((group, resource)) = resource_of(workload.kind) else { continue };
            let changed = change(group, resource, Some(&workload.namespace), &workload.name);
            let admitted = self.cluster.admits_privileged(&workload.namespace);
            self.add(&changed, admitted, Place::PrivilegedTemplate(index));
            // Where it surely gives exec in Cilium, an account of the namespace is nothing beside it.
            let gives_exec = super::component(self.cluster, index).is_some_and(|component| component.root);
            if !gives_exec || admitted != Certainty::Certain {
                self.add(&changed, Certainty::Certain, Place::Template(index));
            }
        }
    }

    fn new_pods(&mut self) {
        for namespace in self.cluster.namespaces() {
            let root = Place::Root(agent_node(self.cluster));
            let admitted = self.cluster.admits_privileged(&namespace);
            let made = makers(self.cluster, &namespace, POD_MAKERS);
            self.add(&made, admitted, root.clone());
            for account in accounts_of(self.cluster, &namespace) {
                self.add(&made, Certainty::Certain, account);
            }
            let operated = makers(self.cluster, &namespace, OPERATED);
            self.add(&operated, admitted.max(Certainty::Conditional), root);
            for account in accounts_of(self.cluster, &namespace) {
                self.add(&operated, Certainty::Conditional, account);
            }
        }
    }
}

fn takes_input(spec: &PodSpec) -> bool {
    spec.containers.iter().any(|item| item.kind != ContainerKind::Init && item.stdin)
}

/// The ids by which a proxy request can name an object: `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`.
pub(super) fn ids(cluster: &Cluster<'_>, object: &str) -> Vec<String> {
    let names_it = |id: &String| match id.split(':').collect::<Vec<_>>().as_slice() {
        [name] | [name, _] => *name == object,
        [scheme, name, _] => *name == object && ["", "http", "https"].contains(scheme),
        _ => false,
    };
    let known = names(cluster.snapshot).into_iter().filter(names_it);
    known.chain([object.to_owned()]).collect()
}

/// What a pod of a component may be called.
pub(in crate::oracle) fn guesses(cluster: &Cluster<'_>, component: &Component) -> Vec<(String, Certainty)> {
    let prefix = format!("{}-", component.workload_name);
    let mut guesses = vec![("a-pod-of-any-name".to_owned(), Certainty::Certain)];
    for name in names(cluster.snapshot).into_iter().filter(|name| name.starts_with(&prefix)) {
        guesses.push((name, Certainty::Conditional));
    }
    guesses
}
