//! A list of small cases → fixtures: a known cluster, the few rights that a case adds to it, and what comes of them.

use crate::fixture::{Expect, Fixture, Observed, ObservedFinding};
use crate::run::File;
use cilium_exec_check_core::report::VerdictState;
use cilium_exec_check_core::technique::{Effect, Severity};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Who holds what `may` lists.
const IT: &str = "serviceaccount/tools/it";

/// Rights by where they hold: a namespace, or `cluster`. One is written `VERBS RESOURCES[.GROUP] [NAMES]`, as
/// `patch,update daemonsets.apps cilium`.
type Rights = BTreeMap<String, Vec<String>>;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Cases {
    /// The fixture that each case adds to.
    on: String,
    kubernetes_version: String,
    cases: Vec<Written>,
}

/// One case, as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    says: String,
    kubernetes_version: Option<String>,
    #[serde(default)]
    grants: BTreeSet<String>,
    #[serde(default)]
    near_miss: BTreeSet<String>,
    #[serde(default)]
    no_path: BTreeSet<String>,
    /// The rights of ServiceAccount tools/it.
    #[serde(default)]
    may: Rights,
    /// The rights of others, by identity.
    #[serde(default)]
    others: BTreeMap<String, Rights>,
    /// Further objects, as they are.
    objects: Option<String>,
    /// What ServiceAccount tools/it comes to; nothing where there is none.
    finding: Option<Outcome>,
    /// What others come to, by identity.
    #[serde(default)]
    findings: BTreeMap<String, Outcome>,
    #[serde(default)]
    expected: BTreeMap<String, String>,
    #[serde(default)]
    blocked: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    notes: BTreeSet<String>,
}

/// A finding without its identity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    severity: Severity,
    effects: Vec<Effect>,
    techniques: Vec<String>,
}

/// A case, ready to be run.
#[derive(Debug, Clone)]
pub struct Case {
    /// As a fixture; it has no folder of its own.
    pub fixture: Fixture,
    /// Who it is about; everybody where nobody is.
    pub about: Option<&'static str>,
    /// Techniques that must be found.
    pub grants: BTreeSet<String>,
    /// Techniques that must not be found, though little is missing.
    pub near_miss: BTreeSet<String>,
    /// Techniques that never make a path: all that they take is there, and they are not found.
    pub no_path: BTreeSet<String>,
}

/// Every case of `tests/cases`, in the order of the files.
///
/// # Panics
/// Where one cannot be read or understood.
pub fn cases() -> Vec<Case> {
    let folder = crate::root().join("tests/cases");
    let files = crate::run::files_under(&folder, "cases");
    assert!(!files.is_empty(), "the cases are gone");
    files.iter().flat_map(cases_of).collect()
}

fn cases_of(file: &File) -> Vec<Case> {
    let read: Cases =
        serde_yaml::from_slice(&file.bytes).unwrap_or_else(|error| panic!("{}: {error}", file.name));
    let base = Fixture::load(&read.on);
    let made = read.cases.into_iter().enumerate().map(|(index, written)| {
        let version = written.kubernetes_version.clone().unwrap_or_else(|| read.kubernetes_version.clone());
        case(&base, format!("{} {}", file.name, index + 1), version, written)
    });
    made.collect()
}

fn case(base: &Fixture, name: String, version: String, written: Written) -> Case {
    let mut files = base.files.clone();
    let text = input(&written);
    files.push(File { name: format!("{name}.yaml"), bytes: text.into_bytes() });
    let expect = expect(base, version, &written);
    Case {
        fixture: Fixture { name, files, folders: base.folders.clone(), expect },
        about: (!written.may.is_empty()).then_some(IT),
        grants: written.grants,
        near_miss: written.near_miss,
        no_path: written.no_path,
    }
}

fn input(written: &Written) -> String {
    let mut documents =
        vec!["apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: it, namespace: tools}\n".to_owned()];
    documents.extend(written.objects.clone());
    let it = (!written.may.is_empty()).then_some((IT, &written.may));
    let others = written.others.iter().map(|(identity, rights)| (identity.as_str(), rights));
    for (index, (identity, rights)) in it.into_iter().chain(others).enumerate() {
        for (place, rules) in rights {
            documents.push(granted(&format!("case-{index}"), identity, place, rules));
        }
    }
    documents.join("---\n")
}

/// A role with the rules, and its binding.
fn granted(name: &str, identity: &str, place: &str, rules: &[String]) -> String {
    let (kind, at) = match place {
        "cluster" => ("Cluster", String::new()),
        namespace => ("", format!(", namespace: {namespace}")),
    };
    let mut text = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Role\nmetadata: {{name: {name}{at}}}\nrules:\n"
    );
    for rule in rules {
        writeln!(text, "{}", rule_of(rule)).expect("a String takes everything");
    }
    let subject = subject_of(identity);
    write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}RoleBinding\nmetadata: {{name: {name}{at}}}\n\
         roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}Role, name: {name}}}\nsubjects:\n{subject}\n"
    )
    .expect("a String takes everything");
    text
}

fn rule_of(rule: &str) -> String {
    let quoted = |items: &mut dyn Iterator<Item = &str>| -> String {
        items.map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(", ")
    };
    let words: Vec<&str> = rule.split(' ').collect();
    let [verbs, resources, names @ ..] = words.as_slice() else { panic!("`{rule}` is no right") };
    // The group follows the first dot; every resource of one right is of one group.
    let (_, group) = resources.split_once('.').unwrap_or((resources, ""));
    let mut plain = resources.split(',').map(|resource| resource.split_once('.').map_or(resource, |it| it.0));
    let names = match names {
        [] => String::new(),
        [names] => format!(", resourceNames: [{}]", quoted(&mut names.split(','))),
        _ => panic!("`{rule}` is no right"),
    };
    format!(
        "- {{apiGroups: [\"{group}\"], resources: [{}]{names}, verbs: [{}]}}",
        quoted(&mut plain),
        quoted(&mut verbs.split(','))
    )
}

fn subject_of(identity: &str) -> String {
    let parts: Vec<&str> = identity.splitn(3, '/').collect();
    match parts.as_slice() {
        ["serviceaccount", namespace, name] => {
            format!("- {{kind: ServiceAccount, name: {name}, namespace: {namespace}}}")
        }
        ["user", name @ ..] => format!("- {{kind: User, name: \"{}\"}}", name.join("/")),
        ["group", name @ ..] => format!("- {{kind: Group, name: \"{}\"}}", name.join("/")),
        _ => panic!("`{identity}` is nobody"),
    }
}

fn expect(base: &Fixture, version: String, written: &Written) -> Expect {
    let finding = |identity: &str, outcome: &Outcome| ObservedFinding {
        identity: identity.to_owned(),
        severity: outcome.severity,
        effects: outcome.effects.clone(),
        techniques: outcome.techniques.clone(),
    };
    let own = written.finding.iter().map(|outcome| finding(IT, outcome));
    let others = written.findings.iter().map(|(identity, outcome)| finding(identity, outcome));
    let mut findings: Vec<ObservedFinding> = own.chain(others).collect();
    Observed::sort(&mut findings);
    let privileged = findings.iter().any(|it| it.effects.iter().any(|effect| effect.is_privileged()));
    let mut expected = base.expect.expected.clone();
    expected.extend(written.expected.clone());
    let notes = base.expect.notes.union(&written.notes).cloned().collect();
    Expect {
        on: None,
        says: written.says.clone(),
        kubernetes_version: Some(version),
        exit: u8::from(findings.iter().any(|finding| finding.severity >= Severity::High)),
        state: if privileged { VerdictState::Reachable } else { base.expect.state },
        findings,
        expected,
        blocked: written.blocked.clone(),
        notes,
    }
}
