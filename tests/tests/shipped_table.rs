//! The tables of shipped rules against all that is known to be shipped: everything in the data is recognised, and
//! nothing that differs from it in one place.

use cilium_exec_check_core::defaults::{ShippedBy, ShippedDefaults};
use cilium_exec_check_core::ingest::{Limits, assemble, read_bytes};
use cilium_exec_check_core::model::{Binding, Name, PolicyRule, Role, RuleLists, Subject};
use cilium_exec_check_tests::{shared, skipped};
use std::path::{Path, PathBuf};

/// One rule that one subject holds; the role is without its rules.
#[derive(Debug, Clone)]
struct Grant {
    binding: Binding,
    subject: Subject,
    role: Role,
    rule: PolicyRule,
}

impl Grant {
    fn lists(&mut self) -> &mut RuleLists {
        std::sync::Arc::make_mut(&mut self.rule.lists)
    }

    fn shipped_by(&self, cilium_namespaces: &[&str]) -> Option<ShippedBy> {
        let namespaces: Vec<Name> = cilium_namespaces.iter().map(|&name| name.into()).collect();
        let Grant { binding, subject, role, rule } = self;
        ShippedDefaults::get().shipped(binding, subject, role, rule, &namespaces).map(|(by, _)| by)
    }

    fn changed(&self, change: impl FnOnce(&mut Grant)) -> Grant {
        let mut grant = self.clone();
        change(&mut grant);
        grant
    }

    /// The grant with every namespace `from` made `to`.
    fn moved(&self, from: &str, to: &str) -> Grant {
        let namespaced = |namespace: &mut Option<Name>| {
            if namespace.as_deref() == Some(from) {
                *namespace = Some(to.into());
            }
        };
        self.changed(|grant| {
            namespaced(&mut grant.binding.namespace);
            namespaced(&mut grant.role.namespace);
            if &*grant.subject.namespace == from {
                grant.subject.namespace = to.into();
            }
        })
    }
}

/// All grants of a file, by the bindings and roles that stand in it.
fn grants(path: &Path) -> Vec<Grant> {
    let bytes = std::fs::read(path).unwrap();
    let snapshot = assemble(vec![read_bytes(&path.display().to_string(), &bytes, Limits::default())]);
    let mut found = Vec::new();
    for binding in &snapshot.bindings {
        let namespace = (&*binding.role_ref.kind == "Role").then(|| binding.namespace.clone()).flatten();
        let referred = snapshot
            .roles
            .iter()
            .find(|role| role.name == binding.role_ref.name && role.namespace == namespace);
        let Some(role) = referred else {
            // The chart binds a role that it does not have.
            assert_eq!(&*binding.name, "spire-server-pod", "{}", path.display());
            continue;
        };
        for subject in &binding.subjects {
            found.extend(role.rules.iter().map(|rule| Grant {
                binding: binding.clone(),
                subject: subject.clone(),
                role: Role { rules: Vec::new(), ..role.clone() },
                rule: rule.clone(),
            }));
        }
    }
    assert!(!found.is_empty(), "{}: no grants", path.display());
    found
}

/// The files of a folder of the data, or `None` where there is no data.
fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let Some(shared) = shared() else {
        skipped(&format!("shipped table: no ../shared/data/{folder}"));
        return None;
    };
    let entries = std::fs::read_dir(shared.join("data").join(folder)).unwrap();
    let is_object = |path: &PathBuf| path.extension().is_some_and(|ending| ending != "txt");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_object).collect();
    files.sort();
    Some(files)
}

fn longer(list: &mut std::sync::Arc<[Name]>, word: &str) {
    *list = list.iter().cloned().chain([word.into()]).collect();
}

/// Checks that a grant is not shipped, once it is changed in any one place.
#[track_caller]
fn every_change_shows(grant: &Grant, namespaces: &[&str]) {
    let label = || ("kubernetes.io/bootstrapping".into(), "rbac-defaults".into());
    let everything = || ["*".into()].into();
    let changes = [
        grant.changed(|grant| grant.subject.name = format!("{}x", grant.subject.name).into()),
        grant.changed(|grant| grant.subject.kind = "Robot".into()),
        grant.changed(|grant| longer(&mut grant.lists().verbs, "impersonate")),
        grant.changed(|grant| longer(&mut grant.lists().api_groups, "example.com")),
        grant.changed(|grant| longer(&mut grant.lists().resources, "examples")),
        grant.changed(|grant| longer(&mut grant.lists().resource_names, "example")),
        grant.changed(|grant| longer(&mut grant.lists().non_resource_urls, "/example")),
        grant.changed(|grant| {
            let lists = grant.lists();
            (lists.verbs, lists.resources) = (everything(), ["pods/exec".into()].into());
        }),
        grant.changed(|grant| {
            grant.role.name = "foreign".into();
            grant.role.labels.extend([label()]);
            grant.binding.role_ref.name = "foreign".into();
        }),
        grant.changed(|grant| grant.role.name = "foreign".into()),
        grant.changed(|grant| {
            grant.binding.name = format!("{}x", grant.binding.name).into();
            grant.binding.labels.extend([label()]);
        }),
        grant.changed(|grant| grant.binding.namespace = Some("elsewhere".into())),
    ];
    for changed in changes {
        assert_eq!(changed.shipped_by(namespaces), None, "{changed:#?}");
    }
}

#[test]
fn everything_that_kubernetes_grants_by_default_is_shipped_and_nothing_else() {
    for file in files("default-rbac").into_iter().flatten() {
        for grant in grants(&file) {
            let control_plane = ["system:masters", "system:kube-controller-manager", "system:kube-scheduler"];
            let by = match &*grant.subject.kind {
                "User" | "Group" if control_plane.contains(&&*grant.subject.name) => ShippedBy::ControlPlane,
                _ => ShippedBy::DefaultRbac,
            };
            assert_eq!(grant.shipped_by(&[]), Some(by), "{}: {grant:#?}", file.display());
            every_change_shows(&grant, &[]);
        }
    }
}

#[test]
fn everything_that_a_chart_grants_is_shipped_where_cilium_runs_and_nothing_else() {
    for file in files("cilium-manifests").into_iter().flatten() {
        for grant in grants(&file) {
            let says = |grant: &Grant, namespaces| {
                assert_eq!(
                    grant.shipped_by(namespaces),
                    Some(ShippedBy::CiliumChart),
                    "{}: {grant:#?}",
                    file.display()
                );
                every_change_shows(grant, namespaces);
            };
            says(&grant, &["kube-system"]);
            says(&grant.moved("kube-system", "cilium"), &["cilium", "cilium-spire"]);
            if &*grant.subject.namespace == "kube-system" {
                assert_eq!(grant.shipped_by(&["cilium"]), None, "{}: {grant:#?}", file.display());
            }
        }
    }
}

#[test]
fn a_default_binding_that_was_switched_to_cluster_admin_is_not_shipped() {
    let Some(files) = files("default-rbac") else { return };
    for file in files {
        let grants = grants(&file);
        let admin = grants.iter().find(|grant| &*grant.role.name == "cluster-admin").unwrap();
        for grant in grants.iter().filter(|grant| &*grant.role.name != "cluster-admin") {
            let switched = grant.changed(|grant| {
                grant.binding.role_ref = admin.binding.role_ref.clone();
                grant.role = admin.role.clone();
                grant.rule = admin.rule.clone();
            });
            assert_eq!(switched.shipped_by(&[]), None, "{}: {switched:#?}", file.display());
        }
    }
}
