//! What of a snapshot is Cilium: components, how sure that is, and how privileged each one is.

use crate::model::{Location, Name, PodSpec, Snapshot};
use std::collections::BTreeSet;

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

/// Finds Cilium. `namespaces` (from `--cilium-namespace`) override detection where not empty.
pub fn detect(_snapshot: &Snapshot, _namespaces: &[Name]) -> Installation {
    Installation::default()
}

/// How privileged code in the running containers of a pod is, and why; `running` false judges init containers too.
pub fn privilege(_spec: &PodSpec) -> (Privilege, Vec<PrivilegeEvidence>) {
    (Privilege::Ordinary, Vec::new())
}
