//! Pods of applications, and Cilium's agent on every node.

use crate::objects::{TIME, WORDS, meta, object};
use crate::random::Random;
use serde_json::{Value, json};
use std::io;

const CAPABILITIES: [&str; 12] = [
    "CHOWN",
    "KILL",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "SYS_MODULE",
    "SYS_ADMIN",
    "SYS_RESOURCE",
    "DAC_OVERRIDE",
    "FOWNER",
    "SETGID",
    "SETUID",
];
const CONDITIONS: [&str; 5] =
    ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];
const HOST_PATHS: [(&str, &str); 6] = [
    ("bpf-maps", "/sys/fs/bpf"),
    ("cilium-run", "/var/run/cilium"),
    ("etc-cni-netd", "/etc/cni/net.d"),
    ("host-proc-sys-kernel", "/proc/sys/kernel"),
    ("host-proc-sys-net", "/proc/sys/net"),
    ("lib-modules", "/lib/modules"),
];

/// What a pod of a workload has.
struct Pod<'p> {
    name: String,
    namespace: &'p str,
    node: &'p str,
    account: &'p str,
    labels: Value,
    container: Value,
    owner: (&'p str, &'p str),
    volumes: Value,
    host_network: bool,
}

fn token_volume() -> Value {
    json!({"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
    ]}})
}

fn pod(pod: Pod<'_>, random: &mut Random) -> Value {
    let owner = json!({
        "apiVersion": "apps/v1", "blockOwnerDeletion": true, "controller": true,
        "kind": pod.owner.0, "name": pod.owner.1, "uid": "00000000",
    });
    let more = json!({"annotations": {"checksum/config": random.digest()}, "ownerReferences": [owner]});
    let toleration = |what: &str| {
        let key = format!("node.kubernetes.io/{what}");
        json!({"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300})
    };
    let mut spec = json!({
        "containers": [pod.container], "dnsPolicy": "ClusterFirst", "enableServiceLinks": true,
        "nodeName": pod.node, "preemptionPolicy": "PreemptLowerPriority", "priority": 0, "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccount": pod.account,
        "serviceAccountName": pod.account, "terminationGracePeriodSeconds": 30,
        "tolerations": [toleration("not-ready"), toleration("unreachable")], "volumes": pod.volumes,
    });
    if pod.host_network {
        spec["hostNetwork"] = true.into();
    }
    let status = status(&pod.container, random);
    let metadata = meta(&pod.name, Some(pod.namespace), pod.labels, "kubelet", more);
    object("v1", "Pod", metadata, json!({"spec": spec, "status": status}))
}

fn status(container: &Value, random: &mut Random) -> Value {
    let condition = |kind: &str| json!({"lastProbeTime": null, "lastTransitionTime": TIME, "status": "True", "type": kind});
    let image = container["image"].as_str().unwrap_or_default();
    json!({
        "conditions": CONDITIONS.map(condition),
        "containerStatuses": [{
            "containerID": format!("containerd://{}", random.digest()), "image": image,
            "imageID": format!("{image}@sha256:{}", random.digest()), "lastState": {}, "name": container["name"],
            "ready": true, "restartCount": 0, "started": true, "state": {"running": {"startedAt": TIME}},
        }],
        "hostIP": "10.0.0.1", "phase": "Running",
        "podIP": format!("10.1.{}.{}", random.below(256), random.below(256)),
        "qosClass": "Burstable", "startTime": TIME,
    })
}

fn app_container(namespace: &str, number: usize, random: &mut Random) -> Value {
    let values = ["yes", "0123", "1e3", "on", "a: b", "#x", "plain"];
    let mut value = || match random.below(values.len() + 1) {
        7 => format!("http://svc.{namespace}:8080"),
        place => values[place].to_owned(),
    };
    let env: Vec<Value> =
        (0..8).map(|place| json!({"name": format!("V{place}"), "value": value()})).collect();
    let image = format!("registry.example.com/{namespace}/app:1.{}.{}", random.below(40), random.below(20));
    json!({
        "name": "main", "image": image, "imagePullPolicy": "IfNotPresent", "env": env,
        "args": ["--config", "/etc/app/config.yaml", "--note", format!("first line\nsecond line: {number}\n- not: an item")],
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
        "readinessProbe": {
            "failureThreshold": 3, "httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"},
            "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1,
        },
        "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": true,
            "runAsNonRoot": true, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        "volumeMounts": [
            {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "kube-api-access", "readOnly": true},
            {"mountPath": "/etc/app", "name": "config"},
        ],
    })
}

/// A pod of an application, in a namespace with an account, on a node.
pub(crate) fn of_app(
    number: usize,
    (namespace, account): (&str, &str),
    node: &str,
    random: &mut Random,
) -> Value {
    let app = format!("{}-{}", random.pick(&WORDS), random.pick(&WORDS));
    let short = |random: &mut Random| format!("{:08x}", random.next() & 0xffff_ffff);
    let config = json!({"configMap": {"defaultMode": 420, "name": app}, "name": "config"});
    let shape = Pod {
        name: format!("{app}-{}-{number:05x}", short(random)),
        namespace,
        node,
        account,
        labels: json!({"app.kubernetes.io/name": app, "pod-template-hash": short(random)}),
        container: app_container(namespace, number, random),
        owner: ("ReplicaSet", &app),
        volumes: json!([token_volume(), config]),
        host_network: false,
    };
    pod(shape, random)
}

/// Cilium's DaemonSet, and its pod on each node.
pub(crate) fn agents(
    nodes: &[String],
    random: &mut Random,
    sink: &mut dyn FnMut(&Value) -> io::Result<()>,
) -> io::Result<()> {
    let labels = || json!({"k8s-app": "cilium", "app.kubernetes.io/name": "cilium-agent", "app.kubernetes.io/part-of": "cilium"});
    let mut volumes: Vec<Value> = HOST_PATHS
        .iter()
        .map(|(name, path)| json!({"hostPath": {"path": path, "type": "DirectoryOrCreate"}, "name": name}))
        .collect();
    volumes.push(token_volume());
    let template = json!({"metadata": {"labels": labels()}, "spec": {
        "containers": [agent()], "hostNetwork": true, "serviceAccountName": "cilium", "volumes": volumes,
    }});
    let spec = json!({
        "selector": {"matchLabels": {"k8s-app": "cilium"}}, "template": template,
        "updateStrategy": {"type": "RollingUpdate"},
    });
    let metadata = meta("cilium", Some("kube-system"), labels(), "helm", Value::Null);
    sink(&object(
        "apps/v1",
        "DaemonSet",
        metadata,
        json!({"spec": spec, "status": {"numberReady": nodes.len()}}),
    ))?;
    for (number, node) in nodes.iter().enumerate() {
        let shape = Pod {
            name: format!("cilium-{number:05x}"),
            namespace: "kube-system",
            node,
            account: "cilium",
            labels: labels(),
            container: agent(),
            owner: ("DaemonSet", "cilium"),
            volumes: volumes.clone().into(),
            host_network: true,
        };
        sink(&pod(shape, random))?;
    }
    Ok(())
}

fn agent() -> Value {
    let mounts = HOST_PATHS.map(|(name, path)| {
        let of_host = path.starts_with("/proc") || path.starts_with("/etc");
        let at = if of_host { format!("/host{path}") } else { path.to_owned() };
        let mut mount = json!({"mountPath": at, "name": name});
        if name == "lib-modules" {
            mount["readOnly"] = true.into();
        }
        mount
    });
    json!({
        "name": "cilium-agent", "image": "quay.io/cilium/cilium:v1.18.6", "imagePullPolicy": "IfNotPresent",
        "command": ["cilium-agent"], "args": ["--config-dir=/tmp/cilium/config-map"],
        "securityContext": {
            "capabilities": {"add": CAPABILITIES, "drop": ["ALL"]}, "seLinuxOptions": {"level": "s0", "type": "spc_t"},
        },
        "volumeMounts": mounts,
    })
}
