//! A cluster in which every name is one that acts on whatever shows it.

use serde_json::{Value, json};

/// Everything that a name must not do: colour, window title, C1, DEL, new lines, direction, zero width, tags.
pub const HOSTILE: &str = "x\u{1b}[31m\u{1b}]0;t\u{7}\u{9b}2J\u{7f}\r\nfake: line\t\u{202e}\u{2066}\u{200b}\u{ad}\u{2028}\u{2029}\u{feff}\u{e0041}\u{0}y";

/// What opens tags, attributes, entities, links, formulas, cells and code where it is not escaped.
pub const MARKUP: &str = "=x</title></script><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\"'`|[a](javascript:b)-->{{c}}";

/// An object of each kind that is read, all of them with `name` wherever a name may stand.
///
/// # Panics
/// Never: it is made of what is written here.
pub fn cluster(name: &str) -> Value {
    let meta = |more: Value| {
        let mut meta =
            json!({"name": name, "labels": {name: name, "k8s-app": "cilium"}, "annotations": {"a": name}});
        meta.as_object_mut().expect("it is an object").extend(more.as_object().cloned().unwrap_or_default());
        meta
    };
    let namespaced = || meta(json!({"namespace": name}));
    let rbac = "rbac.authorization.k8s.io/v1";
    let subjects = json!([
        {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name},
        {"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": name},
        {"kind": "ServiceAccount", "namespace": name, "name": name},
        {"kind": name, "name": name},
    ]);
    let spec = json!({
        "serviceAccountName": name, "nodeName": name, "hostNetwork": true,
        "containers": [{
            "name": name, "image": format!("quay.io/cilium/cilium:v1.18.6{name}"), "command": ["cilium-agent"],
            "securityContext": {"privileged": true}, "volumeMounts": [{"name": name, "mountPath": "/host"}],
        }],
        "volumes": [{"name": name, "hostPath": {"path": format!("/{name}")}}],
    });
    let rules = json!([
        {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", name]},
        {"apiGroups": [name], "resources": [name], "verbs": [name]},
        {"apiGroups": [""], "resources": ["pods/exec", "secrets"], "verbs": ["*"], "resourceNames": [name]},
        {"nonResourceURLs": [name], "verbs": ["get"]},
    ]);
    let role_ref =
        |kind: &str, name: &str| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name});
    let mut items = vec![
        json!({"apiVersion": rbac, "kind": "ClusterRole", "metadata": meta(json!({})), "rules": rules}),
        json!({"apiVersion": rbac, "kind": "Role", "metadata": namespaced(), "rules": rules}),
        json!({"apiVersion": rbac, "kind": "ClusterRoleBinding", "metadata": meta(json!({})), "roleRef": role_ref("ClusterRole", name), "subjects": subjects}),
        json!({"apiVersion": rbac, "kind": "RoleBinding", "metadata": namespaced(), "roleRef": role_ref("Role", name), "subjects": subjects}),
        json!({"apiVersion": rbac, "kind": "RoleBinding", "metadata": meta(json!({"name": format!("{name}2"), "namespace": name})), "roleRef": role_ref("Role", "gone"), "subjects": subjects}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": namespaced(), "spec": spec}),
        json!({"apiVersion": "v1", "kind": name, "metadata": namespaced()}),
    ];
    for kind in ["DaemonSet", "Deployment", "StatefulSet", "ReplicaSet"] {
        items.push(json!({"apiVersion": "apps/v1", "kind": kind, "metadata": namespaced(),
            "spec": {"selector": {"matchLabels": {name: name}}, "template": {"metadata": {"labels": {name: name}}, "spec": spec}}}));
    }
    for (kind, namespaced_kind) in [
        ("Namespace", false),
        ("Node", false),
        ("ServiceAccount", true),
        ("ConfigMap", true),
        ("Secret", true),
        ("Service", true),
        ("PersistentVolume", false),
        ("PersistentVolumeClaim", true),
    ] {
        let meta = if namespaced_kind { namespaced() } else { meta(json!({})) };
        items.push(json!({"apiVersion": "v1", "kind": kind, "metadata": meta}));
    }
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

/// JSON in which only ASCII stands, as it is legal everywhere.
///
/// # Panics
/// Never: every value is JSON.
pub fn ascii(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("it is JSON");
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\n' | ' '..='~' => out.push(letter),
            _ => out.extend(letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    out
}
