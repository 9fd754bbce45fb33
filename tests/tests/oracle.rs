//! The core against a slow, obvious engine, on small random clusters: the same effects, as surely, in as few steps.

use cilium_exec_check_core::analysis;
use cilium_exec_check_core::report::{AccessReport, Certainty, Path};
use cilium_exec_check_core::technique::Effect;
use cilium_exec_check_tests::oracle::{Expected, Reached, expected};
use cilium_exec_check_tests::worlds::{World, worlds};
use cilium_exec_check_tests::{identity, read};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use std::collections::BTreeMap;

/// How many clusters are compared where nothing is said.
const CLUSTERS: u32 = 100;

/// Says how many; with `--release` a thousand take about half a minute.
const HOW_MANY: &str = "CILIUM_EXEC_CHECK_CLUSTERS";

/// Another number gives other clusters.
const SEED: &str = "CILIUM_EXEC_CHECK_SEED";

#[test]
fn the_core_finds_what_a_slow_and_obvious_engine_finds() {
    let cases = std::env::var(HOW_MANY).ok().and_then(|text| text.parse().ok()).unwrap_or(CLUSTERS);
    let seed = std::env::var(SEED).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 1500,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let outcome =
        TestRunner::new(config).run(&worlds(), |world| compare(&world).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(why, world)) = outcome {
        let files = world.files().into_iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let text = files.collect::<Vec<_>>().join("---\n");
        panic!("{why}\nKubernetes {:?}\n{text}", world.minor);
    }
}

fn compare(world: &World) -> Result<(), String> {
    let snapshot = read(&world.files());
    let report = analysis::analyze(&snapshot, &world.options());
    let expected = expected(&snapshot, world.minor);
    let found = found(&report);
    let mut faults = Vec::new();
    let everybody: std::collections::BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let none = BTreeMap::new();
    for who in everybody {
        let (wanted, had) = (expected.get(who).unwrap_or(&none), found.get(who).unwrap_or(&none));
        if !agree(wanted, had) {
            faults.push(format!("{who}\n  expected {wanted:?}\n  found    {had:?}"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Whether both say the same. Of ways with as many steps the core shows the worse one first, which may be less sure than
/// another: how sure each is, is checked of every path in `evidence.rs`.
fn agree(wanted: &BTreeMap<Effect, Reached>, had: &BTreeMap<Effect, Reached>) -> bool {
    let same = |(effect, wanted): (&Effect, &Reached)| match (wanted, had.get(effect)) {
        (
            Reached::Counting { length, certain },
            Some(Reached::Counting { length: shown, certain: surely }),
        ) => length == shown && (*certain || !surely),
        (wanted, had) => Some(wanted) == had,
    };
    wanted.len() == had.len() && wanted.iter().all(same)
}

/// What a report says of each identity, in the words of the other engine.
fn found(report: &AccessReport) -> Expected {
    let found = report.findings.iter().map(|finding| (identity(&finding.identity), &finding.paths));
    let blocked = report.blocked.iter().map(|blocked| (identity(&blocked.identity), &blocked.paths));
    found.chain(blocked).map(|(who, paths)| (who, effects(paths))).collect()
}

fn effects(paths: &[Path]) -> BTreeMap<Effect, Reached> {
    let mut effects = BTreeMap::new();
    for path in paths {
        let reached = match path.certainty {
            Certainty::Blocked => Reached::Blocked,
            certainty => {
                Reached::Counting { length: path.steps.len(), certain: certainty == Certainty::Certain }
            }
        };
        let known = effects.entry(path.effect).or_insert(reached);
        if rank(reached) < rank(*known) {
            *known = reached;
        }
    }
    effects
}

fn rank(reached: Reached) -> (bool, usize, bool) {
    match reached {
        Reached::Counting { length, certain } => (false, length, !certain),
        Reached::Blocked => (true, 0, false),
    }
}
