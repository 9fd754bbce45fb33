//! Strategies for rules: the right resource with the right group and verb most of the time, and every way to miss them.

use super::text;
use crate::worlds::RuleSpec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const RBAC: &str = "rbac.authorization.k8s.io";
const CSR: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// Group, resource, and the verbs that do something on it.
const TABLE: &[(&str, &str, &[&str])] = &[
    ("", "pods/exec", &["create", "get"]),
    ("", "pods/attach", &["create", "get"]),
    ("", "pods/portforward", &["create", "get"]),
    ("", "pods/proxy", &["get", "create", "update"]),
    ("", "pods/ephemeralcontainers", &["patch", "update", "create"]),
    ("", "pods/eviction", &["create"]),
    ("", "pods/log", &["get"]),
    ("", "pods", &["get", "create", "patch", "update", "delete", "deletecollection"]),
    ("", "nodes/proxy", &["get", "create", "update"]),
    ("", "services/proxy", &["get", "create"]),
    ("", "serviceaccounts/token", &["create"]),
    ("", "serviceaccounts", &["impersonate", "create"]),
    ("", "users", &["impersonate"]),
    ("", "groups", &["impersonate"]),
    ("", "secrets", &["get", "list", "watch", "create", "patch"]),
    ("", "namespaces", &["patch", "update", "create"]),
    ("", "namespaces/status", &["patch", "update"]),
    ("", "nodes", &["patch", "delete", "get"]),
    ("", "nodes/status", &["patch"]),
    ("", "configmaps", &["update", "patch", "delete"]),
    ("", "persistentvolumes", &["create", "patch"]),
    ("", "persistentvolumeclaims", &["create", "patch"]),
    ("", "replicationcontrollers", &["create", "update"]),
    ("apps", "daemonsets", &["create", "patch", "update"]),
    ("apps", "deployments", &["create", "patch", "update"]),
    ("apps", "replicasets", &["create", "patch"]),
    ("apps", "statefulsets", &["create", "update"]),
    ("batch", "jobs", &["create", "patch"]),
    ("batch", "cronjobs", &["create", "patch"]),
    ("cilium.io", "ciliumnetworkpolicies", &["create", "patch"]),
    ("cilium.io", "ciliumnodeconfigs", &["create", "update"]),
    ("cilium.io", "ciliumidentities", &["update", "patch"]),
    (RBAC, "clusterroles", &["bind", "escalate", "update", "patch", "create"]),
    (RBAC, "roles", &["bind", "escalate", "update", "patch", "create"]),
    (RBAC, "rolebindings", &["create", "update", "patch"]),
    (RBAC, "clusterrolebindings", &["create", "update", "patch"]),
    (CSR, "certificatesigningrequests", &["create", "get", "patch"]),
    (CSR, "certificatesigningrequests/approval", &["update", "patch"]),
    (CSR, "certificatesigningrequests/nodeclient", &["create"]),
    (CSR, "signers", &["approve"]),
    (ADMISSION, "mutatingwebhookconfigurations", &["create", "patch"]),
    (ADMISSION, "validatingwebhookconfigurations", &["update"]),
    (ADMISSION, "mutatingadmissionpolicies", &["create", "patch"]),
    (ADMISSION, "mutatingadmissionpolicybindings", &["create"]),
];

/// Several rules that belong together: what some technique asks for as a whole, in several requests.
const TOGETHER: &[&[(&str, &str, &str)]] = &[
    &[("", "secrets", "create"), ("", "secrets", "get")],
    &[("", "secrets", "create"), ("", "pods", "create")],
    &[("", "persistentvolumes", "create"), ("", "persistentvolumeclaims", "create"), ("", "pods", "create")],
    &[
        (CSR, "certificatesigningrequests", "create"),
        (CSR, "certificatesigningrequests/approval", "update"),
        (CSR, "signers", "approve"),
        (CSR, "certificatesigningrequests", "get"),
    ],
    &[
        (CSR, "certificatesigningrequests", "create"),
        (CSR, "certificatesigningrequests/nodeclient", "create"),
    ],
    &[("", "pods", "create"), ("", "pods", "patch")],
    &[("", "pods", "delete"), ("", "nodes", "patch")],
    &[("", "namespaces", "patch"), ("", "pods", "create")],
    &[("", "namespaces", "update"), ("", "pods/ephemeralcontainers", "patch")],
    &[("", "namespaces", "create"), ("apps", "deployments", "create")],
    &[(RBAC, "rolebindings", "create"), (RBAC, "clusterroles", "bind")],
    &[(RBAC, "clusterrolebindings", "create"), (RBAC, "clusterroles", "bind")],
    &[(RBAC, "rolebindings", "update"), (RBAC, "roles", "bind")],
    &[(RBAC, "clusterroles", "patch"), (RBAC, "clusterroles", "escalate")],
    &[(RBAC, "roles", "update"), (RBAC, "roles", "escalate")],
    &[("", "users", "impersonate"), ("", "groups", "impersonate")],
    &[("", "serviceaccounts", "impersonate"), ("", "groups", "impersonate")],
    &[
        (ADMISSION, "mutatingadmissionpolicies", "create"),
        (ADMISSION, "mutatingadmissionpolicybindings", "create"),
    ],
    &[
        ("authentication.k8s.io", "serviceaccounts", "impersonate:serviceaccount"),
        ("", "pods/exec", "impersonate-on:serviceaccount:create"),
    ],
    &[
        ("authentication.k8s.io", "users", "impersonate:user-info"),
        ("", "pods/exec", "impersonate-on:user-info:create"),
    ],
    &[
        ("authentication.k8s.io", "nodes", "impersonate:arbitrary-node"),
        ("", "serviceaccounts/token", "impersonate-on:arbitrary-node:create"),
    ],
];

/// Names that mean something: of objects that are there, that may be there, and that are not.
const NAMES: &[&str] = &[
    "cilium-aaaaa",
    "cilium-aaaab",
    "cilium",
    "cilium-operator",
    "web-0",
    "web-1",
    "w0",
    "r0",
    "r1",
    "b0",
    "n1",
    "n3",
    "n1:10250",
    "https:n1:10250",
    "https:n1",
    "cilium-aaaaa:9962",
    "app",
    "ci",
    "default",
    "dev",
    "tools",
    "dana",
    "eve",
    "devs",
    "system:masters",
    "system:node:n1",
    "system:nodes",
    "app-token-0",
    "ci-token-0",
    "cilium-config",
    "cilium-ca",
    "hubble-peer",
    "bootstrap-token-a1b2c3",
    "kubernetes.io/kube-apiserver-client",
    "kubernetes.io/kube-apiserver-client-kubelet",
    "kubernetes.io/*",
    "*",
    "nobody",
    "csr-1",
    "csr-2",
];

/// Some rules of one role.
pub(super) fn some_rules() -> impl Strategy<Value = Vec<RuleSpec>> {
    prop_oneof![
        12 => single().prop_map(|rule| vec![rule]),
        8 => together(),
        3 => wide().prop_map(|rule| vec![rule]),
    ]
}

/// A part of what takes several requests, or what leads to somebody who may hold another.
pub(super) fn parts() -> impl Strategy<Value = Vec<RuleSpec>> {
    prop_oneof![
        6 => together().prop_flat_map(|rules| subsequence(rules.clone(), rules.len().min(1)..=rules.len().min(2))),
        5 => leading().prop_map(|rule| vec![rule]),
        1 => wide().prop_map(|rule| vec![rule]),
    ]
}

/// One of the three parts of what takes three, or what leads to somebody who may hold another.
pub(super) fn thirds() -> impl Strategy<Value = Vec<RuleSpec>> {
    prop_oneof![
        6 => select(THIRDS).prop_flat_map(|part| part.iter().map(named_at_times).collect::<Vec<_>>()),
        5 => leading().prop_map(|rule| vec![rule]),
    ]
}

/// What one identity of three asks for.
const THIRDS: &[&[(&str, &str, &str)]] = &[
    &[("", "persistentvolumes", "create")],
    &[("", "persistentvolumeclaims", "create")],
    &[("", "pods", "create")],
    &[("apps", "deployments", "patch")],
    &[(CSR, "certificatesigningrequests", "create")],
    &[(CSR, "certificatesigningrequests", "create"), (CSR, "certificatesigningrequests", "patch")],
    &[(CSR, "certificatesigningrequests/approval", "update"), (CSR, "signers", "approve")],
    &[(CSR, "certificatesigningrequests", "get")],
];

/// A rule for one request, restricted to names at times.
fn named_at_times(
    request: &(&'static str, &'static str, &'static str),
) -> impl Strategy<Value = RuleSpec> + use<> {
    let (group, resource, verb) = *request;
    prop_oneof![4 => Just(Vec::new()), 1 => names()].prop_map(move |names| RuleSpec {
        groups: vec![group.to_owned()],
        resources: vec![resource.to_owned()],
        verbs: vec![verb.to_owned()],
        names,
    })
}

fn leading() -> impl Strategy<Value = RuleSpec> {
    let requests = select(
        &[
            ("serviceaccounts/token", "create"),
            ("serviceaccounts/token", "create"),
            ("pods/exec", "create"),
            ("secrets", "list"),
            ("users", "impersonate"),
        ][..],
    );
    let names = prop_oneof![2 => Just(Vec::new()), 3 => vec(text(&["app", "ci", "default", "web-0", "web-1", "dana"]), 1..3)];
    (requests, names).prop_map(|((resource, verb), names)| RuleSpec {
        groups: vec![String::new()],
        resources: vec![resource.to_owned()],
        verbs: vec![verb.to_owned()],
        names,
    })
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        5 => Just(Vec::new()),
        3 => vec(text(NAMES), 1..3),
    ]
}

fn single() -> impl Strategy<Value = RuleSpec> {
    select(TABLE).prop_flat_map(|(group, resource, verbs)| {
        let verbs = prop_oneof![
            8 => subsequence(verbs.to_vec(), 1..=verbs.len()),
            1 => Just(vec!["*"]),
        ];
        let group = prop_oneof![
            12 => Just(group),
            1 => Just("*"),
            1 => select(&["apps", "", "core", "extensions"][..]),
        ];
        let strings = |items: Vec<&str>| items.into_iter().map(str::to_owned).collect::<Vec<String>>();
        (group, verbs, names()).prop_map(move |(group, verbs, names)| RuleSpec {
            groups: vec![group.to_owned()],
            resources: vec![resource.to_owned()],
            verbs: strings(verbs),
            names,
        })
    })
}

fn together() -> impl Strategy<Value = Vec<RuleSpec>> {
    select(TOGETHER).prop_flat_map(|all| {
        let each: Vec<_> = all.iter().map(named_at_times).collect();
        // One may be missing: somebody else may hold it.
        (each, prop::option::weighted(0.3, 0..all.len())).prop_map(|(mut rules, missing)| {
            if let Some(missing) = missing {
                rules.remove(missing);
            }
            rules
        })
    })
}

const WIDE_VERBS: &[&[&str]] = &[&["*"], &["get", "list", "watch"], &["create"], &["patch"], &["get"]];

/// Rules with wildcards.
fn wide() -> impl Strategy<Value = RuleSpec> {
    let resources = select(&["*", "pods/*", "*/exec", "*/proxy", "*/*", "*/token", "*/status", "pods"][..]);
    let verbs = select(WIDE_VERBS);
    let groups = select(&["*", "", "apps", "cilium.io"][..]);
    (groups, resources, verbs, prop_oneof![4 => Just(Vec::new()), 1 => names()]).prop_map(
        |(group, resource, verbs, names)| RuleSpec {
            groups: vec![group.to_owned()],
            resources: vec![resource.to_owned()],
            verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
            names,
        },
    )
}
