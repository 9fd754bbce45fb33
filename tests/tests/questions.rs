//! The question for a live cluster under each grant is the request that was granted, in kubectl's own syntax.

use cilium_exec_check_core::report::{Authorizer, EntityRef, Evidence, Step};
use cilium_exec_check_tests::{analyze, fixtures};

#[test]
fn every_question_asks_for_the_granted_request_as_the_identity() {
    let mut asked = 0;
    let mut faults = Vec::new();
    for fixture in fixtures() {
        let report = analyze(&fixture.files, &fixture.options());
        let found = report.findings.iter().flat_map(|finding| &finding.paths);
        let blocked = report.blocked.iter().flat_map(|identity| &identity.paths);
        for step in found.chain(blocked).flat_map(|path| &path.steps) {
            for evidence in &step.evidence {
                asked += 1;
                let expected = question(step, evidence);
                if evidence.can_i != expected {
                    faults.push(format!("{}: {:?}, not {expected:?}", fixture.name, evidence.can_i));
                }
            }
        }
    }
    assert!(asked > 300, "only {asked} questions were there");
    assert!(faults.is_empty(), "{} of {asked}:\n{}", faults.len(), faults.join("\n"));
}

/// `kubectl auth can-i VERB RESOURCE[.GROUP][/NAME] [--subresource=SUB] -n NAMESPACE|-A --as=…`; names and verbs of the
/// fixtures need quotes only where they hold `*`.
fn question(step: &Step, evidence: &Evidence) -> Option<String> {
    if evidence.authorizer != Authorizer::Rbac {
        return None;
    }
    let request = &evidence.request;
    let mut object = request.resource.clone();
    if !matches!(request.group.as_str(), "" | "*") {
        object += &format!(".{}", request.group);
    }
    let restricted = evidence.rule.as_ref().is_some_and(|rule| !rule.resource_names.is_empty());
    if let Some(name) = request.name.as_ref().filter(|_| restricted && evidence.binding.is_some()) {
        object += &format!("/{name}");
    }
    let quoted = |word: &str| if word.contains('*') { format!("'{word}'") } else { word.to_owned() };
    let mut line = format!("kubectl auth can-i {} {}", quoted(&request.verb), quoted(&object));
    if !request.subresource.is_empty() {
        line += &format!(" --subresource={}", request.subresource);
    }
    // Without either, kubectl asks about the namespace of its context.
    line += &request.namespace.as_ref().map_or(" -A".to_owned(), |namespace| format!(" -n {namespace}"));
    Some(line + &asking(evidence.by.as_ref().unwrap_or(&step.from)))
}

fn asking(who: &EntityRef) -> String {
    let namespace = who.namespace.as_deref().unwrap_or_default();
    match who.kind.as_str() {
        "Group" => format!(" --as=any --as-group={}", who.name),
        "ServiceAccount" => format!(" --as=system:serviceaccount:{namespace}:{}", who.name),
        "Node" => format!(" --as=system:node:{} --as-group=system:nodes", who.name),
        _ => format!(" --as={}", who.name),
    }
}
