//! Text as kubectl prints it, whole and damaged: what the reader of lines takes, the general parser reads alike.

use super::super::lines;
use super::super::names::Names;
use super::damage::{apply, difference, edit};
use super::*;
use proptest::prelude::*;

/// Everything that kubectl's own quoting and folding brings, in one item.
const POD: &str = r#"- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      container.apparmor.security.beta.kubernetes.io/agent: unconfined
      kubectl.kubernetes.io/last-applied-configuration: |
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"agent-x"}}

          # not a comment
      note: 'it''s: here # and no comment'
      long: first words of a line that goes
        on on the next one and
        ends here
      quoted: "a \"quoted\" text with a tab\t, a break\n, an umlaut \u00fc and a fold \
        that goes on: here"
      "on": "true"
      empty: ""
    creationTimestamp: "2026-01-15T09:12:44Z"
    generateName: agent-
    labels:
      k8s-app: agent
      "y": "1"
      plain: 42346e428
    managedFields:
    - apiVersion: v1
      fieldsType: FieldsV1
      fieldsV1:
        f:metadata:
          f:labels:
            .: {}
            f:k8s-app: {}
        f:spec:
          f:containers:
            k:{"name":"agent"}:
              .: {}
              f:image: {}
      manager: kubectl
      time: "2026-01-15T09:12:44Z"
    name: agent-x
    namespace: kube-system
    ownerReferences:
    - apiVersion: apps/v1
      controller: true
      kind: DaemonSet
      name: agent
      uid: 0000
  spec:
    containers:
    - args:
      - --config-dir=/tmp/cilium/config-map
      - -c
      - "a: b"
      command:
      - /usr/bin/agent
      - |
        set -e
        exec agent
      - 'two
        lines'
      env:
      - name: A
        value: s3cret
      - name: B
        valueFrom:
          fieldRef:
            fieldPath: spec.nodeName
      image: quay.io/cilium/cilium:v1.18.6@sha256:00
      name: agent
      securityContext:
        capabilities:
          add:
          - SYS_ADMIN
          drop:
          - ALL
        runAsUser: 0
      volumeMounts:
      - mountPath: /host
        mountPropagation: Bidirectional
        name: host
        readOnly: true
    hostNetwork: true
    nodeName: n1
    serviceAccountName: agent
    tolerations:
    - operator: Exists
    volumes:
    - hostPath:
        path: /
        type: ""
      name: host
    - emptyDir: {}
      name: tmp
    - name: token
      projected:
        sources:
        - serviceAccountToken:
            expirationSeconds: 3607
            path: token
        - serviceAccountToken:
            audience: vault
            path: vault-token
        - secret:
            name: more
  status:
    conditions: []
    message: 'a text: with a colon'
    phase: Running
"#;

const ROLE: &str = r#"- aggregationRule:
    clusterRoleSelectors:
    - matchExpressions:
      - key: a
        operator: In
        values:
        - b
      matchLabels:
        c: d
  apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata:
    name: r
  rules:
  - apiGroups:
    - ""
    - '*'
    resourceNames:
    - "007"
    - null
    resources:
    - pods/exec
    verbs:
    - create
  - nonResourceURLs:
    - /logs/*
    verbs:
    - get
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata:
    name: b
    namespace: n
  roleRef:
    apiGroup: rbac.authorization.k8s.io
    kind: ClusterRole
    name: r
  subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: "yes"
  - kind: ServiceAccount
    name: s
"#;

/// What damage puts in: bytes and words that mean something in YAML.
const YAML_BYTES: &[u8] = b"\n\r\t -:[]{}&*!|>'\"#%,.?a0~<@`\\=x\0\x7f\xff\xc2\x85\xe2\x80\xa8";
const YAML_WORDS: &[&str] = &[
    "- ",
    ": ",
    " #",
    "\n",
    "\n\n",
    "''",
    "\\\n",
    "\"\"",
    "{}",
    "[]",
    "|",
    ">-",
    "---\n",
    "null",
    "- - ",
    "? ",
    "  ",
    "\u{e9}",
    "\u{feff}",
    "\u{a0}",
    "<<: ",
    "!!str ",
    "items:\n",
    "kind: List\n",
    "true",
    "0x1",
    "\\x41",
    "\\u00e9",
];

/// Two pods of one workload, so that text of the first is met again in the second.
fn export() -> String {
    let another = POD.replace("name: agent-x", "name: agent-y");
    format!(
        "apiVersion: v1\nitems:\n{POD}{another}{ROLE}- apiVersion: example.com/v1\n  kind: Other\n  spec:\n    a: 1\nkind: List\nmetadata:\n  resourceVersion: \"\"\n"
    )
}

/// Whether the reader of lines takes each item of the export.
fn items_taken(text: &str) -> Vec<bool> {
    let starts: Vec<usize> = text
        .match_indices("- apiVersion")
        .chain(text.match_indices("- aggregationRule"))
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n')
        .collect();
    let mut starts = starts;
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            lines::item(&text.as_bytes()[*start..end], 1, Limits::default(), &Names::default()).is_ok()
        })
        .collect()
}

#[test]
fn what_kubectl_prints_is_read_line_by_line() {
    assert_eq!(items_taken(&format!("{POD}{ROLE}")), [true, true, true]);
    snapshot(&[("f", export().as_bytes())]);
}

#[test]
fn a_document_of_its_own_is_read_line_by_line() {
    let text =
        "# Source: chart\n\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  labels:\n    b: c\n\n";
    assert!(lines::document(text.as_bytes(), 1, Limits::default(), &Names::default()).is_ok());
    check(&format!("---\n{text}---\n{text}"), "Namespace a f:4:1\n");
}

#[test]
fn what_is_not_canonical_is_left_to_the_general_parser() {
    for odd in [
        "- kind: A\n  kind: A\n",
        "- kind: A\n  b: &x 1\n",
        "- kind: A\n  b: !!str 1\n",
        "- kind: A # comment\n",
        "- kind: A\n\n  b: 1\n",
        "- kind: A\n  b:\t1\n",
        "- kind: A\r\n",
        "- kind: A\n  b: {c: d}\n",
        "- kind: A\n  b: a: c\n",
        "- kind: A\n  b: 'x\n",
        "- kind: A\n  b: \"x\n y\"\n",
        "- kind: A\n  b: \"\\q\"\n",
        "- kind: A\n   b: 1\n",
        "- kind: A\n b: 1\n",
        "- kind: A\n  b: |\n     x\n    y\n",
        "- kind: A\n  b:\n  - c\n   - d\n",
        "- kind: A\n  b:\n  - \n",
        "- kind: A\n  b:\n  -\n",
        "- kind: A\n  <<: 1\n",
        "- kind: A\n  b: *x\n",
        "- kind: A\n  b: \u{2028}\n",
        "- kind: A\n  b: @c\n",
        "- kind: A\n  b: c:\n",
        "- kind: A\n  ? b\n",
        "- kind: List\n",
        "- kind: RoleList\n",
        "- kind: Status\n",
        "- metadata: {}\n",
        "-  kind: A\n",
    ] {
        assert!(lines::item(odd.as_bytes(), 1, Limits::default(), &Names::default()).is_err(), "{odd:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_exports_are_read_alike_by_line_and_as_a_whole(edits in prop::collection::vec(edit(YAML_BYTES, YAML_WORDS), 0..4)) {
        let mut bytes = export().into_bytes();
        edits.iter().for_each(|edit| apply(&mut bytes, edit));
        prop_assert_eq!(difference(&bytes, as_a_whole), None, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn damaged_documents_are_read_alike_by_line_and_as_a_whole(edits in prop::collection::vec(edit(YAML_BYTES, YAML_WORDS), 0..4), which in 0usize..2) {
        let item = if which == 0 { POD } else { ROLE };
        let text: String = item.split_inclusive('\n').map(|line| line.get(2..).unwrap_or("\n")).collect();
        let mut bytes = text.into_bytes();
        edits.iter().for_each(|edit| apply(&mut bytes, edit));
        prop_assert_eq!(difference(&bytes, as_a_whole), None, "{}", String::from_utf8_lossy(&bytes));
    }
}
