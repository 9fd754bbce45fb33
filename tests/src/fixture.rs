//! A folder of fixtures → input and what is expected of it, and a report → what is compared with that.

use crate::identity::identity;
use crate::run::{File, files_under};
use cilium_exec_check_core::Options;
use cilium_exec_check_core::report::{AccessReport, Finding, Path, VerdictState};
use cilium_exec_check_core::technique::{Effect, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// One case: a folder of `tests/fixtures`.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// The folder's name.
    pub name: String,
    /// The input, that of the case it builds on included.
    pub files: Vec<File>,
    /// The folders that hold the input, relative to this package.
    pub folders: Vec<String>,
    /// What must come out.
    pub expect: Expect,
}

/// `expect.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expect {
    /// The case whose input is part of this one's, and whose expected identities and notes hold here too.
    pub on: Option<String>,
    /// What the case shows, as a sentence.
    pub says: String,
    /// `--kubernetes-version`.
    pub kubernetes_version: Option<String>,
    /// The exit code of the command line.
    pub exit: u8,
    /// `verdict.state`.
    pub state: VerdictState,
    /// Findings that are not expected.
    pub findings: Vec<ObservedFinding>,
    /// Expected findings, and why.
    #[serde(default)]
    pub expected: BTreeMap<String, String>,
    /// Identities that are blocked, and the first techniques of their paths.
    #[serde(default)]
    pub blocked: BTreeMap<String, BTreeSet<String>>,
    /// The codes of all notes.
    #[serde(default)]
    pub notes: BTreeSet<String>,
}

/// The part of a report that a fixture settles; the fields are those of [`Expect`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Observed {
    pub state: VerdictState,
    pub findings: Vec<ObservedFinding>,
    pub expected: BTreeMap<String, String>,
    pub blocked: BTreeMap<String, BTreeSet<String>>,
    pub notes: BTreeSet<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedFinding {
    /// As `serviceaccount/ci/deployer`.
    pub identity: String,
    /// Its severity.
    pub severity: Severity,
    /// Its effects.
    pub effects: Vec<Effect>,
    /// Its techniques.
    pub techniques: Vec<String>,
}

impl Observed {
    /// What a report says of what a fixture settles.
    pub fn of(report: &AccessReport) -> Self {
        let finding = |finding: &Finding| ObservedFinding {
            identity: identity(&finding.identity),
            severity: finding.severity,
            effects: finding.effects.clone(),
            techniques: finding.techniques.clone(),
        };
        let first = |paths: &[Path]| {
            paths.iter().filter_map(|path| path.steps.first()).map(|step| step.technique.clone()).collect()
        };
        Observed {
            state: report.verdict.state,
            findings: report.findings.iter().filter(|found| found.expected.is_none()).map(finding).collect(),
            expected: report
                .findings
                .iter()
                .filter_map(|found| {
                    Some((identity(&found.identity), found.expected.as_ref()?.reason.clone()))
                })
                .collect(),
            blocked: report.blocked.iter().map(|it| (identity(&it.identity), first(&it.paths))).collect(),
            notes: report.notes.iter().map(|note| note.code.clone()).collect(),
        }
    }

    /// Puts findings in the order of the report: the worst first, then by identity.
    pub(crate) fn sort(findings: &mut [ObservedFinding]) {
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.identity.clone()));
    }

    /// The same as YAML, which two can be compared by line by line.
    pub fn to_yaml(&self) -> String {
        serde_yaml::to_string(self).expect("what a fixture settles is YAML")
    }
}

impl Fixture {
    /// What the core is told.
    pub fn options(&self) -> Options {
        let version = self.expect.kubernetes_version.as_deref().map(|text| {
            let (major, minor) = text.split_once('.').expect("a version has a dot");
            (major.parse().expect("a major is a number"), minor.parse().expect("a minor is a number"))
        });
        Options { kubernetes_version: version, ..Options::default() }
    }

    /// What the command line is told.
    pub fn arguments(&self) -> Vec<String> {
        let version = self
            .expect
            .kubernetes_version
            .iter()
            .flat_map(|text| ["--kubernetes-version".to_owned(), text.clone()]);
        self.folders.iter().flat_map(|folder| ["-f".to_owned(), folder.clone()]).chain(version).collect()
    }

    /// What must be observed.
    pub fn expected(&self) -> Observed {
        let Expect { state, findings, expected, blocked, notes, .. } = self.expect.clone();
        Observed { state, findings, expected, blocked, notes }
    }

    pub(crate) fn load(name: &str) -> Self {
        let folder = folder().join(name);
        let text = std::fs::read_to_string(folder.join("expect.yaml"))
            .unwrap_or_else(|error| panic!("{name}/expect.yaml: {error}"));
        let mut expect: Expect =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}/expect.yaml: {error}"));
        let own = format!("fixtures/{name}/input");
        let mut files = files_under(&folder.join("input"), &own);
        let mut folders = vec![own];
        if let Some(base) = expect.on.as_deref().map(Fixture::load) {
            files.extend(base.files);
            folders.extend(base.folders);
            for (identity, reason) in base.expect.expected {
                expect.expected.entry(identity).or_insert(reason);
            }
            expect.notes.extend(base.expect.notes);
        }
        Fixture { name: name.to_owned(), files, folders, expect }
    }
}

fn folder() -> PathBuf {
    crate::root().join("tests/fixtures")
}

/// The fixture of this name.
///
/// # Panics
/// Where it cannot be read or understood.
pub fn fixture(name: &str) -> Fixture {
    Fixture::load(name)
}

/// Every fixture, sorted by name; a folder without `expect.yaml` belongs to another test.
///
/// # Panics
/// Where one cannot be read or understood.
pub fn fixtures() -> Vec<Fixture> {
    let entries = std::fs::read_dir(folder()).expect("the folder of fixtures can be listed");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the folder of fixtures can be listed"))
        .filter(|entry| entry.path().join("expect.yaml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.iter().map(|name| Fixture::load(name)).collect()
}
