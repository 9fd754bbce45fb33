//! The snapshot: the objects of one cluster, slimmed to what the rules read, each with its place in the input.

mod names;
mod rbac;
mod workload;

pub(crate) use names::hash;
pub use names::{Few, Labels, Location, Name, ObjectKey, SourceId};
pub use rbac::{
    Binding, LabelSelector, PolicyRule, Role, RoleRef, RuleLists, SelectorOperator, SelectorRequirement,
    Subject,
};
pub use workload::{
    Capabilities, Container, ContainerKind, Mount, OwnerRef, Pod, PodSpec, SecurityContext, Volume,
    VolumeSource, Workload,
};

use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;

/// Pods and everything that makes them: where one of these kinds was read, it shows Cilium if that is there.
pub const KINDS_THAT_RUN: [&str; 9] = [
    "Pod",
    "DaemonSet",
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "PodTemplate",
];

/// Everything that was read, merged over all sources and sorted, so that the order of input does not show.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The sources, sorted by name; a [`SourceId`] is an index into this list.
    pub sources: Vec<SourceInfo>,
    /// `ClusterRole`s and `Role`s, sorted by (kind, namespace, name, location).
    pub roles: Vec<Role>,
    /// `ClusterRoleBinding`s and `RoleBinding`s, sorted likewise.
    pub bindings: Vec<Binding>,
    /// Pods, sorted by (namespace, name).
    pub pods: Vec<Pod>,
    /// Everything that makes pods from a template, sorted by (kind, namespace, name).
    pub workloads: Vec<Workload>,
    /// ServiceAccounts, sorted by (namespace, name).
    pub service_accounts: Vec<ServiceAccount>,
    /// Namespaces, sorted by name.
    pub namespaces: Vec<Namespace>,
    /// Nodes, sorted by name.
    pub nodes: Vec<Node>,
    /// Secrets without their data, sorted by (namespace, name).
    pub secrets: Vec<Secret>,
    /// ConfigMaps without their data, sorted by (namespace, name).
    pub config_maps: Vec<ObjectKey>,
    /// Services, sorted by (namespace, name).
    pub services: Vec<Service>,
    /// PersistentVolumes and PersistentVolumeClaims, sorted by (kind, namespace, name).
    pub volumes: Vec<PersistentVolume>,
    /// CRDs, webhook configurations and admission policies, known by kind and name only.
    pub named: Vec<NamedObject>,
    /// What the input says of each kind the check reads, by kind; a kind without an entry is absent.
    pub coverage: BTreeMap<&'static str, Coverage>,
    /// The API server's (major, minor), from `kubectl version` output.
    pub server_version: Option<(u32, u32)>,
    /// Objects and documents of kinds that no rule reads: how many of each kind.
    pub ignored: BTreeMap<String, u64>,
    /// Everything odd about the input, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// One file, archive member or stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// The name as it was given; `ARCHIVE/MEMBER` inside archives.
    pub name: String,
    /// Bytes read.
    pub bytes: u64,
    /// Kubernetes objects found, ignored kinds included.
    pub objects: u64,
}

/// What the input says of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Whether the kind can be relied on.
    pub state: CoverageState,
    /// Objects of the kind, after the same object given twice was made one.
    pub objects: u64,
    /// Why it is partial or denied; sorted, without doubles.
    pub reasons: Vec<String>,
}

/// How much of a kind was in the input; a later variant wins over an earlier one, but for `Denied`, which loses
/// to `Partial` where some objects were read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CoverageState {
    /// Nothing of the kind was in the input.
    #[default]
    Absent,
    /// Objects, or an empty typed list.
    Present,
    /// The server refused the list.
    Denied,
    /// Some objects are missing or in doubt.
    Partial,
}

/// A ServiceAccount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// `automountServiceAccountToken`.
    pub automount: Option<bool>,
    /// Where it starts.
    pub at: Location,
}

/// A Namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: Name,
    /// Its labels.
    pub labels: Labels,
    /// Where it starts.
    pub at: Location,
}

/// A Node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: Name,
    /// Its labels.
    pub labels: Labels,
    /// The kubelet's (major, minor), from `status.nodeInfo.kubeletVersion`.
    pub kubelet_version: Option<(u32, u32)>,
    /// Where it starts.
    pub at: Location,
}

/// A Secret: metadata and type only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// `type`, as `kubernetes.io/service-account-token`.
    pub secret_type: Option<Name>,
    /// The account named by the annotation `kubernetes.io/service-account.name`.
    pub service_account: Option<Name>,
    /// Where it starts.
    pub at: Location,
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// `spec.selector`.
    pub selector: Labels,
    /// Where it starts.
    pub at: Location,
}

/// A PersistentVolume or PersistentVolumeClaim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersistentVolume {
    /// `PersistentVolume` or `PersistentVolumeClaim`.
    pub kind: &'static str,
    /// Its namespace; empty for a PersistentVolume.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// `spec.hostPath.path` or `spec.local.path` of a volume.
    pub host_path: Option<Name>,
    /// `spec.volumeName` of a claim.
    pub volume_name: Option<Name>,
    /// Where it starts.
    pub at: Location,
}

/// An object known by kind and name only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedObject {
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: Name,
    /// Where it starts.
    pub at: Location,
}
