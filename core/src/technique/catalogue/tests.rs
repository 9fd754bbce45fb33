//! The catalogue against itself: its ids, its texts, its formulas.

use super::{CATALOGUE, find};
use crate::technique::{Class, Fact, Reach, RequestPattern, Requirement, Scope, Severity, Technique};
use std::collections::BTreeSet;

/// Every id, as the contract has it; a change here is a change of the interface.
const IDS: [&str; 76] = [
    "admission-guard-removal",
    "apiservice-hijack",
    "bootstrap-token-create",
    "cilium-config",
    "cilium-crds-dataplane",
    "cilium-sa-tokens",
    "cilium-secrets",
    "cluster-admin",
    "configmap-aws-auth",
    "configmap-coredns",
    "configmap-extension-auth",
    "configmap-kubeadm",
    "container-escape",
    "controllerrevisions",
    "crd-conversion-webhook",
    "csr-client-cert",
    "csr-node-cert",
    "csr-nodeclient-autoapprove",
    "csr-sign-only",
    "custom-controller-create",
    "endpoints-hijack",
    "group-wide-grant",
    "hostpath-cilium-sock",
    "impersonate-constrained-node",
    "impersonate-constrained-sa",
    "impersonate-constrained-user",
    "impersonate-extra-uid",
    "impersonate-group",
    "impersonate-sa",
    "impersonate-user",
    "invisible",
    "kubectl-debug-node",
    "misc-no-gain",
    "mutating-admission-policy",
    "mutating-webhook",
    "namespace-create",
    "namespace-psa-relabel",
    "node-compromise",
    "node-identity",
    "nodes-checkpoint",
    "nodes-log",
    "nodes-proxy-create",
    "nodes-proxy-get",
    "nodes-proxy-nonexec",
    "nodes-write",
    "pod-certificate-request",
    "pod-create-as-sa",
    "pod-create-privileged",
    "pod-takeover-as-sa",
    "pod-token",
    "pods-attach",
    "pods-binding",
    "pods-delete-evict",
    "pods-ephemeralcontainers",
    "pods-exec",
    "pods-image-swap",
    "pods-log",
    "pods-portforward",
    "pods-proxy",
    "pods-resize",
    "pods-status-relabel",
    "podtemplates",
    "pv-hostpath",
    "rbac-bind",
    "rbac-escalate",
    "rbac-write-held-only",
    "sa-token-create",
    "scale",
    "secrets-create-token",
    "secrets-read",
    "services-proxy",
    "steal-pods",
    "validating-webhook",
    "workload-create-as-sa",
    "workload-create-privileged",
    "workload-template-patch",
];

/// Plural names by API group, as the API server serves them; `*` is RBAC's own.
const PLURALS: [(&str, &[&str]); 17] = [
    (
        "",
        &[
            "bindings",
            "configmaps",
            "endpoints",
            "groups",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "secrets",
            "serviceaccounts",
            "services",
            "users",
        ],
    ),
    ("*", &["*"]),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("apps", &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("argoproj.io", &["cronworkflows", "workflows"]),
    ("authentication.k8s.io", &["groups", "nodes", "serviceaccounts", "uids", "userextras", "users"]),
    ("batch", &["cronjobs", "jobs"]),
    ("batch.volcano.sh", &["jobs"]),
    ("certificates.k8s.io", &["certificatesigningrequests", "podcertificaterequests", "signers"]),
    (
        "cilium.io",
        &[
            "ciliumbgpadvertisements",
            "ciliumbgpclusterconfigs",
            "ciliumbgploadbalancerippools",
            "ciliumbgpnodeconfigoverrides",
            "ciliumbgpnodeconfigs",
            "ciliumbgppeerconfigs",
            "ciliumbgppeeringpolicies",
            "ciliumcidrgroups",
            "ciliumclusterwideenvoyconfigs",
            "ciliumclusterwidenetworkpolicies",
            "ciliumdatapathplugins",
            "ciliumegressgatewaypolicies",
            "ciliumegressnatpolicies",
            "ciliumendpoints",
            "ciliumendpointslices",
            "ciliumenvoyconfigs",
            "ciliumexternalworkloads",
            "ciliumgatewayclassconfigs",
            "ciliumidentities",
            "ciliuml2announcementpolicies",
            "ciliumloadbalancerippools",
            "ciliumlocalredirectpolicies",
            "ciliumnetworkpolicies",
            "ciliumnodeconfigs",
            "ciliumnodes",
            "ciliumpodippools",
        ],
    ),
    ("discovery.k8s.io", &["endpointslices"]),
    ("kubevirt.io", &["virtualmachineinstances", "virtualmachines"]),
    ("rbac.authorization.k8s.io", &["clusterrolebindings", "clusterroles", "rolebindings", "roles"]),
    ("serving.knative.dev", &["services"]),
    ("tekton.dev", &["pipelineruns", "taskruns"]),
];

/// Every part of a formula, itself included.
fn parts(requirement: &Requirement) -> Vec<Requirement> {
    let inner = match requirement {
        Requirement::AllOfOne(parts) | Requirement::All(parts) | Requirement::Any(parts) => *parts,
        _ => &[],
    };
    inner.iter().flat_map(parts).chain([*requirement]).collect()
}

fn requests(technique: &Technique) -> Vec<RequestPattern> {
    let parts = parts(&technique.requires).into_iter();
    let requests = parts.filter_map(|part| match part {
        Requirement::Request(request) => Some(request),
        _ => None,
    });
    requests.collect()
}

fn ids_where(holds: impl Fn(&Technique) -> bool) -> Vec<&'static str> {
    CATALOGUE.iter().filter(|technique| holds(technique)).map(|technique| technique.id).collect()
}

#[test]
fn the_ids_are_those_of_the_contract_sorted_and_unique() {
    assert_eq!(ids_where(|_| true), IDS);
    assert!(IDS.is_sorted_by(|a, b| a < b));
}

#[test]
fn every_id_is_found_and_nothing_else() {
    for id in IDS {
        assert_eq!(find(id).map(|technique| technique.id), Some(id));
    }
    for id in ["", "pods", "pods-exec ", "zzz"] {
        assert!(find(id).is_none(), "{id}");
    }
}

#[test]
fn every_text_says_something_in_the_house_style() {
    for technique in CATALOGUE {
        let texts = [
            technique.title,
            technique.phrase,
            technique.mechanism,
            technique.gains,
            technique.severity_reason,
            technique.versions,
            technique.remediation,
            technique.audit,
        ];
        assert!(!technique.references.is_empty(), "{}: no reference", technique.id);
        for text in texts.iter().chain(technique.preconditions).chain(technique.references) {
            assert!(!text.is_empty(), "{}: an empty text", technique.id);
            assert_eq!(*text, text.trim(), "{}", technique.id);
            assert!(!text.ends_with('.') && !text.contains("  ") && !text.contains('\n'), "{text}");
        }
    }
}

#[test]
fn a_mechanism_takes_no_more_than_two_sentences() {
    let long = ids_where(|technique| technique.mechanism.matches(". ").count() > 1);
    assert_eq!(long, Vec::<&str>::new());
}

#[test]
fn every_reference_to_another_entry_leads_to_a_request() {
    for technique in CATALOGUE {
        for part in parts(&technique.requires) {
            let Requirement::SameAs(id) = part else { continue };
            let referred = find(id).unwrap_or_else(|| panic!("{}: no entry `{id}`", technique.id));
            assert!(
                parts(&referred.requires)
                    .iter()
                    .any(|part| matches!(part, Requirement::Request(_) | Requirement::SameAs(_))),
                "{}: `{id}` asks for nothing",
                technique.id
            );
            assert_ne!(id, technique.id, "an entry refers to itself");
        }
    }
}

#[test]
fn every_request_names_a_resource_that_is_served() {
    for technique in CATALOGUE {
        for request in requests(technique) {
            let plural = request.resource.split('/').next().unwrap_or_default();
            let known =
                PLURALS.iter().any(|(group, plurals)| *group == request.group && plurals.contains(&plural));
            assert!(known, "{}: {request}", technique.id);
        }
    }
}

#[test]
fn every_listed_plural_is_asked_for() {
    let asked: BTreeSet<(&str, &str)> = CATALOGUE
        .iter()
        .flat_map(requests)
        .map(|request| (request.group, request.resource.split('/').next().unwrap_or_default()))
        .collect();
    let listed: BTreeSet<(&str, &str)> =
        PLURALS.iter().flat_map(|(group, plurals)| plurals.iter().map(|plural| (*group, *plural))).collect();
    assert_eq!(asked, listed);
}

#[test]
fn every_step_that_is_tried_asks_for_a_request() {
    let without = ids_where(|technique| {
        let asks = |part: &Requirement| matches!(part, Requirement::Request(_) | Requirement::SameAs(_));
        !parts(&technique.requires).iter().any(asks)
    });
    let expected = [
        "container-escape",
        "group-wide-grant",
        "hostpath-cilium-sock",
        "invisible",
        "misc-no-gain",
        "node-compromise",
        "node-identity",
        "pod-token",
    ];
    assert_eq!(without, expected);
}

#[test]
fn what_has_no_severity_is_information_no_way_in_or_a_limit() {
    let none = ids_where(|technique| technique.severity == Severity::None);
    let expected = [
        "controllerrevisions",
        "impersonate-extra-uid",
        "invisible",
        "misc-no-gain",
        "nodes-proxy-nonexec",
        "pod-certificate-request",
        "pods-log",
        "podtemplates",
    ];
    assert_eq!(none, expected);
    for id in none {
        let class = find(id).map(|technique| technique.class);
        let fits = matches!(class, Some(Class::Info | Class::NoWayIn | Class::Limit | Class::Context));
        assert!(fits, "{id}: {class:?}");
    }
}

#[test]
fn what_is_no_way_in_leads_nowhere() {
    let no_way = ids_where(|technique| matches!(technique.class, Class::NoWayIn | Class::Limit));
    for id in no_way {
        assert_eq!(find(id).map(|technique| technique.reach), Some(Reach::Nothing), "{id}");
    }
}

#[test]
fn a_step_that_follows_lowers_no_path() {
    let follows = ids_where(|technique| technique.reach == Reach::Follows);
    assert_eq!(follows, ["container-escape", "node-compromise", "pod-token"]);
    for id in follows {
        assert_eq!(find(id).map(|technique| technique.severity), Some(Severity::Critical), "{id}");
    }
}

#[test]
fn the_aliases_are_those_of_the_contract() {
    let aliases = ids_where(|technique| technique.reach == Reach::Alias);
    let expected = [
        "cilium-sa-tokens",
        "group-wide-grant",
        "hostpath-cilium-sock",
        "kubectl-debug-node",
        "pod-takeover-as-sa",
    ];
    assert_eq!(aliases, expected);
}

#[test]
fn the_version_decides_where_the_facts_say_so() {
    let versioned = ids_where(|technique| {
        let versions =
            |part: &Requirement| matches!(part, Requirement::Fact(Fact::Before(_) | Fact::Since(_)));
        parts(&technique.requires).iter().any(versions)
    });
    let expected = [
        "impersonate-constrained-node",
        "impersonate-constrained-sa",
        "impersonate-constrained-user",
        "mutating-admission-policy",
        "pods-attach",
        "pods-exec",
        "pods-portforward",
    ];
    assert_eq!(versioned, expected);
}

#[test]
fn nodes_and_other_cluster_objects_are_asked_for_in_the_cluster() {
    let cluster_scoped = [
        "nodes",
        "users",
        "groups",
        "persistentvolumes",
        "certificatesigningrequests",
        "signers",
        "clusterrolebindings",
        "apiservices",
        "customresourcedefinitions",
        "ciliumidentities",
        "ciliumnodes",
        "ciliumclusterwidenetworkpolicies",
    ];
    for technique in CATALOGUE {
        for request in requests(technique) {
            let plural = request.resource.split('/').next().unwrap_or_default();
            if cluster_scoped.contains(&plural) {
                assert_eq!(request.scope, Scope::Cluster, "{}: {request}", technique.id);
            }
        }
    }
}
