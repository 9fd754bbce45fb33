//! What a request costs with a thousand ClusterRoleBindings and five thousand RoleBindings, against the default policy alone.
//!
//! Both are measured in one run, so that the ratio means the same on every machine. Run with
//! `cargo bench -p cilium-exec-check-core --bench authorizer`.

// Core has no clock; measuring it needs one.
#![allow(clippy::disallowed_methods)]

use cilium_exec_check_core::authorizer::{Attributes, Authorizer, ResourceTarget, Target};
use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::model::{Binding, Location, Name, RoleRef, Snapshot, Subject};
use criterion::{Criterion, criterion_group, criterion_main};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::cell::Cell;
use std::hint::black_box;
use std::io::Read;
use std::time::{Duration, Instant};

const CLUSTER_ROLE_BINDINGS: usize = 1000;
const ROLE_BINDINGS: usize = 5000;
const NAMESPACES: usize = 50;
/// So many rounds go through all askers several times.
const ENOUGH: u64 = 10_000;

/// The default policy of v1.37, out of a set of the authorizer's vectors that holds it.
fn default_policy() -> Snapshot {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/snapshots.jsonl.gz");
    let packed = std::fs::read(path).expect("the vectors are in the repository");
    let mut text = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("the vectors unpack");
    let sets = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a set is JSON"));
    let mut set = sets.into_iter().find(|set| set["bootstrap"] == true).expect("a set holds the policy");
    let items = set["list"]["items"].as_array_mut().expect("a set is a List");
    items.retain(|item| item["metadata"]["labels"]["kubernetes.io/bootstrapping"] == "rbac-defaults");
    let snapshot =
        assemble(vec![read_bytes("policy.json", set["list"].to_string().as_bytes(), Limits::default())]);
    assert!(snapshot.roles.len() > 60 && snapshot.bindings.len() > 40, "the policy is not whole");
    snapshot
}

/// The policy with bindings of accounts, users and groups to its roles, most of them in some namespace.
fn large(policy: &Snapshot) -> Snapshot {
    let mut snapshot = policy.clone();
    for number in 0..CLUSTER_ROLE_BINDINGS + ROLE_BINDINGS {
        let namespace = format!("ns-{}", number % NAMESPACES);
        let (kind, name, of) = match number % 3 {
            0 => ("ServiceAccount", format!("sa-{number}"), namespace.as_str()),
            1 => ("User", format!("user-{number}@example.com"), ""),
            _ => ("Group", format!("team-{number}"), ""),
        };
        let role = ["view", "edit", "admin"].get(number % 7 % 3).copied().unwrap_or("view");
        snapshot.bindings.push(Binding {
            namespace: (number >= CLUSTER_ROLE_BINDINGS).then(|| Name::from(namespace.as_str())),
            name: format!("binding-{number}").into(),
            labels: Default::default(),
            role_ref: RoleRef { kind: "ClusterRole".into(), name: role.into() },
            subjects: [Subject {
                kind: kind.into(),
                name: name.into(),
                namespace: of.into(),
                at: Location::default(),
            }]
            .into(),
            at: Location::default(),
        });
    }
    snapshot
}

/// Who asks: accounts, users and members of teams, those with bindings and those without.
fn askers() -> Vec<(String, Vec<String>, String)> {
    let asker = |number: usize| {
        let namespace = format!("ns-{}", number % NAMESPACES);
        let everyone = "system:authenticated".to_owned();
        let (user, groups) = match number % 3 {
            0 => {
                let accounts = "system:serviceaccounts";
                let groups = vec![accounts.to_owned(), format!("{accounts}:{namespace}"), everyone];
                (format!("system:serviceaccount:{namespace}:sa-{number}"), groups)
            }
            1 => (format!("user-{number}@example.com"), vec![everyone]),
            _ => ("somebody@example.com".to_owned(), vec![format!("team-{number}"), everyone]),
        };
        (user, groups, namespace)
    };
    (0..8000).step_by(7).map(asker).collect()
}

/// The time that `rounds` requests take, one asker after the other.
fn ask(authorizer: &Authorizer<'_>, rounds: u64) -> Duration {
    let askers = askers();
    let askers: Vec<(&str, Vec<&str>, &str)> = askers
        .iter()
        .map(|(user, groups, namespace)| {
            (user.as_str(), groups.iter().map(String::as_str).collect(), namespace.as_str())
        })
        .collect();
    let start = Instant::now();
    for (user, groups, namespace) in askers.iter().cycle().zip(0..rounds).map(|(asker, _)| asker) {
        let target =
            ResourceTarget { resource: "pods", subresource: "exec", namespace, name: "web-0", group: "" };
        let target = Target::Resource(target);
        let attributes = Attributes { user: Some(user), groups, verb: "create", target };
        black_box(authorizer.decide(black_box(&attributes)));
    }
    start.elapsed()
}

fn requests(criterion: &mut Criterion) {
    let policy = default_policy();
    let large = large(&policy);
    let (small, large) = (Authorizer::stored(&policy), Authorizer::stored(&large));
    let mut group = criterion.benchmark_group("authorizer");
    let mut best = Vec::new();
    for (name, authorizer) in [("default-policy", &small), ("with-6000-bindings", &large)] {
        let least = Cell::new(f64::INFINITY);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds| {
                let time = ask(authorizer, rounds);
                // A few rounds would be those of the first askers alone.
                if rounds >= ENOUGH {
                    least.set(least.get().min(time.as_secs_f64() * 1e9 / rounds as f64));
                }
                time
            });
        });
        best.push(least.get());
    }
    group.finish();
    if let [small, large] = best.as_slice() {
        println!("a request: {small:.0} ns by the default policy, {large:.0} ns with 6,000 bindings more");
        println!("ratio: {:.2}", large / small);
    }
}

criterion_group!(benches, requests);
criterion_main!(benches);
