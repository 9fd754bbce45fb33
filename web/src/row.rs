//! A finding → the row of the table that stands for it.

use cilium_exec_check_core::report::{Authorizer, EntityRef, Finding, Path, Source, Step};
use cilium_exec_check_core::technique::{self, Effect, Severity};
use serde::{Deserialize, Serialize};

/// All effects, in the order of the report.
pub const EFFECTS: [Effect; 6] =
    [Effect::Exec, Effect::NodeRoot, Effect::Identity, Effect::Control, Effect::Network, Effect::Disrupt];

/// What the table shows of a finding before it is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Tells findings apart.
    pub fingerprint: String,
    /// Who.
    pub identity: EntityRef,
    /// Who, as the command line takes it.
    pub who: String,
    /// How bad.
    pub severity: Severity,
    /// What it gains.
    pub effects: Vec<Effect>,
    /// The worst path in a few words.
    pub how: String,
    /// The binding and role of its first step.
    pub granted_by: String,
    /// Where they are.
    pub place: String,
    /// How many paths there are.
    pub paths: u64,
    /// Why it is no surprise, if it is none.
    pub expected: Option<String>,
    /// What can be searched for, in lower case.
    pub words: String,
}

impl Row {
    /// The row of a finding; its first path that is not expected speaks for it.
    pub fn of(finding: &Finding) -> Row {
        let path = finding.paths.iter().find(|path| path.expected.is_none()).or(finding.paths.first());
        let first = path.and_then(|path| path.steps.first());
        let mut row = Row {
            fingerprint: finding.fingerprint.clone(),
            identity: finding.identity.clone(),
            who: identity(&finding.identity),
            severity: finding.severity,
            effects: finding.effects.clone(),
            how: path.map(how).unwrap_or_default(),
            granted_by: first.map(granted_by).unwrap_or_default(),
            place: first.map(place).unwrap_or_default(),
            paths: finding.paths.len() as u64 + finding.paths_omitted,
            expected: finding.expected.as_ref().map(|expected| expected.detail.clone()),
            words: String::new(),
        };
        row.words = words(&row, finding);
        row
    }
}

/// Everything that a finding may be looked for by.
fn words(row: &Row, finding: &Finding) -> String {
    let effects = finding.effects.iter().map(|effect| effect.as_str());
    let shown = [&row.who, &row.how, &row.granted_by, &row.place].map(String::as_str);
    let techniques = finding.techniques.iter().map(String::as_str);
    let all: Vec<&str> =
        shown.into_iter().chain([row.severity.as_str()]).chain(effects).chain(techniques).collect();
    all.join("\n").to_lowercase()
}

/// An identity as the command line takes it: `serviceaccount/NAMESPACE/NAME`.
pub fn identity(entity: &EntityRef) -> String {
    let kind = entity.kind.to_lowercase();
    match &entity.namespace {
        Some(namespace) => format!("{kind}/{namespace}/{}", entity.name),
        None => format!("{kind}/{}", entity.name),
    }
}

/// An entity in a sentence: `Pod kube-system/cilium-x`.
pub fn entity(entity: &EntityRef) -> String {
    qualified(&entity.kind, entity.namespace.as_deref(), &entity.name)
}

/// `Kind namespace/name`, or what of it there is.
pub fn qualified(kind: &str, namespace: Option<&str>, name: &str) -> String {
    let kind = match kind {
        "ClusterAdmin" => "cluster-admin",
        "NodeRoot" => "root on node",
        other => other,
    };
    match namespace {
        Some(namespace) if name.is_empty() => format!("{kind} in {namespace}"),
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None if name.is_empty() || name == kind => kind.to_owned(),
        None => format!("{kind} {name}"),
    }
}

/// A technique's title from the catalogue, else its id.
pub fn title(id: &str) -> &str {
    technique::find(id).map_or(id, |technique| technique.title)
}

/// `FILE:LINE`, or the file alone where the whole of it is meant.
pub fn file_line(source: &Source) -> String {
    if source.line == 0 { source.file.clone() } else { format!("{}:{}", source.file, source.line) }
}

/// What allows a request, in words.
pub fn authorizer(authorizer: Authorizer) -> &'static str {
    match authorizer {
        Authorizer::Rbac => "a role binding",
        Authorizer::Node => "the node authorizer",
        Authorizer::Masters => "membership in system:masters",
    }
}

/// A path in a few words: its steps' phrases.
pub fn how(path: &Path) -> String {
    path.steps.iter().map(phrase).collect::<Vec<_>>().join(" → ")
}

fn phrase(step: &Step) -> String {
    let phrase =
        technique::find(&step.technique).map(|technique| technique.phrase).filter(|it| !it.is_empty());
    match phrase {
        // A pod is made in a namespace; what it comes to is root on a node.
        Some(phrase) if step.to.kind == "NodeRoot" && phrase.ends_with(" in") => {
            let namespace = step.evidence.first().and_then(|first| first.request.namespace.as_deref());
            format!("{phrase} {} → {}", namespace.unwrap_or("any namespace"), entity(&step.to))
        }
        Some(phrase) => format!("{phrase} {}", entity(&step.to)),
        None => title(&step.technique).to_owned(),
    }
}

fn granted_by(step: &Step) -> String {
    let Some(evidence) = step.evidence.first() else { return String::new() };
    match (&evidence.binding, &evidence.role) {
        (Some(binding), Some(role)) => {
            let binding = qualified(&binding.kind, binding.namespace.as_deref(), &binding.name);
            format!("{binding} → {}", role.name)
        }
        _ => authorizer(evidence.authorizer).to_owned(),
    }
}

/// `rbac.yaml:12, 34`: the binding, then the rule; the file once if it is the same.
fn place(step: &Step) -> String {
    let Some(evidence) = step.evidence.first() else { return String::new() };
    let binding = evidence.binding.as_ref().and_then(|binding| binding.source.as_ref());
    let rule = evidence.rule.as_ref().and_then(|rule| rule.source.as_ref());
    match (binding, rule) {
        (Some(binding), Some(rule)) if binding.file == rule.file => {
            format!("{}, {}", file_line(binding), rule.line)
        }
        (Some(binding), Some(rule)) => format!("{}, {}", file_line(binding), file_line(rule)),
        (Some(one), None) | (None, Some(one)) => file_line(one),
        (None, None) => String::new(),
    }
}
