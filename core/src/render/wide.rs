//! The report → long text: every finding with full role, binding and place of each path, every note and limit.

use super::TextOptions;
use super::name::identity;
use super::style::Paint;
use super::summary::summary;
use super::terminal::{pad, shown, wrap};
use super::text::notes;
use super::words::{binding_name, count, effects, file_line, how, role_name};
use crate::report::{AccessReport, Authorizer, Certainty, Evidence, Finding, Path};

/// The report with nothing shortened.
pub fn wide(report: &AccessReport, options: &TextOptions) -> String {
    let paint = Paint(options.color);
    let mut out = summary(report, options);
    for finding in &report.findings {
        if finding.is_open() || finding.expected.is_none() || options.show_expected {
            out.push_str(&format!("\n{}", finding_text(finding, paint)));
        }
    }
    out.push_str(&notes(report, usize::MAX, usize::MAX, options));
    if !report.limits.is_empty() {
        out.push_str(&format!("\n{}\n", paint.bold("What no export shows")));
        for limit in &report.limits {
            out.push_str(&format!("{}\n", wrap(&format!("- {}", shown(limit)), options.columns(), 2)));
        }
    }
    let coverage = report.input.coverage.iter().map(|kind| {
        let reason = kind.reason.as_deref().map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
        format!(
            "  {} {}, {}{reason}\n",
            pad(&shown(&kind.kind), 34),
            kind.state.as_str(),
            count(kind.objects, "object", "objects")
        )
    });
    out.push_str(&format!("\n{}\n{}", paint.bold("Coverage"), coverage.collect::<String>()));
    out
}

fn finding_text(finding: &Finding, paint: Paint) -> String {
    let name = identity(&finding.identity);
    let severity = paint.severity(finding.severity, finding.severity.as_str());
    let mut out = format!("{severity}  {}  gains {}\n", paint.bold(&name), effects(&finding.effects));
    out.push_str(&format!("  techniques: {}\n", finding.techniques.join(", ")));
    for line in asides(finding) {
        out.push_str(&format!("  {}\n", shown(&line)));
    }
    for path in &finding.paths {
        out.push_str(&path_text(path));
    }
    if finding.paths_omitted > 0 {
        out.push_str(&format!("  and {} more paths\n", finding.paths_omitted));
    }
    out
}

/// What else is known of a finding.
pub(super) fn asides(finding: &Finding) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(expected) = &finding.expected {
        lines.push(format!("expected: {}", expected.detail));
    }
    if let Some(accepted) = &finding.accepted {
        lines.push(format!("accepted: {}", accepted.reason));
    }
    if finding.baseline {
        lines.push("in the baseline".to_owned());
    }
    if finding.held_by.pods > 0 {
        let pods = count(finding.held_by.pods, "pod runs", "pods run");
        lines.push(format!("{pods} as it: {}", examples(&finding.held_by.examples, finding.held_by.pods)));
    }
    if finding.members.service_accounts > 0 {
        let number = finding.members.service_accounts;
        let members = count(number, "ServiceAccount is", "ServiceAccounts are");
        lines.push(format!("{members} in it: {}", examples(&finding.members.examples, number)));
    }
    lines
}

fn examples(names: &[String], of: u64) -> String {
    let more = if of > names.len() as u64 { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// `certain`, `conditional` or `blocked`.
pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Conditional => "conditional",
        Certainty::Blocked => "blocked",
    }
}

fn path_text(path: &Path) -> String {
    let expected = if path.expected.is_some() { ", expected" } else { "" };
    let mut out = format!(
        "  - {}: {} ({}, {}{expected})\n",
        path.effect.as_str(),
        how(path),
        path.severity.as_str(),
        certainty(path.certainty)
    );
    for step in &path.steps {
        for evidence in &step.evidence {
            out.push_str(&format!("      {}: {}\n", shown(&step.technique), grant_text(evidence)));
        }
    }
    for condition in &path.conditions {
        out.push_str(&format!("      if: {}\n", shown(condition)));
    }
    out
}

/// Binding, role and rule with their places.
fn grant_text(evidence: &Evidence) -> String {
    match evidence.authorizer {
        Authorizer::Node => return "the node authorizer".to_owned(),
        Authorizer::Masters => return "group system:masters".to_owned(),
        Authorizer::Rbac => {}
    }
    let at = |source: Option<&crate::report::Source>| {
        source.map(|source| format!(" ({})", file_line(source))).unwrap_or_default()
    };
    let binding = evidence.binding.as_ref();
    let role = evidence.role.as_ref();
    let rule = evidence.rule.as_ref();
    let binding = binding.map(|binding| binding_name(binding) + &at(binding.source.as_ref()));
    let role = role.map(|role| role_name(role) + &at(role.source.as_ref()));
    let rule = rule.map(|rule| format!("rules[{}]{}", rule.index, at(rule.source.as_ref())));
    [binding, role, rule].into_iter().flatten().collect::<Vec<_>>().join(" → ")
}
