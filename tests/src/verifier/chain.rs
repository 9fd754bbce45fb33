//! The steps of a path: each starts where the path has been, leads where its technique leads, and the last is the effect.

use super::input::{Given, strings};
use super::techniques::known;
use cilium_exec_check_core::report::{AccessReport, EntityRef, Path, Step};
use cilium_exec_check_core::technique::Effect;
use serde_json::Value;

/// What does not hold of the order of a path's steps, of those that follow by themselves, and of its end.
pub(super) fn faults(given: &Given, report: &AccessReport, identity: &EntityRef, path: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let mut been = vec![identity];
    let Some(last) = path.steps.last() else { return vec!["a path without steps".to_owned()] };
    for (index, step) in path.steps.iter().enumerate() {
        let before = leading_to(path, index).and_then(|index| path.steps.get(index));
        let continues = before.map_or(step.from == *identity, |before| before.to == step.from);
        if !continues && !been.contains(&&step.from) {
            faults.push(format!("step {index} starts where the path has not been"));
        }
        been.push(&step.to);
        match known(&step.technique) {
            None => faults.push(format!("no technique is called `{}`", step.technique)),
            Some(technique) => {
                faults.extend(technique.fault(step));
                if !technique.to.contains(&step.to.kind.as_str()) {
                    faults.push(format!("`{}` does not lead to a {}", step.technique, step.to.kind));
                }
            }
        }
        faults.extend(follows(given, report, before, step).err());
    }
    faults.extend(ends(report, path.effect, &last.to).err());
    faults
}

/// The step that leads to where another starts, by its place: the one before it, or an earlier one where two ways part.
pub(super) fn leading_to(path: &Path, index: usize) -> Option<usize> {
    let steps = path.steps.get(..index)?;
    let from = &path.steps.get(index)?.from;
    steps.iter().rposition(|step| step.to == *from).or(index.checked_sub(1))
}

/// Whether a step follows by itself from where it starts.
fn follows(given: &Given, report: &AccessReport, before: Option<&Step>, step: &Step) -> Result<(), String> {
    let says =
        |holds: bool, why: &str| if holds { Ok(()) } else { Err(format!("`{}`: {why}", step.technique)) };
    let runs_there = specs(given, &step.from);
    let came_by = before.map(|before| before.technique.as_str()).unwrap_or_default();
    match step.technique.as_str() {
        "pod-token" => {
            let namespace = step.from.namespace.as_deref().unwrap_or_default();
            let same = step.to.namespace == step.from.namespace;
            let runs = runs_there.iter().any(|spec| has_token(given, namespace, &step.to.name, spec));
            let assumed = runs_there.is_empty() && own_account(report, &step.to);
            // Whoever writes the template chooses the account.
            let chosen = came_by == "workload-template-patch";
            says(same && (runs || chosen || assumed), "no pod there holds a token of that account")
        }
        "container-escape" => {
            let root = runs_there.iter().any(|spec| is_root(spec)) || assumed_root(report, &step.from);
            let of_ones_own = ["pods-ephemeralcontainers", "workload-template-patch"].contains(&came_by);
            let nodes: Vec<&Value> = runs_there.iter().map(|spec| &spec["nodeName"]).collect();
            let there = step.from.kind != "Pod" || nodes.iter().any(|node| **node == *step.to.name);
            says((root || of_ones_own) && there, "its containers are not root on that node")
        }
        "node-compromise" => {
            let any = step.from.name == "any" || (step.to.kind == "Node" && step.to.name == step.from.name);
            let there = specs(given, &step.to).iter().any(|spec| spec["nodeName"] == *step.from.name);
            says(any || there || step.to.kind == "Workload", "that pod runs elsewhere")
        }
        "node-identity" if step.from.kind == "NodeRoot" => {
            says(step.to.kind == "Node" && step.to.name == step.from.name, "another node")
        }
        "node-identity" => {
            let namespace = step.to.namespace.as_deref().unwrap_or_default();
            let here = given.all("Pod").filter(|pod| {
                let node = &pod["spec"]["nodeName"];
                pod["metadata"]["namespace"] == *namespace
                    && (*node == *step.from.name || step.from.name == "system:nodes")
            });
            let mut specs = here.map(|pod| &pod["spec"]);
            let runs = specs.any(|spec| has_token(given, namespace, &step.to.name, spec));
            says(runs && !step.evidence.is_empty(), "no pod of that node holds a token of that account")
        }
        "cluster-admin" => {
            says(!step.evidence.is_empty() || step.from.kind == "NodeRoot", "nothing allows everything")
        }
        _ => says(!step.evidence.is_empty(), "no request"),
    }
}

/// What runs in a pod or workload.
pub(super) fn specs<'g>(given: &'g Given, entity: &EntityRef) -> Vec<&'g Value> {
    let namespace = entity.namespace.as_deref().unwrap_or_default();
    match entity.kind.as_str() {
        "Pod" => {
            given.object("Pod", Some(namespace), &entity.name).map(|pod| &pod["spec"]).into_iter().collect()
        }
        "Workload" => given.specs_of(namespace, &entity.name),
        _ => Vec::new(),
    }
}

/// The pod's own setting, else its account's, else true; or a projected token.
fn has_token(given: &Given, namespace: &str, account: &str, spec: &Value) -> bool {
    let named = spec["serviceAccountName"].as_str().or(spec["serviceAccount"].as_str()).unwrap_or("default");
    let of_account = given.object("ServiceAccount", Some(namespace), account);
    let setting = |value: &Value| value["automountServiceAccountToken"].as_bool();
    let automount = setting(spec).or(of_account.and_then(setting)).unwrap_or(true);
    let volumes = spec["volumes"].as_array().into_iter().flatten();
    let projected = volumes
        .flat_map(|volume| volume["projected"]["sources"].as_array().into_iter().flatten())
        .any(|source| source["serviceAccountToken"].is_object());
    named == account && (automount || projected)
}

/// Capabilities that are as good as root on a node.
const ROOT_CAPABILITIES: &[&str] =
    &["SYS_ADMIN", "BPF", "SYS_MODULE", "SYS_PTRACE", "DAC_READ_SEARCH", "ALL"];

/// Whether some container that keeps running is root on its node, by what is plain to see: privileged, a capability that
/// amounts to it, or a directory of the host to write to.
pub(super) fn is_root(spec: &Value) -> bool {
    let containers = ["containers", "initContainers", "ephemeralContainers"]
        .iter()
        .flat_map(|field| spec[*field].as_array().into_iter().flatten());
    let volumes: Vec<&Value> = spec["volumes"].as_array().into_iter().flatten().collect();
    let hosts = |mount: &Value| {
        volumes.iter().any(|volume| volume["name"] == mount["name"] && volume["hostPath"].is_object())
    };
    containers.into_iter().any(|container| {
        let security = &container["securityContext"];
        let added = strings(&security["capabilities"]["add"]);
        let mounts = container["volumeMounts"].as_array().into_iter().flatten();
        security["privileged"] == true
            || added.iter().any(|name| ROOT_CAPABILITIES.contains(&name.trim_start_matches("CAP_")))
            || mounts.into_iter().any(|mount| hosts(mount) && mount["readOnly"] != true)
    })
}

/// Cilium's workload by that name, where neither it nor its pods are in the input.
fn assumed_root(report: &AccessReport, entity: &EntityRef) -> bool {
    report.cilium.iter().any(|component| {
        component.confidence == "assumed"
            && component.privilege == "root-equivalent"
            && Some(&component.namespace) == entity.namespace.as_ref()
    })
}

/// Whether an account is a component's own.
fn own_account(report: &AccessReport, entity: &EntityRef) -> bool {
    entity.name != "default"
        && report.cilium.iter().any(|component| {
            component.confidence != "possible"
                && Some(&component.namespace) == entity.namespace.as_ref()
                && component.service_account.as_ref() == Some(&entity.name)
        })
}

/// Whether where a path ends is its effect.
fn ends(report: &AccessReport, effect: Effect, end: &EntityRef) -> Result<(), String> {
    let kind = end.kind.as_str();
    let cilium = report.cilium.iter().filter(|component| component.confidence != "possible");
    let mut there = cilium.filter(|component| Some(&component.namespace) == end.namespace.as_ref());
    let holds = match effect {
        Effect::Exec => {
            let pods = ["Pod", "Workload"].contains(&kind);
            kind == "ClusterAdmin" || (pods && there.any(|item| item.privilege == "root-equivalent"))
        }
        Effect::NodeRoot => {
            let agents: Vec<_> = report.cilium.iter().filter(|item| item.component == "agent").collect();
            let runs = agents.iter().any(|item| item.nodes.is_empty() || item.nodes.contains(&end.name));
            kind == "ClusterAdmin" || (kind == "NodeRoot" && (end.name == "any" || runs))
        }
        Effect::Identity => kind == "ServiceAccount" && own_account(report, end),
        Effect::Control => ["ConfigMap", "Secret", "Resource"].contains(&kind),
        Effect::Network => ["Pod", "Workload", "Service"].contains(&kind) && there.next().is_some(),
        Effect::Disrupt => ["Pod", "Workload"].contains(&kind) && there.next().is_some(),
    };
    if holds { Ok(()) } else { Err(format!("a {kind} `{}` is not {effect:?}", end.name)) }
}
