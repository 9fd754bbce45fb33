//! What Kubernetes and the Cilium chart ship, so that only the difference is a finding.

use crate::model::{Binding, Name, PolicyRule, Role, Subject};

/// Who ships a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShippedBy {
    /// Kubernetes' bootstrap policy.
    DefaultRbac,
    /// kubeadm, or the control plane's own identities.
    ControlPlane,
    /// The Cilium or Tetragon chart.
    CiliumChart,
}

/// Says whether a grant is shipped: this rule under a role of this name, bound to this subject by a binding of this
/// name, as some supported version has it. `cilium_namespaces` are where Cilium runs: the chart's namespace is not
/// fixed. Labels are never read. The text says what ships it, for people.
pub fn shipped(
    _binding: &Binding,
    _subject: &Subject,
    _role: &Role,
    _rule: &PolicyRule,
    _cilium_namespaces: &[Name],
) -> Option<(ShippedBy, String)> {
    None
}
