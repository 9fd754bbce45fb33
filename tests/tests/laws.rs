//! Laws that hold whatever the grants are: less of them never reaches more, and no order of the input matters.

use cilium_exec_check_core::render;
use cilium_exec_check_core::report::{AccessReport, Certainty, Finding};
use cilium_exec_check_core::technique::Effect;
use cilium_exec_check_tests::worlds::{World, on_clusters, worlds};
use cilium_exec_check_tests::{File, Shuffle, analyze, fixtures, identity};
use std::collections::{BTreeMap, BTreeSet};

/// Random clusters that each law is tried on.
const CLUSTERS: u32 = 300;

#[test]
fn taking_a_binding_away_lets_nobody_reach_more() {
    let mut taken = 0;
    for fixture in fixtures() {
        let whole = reached(&analyze(&fixture.files, &fixture.options()));
        for (file, document, text) in bindings(&fixture.files) {
            taken += 1;
            let less = reached(&analyze(&without(&fixture.files, file, document), &fixture.options()));
            let gained: Vec<_> = less.difference(&whole).collect();
            assert!(gained.is_empty(), "{}: {gained:?} without\n{text}", fixture.name);
        }
    }
    assert!(taken > 50, "only {taken} bindings were there to take away");
}

/// Who reaches code in Cilium or root on its nodes. Other effects are listed only where these are not passed on the
/// way, so more grants may well make them disappear.
fn reached(report: &AccessReport) -> BTreeSet<(String, &'static str)> {
    let effects = report.findings.iter().flat_map(|finding| {
        let listed =
            finding.effects.iter().filter(|effect| matches!(effect, Effect::Exec | Effect::NodeRoot));
        listed.map(|effect| (identity(&finding.identity), effect.as_str()))
    });
    effects.collect()
}

fn documents(file: &File) -> Vec<String> {
    let text = String::from_utf8(file.bytes.clone()).expect("a fixture is UTF-8");
    text.split("\n---\n").map(str::to_owned).collect()
}

/// Every binding: its file, its place among the documents, and its text.
fn bindings(files: &[File]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for (file, text) in files.iter().enumerate() {
        for (document, text) in documents(text).into_iter().enumerate() {
            if text.contains("\nkind: RoleBinding") || text.contains("\nkind: ClusterRoleBinding") {
                found.push((file, document, text));
            }
        }
    }
    found
}

fn without(files: &[File], file: usize, document: usize) -> Vec<File> {
    let mut files = files.to_vec();
    let mut left = documents(&files[file]);
    left.remove(document);
    files[file].bytes = left.join("\n---\n").into_bytes();
    files
}

/// Tries a law on random clusters; the smallest that breaks it is shown.
fn on_random_clusters(law: impl Fn(&World) -> Result<(), String>) {
    on_clusters(worlds(), (CLUSTERS, 3), law);
}

#[test]
fn of_two_random_clusters_that_differ_in_a_binding_the_one_with_more_reaches_more() {
    on_random_clusters(|world| {
        let more = effects(&analyze(&world.files(), &world.options()));
        for taken in 0..world.bindings.len() {
            let mut smaller = world.clone();
            smaller.bindings.remove(taken);
            for (who, gained) in effects(&analyze(&smaller.files(), &smaller.options())) {
                let had = more.get(&who).cloned().unwrap_or_default();
                let lost: Vec<_> = gained.iter().filter(|effect| !kept(**effect, &had)).collect();
                if !lost.is_empty() {
                    return Err(format!("{who} reaches {lost:?} only without binding b{taken}"));
                }
            }
        }
        Ok(())
    });
}

/// By finding, the effects of the paths that count, expected ones included.
fn effects(report: &AccessReport) -> BTreeMap<String, BTreeSet<Effect>> {
    let of_paths = |finding: &Finding| {
        let counting = finding.paths.iter().filter(|path| path.certainty != Certainty::Blocked);
        counting.map(|path| path.effect).collect()
    };
    report.findings.iter().map(|finding| (identity(&finding.identity), of_paths(finding))).collect()
}

/// Whether an effect is there, or one that it is nothing beside: what is less than code in Cilium is not listed for
/// whoever gets to everything, and endpoints of a pod not where its account holds power.
fn kept(effect: Effect, had: &BTreeSet<Effect>) -> bool {
    let less = !matches!(effect, Effect::Exec | Effect::NodeRoot);
    had.contains(&effect)
        || (less && had.contains(&Effect::Exec))
        || (effect == Effect::Network && had.contains(&Effect::Identity))
}

#[test]
fn the_objects_of_a_random_cluster_give_the_same_bytes_in_any_order() {
    on_random_clusters(|world| {
        let objects = world.documents().into_iter().enumerate();
        let files: Vec<File> = objects
            .map(|(index, text)| File { name: format!("{index:02}.yaml"), bytes: text.into_bytes() })
            .collect();
        let whole = render::json(&analyze(&files, &world.options()));
        for seed in 0..3 {
            let shuffled = Shuffle(seed).list(files.clone());
            if render::json(&analyze(&shuffled, &world.options())) != whole {
                return Err(format!("order {seed} differs"));
            }
        }
        Ok(())
    });
}
