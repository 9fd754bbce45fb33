//! Subjects of bindings → identities, and identities → the user name and groups that a request of theirs carries.

use crate::model::{Binding, Name, Subject};
use std::sync::LazyLock;

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

const ACCOUNT_PREFIX: &str = "system:serviceaccount:";
const NODE_PREFIX: &str = "system:node:";
const EVERYONE: &str = "system:authenticated";
const NOBODY: &str = "system:unauthenticated";
const ACCOUNTS: &str = "system:serviceaccounts";

/// What the names of all groups begin with that [`implied_groups`] gives, but for a group's own.
pub const IMPLIED_PREFIX: &str = "system:";

/// The identity that a subject stands for; `None` where it can match nobody (an unknown kind, a ServiceAccount
/// without a namespace in a ClusterRoleBinding).
pub fn identity_of(binding: &Binding, subject: &Subject) -> Option<Identity> {
    match &*subject.kind {
        "User" => Some(known_identity(&subject.name).unwrap_or_else(|| Identity::User(subject.name.clone()))),
        "Group" => Some(Identity::Group(subject.name.clone())),
        "ServiceAccount" => {
            let namespace = account_namespace(binding, subject)?.clone();
            Some(Identity::ServiceAccount { namespace, name: subject.name.clone() })
        }
        _ => None,
    }
}

/// Whether a subject can match nobody: no identity stands for it.
pub fn is_nobody(binding: &Binding, subject: &Subject) -> bool {
    match &*subject.kind {
        "User" | "Group" => false,
        "ServiceAccount" => account_namespace(binding, subject).is_none(),
        _ => true,
    }
}

/// The namespace of a ServiceAccount subject: its own, else the RoleBinding's
/// (Kubernetes v1.37.2 pkg/registry/rbac/validation/rule.go, `appliesToUser`).
fn account_namespace<'a>(binding: &'a Binding, subject: &'a Subject) -> Option<&'a Name> {
    let own = Some(&subject.namespace).filter(|namespace| !namespace.is_empty());
    own.or(binding.namespace.as_ref()).filter(|namespace| !namespace.is_empty())
}

/// What a request must carry for a subject to match it.
pub(super) enum Matched {
    /// This user name.
    User(Name),
    /// This group among its groups.
    Group(Name),
}

/// What a subject matches. A ServiceAccount matches by the whole user name, so a user name is never taken apart
/// (k8s.io/apiserver v0.37.2 pkg/authentication/serviceaccount/util.go, `MatchesUsername`).
pub(super) fn matched(binding: &Binding, subject: &Subject) -> Option<Matched> {
    match &*subject.kind {
        "User" => Some(Matched::User(subject.name.clone())),
        "Group" => Some(Matched::Group(subject.name.clone())),
        "ServiceAccount" => {
            let namespace = account_namespace(binding, subject)?;
            Some(Matched::User(account_username(namespace, &subject.name).into()))
        }
        _ => None,
    }
}

fn account_username(namespace: &str, name: &str) -> String {
    format!("{ACCOUNT_PREFIX}{namespace}:{name}")
}

/// The identity behind a user name: the names of ServiceAccounts and nodes stand for those.
pub fn user_identity(name: &str) -> Identity {
    known_identity(name).unwrap_or_else(|| Identity::User(name.into()))
}

/// The ServiceAccount or node that a user name stands for.
fn known_identity(name: &str) -> Option<Identity> {
    if let Some((namespace, name)) = split_account(name) {
        return Some(Identity::ServiceAccount { namespace: namespace.into(), name: name.into() });
    }
    let node = name.strip_prefix(NODE_PREFIX).filter(|node| !node.is_empty());
    node.map(|node| Identity::Node(node.into()))
}

/// Namespace and name, where a user name is one that a ServiceAccount can have
/// (k8s.io/apiserver v0.37.2 pkg/authentication/serviceaccount/util.go, `SplitUsername`).
fn split_account(username: &str) -> Option<(&str, &str)> {
    let (namespace, name) = username.strip_prefix(ACCOUNT_PREFIX)?.split_once(':')?;
    (namespace.len() <= 63 && is_dns_label(namespace) && is_dns_subdomain(name)).then_some((namespace, name))
}

/// Labels of RFC 1123 joined by dots; Kubernetes limits the whole, not the labels
/// (k8s.io/apimachinery v0.37.2 pkg/util/validation/validation.go).
fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_dns_label)
}

fn is_dns_label(label: &str) -> bool {
    let end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = label.as_bytes();
    end(bytes.first())
        && end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}

/// The name that an identity has in a request; `None` for a group, whose members have names of their own.
pub fn username(identity: &Identity) -> Option<String> {
    match identity {
        Identity::User(name) => Some(name.to_string()),
        Identity::Group(_) => None,
        Identity::ServiceAccount { namespace, name } => Some(account_username(namespace, name)),
        Identity::Node(name) => Some(format!("{NODE_PREFIX}{name}")),
    }
}

/// Groups that nearly everybody is in: their names are made once.
static EVERYONE_NAME: LazyLock<Name> = LazyLock::new(|| EVERYONE.into());
static ACCOUNTS_NAME: LazyLock<Name> = LazyLock::new(|| ACCOUNTS.into());

/// The groups that an identity is in, as far as its kind and name tell; a group comes with those that its members
/// are in as well, itself first.
pub fn implied_groups(identity: &Identity) -> Vec<Name> {
    match identity {
        Identity::User(name) if &**name == "system:anonymous" => vec![NOBODY.into()],
        Identity::User(_) => vec![EVERYONE_NAME.clone()],
        Identity::ServiceAccount { namespace, .. } => {
            let of_namespace = [ACCOUNTS, ":", namespace].concat().into();
            vec![ACCOUNTS_NAME.clone(), of_namespace, EVERYONE_NAME.clone()]
        }
        Identity::Node(_) => vec!["system:nodes".into(), EVERYONE_NAME.clone()],
        Identity::Group(name) => groups_of_members(name),
    }
}

fn groups_of_members(group: &Name) -> Vec<Name> {
    let mut groups = vec![group.clone()];
    if group.strip_prefix(ACCOUNTS).is_some_and(|rest| rest.starts_with(':')) {
        groups.push(ACCOUNTS_NAME.clone());
    }
    if &**group != EVERYONE && &**group != NOBODY {
        groups.push(EVERYONE_NAME.clone());
    }
    groups
}

#[cfg(test)]
mod tests;
