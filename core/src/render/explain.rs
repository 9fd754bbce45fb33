//! One identity → every path it has, also through its groups: step by step, rule by rule, with what closes it.

use super::TextOptions;
use super::evidence::{Lines, facts, more_lines};
use super::name::identity;
use super::style::Paint;
use super::summary::{missing, what_if};
use super::terminal::{shown, wrap};
use super::wide::{asides, certainty};
use super::words::{effects, file_line, how, step_words};
use crate::original::Originals;
use crate::report::{AccessReport, EntityRef, Evidence, Finding, Path, Remediation, Step};
use crate::technique;
use std::collections::BTreeSet;

/// What paths are told with.
#[derive(Clone, Copy)]
struct With<'a> {
    options: &'a TextOptions,
    originals: &'a Originals,
}

/// Everything about one identity; `groups` are those it is in by its kind, `originals` the lines that its paths point
/// at, as far as they could be read once more.
pub fn explain(
    report: &AccessReport,
    who: &EntityRef,
    groups: &[EntityRef],
    originals: &Originals,
    options: &TextOptions,
) -> String {
    let with = With { options, originals };
    let paint = Paint(options.color);
    let mut out = String::new();
    let findings: Vec<&Finding> = std::iter::once(who)
        .chain(groups)
        .flat_map(|entity| report.findings.iter().filter(move |finding| finding.identity == *entity))
        .collect();
    let name = identity(who);
    if findings.is_empty() {
        let line = match report.input.complete {
            true => format!("{name}: no way in was found through what was supplied."),
            false => format!(
                "{name}: no way in shows in what was supplied, which proves nothing while kinds are missing."
            ),
        };
        out.push_str(&wrap(&line, options.columns(), 0));
        out.push('\n');
    }
    for line in [what_if(report), missing(report)].into_iter().flatten() {
        out.push_str(&format!("{}\n", wrap(&line, options.columns(), 2)));
    }
    for finding in findings {
        if !out.is_empty() {
            out.push('\n');
        }
        let through = (finding.identity != *who).then_some(name.as_str());
        out.push_str(&finding_text(finding, through, with));
    }
    let blocked = report
        .blocked
        .iter()
        .filter(|blocked| blocked.identity == *who || groups.contains(&blocked.identity));
    for blocked in blocked {
        let title = format!("{}: blocked paths, which do not count", identity(&blocked.identity));
        out.push_str(&format!("\n{}\n", paint.bold(&title)));
        let mut told = BTreeSet::new();
        for (index, path) in blocked.paths.iter().enumerate() {
            out.push_str(&path_text(index + 1, path, &mut told, with));
        }
    }
    out
}

fn finding_text(finding: &Finding, through: Option<&str>, with: With<'_>) -> String {
    let paint = Paint(with.options.color);
    let mut out = format!(
        "{}  {}  gains {}\n",
        paint.severity(finding.severity, finding.severity.as_str()),
        paint.bold(&identity(&finding.identity)),
        effects(&finding.effects)
    );
    if let Some(member) = through {
        out.push_str(&format!("{member} is in this group, so every path of the group is its own.\n"));
    }
    for line in asides(finding) {
        out.push_str(&wrap(&shown(&line), with.options.columns(), 2));
        out.push('\n');
    }
    let mut told = BTreeSet::new();
    for (index, path) in finding.paths.iter().enumerate() {
        out.push_str(&path_text(index + 1, path, &mut told, with));
    }
    if finding.paths_omitted > 0 {
        out.push_str(&format!("\nand {} more paths, none worse\n", finding.paths_omitted));
    }
    if !finding.remediation.is_empty() {
        out.push_str(&format!("\n{}\n", paint.bold("What closes it")));
    }
    for remediation in &finding.remediation {
        out.push_str(&remediation_text(remediation, with.options));
    }
    out
}

fn path_text(number: usize, path: &Path, told: &mut BTreeSet<String>, with: With<'_>) -> String {
    let paint = Paint(with.options.color);
    let head = format!(
        "Path {number}: {} ({}, {}, {})",
        how(path),
        path.effect.as_str(),
        path.severity.as_str(),
        certainty(path.certainty)
    );
    let mut out = format!("\n{}\n", paint.bold(&wrap(&head, with.options.columns(), 2)));
    if let Some(expected) = &path.expected {
        out.push_str(&format!("  expected: {}\n", shown(&expected.detail)));
    }
    for condition in &path.conditions {
        out.push_str(&format!(
            "  {}\n",
            wrap(&format!("if: {}", shown(condition)), with.options.columns() - 2, 6)
        ));
    }
    for (index, step) in path.steps.iter().enumerate() {
        out.push_str(&step_text(index + 1, step, told, with));
    }
    out
}

fn step_text(number: usize, step: &Step, told: &mut BTreeSet<String>, with: With<'_>) -> String {
    let mut out = format!(
        "  {number}. {}  [{}]\n     as       {}\n",
        step_words(step, None),
        shown(&step.technique),
        identity(&step.from)
    );
    for evidence in &step.evidence {
        out.push_str(&evidence_text(evidence, told, with.originals));
    }
    if let Some(technique) = technique::find(&step.technique)
        && told.insert(step.technique.clone())
    {
        let why = wrap(&format!("why      {}", technique.mechanism), with.options.columns() - 5, 14);
        out.push_str(&format!("     {why}\n"));
    }
    out
}

/// Each line with its number where it has one.
fn written(lines: Lines<'_>) -> Vec<String> {
    match lines {
        Lines::None => Vec::new(),
        Lines::Normalised(rule) => rule.lines().map(|line| format!("       | {}", shown(line))).collect(),
        Lines::Original(original) => {
            let numbered = original.numbered();
            let numbered = numbered.map(|(number, line)| format!("{number:>6} | {}", shown(line)));
            numbered.chain(more_lines(original).map(|more| format!("       | {more}"))).collect()
        }
    }
}

/// Lines that were shown before are not shown again: the same rule often makes many paths.
fn evidence_text(evidence: &Evidence, told: &mut BTreeSet<String>, originals: &Originals) -> String {
    let mut lines: Vec<String> = Vec::new();
    for fact in facts(evidence, originals) {
        let place = fact.source.map(|source| format!("  {}", file_line(source))).unwrap_or_default();
        lines.push(format!("{:<8} {}{place}", fact.term, fact.words));
        let written = written(fact.lines);
        if !written.is_empty() && told.insert(format!("{place}\n{}", written.join("\n"))) {
            lines.extend(written);
        }
    }
    if let Some(can_i) = &evidence.can_i {
        lines.push(format!("ask      {}", shown(can_i)));
    }
    lines.iter().map(|line| format!("     {line}\n")).collect()
}

fn remediation_text(remediation: &Remediation, options: &TextOptions) -> String {
    let mut out = format!("{}\n", wrap(&format!("- {}", shown(&remediation.summary)), options.columns(), 2));
    for command in &remediation.commands {
        out.push_str(&format!("    {}\n", shown(command)));
    }
    for line in remediation.manifest.iter().flat_map(|manifest| manifest.lines()) {
        out.push_str(&format!("    | {}\n", shown(line)));
    }
    for breaks in &remediation.breaks {
        out.push_str(&format!(
            "  {}\n",
            wrap(&format!("stops working: {}", shown(breaks)), options.columns() - 2, 4)
        ));
    }
    out
}
