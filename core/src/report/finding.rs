//! A finding: one identity, what it gains, and the paths that lead there.

use super::evidence::{Certainty, Step};
use super::{EntityRef, WorkloadRef};
use crate::technique::{Effect, Severity};
use serde::{Deserialize, Serialize};

/// Everything one identity gains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// SHA-256 over the identity and its sorted (effect, first technique, target namespace, severity) of counting,
    /// unexpected paths.
    pub fingerprint: String,
    /// Who.
    pub identity: EntityRef,
    /// The highest of its counting, unexpected paths; of all its paths where every one is expected.
    pub severity: Severity,
    /// What it gains, in the order of the contract.
    pub effects: Vec<Effect>,
    /// Ids of the techniques on its paths, sorted.
    pub techniques: Vec<String>,
    /// Set when all its paths are shipped defaults.
    pub expected: Option<Expectation>,
    /// Set when the accept file covers all its unexpected paths.
    pub accepted: Option<Acceptance>,
    /// The baseline holds its fingerprint.
    pub baseline: bool,
    /// The pods that run as it.
    pub held_by: HeldBy,
    /// The members of a group, as far as the input shows them.
    pub members: Members,
    /// Paths beyond the hundred that are listed.
    pub paths_omitted: u64,
    /// The worst, then the shortest.
    pub paths: Vec<Path>,
    /// What closes it.
    pub remediation: Vec<Remediation>,
}

impl Finding {
    /// Whether it is neither expected, accepted nor in the baseline.
    pub fn is_open(&self) -> bool {
        self.expected.is_none() && self.accepted.is_none() && !self.baseline
    }
}

/// Why something is expected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expectation {
    /// `default-rbac`, `cilium-chart`, `control-plane` or `node`.
    pub reason: String,
    /// In words.
    pub detail: String,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acceptance {
    /// The entry's reason.
    pub reason: String,
    /// The entry's date.
    pub expires: Option<String>,
    /// Which entry.
    pub rule: String,
}

/// The pods that run as an identity: whoever runs code there holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeldBy {
    /// How many.
    pub pods: u64,
    /// The first few, as `namespace/name`.
    pub examples: Vec<String>,
}

/// The members of a group that the input shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Members {
    /// ServiceAccounts that are in it by their namespace.
    pub service_accounts: u64,
    /// The first few, as `namespace/name`.
    pub examples: Vec<String>,
}

/// One way from the identity to an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Path {
    /// What it gains.
    pub effect: Effect,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// What it needs that YAML does not show, or what blocks it.
    pub conditions: Vec<String>,
    /// Set when every grant of its first step is a shipped default.
    pub expected: Option<Expectation>,
    /// What is reached.
    pub target: Option<Target>,
    /// The steps, first to last.
    pub steps: Vec<Step>,
}

impl Path {
    /// Whether nothing in the input stands in its way.
    pub fn counts(&self) -> bool {
        self.certainty != Certainty::Blocked
    }
}

/// The Cilium workload that a path reaches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Target {
    /// Its namespace; null where it has none.
    pub namespace: Option<String>,
    /// The workload; null for a bare pod's.
    pub workload: Option<WorkloadRef>,
    /// The pods that the path reaches, as far as the input shows them.
    pub pods: u64,
    /// The nodes they run on.
    pub nodes: u64,
}

/// One change that closes findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Remediation {
    /// In one sentence.
    pub summary: String,
    /// kubectl commands.
    pub commands: Vec<String>,
    /// Whole objects to apply, as YAML; null where the commands do it.
    pub manifest: Option<String>,
    /// The fingerprints of the findings that are gone afterwards.
    pub closes: Vec<String>,
    /// What else stops working.
    pub breaks: Vec<String>,
    /// The grants that it takes away, as `--without` takes them to show what would be left.
    #[serde(default)]
    pub without: Vec<String>,
}
