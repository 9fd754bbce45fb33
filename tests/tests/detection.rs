//! Which workloads are taken for Cilium, and why: small fixtures of every distribution's habits, and the real charts.

use cilium_exec_check_core::authorizer::RoleTable;
use cilium_exec_check_core::cilium::{
    Component, ComponentKind, Confidence, Installation, Privilege, detect, root_equivalent_neighbours,
};
use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::model::{Name, Snapshot};
use cilium_exec_check_tests::{shared, skipped};
use serde::Deserialize as _;
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn snapshot(path: &Path) -> Snapshot {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let snapshot = assemble(vec![read_bytes("input.yaml", &bytes, Limits::default())]);
    assert_eq!(snapshot.diagnostics, [], "{}", path.display());
    snapshot
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/detection")
}

/// The installation as lines: one a component, its reasons below it.
fn lines(snapshot: &Snapshot, installation: &Installation) -> String {
    let mut text = String::new();
    for component in &installation.components {
        line(&mut text, snapshot, component);
    }
    for neighbour in root_equivalent_neighbours(snapshot, installation) {
        let reasons: BTreeSet<&str> = neighbour
            .evidence
            .iter()
            .filter(|reason| reason.level == Privilege::RootEquivalent)
            .map(|reason| reason.code.as_str())
            .collect();
        let name = named(snapshot, neighbour.workload.as_ref(), &neighbour.pods);
        let _ = writeln!(text, "beside: {} {name} {reasons:?}", neighbour.namespace);
    }
    text
}

fn named(snapshot: &Snapshot, workload: Option<&(Name, Name)>, pods: &[usize]) -> String {
    match workload {
        Some((kind, name)) => format!("{kind}/{name}"),
        None => format!("Pod/{}", snapshot.pods[pods[0]].name),
    }
}

fn line(text: &mut String, snapshot: &Snapshot, component: &Component) {
    let workload = named(snapshot, component.workload.as_ref(), &component.pods);
    let nodes: Vec<&str> = component.nodes.iter().map(|node| &**node).collect();
    let _ = writeln!(
        text,
        "{:?} {:?} in {}: {workload} as {}, version {}, {} pods on [{}], {:?}",
        component.confidence,
        component.kind,
        component.namespace,
        component.service_account.as_deref().unwrap_or("?"),
        component.version.as_deref().unwrap_or("?"),
        component.pods.len(),
        nodes.join(" "),
        component.privilege,
    );
    for reason in &component.evidence {
        let _ =
            writeln!(text, "    {} {} {:?}: {}", reason.container, reason.code, reason.level, reason.detail);
    }
}

/// Compares a fixture's whole outcome with the file beside it. `UPDATE_EXPECTED=1` writes it; then read the difference.
fn check(name: &str, namespaces: &[&str], expected: &str) {
    let snapshot = snapshot(&fixtures().join(name));
    let namespaces: Vec<Name> = namespaces.iter().map(|namespace| Name::from(*namespace)).collect();
    let actual = lines(&snapshot, &detect(&snapshot, &RoleTable::new(&snapshot), &namespaces));
    let path = fixtures().join(expected);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &actual).unwrap();
    }
    assert_eq!(actual, std::fs::read_to_string(&path).unwrap_or_default(), "{name} against {expected}");
}

#[test]
fn a_current_chart_is_read_with_its_pods_nodes_and_neighbours() {
    check("chart.yaml", &[], "chart.txt");
}

#[test]
fn an_old_chart_is_read_with_node_init_and_preflight() {
    check("old-chart.yaml", &[], "old-chart.txt");
}

#[test]
fn distributions_rename_things_and_are_told_all_the_same() {
    check("vendors.yaml", &[], "vendors.txt");
}

#[test]
fn a_label_or_a_name_alone_is_a_claim_and_hides_nothing() {
    check("claims.yaml", &[], "claims.txt");
}

#[test]
fn mesh_spire_ztunnel_and_tetragon_are_told_by_what_they_run() {
    check("other-components.yaml", &[], "other-components.txt");
}

#[test]
fn pods_count_for_their_workload_and_as_what_they_run() {
    check("rollout.yaml", &[], "rollout.txt");
}

#[test]
fn an_account_that_may_create_endpoints_counts_with_the_mounts() {
    check("account.yaml", &[], "account.txt");
}

#[test]
fn without_pods_and_workloads_accounts_tell_where_cilium_is() {
    check("rbac-only.yaml", &[], "rbac-only.txt");
    check("rbac-without-a-name.yaml", &[], "rbac-without-a-name.txt");
}

#[test]
fn a_list_that_was_read_and_is_empty_means_no_cilium() {
    check("no-cilium.yaml", &[], "no-cilium.txt");
}

#[test]
fn namespaces_that_are_given_override_detection() {
    check("other-components.yaml", &["tetragon-system", "nowhere"], "given-namespaces.txt");
    check("claims.yaml", &["dev"], "given-namespace-with-claims.txt");
}

#[test]
fn the_order_of_input_does_not_show() {
    for name in ["chart.yaml", "claims.yaml", "rollout.yaml"] {
        let text = std::fs::read_to_string(fixtures().join(name)).unwrap();
        let documents: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
            .map(|document| Value::deserialize(document).unwrap())
            .collect();
        let read = |documents: &[Value]| {
            let text: Vec<String> = documents.iter().map(|d| serde_yaml::to_string(d).unwrap()).collect();
            let snapshot = assemble(vec![read_bytes("x", text.join("---\n").as_bytes(), Limits::default())]);
            let installation = detect(&snapshot, &RoleTable::new(&snapshot), &[]);
            lines(&snapshot, &installation)
        };
        let forth = read(&documents);
        let back: Vec<Value> = documents.into_iter().rev().collect();
        assert_eq!(forth, read(&back), "{name}");
    }
}

/// What a workload of the charts must be taken for, told by its name, which detection weighs least.
fn by_name(name: &str) -> Option<ComponentKind> {
    let named: &[(&str, ComponentKind)] = &[
        ("cilium", ComponentKind::Agent),
        ("cilium-envoy", ComponentKind::Envoy),
        ("cilium-node-init", ComponentKind::NodeInit),
        ("cilium-operator", ComponentKind::Operator),
        ("cilium-pre-flight-check", ComponentKind::Preflight),
        ("clustermesh-apiserver", ComponentKind::ClustermeshApiserver),
        ("hubble-relay", ComponentKind::HubbleRelay),
        ("hubble-ui", ComponentKind::HubbleUi),
        ("spire-agent", ComponentKind::SpireAgent),
        ("spire-server", ComponentKind::SpireServer),
        ("tetragon", ComponentKind::Tetragon),
        ("tetragon-operator", ComponentKind::TetragonOperator),
        ("ztunnel-cilium", ComponentKind::Ztunnel),
    ];
    let certgen = name.contains("-generate-certs").then_some(ComponentKind::Certgen);
    named.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).or(certgen)
}

/// One workload as an untyped reading of the file shows it.
struct Seen {
    name: String,
    /// A container starts `cilium-agent`.
    agent: bool,
    /// It is in the node's network.
    host_network: bool,
}

fn untyped(text: &str) -> BTreeMap<(String, String, String), Seen> {
    let mut seen = BTreeMap::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let object = Value::deserialize(document).unwrap();
        let field = |value: &Value, name: &str| value.get(name).cloned().unwrap_or_default();
        let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = string(&field(&object, "kind"));
        let spec = field(&object, "spec");
        let template = match kind.as_str() {
            "CronJob" => field(&field(&field(&spec, "jobTemplate"), "spec"), "template"),
            "DaemonSet" | "Deployment" | "StatefulSet" | "Job" => field(&spec, "template"),
            _ => continue,
        };
        let pod = field(&template, "spec");
        let containers = field(&pod, "containers");
        let host_network = field(&pod, "hostNetwork").as_bool() == Some(true);
        let agent = containers.as_sequence().into_iter().flatten().any(|container| {
            field(container, "command").get(0).and_then(Value::as_str) == Some("cilium-agent")
        });
        let metadata = field(&object, "metadata");
        let name = string(&field(&metadata, "name"));
        let key = (string(&field(&metadata, "namespace")), kind, name.clone());
        seen.insert(key, Seen { name, agent, host_network });
    }
    seen
}

/// The version in a rendering's file name: `1.18.12-spire.yaml`, `tetragon-1.7.0-default.yaml`.
fn version_in(file: &str) -> Option<String> {
    let rest = file.strip_prefix("tetragon-").unwrap_or(file);
    let end = if rest.contains("-pre.0-") { rest.find("-pre.0-")? + "-pre.0".len() } else { rest.find('-')? };
    let version = &rest[..end];
    version.starts_with(|first: char| first.is_ascii_digit()).then(|| version.to_owned())
}

#[derive(Default)]
struct Figures {
    files: usize,
    workloads: usize,
    agents: usize,
    /// Per component: how many, and the privileges they came out with.
    components: BTreeMap<ComponentKind, (usize, BTreeMap<Privilege, usize>)>,
    versions: usize,
    wrong: Vec<String>,
}

fn weigh(
    figures: &mut Figures,
    file: &str,
    snapshot: &Snapshot,
    seen: &BTreeMap<(String, String, String), Seen>,
) {
    let installation = detect(snapshot, &RoleTable::new(snapshot), &[]);
    let mut found = BTreeMap::new();
    for component in &installation.components {
        let (kind, name) = component.workload.clone().expect("charts have no bare pods");
        found.insert((component.namespace.to_string(), kind.to_string(), name.to_string()), component);
    }
    figures.files += 1;
    figures.workloads += seen.len();
    figures.agents += seen.values().filter(|seen| seen.agent).count();
    for (key, seen) in seen {
        let Some(component) = found.remove(key) else {
            figures.wrong.push(format!("{file}: {key:?} was not seen"));
            continue;
        };
        let entry = figures.components.entry(component.kind).or_default();
        entry.0 += 1;
        *entry.1.entry(component.privilege).or_default() += 1;
        let expected = (by_name(&seen.name), Confidence::Confirmed, seen.agent);
        let actual = (Some(component.kind), component.confidence, component.kind == ComponentKind::Agent);
        if expected != actual {
            figures.wrong.push(format!("{file}: {key:?} is {expected:?}, was taken for {actual:?}"));
        }
        if component.privilege != privilege_of(component.kind, seen, file) {
            figures.wrong.push(format!("{file}: {key:?} came out {:?}", component.privilege));
        }
        if has_charts_version(component.kind)
            && let Some(version) = version_in(file)
        {
            figures.versions += 1;
            if component.version != Some(version) {
                figures.wrong.push(format!("{file}: {key:?} has version {:?}", component.version));
            }
        }
    }
    figures.wrong.extend(found.keys().map(|key| format!("{file}: {key:?} is no workload")));
}

/// Components whose images bear the chart's own version.
fn has_charts_version(kind: ComponentKind) -> bool {
    use ComponentKind::{
        Agent, ClustermeshApiserver, HubbleRelay, Operator, Preflight, Tetragon, TetragonOperator,
    };
    matches!(
        kind,
        Agent | Operator | Preflight | HubbleRelay | ClustermeshApiserver | Tetragon | TetragonOperator
    )
}

fn privilege_of(kind: ComponentKind, seen: &Seen, file: &str) -> Privilege {
    use ComponentKind::{Agent, Envoy, HubbleRelay, NodeInit, SpireServer, Tetragon, Ztunnel};
    match kind {
        Agent | Envoy | NodeInit | Tetragon | Ztunnel => Privilege::RootEquivalent,
        // The server keeps its socket on the node; until 1.10 the relay mounts the directory of the agent's.
        SpireServer => Privilege::Elevated,
        HubbleRelay if file.starts_with("1.9.") || file.starts_with("1.10.") => Privilege::Elevated,
        _ if seen.host_network => Privilege::Elevated,
        _ => Privilege::Ordinary,
    }
}

#[test]
fn every_workload_of_the_real_charts_is_told() {
    let Some(folder) = shared().map(|shared| shared.join("data/cilium-manifests")) else {
        return skipped("the renderings of the real charts are not there");
    };
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut figures = Figures::default();
    for path in &files {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let seen = untyped(&std::fs::read_to_string(path).unwrap());
        weigh(&mut figures, &file, &snapshot(path), &seen);
    }
    println!("{} files, {} workloads, {} agents", figures.files, figures.workloads, figures.agents);
    println!("{} versions equal the file's", figures.versions);
    for (kind, (count, privileges)) in &figures.components {
        println!("{kind:?}: {count}, {privileges:?}");
    }
    assert_eq!(figures.wrong, [""; 0]);
    let agents = figures.components.get(&ComponentKind::Agent).map(|(count, _)| *count);
    assert_eq!((figures.files, figures.agents, agents), (203, 184, Some(184)));
}
