//! A report → what in it does not hold, worked out again from the bytes of the input alone.
//!
//! It reads the input by a reader of its own, and knows the techniques by a table of its own: which requests make each,
//! where each leads, how sure and how bad it is. Whatever the engine claims, it must be able to show.

mod chain;
mod evidence;
mod finding;
mod input;
mod judgement;
mod techniques;

use crate::run::File;
use cilium_exec_check_core::report::{AccessReport, EntityRef, Path};
pub use input::Given;

/// What was checked, and what does not hold.
#[derive(Debug, Default)]
pub struct Verified {
    /// Paths.
    pub paths: usize,
    /// Steps.
    pub steps: usize,
    /// Requests with what allows them.
    pub grants: usize,
    /// What does not hold, each with the path it is on.
    pub faults: Vec<String>,
}

/// Checks every path of a report on the input that it was made from; `minor` is that of an exact version.
pub fn verify(files: &[File], minor: Option<u32>, report: &AccessReport) -> Verified {
    let given = Given::new(files, minor);
    let mut verified = Verified::default();
    for finding in &report.findings {
        for path in &finding.paths {
            verified.path(&given, report, &finding.identity, path);
        }
        verified.faults.extend(finding::faults(finding));
    }
    for blocked in &report.blocked {
        for path in &blocked.paths {
            verified.path(&given, report, &blocked.identity, path);
        }
    }
    verified.faults.extend(finding::verdict(report));
    verified
}

impl Verified {
    fn path(&mut self, given: &Given, report: &AccessReport, identity: &EntityRef, path: &Path) {
        self.paths += 1;
        self.steps += path.steps.len();
        self.grants += path.steps.iter().map(|step| step.evidence.len()).sum::<usize>();
        let mut faults = chain::faults(given, report, identity, path);
        faults.extend(evidence::faults(given, identity, path));
        faults.extend(judgement::faults(given, report, path));
        if faults.is_empty() {
            return;
        }
        let steps: Vec<String> = path
            .steps
            .iter()
            .map(|step| format!("{} --{}--> {}", named(&step.from), step.technique, named(&step.to)))
            .collect();
        let path =
            format!("{:?} {:?} {:?}: {}", path.effect, path.certainty, path.severity, steps.join(", "));
        self.faults.extend(faults.into_iter().map(|fault| format!("{fault}\n    {path}")));
    }
}

/// An entity in short.
fn named(entity: &EntityRef) -> String {
    match &entity.namespace {
        Some(namespace) => format!("{} {namespace}/{}", entity.kind, entity.name),
        None => format!("{} {}", entity.kind, entity.name),
    }
}
