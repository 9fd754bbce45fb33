//! Judged paths → the findings of the report, in their order.

use super::Analysis;
use super::evidence::entity_of_identity;
use super::fingerprint::fingerprint;
use super::judged::{Judge, Judged};
use super::members::{held_by, members};
use crate::authorizer::Identity;
use crate::remedy;
use crate::report::{BlockedIdentity, EntityRef, Finding};
use crate::technique::{Class, Effect, Severity, find};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How many paths of one finding are listed.
const LISTED_PATHS: usize = 100;

/// Every finding, and the identities that have blocked paths only.
pub fn findings(analysis: &Analysis<'_>) -> (Vec<Finding>, Vec<BlockedIdentity>) {
    let mut judge = Judge::new(analysis);
    let mut findings = Vec::new();
    let mut blocked = Vec::new();
    for (identity, node) in analysis.graph.identities() {
        let paths = judge.paths(identity, node);
        if paths.iter().any(|judged| judged.path.counts()) {
            findings.push(finding(analysis, identity, paths));
        } else if !paths.is_empty() {
            blocked.push(blocked_identity(identity, paths));
        }
    }
    findings.sort_by_key(|finding| {
        (finding.expected.is_some(), Reverse(finding.severity), finding.identity.clone())
    });
    blocked.sort_by(|a, b| a.identity.cmp(&b.identity));
    (findings, blocked)
}

/// The paths that decide a finding: those that count and are not expected, or all that count where every one is.
fn deciding(paths: &[Judged]) -> Vec<&Judged> {
    let counting = || paths.iter().filter(|judged| judged.path.counts());
    let unexpected: Vec<_> = counting().filter(|judged| judged.path.expected.is_none()).collect();
    if unexpected.is_empty() { counting().collect() } else { unexpected }
}

fn finding(analysis: &Analysis<'_>, identity: &Identity, mut paths: Vec<Judged>) -> Finding {
    paths.sort_by_cached_key(order);
    let deciding = deciding(&paths);
    let entity = entity_of_identity(identity);
    let unexpected = deciding.iter().map(|judged| &judged.path).filter(|path| path.expected.is_none());
    let fingerprint = fingerprint(&entity, unexpected);
    let effects: BTreeSet<Effect> = deciding.iter().map(|judged| judged.path.effect).collect();
    let expected = deciding.first().and_then(|judged| judged.path.expected.clone());
    let remediation = match expected {
        None => remedy::remove_subjects(analysis.world, &closing_grants(&deciding), &fingerprint),
        Some(_) => Vec::new(),
    };
    Finding {
        severity: deciding.iter().map(|judged| judged.path.severity).max().unwrap_or(Severity::None),
        effects: effects.into_iter().collect(),
        techniques: techniques(identity, &deciding),
        expected,
        accepted: None,
        baseline: false,
        held_by: held_by(analysis.world, identity),
        members: members(analysis.world, identity),
        paths_omitted: paths.len().saturating_sub(LISTED_PATHS) as u64,
        paths: paths.into_iter().take(LISTED_PATHS).map(|judged| judged.path).collect(),
        remediation,
        fingerprint,
        identity: entity,
    }
}

fn closing_grants(deciding: &[&Judged]) -> BTreeSet<crate::graph::Grant> {
    deciding.iter().flat_map(|judged| judged.closing.iter().copied()).collect()
}

/// Counting before blocked, unexpected before expected, then the worst, then the shortest.
fn order(judged: &Judged) -> impl Ord + use<> {
    let path = &judged.path;
    (
        !path.counts(),
        path.expected.is_some(),
        Reverse(path.severity),
        path.steps.len(),
        path.effect,
        path.steps.first().map(|step| step.technique.clone()),
        path.target.clone(),
        judged.grants.clone(),
    )
}

/// The ids of the requests on the paths; derived steps follow by themselves and are not among them.
fn techniques(identity: &Identity, deciding: &[&Judged]) -> Vec<String> {
    let steps = deciding.iter().flat_map(|judged| &judged.path.steps);
    let mut ids: BTreeSet<String> = steps
        .filter(|step| find(&step.technique).is_some_and(|technique| technique.class != Class::Derived))
        .map(|step| step.technique.clone())
        .collect();
    if is_broad(identity) {
        ids.insert("group-wide-grant".to_owned());
    }
    ids.into_iter().collect()
}

/// A grant to everyone, or to every account of a namespace.
fn is_broad(identity: &Identity) -> bool {
    match identity {
        Identity::Group(name) => {
            matches!(&**name, "system:authenticated" | "system:unauthenticated" | "system:serviceaccounts")
                || name.starts_with("system:serviceaccounts:")
        }
        Identity::User(name) => &**name == "system:anonymous",
        Identity::ServiceAccount { .. } | Identity::Node(_) => false,
    }
}

fn blocked_identity(identity: &Identity, mut paths: Vec<Judged>) -> BlockedIdentity {
    paths.sort_by_cached_key(order);
    let identity: EntityRef = entity_of_identity(identity);
    BlockedIdentity {
        identity,
        paths: paths.into_iter().take(LISTED_PATHS).map(|judged| judged.path).collect(),
    }
}
