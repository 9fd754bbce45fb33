//! The core against a slow, obvious engine, on small random clusters: the same effects, as surely, in as few steps.

use cilium_exec_check_core::analysis;
use cilium_exec_check_core::report::{AccessReport, Certainty, Path};
use cilium_exec_check_core::technique::Effect;
use cilium_exec_check_tests::oracle::{Reached, expected};
use cilium_exec_check_tests::worlds::{
    HOW_MANY, SEED, World, on_clusters, said, spread_worlds, thirds_worlds, worlds,
};
use cilium_exec_check_tests::{identity, read};
use proptest::strategy::Strategy;
use std::collections::{BTreeMap, BTreeSet};

/// How many clusters are compared where nothing is said; a thousand take about ten seconds.
const CLUSTERS: u32 = 2_000;

/// The same, of those where several identities hold parts of what takes many requests: they take longer.
const SPREAD_CLUSTERS: u32 = 500;

#[test]
fn the_core_finds_what_a_slow_and_obvious_engine_finds() {
    agrees_on(worlds(), CLUSTERS);
}

#[test]
fn the_core_finds_what_several_identities_do_between_them() {
    agrees_on(spread_worlds(), SPREAD_CLUSTERS);
}

#[test]
fn the_core_finds_what_takes_three_identities() {
    agrees_on(thirds_worlds(), SPREAD_CLUSTERS);
}

fn agrees_on(worlds: impl Strategy<Value = World>, clusters: u32) {
    on_clusters(worlds, (said(HOW_MANY, clusters), said(SEED, 0)), compare);
}

fn compare(world: &World) -> Result<(), String> {
    let snapshot = read(&world.files());
    let report = analysis::analyze(&snapshot, &world.options());
    let expected = expected(&snapshot, world.minor);
    let found = found(&report);
    let none = Effects::new();
    let of = |who: &String| found.get(who).unwrap_or(&none);
    let mut faults = Vec::new();
    // What the node authorizer lets every node do is told of their group, which is nobody where no Node is in the input.
    let all_nodes = expected.contains_key("group/system:nodes");
    for (who, expected) in expected.iter().filter(|(who, _)| all_nodes || !who.starts_with("node/")) {
        let of_groups = || expected.groups.iter().map(of);
        let all = expected.effects.keys().chain(of(who).keys()).chain(of_groups().flat_map(BTreeMap::keys));
        for effect in all.collect::<BTreeSet<_>>() {
            let (wanted, had) = (expected.effects.get(effect).copied(), of(who).get(effect).copied());
            let by_groups = of_groups().filter_map(|effects| effects.get(effect)).copied();
            if !agree(wanted, had, by_groups.min_by_key(|reached| rank(*reached))) {
                faults.push(format!("{who} {effect:?}\n  expected {wanted:?}\n  found    {had:?}"));
            }
        }
    }
    let nobody = found.keys().filter(|who| !expected.contains_key(*who));
    faults.extend(nobody.map(|who| format!("{who} is nobody that the input speaks of")));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Whether both say the same. What a group of theirs reaches is told of the group, and compared there; of them it is told
/// only where a grant that names them is another way. Of ways with as many steps the core shows the worse one first, which
/// may be less sure than another: how sure each is, is checked of every path in `evidence.rs`.
fn agree(wanted: Option<Reached>, had: Option<Reached>, by_groups: Option<Reached>) -> bool {
    match (wanted, had, by_groups) {
        (Some(Reached::Counting { .. }), _, Some(Reached::Counting { .. })) => true,
        (
            Some(Reached::Counting { length, certain }),
            Some(Reached::Counting { length: shown, certain: surely }),
            _,
        ) => length == shown && (certain || !surely),
        (Some(Reached::Blocked), had, Some(_)) => had.is_none_or(|had| had == Reached::Blocked),
        (wanted, had, _) => wanted == had,
    }
}

/// What is reached, of each effect.
type Effects = BTreeMap<Effect, Reached>;

/// What a report says of each identity, in the words of the other engine.
fn found(report: &AccessReport) -> BTreeMap<String, Effects> {
    let found = report.findings.iter().map(|finding| (identity(&finding.identity), &finding.paths));
    let blocked = report.blocked.iter().map(|blocked| (identity(&blocked.identity), &blocked.paths));
    found.chain(blocked).map(|(who, paths)| (who, effects(paths))).collect()
}

fn effects(paths: &[Path]) -> Effects {
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
