//! Paths, grants and places → the few words that a table or list has room for.

use super::name::identity;
use super::terminal::shown;
use crate::report::{
    Authorizer, BindingEvidence, EntityRef, Evidence, Finding, Path, RequestRef, RoleEvidence, Source, Step,
    Target,
};
use crate::technique::{self, Effect};

/// The path that a one-line view shows: the first that counts and is unexpected, else the first that counts.
fn leading_path(finding: &Finding) -> Option<&Path> {
    let counting = || finding.paths.iter().filter(|path| path.counts());
    counting().find(|path| path.expected.is_none()).or_else(|| counting().next()).or(finding.paths.first())
}

/// How, granted by and where of a finding's leading path, each in fewer and fewer words.
pub(super) fn cell_variants(finding: &Finding) -> [Vec<String>; 3] {
    let path = leading_path(finding);
    let cells: [fn(&Path) -> Vec<String>; 3] = [how_variants, granted_by_variants, place_variants];
    cells.map(|cell| path.map(cell).unwrap_or_default())
}

/// The same in all of their words.
pub(super) fn cells(finding: &Finding) -> [String; 3] {
    cell_variants(finding).map(|variants| variants.into_iter().next().unwrap_or_default())
}

/// How a path goes, in one line: `exec into tools/toolbox → as tools/debugger → exec into cilium pods`.
pub(super) fn how(path: &Path) -> String {
    step_list(path).join(" → ")
}

/// The same in fewer and fewer words, for narrow columns.
fn how_variants(path: &Path) -> Vec<String> {
    let steps = step_list(path);
    let mut variants = vec![steps.join(" → ")];
    if let [first, .., last] = steps.as_slice() {
        if steps.len() > 2 {
            variants.push(format!("{first} → … → {last}"));
        }
        variants.push(format!("{first} → …"));
    } else if let Some(first) = variants.first().and_then(|text| text.strip_suffix(" pods")) {
        variants.push(first.to_owned());
    }
    variants.extend(path.steps.first().map(|step| phrase_alone(&step.technique)));
    variants
}

/// What a technique does, in words that what it is done to ends; its id where the catalogue does not know it.
pub(super) fn phrase(technique: &str) -> &str {
    technique::find(technique).map_or(technique, |technique| technique.phrase)
}

/// A technique in as few words as there are, as `privileged pod`.
fn phrase_alone(technique: &str) -> String {
    let phrase = match technique {
        "cluster-admin" => technique,
        _ => phrase(technique).trim_end_matches(" →"),
    };
    let trailing =
        phrase.rsplit_once(' ').filter(|(_, last)| matches!(*last, "in" | "into" | "of" | "to" | "over"));
    shown(trailing.map_or(phrase, |(rest, _)| rest)).into_owned()
}

fn step_list(path: &Path) -> Vec<String> {
    let last = path.steps.len().saturating_sub(1);
    let steps = path.steps.iter().enumerate();
    steps.map(|(index, step)| step_words(step, path.target.as_ref().filter(|_| index == last))).collect()
}

/// One step: what is done to what.
pub(super) fn step_words(step: &Step, target: Option<&Target>) -> String {
    match step.technique.as_str() {
        "pod-token" => return format!("as {}", short(&step.to)),
        "container-escape" => return "its node".to_owned(),
        "cluster-admin" => return "everything (cluster-admin)".to_owned(),
        _ => {}
    }
    let phrase = phrase(&step.technique);
    let object = match target.and_then(|target| target.workload.as_ref()) {
        Some(workload) if step.to.kind == "Pod" => format!("{} pods", shown(&workload.name)),
        _ => short(&step.to),
    };
    if let ("NodeRoot", Some(place), Some(first)) =
        (step.to.kind.as_str(), phrase.strip_suffix(" in"), step.evidence.first())
    {
        let namespace = first.request.namespace.as_deref().unwrap_or("any namespace");
        return format!("{place} in {} → {object}", shown(namespace));
    }
    format!("{} {object}", shown(phrase))
}

/// An entity in as few words as tell it apart from its like.
pub(super) fn short(entity: &EntityRef) -> String {
    match entity.kind.as_str() {
        "ClusterAdmin" => "everything".to_owned(),
        "NodeRoot" => format!("root on {}", shown(&entity.name)),
        "Pod" | "Workload" | "ServiceAccount" => match &entity.namespace {
            Some(namespace) => format!("{}/{}", shown(namespace), shown(&entity.name)),
            None => shown(&entity.name).into_owned(),
        },
        _ => identity(entity),
    }
}

/// What grants the first step, in fewer and fewer words: `rolebinding kube-system/ci-exec → debug`.
fn granted_by_variants(path: &Path) -> Vec<String> {
    let Some(evidence) = first_evidence(path) else { return vec!["no grant of its own".to_owned()] };
    let whole = grant(evidence);
    let steps = match path.steps.len() {
        0 | 1 => String::new(),
        number => format!(" ({number} steps)"),
    };
    let mut variants = vec![format!("{whole}{steps}"), whole.clone()];
    if let (Some(binding), Some(role)) = (&evidence.binding, &evidence.role) {
        variants.extend(whole.split_once(' ').map(|(_, rest)| rest.to_owned()));
        variants.push(format!("{} → {}", shown(&binding.name), shown(&role.name)));
        variants.push(shown(&binding.name).into_owned());
    }
    variants
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

/// Where the first step's binding and rule are, in fewer and fewer words: `rbac.yaml:12, 34`.
fn place_variants(path: &Path) -> Vec<String> {
    let place = first_evidence(path).and_then(place).unwrap_or_else(|| "-".to_owned());
    let base = place.rsplit_once('/').map(|(_, base)| format!("…/{base}"));
    let binding_alone =
        base.as_ref().unwrap_or(&place).rsplit_once(", ").map(|(binding, _)| binding.to_owned());
    std::iter::once(place).chain(base).chain(binding_alone).collect()
}

/// Where a binding and the rule are: `rbac.yaml:12, 34`, the file once if it is the same.
pub(super) fn place(evidence: &Evidence) -> Option<String> {
    let binding = evidence.binding.as_ref().and_then(|binding| binding.source.as_ref());
    let rule = evidence.rule.as_ref().and_then(|rule| rule.source.as_ref());
    match (binding, rule) {
        (Some(binding), Some(rule)) if binding.file == rule.file => {
            Some(format!("{}, {}", file_line(binding), rule.line))
        }
        (Some(binding), Some(rule)) => Some(format!("{}, {}", file_line(binding), file_line(rule))),
        (Some(one), None) | (None, Some(one)) => Some(file_line(one)),
        (None, None) => None,
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

/// What is gained: `exec, node-root`.
pub(super) fn effects<'a>(effects: impl IntoIterator<Item = &'a Effect>) -> String {
    effects.into_iter().map(|effect| effect.as_str()).collect::<Vec<_>>().join(", ")
}

/// The first of several names, and how many more there are: `a, b and 2 more namespaces`.
pub(super) fn first(names: &[impl AsRef<str>], most: usize, one: &str, many: &str) -> String {
    let named = names.iter().take(most).map(|name| shown(name.as_ref())).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} and {}", count(more as u64, one, many)),
    }
}

/// `1 identity`, `2 identities`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
