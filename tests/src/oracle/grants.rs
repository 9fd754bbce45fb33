//! Bindings → who may ask what, by nested loops over every binding, rule and element.

use cilium_exec_check_core::model::{Binding, PolicyRule, Role, Snapshot, Subject};
use std::collections::BTreeSet;

/// Whoever makes requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oracle) enum Who {
    /// A user.
    User(String),
    /// Any member of a group.
    Group(String),
    /// A ServiceAccount by namespace and name.
    Account(String, String),
    /// A kubelet.
    Node(String),
}

impl Who {
    /// A user by name: some names stand for accounts and nodes.
    pub(in crate::oracle) fn user(name: &str) -> Who {
        if let Some((namespace, account)) =
            name.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'))
        {
            return Who::Account(namespace.to_owned(), account.to_owned());
        }
        match name.strip_prefix("system:node:") {
            Some(node) => Who::Node(node.to_owned()),
            None => Who::User(name.to_owned()),
        }
    }

    /// As the command line prints it.
    pub(in crate::oracle) fn printed(&self) -> String {
        match self {
            Who::User(name) => format!("user/{name}"),
            Who::Group(name) => format!("group/{name}"),
            Who::Account(namespace, name) => format!("serviceaccount/{namespace}/{name}"),
            Who::Node(name) => format!("node/{name}"),
        }
    }

    /// Whether NodeRestriction holds it to its own node.
    pub(in crate::oracle) fn is_kubelet(&self) -> bool {
        matches!(self, Who::Node(_)) || *self == Who::Group("system:nodes".to_owned())
    }

    /// The groups that it is in whatever the input says.
    pub(in crate::oracle) fn groups(&self) -> Vec<String> {
        let names: Vec<String> = match self {
            Who::User(name) if name == "system:anonymous" => vec!["system:unauthenticated".to_owned()],
            Who::User(_) => vec!["system:authenticated".to_owned()],
            Who::Account(namespace, _) => vec![
                "system:serviceaccounts".to_owned(),
                format!("system:serviceaccounts:{namespace}"),
                "system:authenticated".to_owned(),
            ],
            Who::Node(_) => vec!["system:nodes".to_owned(), "system:authenticated".to_owned()],
            Who::Group(name) if name == "system:unauthenticated" => Vec::new(),
            Who::Group(name) if name.starts_with("system:serviceaccounts:") => {
                vec!["system:serviceaccounts".to_owned(), "system:authenticated".to_owned()]
            }
            Who::Group(name) if name.starts_with("system:bootstrappers:") => {
                vec!["system:bootstrappers".to_owned(), "system:authenticated".to_owned()]
            }
            Who::Group(_) => vec!["system:authenticated".to_owned()],
        };
        names.into_iter().filter(|name| *self != Who::Group(name.clone())).collect()
    }
}

/// Whom a subject of a binding names; nobody where its kind is none, or an account has no namespace.
pub(in crate::oracle) fn subject(binding: &Binding, subject: &Subject) -> Option<Who> {
    match &*subject.kind {
        "User" => Some(Who::user(&subject.name)),
        "Group" => Some(Who::Group(subject.name.to_string())),
        "ServiceAccount" if !subject.namespace.is_empty() => {
            Some(Who::Account(subject.namespace.to_string(), subject.name.to_string()))
        }
        "ServiceAccount" => {
            binding.namespace.as_ref().map(|own| Who::Account(own.to_string(), subject.name.to_string()))
        }
        _ => None,
    }
}

/// The roles that a binding refers to.
pub(in crate::oracle) fn roles<'a>(snapshot: &'a Snapshot, binding: &Binding) -> Vec<&'a Role> {
    let found = snapshot.roles.iter().filter(|role| match (&*binding.role_ref.kind, &role.namespace) {
        ("ClusterRole", None) => role.name == binding.role_ref.name,
        ("Role", Some(own)) => role.name == binding.role_ref.name && binding.namespace.as_ref() == Some(own),
        _ => false,
    });
    found.collect()
}

/// One question to the authorizer; a request without a name has an empty one, one on the cluster no namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::oracle) struct Ask {
    pub(in crate::oracle) verb: String,
    pub(in crate::oracle) group: String,
    /// With its subresource, as `pods/exec`.
    pub(in crate::oracle) resource: String,
    pub(in crate::oracle) namespace: Option<String>,
    pub(in crate::oracle) name: String,
    /// Whether only rights that hold in the namespace count, not those in the whole cluster.
    pub(in crate::oracle) there: bool,
}

/// A question about an object of a namespace.
pub(in crate::oracle) fn ask(verb: &str, group: &str, resource: &str, namespace: &str, name: &str) -> Ask {
    Ask {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
        there: false,
    }
}

/// A question about a cluster-scoped object.
pub(in crate::oracle) fn ask_cluster(verb: &str, group: &str, resource: &str, name: &str) -> Ask {
    Ask { namespace: None, ..ask(verb, group, resource, "", name) }
}

/// Whether a rule allows it.
pub(in crate::oracle) fn allows(rule: &PolicyRule, ask: &Ask) -> bool {
    let verb = rule.verbs.iter().any(|item| **item == *"*" || **item == *ask.verb);
    let group = rule.api_groups.iter().any(|item| **item == *"*" || **item == *ask.group);
    let subresource = ask.resource.split('/').nth(1);
    let resource = rule.resources.iter().any(|item| {
        **item == *"*"
            || **item == *ask.resource
            || subresource.is_some_and(|subresource| **item == *format!("*/{subresource}"))
    });
    let name = rule.resource_names.is_empty() || rule.resource_names.iter().any(|item| **item == *ask.name);
    verb && group && resource && name
}

/// Every name that some rule is restricted to, and one that none is.
pub(in crate::oracle) fn names(snapshot: &Snapshot) -> BTreeSet<String> {
    let rules = snapshot.roles.iter().flat_map(|role| &role.rules);
    let named = rules.flat_map(|rule| rule.resource_names.iter().map(|name| name.to_string()));
    named.chain(["a-name-of-ones-own".to_owned()]).collect()
}
