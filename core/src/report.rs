//! The report: the one shape that every format and both shells draw; field names are API.

mod evidence;
mod finding;
mod nothing;

pub use evidence::{
    Authorizer, BindingEvidence, Certainty, Evidence, RequestRef, RoleEvidence, RuleEvidence, Source, Step,
    SubjectEvidence,
};
pub use finding::{Acceptance, Expectation, Finding, HeldBy, Members, Path, Remediation, Target};
pub use nothing::{EXPORT_COMMANDS, Nothing};

use serde::{Deserialize, Serialize};

/// `apiVersion` of the report.
pub const API_VERSION: &str = "cilium-exec-check/v1";

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessReport {
    /// Always `cilium-exec-check/v1`.
    pub api_version: String,
    /// Always `AccessReport`.
    pub kind: String,
    /// What wrote it.
    pub tool: Tool,
    /// What was read.
    pub input: Input,
    /// What was taken for Cilium, and why; sorted by namespace, component and workload.
    pub cilium: Vec<Component>,
    /// The answer.
    pub verdict: Verdict,
    /// One per identity: expected ones last, then by severity, then by identity.
    pub findings: Vec<Finding>,
    /// What is worth knowing and no finding; sorted.
    pub notes: Vec<Note>,
    /// Identities that have blocked paths only.
    pub blocked: Vec<BlockedIdentity>,
    /// What exported YAML cannot show.
    pub limits: Vec<String>,
    /// What was odd about the input; sorted by place.
    pub diagnostics: Vec<DiagnosticRef>,
}

/// What wrote the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `cilium-exec-check`.
    pub name: String,
    /// The version of the core.
    pub version: String,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The sources, sorted by name.
    pub sources: Vec<SourceRef>,
    /// `1.34`, or null where it is unknown.
    pub kubernetes_version: Option<String>,
    /// `flag`, `nodes`, `server` or `unknown`.
    pub kubernetes_version_source: VersionSource,
    /// Every kind that decides the verdict was there as a whole.
    pub complete: bool,
    /// One entry per kind that the check reads.
    pub coverage: Vec<CoverageRef>,
    /// What if: the grants that are in the input and were left out of the analysis, as `--without` takes them; sorted.
    /// A report that names any says nothing about the cluster as it is.
    #[serde(default)]
    pub without: Vec<String>,
}

/// Where the Kubernetes version was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum VersionSource {
    /// `--kubernetes-version`: exact.
    Flag,
    /// The newest kubelet: a lower bound.
    Nodes,
    /// `kubectl version` output: exact.
    Server,
    /// Nothing said it: everything from 1.24 on is possible.
    Unknown,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceRef {
    /// As it was given.
    pub name: String,
    /// Bytes read.
    pub bytes: u64,
    /// Objects found in it.
    pub objects: u64,
}

/// What the input says of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CoverageRef {
    /// The kind.
    pub kind: String,
    /// Whether it can be relied on.
    pub state: KindState,
    /// Objects of the kind.
    pub objects: u64,
    /// Why it is partial or denied; null otherwise.
    pub reason: Option<String>,
}

/// How much of a kind was in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum KindState {
    /// Objects, or an empty typed list.
    Present,
    /// Nothing of the kind.
    Absent,
    /// Some objects are missing or in doubt.
    Partial,
    /// The server refused the list.
    Denied,
}

impl KindState {
    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            KindState::Present => "present",
            KindState::Absent => "absent",
            KindState::Partial => "partial",
            KindState::Denied => "denied",
        }
    }
}

/// One component that was taken for Cilium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// `agent`, `operator`, `envoy` and so on.
    pub component: String,
    /// Its namespace.
    pub namespace: String,
    /// The workload that makes its pods; null for a bare pod.
    pub workload: Option<WorkloadRef>,
    /// The account its pods run as.
    pub service_account: Option<String>,
    /// `1.18.12`, from the image tag or a label; null where neither tells.
    pub version: Option<String>,
    /// Pods in the input.
    pub pods: u64,
    /// The nodes those pods run on, sorted.
    pub nodes: Vec<String>,
    /// `confirmed`, `probable`, `possible` or `assumed`.
    pub confidence: String,
    /// `root-equivalent`, `elevated` or `ordinary`.
    pub privilege: String,
    /// Why it is that privileged.
    pub evidence: Vec<PrivilegeRef>,
}

/// A workload by kind and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkloadRef {
    /// `DaemonSet`, `Deployment` and so on; `Pod` where nothing owns it.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// One reason for a component's privilege.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PrivilegeRef {
    /// The container.
    pub container: String,
    /// `cap-sys-admin`, `privileged`, `host-path-rw` and so on.
    pub code: String,
    /// In words.
    pub detail: String,
    /// Where the container is declared.
    pub source: Option<Source>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Looks at what is not expected.
    pub state: VerdictState,
    /// The counts are a lower bound, because the input is incomplete.
    pub at_least: bool,
    /// Unexpected findings with the effect exec, node-root or identity: the headline's number.
    pub privileged: u64,
    /// Findings by what they count as; disjoint.
    pub counts: Counts,
}

/// Whether privileged Cilium access was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VerdictState {
    /// At least one counting, unexpected path to exec, node-root or identity.
    Reachable,
    /// None, and the input was complete.
    NotReached,
    /// None, but the input was incomplete.
    Unknown,
}

/// Findings by what they count as: expected first, then accepted, baseline, severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// Critical.
    pub critical: u64,
    /// High.
    pub high: u64,
    /// Medium.
    pub medium: u64,
    /// Low.
    pub low: u64,
    /// Shipped defaults.
    pub expected: u64,
    /// Accepted by the accept file.
    pub accepted: u64,
    /// In the baseline.
    pub baseline: u64,
}

/// Something worth knowing that is no finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// What kind of note, in kebab case.
    pub code: String,
    /// In words.
    pub message: String,
    /// The object it is about.
    pub object: Option<NoteObject>,
}

/// The object of a note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoteObject {
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub source: Option<Source>,
}

/// An identity that has blocked paths only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockedIdentity {
    /// Who.
    pub identity: EntityRef,
    /// What stands in the way of what.
    pub paths: Vec<Path>,
}

/// Something odd about the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiagnosticRef {
    /// What kind of oddity, in kebab case.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where; line and column are 0 where the whole source is meant.
    pub source: Option<Source>,
}

/// Whose finding it is, and what a step leads from and to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityRef {
    /// User, Group, ServiceAccount, Node, NodeRoot, Pod, Workload, Namespace, Secret, ConfigMap, Service, Resource
    /// or ClusterAdmin.
    pub kind: String,
    /// The namespace of a namespaced thing.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}
