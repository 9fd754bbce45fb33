//! Techniques of several requests that different identities of one principal may make between them.

use super::cluster::Cluster;
use super::grants::{Ask, Who, ask, ask_cluster, names};
use super::place::{Actor, Place};
use super::single::{POD_MAKERS, agent_node, guesses, makers, resource_of};
use cilium_exec_check_core::report::Certainty;

/// The ways to meet one part: any of these lists, all of whose questions one identity must be allowed.
pub(in crate::oracle) type Part = Vec<Vec<Ask>>;

/// One technique on one object.
#[derive(Debug)]
pub(in crate::oracle) struct Joint {
    /// Every part must be met, by whomever.
    pub(in crate::oracle) parts: Vec<Part>,
    /// Kubelets cannot meet the first part, whatever they hold.
    pub(in crate::oracle) not_by_kubelets: bool,
    /// How many steps it is.
    pub(in crate::oracle) steps: usize,
    pub(in crate::oracle) certainty: Certainty,
    pub(in crate::oracle) to: Vec<Place>,
}

const CERTIFICATES: &str = "certificates.k8s.io";
const REQUESTS: &str = "certificatesigningrequests";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// A new object: POST carries no name; a server-side apply does, and needs `patch` as well.
pub(in crate::oracle) fn make(group: &str, resource: &str, namespace: Option<&str>, name: &str) -> Part {
    let on = |verb: &str, name: &str| match namespace {
        Some(namespace) => ask(verb, group, resource, namespace, name),
        None => ask_cluster(verb, group, resource, name),
    };
    vec![vec![on("create", "")], vec![on("patch", name), on("create", name)]]
}

/// A changed object.
pub(in crate::oracle) fn change(group: &str, resource: &str, namespace: Option<&str>, name: &str) -> Part {
    let on = |verb: &str| match namespace {
        Some(namespace) => ask(verb, group, resource, namespace, name),
        None => ask_cluster(verb, group, resource, name),
    };
    vec![vec![on("update")], vec![on("patch")]]
}

/// Every joint technique on everything there is.
pub(in crate::oracle) fn joint(cluster: &Cluster<'_>) -> Vec<Joint> {
    let mut all = token_secrets(cluster);
    all.extend(host_volumes(cluster));
    all.extend(certificates(cluster));
    all.extend(admission_policies(cluster));
    all.extend(lifted(cluster));
    all.extend(stolen(cluster));
    all
}

/// steal-pods: remove a pod that its controller makes anew elsewhere, while other nodes are closed to it. That it comes
/// to a node one holds is not shown.
fn stolen(cluster: &Cluster<'_>) -> Vec<Joint> {
    let movable = ["ReplicaSet", "StatefulSet", "ReplicationController", "Job"];
    let closed: Part = names(cluster.snapshot)
        .into_iter()
        .flat_map(|name| ["nodes", "nodes/status"].map(|resource| change("", resource, None, &name)))
        .flatten()
        .collect();
    let mut all = Vec::new();
    for (_, pod) in cluster.pods() {
        let owned = pod.owner.as_ref().is_some_and(|owner| movable.contains(&&*owner.kind));
        let Some(account) = cluster.token(pod).filter(|_| owned && !pod.mirror) else { continue };
        let mut removed = vec![
            vec![ask("delete", "", "pods", &pod.namespace, &pod.name)],
            vec![ask("create", "", "pods/eviction", &pod.namespace, &pod.name)],
        ];
        removed.extend(pod.spec.node_name.iter().map(|node| vec![ask_cluster("delete", "", "nodes", node)]));
        let to = Place::Acts(Actor::own(Who::Account(pod.namespace.to_string(), account)));
        let stolen = one_step(vec![removed, closed.clone()], vec![to]);
        all.push(Joint { certainty: Certainty::Conditional, ..stolen });
    }
    all
}

fn one_step(parts: Vec<Part>, to: Vec<Place>) -> Joint {
    Joint { parts, not_by_kubelets: false, steps: 1, certainty: Certainty::Certain, to }
}

/// secrets-create-token: a Secret of the token type for any account, then read it, or mount it in a pod.
fn token_secrets(cluster: &Cluster<'_>) -> Vec<Joint> {
    let mut all = Vec::new();
    for namespace in cluster.namespaces() {
        let accounts = cluster.accounts().into_iter().filter(|(own, _)| *own == namespace);
        let to: Vec<Place> =
            accounts.map(|(own, name)| Place::Acts(Actor::own(Who::Account(own, name)))).collect();
        for name in names(cluster.snapshot) {
            let mut read = vec![vec![ask("get", "", "secrets", &namespace, &name)]];
            for verb in ["list", "watch"] {
                read.push(vec![ask(verb, "", "secrets", &namespace, "")]);
                read.push(vec![ask(verb, "", "secrets", &namespace, &name)]);
            }
            for pod in names(cluster.snapshot) {
                read.extend(make("", "pods", Some(&namespace), &pod));
            }
            let parts = vec![make("", "secrets", Some(&namespace), &name), read];
            all.push(one_step(parts, to.clone()));
        }
    }
    all
}

/// pv-hostpath: a volume on the host, a claim that binds it, a pod that mounts the claim.
fn host_volumes(cluster: &Cluster<'_>) -> Vec<Joint> {
    let any = |group: &str, resource: &str, namespace: Option<&str>| {
        let names = names(cluster.snapshot).into_iter();
        names.flat_map(|name| make(group, resource, namespace, &name)).collect::<Part>()
    };
    let mut all = Vec::new();
    for namespace in cluster.namespaces() {
        let mut pods = makers(cluster, &namespace, POD_MAKERS);
        for workload in cluster.snapshot.workloads.iter().filter(|item| *item.namespace == *namespace) {
            // A ReplicationController is changed by workload-template-patch only.
            if let Some((group, resource)) = resource_of(workload.kind)
                && workload.kind != "ReplicationController"
            {
                pods.extend(change(group, resource, Some(&namespace), &workload.name));
            }
        }
        let volume = any("", "persistentvolumes", None);
        let claim = any("", "persistentvolumeclaims", Some(&namespace));
        let to = vec![Place::Root(agent_node(cluster))];
        let with_claim = vec![volume.clone(), claim, pods.clone()];
        all.push(one_step(with_claim, to.clone()));
        // Whether an existing claim binds is not shown.
        all.push(Joint { certainty: Certainty::Conditional, ..one_step(vec![volume, pods], to) });
    }
    all
}

/// csr-client-cert and csr-node-cert: make, approve and (for a client) fetch one and the same request.
fn certificates(cluster: &Cluster<'_>) -> Vec<Joint> {
    let approve = |signer: &str, name: &str| -> Part {
        let mut ways = Vec::new();
        for verb in ["update", "patch"] {
            for signer in [signer, "kubernetes.io/*"] {
                ways.push(vec![
                    ask_cluster(verb, CERTIFICATES, "certificatesigningrequests/approval", name),
                    ask_cluster("approve", CERTIFICATES, "signers", signer),
                ]);
            }
        }
        ways
    };
    let nodes: Vec<Place> =
        cluster.nodes().into_iter().map(|name| Place::Acts(Actor::own(Who::Node(name)))).collect();
    let masters = Who::Group("system:masters".to_owned());
    let others = cluster.subjects().into_iter().filter(|who| *who != masters);
    let mut anybody: Vec<Place> = others.map(|who| Place::Acts(Actor::own(who))).collect();
    anybody.extend(nodes.clone());
    let accounts = cluster.accounts().into_iter();
    anybody.extend(accounts.map(|(namespace, name)| Place::Acts(Actor::own(Who::Account(namespace, name)))));
    let mut all = Vec::new();
    for name in names(cluster.snapshot) {
        let made = make(CERTIFICATES, REQUESTS, None, &name);
        let fetch = vec![vec![ask_cluster("get", CERTIFICATES, REQUESTS, &name)]];
        let client = vec![made.clone(), approve("kubernetes.io/kube-apiserver-client", &name), fetch];
        all.push(one_step(client, anybody.clone()));
        let node = vec![made, approve("kubernetes.io/kube-apiserver-client-kubelet", &name)];
        all.push(Joint { not_by_kubelets: true, ..one_step(node, nodes.clone()) });
    }
    all
}

/// mutating-admission-policy: a policy and its binding; conditional, as somebody else must then write an object.
fn admission_policies(cluster: &Cluster<'_>) -> Vec<Joint> {
    let write = |resource: &str| {
        let names = names(cluster.snapshot).into_iter();
        names
            .flat_map(|name| {
                let mut ways = make(ADMISSION, resource, None, &name);
                ways.extend(change(ADMISSION, resource, None, &name));
                ways
            })
            .collect::<Part>()
    };
    let certainty = cluster.since(36).max(Certainty::Conditional);
    let joint = |parts| Joint { certainty, ..one_step(parts, vec![Place::Admin]) };
    let changed = |resource: &str| {
        let names = names(cluster.snapshot).into_iter();
        names.flat_map(|name| change(ADMISSION, resource, None, &name)).collect::<Part>()
    };
    // A policy that is only changed may have its binding already.
    vec![
        joint(vec![write("mutatingadmissionpolicies"), write("mutatingadmissionpolicybindings")]),
        joint(vec![changed("mutatingadmissionpolicies")]),
    ]
}

/// namespace-psa-relabel and namespace-create: lift the level, then do what it stood in the way of.
fn lifted(cluster: &Cluster<'_>) -> Vec<Joint> {
    let mut all = Vec::new();
    let admits = |namespace: &String| cluster.admits_privileged(namespace) == Certainty::Certain;
    let elsewhere = cluster.namespaces().iter().any(admits);
    for namespace in cluster.namespaces() {
        if cluster.admits_privileged(&namespace) == Certainty::Certain {
            continue;
        }
        let lift: Part = ["namespaces", "namespaces/status"]
            .into_iter()
            .flat_map(|resource| change("", resource, Some(&namespace), &namespace))
            .collect();
        for (part, certainty, to) in privileged(cluster, &namespace) {
            let part = if matches!(to, Place::Root(_)) && elsewhere { there(&part) } else { part };
            all.push(Joint { steps: 2, certainty, ..one_step(vec![lift.clone(), part], vec![to]) });
        }
    }
    // A new pod that may be made everywhere needs no new namespace where one admits it.
    if elsewhere {
        return all;
    }
    let names = names(cluster.snapshot).into_iter();
    let made: Part = names.flat_map(|name| make("", "namespaces", None, &name)).collect();
    for (part, certainty, to) in new_pods(cluster, "a-namespace-of-ones-own") {
        all.push(Joint { steps: 2, certainty, ..one_step(vec![made.clone(), part], vec![to]) });
    }
    all
}

/// The same, with one of the questions at least answered by rights that hold in the namespace alone: what holds in the
/// whole cluster makes the pod in another.
fn there(part: &Part) -> Part {
    let one_there = |way: &Vec<Ask>| {
        let each = 0..way.len();
        let ways = each.map(|place| {
            let mut way = way.clone();
            way[place].there = true;
            way
        });
        ways.collect::<Vec<_>>()
    };
    part.iter().flat_map(one_there).collect()
}

fn new_pods(cluster: &Cluster<'_>, namespace: &str) -> Vec<(Part, Certainty, Place)> {
    let root = || Place::Root(agent_node(cluster));
    vec![
        (makers(cluster, namespace, POD_MAKERS), Certainty::Certain, root()),
        (makers(cluster, namespace, super::single::OPERATED), Certainty::Conditional, root()),
    ]
}

/// What a namespace that admits privileged pods is good for.
fn privileged(cluster: &Cluster<'_>, namespace: &str) -> Vec<(Part, Certainty, Place)> {
    let mut all = new_pods(cluster, namespace);
    let workloads = cluster.snapshot.workloads.iter().enumerate();
    for (index, workload) in workloads.filter(|(_, item)| *item.namespace == *namespace) {
        if let Some((group, resource)) = resource_of(workload.kind) {
            let part = change(group, resource, Some(namespace), &workload.name);
            all.push((part, Certainty::Certain, Place::PrivilegedTemplate(index)));
        }
    }
    let unlisted = cluster.components().into_iter().filter(|component| cluster.unlisted(component));
    for component in unlisted.filter(|component| component.namespace == namespace) {
        let (in_pods, own) = (Place::InPodsOf(component.workload), Place::OwnContainerOf(component.workload));
        for (name, sure) in guesses(cluster, &component) {
            let added = change("", "pods/ephemeralcontainers", Some(namespace), &name);
            let swapped = change("", "pods", Some(namespace), &name);
            if component.root {
                all.push((added, sure, in_pods.clone()));
                all.push((swapped, sure, in_pods.clone()));
            } else {
                all.push((added, sure, own.clone()));
            }
        }
    }
    for (index, pod) in cluster.pods() {
        if *pod.namespace != *namespace || pod.mirror {
            continue;
        }
        let added = change("", "pods/ephemeralcontainers", Some(namespace), &pod.name);
        if cluster.root(index) {
            all.push((added, Certainty::Certain, Place::InPod(index)));
            let swapped = change("", "pods", Some(namespace), &pod.name);
            all.push((swapped, Certainty::Certain, Place::InPod(index)));
        } else {
            all.push((added, Certainty::Certain, Place::OwnContainer(index)));
        }
    }
    all
}
