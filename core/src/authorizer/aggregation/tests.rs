//! Aggregated roles, each with the roles whose rules it must come to have.

use super::super::RoleTable;
use super::Aggregation;
use crate::ingest::{Limits, assemble, read_bytes};
use crate::model::Snapshot;

fn snapshot(yaml: &str) -> Snapshot {
    assemble(vec![read_bytes("roles.yaml", yaml.as_bytes(), Limits::default())])
}

fn role(name: &str, labels: &str, verbs: &[&str]) -> String {
    let rules: Vec<String> =
        verbs.iter().map(|verb| format!("{{apiGroups: [''], resources: [pods], verbs: [{verb}]}}")).collect();
    let rules = rules.join(", ");
    document(&format!("metadata: {{name: {name}, labels: {{{labels}}}}}\nrules: [{rules}]"))
}

fn made_of(name: &str, labels: &str, selectors: &str) -> String {
    document(&format!(
        "metadata: {{name: {name}, labels: {{{labels}}}}}\naggregationRule: {{clusterRoleSelectors: [{selectors}]}}\nrules: []"
    ))
}

fn document(body: &str) -> String {
    format!("---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n{body}\n")
}

/// `ROLE: ORIGIN VERB, …` of each role whose rules were computed.
fn computed(documents: &[String]) -> Vec<String> {
    let snapshot = snapshot(&documents.concat());
    assert_eq!(snapshot.roles.len(), documents.len(), "{:?}", snapshot.diagnostics);
    let table = RoleTable::new(&snapshot);
    let line = |&role: &usize| {
        let rules = table.rules(role).iter().map(|effective| {
            format!("{} {}", snapshot.roles[effective.origin].name, effective.rule.verbs.join("+"))
        });
        format!("{}: {}", snapshot.roles[role].name, rules.collect::<Vec<_>>().join(", "))
    };
    table.computed().iter().map(line).collect()
}

#[test]
fn rules_come_from_the_selected_roles_and_name_them() {
    let roles = [
        made_of("all", "", "{matchLabels: {to: all}}, {matchLabels: {also: 'yes'}}"),
        role("a", "to: all", &["get", "list"]),
        role("b", "also: 'yes'", &["watch"]),
        role("c", "to: other", &["delete"]),
    ];
    assert_eq!(computed(&roles), ["all: a get, a list, b watch"]);
}

#[test]
fn stored_rules_are_left_as_they_are() {
    let mut stale = made_of("stale", "", "{matchLabels: {to: all}}");
    stale = stale.replace("rules: []", "rules: [{apiGroups: [''], resources: [pods], verbs: [patch]}]");
    let over = made_of("over", "", "{matchExpressions: [{key: to, operator: DoesNotExist}]}");
    let roles = [stale, role("a", "to: all", &["get"]), over];
    assert_eq!(computed(&roles), ["over: stale patch"]);
}

#[test]
fn aggregation_goes_on_through_aggregated_roles() {
    let roles = [
        made_of("admin", "", "{matchLabels: {to: admin}}"),
        made_of("edit", "to: admin", "{matchLabels: {to: edit}}"),
        made_of("view", "to: edit", "{matchLabels: {to: view}}"),
        role("pods", "to: view", &["get"]),
    ];
    assert_eq!(computed(&roles), ["admin: pods get", "edit: pods get", "view: pods get"]);
}

#[test]
fn cycles_end_and_a_role_does_not_select_itself() {
    let roles = [
        made_of("a", "to: b", "{matchLabels: {to: a}}"),
        made_of("b", "to: a", "{matchLabels: {to: b}}, {matchLabels: {leaf: 'yes'}}"),
        made_of("self", "to: self", "{matchLabels: {to: self}}"),
        role("leaf", "leaf: 'yes'", &["get"]),
    ];
    assert_eq!(computed(&roles), ["a: leaf get", "b: leaf get"]);
}

#[test]
fn expressions_select_as_label_selectors_do() {
    let selected = |expression: &str| {
        let roles = [
            made_of("x", "", &format!("{{matchExpressions: [{expression}]}}")),
            role("none", "", &["get"]),
            role("one", "k: one", &["list"]),
            role("two", "k: two", &["watch"]),
        ];
        computed(&roles).concat()
    };
    assert_eq!(selected("{key: k, operator: In, values: [one]}"), "x: one list");
    assert_eq!(selected("{key: k, operator: NotIn, values: [one]}"), "x: none get, two watch");
    assert_eq!(selected("{key: k, operator: Exists}"), "x: one list, two watch");
    assert_eq!(selected("{key: k, operator: DoesNotExist}"), "x: none get");
    for refused in
        ["operator: in, values: [one]", "operator: Gt, values: ['1']", "operator: In", "operator: NotIn"]
    {
        assert_eq!(selected(&format!("{{key: k, {refused}}}")), "");
    }
    assert_eq!(selected("{key: k, operator: Exists, values: [one]}"), "");
}

#[test]
fn a_selector_without_requirements_selects_every_cluster_role() {
    let roles = [made_of("x", "", "{}"), role("a", "", &["get"]), role("b", "k: v", &["list", "get"])];
    assert_eq!(computed(&roles), ["x: a get, b list"]);
    let none = [made_of("x", "", ""), role("a", "", &["get"])];
    assert_eq!(computed(&none), [""; 0]);
}

#[test]
fn a_role_that_selects_nothing_is_told() {
    let roles = [
        made_of("missing", "", "{matchLabels: {to: nobody}}"),
        made_of("self", "to: self", "{matchLabels: {to: self}}"),
        made_of("some", "", "{matchLabels: {to: some}}"),
        role("empty", "to: some", &[]),
    ];
    let snapshot = snapshot(&roles.concat());
    let table = RoleTable::new(&snapshot);
    let names: Vec<&str> =
        table.selecting_nothing().iter().map(|&role| &*snapshot.roles[role].name).collect();
    assert_eq!(names, ["missing", "self"]);
}

#[test]
fn the_limit_refuses_instead_of_giving_a_part() {
    let roles = [made_of("x", "", "{}"), role("a", "", &["get"]), role("b", "", &["list"])];
    let snapshot = snapshot(&roles.concat());
    let selectors = snapshot.roles.iter().find_map(|role| role.aggregation.as_deref()).expect("x has some");
    let rules = |limit| Aggregation::with_limit(&snapshot.roles, limit).rules(selectors).map(|it| it.len());
    assert_eq!((rules(3), rules(100)), (None, Some(2)));
}
