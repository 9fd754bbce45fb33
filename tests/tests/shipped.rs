//! Default policy and default chart together, in every pair of versions: nothing but expected findings.

use cilium_exec_check_core::Options;
use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_tests::{File, analyze, identity, shared, skipped};
use std::path::{Path, PathBuf};

#[test]
fn default_policies_with_default_charts_are_expected() {
    let Some(shared) = shared() else {
        return skipped("default policies with default charts: no folder ../shared");
    };
    let policies = listed(&shared.join("data/default-rbac"), ".yaml");
    let charts = listed(&shared.join("data/cilium-manifests"), "-default.yaml");
    assert!(policies.len() > 5 && charts.len() > 5, "the data is gone");
    let mut faults = Vec::new();
    for policy in &policies {
        for chart in &charts {
            let report = analyze(&[file(policy), file(chart)], &Options::default());
            faults.extend(
                unexpected(&report).map(|fault| format!("{} + {}: {fault}", base(policy), base(chart))),
            );
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {} pairs and more:\n{}",
        faults.len(),
        policies.len() * charts.len(),
        faults.join("\n")
    );
}

/// Findings that are not expected, and a verdict that claims more than an input without pods can tell.
fn unexpected(report: &AccessReport) -> impl Iterator<Item = String> {
    let open = report.findings.iter().filter(|finding| finding.expected.is_none());
    let mut faults: Vec<String> =
        open.map(|finding| format!("{} by {:?}", identity(&finding.identity), finding.techniques)).collect();
    if report.input.complete {
        faults.push("complete, without pods".to_owned());
    }
    if report.cilium.is_empty() {
        faults.push("no Cilium".to_owned());
    }
    faults.into_iter()
}

fn listed(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the data can be listed").flatten();
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    paths.sort();
    paths
}

fn base(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn file(path: &Path) -> File {
    File { name: base(path), bytes: std::fs::read(path).expect("the data can be read") }
}
