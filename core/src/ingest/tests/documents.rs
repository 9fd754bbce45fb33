//! Several documents in a source, encodings, versions, tables, and what is no Kubernetes object.

use super::*;

#[test]
fn documents_comments_and_what_helm_prints_are_read() {
    check(
        "# Source: x\n---\n# Source: y\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n---\n---\n# nothing\n--- # more\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: b\n...\nkind: Namespace\napiVersion: v1\nmetadata: {name: c}\n---",
        "Namespace a f:4:1\nNamespace b f:12:1\nNamespace c f:17:1",
    );
    check("%YAML 1.2\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n", "Namespace a f:3:1");
    check("--- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n", "Namespace a f:1:5");
}

#[test]
fn json_lines_concatenated_json_and_json_among_yaml_are_read() {
    let one = r#"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}}"#;
    let two = one.replace("\"a\"", "\"b\"");
    check(&format!("{one}\n{two}\n"), "Namespace a f:1:1\nNamespace b f:2:1");
    check(&format!("{one}{two}"), "Namespace a f:1:1\nNamespace b f:1:63");
    check(
        &format!("{one}\n---\n{two}\n---\nkind: Namespace\nmetadata: {{name: c}}\n"),
        "Namespace a f:1:1\nNamespace b f:3:1\nNamespace c f:5:1",
    );
}

#[test]
fn crlf_and_a_byte_order_mark_change_nothing() {
    let text = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: b\nkind: List\n";
    let expected = "Namespace a f:3:3\nNamespace b f:7:3";
    check(text, expected);
    check(&text.replace('\n', "\r\n"), expected);
    check(&format!("\u{feff}{text}"), expected);
    check(
        &format!("\u{feff}{}", r#"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}}"#),
        "Namespace a f:1:1",
    );
}

#[test]
fn utf_16_and_bytes_that_are_no_text_are_refused_by_name() {
    let utf16: Vec<u8> = "\u{feff}kind: Role".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let expected = "~ every kind is partial\nError unreadable-source f:0:0: the text is UTF-16, not UTF-8 (save it as UTF-8)";
    check_bytes(&[("f", &utf16)], expected);
    check_bytes(&[("f", &utf16[2..])], expected);
    check_bytes(
        &[("f", b"kind: Role\nmetadata:\n  name: \xff\n")],
        "~ every kind is partial\nError unreadable-source f:3:9: the text is not UTF-8 (save it as UTF-8)",
    );
}

#[test]
fn control_characters_are_refused_by_name() {
    check(
        "kind: Role\nmetadata:\n  name: a\0b\n",
        "~ every kind is partial\nError syntax f:3:10: the control character `U+0000` is not allowed",
    );
    check(
        "{\"kind\":\"Role\",\"metadata\":{\"name\":\"a\u{1}b\"}}",
        "~ every kind is partial\nError syntax f:1:37: the control character `U+0001` is not allowed",
    );
}

#[test]
fn the_server_version_is_taken_from_every_form_of_kubectl_version() {
    for text in [
        "clientVersion:\n  major: \"1\"\n  minor: \"30\"\nkustomizeVersion: v5\nserverVersion:\n  major: \"1\"\n  minor: 34+\n  gitVersion: v1.34.2-eks\n",
        r#"{"clientVersion":{"major":"1","minor":"30"},"serverVersion":{"major":"1","minor":"34"}}"#,
        r#"{"major":"1","minor":"34","gitVersion":"v1.34.2"}"#,
        "Client Version: v1.30.1\nKustomize Version: v5.0.4\nServer Version: v1.34.2\n",
    ] {
        check(text, "server 1.34");
    }
    check("clientVersion:\n  major: \"1\"\n  minor: \"30\"\n", "");
}

#[test]
fn a_table_is_told_from_broken_yaml() {
    for text in [
        "NAME          CREATED AT\nadmin         2026-01-01T00:00:00Z\n",
        "NAMESPACE   NAME   AGE\nkube-system   a: b   3d\n  x: y\n",
    ] {
        check(
            text,
            "~ every kind is partial\nError table-output f:1:1: this is the table that `kubectl get` prints, not YAML or JSON (add `-o yaml` to the command)",
        );
    }
}

#[test]
fn what_is_no_object_or_of_no_kind_that_is_read_is_counted() {
    check(
        "replicas: 3\nimage: {tag: v1}\n---\njust text\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n---\nResources: !Sub\n  x: !Ref y\n",
        "ignored (not an object) 3\nignored NetworkPolicy 1\nignored Service 1",
    );
    check("", "");
    check("# only a comment\n", "");
    check(" \n\n", "");
    assert_eq!(
        snapshot(&[("f", b"kind: Foo\n---\nkind: Role\nmetadata: {name: a, namespace: b}\n")]).sources[0]
            .objects,
        2
    );
}

#[test]
fn a_refusal_of_the_server_makes_its_kind_denied() {
    check(
        r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets is forbidden: User \"u\" cannot list","reason":"Forbidden","details":{"kind":"secrets"},"code":403}"#,
        "\
        ~ Secret Denied 0 f:1: the server refused to list Secret (403)
        Error access-denied f:1:1: the server refused to list Secret (403) (export it as a user who may list it)",
    );
    check(
        "kind: Status\napiVersion: v1\nstatus: Failure\nmessage: clusterrolebindings.rbac.authorization.k8s.io is forbidden\nreason: Forbidden\ncode: 403\n---\nkind: ClusterRoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: a}\n",
        "\
        ClusterRoleBinding a f:8:1
        ~ ClusterRoleBinding Partial 1 f:1: the server refused to list ClusterRoleBinding (403)
        Error access-denied f:1:1: the server refused to list ClusterRoleBinding (403) (export it as a user who may list it)",
    );
}

#[test]
fn what_kubectl_prints_when_it_is_refused_makes_the_kind_denied() {
    check(
        "Error from server (Forbidden): secrets is forbidden: User \"u\" cannot list resource \"secrets\" in API group \"\" at the cluster scope\nError from server (Forbidden): roles.rbac.authorization.k8s.io is forbidden: User \"u\" cannot list\n",
        "\
        ~ Role Denied 0 f:2: the server refused to list Role (403)
        ~ Secret Denied 0 f:1: the server refused to list Secret (403)
        Error access-denied f:1:1: the server refused to list Secret (403) (export it as a user who may list it)
        Error access-denied f:2:1: the server refused to list Role (403) (export it as a user who may list it)",
    );
}
