//! What is there to be reached: pods that lead on, workloads, accounts with rights, token Secrets, nodes, namespaces.

mod holding;
mod inhabitants;

use super::idle::Idle;
use super::targets::{Target, Targets};
use super::{Grants, World};
use crate::authorizer::Identity;
use crate::cilium;
use crate::model::{CoverageState, KINDS_THAT_RUN, Name, Pod, PodSpec, Secret, VolumeSource};
use crate::pod_security;
use crate::report::Certainty;
use holding::Holding;
use inhabitants::{Accounts, account_of, accounts, namespaces};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The type of a Secret that holds a ServiceAccount's token (k8s.io/api core/v1, SecretTypeServiceAccountToken).
const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";

/// Pods of one namespace that lead to the same: one of them stands for all.
#[derive(Debug)]
pub(super) struct PodClass {
    /// The pods, by index; never empty.
    pub pods: Vec<usize>,
    /// Whether one of them is a static pod's mirror.
    pub mirrors: bool,
    /// The account whose token is all that they lead to.
    only_account: Option<Name>,
    /// Most classes are never asked.
    placed: OnceCell<Placed>,
}

/// How many pods run on how many nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub pods: usize,
    pub nodes: usize,
}

impl PodClass {
    fn new(world: &World<'_>, pods: Vec<usize>, only_account: Option<Name>) -> Self {
        let mut all = pods.iter().filter_map(|&pod| world.snapshot.pods.get(pod));
        PodClass { mirrors: all.any(|pod| pod.mirror), placed: OnceCell::new(), pods, only_account }
    }

    /// How many of them run on a node, and on how many.
    pub(super) fn placed(&self, world: &World<'_>) -> Placed {
        *self.placed.get_or_init(|| {
            let pods = self.pods.iter().filter_map(|&pod| world.snapshot.pods.get(pod));
            let mut nodes: Vec<&Name> = pods.filter_map(|pod| pod.spec.node_name.as_ref()).collect();
            let pods = nodes.len();
            nodes.sort_unstable();
            nodes.dedup();
            Placed { pods, nodes: nodes.len() }
        })
    }
}

/// Classes of pods by namespace.
type Classes = BTreeMap<Name, Vec<Rc<PodClass>>>;

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

/// Workloads with a template that can be changed, as (kind, name).
type Workloads = BTreeSet<(Name, Name)>;

/// Everything that steps can be tried on.
#[derive(Debug)]
pub(super) struct Terrain<'a> {
    /// Cilium's components.
    pub targets: Targets<'a>,
    /// By namespace: pods that lead on.
    pub pods: Classes,
    /// The same, with those whose account holds rights that lead nowhere.
    pub with_account: Classes,
    /// By namespace, where it was asked for: those that a container of one's own would make root on their node, by what
    /// that leads to.
    ordinary: RefCell<BTreeMap<Name, Rc<[PodClass]>>>,
    /// Which component a pod belongs to.
    component_of: BTreeMap<usize, usize>,
    /// Pods whose running containers are root on their node.
    roots: BTreeSet<usize>,
    /// By namespace, where it was asked for.
    workloads: RefCell<BTreeMap<Name, Rc<Workloads>>>,
    /// By namespace: accounts that hold rights and exist, as far as the input shows.
    pub accounts: Accounts,
    /// By namespace: Secrets that hold an account's token.
    pub token_secrets: BTreeMap<&'a Name, Vec<&'a Secret>>,
    /// Their names.
    pub names_of_token_secrets: BTreeSet<&'a Name>,
    grants: &'a Grants,
    /// Every namespace that something in the input is in.
    pub namespaces: BTreeSet<Name>,
    /// Whether one of them certainly admits privileged pods.
    pub admits: bool,
}

impl<'a> Terrain<'a> {
    /// Surveys a world.
    pub(super) fn new(world: &World<'a>, grants: &'a Grants) -> Self {
        let targets = Targets::new(world);
        let namespaces = namespaces(world, grants);
        let admits =
            |name: &Name| pod_security::admits_privileged(world.snapshot, name).0 == Certainty::Certain;
        let mut terrain = Terrain {
            targets,
            pods: BTreeMap::new(),
            with_account: BTreeMap::new(),
            ordinary: RefCell::default(),
            component_of: BTreeMap::new(),
            roots: BTreeSet::new(),
            workloads: RefCell::default(),
            accounts: accounts(world, grants),
            token_secrets: BTreeMap::new(),
            names_of_token_secrets: BTreeSet::new(),
            grants,
            admits: namespaces.iter().any(admits),
            namespaces,
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

    /// Pods stand in the order of their namespaces, so that each namespace is entered once.
    fn survey_pods(&mut self, world: &World<'a>) {
        let mut from = 0;
        for pods in world.snapshot.pods.chunk_by(|a, b| a.namespace == b.namespace) {
            let Some(first) = pods.first() else { continue };
            let mut holding = Holding::new(self, &first.namespace);
            let mut classes: BTreeMap<LeadsTo, Vec<usize>> = BTreeMap::new();
            let mut roots = Vec::new();
            for (index, pod) in (from..).zip(pods).filter(|(_, pod)| !pod.finished) {
                let leads_to = self.leads_to(world, index, pod, &mut holding);
                if leads_to.root {
                    roots.push(index);
                }
                if leads_to.component.is_some() || leads_to.root || leads_to.account.is_some() {
                    classes.entry(leads_to).or_default().push(index);
                }
            }
            from += pods.len();
            self.roots.extend(roots);
            let classes = classes.into_iter().map(|(leads_to, pods)| {
                let more = leads_to.component.is_some() || leads_to.root;
                Rc::new(PodClass::new(world, pods, leads_to.account.filter(|_| !more)))
            });
            enter(&mut self.with_account, &first.namespace, classes);
        }
        self.pods = self.with_account.clone();
    }

    /// The workloads of a namespace with a template that can be changed, as (kind, name).
    pub(super) fn workloads(&self, world: &World<'_>, namespace: &Name) -> Rc<Workloads> {
        let mut known = self.workloads.borrow_mut();
        Rc::clone(known.entry(namespace.clone()).or_insert_with(|| Rc::new(workloads(world, namespace))))
    }

    /// The classes of pods that lead to more than an account which nothing follows from.
    pub(super) fn leading(&self, idle: &mut Idle<'_, '_>) -> Classes {
        let mut leading = Classes::new();
        for (namespace, classes) in &self.with_account {
            let classes = classes.iter().filter(|class| {
                class.only_account.as_ref().is_none_or(|name| {
                    let (namespace, name) = (namespace.clone(), name.clone());
                    !idle.is_idle(&Identity::ServiceAccount { namespace, name })
                })
            });
            enter(&mut leading, namespace, classes.cloned());
        }
        leading
    }

    /// The pods of a namespace that a container of one's own would make root on their node, by what that leads to.
    pub(super) fn ordinary(&self, world: &World<'_>, namespace: &Name) -> Rc<[PodClass]> {
        let mut known = self.ordinary.borrow_mut();
        let classes = known.entry(namespace.clone()).or_insert_with(|| {
            let mut classes: BTreeMap<LeadsOn, Vec<usize>> = BTreeMap::new();
            for (index, pod) in running_pods(world, namespace).filter(|(index, _)| !self.is_root(*index)) {
                classes.entry(self.leads_on(pod.spec.node_name.as_ref())).or_default().push(index);
            }
            classes.into_values().map(|pods| PodClass::new(world, pods, None)).collect()
        });
        Rc::clone(classes)
    }

    fn leads_to<'p>(
        &self,
        world: &World<'a>,
        index: usize,
        pod: &'p Pod,
        holding: &mut Holding<'_, 'p>,
    ) -> LeadsTo {
        let component = self.component_of.get(&index).copied();
        let known = component.and_then(|component| self.targets.get(component));
        let root = match known {
            Some(target) => target.is_root(),
            None => cilium::is_root_equivalent(&pod.spec),
        };
        LeadsTo {
            component,
            root,
            account: token_among(world, pod, holding),
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
        token_among(world, pod, &mut Holding::new(self, &pod.namespace))
    }

    /// Whether a component's own account holds rights. An agent and an operator cannot work without any: where the
    /// input shows none, it is the input that lacks them.
    pub(super) fn holds_rights(&self, target: &Target<'_>) -> bool {
        let component = target.component;
        let needs = matches!(component.kind, cilium::ComponentKind::Agent | cilium::ComponentKind::Operator);
        let named = component.service_account.as_ref().filter(|name| &***name != "default");
        named.is_some_and(|name| needs || self.grants.has_rules(&component.namespace, name))
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

/// The account whose token code in a pod finds, where it is among those that hold rights.
fn token_among<'p>(world: &World<'_>, pod: &'p Pod, holding: &mut Holding<'_, 'p>) -> Option<Name> {
    let name = account_of(pod);
    (holding.holds(name) && has_token(world, &pod.namespace, name, &pod.spec)).then(|| name.clone())
}

/// Adds classes of pods to those of a namespace.
fn enter(classes: &mut Classes, namespace: &Name, more: impl Iterator<Item = Rc<PodClass>>) {
    let more: Vec<Rc<PodClass>> = more.collect();
    if !more.is_empty() {
        classes.entry(namespace.clone()).or_default().extend(more);
    }
}

/// The running pods of a namespace, by index; a snapshot's pods stand in the order of their namespaces.
pub(super) fn running_pods<'w>(
    world: &'w World<'_>,
    namespace: &'w Name,
) -> impl Iterator<Item = (usize, &'w Pod)> {
    let pods = &world.snapshot.pods;
    let first = pods.partition_point(|pod| pod.namespace < *namespace);
    let from = pods.iter().enumerate().skip(first);
    from.take_while(move |(_, pod)| pod.namespace == *namespace).filter(|(_, pod)| !pod.finished)
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

/// The workloads of a namespace, and the owners that its pods name. A snapshot's workloads stand in the order of their kinds
/// and namespaces.
fn workloads(world: &World<'_>, namespace: &Name) -> Workloads {
    let all = &world.snapshot.workloads;
    let of_kind = |kind: &'static str| {
        let first = all.partition_point(|it| (it.kind, &it.namespace) < (kind, namespace));
        let from = all.get(first..).unwrap_or_default().iter();
        from.take_while(move |it| it.kind == kind && it.namespace == *namespace)
    };
    let listed = KINDS_THAT_RUN.into_iter().flat_map(of_kind);
    let listed = listed.map(|workload| (Name::from(workload.kind), workload.name.clone()));
    let owners = running_pods(world, namespace).filter_map(|(_, pod)| pod.owner.as_ref());
    listed.chain(owners.map(|owner| (owner.kind.clone(), owner.name.clone()))).collect()
}
