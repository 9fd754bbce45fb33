//! Every way to meet a technique's formula is tried: granted to the letter it is found, without any one request it is not.

use cilium_exec_check_core::technique::{
    Alternative, CATALOGUE, Fact, NamePattern, Reach, RequestPattern, Scope, Severity, Technique,
    alternatives,
};
use cilium_exec_check_tests::{File, Fixture, analyze, fixture, identity};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whether the formula alone makes a path: aliases are tried as what they stand for, and lifting a level or making a
/// namespace is of use to whoever makes pods there only.
fn is_tried(technique: &Technique) -> bool {
    let silent = matches!(
        technique.reach,
        Reach::Alias
            | Reach::Enables
            | Reach::Follows
            | Reach::ActsAsNode
            | Reach::Nothing
            | Reach::LiftsPodSecurity
            | Reach::MakesNamespace
    );
    technique.severity != Severity::None && !silent
}

/// The minor that makes the facts of a way true.
fn version(way: &Alternative) -> u32 {
    let before = way.facts.iter().find_map(|fact| match fact {
        Fact::Before(minor) => Some(minor - 1),
        _ => None,
    });
    before.unwrap_or(37)
}

/// The namespace that a way is granted in: where what it is about is.
fn namespace(technique: &Technique) -> &'static str {
    match technique.reach {
        Reach::MountsHostPath => "dev",
        Reach::MakesPod | Reach::HasPodMade => "tools",
        _ => "kube-system",
    }
}

/// A name that the request may carry, for a rule that is restricted to it; `None` where the request carries none.
fn name(technique: &Technique, request: &RequestPattern) -> Option<&'static str> {
    let resource = request.resource.split('/').next().unwrap_or_default();
    match (request.name, resource) {
        (NamePattern::Absent, _) => None,
        (NamePattern::Literal(name), _) => Some(name),
        (NamePattern::OneOf(names), _) => Some(match names[0] {
            "bootstrap-token-*" => "bootstrap-token-abcdef",
            name => name,
        }),
        (_, "pods") if technique.reach == Reach::StealsPods => Some("cilium-operator-5d8c7b9f6d-x2x7k"),
        (NamePattern::Object, "pods") => Some("cilium-aaaaa"),
        (_, "pods") => Some("cilium-bbbbb"),
        (_, "nodes") if technique.reach == Reach::StealsPods => Some("n1"),
        (_, "nodes") => Some("n2"),
        (_, "daemonsets") if request.name == NamePattern::Object => Some("cilium"),
        (_, "services") if request.name == NamePattern::ProxyTarget => Some("hubble-peer"),
        (_, "namespaces") if request.name == NamePattern::Object => Some("dev"),
        (_, "serviceaccounts") => Some("coredns"),
        (_, "secrets") if technique.id == "secrets-read" => Some("coredns-token-xyz"),
        (NamePattern::Chosen, "users") => Some("nobody"),
        (_, "users") => Some("alice"),
        (_, "groups") => Some("admins"),
        (_, "clusterroles" | "roles") if technique.id == "rbac-bind" => Some("execer"),
        (_, "clusterrolebindings") => Some("execers"),
        (_, "rolebindings") => Some("execers-of-the-cluster"),
        (_, "apiservices") => Some("v2.cilium.io"),
        (_, "customresourcedefinitions") => Some("ciliumnodes.cilium.io"),
        _ => Some("it"),
    }
}

/// A role and its binding; a namespaced one of a Role, so that it can be grown.
fn granted(holder: &str, name: &str, namespace: Option<&str>, rules: &[Value]) -> [Value; 2] {
    let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
    let mut metadata = json!({"name": name});
    if let Some(namespace) = namespace {
        metadata["namespace"] = namespace.into();
    }
    let api = "rbac.authorization.k8s.io/v1";
    [
        json!({"apiVersion": api, "kind": kind, "metadata": metadata, "rules": rules}),
        json!({
            "apiVersion": api, "kind": format!("{kind}Binding"), "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": "it", "namespace": holder}],
        }),
    ]
}

/// The objects that grant requests to an account of the namespace `holder`, each by a rule that covers nothing else.
fn objects(technique: &Technique, holder: &str, requests: &[RequestPattern]) -> Vec<Value> {
    let makes = requests.iter().any(|request| request.verb == "create");
    let missing = format!("missing-{holder}");
    // The role that the holder grows is the one that grants it the way; a missing one is made by its name.
    let own = (technique.reach == Reach::GrowsRole).then_some(if makes { &missing } else { holder });
    let in_namespace = |request: &RequestPattern| match request.scope {
        Scope::Cluster => None,
        Scope::In(namespace) => Some(namespace),
        Scope::Namespace => Some(namespace(technique)),
    };
    let rule = |request: &RequestPattern| {
        let of_role = own.filter(|_| request.name != NamePattern::Absent);
        let mut names: Vec<&str> = of_role.or(name(technique, request)).into_iter().collect();
        if request.resource == "rolebindings" && !names.is_empty() {
            names.push("execers");
        }
        json!({"verbs": [request.verb], "apiGroups": [request.group], "resources": [request.resource],
               "resourceNames": names})
    };
    let mut objects = Vec::new();
    for place in [None, Some("kube-system"), Some("dev"), Some("tools")] {
        let here = requests.iter().filter(|request| in_namespace(request) == place);
        let rules: Vec<Value> = here.map(rule).collect();
        if !rules.is_empty() {
            objects.extend(granted(holder, holder, place, &rules));
        }
        if makes && own.is_some() && !rules.is_empty() {
            objects.extend(granted(holder, &missing, place, &[]).into_iter().skip(1));
        }
    }
    let account = json!({"name": "it", "namespace": holder});
    objects.push(json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}));
    objects
}

/// Requests of one way, or all but one of them, and what is expected of them.
struct Trial {
    minor: u32,
    requests: Vec<RequestPattern>,
    is_way: bool,
}

/// Every way of a technique, and all but one request of each that is none by itself; each once.
fn trials(technique: &Technique) -> Vec<Trial> {
    let ways = alternatives(&technique.requires);
    let is_met = |requests: &[RequestPattern]| {
        ways.iter().any(|way| {
            let mut needed = way.requests.iter().flatten().peekable();
            needed.peek().is_some() && needed.all(|it| requests.contains(it))
        })
    };
    let mut trials: Vec<Trial> = Vec::new();
    for way in &ways {
        let all: Vec<RequestPattern> = way.requests.iter().flatten().copied().collect();
        if all.is_empty() || is_tried_elsewhere(technique, &all) {
            continue;
        }
        let fewer = (0..all.len()).map(|left_out| {
            let kept = all.iter().enumerate().filter(|(index, _)| *index != left_out);
            kept.map(|(_, request)| *request).collect()
        });
        for requests in std::iter::once(all.clone()).chain(fewer) {
            let is_way = is_met(&requests);
            let known = trials.iter().any(|trial| trial.requests == requests);
            if !known && !requests.is_empty() && (is_way == (requests == all)) {
                trials.push(Trial { minor: version(way), requests, is_way });
            }
        }
    }
    trials
}

/// The trials of one technique that do not come to what is expected; each has a ServiceAccount of its own.
fn faults(cluster: &Fixture, technique: &Technique, trials: &[Trial], minor: u32) -> Vec<String> {
    let trials = || trials.iter().enumerate().filter(|(_, trial)| trial.minor == minor);
    let items: Vec<Value> = trials()
        .flat_map(|(index, trial)| objects(technique, &format!("way-{index}"), &trial.requests))
        .collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let mut files = cluster.files.clone();
    files.push(File { name: "ways.json".to_owned(), bytes: list.to_string().into_bytes() });
    let mut options = cluster.options();
    options.kubernetes_version = Some((1, minor));
    let report = analyze(&files, &options);
    let is_found = |index: usize| {
        let holder = format!("serviceaccount/way-{index}/it");
        let mut own = report.findings.iter().filter(|finding| identity(&finding.identity) == holder);
        own.any(|finding| finding.techniques.iter().any(|id| id == technique.id))
    };
    let wrong = trials().filter(|(index, trial)| is_found(*index) != trial.is_way);
    let said = |is_way: bool| if is_way { "not found" } else { "found" };
    wrong
        .map(|(_, trial)| {
            format!("{}: {} with {}", technique.id, said(trial.is_way), in_words(&trial.requests))
        })
        .collect()
}

fn in_words(requests: &[RequestPattern]) -> String {
    requests.iter().map(RequestPattern::to_string).collect::<Vec<_>>().join(" and ")
}

#[test]
fn every_way_is_found_with_all_of_its_requests_and_with_none_left_out() {
    let cluster = fixture("something-for-every-technique");
    let mut tried = 0;
    let mut wrong = Vec::new();
    for technique in CATALOGUE.iter().filter(|technique| is_tried(technique)) {
        let trials = trials(technique);
        tried += trials.iter().filter(|trial| trial.is_way).count();
        let minors: BTreeSet<u32> = trials.iter().map(|trial| trial.minor).collect();
        wrong.extend(minors.into_iter().flat_map(|minor| faults(&cluster, technique, &trials, minor)));
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 200, "only {tried} ways were tried");
}

/// A changed workload is `workload-template-patch`, whatever it is changed for; and what cilium.io's APIServices are is
/// not changed by new ones.
fn is_tried_elsewhere(technique: &Technique, requests: &[RequestPattern]) -> bool {
    if technique.id == "apiservice-hijack" {
        return requests.iter().any(|request| request.verb == "create");
    }
    let is_template = technique.reach == Reach::RewritesTemplate;
    let of_workload = |request: &RequestPattern| {
        ["apps", "batch"].contains(&request.group) && request.name == NamePattern::Object
    };
    !is_template && requests.iter().any(of_workload)
}
