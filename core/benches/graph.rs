//! What the analysis of an export costs at two sizes, and with as many bindings more that nothing follows from.
//!
//! All are measured in one run, so that the ratios mean the same on every machine. Run with
//! `cargo bench -p cilium-exec-check-core --bench graph`.

use cilium_exec_check_core::authorizer::RoleTable;
use cilium_exec_check_core::graph::{Grants, Graph, World};
use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::model::{
    Binding, Location, Name, PolicyRule, Role, RoleRef, RuleLists, Snapshot, Subject,
};
use cilium_exec_check_core::version::VersionRange;
use cilium_exec_check_core::{Options, analyze, cilium};
use cilium_exec_check_exports::{Format, export};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;

const SMALL: usize = 1000;
const LARGE: usize = 10_000;
const SEED: u64 = 7;

fn snapshot(pods: usize) -> Snapshot {
    let (bytes, truth) = export(pods, SEED, Format::Yaml);
    let snapshot = assemble(vec![read_bytes("export.yaml", &bytes, Limits::default())]);
    assert!(snapshot.pods.len() > pods && !truth.findings.is_empty(), "the export is not whole");
    snapshot
}

/// The same with as many accounts more as there are pods, each bound to a role that no technique asks for.
fn with_idle_bindings(mut snapshot: Snapshot, count: usize) -> Snapshot {
    let list = |word: &str| -> Arc<[Name]> { [Name::from(word)].into() };
    let lists = RuleLists {
        verbs: list("list"),
        api_groups: list("apps"),
        resources: list("replicasets"),
        ..RuleLists::default()
    };
    let rule = PolicyRule::from(lists);
    let named = |namespace: &Name, name: &Name, number: usize| Binding {
        namespace: Some(namespace.clone()),
        name: format!("idle-{number:06}").into(),
        labels: Default::default(),
        role_ref: RoleRef { kind: "ClusterRole".into(), name: "idle".into() },
        subjects: [Subject {
            kind: "ServiceAccount".into(),
            name: name.clone(),
            namespace: namespace.clone(),
            at: Location::default(),
        }]
        .into(),
        at: Location::default(),
    };
    let accounts = snapshot.service_accounts.iter().cycle().take(count).enumerate();
    let more = accounts.map(|(number, account)| named(&account.namespace, &account.name, number));
    snapshot.bindings.extend(more.collect::<Vec<Binding>>());
    snapshot.roles.push(Role {
        namespace: None,
        name: "idle".into(),
        labels: Default::default(),
        rules: vec![rule],
        aggregation: None,
        at: Location::default(),
    });
    snapshot
}

/// Runs `cost` on an export of each size, and on the smaller one with bindings that lead nowhere.
fn compare(criterion: &mut Criterion, name: &str, cost: impl Fn(&Snapshot)) {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    let idle = with_idle_bindings(snapshot(SMALL), SMALL);
    for (case, pods, snapshot) in [
        ("export", SMALL, snapshot(SMALL)),
        ("export", LARGE, snapshot(LARGE)),
        ("with-idle-bindings", SMALL, idle),
    ] {
        // For each pod: the same at both sizes where the cost follows the size.
        group.throughput(Throughput::Elements(pods as u64));
        group.bench_with_input(BenchmarkId::new(case, pods), &snapshot, |bencher, snapshot| {
            bencher.iter(|| cost(black_box(snapshot)));
        });
    }
    group.finish();
}

fn whole(criterion: &mut Criterion) {
    compare(criterion, "analysis", |snapshot| {
        black_box(analyze(snapshot, &Options::default()));
    });
}

fn graph(criterion: &mut Criterion) {
    compare(criterion, "graph", |snapshot| {
        let roles = RoleTable::new(snapshot);
        let installation = cilium::detect(snapshot, &roles, &[]);
        let version = VersionRange::new(snapshot, None);
        let world = World { snapshot, roles: &roles, installation: &installation, version };
        let grants = Grants::new(snapshot, &roles);
        black_box(Graph::new(&world, &grants));
    });
}

criterion_group!(benches, whole, graph);
criterion_main!(benches);
