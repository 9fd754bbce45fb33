//! What of a snapshot is Cilium: components, how sure that is, and how privileged each one is.

mod assumed;
mod capabilities;
mod host_paths;
mod judge;
mod neighbours;
mod privilege;
mod signatures;
mod version;
mod workloads;

pub use neighbours::{Neighbour, root_equivalent_neighbours};
pub use privilege::{container_privilege, is_root_equivalent, privilege};

use crate::authorizer::RoleTable;
use crate::model::{Location, Name, Snapshot};
use std::collections::BTreeSet;
use workloads::Group;

/// Which part of Cilium something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum ComponentKind {
    Agent,
    Operator,
    Envoy,
    NodeInit,
    Preflight,
    HubbleRelay,
    HubbleUi,
    Certgen,
    ClustermeshApiserver,
    SpireAgent,
    SpireServer,
    Ztunnel,
    Tetragon,
    TetragonOperator,
}

impl ComponentKind {
    /// The component as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            ComponentKind::Agent => "agent",
            ComponentKind::Operator => "operator",
            ComponentKind::Envoy => "envoy",
            ComponentKind::NodeInit => "node-init",
            ComponentKind::Preflight => "preflight",
            ComponentKind::HubbleRelay => "hubble-relay",
            ComponentKind::HubbleUi => "hubble-ui",
            ComponentKind::Certgen => "certgen",
            ComponentKind::ClustermeshApiserver => "clustermesh-apiserver",
            ComponentKind::SpireAgent => "spire-agent",
            ComponentKind::SpireServer => "spire-server",
            ComponentKind::Ztunnel => "ztunnel",
            ComponentKind::Tetragon => "tetragon",
            ComponentKind::TetragonOperator => "tetragon-operator",
        }
    }
}

/// How sure it is that something is what it seems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing shows it: taken from RBAC objects and accounts named for Cilium, or from the usual namespaces.
    Assumed,
    /// A label or a name alone: noted, never a target.
    Possible,
    /// Two independent signals.
    Probable,
    /// What it runs shows it.
    Confirmed,
}

/// What code in a container can do to its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privilege {
    /// Nothing beyond its own container.
    Ordinary,
    /// Something beyond it, but not root on the node.
    Elevated,
    /// Root on its node.
    RootEquivalent,
}

/// One reason for a container's privilege.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrivilegeEvidence {
    /// The container.
    pub container: Name,
    /// `cap-sys-admin`, `privileged` and so on; API.
    pub code: String,
    /// In words.
    pub detail: String,
    /// What this reason alone amounts to.
    pub level: Privilege,
    /// Where the container starts.
    pub at: Location,
}

/// One workload (or bare pod) that is part of Cilium, with its pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Which part.
    pub kind: ComponentKind,
    /// Its namespace.
    pub namespace: Name,
    /// Kind and name of the workload; `None` for a bare pod.
    pub workload: Option<(Name, Name)>,
    /// The account it runs as; `default` where the spec names none, `None` only when assumed.
    pub service_account: Option<Name>,
    /// `1.18.12`, from the image tag, else from a label.
    pub version: Option<String>,
    /// Indices into [`Snapshot::pods`], finished pods excluded.
    pub pods: Vec<usize>,
    /// Index into [`Snapshot::workloads`], where the workload is in the input.
    pub workload_index: Option<usize>,
    /// The nodes its pods run on.
    pub nodes: BTreeSet<Name>,
    /// How sure.
    pub confidence: Confidence,
    /// The highest of its running containers.
    pub privilege: Privilege,
    /// Why, for running containers.
    pub evidence: Vec<PrivilegeEvidence>,
}

/// What of a snapshot is Cilium.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installation {
    /// Sorted by (namespace, kind, workload).
    pub components: Vec<Component>,
}

impl Component {
    /// Whether it is sure enough to be a target: a label or a name alone is a claim.
    pub fn is_target(&self) -> bool {
        self.confidence != Confidence::Possible
    }
}

impl Installation {
    /// The namespaces in which Cilium runs, or is assumed to.
    pub fn namespaces(&self) -> BTreeSet<Name> {
        self.components.iter().filter(|c| c.is_target()).map(|c| c.namespace.clone()).collect()
    }

    /// The namespaces whose accounts may be the chart's: those of confirmed components, so that a pod that borrows names
    /// and labels does not make the accounts beside it expected; where nothing is confirmed, all of [`Self::namespaces`].
    pub fn chart_namespaces(&self) -> BTreeSet<Name> {
        let sure = self
            .components
            .iter()
            .filter(|c| matches!(c.confidence, Confidence::Confirmed | Confidence::Assumed));
        let sure: BTreeSet<Name> = sure.map(|component| component.namespace.clone()).collect();
        if sure.is_empty() { self.namespaces() } else { sure }
    }

    /// What only claims to be Cilium, by a label or a name: worth a note, never a target.
    pub fn claims(&self) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(|component| !component.is_target())
    }
}

/// Finds Cilium. `namespaces` (from `--cilium-namespace`) override detection where not empty: only components there
/// count, and a namespace in which none is found gets the usual ones, assumed.
pub fn detect(snapshot: &Snapshot, roles: &RoleTable<'_>, namespaces: &[Name]) -> Installation {
    let hinted = judge::hinted(snapshot);
    let groups = workloads::groups(snapshot, |namespace| hinted.contains(namespace));
    let context = judge::Context::new(snapshot, roles, &groups);
    let mut components: Vec<Component> = groups
        .iter()
        .filter(|group| namespaces.is_empty() || namespaces.contains(&group.namespace))
        .filter_map(|group| component(snapshot, group, &context))
        .collect();
    if !namespaces.is_empty() {
        for namespace in namespaces.iter().collect::<BTreeSet<_>>() {
            if !components.iter().any(|c| c.namespace == *namespace && c.is_target()) {
                components.extend(assumed::in_namespace(snapshot, namespace));
            }
        }
    } else if assumed::nothing_was_listed(snapshot) {
        components.extend(assumed::everywhere(snapshot));
    }
    components.sort_by(|a, b| {
        (&a.namespace, a.kind, &a.workload, &a.pods).cmp(&(&b.namespace, b.kind, &b.workload, &b.pods))
    });
    Installation { components }
}

/// A workload with its pods as a component of Cilium; `None` where it is none.
fn component(snapshot: &Snapshot, group: &Group<'_>, context: &judge::Context) -> Option<Component> {
    let (kind, confidence) = judge::judge(group, context)?;
    let (privilege, evidence) = workloads::privilege(group);
    let account = group.templates.first().and_then(|template| template.spec.service_account.clone());
    let pods = group.pods.iter().filter_map(|index| snapshot.pods.get(*index));
    Some(Component {
        kind,
        namespace: group.namespace.clone(),
        workload: group.workload.clone(),
        service_account: Some(account.unwrap_or_else(|| "default".into())),
        version: version::version(kind, &group.templates),
        pods: group.pods.clone(),
        workload_index: group.workload_index,
        nodes: pods.filter_map(|pod| pod.spec.node_name.clone()).collect(),
        confidence,
        privilege,
        evidence,
    })
}
