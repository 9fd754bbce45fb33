//! `explain IDENTITY`: every path of one identity, its groups' included.

use super::check::{again, document, hand_over, judge_findings, nothing_to_check, report, text_options};
use super::print::nearest;
use crate::args::CheckArgs;
use crate::exit::{Exit, Failure};
use crate::output::{self, Document, Format, OutputArg};
use crate::{Io, source};
use cilium_exec_check_core::authorizer::{self, Identity};
use cilium_exec_check_core::finding::entity_of_identity;
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::original::Wanted;
use cilium_exec_check_core::redact::redact_with;
use cilium_exec_check_core::render;
use cilium_exec_check_core::report::{AccessReport, EntityRef};
use std::collections::BTreeSet;

/// Runs it. The exit code is the check's, with the findings that are shown.
pub(crate) fn run(name: &str, check: &CheckArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let who = parse(name)?;
    let outputs = output::outputs(check)?;
    let (snapshot, mut report) = report(check, io)?;
    let nothing = nothing_to_check(&report, check);
    let known = known(&snapshot, &report);
    if !known.contains(&who) {
        return Err(unknown(&who, &known));
    }
    let groups = groups_of(&who);
    let (who, groups) = if check.redact { redacted(&mut report, who, groups) } else { (who, groups) };
    report.findings.retain(|finding| finding.identity == who || groups.contains(&finding.identity));
    report.blocked.retain(|blocked| blocked.identity == who || groups.contains(&blocked.identity));
    let again = again(check);
    let exit = match nothing {
        Some(_) => Exit::Nothing,
        None => judge_findings(&report.findings, report.input.complete, check),
    };
    let rendered: Vec<(OutputArg, Document<'_>)> = outputs
        .into_iter()
        .map(|output| {
            let options = text_options(&output, check, &again, io);
            let document = match output.format {
                Format::Text | Format::Wide => {
                    let originals = source::originals(check, &wanted(&report));
                    Document::Text(render::explain(&report, &who, &groups, &originals, &options))
                }
                format => document(&report, format, check, &options),
            };
            (output, document)
        })
        .collect();
    if let Some(hint) = &nothing {
        let _ = write!(io.stderr, "{hint}");
    }
    hand_over(&report, &rendered, check, io)?;
    Ok(exit.with_leniency(check))
}

/// What all paths of a report point at.
fn wanted(report: &AccessReport) -> Wanted {
    let found = report.findings.iter().flat_map(|finding| &finding.paths);
    Wanted::of(report, found.chain(report.blocked.iter().flat_map(|blocked| &blocked.paths)))
}

/// Replaces the names of a report; tells what the identity and its groups are called in it.
fn redacted(
    report: &mut AccessReport,
    who: EntityRef,
    groups: Vec<EntityRef>,
) -> (EntityRef, Vec<EntityRef>) {
    let all: Vec<EntityRef> = std::iter::once(who.clone()).chain(groups).collect();
    let (redacted, mut all) = redact_with(report, &all);
    *report = redacted;
    let groups = all.split_off(1.min(all.len()));
    (all.pop().unwrap_or(who), groups)
}

/// Reads `serviceaccount/NAMESPACE/NAME`, `user/NAME`, `group/NAME` or `node/NAME`, and Kubernetes' own user names
/// of accounts and nodes.
fn parse(text: &str) -> Result<EntityRef, Failure> {
    let wrong = || {
        let shown = render::shown(text).into_owned();
        let form = "it looks like serviceaccount/NAMESPACE/NAME, user/NAME, group/NAME or node/NAME";
        Failure::with_help(format!("`{shown}` is no identity"), form)
    };
    let (kind, name) = match text.split_once('/') {
        Some((kind, name)) if !name.is_empty() => (kind.to_ascii_lowercase(), name),
        _ if text.starts_with("system:serviceaccount:") || text.starts_with("system:node:") => {
            ("user".to_owned(), text)
        }
        _ => return Err(wrong()),
    };
    match kind.as_str() {
        "serviceaccount" | "sa" | "serviceaccounts" => {
            let (namespace, name) = name.split_once('/').ok_or_else(wrong)?;
            Ok(account(namespace, name))
        }
        "user" | "users" => Ok(entity_of_identity(&authorizer::user_identity(name))),
        "group" | "groups" => Ok(entity("Group", name)),
        "node" | "nodes" => Ok(entity("Node", name)),
        _ => Err(wrong()),
    }
}

fn entity(kind: &str, name: &str) -> EntityRef {
    EntityRef { kind: kind.to_owned(), namespace: None, name: name.to_owned() }
}

fn account(namespace: &str, name: &str) -> EntityRef {
    EntityRef {
        kind: "ServiceAccount".to_owned(),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
    }
}

/// The other groups that an identity is in by its kind and name.
fn groups_of(who: &EntityRef) -> Vec<EntityRef> {
    let name = || who.name.as_str().into();
    let identity = match (who.kind.as_str(), &who.namespace) {
        ("ServiceAccount", Some(namespace)) => {
            Identity::ServiceAccount { namespace: namespace.as_str().into(), name: name() }
        }
        ("Node", _) => Identity::Node(name()),
        ("Group", _) => Identity::Group(name()),
        _ => Identity::User(name()),
    };
    let groups = authorizer::implied_groups(&identity).into_iter().map(|group| entity("Group", &group));
    groups.filter(|group| group != who).collect()
}

/// Every identity that the input or the report names.
fn known(snapshot: &Snapshot, report: &AccessReport) -> BTreeSet<EntityRef> {
    let mut known: BTreeSet<EntityRef> =
        report.findings.iter().map(|finding| finding.identity.clone()).collect();
    known.extend(report.blocked.iter().map(|blocked| blocked.identity.clone()));
    known.extend(snapshot.service_accounts.iter().map(|found| account(&found.namespace, &found.name)));
    known.extend(snapshot.nodes.iter().map(|node| entity("Node", &node.name)));
    for binding in &snapshot.bindings {
        let subjects = binding.subjects.iter();
        let identities = subjects.filter_map(|subject| authorizer::identity_of(binding, subject));
        known.extend(identities.map(|identity| entity_of_identity(&identity)));
    }
    for pod in &snapshot.pods {
        known.insert(account(&pod.namespace, pod.spec.account()));
    }
    known
}

fn unknown(who: &EntityRef, known: &BTreeSet<EntityRef>) -> Failure {
    let name = render::identity(who);
    let near = nearest(&name, known.iter().map(render::identity));
    let message = format!("the input names no identity `{name}`");
    match near.is_empty() {
        true => Failure::with_help(message, "without a command, or with -o name, the findings are listed"),
        false => Failure::with_help(message, format!("did you mean {}?", near.join(", "))),
    }
}
