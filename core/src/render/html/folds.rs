//! What stands behind the answer → lists that are closed at first: what was set aside, Cilium, notes, input, limits.

use super::Page;
use super::finding::table;
use super::steps::{PathParts, path};
use crate::render::markup::text;
use crate::render::name::identity;
use crate::render::words::{count, file_line, object};
use crate::report::{
    AccessReport, Component, CoverageRef, DiagnosticRef, Finding, KindState, Note, Path, SourceRef,
};
use crate::technique::{CATALOGUE, Technique};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Entries of one list; how many more there are is said.
const ENTRIES: usize = 2_000;
/// Paths of a blocked identity.
const BLOCKED_PATHS: usize = 5;

/// All of them.
pub(super) fn folds(report: &AccessReport, page: Page<'_>, out: &mut String) {
    set_aside(report, page, out);
    blocked(report, page, out);
    list("What was found of Cilium, and why it is privileged", &report.cilium, component, out);
    list(&count(report.notes.len() as u64, "note", "notes"), &report.notes, note, out);
    techniques(report, out);
    coverage(report, out);
    list("Files", &report.input.sources, source, out);
    list("What was odd about the input", &report.diagnostics, diagnostic, out);
    list("What no export shows", &report.limits, |limit| text(limit), out);
}

fn open_fold(title: &str, out: &mut String) {
    let _ = writeln!(out, "<details class=\"fold\"><summary>{}</summary>", text(title));
}

/// A list of what a function makes of each; nothing where it is empty.
fn list<T>(title: &str, all: &[T], entry: impl Fn(&T) -> String, out: &mut String) {
    if all.is_empty() {
        return;
    }
    open_fold(title, out);
    out.push_str("<ul class=\"plain\">\n");
    for item in all.iter().take(ENTRIES) {
        let _ = writeln!(out, "<li>{}</li>", entry(item));
    }
    out.push_str("</ul>\n");
    more(all.len(), ENTRIES, out);
    out.push_str("</details>\n");
}

fn more(number: usize, listed: usize, out: &mut String) {
    if number > listed {
        let _ = writeln!(out, "<p class=\"quiet\">and {} more, all in the JSON report</p>", number - listed);
    }
}

/// What does not count: shipped defaults, what was accepted, what is in the baseline.
fn set_aside(report: &AccessReport, page: Page<'_>, out: &mut String) {
    let findings: Vec<(usize, &Finding)> =
        report.findings.iter().enumerate().filter(|(_, finding)| !finding.is_open()).collect();
    if findings.is_empty() {
        return;
    }
    let counts = &report.verdict.counts;
    let parts =
        [(counts.expected, "expected"), (counts.accepted, "accepted"), (counts.baseline, "in the baseline")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let title = format!("Set aside: {}", parts.join(", "));
    let _ = writeln!(out, "<details class=\"fold\"><summary id=\"aside\">{title}</summary>");
    table("set-aside", "aside", &findings, page, out);
    out.push_str("</details>\n");
}

/// Those of them that are written out.
pub(super) fn blocked_paths(report: &AccessReport) -> impl Iterator<Item = &Path> {
    let identities = report.blocked.iter().take(ENTRIES / BLOCKED_PATHS);
    identities.flat_map(|identity| identity.paths.iter().take(BLOCKED_PATHS))
}

/// Identities that something in the input stands in the way of.
fn blocked(report: &AccessReport, page: Page<'_>, out: &mut String) {
    if report.blocked.is_empty() {
        return;
    }
    open_fold(&count(report.blocked.len() as u64, "blocked identity", "blocked identities"), out);
    out.push_str(
        "<p>They hold grants that would lead to Cilium if nothing stood in the way; they do not count.</p>\n",
    );
    for identity_ in report.blocked.iter().take(ENTRIES / BLOCKED_PATHS) {
        let _ = writeln!(out, "<h2 class=\"identity\">{}</h2>", text(&identity(&identity_.identity)));
        identity_
            .paths
            .iter()
            .take(BLOCKED_PATHS)
            .for_each(|item| path(item, PathParts::default(), page, out));
        more(identity_.paths.len(), BLOCKED_PATHS, out);
    }
    more(report.blocked.len(), ENTRIES / BLOCKED_PATHS, out);
    out.push_str("</details>\n");
}

fn component(component: &Component) -> String {
    let version = component.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let workload = component.workload.as_ref().map(|it| format!("{} {}", it.kind.to_lowercase(), it.name));
    let pods = count(component.pods, "pod", "pods");
    let nodes = count(component.nodes.len() as u64, "node", "nodes");
    let line = format!(
        "{}{version} in {}: {}, {pods} on {nodes}; {}, {}",
        component.component,
        component.namespace,
        workload.unwrap_or_else(|| "a bare pod".to_owned()),
        component.confidence,
        component.privilege
    );
    let reasons = component.evidence.iter().map(|reason| {
        let place = reason.source.as_ref().map(|source| format!(" ({})", file_line(source)));
        let line = format!("{}: {}{}", reason.container, reason.detail, place.unwrap_or_default());
        format!("<li>{}</li>", text(&line))
    });
    let reasons: String = reasons.collect();
    match reasons.is_empty() {
        true => text(&line),
        false => format!("{}<ul class=\"plain quiet\">{reasons}</ul>", text(&line)),
    }
}

fn note(note: &Note) -> String {
    let about = note.object.as_ref();
    let name = about.map(|about| object(&about.kind, about.namespace.as_deref(), &about.name) + ": ");
    let place = about.and_then(|about| about.source.as_ref()).map(file_line);
    let place =
        place.map(|place| format!(" <span class=\"place\">{}</span>", text(&place))).unwrap_or_default();
    format!("{}{}{place}", text(&name.unwrap_or_default()), text(&note.message))
}

/// What each technique that the report names is.
fn techniques(report: &AccessReport, out: &mut String) {
    let paths = report.findings.iter().flat_map(|finding| &finding.paths);
    let paths = paths.chain(report.blocked.iter().flat_map(|blocked| &blocked.paths));
    let used: BTreeSet<&str> =
        paths.flat_map(|path| &path.steps).map(|step| step.technique.as_str()).collect();
    let known: Vec<&Technique> = CATALOGUE.iter().filter(|technique| used.contains(technique.id)).collect();
    if known.is_empty() {
        return;
    }
    open_fold("What the techniques are", out);
    out.push_str("<dl class=\"terms\">\n");
    for technique in known {
        let _ = write!(
            out,
            "<dt id=\"{}\">{} <code>{0}</code></dt><dd>{}</dd>",
            technique.id,
            text(technique.title),
            text(technique.mechanism)
        );
        if !technique.remediation.is_empty() {
            let _ = write!(out, "<dd class=\"quiet\">What to change: {}</dd>", text(technique.remediation));
        }
        out.push('\n');
    }
    out.push_str("</dl></details>\n");
}

fn coverage(report: &AccessReport, out: &mut String) {
    let line = |kind: &CoverageRef| {
        let reason = kind.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let objects = match kind.state {
            KindState::Absent => String::new(),
            _ => format!(", {}", count(kind.objects, "object", "objects")),
        };
        text(&format!("{} {}{objects}{reason}", kind.kind, kind.state.as_str()))
    };
    list("Which kinds were in the input", &report.input.coverage, line, out);
}

fn source(source: &SourceRef) -> String {
    text(&format!(
        "{}: {}, {}",
        source.name,
        count(source.objects, "object", "objects"),
        count(source.bytes, "byte", "bytes")
    ))
}

fn diagnostic(found: &DiagnosticRef) -> String {
    let place = found.source.as_ref().map(|source| {
        let place = match source.line {
            0 => file_line(source),
            _ => format!("{}:{}", file_line(source), source.column),
        };
        format!(" <span class=\"place\">{}</span>", text(&place))
    });
    let help = found.help.as_deref().map(|help| format!("<br/><span class=\"quiet\">{}</span>", text(help)));
    let what = format!("{}: {}", found.severity, found.message);
    format!("{}{}{}", text(&what), place.unwrap_or_default(), help.unwrap_or_default())
}
