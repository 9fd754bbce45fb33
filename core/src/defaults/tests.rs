//! Grants as they are shipped, and as somebody may have changed them.

use super::*;
use crate::model::{RoleRef, RuleLists};

/// `KIND/NAMESPACE/NAME`, the namespace empty where there is none.
fn subject(text: &str) -> Subject {
    let parts: Vec<&str> = text.splitn(3, '/').collect();
    Subject {
        kind: parts[0].into(),
        namespace: parts[1].into(),
        name: parts[2].into(),
        at: Default::default(),
    }
}

/// `NAMESPACE/NAME`, or `NAME` for an object without a namespace.
fn object(text: &str) -> (Option<Name>, Name) {
    match text.split_once('/') {
        Some((namespace, name)) => (Some(namespace.into()), name.into()),
        None => (None, text.into()),
    }
}

/// Verbs, groups, resources, resource names, URLs; `core` is the core group.
fn rule(text: &str) -> PolicyRule {
    let mut lists = text.split(' ').map(|field| -> std::sync::Arc<[Name]> {
        let items = field.split(',').filter(|item| *item != "-");
        items.map(|item| if item == "core" { "".into() } else { item.into() }).collect()
    });
    let mut next = || lists.next().unwrap_or_default();
    let lists = RuleLists {
        verbs: next(),
        api_groups: next(),
        resources: next(),
        resource_names: next(),
        non_resource_urls: next(),
    };
    lists.into()
}

/// What [`shipped`] says of a grant: a binding, the role it refers to, a subject and a rule.
fn asked(
    binding: &str,
    role: &str,
    who: &str,
    what: &str,
    namespaces: &[&str],
) -> Option<(ShippedBy, String)> {
    let ((namespace, name), (role_namespace, role_name)) = (object(binding), object(role));
    let role = Role {
        namespace: role_namespace,
        name: role_name,
        labels: [("kubernetes.io/bootstrapping".into(), "rbac-defaults".into())].into(),
        rules: vec![rule(what)],
        aggregation: None,
        at: Default::default(),
    };
    let kind = if role.namespace.is_some() { "Role" } else { "ClusterRole" };
    let binding = Binding {
        namespace,
        name,
        labels: role.labels.clone(),
        role_ref: RoleRef { kind: kind.into(), name: role.name.clone() },
        subjects: [subject(who)].into(),
        at: Default::default(),
    };
    let namespaces: Vec<Name> = namespaces.iter().map(|&name| name.into()).collect();
    shipped(&binding, &subject(who), &role, &rule(what), &namespaces)
}

#[track_caller]
fn is_shipped(by: ShippedBy, text: &str, [binding, role, who, what]: [&str; 4], namespaces: &[&str]) {
    assert_eq!(asked(binding, role, who, what, namespaces), Some((by, text.to_owned())));
}

#[track_caller]
fn is_not_shipped([binding, role, who, what]: [&str; 4], namespaces: &[&str]) {
    assert_eq!(asked(binding, role, who, what, namespaces), None);
}

const NAMESPACE_CONTROLLER: [&str; 4] = [
    "system:controller:namespace-controller",
    "system:controller:namespace-controller",
    "ServiceAccount/kube-system/namespace-controller",
    "delete,deletecollection,get,list * * - -",
];

const AGENT_CONFIG: [&str; 4] = [
    "kube-system/cilium-config-agent",
    "kube-system/cilium-config-agent",
    "ServiceAccount/kube-system/cilium",
    "get,list,watch core configmaps - -",
];

const OPERATOR: [&str; 4] = [
    "cilium-operator",
    "cilium-operator",
    "ServiceAccount/cilium/cilium-operator",
    "get,list,watch,delete core pods - -",
];

const SECRETS: [&str; 4] = [
    "cilium-secrets/cilium-tlsinterception-secrets",
    "cilium-secrets/cilium-tlsinterception-secrets",
    "ServiceAccount/kube-system/cilium",
    "get,list,watch core secrets - -",
];

const TETRAGON_OPERATOR: [&str; 4] = [
    "my-tetragon-operator-rolebinding",
    "my-tetragon-operator",
    "ServiceAccount/sec/my-tetragon-operator-service-account",
    "get,list,watch core pods - -",
];

/// `grant` with one field changed.
fn with(mut grant: [&'static str; 4], index: usize, field: &'static str) -> [&'static str; 4] {
    grant[index] = field;
    grant
}

#[test]
fn every_line_of_the_tables_is_a_fact_of_some_version() {
    let texts = [
        include_str!("kubernetes.txt"),
        include_str!("control-plane.txt"),
        include_str!("cilium.txt"),
        include_str!("tetragon.txt"),
    ];
    let lines = texts.iter().flat_map(|text| text.lines());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', 'v'])).count();
    let mut facts = Vec::new();
    for project in &ShippedDefaults::get().projects {
        assert!(project.table.versions.len() <= 64, "{}", project.name);
        facts.extend(project.table.rules.values().flatten().map(|fact| fact.versions));
        facts.extend(project.table.subjects.values().flatten().map(|fact| fact.versions));
    }
    assert_eq!((facts.len(), facts.contains(&0)), (lines, false));
}

#[test]
fn what_the_bootstrap_policy_grants_is_shipped() {
    let text = "Kubernetes 1.29 to 1.31 ship clusterrolebinding system:controller:namespace-controller";
    is_shipped(ShippedBy::DefaultRbac, text, NAMESPACE_CONTROLLER, &[]);
    let reordered = with(NAMESPACE_CONTROLLER, 3, "list,get,get,deletecollection,delete * * - -");
    is_shipped(ShippedBy::DefaultRbac, text, reordered, &[]);
}

#[test]
fn what_the_control_plane_holds_is_shipped() {
    let all = "* * * - -";
    is_shipped(
        ShippedBy::ControlPlane,
        "Kubernetes 1.29 to 1.37 ship clusterrolebinding cluster-admin",
        ["cluster-admin", "cluster-admin", "Group//system:masters", all],
        &[],
    );
    is_shipped(
        ShippedBy::ControlPlane,
        "kubeadm 1.29 to 1.37 ship clusterrolebinding kubeadm:cluster-admins",
        ["kubeadm:cluster-admins", "cluster-admin", "Group//kubeadm:cluster-admins", all],
        &[],
    );
    is_shipped(
        ShippedBy::ControlPlane,
        "kubeadm 1.29 to 1.37 ship rolebinding kube-system/kubeadm:kubelet-config",
        [
            "kube-system/kubeadm:kubelet-config",
            "kube-system/kubeadm:kubelet-config",
            "Group//system:nodes",
            "get core configmaps kubelet-config -",
        ],
        &[],
    );
    is_shipped(
        ShippedBy::ControlPlane,
        "Kubernetes 1.29 to 1.37 ship clusterrolebinding system:kube-controller-manager",
        [
            "system:kube-controller-manager",
            "system:kube-controller-manager",
            "User//system:kube-controller-manager",
            "create core serviceaccounts/token - -",
        ],
        &[],
    );
}

#[test]
fn the_api_server_s_own_client_is_shipped_under_any_name_but_for_its_role_alone() {
    let kubelet = "* core nodes/log,nodes/metrics,nodes/proxy,nodes/stats - -";
    let client = ["to-kubelets", "system:kubelet-api-admin", "User//kube-apiserver-kubelet-client", kubelet];
    let text = "user kube-apiserver-kubelet-client is the API server itself";
    let older = asked(client[0], client[1], client[2], kubelet, &[]);
    assert_eq!(older, Some((ShippedBy::ControlPlane, text.to_owned())));
    is_not_shipped(with(client, 2, "User//ops"), &[]);
    is_not_shipped(with(client, 0, "kube-system/to-kubelets"), &[]);
    is_not_shipped(["to-kubelets", "cluster-admin", "User//kube-apiserver-kubelet-client", "* * * - -"], &[]);
}

#[test]
fn a_chart_s_grant_is_shipped_wherever_cilium_runs() {
    let chart = ShippedBy::CiliumChart;
    let text = "Cilium 1.13 to 1.21 ship rolebinding kube-system/cilium-config-agent";
    is_shipped(chart, text, AGENT_CONFIG, &["kube-system"]);
    let text = "Cilium 1.9 to 1.21 ship clusterrolebinding cilium-operator";
    is_shipped(chart, text, OPERATOR, &["kube-system", "cilium"]);
    let text = "Cilium 1.17 to 1.21 ship rolebinding cilium-secrets/cilium-tlsinterception-secrets";
    is_shipped(chart, text, SECRETS, &["kube-system"]);
    let text = "Tetragon 1.0 to main ship clusterrolebinding my-tetragon-operator-rolebinding";
    is_shipped(chart, text, TETRAGON_OPERATOR, &["sec"]);
}

#[test]
fn a_chart_s_account_elsewhere_is_not_shipped() {
    is_not_shipped(AGENT_CONFIG, &["cilium"]);
    is_not_shipped(AGENT_CONFIG, &[]);
    is_not_shipped(OPERATOR, &["kube-system"]);
    is_not_shipped(with(AGENT_CONFIG, 2, "ServiceAccount/cilium/cilium"), &["kube-system", "cilium"]);
    is_not_shipped(with(OPERATOR, 2, "ServiceAccount/cilium-spire/cilium-operator"), &["cilium-spire"]);
    is_not_shipped(with(OPERATOR, 2, "ServiceAccount/$namespace/cilium-operator"), &["cilium"]);
    is_not_shipped(with(SECRETS, 0, "default/cilium-tlsinterception-secrets"), &["kube-system"]);
}

#[test]
fn a_release_that_is_not_named_for_tetragon_is_not_shipped() {
    let ci = ["ci-operator-rolebinding", "ci-operator", "ServiceAccount/sec/ci-operator-service-account"];
    is_not_shipped([ci[0], ci[1], ci[2], TETRAGON_OPERATOR[3]], &["sec"]);
    is_not_shipped(with(TETRAGON_OPERATOR, 1, "tetragon-operator"), &["sec"]);
}

#[test]
fn another_subject_is_not_shipped() {
    for who in [
        "ServiceAccount/kube-system/namespace-controller2",
        "ServiceAccount/default/namespace-controller",
        "User//namespace-controller",
        "User//system:serviceaccount:kube-system:namespace-controller",
        "Group//system:masters",
    ] {
        is_not_shipped(with(NAMESPACE_CONTROLLER, 2, who), &[]);
    }
    is_not_shipped(["cluster-admin", "cluster-admin", "User//system:masters", "* * * - -"], &[]);
    is_not_shipped(["system:node", "system:node", "Group//system:nodes", "create core pods - -"], &[]);
}

#[test]
fn another_rule_is_not_shipped() {
    for what in [
        "delete,deletecollection,get,list,patch * * - -",
        "create core pods/exec - -",
        "* * * - -",
        "get,list * * - -",
        "get - - - /metrics",
    ] {
        is_not_shipped(with(NAMESPACE_CONTROLLER, 3, what), &[]);
    }
    is_not_shipped(with(OPERATOR, 3, "delete core pods - -"), &["cilium"]);
}

#[test]
fn another_binding_or_role_is_not_shipped_whatever_its_labels() {
    is_not_shipped(with(NAMESPACE_CONTROLLER, 0, "system:controller:mine"), &[]);
    is_not_shipped(with(NAMESPACE_CONTROLLER, 0, "kube-system/system:controller:namespace-controller"), &[]);
    is_not_shipped(with(NAMESPACE_CONTROLLER, 1, "kube-system/system:controller:namespace-controller"), &[]);
    is_not_shipped(with(NAMESPACE_CONTROLLER, 1, "system:controller:mine"), &[]);
    let switched = with(NAMESPACE_CONTROLLER, 1, "cluster-admin");
    is_not_shipped(with(switched, 3, "* * * - -"), &[]);
}

#[test]
fn a_rule_of_a_role_that_the_binding_does_not_refer_to_is_not_shipped() {
    let foreign = Role {
        namespace: None,
        name: "cluster-admin".into(),
        labels: Default::default(),
        rules: vec![rule("* * * - -")],
        aggregation: None,
        at: Default::default(),
    };
    let binding = Binding {
        namespace: None,
        name: "cluster-admin".into(),
        labels: Default::default(),
        role_ref: RoleRef { kind: "ClusterRole".into(), name: "other".into() },
        subjects: [subject("Group//system:masters")].into(),
        at: Default::default(),
    };
    assert_eq!(shipped(&binding, &binding.subjects[0], &foreign, &foreign.rules[0], &[]), None);
}

#[test]
fn a_rule_that_the_api_server_appended_on_an_upgrade_is_shipped() {
    let text = "Kubernetes 1.29 to 1.37 ship clusterrolebinding system:controller:namespace-controller";
    let part = with(NAMESPACE_CONTROLLER, 3, "get * * - -");
    is_shipped(ShippedBy::DefaultRbac, text, part, &[]);
    is_not_shipped(with(NAMESPACE_CONTROLLER, 3, "get core pods - -"), &[]);
    is_not_shipped(with(NAMESPACE_CONTROLLER, 3, "create * * - -"), &[]);
    let kubelet =
        ["kube-system/kubeadm:kubelet-config", "kube-system/kubeadm:kubelet-config", "Group//system:nodes"];
    is_not_shipped([kubelet[0], kubelet[1], kubelet[2], "get core configmaps - -"], &[]);
}
