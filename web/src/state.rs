//! What the user and the Worker do → what the page shows.

use crate::outcome::{Outcome, Step};
use crate::protocol::SourceFile;
use crate::text::count;
use cilium_exec_check_core::report::{AccessReport, Nothing, VerdictState};
use std::rc::Rc;
use yew::Reducible;

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The files of the outcome.
    pub files: Rc<Vec<SourceFile>>,
    /// The last check that was finished.
    pub outcome: Option<Outcome>,
    /// The check that is under way.
    pub checking: Option<Checking>,
    /// What assistive technology is told, and everybody else reads.
    pub announcement: Announcement,
    runs: u32,
    finished: u32,
}

/// A check that is under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Checking {
    /// Tells checks apart: what a cancelled one still says is not listened to.
    pub run: u32,
    /// What is checked.
    pub files: Rc<Vec<SourceFile>>,
    /// The index of the file that is being read; those before it are read.
    pub file: usize,
    /// Bytes read of that file.
    pub bytes: u64,
    /// Everything was read.
    pub analyzing: bool,
}

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Announcement {
    /// Nothing.
    #[default]
    Silence,
    /// Politely.
    Status(String),
    /// At once.
    Alert(String),
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Files came: they join those that are there, and take the place of files with their names.
    Add(Vec<SourceFile>),
    /// Files came that stand alone.
    Replace(Vec<SourceFile>),
    /// A file is to be left out.
    Remove(String),
    /// Something is said that is no check.
    Announce(Announcement),
    /// The check with this number went on.
    Step(u32, Step),
    /// The check is to stop.
    Cancel,
    /// Everything is to go.
    Clear,
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        match action {
            Action::Add(files) => {
                let mut all = state.known_files();
                all.retain(|old| files.iter().all(|new| new.name != old.name));
                all.extend(files);
                state.start(all);
            }
            Action::Replace(files) => state.start(files),
            Action::Remove(name) => {
                let mut all = state.known_files();
                all.retain(|file| file.name != name);
                if all.is_empty() {
                    state = State { runs: state.runs, ..State::default() };
                } else {
                    state.start(all);
                }
            }
            Action::Announce(announcement) => state.announcement = announcement,
            Action::Step(run, step) => state.step(run, step),
            Action::Cancel => {
                if state.checking.take().is_some() {
                    let rest = if state.outcome.is_some() {
                        "what stands here is from before."
                    } else {
                        "nothing was checked."
                    };
                    state.announcement = Announcement::Status(format!("Cancelled: {rest}"));
                }
            }
            Action::Clear => {
                let announcement = Announcement::Status("Everything was removed.".to_owned());
                state = State { runs: state.runs, announcement, ..State::default() };
            }
        }
        Rc::new(state)
    }
}

impl Checking {
    /// How many bytes there are to read.
    pub fn total(&self) -> u64 {
        self.files.iter().map(|file| file.blob.size() as u64).sum()
    }

    /// How many of them were read.
    pub fn done(&self) -> u64 {
        let before = self.files.iter().take(self.file).map(|file| file.blob.size() as u64).sum::<u64>();
        if self.analyzing { self.total() } else { before + self.bytes }
    }
}

impl State {
    /// Whether a file of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.known_files().iter().any(|file| file.name == name)
    }

    /// Tells one outcome from the next, so that what was opened in one is not open in the other.
    pub fn shown(&self) -> u32 {
        self.finished
    }

    /// The files of the check under way, else of the outcome.
    fn known_files(&self) -> Vec<SourceFile> {
        self.checking.as_ref().map_or(&self.files, |checking| &checking.files).to_vec()
    }

    fn start(&mut self, files: Vec<SourceFile>) {
        self.runs += 1;
        let number = files.len() as u64;
        self.announcement = Announcement::Status(format!("Checking {} …", count(number, "file", "files")));
        self.checking =
            Some(Checking { run: self.runs, files: Rc::new(files), file: 0, bytes: 0, analyzing: false });
    }

    fn step(&mut self, run: u32, step: Step) {
        let Some(checking) = self.checking.as_mut().filter(|checking| checking.run == run) else { return };
        match step {
            Step::Reading(file, bytes) => {
                checking.file = file;
                checking.bytes = bytes;
            }
            Step::Analyzing => checking.analyzing = true,
            Step::Finished(outcome) => {
                self.announcement = Announcement::Status(announced(&outcome.report));
                self.files = Rc::clone(&checking.files);
                self.outcome = Some(outcome);
                self.finished = run;
                self.checking = None;
            }
            Step::Failed(reason) => {
                self.announcement = Announcement::Alert(format!(
                    "The check failed: {reason}. Nothing was checked; you can go on with other files."
                ));
                self.checking = None;
            }
        }
    }
}

/// The verdict, and that something could not be read.
fn announced(report: &AccessReport) -> String {
    let errors = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == "error").count() as u64;
    match errors {
        0 => headline(report),
        _ => format!("{} {} in the input.", headline(report), count(errors, "error", "errors")),
    }
}

/// The verdict in one sentence.
pub fn headline(report: &AccessReport) -> String {
    match report.nothing_to_check(false) {
        Some(Nothing::NoRbac) => {
            return "There is nothing to check: no RBAC object is in the input.".to_owned();
        }
        Some(Nothing::NoCilium) => {
            return "There is nothing to check: none of the pods and workloads in the input is Cilium’s."
                .to_owned();
        }
        None => {}
    }
    let verdict = &report.verdict;
    match verdict.state {
        VerdictState::Reachable => {
            let least = if verdict.at_least { "At least " } else { "" };
            let who = count(verdict.privileged, "identity", "identities");
            format!("{least}{who} can gain privileged Cilium access.")
        }
        VerdictState::NotReached => "No way in was found through what was supplied.".to_owned(),
        VerdictState::Unknown => "No way in was found so far, but the input is incomplete.".to_owned(),
    }
}
