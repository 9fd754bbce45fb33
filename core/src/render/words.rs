//! Paths, grants and places → the few words that a table or list has room for.

use super::name::identity;
use super::terminal::shown;
use crate::report::{
    Authorizer, BindingEvidence, EntityRef, Evidence, Finding, Path, RequestRef, RoleEvidence, Source, Step,
};
use crate::report::{Certainty, Target};
use crate::technique::{self, Severity};

/// The path that a one-line view shows: the first that counts and is unexpected, else the first that counts.
pub(super) fn leading_path(finding: &Finding) -> Option<&Path> {
    let counting = || finding.paths.iter().filter(|path| path.certainty != Certainty::Blocked);
    counting().find(|path| path.expected.is_none()).or_else(|| counting().next()).or(finding.paths.first())
}

/// How a path goes, in one line: `exec into cilium pods → its token`.
pub(super) fn how(path: &Path) -> String {
    let last = path.steps.len().saturating_sub(1);
    let steps = path.steps.iter().enumerate().map(|(index, step)| {
        let target = path.target.as_ref().filter(|_| index == last);
        step_words(step, target)
    });
    steps.collect::<Vec<_>>().join(" → ")
}

fn step_words(step: &Step, target: Option<&Target>) -> String {
    match step.technique.as_str() {
        "pod-token" => return format!("token of {}", short(&step.to)),
        "container-escape" => return "its node".to_owned(),
        "node-compromise" => return "every pod there".to_owned(),
        "cluster-admin" if step.evidence.is_empty() => return "cluster-admin".to_owned(),
        _ => {}
    }
    let phrase =
        technique::find(&step.technique).map_or(step.technique.as_str(), |technique| technique.phrase);
    let object = match target.and_then(|target| target.workload.as_ref()) {
        Some(workload) if step.to.kind == "Pod" => format!("{} pods", shown(&workload.name)),
        _ => short(&step.to),
    };
    format!("{phrase} {object}")
}

/// An entity in as few words as tell it apart.
pub(super) fn short(entity: &EntityRef) -> String {
    match entity.kind.as_str() {
        "ClusterAdmin" => "everything".to_owned(),
        "NodeRoot" => format!("root on {}", shown(&entity.name)),
        "Pod" | "Workload" => match &entity.namespace {
            Some(namespace) => format!("{}/{}", shown(namespace), shown(&entity.name)),
            None => shown(&entity.name).into_owned(),
        },
        _ => identity(entity),
    }
}

/// What grants the first step: `rolebinding kube-system/ci-exec → debug`.
pub(super) fn granted_by(path: &Path) -> String {
    let mut text = match first_evidence(path) {
        None => "no grant of its own".to_owned(),
        Some(evidence) => grant(evidence),
    };
    if path.steps.len() > 1 {
        text.push_str(&format!(" ({} steps)", path.steps.len()));
    }
    text
}

/// One grant: binding and role, or the authorizer that needs none.
pub(super) fn grant(evidence: &Evidence) -> String {
    match (evidence.authorizer, &evidence.binding, &evidence.role) {
        (Authorizer::Node, ..) => "the node authorizer".to_owned(),
        (Authorizer::Masters, ..) => "group system:masters".to_owned(),
        (Authorizer::Rbac, Some(binding), Some(role)) => {
            format!("{} → {}", binding_name(binding), shown(&role.name))
        }
        (Authorizer::Rbac, Some(binding), None) => binding_name(binding),
        (Authorizer::Rbac, None, _) => "RBAC".to_owned(),
    }
}

/// `rolebinding NAMESPACE/NAME` or `clusterrolebinding NAME`.
pub(super) fn binding_name(binding: &BindingEvidence) -> String {
    object(&binding.kind, binding.namespace.as_deref(), &binding.name)
}

/// `role NAMESPACE/NAME` or `clusterrole NAME`.
pub(super) fn role_name(role: &RoleEvidence) -> String {
    object(&role.kind, role.namespace.as_deref(), &role.name)
}

/// `kind NAMESPACE/NAME`, or `kind NAME` for what has no namespace.
pub(super) fn object(kind: &str, namespace: Option<&str>, name: &str) -> String {
    let text = match namespace {
        Some(namespace) => format!("{} {namespace}/{name}", kind.to_lowercase()),
        None => format!("{} {name}", kind.to_lowercase()),
    };
    shown(&text).into_owned()
}

/// Where the first step's binding and rule are: `rbac.yaml:12, 34`.
pub(super) fn place(path: &Path) -> String {
    let Some(evidence) = first_evidence(path) else { return "-".to_owned() };
    let binding = evidence.binding.as_ref().and_then(|binding| binding.source.as_ref());
    let rule = evidence.rule.as_ref().and_then(|rule| rule.source.as_ref());
    match (binding, rule) {
        (Some(binding), Some(rule)) if binding.file == rule.file => {
            format!("{}, {}", file_line(binding), rule.line)
        }
        (Some(binding), Some(rule)) => format!("{}, {}", file_line(binding), file_line(rule)),
        (Some(one), None) | (None, Some(one)) => file_line(one),
        (None, None) => "-".to_owned(),
    }
}

fn first_evidence(path: &Path) -> Option<&Evidence> {
    path.steps.iter().find_map(|step| step.evidence.first())
}

/// `FILE:LINE`, or the file alone where no line is known.
pub(super) fn file_line(source: &Source) -> String {
    match source.line {
        0 => shown(&source.file).into_owned(),
        line => format!("{}:{line}", shown(&source.file)),
    }
}

/// A request as one would say it: `create pods/exec in kube-system`.
pub(super) fn request(request: &RequestRef) -> String {
    let mut text = format!("{} {}", request.verb, request.resource);
    if !request.subresource.is_empty() {
        text.push_str(&format!("/{}", request.subresource));
    }
    if !request.group.is_empty() {
        text.push_str(&format!(" ({})", request.group));
    }
    if let Some(name) = &request.name {
        text.push_str(&format!(" named {name}"));
    }
    if let Some(namespace) = &request.namespace {
        text.push_str(&format!(" in namespace {namespace}"));
    }
    shown(&text).into_owned()
}

/// A severity as a cell.
pub(super) fn severity(severity: Severity) -> &'static str {
    severity.as_str()
}

/// `1 identity`, `2 identities`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
