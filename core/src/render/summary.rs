//! The first lines of every text: what was found of Cilium, the verdict, and what is missing.

use super::TextOptions;
use super::style::Paint;
use super::terminal::{shown, width, wrap};
use super::words::{count, first};
use crate::report::{
    AccessReport, Component, Counts, CoverageRef, KindState, Nothing, VerdictState, VersionSource,
};
use std::collections::BTreeMap;

/// Kinds without which absence proves nothing.
pub(super) const DECIDING: [&str; 8] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Pod",
    "Namespace",
    "ServiceAccount",
    "Node",
];
/// Lines about Cilium's namespaces; the verdict stands within the first eight lines.
const NAMESPACE_LINES: usize = 2;
/// Namespaces that are named where Cilium is assumed.
const ASSUMED: usize = 3;

/// The lines before the findings.
pub(super) fn summary(report: &AccessReport, options: &TextOptions) -> String {
    let columns = options.columns();
    let paint = Paint(options.color);
    let mut out = cilium(report, columns);
    out.push('\n');
    if let Some(what_if) = what_if(report) {
        out.push_str(&wrap(&what_if, columns, 2));
        out.push('\n');
    }
    out.push_str(&paint.bold(&wrap(&verdict(report, options.show_expected), columns, 0)));
    out.push('\n');
    if let Some(missing) = missing(report) {
        let (word, rest) = missing.split_at_checked("INCOMPLETE".len()).unwrap_or((&missing, ""));
        out.push_str(&paint.warning(word));
        let rest = wrap(&format!("INCOMPLETE{rest}"), columns, 2);
        out.push_str(rest.strip_prefix("INCOMPLETE").unwrap_or(&rest));
        out.push('\n');
    }
    out
}

/// What was found of Cilium, one line a namespace.
pub(super) fn cilium_lines(report: &AccessReport) -> Vec<String> {
    let mut namespaces: BTreeMap<&str, Vec<&Component>> = BTreeMap::new();
    for component in report.cilium.iter().filter(|component| component.confidence != "possible") {
        namespaces.entry(&component.namespace).or_default().push(component);
    }
    let nodes =
        report.input.coverage.iter().find(|kind| kind.kind == "Node" && kind.state == KindState::Present);
    let (assumed, seen): (Vec<_>, Vec<_>) = namespaces
        .into_iter()
        .partition(|(_, components)| components.iter().all(|component| component.confidence == "assumed"));
    let mut lines: Vec<String> = seen
        .iter()
        .take(NAMESPACE_LINES)
        .map(|(namespace, components)| namespace_line(namespace, components, nodes))
        .collect();
    if seen.len() > NAMESPACE_LINES {
        lines.push(format!("and in {} more namespaces", seen.len() - NAMESPACE_LINES));
    }
    if !assumed.is_empty() {
        lines.push(assumed_line(&assumed.iter().map(|(namespace, _)| *namespace).collect::<Vec<_>>()));
    }
    if lines.is_empty() {
        lines.push("No Cilium component was found in the input.".to_owned());
    }
    lines
}

/// What was found of Cilium, one line a namespace, and the Kubernetes version where there is room.
fn cilium(report: &AccessReport, columns: usize) -> String {
    let mut lines = cilium_lines(report);
    let version = kubernetes(report);
    if let Some(first) = lines.first_mut() {
        let used = width(first) + width(&version);
        if used + 2 <= columns {
            first.push_str(&" ".repeat(columns - used));
            first.push_str(&version);
        } else {
            lines.push(version);
        }
    }
    lines.iter().map(|line| wrap(line, columns, 2) + "\n").collect()
}

/// The version, and where it was taken from.
pub(super) fn kubernetes(report: &AccessReport) -> String {
    let version = report.input.kubernetes_version.as_deref().map(shown).unwrap_or_default();
    match report.input.kubernetes_version_source {
        VersionSource::Unknown => "Kubernetes version unknown: the worst supported one counts".to_owned(),
        VersionSource::Nodes => format!("Kubernetes {version}+ (from nodes)"),
        VersionSource::Flag | VersionSource::Server => format!("Kubernetes {version}"),
    }
}

/// Where Cilium is looked for although nothing in the input shows it.
fn assumed_line(namespaces: &[&str]) -> String {
    let named = first(namespaces, ASSUMED, "more namespace", "more namespaces");
    format!("No pod or workload in the input shows Cilium: it is assumed in {named}")
}

/// `Cilium 1.18.6 in kube-system: agent on 3 of 3 nodes (root-equivalent), operator, envoy`.
fn namespace_line(namespace: &str, components: &[&Component], nodes: Option<&CoverageRef>) -> String {
    let namespace = shown(namespace);
    let version = components
        .iter()
        .filter(|component| component.component == "agent")
        .chain(components.iter())
        .find_map(|component| component.version.as_deref());
    let version = version.map(|version| format!(" {}", shown(version))).unwrap_or_default();
    let mut parts: Vec<String> = Vec::new();
    let agents = components.iter().filter(|component| component.component == "agent");
    let others = components.iter().filter(|component| component.component != "agent");
    for component in agents.chain(others) {
        let part = component_words(component, nodes);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    format!("Cilium{version} in {namespace}: {}", parts.join(", "))
}

fn component_words(component: &Component, nodes: Option<&CoverageRef>) -> String {
    let name = shown(&component.component);
    let on = component.nodes.len() as u64;
    let place = match nodes {
        Some(kind) if component.component == "agent" && on > 0 => {
            format!(" on {on} of {}", count(kind.objects, "node", "nodes"))
        }
        _ if component.component == "agent" && on > 0 => format!(" on {}", count(on, "node", "nodes")),
        _ => String::new(),
    };
    let privilege = match component.privilege.as_str() {
        "root-equivalent" => " (root-equivalent)",
        _ => "",
    };
    format!("{name}{place}{privilege}")
}

/// The verdict: its first words say it.
pub(super) fn verdict(report: &AccessReport, show_expected: bool) -> String {
    let counts = &report.verdict.counts;
    let lesser = (counts.critical + counts.high + counts.medium + counts.low)
        .saturating_sub(report.verdict.privileged);
    let mut text = match report.verdict.state {
        VerdictState::Reachable => {
            let at_least = if report.verdict.at_least { "At least " } else { "" };
            let who = count(report.verdict.privileged, "identity", "identities");
            format!("{at_least}{who} can gain privileged Cilium access")
        }
        VerdictState::NotReached => "Complete: no way in was found through what was supplied".to_owned(),
        VerdictState::Unknown => {
            "Unknown: no way in shows in what was supplied, and with kinds missing that proves nothing"
                .to_owned()
        }
    };
    if lesser > 0 {
        let at_least = if report.verdict.at_least { "at least " } else { "" };
        text.push_str(&format!(
            "; {at_least}{} can change, reach or disrupt Cilium without it",
            count(lesser, "identity", "identities")
        ));
    }
    text.push_str(&set_aside(counts, show_expected));
    text.push('.');
    text
}

/// What is not counted in the headline.
fn set_aside(counts: &Counts, show_expected: bool) -> String {
    let mut text = String::new();
    if counts.expected > 0 {
        let expected = count(counts.expected, "expected one is", "expected ones are");
        let how = if show_expected { "listed below" } else { "folded (--show-expected)" };
        text.push_str(&format!("; {expected} {how}"));
    }
    if counts.accepted > 0 {
        text.push_str(&format!("; {} accepted", counts.accepted));
    }
    if counts.baseline > 0 {
        text.push_str(&format!("; {} in the baseline", counts.baseline));
    }
    text
}

/// Why nothing could be checked, if so: as far as a report tells.
pub(super) fn nothing(report: &AccessReport) -> Option<&'static str> {
    report.nothing_to_check(!report.cilium.is_empty()).map(Nothing::sentence)
}

/// Grants that are named where some were left out.
const LEFT_OUT: usize = 3;

/// That the report is about a cluster without some of its grants, and without which.
pub fn what_if(report: &AccessReport) -> Option<String> {
    let without = &report.input.without;
    let named = first(without, LEFT_OUT, "more grant", "more grants");
    (!without.is_empty()).then(|| format!("WHAT IF: judged without {named}, which the input grants."))
}

/// Which deciding kinds are missing, by how.
pub(super) fn missing(report: &AccessReport) -> Option<String> {
    if report.input.complete {
        return None;
    }
    let kinds = |state: KindState| -> Vec<&str> {
        DECIDING
            .into_iter()
            .filter(|name| {
                let found = report.input.coverage.iter().find(|kind| kind.kind == *name);
                found.map_or(KindState::Absent, |kind| kind.state) == state
            })
            .collect()
    };
    let parts = [
        (KindState::Absent, "not in the input"),
        (KindState::Denied, "denied by the server"),
        (KindState::Partial, "read in part only"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(state, words)| (kinds(state), words))
        .filter(|(kinds, _)| !kinds.is_empty())
        .map(|(kinds, words)| format!("{words}: {}", kinds.join(", ")))
        .collect();
    match parts.is_empty() {
        true => Some("INCOMPLETE: the input does not show all of the cluster.".to_owned()),
        false => Some(format!("INCOMPLETE: {}.", parts.join("; "))),
    }
}
