//! What is there to be reached: pods that lead on, workloads, accounts with rights, token Secrets, nodes, namespaces.

mod inhabitants;

use super::idle::Idle;
use super::targets::{Target, Targets};
use super::{Grants, World};
use crate::cilium::{self, Privilege};
use crate::model::{CoverageState, Name, Pod, PodSpec, Secret, VolumeSource};
use inhabitants::{account_of, accounts, named_accounts, namespaces};
use std::collections::{BTreeMap, BTreeSet};

/// The type of a Secret that holds a ServiceAccount's token (k8s.io/api core/v1, SecretTypeServiceAccountToken).
const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";

/// Pods of one namespace that lead to the same: one of them stands for all.
#[derive(Debug, Clone)]
pub(super) struct PodClass {
    /// The pods, by index; never empty.
    pub pods: Vec<usize>,
    /// How many nodes they run on.
    pub nodes: usize,
    /// How many of them run on a node.
    pub placed: usize,
    /// Whether one of them is a static pod's mirror.
    pub mirrors: bool,
    /// The account whose token is all that they lead to.
    only_account: Option<Name>,
}

impl PodClass {
    /// Of these pods.
    pub(super) fn new(world: &World<'_>, pods: Vec<usize>, only_account: Option<Name>) -> Self {
        let all = || pods.iter().filter_map(|&pod| world.snapshot.pods.get(pod));
        let placed = || all().filter_map(|pod| pod.spec.node_name.as_ref());
        PodClass {
            nodes: placed().collect::<BTreeSet<&Name>>().len(),
            placed: placed().count(),
            mirrors: all().any(|pod| pod.mirror),
            pods,
            only_account,
        }
    }
}

/// What code in a pod leads to; pods that agree in this are one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct LeadsTo {
    component: Option<usize>,
    root: bool,
    account: Option<Name>,
    takes_input: bool,
    mirror: bool,
    /// What root on its node leads to, for pods that give it.
    node: Option<LeadsOn>,
    /// Whether its controller makes it anew on another node once it is gone.
    movable: bool,
}

/// What root on a node leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeadsOn {
    /// The agent of this component runs there.
    Agent(usize),
    /// No agent runs there: the node's other pods count.
    Other(Option<Name>),
}

/// Everything that steps can be tried on.
#[derive(Debug)]
pub(super) struct Terrain<'a> {
    /// Cilium's components.
    pub targets: Targets<'a>,
    /// By namespace: pods that lead on.
    pub pods: BTreeMap<Name, Vec<PodClass>>,
    /// The same, with those whose account holds rights that lead nowhere.
    pub with_account: BTreeMap<Name, Vec<PodClass>>,
    /// By namespace: all running pods, in order.
    pub all_pods: BTreeMap<Name, Vec<usize>>,
    /// By namespace: those that a container of one's own would make root on their node, by what that leads to.
    pub ordinary: BTreeMap<Name, Vec<PodClass>>,
    /// Which component a pod belongs to.
    component_of: BTreeMap<usize, usize>,
    /// Pods whose running containers are root on their node.
    roots: BTreeSet<usize>,
    /// By namespace: workloads with a template that can be changed, as (kind, name).
    pub workloads: BTreeMap<Name, BTreeSet<(Name, Name)>>,
    /// By namespace: accounts that hold rights and exist, as far as the input shows.
    pub accounts: BTreeMap<Name, BTreeSet<Name>>,
    /// By namespace: accounts that hold rights, whether they exist or not: a request can be made in the name of any.
    pub named_accounts: BTreeMap<Name, BTreeSet<Name>>,
    /// By namespace: Secrets that hold an account's token.
    pub token_secrets: BTreeMap<&'a Name, Vec<&'a Secret>>,
    /// Their names.
    pub names_of_token_secrets: BTreeSet<&'a Name>,
    /// Accounts that some binding gives at least one rule, whether it matters here or not.
    pub holders: BTreeSet<(Name, Name)>,
    /// Every namespace that something in the input is in.
    pub namespaces: BTreeSet<Name>,
}

impl<'a> Terrain<'a> {
    /// Surveys a world.
    pub(super) fn new(world: &World<'a>, grants: &Grants) -> Self {
        let targets = Targets::new(world);
        let mut terrain = Terrain {
            targets,
            pods: BTreeMap::new(),
            with_account: BTreeMap::new(),
            all_pods: BTreeMap::new(),
            ordinary: BTreeMap::new(),
            component_of: BTreeMap::new(),
            roots: BTreeSet::new(),
            workloads: workloads(world),
            accounts: accounts(world, grants),
            named_accounts: named_accounts(grants),
            token_secrets: BTreeMap::new(),
            names_of_token_secrets: BTreeSet::new(),
            holders: super::sinks::accounts_with_rights(world),
            namespaces: namespaces(world),
        };
        for target in &terrain.targets.list {
            terrain.component_of.extend(target.component.pods.iter().map(|&pod| (pod, target.index)));
        }
        terrain.survey_pods(world);
        let token = |secret: &&Secret| secret.secret_type.as_deref() == Some(TOKEN_SECRET);
        for secret in world.snapshot.secrets.iter().filter(token) {
            terrain.token_secrets.entry(&secret.namespace).or_default().push(secret);
            terrain.names_of_token_secrets.insert(&secret.name);
        }
        terrain
    }

    fn survey_pods(&mut self, world: &World<'a>) {
        let mut classes: BTreeMap<&Name, BTreeMap<LeadsTo, Vec<usize>>> = BTreeMap::new();
        let mut ordinary: BTreeMap<&Name, BTreeMap<LeadsOn, Vec<usize>>> = BTreeMap::new();
        let mut all: BTreeMap<&Name, Vec<usize>> = BTreeMap::new();
        for (index, pod) in world.snapshot.pods.iter().enumerate().filter(|(_, pod)| !pod.finished) {
            all.entry(&pod.namespace).or_default().push(index);
            let leads_to = self.leads_to(world, index, pod);
            if leads_to.root {
                self.roots.insert(index);
            } else {
                let leads_on = self.leads_on(pod.spec.node_name.as_ref());
                let of_namespace = ordinary.entry(&pod.namespace).or_default();
                of_namespace.entry(leads_on).or_default().push(index);
            }
            if leads_to.component.is_none() && !leads_to.root && leads_to.account.is_none() {
                continue;
            }
            let of_namespace = classes.entry(&pod.namespace).or_default();
            of_namespace.entry(leads_to).or_default().push(index);
        }
        self.all_pods = all.into_iter().map(|(name, pods)| (name.clone(), pods)).collect();
        for (namespace, classes) in ordinary {
            let classes = classes.into_values().map(|pods| PodClass::new(world, pods, None));
            self.ordinary.insert(namespace.clone(), classes.collect());
        }
        for (namespace, classes) in classes {
            let classes = classes.into_iter().map(|(leads_to, pods)| {
                let more = leads_to.component.is_some() || leads_to.root;
                PodClass::new(world, pods, leads_to.account.filter(|_| !more))
            });
            self.with_account.insert(namespace.clone(), classes.collect());
        }
        self.pods = self.with_account.clone();
    }

    /// The classes of pods that lead to more than an account which nothing follows from.
    pub(super) fn leading(&self, idle: &mut Idle<'_, '_>) -> BTreeMap<Name, Vec<PodClass>> {
        let mut leading = BTreeMap::new();
        for (namespace, classes) in &self.with_account {
            let leads = |class: &&PodClass| {
                let account = class.only_account.as_ref();
                !account.is_some_and(|account| idle.is_idle(namespace, account))
            };
            let classes: Vec<PodClass> = classes.iter().filter(leads).cloned().collect();
            if !classes.is_empty() {
                leading.insert(namespace.clone(), classes);
            }
        }
        leading
    }

    fn leads_to(&self, world: &World<'a>, index: usize, pod: &Pod) -> LeadsTo {
        let component = self.component_of.get(&index).copied();
        let known = component.and_then(|component| self.targets.get(component));
        let root = match known {
            Some(target) => target.is_root(),
            None => cilium::privilege(&pod.spec).0 == Privilege::RootEquivalent,
        };
        LeadsTo {
            component,
            root,
            account: self.token_of(world, pod),
            takes_input: takes_input(&pod.spec),
            mirror: pod.mirror,
            node: root.then(|| self.leads_on(pod.spec.node_name.as_ref())),
            movable: is_movable(pod),
        }
    }

    fn leads_on(&self, node: Option<&Name>) -> LeadsOn {
        match self.targets.agent_on(node) {
            Some(agent) => LeadsOn::Agent(agent.index),
            None => LeadsOn::Other(node.cloned()),
        }
    }

    /// Nodes that hold, between them, a pod of every account that leads on: two for each are enough, since a path may come
    /// from one of them.
    pub(super) fn token_nodes(&self, world: &World<'_>) -> BTreeSet<Name> {
        let mut of_account: BTreeMap<(&Name, Name), BTreeSet<&Name>> = BTreeMap::new();
        for (namespace, classes) in &self.with_account {
            for pod in classes.iter().flat_map(|class| &class.pods) {
                let Some(pod) = world.snapshot.pods.get(*pod) else { continue };
                let Some(account) = self.token_of(world, pod) else { continue };
                let nodes = of_account.entry((namespace, account)).or_default();
                nodes.extend(pod.spec.node_name.iter().take(2usize.saturating_sub(nodes.len())));
            }
        }
        let mut nodes: BTreeSet<Name> = of_account.into_values().flatten().cloned().collect();
        let of_components = self.targets.list.iter().filter_map(|target| target.component.nodes.first());
        nodes.extend(of_components.cloned());
        nodes
    }

    /// The account whose token code in a pod finds, where that account holds rights.
    pub(super) fn token_of(&self, world: &World<'_>, pod: &Pod) -> Option<Name> {
        let name = account_of(pod);
        let holds = self.accounts.get(&pod.namespace).is_some_and(|names| names.contains(&name))
            || self.holders.contains(&(pod.namespace.clone(), name.clone()));
        (holds && has_token(world, &pod.namespace, &name, &pod.spec)).then_some(name)
    }

    /// Whether a component's own account holds rights. An agent and an operator cannot work without any: where the
    /// input shows none, it is the input that lacks them.
    pub(super) fn holds_rights(&self, target: &Target<'_>) -> bool {
        let component = target.component;
        let needs = matches!(component.kind, cilium::ComponentKind::Agent | cilium::ComponentKind::Operator);
        let named = component.service_account.as_ref().filter(|name| &***name != "default");
        named.is_some_and(|name| needs || self.holders.contains(&(component.namespace.clone(), name.clone())))
    }

    /// The component that a pod belongs to.
    pub(super) fn component(&self, pod: usize) -> Option<&Target<'a>> {
        self.component_of.get(&pod).and_then(|&component| self.targets.get(component))
    }

    /// Whether code in the pod's running containers is root on its node.
    pub(super) fn is_root(&self, pod: usize) -> bool {
        self.roots.contains(&pod)
    }

    /// A node that an agent runs on; `None` where the input tells none.
    pub(super) fn agent_node(&self) -> Option<Name> {
        self.targets.agents().find_map(|target| target.component.nodes.iter().next().cloned())
    }

    /// The namespaces that a grant reaches: all of them, or the listed ones.
    pub(super) fn reached(&self, (cluster, namespaces): (bool, BTreeSet<Name>)) -> BTreeSet<Name> {
        if cluster { self.namespaces.clone() } else { namespaces }
    }
}

/// Whether code in a pod finds a token of its account: the pod's `automountServiceAccountToken`, else the account's,
/// else true; or a projected token volume.
pub(super) fn has_token(world: &World<'_>, namespace: &Name, account: &Name, spec: &PodSpec) -> bool {
    let projected = spec
        .volumes
        .iter()
        .any(|volume| matches!(volume.source, VolumeSource::Projected { token: true, .. }));
    let of_account = || {
        let found = world
            .snapshot
            .service_accounts
            .binary_search_by(|item| (&item.namespace, &item.name).cmp(&(namespace, account)))
            .ok()?;
        world.snapshot.service_accounts.get(found)?.automount
    };
    projected || spec.automount.or_else(of_account).unwrap_or(true)
}

/// Whether a pod is made anew elsewhere: its controller is there and ties it to no node, as a DaemonSet's does.
pub(super) fn is_movable(pod: &Pod) -> bool {
    let controllers = ["ReplicaSet", "StatefulSet", "ReplicationController", "Job"];
    !pod.mirror && pod.owner.as_ref().is_some_and(|owner| controllers.contains(&&*owner.kind))
}

/// Whether a node belongs to the control plane, by the label that installers set (k8s.io/kubernetes
/// cmd/kubeadm/app/constants, and its name before 1.20) or by the API server's own static pod on it.
pub(super) fn is_control_plane(world: &World<'_>, node: &Name) -> bool {
    let labels = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];
    let found = world.snapshot.nodes.iter().find(|item| item.name == *node);
    let labelled = found.is_some_and(|node| labels.iter().any(|label| node.labels.contains_key(label)));
    let api_server = format!("kube-apiserver-{node}");
    let runs_there = |pod: &Pod| pod.mirror && &*pod.namespace == "kube-system" && *pod.name == *api_server;
    labelled || world.snapshot.pods.iter().any(runs_there)
}

/// Whether a running container takes input from whoever attaches.
pub(super) fn takes_input(spec: &PodSpec) -> bool {
    let running =
        spec.containers.iter().filter(|container| container.kind != crate::model::ContainerKind::Init);
    running.into_iter().any(|container| container.stdin)
}

/// Whether a kind was exported as a whole.
pub(super) fn is_present(world: &World<'_>, kind: &str) -> bool {
    world.snapshot.coverage.get(kind).is_some_and(|coverage| coverage.state == CoverageState::Present)
}

/// Workloads of the input, and the owners that pods of the input name.
fn workloads(world: &World<'_>) -> BTreeMap<Name, BTreeSet<(Name, Name)>> {
    let mut workloads: BTreeMap<Name, BTreeSet<(Name, Name)>> = BTreeMap::new();
    for workload in &world.snapshot.workloads {
        let of_namespace = workloads.entry(workload.namespace.clone()).or_default();
        of_namespace.insert((Name::from(workload.kind), workload.name.clone()));
    }
    for pod in world.snapshot.pods.iter().filter(|pod| !pod.finished) {
        if let Some(owner) = &pod.owner {
            let of_namespace = workloads.entry(pod.namespace.clone()).or_default();
            of_namespace.insert((owner.kind.clone(), owner.name.clone()));
        }
    }
    workloads
}
