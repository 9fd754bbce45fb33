//! Aggregation gives the rules that Kubernetes' own controller stored, in the default policy of each version.

use cilium_exec_check_core::authorizer::RoleTable;
use cilium_exec_check_core::model::{Name, Snapshot};
use cilium_exec_check_tests::{File, read, shared, skipped};
use std::collections::BTreeSet;
use std::path::PathBuf;

#[test]
fn emptied_default_roles_get_back_what_the_controller_stored() {
    let Some(shared) = shared() else {
        return skipped("aggregation of the default policies: no folder ../shared");
    };
    let policies = policies(&shared.join("data/default-rbac"));
    assert!(policies.len() > 5, "the data is gone");
    for policy in policies {
        let name = policy.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(&policy).expect("the data can be read");
        let stored = read(&[File { name: name.clone(), bytes }]);
        let aggregated: Vec<usize> =
            (0..stored.roles.len()).filter(|&role| stored.roles[role].aggregation.is_some()).collect();
        let names: Vec<&str> = aggregated.iter().map(|&role| &*stored.roles[role].name).collect();
        assert_eq!(names, ["admin", "edit", "view"], "{name}");
        assert!(aggregated.iter().all(|&role| stored.roles[role].rules.len() > 3), "{name}");

        // All at once, so that the rules of `view` come to `admin` through `edit`; and each alone.
        for emptied in aggregated.iter().map(|&role| vec![role]).chain([aggregated.clone()]) {
            compare(&name, &stored, &emptied);
        }
    }
}

fn compare(policy: &str, stored: &Snapshot, emptied: &[usize]) {
    let mut snapshot = stored.clone();
    for &role in emptied {
        snapshot.roles[role].rules.clear();
    }
    let table = RoleTable::new(&snapshot);
    assert_eq!(table.computed(), emptied, "{policy}");
    for &role in emptied {
        let computed: BTreeSet<[&[Name]; 5]> =
            table.rules(role).iter().map(|effective| effective.rule.all()).collect();
        let wanted: BTreeSet<[&[Name]; 5]> = stored.roles[role].rules.iter().map(|rule| rule.all()).collect();
        assert_eq!(computed, wanted, "{policy}: {}", stored.roles[role].name);
        assert_eq!(table.rules(role).len(), wanted.len(), "{policy}: a rule stands twice");
        for effective in table.rules(role).iter() {
            let origin = &snapshot.roles[effective.origin];
            assert!(origin.rules.contains(effective.rule), "{policy}: {} has no such rule", origin.name);
        }
    }
}

fn policies(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the data can be listed").flatten();
    let paths = entries.map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "yaml" || it == "json")).collect();
    paths.sort();
    paths
}
