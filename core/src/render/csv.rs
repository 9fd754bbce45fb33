//! The report → CSV (RFC 4180, lines ending in a newline): one row a path, which a spreadsheet can sort and filter.

use super::name::identity;
use super::summary::{missing, what_if};
use super::terminal::shown;
use super::wide::certainty;
use super::words::{binding_name, file_line, how, role_name};
use crate::report::{AccessReport, Certainty, EntityRef, Evidence, Finding, Path, Source};

/// The columns, in order.
const COLUMNS: [&str; 22] = [
    "severity",
    "identity",
    "status",
    "reason",
    "effect",
    "path severity",
    "certainty",
    "conditions",
    "first technique",
    "how",
    "steps",
    "target namespace",
    "target",
    "binding",
    "binding at",
    "role",
    "rule at",
    "ask the cluster",
    "what closes it",
    "paths not listed",
    "input",
    "fingerprint",
];

/// One row a path, of every finding and of the blocked identities; a header first. What the row of a path repeats is
/// its finding's.
pub fn csv(report: &AccessReport) -> String {
    let mut out = String::new();
    row(&COLUMNS.map(str::to_owned), &mut out);
    let missing = missing(report).unwrap_or_else(|| "complete".to_owned());
    let input = what_if(report).map_or_else(|| missing.clone(), |what_if| format!("{what_if} {missing}"));
    for finding in &report.findings {
        for path in &finding.paths {
            let (status, reason) = status(finding, path);
            let closes: Vec<&str> =
                finding.remediation.iter().map(|remediation| remediation.summary.as_str()).collect();
            let of_finding = OfFinding {
                severity: finding.severity.as_str(),
                identity: &finding.identity,
                closes: closes.join("; "),
                omitted: finding.paths_omitted,
                fingerprint: &finding.fingerprint,
            };
            path_row(&of_finding, path, status, reason, &input, &mut out);
        }
    }
    for blocked in &report.blocked {
        let of_finding = OfFinding {
            severity: "none",
            identity: &blocked.identity,
            closes: String::new(),
            omitted: 0,
            fingerprint: "",
        };
        for path in &blocked.paths {
            path_row(&of_finding, path, "blocked", "", &input, &mut out);
        }
    }
    out
}

/// What the rows of a finding have in common.
struct OfFinding<'a> {
    severity: &'a str,
    identity: &'a EntityRef,
    closes: String,
    omitted: u64,
    fingerprint: &'a str,
}

/// What a path counts as, and why.
fn status<'a>(finding: &'a Finding, path: &'a Path) -> (&'static str, &'a str) {
    let expected = finding.expected.as_ref().or(path.expected.as_ref());
    match (expected, &finding.accepted) {
        _ if path.certainty == Certainty::Blocked => ("blocked", ""),
        (Some(expected), _) => ("expected", &expected.detail),
        (None, Some(accepted)) => ("accepted", &accepted.reason),
        (None, None) if finding.baseline => ("baseline", ""),
        (None, None) => ("open", ""),
    }
}

fn path_row(finding: &OfFinding<'_>, path: &Path, status: &str, reason: &str, input: &str, out: &mut String) {
    let evidence = path.steps.iter().find_map(|step| step.evidence.first());
    let target = path.target.as_ref();
    let workload = target.and_then(|target| target.workload.as_ref());
    let cells = [
        finding.severity.to_owned(),
        identity(finding.identity),
        status.to_owned(),
        reason.to_owned(),
        path.effect.as_str().to_owned(),
        path.severity.as_str().to_owned(),
        certainty(path.certainty).to_owned(),
        path.conditions.join("; "),
        path.steps.first().map(|step| step.technique.clone()).unwrap_or_default(),
        how(path),
        path.steps.len().to_string(),
        target.and_then(|target| target.namespace.clone()).unwrap_or_default(),
        workload.map(|workload| format!("{}/{}", workload.kind, workload.name)).unwrap_or_default(),
        evidence.and_then(|found| found.binding.as_ref()).map(binding_name).unwrap_or_default(),
        at(evidence, |found| found.binding.as_ref()?.source.as_ref()),
        evidence.and_then(|found| found.role.as_ref()).map(role_name).unwrap_or_default(),
        at(evidence, |found| found.rule.as_ref()?.source.as_ref()),
        evidence.and_then(|found| found.can_i.clone()).unwrap_or_default(),
        finding.closes.clone(),
        finding.omitted.to_string(),
        input.to_owned(),
        finding.fingerprint.to_owned(),
    ];
    row(&cells, out);
}

fn at<'a>(evidence: Option<&'a Evidence>, of: impl Fn(&'a Evidence) -> Option<&'a Source>) -> String {
    evidence.and_then(of).map(file_line).unwrap_or_default()
}

fn row(cells: &[String], out: &mut String) {
    let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
    out.push_str(&cells.join(","));
    out.push('\n');
}

/// A cell that a spreadsheet takes for text: what it would take for a formula gets a leading `'`
/// (https://owasp.org/www-community/attacks/CSV_Injection), the full-width forms too.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = shown(text);
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:".contains(letter);
    match (formula, text.chars().all(plain)) {
        (false, true) => text.into_owned(),
        (false, false) => format!("\"{}\"", text.replace('"', "\"\"")),
        (true, _) => format!("\"'{}\"", text.replace('"', "\"\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_ends_before_its_text_does() {
        for (text, cell_) in [
            ("kube-system/ci", "kube-system/ci"),
            ("", ""),
            ("a b", "\"a b\""),
            ("a\"b,c", "\"a\"\"b,c\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@a", "\"'@a\""),
            ("\ta", "\"'<U+0009>a\""),
            ("\ra", "\"'<U+000D>a\""),
            ("＝1", "\"'＝1\""),
            ("a\n=b", "\"a<U+000A>=b\""),
        ] {
            assert_eq!(cell(text), cell_, "{text:?}");
        }
    }
}
