//! Laws that hold whatever the grants are: less of them never reaches more.

use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_core::technique::Effect;
use cilium_exec_check_tests::{File, analyze, fixtures, identity};
use std::collections::BTreeSet;

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
