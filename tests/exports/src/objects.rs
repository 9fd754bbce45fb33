//! A size and a seed → the objects of a cluster, one after the other.

use crate::planted::{Truth, plant};
use crate::pods;
use crate::random::Random;
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;

const RBAC: &str = "rbac.authorization.k8s.io";
pub(crate) const TIME: &str = "2026-01-15T09:12:44Z";
pub(crate) const WORDS: [&str; 26] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "jade", "krill", "lotus",
    "maple", "north", "ocean", "pearl", "quartz", "river", "slate", "tidal", "umber", "violet", "willow",
    "xenon", "yarrow", "zephyr",
];

thread_local!(static SERIAL: Cell<u64> = const { Cell::new(0) });

/// `metadata`, with what the API server and kubectl add to it.
pub(crate) fn meta(name: &str, namespace: Option<&str>, labels: Value, manager: &str, more: Value) -> Value {
    let serial = SERIAL.get() + 1;
    SERIAL.set(serial);
    let mixed = serial.wrapping_mul(2_654_435_761) & 0xffff_ffff_ffff;
    let mut meta = json!({
        "creationTimestamp": TIME, "name": name, "resourceVersion": (100_000 + serial).to_string(),
        "uid": format!("{serial:08x}-1111-4222-8333-{mixed:012x}"),
    });
    let keys = labels.as_object().into_iter().flat_map(Map::keys);
    let mut labelled: Map<String, Value> = keys.map(|key| (format!("f:{key}"), json!({}))).collect();
    labelled.insert(".".to_owned(), json!({}));
    let container = json!({
        ".": {}, "f:image": {},
        "f:env": {".": {}, "k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}},
        "f:resources": {".": {}, "f:limits": {".": {}, "f:cpu": {}, "f:memory": {}}},
    });
    meta["managedFields"] = json!([{
        "apiVersion": "v1", "fieldsType": "FieldsV1", "manager": manager, "operation": "Update", "time": TIME,
        "fieldsV1": {
            "f:metadata": {"f:labels": labelled},
            "f:spec": {
                "f:containers": {"k:{\"name\":\"main\"}": container},
                "f:dnsPolicy": {}, "f:restartPolicy": {}, "f:terminationGracePeriodSeconds": {},
            },
        },
    }]);
    if let Some(namespace) = namespace {
        meta["namespace"] = namespace.into();
    }
    if labels.is_object() {
        meta["labels"] = labels;
    }
    with(meta, more)
}

/// The fields of both.
fn with(mut fields: Value, more: Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        fields[key] = value.clone();
    }
    fields
}

fn plain(name: &str, namespace: Option<&str>, labels: Value) -> Value {
    meta(name, namespace, labels, "kubectl-client-side-apply", Value::Null)
}

pub(crate) fn object(api_version: &str, kind: &str, metadata: Value, more: Value) -> Value {
    with(json!({"apiVersion": api_version, "kind": kind, "metadata": metadata}), more)
}

pub(crate) fn rule(groups: &[&str], resources: &[&str], verbs: &[&str], names: &[&str]) -> Value {
    let mut rule = json!({"apiGroups": groups, "resources": resources, "verbs": verbs});
    if !names.is_empty() {
        rule["resourceNames"] = json!(names);
    }
    rule
}

pub(crate) fn role(name: &str, namespace: Option<&str>, rules: Vec<Value>) -> Value {
    let (kind, labels) = match namespace {
        Some(_) => ("Role", Value::Null),
        None => ("ClusterRole", json!({"app.kubernetes.io/managed-by": "Helm"})),
    };
    object(&format!("{RBAC}/v1"), kind, plain(name, namespace, labels), json!({"rules": rules}))
}

pub(crate) fn binding(
    name: &str,
    namespace: Option<&str>,
    (kind, role): (&str, &str),
    subjects: Vec<Value>,
) -> Value {
    let own = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    let role_ref = json!({"apiGroup": RBAC, "kind": kind, "name": role});
    let more = json!({"roleRef": role_ref, "subjects": subjects});
    object(&format!("{RBAC}/v1"), own, plain(name, namespace, Value::Null), more)
}

pub(crate) fn service_account(namespace: &str, name: &str) -> Value {
    json!({"kind": "ServiceAccount", "name": name, "namespace": namespace})
}

pub(crate) fn user(name: &str) -> Value {
    json!({"apiGroup": RBAC, "kind": "User", "name": name})
}

pub(crate) fn group(name: &str) -> Value {
    json!({"apiGroup": RBAC, "kind": "Group", "name": name})
}

/// Rules of ordinary applications: none of them leads to Cilium.
fn harmless() -> Vec<Vec<Value>> {
    let read = ["get", "list", "watch"];
    vec![
        vec![rule(&[""], &["configmaps"], &read, &[])],
        vec![
            rule(&["coordination.k8s.io"], &["leases"], &["create", "get", "update"], &[]),
            rule(&[""], &["events"], &["create", "patch"], &[]),
        ],
        vec![rule(&[""], &["pods", "pods/log"], &read, &[])],
        vec![rule(&[""], &["services", "endpoints"], &read, &[])],
        vec![rule(&[""], &["secrets"], &["get"], &["app-tls", "app-db"])],
        vec![rule(&["argoproj.io"], &["applications", "rollouts"], &read, &[])],
        vec![rule(&["metrics.k8s.io"], &["pods"], &["get", "list"], &[])],
        vec![rule(&["networking.k8s.io"], &["ingresses"], &["get", "list", "watch", "update"], &[])],
    ]
}

fn some_rules(random: &mut Random, sets: usize) -> Vec<Value> {
    let mut all = harmless();
    let chosen = (0..sets).flat_map(|_| all.swap_remove(random.below(all.len())));
    chosen.collect()
}

type Sink<'s> = &'s mut dyn FnMut(&Value) -> io::Result<()>;

/// What objects refer to.
struct Names {
    nodes: Vec<String>,
    spaces: Vec<String>,
    accounts: BTreeMap<String, Vec<String>>,
}

impl Names {
    fn new(count: usize, random: &mut Random) -> Self {
        let nodes = (0..(count / 30).max(3)).map(|number| format!("node-{number:05}")).collect();
        let mut spaces = vec!["kube-system".to_owned(), "default".to_owned()];
        let more = (count / 10).max(4) - 2;
        spaces.extend((0..more).map(|number| format!("{}-{number:05}", random.pick(&WORDS))));
        let accounts = spaces.iter().map(|space| {
            let mut names = vec!["default".to_owned()];
            let more = 3 + random.below(4);
            names.extend((0..more).map(|number| format!("{}-{number}", random.pick(&WORDS))));
            (space.clone(), names)
        });
        Names { nodes, accounts: accounts.collect(), spaces }
    }

    /// A namespace that is not the system's, and one of its accounts.
    fn account(&self, random: &mut Random) -> (&str, &str) {
        let space = random.pick(self.spaces.get(1..).unwrap_or_default());
        let account: &String = random.pick(self.accounts.get(space).map_or(&[][..], Vec::as_slice));
        (space, account)
    }
}

/// Hands every object to `sink`; tells what was planted.
pub(crate) fn each(count: usize, seed: u64, sink: Sink<'_>) -> io::Result<Truth> {
    SERIAL.set(0);
    let mut random = Random(seed);
    let names = Names::new(count, &mut random);
    places(&names, sink)?;
    pods::agents(&names.nodes, &mut random, sink)?;
    let cluster_roles = (count / 100).max(5);
    for number in 0..cluster_roles {
        sink(&role(&format!("app-cr-{number:05}"), None, some_rules(&mut random, 3)))?;
    }
    let mut roles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for number in 0..(count / 2).max(4) {
        let (space, _) = names.account(&mut random);
        let name = format!("role-{number:06}");
        sink(&role(&name, Some(space), some_rules(&mut random, 2)))?;
        roles.entry(space).or_default().push(name);
    }
    let (planted, truth) = plant(count, &mut random, &names.spaces);
    planted.iter().try_for_each(&mut *sink)?;
    for number in 0..count {
        sink(&some_binding(number, &names, cluster_roles, &roles, &mut random))?;
    }
    for number in 0..count {
        let (space, account) = names.account(&mut random);
        let node = random.pick(&names.nodes).clone();
        sink(&pods::of_app(number, (space, account), &node, &mut random))?;
    }
    Ok(truth)
}

fn places(names: &Names, sink: Sink<'_>) -> io::Result<()> {
    for node in &names.nodes {
        let metadata = plain(node, None, json!({"kubernetes.io/hostname": node}));
        let info = json!({"kubeletVersion": "v1.36.1", "containerRuntimeVersion": "containerd://2.1.4", "operatingSystem": "linux"});
        let more = json!({"spec": {"podCIDR": "10.1.0.0/24"}, "status": {"nodeInfo": info}});
        sink(&object("v1", "Node", metadata, more))?;
    }
    for (space, accounts) in &names.accounts {
        let level = if space == "kube-system" { "privileged" } else { "restricted" };
        let labels =
            json!({"kubernetes.io/metadata.name": space, "pod-security.kubernetes.io/enforce": level});
        let more = json!({"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}});
        sink(&object("v1", "Namespace", plain(space, None, labels), more))?;
        for account in accounts {
            sink(&object("v1", "ServiceAccount", plain(account, Some(space), Value::Null), Value::Null))?;
        }
    }
    for account in ["cilium", "cilium-operator"] {
        let metadata = plain(account, Some("kube-system"), Value::Null);
        sink(&object("v1", "ServiceAccount", metadata, Value::Null))?;
    }
    Ok(())
}

fn some_binding(
    number: usize,
    names: &Names,
    cluster_roles: usize,
    roles: &BTreeMap<&str, Vec<String>>,
    random: &mut Random,
) -> Value {
    let (space, account) = names.account(random);
    let mut subjects = vec![service_account(space, account)];
    if number.is_multiple_of(7) {
        subjects.push(user(&format!("{}{}@example.com", random.pick(&WORDS), random.below(5000))));
    }
    if number.is_multiple_of(11) {
        subjects.push(group(&format!("team-{}", random.below(800))));
    }
    let shared = format!("app-cr-{:05}", random.below(cluster_roles));
    if number.is_multiple_of(20) {
        return binding(&format!("crb-{number:06}"), None, ("ClusterRole", &shared), subjects);
    }
    let name = format!("rb-{number:06}");
    match roles.get(space).filter(|_| !number.is_multiple_of(3)) {
        Some(own) => binding(&name, Some(space), ("Role", random.pick::<String>(own)), subjects),
        None => binding(&name, Some(space), ("ClusterRole", &shared), subjects),
    }
}
