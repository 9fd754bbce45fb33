//! Small random clusters: what the rules look at, drawn so that rights meet what they are for, and rendered to YAML.

mod draw;
mod render;
mod trial;

pub use draw::{spread_worlds, thirds_worlds, worlds};
pub use trial::{HOW_MANY, SEED, on_clusters, said};

use crate::run::File;
use cilium_exec_check_core::Options;

/// A small cluster with an agent of Cilium.
#[derive(Debug, Clone)]
pub struct World {
    /// The minor of `--kubernetes-version`.
    pub minor: Option<u32>,
    /// Namespaces with the level that each enforces.
    pub namespaces: Vec<Space>,
    /// Node objects with the minor of their kubelets.
    pub nodes: Vec<(String, Option<u32>)>,
    /// Whether kinds were exported at all.
    pub exported: Exported,
    /// The nodes that the agent runs on.
    pub agents: Vec<String>,
    /// The operator, by node and whether it mounts its token.
    pub operator: Option<(String, bool)>,
    /// Other pods.
    pub pods: Vec<OtherPod>,
    /// Other workloads, by kind, namespace and name.
    pub workloads: Vec<(String, String, String)>,
    /// ServiceAccounts with their automount setting.
    pub accounts: Vec<(String, String, Option<bool>)>,
    /// Secrets by namespace, name and the account whose token they hold.
    pub secrets: Vec<(String, String, Option<String>)>,
    /// Roles.
    pub roles: Vec<RoleSpec>,
    /// Bindings, each to a role by its index.
    pub bindings: Vec<BindingSpec>,
}

/// A namespace.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its name.
    pub name: String,
    /// The level that it enforces, as written.
    pub level: Option<String>,
    /// Whether the object is in the input.
    pub listed: bool,
}

/// Which kinds were exported.
#[derive(Debug, Clone)]
pub struct Exported {
    /// Pods.
    pub pods: bool,
    /// Secrets.
    pub secrets: bool,
    /// ServiceAccounts.
    pub accounts: bool,
}

/// A pod that is not Cilium's.
#[derive(Debug, Clone)]
pub struct OtherPod {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its node.
    pub node: String,
    /// Its account; `default` where unset.
    pub account: Option<String>,
    /// Its own automount setting.
    pub automount: Option<bool>,
    /// Whether its container is privileged.
    pub privileged: bool,
    /// Whether its container takes input.
    pub stdin: bool,
    /// A static pod's image in the API.
    pub mirror: bool,
}

/// A `ClusterRole`, or a `Role` of a namespace.
#[derive(Debug, Clone)]
pub struct RoleSpec {
    /// The namespace of a `Role`.
    pub namespace: Option<String>,
    /// Its rules.
    pub rules: Vec<RuleSpec>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSpec {
    /// `apiGroups`.
    pub groups: Vec<String>,
    /// `resources`.
    pub resources: Vec<String>,
    /// `verbs`.
    pub verbs: Vec<String>,
    /// `resourceNames`.
    pub names: Vec<String>,
}

/// A `ClusterRoleBinding`, or a `RoleBinding` of a namespace.
#[derive(Debug, Clone)]
pub struct BindingSpec {
    /// The namespace of a `RoleBinding`.
    pub namespace: Option<String>,
    /// The role, by its index; one beyond the last dangles.
    pub role: usize,
    /// Kind, namespace and name of each subject.
    pub subjects: Vec<(String, Option<String>, String)>,
}

impl World {
    /// What the core is told.
    pub fn options(&self) -> Options {
        Options { kubernetes_version: self.minor.map(|minor| (1, minor)), ..Options::default() }
    }

    /// The cluster as one object a document.
    pub fn documents(&self) -> Vec<String> {
        render::documents(self)
    }

    /// The cluster as two files: RBAC, and the rest.
    pub fn files(&self) -> Vec<File> {
        let (rbac, rest): (Vec<String>, Vec<String>) =
            self.documents().into_iter().partition(|text| text.contains("rbac.authorization.k8s.io/v1\n"));
        let file = |name: &str, documents: Vec<String>| File {
            name: name.to_owned(),
            bytes: documents.join("---\n").into_bytes(),
        };
        vec![file("rbac.yaml", rbac), file("cluster.yaml", rest)]
    }
}

/// Names the role of a binding as its rendering does.
pub fn role_name(index: usize) -> String {
    format!("r{index}")
}
