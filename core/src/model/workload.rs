//! Pods and the workloads that make them: the parts that decide what code in them may do.

use super::names::{Few, Labels, Location, Name};
use std::sync::Arc;

/// A Pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// Its labels.
    pub labels: Labels,
    /// The controller among its owners.
    pub owner: Option<OwnerRef>,
    /// A static pod's mirror (annotation `kubernetes.io/config.mirror`): it cannot be changed through the API.
    pub mirror: bool,
    /// The phase is Succeeded or Failed: nothing runs in it any more.
    pub finished: bool,
    /// What it runs.
    pub spec: PodSpec,
    /// Where it starts.
    pub at: Location,
}

/// The controlling owner of a pod or workload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnerRef {
    /// `kind`.
    pub kind: Name,
    /// `name`.
    pub name: Name,
}

/// A DaemonSet, Deployment, StatefulSet, ReplicaSet, ReplicationController, Job, CronJob or PodTemplate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Its kind.
    pub kind: &'static str,
    /// Its namespace.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
    /// The object's own labels.
    pub labels: Labels,
    /// The labels of the pods it makes.
    pub template_labels: Labels,
    /// The controller among its owners.
    pub owner: Option<OwnerRef>,
    /// `spec.replicas` (or `spec.suspend`, as 0) where it is set.
    pub replicas: Option<u32>,
    /// What its pods run.
    pub spec: PodSpec,
    /// Where it starts.
    pub at: Location,
}

/// The parts of a pod's spec that the rules read. Pods of one template, and of many, have parts in common, of which there is
/// one copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodSpec {
    /// `serviceAccountName`, else the deprecated `serviceAccount`.
    pub service_account: Option<Name>,
    /// `automountServiceAccountToken`.
    pub automount: Option<bool>,
    /// `nodeName`.
    pub node_name: Option<Name>,
    /// `hostNetwork`.
    pub host_network: bool,
    /// `hostPID`.
    pub host_pid: bool,
    /// `hostIPC`.
    pub host_ipc: bool,
    /// `hostUsers`; `Some(false)` puts the pod in a user namespace.
    pub host_users: Option<bool>,
    /// `securityContext` of the pod; a container's own fields win over it, field by field.
    pub security: Arc<SecurityContext>,
    /// `volumes`.
    pub volumes: Arc<[Volume]>,
    /// Containers, init containers and ephemeral containers, in that order.
    pub containers: Few<Container>,
}

impl PodSpec {
    /// The name of the account that it runs as: the API server sets `default` where none is named
    /// (Kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go).
    pub fn account(&self) -> &str {
        self.service_account.as_deref().unwrap_or("default")
    }
}

/// One container of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: Name,
    /// Which list it stood in.
    pub kind: ContainerKind,
    /// `image`.
    pub image: Option<Name>,
    /// The first element of `command`; arguments are never kept.
    pub command: Option<Name>,
    /// `stdin`: attach gives input to the running process.
    pub stdin: bool,
    /// Its security context, with the AppArmor annotation of older versions folded in.
    pub security: Arc<SecurityContext>,
    /// `volumeMounts`.
    pub mounts: Arc<[Mount]>,
    /// Where the item starts.
    pub at: Location,
}

/// Which list a container stood in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerKind {
    /// `containers`: runs as long as the pod.
    Main,
    /// `initContainers` with `restartPolicy: Always`: runs as long as the pod.
    Sidecar,
    /// `initContainers`: runs before the pod starts.
    Init,
    /// `ephemeralContainers`: injected later.
    Ephemeral,
}

/// A `SecurityContext` or `PodSecurityContext`: the union of the fields that the rules read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SecurityContext {
    /// `privileged`.
    pub privileged: Option<bool>,
    /// `allowPrivilegeEscalation`.
    pub allow_privilege_escalation: Option<bool>,
    /// `capabilities`.
    pub capabilities: Capabilities,
    /// `runAsUser`.
    pub run_as_user: Option<i64>,
    /// `runAsNonRoot`.
    pub run_as_non_root: Option<bool>,
    /// `appArmorProfile.type`, or `unconfined` from the annotation of versions before 1.30.
    pub app_armor: Option<Name>,
    /// `seccompProfile.type`.
    pub seccomp: Option<Name>,
    /// `seLinuxOptions.type`.
    pub se_linux_type: Option<Name>,
    /// `procMount`.
    pub proc_mount: Option<Name>,
}

/// `capabilities`, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Capabilities {
    /// `add`.
    pub add: Vec<Name>,
    /// `drop`.
    pub drop: Vec<Name>,
}

/// One volume of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Volume {
    /// Its name.
    pub name: Name,
    /// What is in it.
    pub source: VolumeSource,
}

/// What a volume holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum VolumeSource {
    /// `hostPath.path`.
    HostPath(Name),
    /// `secret.secretName`.
    Secret(Name),
    /// `configMap.name`.
    ConfigMap(Name),
    /// `persistentVolumeClaim.claimName`.
    Claim(Name),
    /// `projected`.
    Projected {
        /// Whether one source is a `serviceAccountToken` for the API server.
        token: bool,
        /// The Secrets among the sources.
        secrets: Vec<Name>,
    },
    /// Anything else.
    Other,
}

/// One item of `volumeMounts`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mount {
    /// The volume's name.
    pub volume: Name,
    /// `mountPath`.
    pub path: Name,
    /// `readOnly`.
    pub read_only: bool,
    /// `mountPropagation: Bidirectional`.
    pub bidirectional: bool,
}
