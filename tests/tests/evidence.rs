//! Every step of every path, worked out again from the input by a reader, a matcher and a table of techniques of the tests' own.

use cilium_exec_check_core::Options;
use cilium_exec_check_tests::verifier::{Verified, verify};
use cilium_exec_check_tests::worlds::{SEED, World, on_clusters, said, spread_worlds, thirds_worlds, worlds};
use cilium_exec_check_tests::{File, analyze, fixtures, sample};
use proptest::strategy::Strategy;

fn verified(files: &[File], options: &Options) -> Verified {
    verify(files, options.kubernetes_version.map(|(_, minor)| minor), &analyze(files, options))
}

#[test]
fn every_step_that_is_shown_for_a_fixture_holds() {
    let mut grants = 0;
    let mut faults = Vec::new();
    for fixture in fixtures() {
        let verified = verified(&fixture.files, &fixture.options());
        grants += verified.grants;
        faults.extend(verified.faults.into_iter().map(|fault| format!("{}: {fault}", fixture.name)));
    }
    assert!(grants > 50, "only {grants} pieces of evidence were there to check");
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_step_that_is_shown_for_the_embedded_cluster_holds() {
    let verified = verified(&sample(), &Options::default());
    assert!(verified.paths > 10, "only {} paths were there to check", verified.paths);
    assert!(verified.faults.is_empty(), "{}", verified.faults.join("\n"));
}

#[test]
fn every_step_that_is_shown_for_random_clusters_holds() {
    holds_for(worlds());
    holds_for(spread_worlds());
    holds_for(thirds_worlds());
}

fn holds_for(worlds: impl Strategy<Value = World>) {
    on_clusters(worlds, (1000, said(SEED, 1)), |world| {
        let verified = verified(&world.files(), &world.options());
        if verified.faults.is_empty() { Ok(()) } else { Err(verified.faults.join("\n")) }
    });
}
