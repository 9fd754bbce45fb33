//! A report → whether there was anything to check at all.

use super::{AccessReport, CoverageRef, KindState};
use crate::model::KINDS_THAT_RUN;

/// Kinds without any of which there is nothing to judge.
const RBAC: [&str; 4] = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

/// What to export so that everything can be checked: read-only commands of at most 110 columns. Secrets are left out:
/// their data must not leave the cluster.
pub const EXPORT_COMMANDS: [&str; 2] = [
    "kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts -A -o yaml > rbac.yaml",
    "kubectl get pods,namespaces,nodes,daemonsets,deployments -A -o yaml > cluster.yaml",
];

/// Why there is nothing to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// No RBAC kind is there in any way.
    NoRbac,
    /// What runs was read whole, and none of it is Cilium.
    NoCilium,
}

impl Nothing {
    /// That there is nothing to check, and why, in one sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Nothing::NoRbac => "There is nothing to check: no RBAC object is in the input.",
            Nothing::NoCilium => {
                "There is nothing to check: none of the pods and workloads in the input is Cilium's."
            }
        }
    }
}

impl AccessReport {
    /// Why nothing could be checked, if so. Where Cilium runs may have been `told` instead of found.
    pub fn nothing_to_check(&self, told: bool) -> Option<Nothing> {
        let coverage = &self.input.coverage;
        if states(coverage, &RBAC).all(|state| state == KindState::Absent) {
            return Some(Nothing::NoRbac);
        }
        let seen = self
            .cilium
            .iter()
            .any(|component| matches!(component.confidence.as_str(), "confirmed" | "probable"));
        if seen || told {
            return None;
        }
        let whole = states(coverage, &KINDS_THAT_RUN).any(|state| state == KindState::Present);
        let doubtful = states(coverage, &KINDS_THAT_RUN)
            .any(|state| matches!(state, KindState::Partial | KindState::Denied));
        (whole && !doubtful).then_some(Nothing::NoCilium)
    }
}

fn states<'a>(coverage: &'a [CoverageRef], kinds: &'a [&str]) -> impl Iterator<Item = KindState> + 'a {
    coverage.iter().filter(|kind| kinds.contains(&kind.kind.as_str())).map(|kind| kind.state)
}
