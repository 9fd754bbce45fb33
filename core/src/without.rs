//! Grants to leave out → the snapshot as it would be without them, and a report whose indices still count in the input.

use crate::model::{Binding, Name, Role, Snapshot};
use crate::report::{AccessReport, DiagnosticRef, Evidence};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A grant that is left out: a binding, a role, one subject of a binding or one rule of a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Without {
    /// The kind of the object.
    pub kind: GrantKind,
    /// The namespace of a namespaced object.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The index of one of its `rules` or `subjects`, from 0 as evidence counts them; `None` leaves all of it out.
    pub item: Option<u32>,
}

/// The kinds that grants are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum GrantKind {
    ClusterRoleBinding,
    RoleBinding,
    ClusterRole,
    Role,
}

impl GrantKind {
    /// All of them.
    pub const ALL: [GrantKind; 4] =
        [GrantKind::ClusterRoleBinding, GrantKind::RoleBinding, GrantKind::ClusterRole, GrantKind::Role];

    /// As `kind` spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            GrantKind::ClusterRoleBinding => "ClusterRoleBinding",
            GrantKind::RoleBinding => "RoleBinding",
            GrantKind::ClusterRole => "ClusterRole",
            GrantKind::Role => "Role",
        }
    }

    /// The kind that is written so.
    pub fn of_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == kind)
    }

    /// As kubectl reads it: in any case, singular, plural, or with its API group.
    fn of_resource(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let text = text.strip_suffix(".rbac.authorization.k8s.io").unwrap_or(&text);
        let text = text.strip_suffix('s').unwrap_or(text);
        Self::ALL.into_iter().find(|known| known.as_str().to_lowercase() == text)
    }

    fn is_namespaced(self) -> bool {
        matches!(self, GrantKind::RoleBinding | GrantKind::Role)
    }

    /// The list in it that grants are items of.
    pub fn items(self) -> &'static str {
        match self {
            GrantKind::ClusterRoleBinding | GrantKind::RoleBinding => "subjects",
            GrantKind::ClusterRole | GrantKind::Role => "rules",
        }
    }
}

/// Why a grant cannot be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// No object in the input is called so.
    Object,
    /// It has only so many rules or subjects.
    Item(u32),
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.as_str().to_lowercase())?;
        if let Some(namespace) = &self.namespace {
            write!(f, "/{namespace}")?;
        }
        write!(f, "/{}", self.name)?;
        self.item.map_or(Ok(()), |item| write!(f, "/{}/{item}", self.kind.items()))
    }
}

impl Without {
    /// Reads `rolebinding/NAMESPACE/NAME` or `clusterrole/NAME`, either with `/subjects/N` or `/rules/N` behind it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = "it looks like clusterrolebinding/NAME, rolebinding/NAMESPACE/NAME, clusterrole/NAME or \
                    role/NAMESPACE/NAME, with /subjects/N or /rules/N for one of them";
        let (resource, rest) = text.split_once('/').ok_or(form)?;
        let kind = GrantKind::of_resource(resource).ok_or(form)?;
        let (namespace, rest) = match kind.is_namespaced() {
            true => rest.split_once('/').map(|(namespace, rest)| (Some(namespace.to_owned()), rest)),
            false => Some((None, rest)),
        }
        .ok_or_else(|| {
            format!("a {0} is in a namespace: {0}/NAMESPACE/NAME", kind.as_str().to_lowercase())
        })?;
        // No name holds a slash (path segment names, apimachinery pkg/api/validation/path).
        let (name, item) = match rest.split_once(&format!("/{}/", kind.items())) {
            Some((name, number)) => (name, Some(number.parse().map_err(|_| form)?)),
            None => (rest, None),
        };
        match name.is_empty() || namespace.as_deref() == Some("") {
            true => Err(form.to_owned()),
            false => Ok(Without { kind, namespace, name: name.to_owned(), item }),
        }
    }

    /// A whole binding.
    pub fn binding(binding: &Binding) -> Self {
        let kind = match binding.namespace {
            Some(_) => GrantKind::RoleBinding,
            None => GrantKind::ClusterRoleBinding,
        };
        whole(kind, binding.namespace.as_ref(), &binding.name)
    }

    /// A whole role.
    pub fn role(role: &Role) -> Self {
        let kind = if role.namespace.is_some() { GrantKind::Role } else { GrantKind::ClusterRole };
        whole(kind, role.namespace.as_ref(), &role.name)
    }

    /// Why it cannot be left out of this snapshot, if so.
    pub fn missing(&self, snapshot: &Snapshot) -> Option<Missing> {
        let bindings = snapshot.bindings.iter().filter(|binding| self.means(&Without::binding(binding)));
        let roles = snapshot.roles.iter().filter(|role| self.means(&Without::role(role)));
        let lengths =
            bindings.map(|binding| binding.subjects.len()).chain(roles.map(|role| role.rules.len())).max();
        match (lengths, self.item) {
            (None, _) => Some(Missing::Object),
            (Some(length), Some(item)) if item as usize >= length => Some(Missing::Item(length as u32)),
            _ => None,
        }
    }

    /// Whether it is about this object.
    fn means(&self, object: &Without) -> bool {
        self.kind == object.kind && self.namespace == object.namespace && self.name == object.name
    }
}

fn whole(kind: GrantKind, namespace: Option<&Name>, name: &Name) -> Without {
    Without { kind, namespace: namespace.map(|name| name.to_string()), name: name.to_string(), item: None }
}

/// The snapshot without these grants: an object that is in the input twice is left out twice.
pub fn reduced(snapshot: &Snapshot, without: &[Without]) -> Snapshot {
    let mut reduced = snapshot.clone();
    reduced.bindings.retain_mut(|binding| {
        let Some(mut stays) = others(&Without::binding(binding), without) else { return false };
        binding.subjects.retain(|_| stays());
        true
    });
    reduced.roles.retain_mut(|role| {
        let Some(mut stays) = others(&Without::role(role), without) else { return false };
        role.rules.retain(|_| stays());
        true
    });
    reduced
}

/// Tells of the items of an object, one after the other, whether they stay; `None` where the object itself does not.
fn others(object: &Without, without: &[Without]) -> Option<impl FnMut() -> bool + use<>> {
    if without.iter().any(|it| it == object) {
        return None;
    }
    let gone = gone_items(object, without);
    let mut indices = 0..;
    Some(move || indices.next().is_none_or(|index| !gone.contains(&index)))
}

/// The indices of an object's items that are left out.
fn gone_items(object: &Without, without: &[Without]) -> BTreeSet<u32> {
    without.iter().filter(|it| it.means(object)).filter_map(|it| it.item).collect()
}

/// Says in the report of a reduced snapshot what was left out, and counts rules and subjects as the input does.
pub fn told(mut report: AccessReport, snapshot: &Snapshot, without: &[Without]) -> AccessReport {
    let (missing, found): (BTreeSet<&Without>, BTreeSet<&Without>) =
        without.iter().partition(|it| it.missing(snapshot).is_some());
    report.input.without = found.into_iter().map(Without::to_string).collect();
    report.diagnostics.extend(missing.into_iter().map(|grant| DiagnosticRef {
        code: "nothing-left-out".to_owned(),
        severity: "warning".to_owned(),
        message: format!("`{grant}` was to be left out, and is not in the input"),
        help: None,
        source: None,
    }));
    let findings = report.findings.iter_mut().flat_map(|finding| &mut finding.paths);
    let blocked = report.blocked.iter_mut().flat_map(|blocked| &mut blocked.paths);
    let steps = findings.chain(blocked).flat_map(|path| &mut path.steps);
    steps.flat_map(|step| &mut step.evidence).for_each(|evidence| count_as_before(evidence, without));
    let remedies = report.findings.iter_mut().flat_map(|finding| &mut finding.remediation);
    for grant in remedies.flat_map(|remedy| &mut remedy.without) {
        *grant = counted_as_before(grant, without);
    }
    report
}

/// A grant with the index that it has in the input.
fn counted_as_before(grant: &str, without: &[Without]) -> String {
    let Ok(grant) = Without::parse(grant) else { return grant.to_owned() };
    let item = grant.item.map(|item| index_before(item, &gone_items(&grant, without)));
    Without { item, ..grant }.to_string()
}

fn count_as_before(evidence: &mut Evidence, without: &[Without]) {
    if let (Some(binding), Some(subject)) = (&evidence.binding, &mut evidence.subject) {
        let gone = gone_of(&binding.kind, binding.namespace.as_ref(), &binding.name, without);
        subject.index = index_before(subject.index, &gone);
    }
    if let (Some(role), Some(rule)) = (&evidence.role, &mut evidence.rule) {
        let gone = gone_of(&role.kind, role.namespace.as_ref(), &role.name, without);
        rule.index = index_before(rule.index, &gone);
    }
}

fn gone_of(kind: &str, namespace: Option<&String>, name: &str, without: &[Without]) -> BTreeSet<u32> {
    GrantKind::of_kind(kind).map_or_else(BTreeSet::new, |kind| {
        let object = Without { kind, namespace: namespace.cloned(), name: name.to_owned(), item: None };
        gone_items(&object, without)
    })
}

/// The index that an item had before those at the indices given were taken out; they are sorted.
fn index_before(index: u32, gone: &BTreeSet<u32>) -> u32 {
    gone.iter().fold(index, |index, gone| if *gone <= index { index.saturating_add(1) } else { index })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: GrantKind, namespace: Option<&str>, name: &str, item: Option<u32>) -> Without {
        Without { kind, namespace: namespace.map(str::to_owned), name: name.to_owned(), item }
    }

    #[test]
    fn a_grant_is_read_as_kubectl_reads_it_and_printed_in_one_way() {
        let cases = [
            ("rolebinding/kube-system/ci", of(GrantKind::RoleBinding, Some("kube-system"), "ci", None)),
            ("ClusterRole/debug", of(GrantKind::ClusterRole, None, "debug", None)),
            ("clusterroles/system:node", of(GrantKind::ClusterRole, None, "system:node", None)),
            ("Roles.rbac.authorization.k8s.io/a/b/rules/2", of(GrantKind::Role, Some("a"), "b", Some(2))),
            ("clusterrolebinding/all/subjects/0", of(GrantKind::ClusterRoleBinding, None, "all", Some(0))),
            ("clusterrole/debug/subjects/0", of(GrantKind::ClusterRole, None, "debug/subjects/0", None)),
        ];
        for (text, expected) in cases {
            assert_eq!(Without::parse(text), Ok(expected.clone()), "{text}");
            assert_eq!(Without::parse(&expected.to_string()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_names_no_grant_is_refused_with_the_form() {
        for text in
            ["", "debug", "pod/a/b", "role//b", "clusterrole/", "role/a/b/rules/x", "role/a/b/rules/-1"]
        {
            let error = Without::parse(text).expect_err(text);
            assert!(error.contains("clusterrolebinding/NAME"), "{text}: {error}");
        }
        let error = Without::parse("rolebinding/ci").expect_err("it has no namespace");
        assert_eq!(error, "a rolebinding is in a namespace: rolebinding/NAMESPACE/NAME");
    }

    #[test]
    fn indices_count_what_was_left_out_before_them() {
        let indices = |gone: &[u32]| {
            let gone = gone.iter().copied().collect();
            [0, 1, 2].map(|index| index_before(index, &gone))
        };
        assert_eq!(indices(&[]), [0, 1, 2]);
        assert_eq!(indices(&[0]), [1, 2, 3]);
        assert_eq!(indices(&[1, 2]), [0, 3, 4]);
        assert_eq!(indices(&[0, 2, 4]), [1, 3, 5]);
    }
}
