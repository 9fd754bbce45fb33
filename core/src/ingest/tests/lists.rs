//! Lists in every form that kubectl and the API give them.

use super::*;

#[test]
fn a_list_as_kubectl_prints_it_gives_each_object_rule_and_subject_its_line() {
    check(
        "apiVersion: v1\nitems:\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata:\n    name: a\n    namespace: n\n  rules:\n  - verbs: [get]\n    resources:\n    - pods\n  - apiGroups:\n    - \"\"\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: ClusterRoleBinding\n  metadata:\n    name: b\n  roleRef:\n    kind: ClusterRole\n    name: c\n  subjects:\n  - kind: User\n    name: u\n  - kind: ServiceAccount\n    name: s\n    namespace: n\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
        "\
        Role n/a f:3:3
          [\"get\"] [] [\"pods\"] :9
          [] [\"\"] [] :12
        ClusterRoleBinding b f:14:3
          User u :22
          ServiceAccount n/s :24",
    );
}

#[test]
fn the_same_list_in_json_is_read_alike() {
    check(
        "{\n  \"apiVersion\": \"v1\",\n  \"items\": [\n    {\n      \"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \"Role\",\n      \"metadata\": {\"name\": \"ü\", \"namespace\": \"n\"}, \"rules\": [\n        {\"verbs\": [\"get\"]},\n        {\"verbs\": null}]\n    }, {\"kind\": \"Namespace\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"é\", \"labels\": {\"ü\": \"x\"}}}\n  ],\n  \"kind\": \"List\"\n}\n",
        "\
        Role n/ü f:4:5
          [\"get\"] [] [] :7
          [] [] [] :8
        Namespace é f:9:8",
    );
}

#[test]
fn bare_items_of_a_typed_list_inherit_its_kind_wherever_it_stands() {
    let items =
        r#""items":[{"metadata":{"name":"a","namespace":"n"}},{"metadata":{"name":"b","namespace":"n"}}]"#;
    let expected = "Role n/a f:1:INDEX\nRole n/b f:1:OTHER";
    for (text, first, second) in [
        (format!(r#"{{"kind":"RoleList","apiVersion":"rbac.authorization.k8s.io/v1",{items}}}"#), 73, 115),
        (format!(r#"{{{items},"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleList"}}"#), 11, 53),
    ] {
        check(&text, &expected.replace("INDEX", &first.to_string()).replace("OTHER", &second.to_string()));
    }
    check(
        "items:\n- metadata: {name: a, namespace: n}\nkind: RoleList\napiVersion: rbac.authorization.k8s.io/v1\n",
        "Role n/a f:2:3",
    );
}

#[test]
fn an_empty_typed_list_makes_its_kind_present_and_an_empty_list_says_nothing() {
    for text in [
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems: []\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleList\nitems:\n",
        r#"{"kind":"RoleList","apiVersion":"rbac.authorization.k8s.io/v1","items":null}"#,
    ] {
        check(text, "~ Role Present 0");
    }
    check("apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: \"\"\n", "");
    check("apiVersion: example.com/v1\nkind: RoleList\nitems: []\n", "");
}

#[test]
fn a_list_that_the_server_cut_off_makes_its_kinds_partial() {
    check(
        r#"{"kind":"SecretList","apiVersion":"v1","metadata":{"continue":"abc"},"items":[]}"#,
        "\
        ~ Secret Partial 0 f:1: the list was cut off by the server: `metadata.continue` is set
        Error truncated-list f:1:63: the list was cut off by the server: `metadata.continue` is set (export it again without a limit)",
    );
    check(
        "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: a\nkind: List\nmetadata:\n  continue: abc\n",
        "\
        Namespace a f:3:3
        ~ Namespace Partial 1 f:9: the list was cut off by the server: `metadata.continue` is set
        Error truncated-list f:9:13: the list was cut off by the server: `metadata.continue` is set (export it again without a limit)",
    );
}

#[test]
fn lists_of_lists_and_plain_sequences_are_read() {
    check(
        "kind: List\napiVersion: v1\nitems:\n- kind: List\n  apiVersion: v1\n  items:\n  - kind: Namespace\n    apiVersion: v1\n    metadata: {name: a}\n- kind: NamespaceList\n  apiVersion: v1\n  items:\n  - metadata: {name: b}\n",
        "Namespace a f:7:5\nNamespace b f:13:5",
    );
    check(
        r#"[{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}},[{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"b"}}]]"#,
        "Namespace a f:1:2\nNamespace b f:1:66",
    );
}

#[test]
fn a_list_that_can_not_be_cut_is_read_as_a_whole() {
    for text in [
        // An anchor that another item uses.
        "kind: List\nitems:\n- kind: Namespace\n  apiVersion: v1\n  metadata: &m\n    name: a\n- kind: ServiceAccount\n  apiVersion: v1\n  metadata: *m\n",
        // Items that stand indented, and items in flow style.
        "kind: List\nitems:\n  - kind: Namespace\n    apiVersion: v1\n    metadata:\n      name: a\n  - kind: ServiceAccount\n    apiVersion: v1\n    metadata: {name: a}\n",
        "{kind: List, items: [{kind: Namespace, apiVersion: v1, metadata: {name: a}},\n {kind: ServiceAccount, apiVersion: v1, metadata: {name: a}}]}",
    ] {
        let read = summary(&snapshot(&[("f", text.as_bytes())]));
        let objects: Vec<&str> = read.lines().filter_map(|line| line.split(" f:").next()).take(2).collect();
        assert_eq!(objects, ["ServiceAccount default/a", "Namespace a"], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_list_is_none() {
    check(
        "kind: Widget\napiVersion: example.com/v1\nitems:\n- kind: Namespace\n  apiVersion: v1\n  metadata:\n    name: a\n",
        "ignored Widget 1",
    );
    check(
        "text: \"\nitems:\n- kind: Namespace\n  apiVersion: v1\n\"\nkind: List\n",
        "~ every kind is partial\nError syntax f:1:7: not valid YAML: invalid indentation in quoted scalar",
    );
}

#[test]
fn an_item_that_is_refused_has_the_kind_that_it_says_itself() {
    check(
        "apiVersion: v1\nkind: List\nitems:\n- kind: Role\n  kind: Role\n  metadata:\n    name: a\n",
        "\
        ~ Role Partial 0 f:5: the key `kind` stands twice: on line 4 and on line 5
        Error duplicate-key f:5:3: the key `kind` stands twice: on line 4 and on line 5 (keep one of them)",
    );
}
