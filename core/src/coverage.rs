//! What the input says of each kind → the report's coverage, and whether the verdict can be complete.

use crate::model::{CoverageState, Snapshot};
use crate::report::{CoverageRef, KindState};

/// The kinds that must be there as a whole for a complete verdict.
pub const REQUIRED_KINDS: [&str; 8] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Pod",
    "Namespace",
    "ServiceAccount",
    "Node",
];

/// The other kinds that the check reads, which a cluster may lack.
pub const OPTIONAL_KINDS: [&str; 20] = [
    "DaemonSet",
    "Deployment",
    "StatefulSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "PodTemplate",
    "Secret",
    "ConfigMap",
    "Service",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

/// One entry per kind, required ones first.
pub fn coverage(snapshot: &Snapshot) -> Vec<CoverageRef> {
    let kinds = REQUIRED_KINDS.iter().chain(&OPTIONAL_KINDS);
    kinds
        .map(|kind| {
            let found = snapshot.coverage.get(kind);
            let reasons = found.map(|coverage| coverage.reasons.join("; ")).filter(|text| !text.is_empty());
            CoverageRef {
                kind: (*kind).to_owned(),
                state: found.map_or(KindState::Absent, |coverage| state(coverage.state)),
                objects: found.map_or(0, |coverage| coverage.objects),
                reason: reasons,
            }
        })
        .collect()
}

/// Whether every required kind is there as a whole.
pub fn is_complete(coverage: &[CoverageRef]) -> bool {
    let present =
        |kind: &str| coverage.iter().any(|item| item.kind == kind && item.state == KindState::Present);
    REQUIRED_KINDS.iter().all(|kind| present(kind))
}

fn state(state: CoverageState) -> KindState {
    match state {
        CoverageState::Absent => KindState::Absent,
        CoverageState::Present => KindState::Present,
        CoverageState::Denied => KindState::Denied,
        CoverageState::Partial => KindState::Partial,
    }
}
