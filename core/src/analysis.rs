//! The pipeline: a snapshot and options in, the report out.

use crate::model::Snapshot;
use crate::report::{API_VERSION, AccessReport, Counts, Input, Tool, Verdict, VerdictState, VersionSource};

/// What a run may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The API server's (major, minor), exact; taken from the input where it is `None`.
    pub kubernetes_version: Option<(u32, u32)>,
    /// Namespaces to take for Cilium's, instead of detection; empty means detect.
    pub cilium_namespaces: Vec<String>,
}

/// Answers who can gain privileged Cilium access, as far as the snapshot shows.
pub fn analyze(_snapshot: &Snapshot, _options: &Options) -> AccessReport {
    AccessReport {
        api_version: API_VERSION.to_owned(),
        kind: "AccessReport".to_owned(),
        tool: Tool { name: "cilium-exec-check".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        input: Input {
            sources: Vec::new(),
            kubernetes_version: None,
            kubernetes_version_source: VersionSource::Unknown,
            complete: false,
            coverage: Vec::new(),
        },
        cilium: Vec::new(),
        verdict: Verdict {
            state: VerdictState::Unknown,
            at_least: true,
            privileged: 0,
            counts: Counts::default(),
        },
        findings: Vec::new(),
        notes: Vec::new(),
        blocked: Vec::new(),
        limits: Vec::new(),
        diagnostics: Vec::new(),
    }
}
