//! A random cluster → the YAML of its objects, as `kubectl get -o yaml` would have them, with what no rule reads left out.

use super::{OtherPod, RoleSpec, RuleSpec, World, role_name};

const AGENT_LABELS: &str = "{k8s-app: cilium, app.kubernetes.io/name: cilium-agent}";
const OPERATOR_LABELS: &str = "{io.cilium/app: operator, app.kubernetes.io/name: cilium-operator}";
const OPERATOR_SET: &str = "cilium-operator-5d5c5f5b6d";

/// One object a document.
pub(super) fn documents(world: &World) -> Vec<String> {
    let mut all = roles_and_bindings(world);
    all.extend(places(world));
    all.extend(accounts_and_secrets(world));
    all.extend(cilium(world));
    if world.exported.pods {
        all.extend(world.pods.iter().map(pod));
    }
    all.extend(world.workloads.iter().map(|(kind, namespace, name)| workload(kind, namespace, name)));
    all
}

fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

fn roles_and_bindings(world: &World) -> Vec<String> {
    let mut all: Vec<String> =
        world.roles.iter().enumerate().map(|(index, item)| role(index, item)).collect();
    for (index, binding) in world.bindings.iter().enumerate() {
        let role = world.roles.get(binding.role);
        let (kind, namespace) = match &binding.namespace {
            None => ("ClusterRoleBinding", String::new()),
            Some(name) => ("RoleBinding", format!(", namespace: {name}")),
        };
        let role_kind =
            if role.is_some_and(|role| role.namespace.is_some()) { "Role" } else { "ClusterRole" };
        let mut text = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{index}{namespace}}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {role_kind}, name: {}}}\nsubjects:\n",
            role_name(binding.role)
        );
        for (kind, namespace, name) in &binding.subjects {
            let namespace = namespace.as_ref().map(|name| format!(", namespace: {name}")).unwrap_or_default();
            text.push_str(&format!("- {{kind: {kind}, name: \"{name}\"{namespace}}}\n"));
        }
        all.push(text);
    }
    all
}

fn role(index: usize, role: &RoleSpec) -> String {
    let (kind, namespace) = match &role.namespace {
        None => ("ClusterRole", String::new()),
        Some(name) => ("Role", format!(", namespace: {name}")),
    };
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {}{namespace}}}\nrules:\n",
        role_name(index)
    );
    for RuleSpec { groups, resources, verbs, names } in &role.rules {
        text.push_str(&format!("- apiGroups: {}\n  resources: {}\n", list(groups), list(resources)));
        if !names.is_empty() {
            text.push_str(&format!("  resourceNames: {}\n", list(names)));
        }
        text.push_str(&format!("  verbs: {}\n", list(verbs)));
    }
    text
}

fn places(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for space in world.namespaces.iter().filter(|space| space.listed) {
        let level =
            space.level.as_ref().map(|level| format!(", pod-security.kubernetes.io/enforce: {level}"));
        all.push(format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {0}\n  labels: {{kubernetes.io/metadata.name: {0}{1}}}\n",
            space.name,
            level.unwrap_or_default()
        ));
    }
    for (name, minor) in &world.nodes {
        let status = minor.map(|minor| format!("status: {{nodeInfo: {{kubeletVersion: v1.{minor}.2}}}}\n"));
        let status = status.unwrap_or_default();
        all.push(format!("apiVersion: v1\nkind: Node\nmetadata: {{name: {name}}}\n{status}"));
    }
    all
}

fn accounts_and_secrets(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    if world.exported.accounts {
        for (namespace, name, automount) in &world.accounts {
            let automount = automount.map(|value| format!("automountServiceAccountToken: {value}\n"));
            let automount = automount.unwrap_or_default();
            all.push(format!(
                "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: {namespace}}}\n{automount}"
            ));
        }
    }
    if world.exported.secrets {
        for (namespace, name, account) in &world.secrets {
            let (annotations, kind) = match account {
                Some(account) => (
                    format!(", annotations: {{kubernetes.io/service-account.name: {account}}}"),
                    "kubernetes.io/service-account-token",
                ),
                None => (String::new(), "Opaque"),
            };
            all.push(format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: {namespace}{annotations}}}\ntype: {kind}\n"
            ));
        }
    }
    all
}

fn agent_spec(indent: &str) -> String {
    let lines = [
        "serviceAccountName: cilium",
        "hostNetwork: true",
        "containers:",
        "- name: cilium-agent",
        "  image: quay.io/cilium/cilium:v1.20.2",
        "  command: [cilium-agent]",
        "  securityContext: {capabilities: {add: [NET_ADMIN, SYS_MODULE, SYS_ADMIN], drop: [ALL]}}",
        "  volumeMounts: [{name: run, mountPath: /var/run/cilium}]",
        "volumes: [{name: run, hostPath: {path: /var/run/cilium}}]",
    ];
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

fn operator_spec(indent: &str, token: bool) -> String {
    let lines = [
        "serviceAccountName: cilium-operator".to_owned(),
        format!("automountServiceAccountToken: {token}"),
        "containers:".to_owned(),
        "- name: cilium-operator".to_owned(),
        "  image: quay.io/cilium/operator-generic:v1.20.2".to_owned(),
        "  command: [cilium-operator-generic]".to_owned(),
    ];
    lines.iter().map(|line| format!("{indent}{line}\n")).collect()
}

fn template(kind: &str, name: &str, labels: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: kube-system\n  labels: {labels}\n\
         spec:\n  selector: {{matchLabels: {labels}}}\n  template:\n    metadata: {{labels: {labels}}}\n    spec:\n{spec}"
    )
}

fn owned_pod(name: &str, labels: &str, owner: (&str, &str), node: &str, spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\n  namespace: kube-system\n  labels: {labels}\n  \
         ownerReferences: [{{apiVersion: apps/v1, kind: {}, name: {}, controller: true}}]\n\
         spec:\n  nodeName: {node}\n{spec}status: {{phase: Running}}\n",
        owner.0, owner.1
    )
}

fn cilium(world: &World) -> Vec<String> {
    let mut all = vec![template("DaemonSet", "cilium", AGENT_LABELS, &agent_spec("      "))];
    all.push(
        "apiVersion: v1\nkind: Service\nmetadata: {name: hubble-peer, namespace: kube-system}\n\
         spec: {selector: {k8s-app: cilium}, ports: [{port: 443}]}\n"
            .to_owned(),
    );
    for (index, node) in world.agents.iter().enumerate().filter(|_| world.exported.pods) {
        let name = format!("cilium-aaaa{}", ["a", "b", "c"][index % 3]);
        all.push(owned_pod(&name, AGENT_LABELS, ("DaemonSet", "cilium"), node, &agent_spec("  ")));
    }
    let Some((node, token)) = &world.operator else { return all };
    all.push(template("Deployment", "cilium-operator", OPERATOR_LABELS, &operator_spec("      ", *token)));
    let made = template("ReplicaSet", OPERATOR_SET, OPERATOR_LABELS, &operator_spec("      ", *token));
    let owner = "  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cilium-operator, controller: true}]\nspec:\n";
    all.push(made.replacen("spec:\n", owner, 1).replacen("spec:\n", "spec:\n  replicas: 1\n", 1));
    if world.exported.pods {
        let name = format!("{OPERATOR_SET}-op");
        let spec = operator_spec("  ", *token);
        all.push(owned_pod(&name, OPERATOR_LABELS, ("ReplicaSet", OPERATOR_SET), node, &spec));
    }
    all
}

fn pod(pod: &OtherPod) -> String {
    let account =
        pod.account.as_ref().map(|name| format!("  serviceAccountName: {name}\n")).unwrap_or_default();
    let automount = pod.automount.map(|value| format!("  automountServiceAccountToken: {value}\n"));
    let mirror = if pod.mirror { ", annotations: {kubernetes.io/config.mirror: abc}" } else { "" };
    let privileged = if pod.privileged { "    securityContext: {privileged: true}\n" } else { "" };
    let stdin = if pod.stdin { "    stdin: true\n" } else { "" };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {}, namespace: {}{mirror}}}\nspec:\n  nodeName: {}\n{account}{}  \
         containers:\n  - name: main\n    image: example.com/app:1\n{privileged}{stdin}status: {{phase: Running}}\n",
        pod.name,
        pod.namespace,
        pod.node,
        automount.unwrap_or_default()
    )
}

fn workload(kind: &str, namespace: &str, name: &str) -> String {
    let api = match kind {
        "CronJob" | "Job" => "batch/v1",
        "ReplicationController" => "v1",
        _ => "apps/v1",
    };
    let (open, indent) = match kind {
        "CronJob" => ("  jobTemplate:\n    spec:\n      template:\n", "        "),
        _ => ("  template:\n", "    "),
    };
    format!(
        "apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n{open}{indent}spec:\n\
         {indent}  containers: [{{name: main, image: example.com/app:1}}]\n"
    )
}
