//! What Kubernetes and the Cilium chart ship, so that only the difference is a finding.
//!
//! Only content counts: a grant is shipped when the binding, its role, the subject and the rule all are what one
//! version ships. Labels are never read, since anybody who may write a role may label it.

mod table;
#[cfg(test)]
mod tests;

use crate::model::{Binding, Name, PolicyRule, Role, Subject};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use table::{Lists, Object, RuleFact, SubjectFact, Table, Token, Versions};

/// Who ships a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ShippedBy {
    /// Kubernetes' bootstrap policy.
    DefaultRbac,
    /// kubeadm, or the control plane's own identities.
    ControlPlane,
    /// The Cilium or Tetragon chart.
    CiliumChart,
    /// The node authorizer.
    Node,
}

/// Says whether a grant is shipped: this rule under a role of this name, bound to this subject by a binding of this
/// name, as some supported version has it. `cilium_namespaces` are where Cilium runs: the chart's namespace is not
/// fixed. Labels are never read. The text says what ships it, for people.
pub fn shipped(
    binding: &Binding,
    subject: &Subject,
    role: &Role,
    rule: &PolicyRule,
    cilium_namespaces: &[Name],
) -> Option<(ShippedBy, String)> {
    ShippedDefaults::get().shipped(binding, subject, role, rule, cilium_namespaces)
}

/// The tables, read once.
#[derive(Debug)]
pub struct ShippedDefaults {
    projects: [Project; 3],
}

/// What one project ships.
#[derive(Debug)]
struct Project {
    name: &'static str,
    table: Table,
    /// Namespaces that hold accounts whatever the release's namespace is.
    fixed_namespaces: Vec<&'static str>,
    /// What follows the release's name in the names of bindings.
    name_endings: Vec<&'static str>,
}

/// Identities of the control plane that the bootstrap policy itself binds.
const CONTROL_PLANE: [(&str, &str); 3] = [
    ("Group", "system:masters"),
    ("User", "system:kube-controller-manager"),
    ("User", "system:kube-scheduler"),
];

/// Tetragon's chart names everything after its release, which has to tell by its name that it is Tetragon: else any
/// account beside Cilium could be taken for it.
const TETRAGON: &str = "tetragon";

impl ShippedDefaults {
    /// The tables; the first call reads them.
    pub fn get() -> &'static Self {
        static TABLES: OnceLock<ShippedDefaults> = OnceLock::new();
        TABLES.get_or_init(|| {
            let installers = include_str!("defaults/control-plane.txt");
            ShippedDefaults {
                projects: [
                    Project::new("Kubernetes", include_str!("defaults/kubernetes.txt"), installers),
                    Project::new("Cilium", include_str!("defaults/cilium.txt"), ""),
                    Project::new("Tetragon", include_str!("defaults/tetragon.txt"), ""),
                ],
            }
        })
    }

    /// Every name and namespace of what is shipped: of roles, bindings and subjects, and in rules.
    pub fn names(&'static self) -> impl Iterator<Item = &'static str> {
        self.projects.iter().flat_map(|project| project.table.names())
    }

    /// See [`shipped`].
    pub fn shipped(
        &self,
        binding: &Binding,
        subject: &Subject,
        role: &Role,
        rule: &PolicyRule,
        cilium_namespaces: &[Name],
    ) -> Option<(ShippedBy, String)> {
        let referred = match &*binding.role_ref.kind {
            "ClusterRole" => role.namespace.is_none(),
            "Role" => role.namespace.is_some() && role.namespace == binding.namespace,
            _ => false,
        };
        if !referred || role.name != binding.role_ref.name {
            return None;
        }
        let grant = Grant { binding, subject, role, rule };
        self.projects.iter().find_map(|project| project.ships(&grant, cilium_namespaces))
    }
}

/// What is asked about.
struct Grant<'a> {
    binding: &'a Binding,
    subject: &'a Subject,
    role: &'a Role,
    rule: &'a PolicyRule,
}

/// The release of a chart that a grant would belong to.
#[derive(Clone, Copy)]
struct Release<'a> {
    namespace: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> Release<'a> {
    fn namespace(self, namespace: &'a str) -> Token<'a> {
        if self.namespace == Some(namespace) { Token::Release("") } else { Token::Exact(namespace) }
    }

    fn name(self, name: &'a str) -> Token<'a> {
        let rest = self.name.and_then(|release| name.strip_prefix(release));
        rest.map_or(Token::Exact(name), Token::Release)
    }

    fn object(self, namespace: Option<&'a str>, name: &'a str) -> Object<'a> {
        (namespace.map(|namespace| self.namespace(namespace)), self.name(name))
    }
}

impl Project {
    fn new(name: &'static str, generated: &'static str, by_hand: &'static str) -> Self {
        let table = Table::parse(generated, by_hand);
        let accounts = table.subjects.values().flatten().filter_map(|fact| match fact.object.0 {
            Some(Token::Exact(namespace)) => Some(namespace),
            _ => None,
        });
        let fixed_namespaces = accounts.collect::<BTreeSet<_>>().into_iter().collect();
        let endings = table.subjects.keys().filter_map(|(_, name)| match name {
            Token::Release(rest) => Some(*rest),
            _ => None,
        });
        let name_endings = endings.collect::<BTreeSet<_>>().into_iter().collect();
        Project { name, table, fixed_namespaces, name_endings }
    }

    fn ships(&self, grant: &Grant<'_>, cilium_namespaces: &[Name]) -> Option<(ShippedBy, String)> {
        let namespace = self.release_namespace(grant.subject, cilium_namespaces);
        let mut names = self.release_names(&grant.binding.name);
        names.find_map(|name| self.ships_as(grant, Release { namespace, name }))
    }

    /// The chart's accounts are where its release is, or in a namespace that the chart itself names.
    fn release_namespace<'a>(&self, subject: &'a Subject, cilium_namespaces: &[Name]) -> Option<&'a str> {
        let namespace = &*subject.namespace;
        (!self.fixed_namespaces.contains(&namespace) && cilium_namespaces.contains(&subject.namespace))
            .then_some(namespace)
    }

    /// The releases that would name a binding so; `None` for names that hold in any release.
    fn release_names<'a>(&self, binding: &'a str) -> impl Iterator<Item = Option<&'a str>> {
        let releases = self.name_endings.iter().filter_map(|ending| binding.strip_suffix(ending));
        std::iter::once(None).chain(releases.filter(|release| release.contains(TETRAGON)).map(Some))
    }

    fn ships_as(&self, grant: &Grant<'_>, release: Release<'_>) -> Option<(ShippedBy, String)> {
        let (binding, subject) = (grant.binding, grant.subject);
        let (namespace, name) = release.object(binding.namespace.as_deref(), &binding.name);
        let role = release.name(&grant.role.name);
        let account = (&*subject.kind == "ServiceAccount").then_some(&*subject.namespace);
        let who = release.object(account, &subject.name);
        let fact = [name, Token::Any].into_iter().find_map(|name| {
            self.table.subjects.get(&(namespace, name))?.iter().find(|fact| {
                *fact.role_kind == *binding.role_ref.kind
                    && fact.role == role
                    && *fact.kind == *subject.kind
                    && fact.object == who
            })
        })?;
        let of_role = release.object(grant.role.namespace.as_deref(), &grant.role.name);
        let versions = fact.versions & self.versions_of(self.table.rules.get(&of_role)?, grant.rule);
        (versions != 0).then(|| (self.by(fact, subject), self.text(fact, binding, subject, versions)))
    }

    /// The versions whose role has this rule.
    fn versions_of(&self, facts: &[RuleFact], rule: &PolicyRule) -> Versions {
        let lists = normalised(rule);
        // A cluster that was upgraded keeps the rules of the version it began with, and the API server appends what
        // they lack, broken down: see reconcile_role.go and BreakdownRule of policy_comparator.go, both under
        // staging/src/k8s.io/component-helpers/auth/rbac. Helm replaces a role as a whole.
        let broken_down = self.name == "Kubernetes" && is_broken_down(&lists);
        let same = |fact: &&RuleFact| fact.lists == lists || (broken_down && is_part(&lists, &fact.lists));
        facts.iter().filter(same).fold(0, |all, fact| all | fact.versions)
    }

    fn by(&self, fact: &SubjectFact, subject: &Subject) -> ShippedBy {
        match self.name {
            "Kubernetes" if fact.by_hand || CONTROL_PLANE.contains(&(&subject.kind, &subject.name)) => {
                ShippedBy::ControlPlane
            }
            "Kubernetes" => ShippedBy::DefaultRbac,
            _ => ShippedBy::CiliumChart,
        }
    }

    fn text(&self, fact: &SubjectFact, binding: &Binding, subject: &Subject, versions: Versions) -> String {
        let name = match (fact.by_hand, binding.name.starts_with("kubeadm:")) {
            (false, _) => self.name,
            (true, true) => "kubeadm",
            (true, false) => return format!("user {} is the API server itself", subject.name),
        };
        let (versions, verb) = in_words(&self.table.versions, versions);
        match &binding.namespace {
            None => format!("{name} {versions} {verb} clusterrolebinding {}", binding.name),
            Some(namespace) => format!("{name} {versions} {verb} rolebinding {namespace}/{}", binding.name),
        }
    }
}

/// The five lists of a rule, sorted and without doubles, in the order of [`RuleFact::lists`].
fn normalised(rule: &PolicyRule) -> Lists<'_> {
    rule.all().map(|list| {
        let mut list: Vec<&str> = list.iter().map(|item| &**item).collect();
        list.sort_unstable();
        list.dedup();
        list
    })
}

/// Whether a rule is one verb on one resource (and at most one name of it), or on one URL.
fn is_broken_down(lists: &Lists<'_>) -> bool {
    let counts = lists.each_ref().map(Vec::len);
    matches!(counts, [1, 1, 1, 0 | 1, 0] | [1, 0, 0, 0, 1])
}

/// Whether breaking `whole` down gives `part`.
fn is_part(part: &Lists<'_>, whole: &Lists<'_>) -> bool {
    let resources = |lists: &Lists<'_>| !lists[2].is_empty();
    let names = |lists: &Lists<'_>| lists[3].is_empty();
    resources(part) <= resources(whole)
        && (!resources(part) || names(part) == names(whole))
        && part.iter().zip(whole).all(|(part, whole)| part.iter().all(|item| whole.contains(item)))
}

/// `1.29 to 1.31, 1.33`, and the verb that goes with it.
fn in_words(all: &[&str], versions: Versions) -> (String, &'static str) {
    let mut runs: Vec<(&str, &str)> = Vec::new();
    let mut open = false;
    for (index, version) in all.iter().enumerate() {
        let here =
            u32::try_from(index).is_ok_and(|bit| versions.checked_shr(bit).is_some_and(|at| at & 1 == 1));
        match runs.last_mut() {
            Some(run) if here && open => run.1 = version,
            _ if here => runs.push((version, version)),
            _ => {}
        }
        open = here;
    }
    let plural = runs.len() > 1 || runs.iter().any(|(first, last)| first != last);
    let runs: Vec<String> = runs
        .iter()
        .map(|(first, last)| if first == last { (*first).to_owned() } else { format!("{first} to {last}") })
        .collect();
    (runs.join(", "), if plural { "ship" } else { "ships" })
}
