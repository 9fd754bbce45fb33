//! What a finding and the verdict say of paths, worked out again.

use super::named;
use cilium_exec_check_core::report::{AccessReport, Certainty, Finding, VerdictState};
use cilium_exec_check_core::technique::{Effect, Severity};
use std::collections::BTreeSet;

/// What does not hold of a finding.
pub(super) fn faults(finding: &Finding) -> Vec<String> {
    let who = named(&finding.identity);
    let counting: Vec<_> = finding.paths.iter().filter(|path| path.certainty != Certainty::Blocked).collect();
    let mut faults = Vec::new();
    if counting.is_empty() {
        return vec![format!("{who}: no path counts")];
    }
    let unexpected: Vec<_> = counting.iter().filter(|path| path.expected.is_none()).collect();
    if finding.expected.is_some() != unexpected.is_empty() {
        faults.push(format!("{who}: expected {:?} with {} other paths", finding.expected, unexpected.len()));
    }
    let deciding = if unexpected.is_empty() { counting.iter().collect() } else { unexpected };
    let severity = deciding.iter().map(|path| path.severity).max();
    if severity != Some(finding.severity) {
        faults.push(format!("{who}: its worst path is {severity:?}"));
    }
    let effects: BTreeSet<Effect> = deciding.iter().map(|path| path.effect).collect();
    // Paths beyond the hundred that are listed may have others.
    if finding.paths_omitted == 0 && effects != finding.effects.iter().copied().collect() {
        faults.push(format!("{who}: its paths have {effects:?}"));
    }
    faults
}

/// What does not hold of the verdict.
pub(super) fn verdict(report: &AccessReport) -> Vec<String> {
    let mut faults = Vec::new();
    let open: Vec<&Finding> = report.findings.iter().filter(|finding| finding.expected.is_none()).collect();
    let privileged = |finding: &&&Finding| {
        let mut effects = finding.effects.iter();
        effects.any(|effect| [Effect::Exec, Effect::NodeRoot, Effect::Identity].contains(effect))
    };
    let state = match (open.iter().any(|finding| privileged(&finding)), report.input.complete) {
        (true, _) => VerdictState::Reachable,
        (false, true) => VerdictState::NotReached,
        (false, false) => VerdictState::Unknown,
    };
    if state != report.verdict.state {
        faults.push(format!("the verdict is {state:?}"));
    }
    let of = |severity| open.iter().filter(|finding| finding.severity == severity).count() as u64;
    let counts = &report.verdict.counts;
    let counted = [counts.critical, counts.high, counts.medium, counts.low];
    let found = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low].map(of);
    if counted != found {
        faults.push(format!("the counts are {found:?}, not {counted:?}"));
    }
    for blocked in &report.blocked {
        if blocked.paths.iter().any(|path| path.certainty != Certainty::Blocked) {
            faults.push(format!("{}: a path of it counts", named(&blocked.identity)));
        }
    }
    faults
}
