//! JSON as kubectl and jq print it, whole and damaged: what the reader of tokens takes, the event reader reads alike.

use super::super::names::Names;
use super::super::node::{Node, Pos, Value};
use super::super::tokens;
use super::damage::{apply, difference, edit};
use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What damage puts in: bytes and words that mean something in JSON.
const BYTES: &[u8] = b"\n\r\t -:[]{}\"\\,.0123eEtfnu/'#\0\x1f\x7f\xff\xc2\x85\xe2\x80\xa8";
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "{}",
    "[]",
    ",",
    ", ",
    "\"",
    "\\\"",
    "\\",
    "\\u0041",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\/",
    "\\n",
    "\\x",
    "\"kind\": \"List\", ",
    "\"kind\": \"Status\", ",
    "\"kind\": null, ",
    "\"gitVersion\": \"v1.34.1\", ",
    "\"name\": 1, ",
    "\"items\": [], ",
    "null",
    "true, ",
    "-0",
    "1e5",
    "007",
    "// note\n",
    "\u{e9}",
    "\u{feff}",
    "\u{2028}",
    "\n\n",
    "---\n",
    "        }\n",
    "        },\n        {\n",
];

/// A pod with everything that the rules read, and what they leave aside.
fn pod(name: &str) -> Json {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "annotations": {
                "container.apparmor.security.beta.kubernetes.io/agent": "unconfined",
                "kubectl.kubernetes.io/last-applied-configuration": "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}\n",
                "note": "a \"quoted\" text with a tab\t, an umlaut ü and <angle> brackets"
            },
            "labels": {"k8s-app": "agent", "ü": "é", "y": "1"},
            "managedFields": [{
                "apiVersion": "v1", "fieldsType": "FieldsV1",
                "fieldsV1": {
                    "f:metadata": {"f:labels": {".": {}, "f:k8s-app": {}}},
                    "f:spec": {"f:containers": {"k:{\"name\":\"agent\"}": {".": {}, "f:image": {}}}}
                },
                "manager": "kubectl", "time": "2026-01-15T09:12:44Z"
            }],
            "name": name, "namespace": "kube-system",
            "ownerReferences": [{"apiVersion": "apps/v1", "controller": true, "kind": "DaemonSet", "name": "agent"}]
        },
        "spec": {
            "containers": [{
                "args": ["--config-dir=/tmp", "a: b"], "command": ["/usr/bin/agent", "-x", null],
                "env": [{"name": "A", "value": "s3cret"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                "image": "quay.io/cilium/cilium:v1.18.6", "name": "agent",
                "resources": {"limits": {"cpu": 0.5, "memory": -1.5e3}},
                "securityContext": {"capabilities": {"add": ["SYS_ADMIN"], "drop": ["ALL"]}, "privileged": true, "runAsUser": 0},
                "volumeMounts": [{"mountPath": "/host\\\u{1f600}", "mountPropagation": "Bidirectional", "name": "host", "readOnly": true}]
            }],
            "hostNetwork": true, "nodeName": "n1", "serviceAccountName": "agent",
            "tolerations": [{"operator": "Exists"}],
            "volumes": [
                {"hostPath": {"path": "/", "type": ""}, "name": "host"}, {"emptyDir": {}, "name": "tmp"},
                {"name": "token", "projected": {"sources": [
                    {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}, {"secret": {"name": "more"}}
                ]}}
            ]
        },
        "status": {"conditions": [], "phase": "Running", "podIP": null}
    })
}

fn objects() -> Vec<Json> {
    let role = json!({
        "aggregationRule": {"clusterRoleSelectors": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}], "matchLabels": {"c": "d"}}]},
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"},
        "rules": [
            {"apiGroups": ["", "*"], "resourceNames": ["007", null], "resources": ["pods/exec"], "verbs": ["create"]},
            {"nonResourceURLs": ["/logs/*"], "verbs": ["get"]}
        ]
    });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "n"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"},
        "subjects": [{"kind": "User", "name": "yes"}, {"kind": "ServiceAccount", "name": "s"}]
    });
    let other = json!({"apiVersion": "example.com/v1", "kind": "Other", "spec": {"a": 1}});
    vec![pod("agent-x"), pod("agent-y"), role, binding, other]
}

fn printed(value: &Json, indent: Option<&[u8]>) -> String {
    let Some(indent) = indent else { return value.to_string() };
    let mut bytes = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(indent);
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut bytes, pretty))
        .expect("it is written to memory");
    String::from_utf8(bytes).expect("it is text")
}

/// A List, one of a kind that its items inherit, and a bare list: each as kubectl prints it (which escapes `<`), as jq does, and compact.
fn exports() -> Vec<String> {
    let list =
        json!({"apiVersion": "v1", "items": objects(), "kind": "List", "metadata": {"resourceVersion": ""}});
    let mut bare = vec![pod("a"), pod("b")];
    bare.iter_mut().filter_map(Json::as_object_mut).for_each(|pod| {
        pod.remove("kind");
        pod.remove("apiVersion");
    });
    let items = printed(&Json::from(bare), None);
    let typed = format!(
        "{{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"5\"}},\"items\":{items}}}\n"
    );
    let late = format!("{{\"items\":{items},\"kind\":\"PodList\",\"apiVersion\":\"v1\"}}\n");
    let kubectl = printed(&list, Some(b"    ")).replace('<', "\\u003c").replace('>', "\\u003e");
    vec![
        kubectl.clone(),
        printed(&list, Some(b"  ")),
        printed(&list, None),
        printed(&list, Some(b"\t")),
        kubectl.replace('\n', "\r\n"),
        typed,
        late,
        printed(&Json::from(objects()), Some(b"  ")),
        format!("{}\n{}\n", printed(&list, None), printed(&list, None)),
    ]
}

fn taken(text: &str) -> (u64, u64) {
    let taken = read_bytes("f", text.as_bytes(), Limits::default()).taken();
    (taken.strictly, taken.by_parser)
}

#[test]
fn what_kubectl_and_jq_print_is_read_strictly() {
    for (index, text) in exports().iter().enumerate() {
        let (strictly, by_events) = taken(text);
        let late = text.contains("],\"kind\":\"PodList\"");
        assert_eq!(late, by_events > 0, "{index}");
        assert_eq!(late, strictly == 0, "{index}");
        snapshot(&[("f", text.as_bytes())]);
    }
}

#[test]
fn one_odd_item_is_read_event_by_event_and_the_others_strictly() {
    let odd = "\n        {\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"a\", \"labels\": {\"\\u0061\": \"b\"}}},";
    let text = exports()[0].replacen("[\n", &format!("[{odd}\n"), 1);
    let (strictly, by_events) = taken(&text);
    assert!(strictly > 4_000 && by_events > 100 && by_events < 200, "{strictly} {by_events}");
    let read = snapshot(&[("f", text.as_bytes())]);
    assert_eq!((read.namespaces.len(), read.pods.len(), read.roles.len()), (1, 2, 1));
    assert_eq!(read.namespaces[0].at.line, 4);
}

/// What the reader makes of a text.
fn object(text: &str) -> Option<Node> {
    let at = Pos { line: 1, column: 1 };
    let read = tokens::object(text.as_bytes(), at, false, Limits::default(), &Names::default());
    read.ok().map(|(node, _)| node)
}

#[test]
fn what_is_odd_is_left_to_the_event_reader() {
    let with = |more: &str| format!("{{\"kind\": \"A\", {more}}}");
    assert!(object(&with("\"b\": \"\\u00e9\\n\\/\"")).is_some());
    for odd in [
        "\"kind\": \"A\"",
        "\"b\": {\"c\": 1, \"c\": 1}",
        "\"b\\u0062\": 1",
        "\"b\": \"\\ud83d\\ude00\"",
        "\"b\": \"\\q\"",
        "\"b\": \"\n\"",
        "\"b\": \"\u{1}\"",
        "\"b\": 01",
        "\"b\": -",
        "\"b\": 1.",
        "\"b\": 1e",
        "\"b\": +1",
        "\"b\": nul",
        "\"b\": 'c'",
        "\"b\": [1,]",
        "\"b\": [1 2]",
        "\"b\": {\"c\"}",
        "\"b\": {c: 1}",
        "\"b\": 1,",
        "\"b\" 1",
        "\"b\": 1}",
        "\"b\": 1} // note\n",
        "\"gitVersion\": \"v1\"",
        "// note\n\"b\": 1",
    ] {
        assert_eq!(object(&with(odd)), None, "{odd}");
    }
    for odd in
        ["{\"kind\": \"RoleList\"}", "{\"kind\": \"Status\"}", "{\"kind\": null}", "{}", "[]", "\"a\"", ""]
    {
        assert_eq!(object(odd), None, "{odd}");
    }
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let node = object(
        "{\"kind\": \"A\", \"metadata\": {\"labels\": {\"ü\": \"é\", \"x\": \"z\"}, \"name\": \"n\"}}",
    );
    let labels = node.as_ref().and_then(|node| node.get("metadata")?.get("labels"));
    let Some(Node { value: Value::Map(labels), .. }) = labels else { panic!("there are labels") };
    let columns: Vec<u32> =
        labels.iter().flat_map(|entry| [entry.key_at.column, entry.node.at.column]).collect();
    assert_eq!(columns, [39, 44, 49, 54]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_json_is_read_alike_strictly_and_event_by_event(
        edits in prop::collection::vec(edit(BYTES, WORDS), 0..4),
        which in any::<prop::sample::Index>(),
    ) {
        let mut bytes = which.get(&exports()).clone().into_bytes();
        edits.iter().for_each(|edit| apply(&mut bytes, edit));
        prop_assert_eq!(difference(&bytes, read_generally), None, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_json_is_read_alike_by_a_crew(
        edits in prop::collection::vec(edit(BYTES, WORDS), 0..4),
        which in any::<prop::sample::Index>(),
    ) {
        let mut bytes = which.get(&exports()).clone().into_bytes();
        edits.iter().for_each(|edit| apply(&mut bytes, edit));
        prop_assert_eq!(difference(&bytes, super::crew::by_crew), None, "{}", String::from_utf8_lossy(&bytes));
    }
}
