//! How sure and how bad a path is: as its weakest step, and as the lower of its effect's ceiling and its techniques.

use super::chain::{is_root, leading_to, specs};
use super::input::Given;
use super::techniques::known;
use cilium_exec_check_core::report::{AccessReport, Certainty, Evidence, Path, Step};
use cilium_exec_check_core::technique::{Effect, Severity};

/// What does not hold of a path's certainty and severity.
pub(super) fn faults(given: &Given, report: &AccessReport, path: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    // A container that is added may be privileged or not, which a step does not tell: either may be what is judged.
    let weakest = [false, true].map(|privileged| {
        (0..path.steps.len()).map(|index| certainty(given, report, path, index, privileged)).max()
    });
    if !weakest.contains(&Some(path.certainty)) {
        faults.push(format!("its weakest step is {weakest:?}"));
    }
    if path.conditions.is_empty() != (path.certainty == Certainty::Certain) {
        faults.push(format!("{:?} with the conditions {:?}", path.certainty, path.conditions));
    }
    if !severities(path).contains(&path.severity) {
        faults.push(format!("its severity is one of {:?}", severities(path)));
    }
    faults
}

/// What a path's severity may be: whether an account reaches root on a node decides the ceiling of `identity`.
fn severities(path: &Path) -> Vec<Severity> {
    let ceilings: &[Severity] = match path.effect {
        Effect::Exec | Effect::NodeRoot => &[Severity::Critical],
        Effect::Identity => &[Severity::Critical, Severity::High],
        Effect::Control => &[Severity::High],
        Effect::Network | Effect::Disrupt => &[Severity::Medium],
    };
    let lowest = |ceiling: &Severity| {
        let each = path.steps.iter().map(|step| match known(&step.technique) {
            // Without input of its own, what is attached to only prints.
            Some(_) if step.technique == "pods-attach" && path.effect == Effect::Network => Severity::Low,
            Some(technique) => technique.severity,
            None => Severity::None,
        });
        each.fold(*ceiling, Severity::min)
    };
    ceilings.iter().map(lowest).collect()
}

/// How sure one step of a path is.
fn certainty(given: &Given, report: &AccessReport, path: &Path, index: usize, privileged: bool) -> Certainty {
    let step = &path.steps[index];
    let before = index.checked_sub(1).and_then(|index| path.steps.get(index));
    let lifted = before.filter(|before| before.to.kind == "Namespace").is_some();
    let mut all = vec![version(given, report, step), Certainty::Certain];
    if !lifted {
        all.push(level(given, path, index, privileged));
    }
    let conditional = match step.technique.as_str() {
        "mutating-webhook" | "mutating-admission-policy" | "validating-webhook" | "steal-pods" => true,
        "custom-controller-create" | "apiservice-hijack" | "crd-conversion-webhook" => true,
        "configmap-aws-auth" => true,
        "impersonate-user" => step.to.kind == "ClusterAdmin",
        "pv-hostpath" => !step.evidence.iter().any(|item| item.request.resource == "persistentvolumeclaims"),
        "secrets-read" => !given.has("Secret"),
        _ => guesses_a_name(given, step),
    };
    if conditional {
        all.push(Certainty::Conditional);
    }
    all.into_iter().max().unwrap_or(Certainty::Certain)
}

/// The name of a pod or node that is not in the input.
fn guesses_a_name(given: &Given, step: &Step) -> bool {
    let restricted =
        |evidence: &&Evidence| evidence.rule.as_ref().is_some_and(|rule| !rule.resource_names.is_empty());
    let to_unlisted = step.to.kind == "Workload" && !given.has("Pod");
    let named = |resource: &str| {
        step.evidence.iter().filter(restricted).any(|item| item.request.resource == resource)
    };
    let unknown_node = || {
        let names = step.evidence.iter().filter_map(|item| item.request.name.as_deref());
        let listed = |name: &str| {
            let parts: Vec<&str> = name.split(':').collect();
            parts.iter().any(|part| given.object("Node", None, part).is_some())
        };
        !names.into_iter().all(listed)
    };
    to_unlisted && (named("pods") || (named("nodes") && unknown_node()))
}

/// What the version makes of a step.
fn version(given: &Given, report: &AccessReport, step: &Step) -> Certainty {
    let kubelets =
        given.all("Node").filter_map(|node| minor(node["status"]["nodeInfo"]["kubeletVersion"].as_str()?));
    let server =
        report.input.kubernetes_version_source == cilium_exec_check_core::report::VersionSource::Server;
    let printed = report.input.kubernetes_version.as_deref().filter(|_| server).and_then(minor);
    let (first, last) = match (given.minor.or(printed), kubelets.max()) {
        (Some(minor), _) => (minor, minor),
        (None, Some(newest)) => (newest, newest + 3),
        (None, None) => (24, u32::MAX),
    };
    let range = |works: &dyn Fn(u32) -> bool| match (works(first), works(last)) {
        (true, true) => Certainty::Certain,
        (false, false) => Certainty::Blocked,
        _ => Certainty::Conditional,
    };
    let gets = step.evidence.iter().any(|item| item.request.verb == "get");
    match step.technique.as_str() {
        "pods-exec" | "pods-attach" | "pods-portforward" if gets => range(&|minor| minor < 35),
        "impersonate-constrained-sa" | "impersonate-constrained-user" | "impersonate-constrained-node" => {
            range(&|minor| minor >= 36)
        }
        "mutating-admission-policy" => range(&|minor| minor >= 36),
        _ => Certainty::Certain,
    }
}

fn minor(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').nth(1)?.parse().ok()
}

/// What pod security admission makes of a step that takes a privileged pod: as making one, changing one that is, or
/// escaping from one that the path itself made.
fn level(given: &Given, path: &Path, index: usize, privileged: bool) -> Certainty {
    let step = &path.steps[index];
    let steps = path.steps.iter().enumerate();
    let mut escaping = steps.filter(|(_, step)| step.technique == "container-escape");
    let escapes = escaping.any(|(escape, _)| leading_to(path, escape) == Some(index));
    let namespace = match step.technique.as_str() {
        "pod-create-privileged" | "workload-create-privileged" => requested_in(step),
        "custom-controller-create" if step.to.kind == "NodeRoot" => requested_in(step),
        "pods-ephemeralcontainers" | "pods-image-swap" | "workload-template-patch" => {
            let gives_exec = path.effect == Effect::Exec && index + 1 == path.steps.len();
            // Admission judges a pod anew as a whole: one that is privileged already is refused as well.
            let pod = step.technique != "workload-template-patch";
            let own = privileged && step.technique == "pods-ephemeralcontainers";
            let refused = own || (pod && specs(given, &step.to).iter().any(|spec| is_root(spec)));
            if escapes || gives_exec || refused { step.to.namespace.clone() } else { None }
        }
        _ => None,
    };
    let Some(namespace) = namespace else { return Certainty::Certain };
    let Some(found) = given.object("Namespace", None, &namespace) else { return Certainty::Conditional };
    match found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"].as_str() {
        None | Some("privileged") => Certainty::Certain,
        Some(_) => Certainty::Blocked,
    }
}

fn requested_in(step: &Step) -> Option<String> {
    step.evidence.first().and_then(|item| item.request.namespace.clone())
}
