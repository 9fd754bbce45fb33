//! The scenarios that every analysis of this kind has to get right, each with its fixture: ways in that are often missed, and
//! rights that are often taken for one.

use cilium_exec_check_core::report::VerdictState;
use cilium_exec_check_tests::{Observed, analyze, fixture, shared, skipped};
use std::collections::BTreeSet;

/// Ways in, with what must be among the techniques that are found.
const WAYS_IN: [(&str, &str); 26] = [
    ("pods-exec-create", "pods-exec"),
    ("pods-exec-get-before-1.35", "pods-exec"),
    ("read-everything", "nodes-proxy-get secrets-read"),
    ("pods-ephemeralcontainers", "pods-ephemeralcontainers"),
    ("pods-image-swap-by-name", "pods-image-swap"),
    ("workload-template-patch-by-name", "workload-template-patch"),
    ("pod-create-in-an-open-namespace", "pod-create-privileged"),
    ("relabel-a-restricted-namespace", "namespace-psa-relabel pod-create-privileged"),
    ("relabel-through-the-status", "namespace-psa-relabel pod-create-privileged"),
    ("host-path-through-a-claim", "pv-hostpath"),
    ("token-of-the-operator-by-name", "sa-token-create workload-create-privileged"),
    ("token-secret-listed-by-name", "secrets-read"),
    ("new-token-secret", "secrets-create-token"),
    ("pod-create-where-restricted", "pod-create-as-sa"),
    (
        "edit-in-kube-system",
        "pods-exec impersonate-sa sa-token-create workload-template-patch pod-create-as-sa",
    ),
    ("impersonate-any-user", "impersonate-user"),
    ("impersonate-nobody-with-any-group", "impersonate-group"),
    ("certificate-of-the-cluster-admins", "csr-client-cert"),
    ("certificate-of-a-node-approved-by-itself", "csr-nodeclient-autoapprove node-identity"),
    ("bootstrap-token", "bootstrap-token-create csr-nodeclient-autoapprove node-identity"),
    ("escalate-own-role", "rbac-escalate"),
    ("bind-cluster-admin-in-kube-system", "rbac-bind pods-exec"),
    ("mutating-admission-policy", "mutating-admission-policy"),
    ("group-of-a-namespace", "group-wide-grant pods-exec"),
    ("user-that-is-a-serviceaccount", "pods-exec"),
    ("pod-create-by-server-side-apply", "pod-create-privileged"),
];

/// Rights that lead nowhere, or that something holds back.
const NO_WAYS_IN: [&str; 14] = [
    "pods-exec-get-since-1.35",
    "exec-where-nothing-runs",
    "exec-into-another-pod-by-name",
    "read-pods",
    "exec-in-the-wrong-group",
    "dangling-role",
    "opaque-secrets-listed",
    "pod-create-in-a-restricted-namespace",
    "pods-slash-star",
    "nodes-proxy-by-rolebinding",
    "impersonate-groups-alone",
    "rbac-writes-without-bind",
    "patch-jobs",
    "names-without-a-request",
];

fn observed(name: &str) -> Observed {
    let fixture = fixture(name);
    Observed::of(&analyze(&fixture.files, &fixture.options()))
}

#[test]
fn every_way_in_is_found_by_the_techniques_that_it_takes() {
    for (name, techniques) in WAYS_IN {
        let observed = observed(name);
        assert_eq!(observed.state, VerdictState::Reachable, "{name}");
        let found: BTreeSet<&str> =
            observed.findings.iter().flat_map(|finding| &finding.techniques).map(String::as_str).collect();
        let missing: Vec<&str> = techniques.split(' ').filter(|id| !found.contains(id)).collect();
        assert!(missing.is_empty(), "{name}: no {missing:?} in {found:?}");
    }
}

#[test]
fn rights_that_are_no_way_in_make_no_finding() {
    for name in NO_WAYS_IN {
        let observed = observed(name);
        assert_eq!(observed.state, VerdictState::NotReached, "{name}");
        assert_eq!(observed.findings, [], "{name}");
    }
}

#[test]
fn no_scenario_of_the_facts_is_left_out() {
    let Some(folder) = shared() else {
        return skipped("no folder `shared` beside the checkout: the list of scenarios is not compared");
    };
    let page = folder.join("facts/chains.md");
    let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let rows: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() > 5 && is_scenario(cells[1]))
        .collect();
    let of_kind = |verdict: &str| rows.iter().filter(|cells| cells[4].contains(verdict)).collect::<Vec<_>>();
    let (flagged, not_flagged) = (of_kind("FLAG"), of_kind("not"));
    assert_eq!((flagged.len(), not_flagged.len()), (WAYS_IN.len(), NO_WAYS_IN.len()));
    for ((name, techniques), cells) in WAYS_IN.iter().zip(flagged) {
        let ours: BTreeSet<&str> = techniques.split(' ').collect();
        let theirs = cells[5].split(", ").filter(|id| !is_left_out(id));
        let missing: Vec<&str> = theirs.filter(|id| !ours.contains(id)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} of `{}`", cells[3]);
    }
}

fn is_scenario(cell: &str) -> bool {
    let digits = cell.strip_prefix(['S', 'N']).unwrap_or_default();
    digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Aliases, which are never steps, and what leads to none of the effects.
fn is_left_out(id: &str) -> bool {
    ["cilium-sa-tokens", "nodes-log"].contains(&id)
}
