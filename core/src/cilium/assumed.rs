//! RBAC objects and accounts → the components that they are for, where no pod and no workload shows any.

use super::{Component, ComponentKind, Confidence, Privilege};
use crate::authorizer::{Identity, identity_of};
use crate::model::{CoverageState, KINDS_THAT_RUN, Name, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Where the chart and distributions install Cilium (Deckhouse: `d8-cni-cilium`, Cozystack: `cozy-cilium`,
/// OpenShift: `cilium`).
const USUAL_NAMESPACES: &[&str] = &["kube-system", "cilium", "d8-cni-cilium", "cozy-cilium"];

/// An account of the chart and what it stands for.
struct Account {
    name: &'static str,
    kind: ComponentKind,
    workload: (&'static str, &'static str),
    privilege: Privilege,
}

const fn account(
    name: &'static str,
    kind: ComponentKind,
    workload: (&'static str, &'static str),
    privilege: Privilege,
) -> Account {
    Account { name, kind, workload, privilege }
}

use ComponentKind as Kind;
use Privilege::{Elevated, Ordinary, RootEquivalent};

/// What each account of the charts runs, and how privileged its containers are there (Cilium 1.20, Tetragon 1.7).
const ACCOUNTS: &[Account] = &[
    account("cilium", Kind::Agent, ("DaemonSet", "cilium"), RootEquivalent),
    account("cilium-operator", Kind::Operator, ("Deployment", "cilium-operator"), Elevated),
    account("cilium-envoy", Kind::Envoy, ("DaemonSet", "cilium-envoy"), RootEquivalent),
    account("cilium-pre-flight", Kind::Preflight, ("DaemonSet", "cilium-pre-flight-check"), Elevated),
    account("ztunnel-cilium", Kind::Ztunnel, ("DaemonSet", "ztunnel-cilium"), RootEquivalent),
    account(
        "clustermesh-apiserver",
        Kind::ClustermeshApiserver,
        ("Deployment", "clustermesh-apiserver"),
        Ordinary,
    ),
    account(
        "clustermesh-apiserver-generate-certs",
        Kind::Certgen,
        ("CronJob", "clustermesh-apiserver-generate-certs"),
        Ordinary,
    ),
    account("hubble-generate-certs", Kind::Certgen, ("CronJob", "hubble-generate-certs"), Ordinary),
    account("hubble-relay", Kind::HubbleRelay, ("Deployment", "hubble-relay"), Ordinary),
    account("hubble-ui", Kind::HubbleUi, ("Deployment", "hubble-ui"), Ordinary),
    account("tetragon", Kind::Tetragon, ("DaemonSet", "tetragon"), RootEquivalent),
    account(
        "tetragon-operator-service-account",
        Kind::TetragonOperator,
        ("Deployment", "tetragon-operator"),
        Ordinary,
    ),
];

/// SPIRE's accounts: Cilium's in the namespace `cilium-spire` only.
const SPIRE_ACCOUNTS: &[Account] = &[
    account("spire-agent", Kind::SpireAgent, ("DaemonSet", "spire-agent"), Elevated),
    account("spire-server", Kind::SpireServer, ("StatefulSet", "spire-server"), Elevated),
];

/// Accounts whose namespace runs the agent.
const BESIDE_THE_AGENT: &[&str] = &["cilium", "cilium-operator", "cilium-envoy"];
/// Roles and RoleBindings that the chart puts beside the agent, never into another namespace.
const ROLES_BESIDE_THE_AGENT: &[&str] = &["cilium-config-agent", "cilium-operator-ztunnel"];

/// Whether the input says nothing about what runs: no pod, no workload, and no list that was read and found empty.
pub(super) fn nothing_was_listed(snapshot: &Snapshot) -> bool {
    let read_whole =
        |kind: &&str| snapshot.coverage.get(*kind).is_some_and(|c| c.state == CoverageState::Present);
    snapshot.pods.is_empty() && snapshot.workloads.is_empty() && !KINDS_THAT_RUN.iter().any(read_whole)
}

/// The components of every namespace that holds something named for Cilium, else agents in the usual namespaces.
pub(super) fn everywhere(snapshot: &Snapshot) -> Vec<Component> {
    let names = Named::read(snapshot);
    let namespaces: BTreeSet<&Name> =
        names.accounts.keys().chain(names.beside_the_agent.iter()).filter(|ns| names.shows(ns)).collect();
    if namespaces.is_empty() {
        return USUAL_NAMESPACES.iter().map(|namespace| agent(&Name::from(*namespace))).collect();
    }
    namespaces.into_iter().flat_map(|namespace| names.components(namespace)).collect()
}

/// The components of one namespace, an agent whatever the input shows.
pub(super) fn in_namespace(snapshot: &Snapshot, namespace: &Name) -> Vec<Component> {
    let mut components = Named::read(snapshot).components(namespace);
    if !components.iter().any(|component| component.kind == Kind::Agent) {
        components.push(agent(namespace));
    }
    components
}

/// What the input names for Cilium.
struct Named {
    /// Accounts by namespace, of the input or of a binding.
    accounts: BTreeMap<Name, BTreeSet<Name>>,
    /// Namespaces with something that only the agent's namespace has.
    beside_the_agent: BTreeSet<Name>,
}

impl Named {
    fn read(snapshot: &Snapshot) -> Self {
        let mut accounts: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
        for account in &snapshot.service_accounts {
            accounts.entry(account.namespace.clone()).or_default().insert(account.name.clone());
        }
        for binding in &snapshot.bindings {
            for subject in &binding.subjects {
                if let Some(Identity::ServiceAccount { namespace, name }) = identity_of(binding, subject) {
                    accounts.entry(namespace).or_default().insert(name);
                }
            }
        }
        let roles = snapshot.roles.iter().map(|role| (&role.namespace, &role.name));
        let bindings = snapshot.bindings.iter().map(|binding| (&binding.namespace, &binding.name));
        let beside = roles
            .chain(bindings)
            .filter(|(_, name)| ROLES_BESIDE_THE_AGENT.contains(&&***name))
            .filter_map(|(namespace, _)| namespace.clone());
        let configs = snapshot.config_maps.iter().filter(|config| &*config.name == "cilium-config");
        let mut beside_the_agent: BTreeSet<Name> =
            beside.chain(configs.map(|c| c.namespace.clone())).collect();
        for (namespace, names) in &accounts {
            // Deckhouse names neither workload nor account for Cilium, but the namespace.
            if &**namespace == "d8-cni-cilium" || BESIDE_THE_AGENT.iter().any(|name| names.contains(*name)) {
                beside_the_agent.insert(namespace.clone());
            }
        }
        Named { accounts, beside_the_agent }
    }

    fn shows(&self, namespace: &Name) -> bool {
        self.beside_the_agent.contains(namespace) || !self.listed(namespace).is_empty()
    }

    /// The rows for a namespace's accounts.
    fn listed(&self, namespace: &Name) -> Vec<&'static Account> {
        let Some(names) = self.accounts.get(namespace) else { return Vec::new() };
        let spire = if &**namespace == "cilium-spire" { SPIRE_ACCOUNTS } else { &[] };
        ACCOUNTS.iter().chain(spire).filter(|account| names.contains(account.name)).collect()
    }

    fn components(&self, namespace: &Name) -> Vec<Component> {
        let mut components: Vec<Component> = self
            .listed(namespace)
            .into_iter()
            .filter(|account| account.kind != Kind::Agent)
            .map(|account| {
                let workload = (account.workload.0.into(), account.workload.1.into());
                assumed(account.kind, namespace, workload, Some(account.name.into()), account.privilege)
            })
            .collect();
        if self.beside_the_agent.contains(namespace) {
            components.push(agent(namespace));
        }
        components
    }
}

fn agent(namespace: &Name) -> Component {
    let (name, account) =
        if &**namespace == "d8-cni-cilium" { ("agent", None) } else { ("cilium", Some("cilium".into())) };
    assumed(Kind::Agent, namespace, ("DaemonSet".into(), name.into()), account, RootEquivalent)
}

fn assumed(
    kind: ComponentKind,
    namespace: &Name,
    workload: (Name, Name),
    service_account: Option<Name>,
    privilege: Privilege,
) -> Component {
    Component {
        kind,
        namespace: namespace.clone(),
        workload: Some(workload),
        service_account,
        version: None,
        pods: Vec::new(),
        workload_index: None,
        nodes: BTreeSet::new(),
        confidence: Confidence::Assumed,
        privilege,
        evidence: Vec::new(),
    }
}
