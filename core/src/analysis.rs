//! The pipeline: a snapshot and options in, the report out.

use crate::authorizer::RoleTable;
use crate::beside::{Beside, InTurn, both};
use crate::cilium::{self, Component, Confidence, Installation, Privilege};
use crate::coverage;
use crate::finding::{self, Analysis};
use crate::graph::{Grants, Graph, Routes, World};
use crate::limits::LIMITS;
use crate::model::{Name, Snapshot};
use crate::notes;
use crate::report::{self, API_VERSION, AccessReport, Counts, Finding, Tool, Verdict, VerdictState};
use crate::technique::Severity;
use crate::version::VersionRange;
use crate::without::{self, Without};
use serde::{Deserialize, Serialize};

/// What a run may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The API server's (major, minor), exact; taken from the input where it is `None`.
    pub kubernetes_version: Option<(u32, u32)>,
    /// Namespaces to take for Cilium's, instead of detection; empty means detect.
    pub cilium_namespaces: Vec<String>,
    /// What if: grants to leave out, as if they were not in the input.
    pub without: Vec<Without>,
}

/// Answers who can gain privileged Cilium access, as far as the snapshot shows.
pub fn analyze(snapshot: &Snapshot, options: &Options) -> AccessReport {
    analyze_beside(snapshot, options, &InTurn)
}

/// The same with what a shell lends, which does not show in the answer.
pub fn analyze_beside(snapshot: &Snapshot, options: &Options, beside: &dyn Beside) -> AccessReport {
    if options.without.is_empty() {
        return judge(snapshot, options, beside);
    }
    let report = judge(&without::reduced(snapshot, &options.without), options, beside);
    without::told(report, snapshot, &options.without)
}

fn judge(snapshot: &Snapshot, options: &Options, beside: &dyn Beside) -> AccessReport {
    let namespaces: Vec<Name> =
        options.cilium_namespaces.iter().map(|name| Name::from(name.as_str())).collect();
    let roles = RoleTable::new(snapshot);
    let (installation, grants) =
        both(beside, || cilium::detect(snapshot, &roles, &namespaces), || Grants::new(snapshot, &roles));
    let version = VersionRange::new(snapshot, options.kubernetes_version);
    let world = World { snapshot, roles: &roles, installation: &installation, version };
    let graph = Graph::new(&world, &grants);
    let routes = Routes::new(&world, &graph, |component| namespace_of(&installation, component));
    let (findings, blocked) =
        finding::findings(&Analysis { world: &world, grants: &grants, graph: &graph, routes: &routes });
    let input = input(snapshot, &version);
    AccessReport {
        api_version: API_VERSION.to_owned(),
        kind: "AccessReport".to_owned(),
        tool: Tool { name: "cilium-exec-check".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        cilium: installation.components.iter().map(|component| component_of(&world, component)).collect(),
        verdict: verdict(&findings, input.complete),
        notes: notes::notes(&world, &grants, &findings),
        limits: LIMITS.iter().map(|limit| (*limit).to_owned()).collect(),
        diagnostics: diagnostics(&world),
        input,
        findings,
        blocked,
    }
}

fn namespace_of(installation: &Installation, component: usize) -> Name {
    let component = installation.components.get(component);
    component.map_or_else(|| Name::from(""), |component| component.namespace.clone())
}

fn input(snapshot: &Snapshot, version: &VersionRange) -> report::Input {
    let sources = snapshot.sources.iter().map(|source| report::SourceRef {
        name: source.name.clone(),
        bytes: source.bytes,
        objects: source.objects,
    });
    let coverage = coverage::coverage(snapshot);
    report::Input {
        sources: sources.collect(),
        kubernetes_version: version.printed(),
        kubernetes_version_source: version.source,
        complete: coverage::is_complete(&coverage),
        coverage,
        without: Vec::new(),
    }
}

fn verdict(findings: &[Finding], complete: bool) -> Verdict {
    let open = || findings.iter().filter(|finding| finding.expected.is_none());
    let privileged =
        open().filter(|finding| finding.effects.iter().any(|effect| effect.is_privileged())).count();
    let expected = findings.len().saturating_sub(open().count()) as u64;
    let mut counts = Counts { expected, ..Counts::default() };
    for finding in open() {
        match finding.severity {
            Severity::Critical => counts.critical += 1,
            Severity::High => counts.high += 1,
            Severity::Medium => counts.medium += 1,
            Severity::Low | Severity::None => counts.low += 1,
        }
    }
    let state = match (privileged, complete) {
        (0, true) => VerdictState::NotReached,
        (0, false) => VerdictState::Unknown,
        _ => VerdictState::Reachable,
    };
    Verdict { state, at_least: !complete, privileged: privileged as u64, counts }
}

fn component_of(world: &World<'_>, component: &Component) -> report::Component {
    let workload = component.workload.as_ref();
    report::Component {
        component: component.kind.as_str().to_owned(),
        namespace: component.namespace.to_string(),
        workload: workload
            .map(|(kind, name)| report::WorkloadRef { kind: kind.to_string(), name: name.to_string() }),
        service_account: component.service_account.as_ref().map(|name| name.to_string()),
        version: component.version.clone(),
        pods: component.pods.len() as u64,
        nodes: component.nodes.iter().map(|name| name.to_string()).collect(),
        confidence: match component.confidence {
            Confidence::Confirmed => "confirmed",
            Confidence::Probable => "probable",
            Confidence::Possible => "possible",
            Confidence::Assumed => "assumed",
        }
        .to_owned(),
        privilege: match component.privilege {
            Privilege::RootEquivalent => "root-equivalent",
            Privilege::Elevated => "elevated",
            Privilege::Ordinary => "ordinary",
        }
        .to_owned(),
        evidence: component
            .evidence
            .iter()
            .map(|item| report::PrivilegeRef {
                container: item.container.to_string(),
                code: item.code.clone(),
                detail: item.detail.clone(),
                source: finding::source(world, item.at),
            })
            .collect(),
    }
}

fn diagnostics(world: &World<'_>) -> Vec<report::DiagnosticRef> {
    let all = world.snapshot.diagnostics.iter();
    all.map(|diagnostic| report::DiagnosticRef {
        code: diagnostic.code.as_str().to_owned(),
        severity: match diagnostic.level {
            crate::diagnostic::Level::Error => "error",
            crate::diagnostic::Level::Warning => "warning",
        }
        .to_owned(),
        message: diagnostic.message.clone(),
        help: diagnostic.help.clone(),
        source: finding::source(world, diagnostic.at),
    })
    .collect()
}
