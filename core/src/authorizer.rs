//! How Kubernetes RBAC decides: the one place that compares verbs, groups, resources, names and subjects.

use crate::model::{Binding, Name, PolicyRule, Snapshot, Subject};

/// Who a binding's subject is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// A user, by name.
    User(Name),
    /// A group, by name.
    Group(Name),
    /// A ServiceAccount.
    ServiceAccount {
        /// Its namespace.
        namespace: Name,
        /// Its name.
        name: Name,
    },
    /// A node's kubelet (`system:node:NAME`).
    Node(Name),
}

/// A request about resources, split as the API server splits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceRequest<'a> {
    /// The verb.
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The resource, with `/subresource` where there is one.
    pub resource: &'a str,
}

/// Whether a rule covers the verb, group and resource of a request, its resourceNames left aside.
pub fn rule_covers(_rule: &PolicyRule, _request: ResourceRequest<'_>) -> bool {
    false
}

/// Whether a rule's resourceNames let a request with this name through; a request without a name has `""`.
pub fn name_matches(_rule: &PolicyRule, _name: &str) -> bool {
    false
}

/// The identity that a subject stands for; `None` where it can match nobody (an unknown kind, a ServiceAccount
/// without a namespace in a ClusterRoleBinding).
pub fn identity_of(_binding: &Binding, _subject: &Subject) -> Option<Identity> {
    None
}

/// The roles of a snapshot by reference, with aggregation computed where stored rules are empty.
#[derive(Debug)]
pub struct RoleTable {}

impl RoleTable {
    /// Indexes the roles of a snapshot.
    pub fn new(_snapshot: &Snapshot) -> Self {
        RoleTable {}
    }

    /// Indices into [`Snapshot::roles`] that a binding's roleRef resolves to: none where it dangles, more than one
    /// only where the same role was given twice with different content.
    pub fn resolve(&self, _binding: &Binding) -> &[usize] {
        &[]
    }
}
