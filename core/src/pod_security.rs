//! Pod Security Admission: which level a namespace enforces, as far as its labels tell.

use crate::model::Snapshot;
use crate::report::Certainty;
use crate::version::Judgement;

/// The label that sets the level a namespace enforces (k8s.io/pod-security-admission, api/constants.go).
pub const ENFORCE_LABEL: &str = "pod-security.kubernetes.io/enforce";

/// The level that a namespace enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodSecurityLevel {
    /// Everything is admitted; also where no label is set, unless the server's configuration says otherwise.
    Privileged,
    /// Known privilege escalations are refused.
    Baseline,
    /// Hardened pods only; also where the label has a value that is no level.
    Restricted,
    /// The Namespace is not in the input.
    Unknown,
}

/// The level that a namespace enforces.
pub fn enforced(snapshot: &Snapshot, namespace: &str) -> PodSecurityLevel {
    let found = snapshot.namespaces.binary_search_by(|item| (*item.name).cmp(namespace)).ok();
    let Some(namespace) = found.and_then(|index| snapshot.namespaces.get(index)) else {
        return PodSecurityLevel::Unknown;
    };
    match namespace.labels.get(ENFORCE_LABEL).map(|level| &**level) {
        None | Some("privileged") => PodSecurityLevel::Privileged,
        Some("baseline") => PodSecurityLevel::Baseline,
        Some(_) => PodSecurityLevel::Restricted,
    }
}

/// Judges a step that needs the namespace to admit privileged pods.
pub fn admits_privileged(snapshot: &Snapshot, namespace: &str) -> Judgement {
    let says = |level: &str| format!("namespace `{namespace}` enforces pod security level {level}");
    match enforced(snapshot, namespace) {
        PodSecurityLevel::Privileged => (Certainty::Certain, None),
        PodSecurityLevel::Baseline => (Certainty::Blocked, Some(says("baseline"))),
        PodSecurityLevel::Restricted => (Certainty::Blocked, Some(says("restricted"))),
        PodSecurityLevel::Unknown => (
            Certainty::Conditional,
            Some(format!(
                "needs namespace `{namespace}` to admit privileged pods; the Namespace is not in the input"
            )),
        ),
    }
}
