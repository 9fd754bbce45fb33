//! Techniques: the one table of ways in, what each requires, and what it gains.

mod alternatives;
mod catalogue;
mod formula;
mod reach;
mod requirement;

pub use alternatives::{Alternative, alternatives};
pub use catalogue::{CATALOGUE, find};
pub use reach::Reach;
pub use requirement::{Fact, NamePattern, RequestPattern, Requirement, Scope};

use serde::{Deserialize, Serialize};

/// What an identity gains. The first three are privileged Cilium access. The order is the contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Runs code inside a privileged Cilium container.
    Exec,
    /// Root on a node that runs a Cilium agent.
    NodeRoot,
    /// Acts as a Cilium ServiceAccount.
    Identity,
    /// Changes what Cilium does without running code in it.
    Control,
    /// Reaches endpoints of Cilium pods.
    Network,
    /// Deletes, evicts or moves Cilium pods.
    Disrupt,
}

impl Effect {
    /// The effect as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Exec => "exec",
            Effect::NodeRoot => "node-root",
            Effect::Identity => "identity",
            Effect::Control => "control",
            Effect::Network => "network",
            Effect::Disrupt => "disrupt",
        }
    }

    /// Whether it is privileged Cilium access.
    pub fn is_privileged(self) -> bool {
        self.runs_code() || self == Effect::Identity
    }

    /// Whether it is code in privileged Cilium or root on its node: what comes after it counts no more.
    pub fn runs_code(self) -> bool {
        matches!(self, Effect::Exec | Effect::NodeRoot)
    }
}

/// How bad something is. A technique of severity `None` never makes a finding, and no report holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a note at most.
    None,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// The severity as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::None => "none",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What kind of step a technique is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// One API call into the Cilium container.
    Direct,
    /// One API call to Cilium's network endpoints.
    DirectNetwork,
    /// Through a node or a new pod.
    Indirect,
    /// Yields another identity or fact.
    Amplifier,
    /// Controls Cilium without running code in it.
    Control,
    /// An enabler only.
    Context,
    /// A state, not a request.
    Derived,
    /// Information only.
    Info,
    /// Availability.
    Disruption,
    /// Explicitly no way in.
    NoWayIn,
    /// Not visible in YAML.
    Limit,
}

impl Class {
    /// The class in words, as the catalogue prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Direct => "direct",
            Class::DirectNetwork => "direct, network only",
            Class::Indirect => "indirect",
            Class::Amplifier => "amplifier",
            Class::Control => "control",
            Class::Context => "context",
            Class::Derived => "derived",
            Class::Info => "information",
            Class::Disruption => "disruption",
            Class::NoWayIn => "no way in",
            Class::Limit => "limit",
        }
    }
}

/// One entry of the catalogue: what the engine runs, and what every text about it is printed from.
#[derive(Debug, Clone, Copy)]
pub struct Technique {
    /// Its id, in kebab case; API.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// A verb phrase for the table, as `exec into`; the target's name follows.
    pub phrase: &'static str,
    /// How it works, in one or two sentences.
    pub mechanism: &'static str,
    /// What kind of step it is.
    pub class: Class,
    /// What must be allowed.
    pub requires: Requirement,
    /// What it does, for the engine: which objects it is tried on, and where it leads.
    pub reach: Reach,
    /// What whoever does it has afterwards.
    pub gains: &'static str,
    /// The ceiling of every path that uses it.
    pub severity: Severity,
    /// Why that severity.
    pub severity_reason: &'static str,
    /// What else must hold.
    pub preconditions: &'static [&'static str],
    /// How the answer depends on the Kubernetes version.
    pub versions: &'static str,
    /// MITRE ATT&CK ids.
    pub mitre: &'static [&'static str],
    /// Names in Microsoft's threat matrix for Kubernetes.
    pub microsoft: &'static [&'static str],
    /// Recommendations of the CIS Kubernetes Benchmark.
    pub cis: &'static [&'static str],
    /// What to change.
    pub remediation: &'static str,
    /// A filter over audit log entries that shows its use.
    pub audit: &'static str,
    /// Where the facts come from.
    pub references: &'static [&'static str],
}
