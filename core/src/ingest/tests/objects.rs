//! What is kept of each kind, what is refused, and the same object given twice.

use super::*;

#[test]
fn a_pod_keeps_what_the_rules_read_and_nothing_else() {
    let text = "\
apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: n
  labels: {a: b}
  annotations:
    container.apparmor.security.beta.kubernetes.io/main: unconfined
    kubernetes.io/config.mirror: abc
    other: secret-annotation
  ownerReferences:
  - {kind: Node, name: x}
  - {kind: DaemonSet, name: d, controller: true}
spec:
  serviceAccount: old
  serviceAccountName: sa
  automountServiceAccountToken: false
  nodeName: node-1
  hostNetwork: true
  hostPID: yes
  hostUsers: false
  securityContext: {runAsUser: 0, seccompProfile: {type: Unconfined}}
  containers:
  - name: main
    image: i
    command: [sh, secret-command]
    args: [secret-arg]
    env: [{name: A, value: secret-env}]
    stdin: true
    securityContext:
      privileged: true
      capabilities: {add: [SYS_ADMIN], drop: [ALL]}
    volumeMounts:
    - {name: v, mountPath: /x, readOnly: true, mountPropagation: Bidirectional}
  initContainers:
  - {name: side, restartPolicy: Always, securityContext: {appArmorProfile: {type: Localhost}}}
  - {name: init}
  ephemeralContainers:
  - {name: debug}
  volumes:
  - {name: v, hostPath: {path: /}}
  - {name: w, projected: {sources: [{serviceAccountToken: {path: t}}, {secret: {name: s}}]}}
  - {name: x, emptyDir: {}}
status:
  phase: Succeeded
  podIP: secret-ip
";
    let read = snapshot(&[("f", text.as_bytes())]);
    let printed = format!("{read:?}");
    assert!(!printed.contains("secret-"), "{printed}");
    let pod = &read.pods[0];
    assert_eq!(
        (pod.mirror, pod.finished, pod.spec.host_network, pod.spec.host_pid, pod.spec.host_users),
        (true, true, true, true, Some(false))
    );
    assert_eq!(pod.owner.as_ref().map(|owner| &*owner.name), Some("d"));
    assert_eq!(
        (pod.spec.service_account.as_deref(), pod.spec.automount, pod.spec.node_name.as_deref()),
        (Some("sa"), Some(false), Some("node-1"))
    );
    assert_eq!(
        (pod.spec.security.run_as_user, pod.spec.security.seccomp.as_deref()),
        (Some(0), Some("Unconfined"))
    );
    let containers: Vec<_> = pod
        .spec
        .containers
        .iter()
        .map(|it| (&*it.name, it.kind, it.security.app_armor.as_deref(), it.at.line))
        .collect();
    use crate::model::ContainerKind::{Ephemeral, Init, Main, Sidecar};
    assert_eq!(
        containers,
        [
            ("main", Main, Some("unconfined"), 24),
            ("side", Sidecar, Some("Localhost"), 36),
            ("init", Init, None, 37),
            ("debug", Ephemeral, None, 39)
        ]
    );
    let main = &pod.spec.containers[0];
    assert_eq!(
        (main.image.as_deref(), main.command.as_deref(), main.stdin, main.security.privileged),
        (Some("i"), Some("sh"), true, Some(true))
    );
    assert_eq!(
        format!("{:?}", main.security.capabilities),
        "Capabilities { add: [\"SYS_ADMIN\"], drop: [\"ALL\"] }"
    );
    assert_eq!(
        format!("{:?}", main.mounts),
        "[Mount { volume: \"v\", path: \"/x\", read_only: true, bidirectional: true }]"
    );
    let volumes: Vec<String> = pod.spec.volumes.iter().map(|volume| format!("{:?}", volume.source)).collect();
    assert_eq!(volumes, ["HostPath(\"/\")", "Projected { token: true, secrets: [\"s\"] }", "Other"]);
}

#[test]
fn every_kind_of_workload_gives_its_template_in_every_version_that_served_it() {
    let template = "template: {metadata: {labels: {t: u}}, spec: {containers: [{name: c}]}}";
    for (kind, version, spec, replicas) in [
        ("DaemonSet", "extensions/v1beta1", format!("spec: {{{template}}}"), None),
        ("DaemonSet", "apps/v1", format!("spec: {{{template}}}"), None),
        ("Deployment", "apps/v1beta2", format!("spec: {{replicas: 3, {template}}}"), Some(3)),
        ("StatefulSet", "apps/v1", format!("spec: {{replicas: 0, {template}}}"), Some(0)),
        ("ReplicaSet", "apps/v1", format!("spec: {{{template}}}"), None),
        ("ReplicationController", "v1", format!("spec: {{{template}}}"), None),
        ("Job", "batch/v1", format!("spec: {{suspend: true, {template}}}"), Some(0)),
        (
            "CronJob",
            "batch/v1beta1",
            format!("spec: {{suspend: false, jobTemplate: {{spec: {{{template}}}}}}}"),
            None,
        ),
        ("PodTemplate", "v1", template.to_owned(), None),
    ] {
        let text =
            format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: w, namespace: n}}\n{spec}\n");
        let read = snapshot(&[("f", text.as_bytes())]);
        let workload = &read.workloads[0];
        assert_eq!(
            (
                workload.kind,
                workload.replicas,
                workload.spec.containers.len(),
                workload.template_labels.len()
            ),
            (kind, replicas, 1, 1),
            "{text}"
        );
    }
}

#[test]
fn the_other_kinds_keep_names_and_the_fields_that_matter() {
    check(
        "\
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: n, annotations: {kubernetes.io/service-account.name: a}}
type: kubernetes.io/service-account-token
data: {token: !!binary c2VjcmV0}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: n}, data: {k: v}}
---
{apiVersion: v1, kind: Service, metadata: {name: s, namespace: n}, spec: {selector: {a: b}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {local: {path: /l}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: n}, spec: {volumeName: v}}
---
{apiVersion: v1, kind: Node, metadata: {name: x}, status: {conditions: [], nodeInfo: {kubeletVersion: v1.33.1+k3s1}}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: d}}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: b}}
",
        "\
        Node x Some((1, 33)) f:15:1
        Secret n/s Some(\"kubernetes.io/service-account-token\") Some(\"a\")
        ConfigMap n/c
        Service n/s {\"a\": \"b\"}
        PersistentVolume v Some(\"/l\") None
        PersistentVolumeClaim n/c None Some(\"v\")
        CustomResourceDefinition d
        ValidatingAdmissionPolicyBinding b",
    );
}

#[test]
fn odd_roles_and_bindings_that_kubernetes_would_store_are_kept() {
    check(
        "\
apiVersion: rbac.authorization.k8s.io/v1beta1
kind: ClusterRole
metadata: {name: r}
rules:
- verbs: []
- null
- {verbs: ['', null, \"*\"], apiGroups: null}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: 'a b', namespace: n}
roleRef: {apiGroup: x, kind: Nonsense, name: r}
subjects:
- {kind: user, name: u}
- {kind: ServiceAccount, name: s}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: agg}, rules: null}
",
        "\
        ClusterRole agg f:17:1
        ClusterRole r f:1:1
          [] [] [] :5
          [] [] [] :6
          [\"\", \"\", \"*\"] [] [] :7
        RoleBinding n/a b f:9:1
          user u :14
          ServiceAccount s :15",
    );
}

#[test]
fn unquoted_scalars_are_understood_where_only_some_readers_convert_them() {
    for name in ["007", "42346e428", "yes", "on", "1:20", "0x1f", "1_000", "2026-01-01", ".5", "NaN"] {
        check(
            &format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n"),
            &format!("Namespace {name} f:1:1"),
        );
    }
    for name in ["\"true\"", "'12'", "!!str 12", "! true", "|-\n    12"] {
        let read = snapshot(&[(
            "f",
            format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n").as_bytes(),
        )]);
        assert_eq!(read.namespaces.len(), 1, "{name}");
    }
}

#[test]
fn wrong_types_are_refused_by_name_and_cost_their_object_only() {
    let role = |rules: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r}}\nrules: {rules}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: a}}\n"
        )
    };
    for (rules, at, message) in [
        ("[{verbs: [true, 1]}]", 18, "`verbs` must be a string, not a boolean (put it in quotes)"),
        ("[{verbs: [get, 1]}]", 23, "`verbs` must be a string, not a number (put it in quotes)"),
        ("[{verbs: get}]", 17, "`verbs` must be a list, not a string"),
        ("{verbs: [get]}", 8, "`rules` must be a list, not a mapping"),
        ("[get]", 9, "`rules` must be a mapping, not a string"),
        ("[{resources: [[pods]]}]", 22, "`resources` must be a string, not a list"),
    ] {
        let plain = message.split(" (").next().unwrap_or_default();
        check(
            &role(rules),
            &format!(
                "Namespace a f:6:1\n~ ClusterRole Partial 0 f:4: {plain}\nError wrong-type f:4:{}: {message}",
                at
            ),
        );
    }
    check(
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":true}}"#,
        "~ Pod Partial 0 f:1: `name` must be a string, not a boolean\nError wrong-type f:1:52: `name` must be a string, not a boolean (put it in quotes)",
    );
    check(
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n"},"spec":{"hostNetwork":"true"}}"#,
        "~ Pod Partial 0 f:1: `hostNetwork` must be a boolean, not a string\nError wrong-type f:1:95: `hostNetwork` must be a boolean, not a string",
    );
}

#[test]
fn duplicate_keys_are_refused_with_both_lines_however_deep_they_stand() {
    check(
        "kind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n    name: b\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: c\n",
        "\
        Namespace c f:8:3
        ~ Pod Partial 0 f:7: the key `name` stands twice: on line 6 and on line 7
        Error duplicate-key f:7:5: the key `name` stands twice: on line 6 and on line 7 (keep one of them)",
    );
    check(
        "{\"kind\": \"Pod\", \"apiVersion\": \"v1\",\n\"spec\": {\"x\": 1,\n \"x\": 2}}",
        "\
        ~ Pod Partial 0 f:3: the key `x` stands twice: on line 2 and on line 3
        Error duplicate-key f:3:2: the key `x` stands twice: on line 2 and on line 3 (keep one of them)",
    );
    check(
        "kind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: c}\nitems: []\n",
        "\
        ~ every kind is partial
        Error duplicate-key f:6:1: the key `items` stands twice: on line 2 and on line 6 (keep one of them, or put `---` between two exports)",
    );
}

#[test]
fn merge_keys_anchors_and_aliases_are_understood() {
    check(
        "base: &base\n  apiGroups: ['']\n  verbs: &v [get]\nother: &other {resources: [pods], verbs: [list]}\nkind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: r}\nrules:\n- <<: *base\n  resources: [secrets]\n- <<: [*base, *other]\n- {verbs: *v}\n- *other\n",
        "\
        ClusterRole r f:1:1
          [\"get\"] [\"\"] [\"secrets\"] :9
          [\"get\"] [\"\"] [\"pods\"] :11
          [\"get\"] [] [] :12
          [\"list\"] [] [\"pods\"] :13",
    );
}

#[test]
fn tags_that_are_not_read_are_refused_by_name() {
    for (tag, name) in [
        ("!foo", "!foo"),
        ("!!binary", "!!binary"),
        ("!<tag:x.org,2000:y>", "tag:x.org,2000:y"),
        ("!!set", "!!set"),
    ] {
        check(
            &format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {tag} a\n"),
            &format!(
                "~ Namespace Partial 0 f:4: the tag `{name}` is not read\nError syntax f:4:{}: the tag `{name}` is not read (write the value without a tag)",
                9
            ),
        );
    }
}

#[test]
fn an_object_without_a_namespace_is_in_default_and_says_so() {
    check(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: odd}\n",
        "\
        ServiceAccount default/a f:1:1
        Namespace a f:5:1
        Warning missing-namespace f:1:1: ServiceAccount `a` names no namespace: `default` is taken (set `metadata.namespace`)",
    );
}

#[test]
fn the_same_object_twice_is_one_and_stands_at_its_first_place() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\nrules: [{verbs: [get]}]\n";
    let json = r#"{"rules":[{"verbs":["get"],"apiGroups":null}],"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"uid":"x","name":"r"}}"#;
    check_bytes(
        &[("b", role.as_bytes()), ("a", format!("\n{json}").as_bytes())],
        "ClusterRole r a:2:1\n  [\"get\"] [] [] :2",
    );
    let pod = |phase: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: n}}\nstatus: {{phase: {phase}}}\n"
        )
    };
    let read = snapshot(&[("a", pod("Succeeded").as_bytes()), ("b", pod("Running").as_bytes())]);
    assert_eq!((read.pods.len(), read.pods[0].finished, read.diagnostics.len()), (1, false, 0));
}

#[test]
fn the_same_object_with_other_content_stays_twice_and_both_places_are_named() {
    let role = |verb: &str| {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r, namespace: n}}\nrules: [{{verbs: [{verb}]}}]\n"
        )
    };
    check_bytes(
        &[("b", role("get").as_bytes()), ("a", format!("---\n{}", role("list")).as_bytes()), ("c", role("get").as_bytes())],
        "\
        Role n/r a:2:1
          [\"list\"] [] [] :5
        Role n/r b:1:1
          [\"get\"] [] [] :4
        ~ Role Partial 1 Role `n/r` stands at `a:2` and, different, at `b:1`
        Error conflicting-object b:1:1: Role `n/r` stands at `a:2` and, different, at `b:1` (keep the one that the cluster has)",
    );
}

#[test]
fn a_source_that_could_not_be_read_makes_every_kind_partial() {
    let read = assemble(vec![SourceObjects::unreadable("x", 3, "no such file".to_owned(), None)]);
    assert_eq!(summary(&read), "~ every kind is partial\nError unreadable-source x:0:0: no such file");
    assert_eq!(read.coverage["Role"].reasons, ["x: no such file"]);
}
