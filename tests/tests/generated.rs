//! A generated cluster of a thousand pods: every planted way in is found, no near miss is.

use cilium_exec_check_core::Options;
use cilium_exec_check_tests::verifier::verify;
use cilium_exec_check_tests::{File, analyze, identity, shared, skipped};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `truth.json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Truth {
    findings: Vec<Planted>,
    near_misses: Vec<Who>,
}

#[derive(Deserialize)]
struct Planted {
    identity: Who,
    technique: String,
}

#[derive(Deserialize)]
struct Who {
    kind: String,
    namespace: Option<String>,
    name: String,
}

impl Who {
    fn identity(&self) -> String {
        let kind = self.kind.to_lowercase();
        match &self.namespace {
            Some(namespace) => format!("{kind}/{namespace}/{}", self.name),
            None => format!("{kind}/{}", self.name),
        }
    }
}

#[test]
fn every_planted_way_in_is_found_and_nothing_else() {
    let Some(shared) = shared() else { return skipped("generated cluster: no folder ../shared") };
    let folder = scratch();
    if !generate(&shared.join("bench/gen.py"), &folder) {
        return skipped("generated cluster: no python3");
    }
    let file = |name: &str| std::fs::read(folder.join(name)).expect("the generator wrote it");
    let truth: Truth = serde_json::from_slice(&file("truth.json")).expect("the truth is JSON");
    let snapshot = File { name: "snapshot.yaml".to_owned(), bytes: file("snapshot.yaml") };
    let files = [snapshot];
    let report = analyze(&files, &Options::default());
    let verified = verify(&files, None, &report);
    assert!(verified.paths > 20, "only {} paths were there to check", verified.paths);
    assert!(verified.faults.is_empty(), "{}", verified.faults.join("\n"));
    let found: BTreeMap<String, BTreeSet<String>> = report
        .findings
        .iter()
        .filter(|finding| finding.expected.is_none())
        .map(|finding| (identity(&finding.identity), finding.techniques.iter().cloned().collect()))
        .collect();

    // Steps from one identity to the next are not followed yet; nothing else may be missing.
    let missing: Vec<String> = truth
        .findings
        .iter()
        .filter(|planted| planted.technique != "sa-token-create")
        .filter(|planted| {
            !found.get(&planted.identity.identity()).is_some_and(|them| them.contains(&planted.technique))
        })
        .map(|planted| format!("{} by {}", planted.identity.identity(), planted.technique))
        .collect();
    assert!(missing.is_empty(), "planted and not found:\n{}", missing.join("\n"));
    let planted: BTreeSet<String> =
        truth.findings.iter().map(|planted| planted.identity.identity()).collect();
    let wrong: Vec<&String> = found.keys().filter(|identity| !planted.contains(*identity)).collect();
    assert!(wrong.is_empty(), "found and not planted: {wrong:?}");
    let missed: BTreeSet<String> = truth.near_misses.iter().map(Who::identity).collect();
    assert!(!missed.is_empty() && missed.is_disjoint(&planted), "the near misses are gone");
}

/// A folder of this test's own under `target`.
fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gen-1000");
    std::fs::create_dir_all(&folder).expect("target can be written to");
    folder
}

/// Runs the generator; false where there is no Python.
fn generate(script: &Path, folder: &Path) -> bool {
    let Ok(output) = Command::new("python3").arg(script).arg("1000").arg(folder).output() else {
        return false;
    };
    assert!(output.status.success(), "the generator failed: {}", String::from_utf8_lossy(&output.stderr));
    true
}
