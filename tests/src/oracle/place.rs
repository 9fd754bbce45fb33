//! Where a way can stand: acting as somebody, in a pod, at a template, root on a node, or at an effect.

use super::grants::Who;
use cilium_exec_check_core::technique::Effect;

/// A role that was bound or grown on the way: every rule, or those of one role (an index into the snapshot's roles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oracle) enum Gained {
    Everything,
    Role(usize),
}

/// Whoever acts, with what was gained on the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oracle) struct Actor {
    pub(in crate::oracle) who: Who,
    /// Within one request only: by impersonation.
    pub(in crate::oracle) borrowed: bool,
    /// A role gained by writing RBAC objects, and where it holds (`None`: the cluster).
    pub(in crate::oracle) gained: Option<(Gained, Option<String>)>,
}

impl Actor {
    /// With a credential of its own.
    pub(in crate::oracle) fn own(who: Who) -> Self {
        Actor { who, borrowed: false, gained: None }
    }
}

/// Where a way stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oracle) enum Place {
    Acts(Actor),
    /// Runs code in a running container of this pod (an index into the snapshot's pods).
    InPod(usize),
    /// Runs a privileged container of its own in this pod.
    OwnContainer(usize),
    /// Runs code in the pods of this component, which are not in the input.
    InPodsOf(usize),
    /// Runs a privileged container of its own in such a pod.
    OwnContainerOf(usize),
    /// Runs privileged pods by this template.
    PrivilegedTemplate(usize),
    /// Runs pods with any account by this template.
    Template(usize),
    /// Root on a node; `None` where the input does not tell which.
    Root(Option<String>),
    /// Does something to Cilium without running code in it.
    Touches(Effect),
    /// May do everything.
    Admin,
}
