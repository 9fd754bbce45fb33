//! What the user and the Worker do → what the page shows.

use crate::outcome::{Outcome, Step};
use crate::protocol::SourceFile;
use crate::text::count;
use crate::what_if::{Difference, difference};
use cilium_exec_check_core::Options;
use cilium_exec_check_core::report::{AccessReport, Nothing, VerdictState};
use cilium_exec_check_core::without::Without;
use std::rc::Rc;
use yew::Reducible;

/// Everything that the page shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The files of the outcome.
    pub files: Rc<Vec<SourceFile>>,
    /// What the outcome was made with.
    pub options: Options,
    /// The last check that was finished.
    pub outcome: Option<Outcome>,
    /// How that differs from what was found before grants were left out, while some are.
    pub difference: Option<Rc<Difference>>,
    /// The check that is under way.
    pub checking: Option<Checking>,
    /// What assistive technology is told, and everybody else reads.
    pub announcement: Announcement,
    /// The Worker holds what was read for the outcome.
    pub held: bool,
    /// What was left out before each change of that, for undoing.
    past: Vec<Vec<Without>>,
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
    /// What the core is told.
    pub options: Options,
    /// The files are those of the outcome, so that what stands on the page stays there meanwhile.
    pub again: bool,
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
    /// A grant is to be left out, or no longer.
    Switch(Without),
    /// All of these are to be left out in one go, or where they all are, no longer.
    Try(Vec<Without>),
    /// The last change of what is left out is to be taken back.
    Undo,
    /// Nothing is to be left out.
    PutBack,
    /// The API server's version, where the input is not to decide.
    Version(Option<(u32, u32)>),
    /// Cilium's namespaces, where they are not to be detected.
    Namespaces(Vec<String>),
    /// Something is said that is no check.
    Announce(Announcement),
    /// The check with this number went on.
    Step(u32, Step),
    /// The check is to stop.
    Cancel,
    /// Everything is to go.
    Clear,
}

impl Action {
    /// Says at once what is wrong.
    pub fn alert(text: &str) -> Self {
        Action::Announce(Announcement::Alert(text.to_owned()))
    }
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
            Action::Replace(files) => {
                state.options = Options::default();
                state.start(files);
            }
            Action::Remove(name) => {
                let mut all = state.known_files();
                all.retain(|file| file.name != name);
                if all.is_empty() {
                    state = State { runs: state.runs, ..State::default() };
                } else {
                    state.start(all);
                }
            }
            Action::Switch(grant) => state.try_out(vec![grant]),
            Action::Try(grants) => state.try_out(grants),
            Action::Undo => state.undo(),
            Action::PutBack => state.leave_out(Vec::new(), true),
            Action::Version(version) => {
                state.judge(Options { kubernetes_version: version, ..state.known_options() })
            }
            Action::Namespaces(names) => {
                state.judge(Options { cilium_namespaces: names, ..state.known_options() })
            }
            Action::Announce(announcement) => state.announcement = announcement,
            Action::Step(run, step) => state.step(run, step),
            Action::Cancel => state.cancel(),
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

    /// Tells one reading from the next, so that what was opened in one is not open in the other.
    pub fn shown(&self) -> u32 {
        self.finished
    }

    /// What is asked for: of the check under way, else of the outcome.
    pub fn known_options(&self) -> Options {
        self.checking.as_ref().map_or(&self.options, |checking| &checking.options).clone()
    }

    /// Whether there is a change of what is left out to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// The files of the check under way, else of the outcome.
    fn known_files(&self) -> Vec<SourceFile> {
        self.checking.as_ref().map_or(&self.files, |checking| &checking.files).to_vec()
    }

    /// Checks other files; what was left out may not be in them.
    fn start(&mut self, files: Vec<SourceFile>) {
        let options = Options { without: Vec::new(), ..self.known_options() };
        let number = files.len() as u64;
        self.announcement = Announcement::Status(format!("Checking {} …", count(number, "file", "files")));
        self.held = false;
        self.past.clear();
        self.begin(Rc::new(files), options, false);
    }

    /// Judges the same files by other options. What is left out is compared with the whole, so that is judged first.
    fn judge(&mut self, options: Options) {
        if options == self.known_options() {
            return;
        }
        self.past.clear();
        let options = Options { without: Vec::new(), ..options };
        match &self.checking {
            Some(checking) if !checking.again => {
                let files = Rc::clone(&checking.files);
                self.begin(files, options, false);
            }
            _ if self.outcome.is_some() => self.begin(Rc::clone(&self.files), options, true),
            _ => self.options = options,
        }
    }

    fn begin(&mut self, files: Rc<Vec<SourceFile>>, options: Options, again: bool) {
        self.runs += 1;
        self.checking =
            Some(Checking { run: self.runs, files, options, again, file: 0, bytes: 0, analyzing: false });
    }

    fn try_out(&mut self, mut grants: Vec<Without>) {
        let mut without = self.known_options().without;
        match grants.iter().all(|grant| without.contains(grant)) {
            true => without.retain(|known| !grants.contains(known)),
            false => {
                grants.retain(|grant| !without.contains(grant));
                without.append(&mut grants);
            }
        }
        self.leave_out(without, true);
    }

    fn undo(&mut self) {
        if let Some(without) = self.past.pop() {
            self.leave_out(without, false);
        }
    }

    /// Judges the outcome's files without these grants. What is there without any is still known.
    fn leave_out(&mut self, without: Vec<Without>, undoable: bool) {
        if self.outcome.is_none() || self.checking.as_ref().is_some_and(|checking| !checking.again) {
            return;
        }
        let options = self.known_options();
        if undoable {
            self.past.push(options.without.clone());
        }
        match self.difference.take_if(|_| without.is_empty()) {
            Some(difference) => {
                self.announcement = Announcement::Status("Everything was put back.".to_owned());
                self.outcome = Some(difference.before.clone());
                self.checking = None;
                self.options.without = without;
            }
            None => self.begin(Rc::clone(&self.files), Options { without, ..options }, true),
        }
    }

    fn cancel(&mut self) {
        let Some(checking) = self.checking.take() else { return };
        if checking.again && checking.options.without != self.options.without {
            self.past.pop();
        }
        let rest = match self.outcome {
            Some(_) => "what stands here is from before.",
            None => "nothing was checked.",
        };
        self.announcement = Announcement::Status(format!("Cancelled: {rest}"));
        self.held = false;
    }

    fn step(&mut self, run: u32, step: Step) {
        // Whoever broke down cannot say at what.
        let broken = run == 0 && matches!(step, Step::Failed(_));
        let Some(checking) = self.checking.as_mut().filter(|checking| broken || checking.run == run) else {
            self.held &= !broken;
            return;
        };
        match step {
            Step::Reading(file, bytes) => {
                checking.file = file;
                checking.bytes = bytes;
            }
            Step::Analyzing => checking.analyzing = true,
            Step::Finished(outcome) => {
                if let Some(checking) = self.checking.take() {
                    self.finish(checking, outcome);
                }
            }
            Step::Failed(reason) => {
                self.announcement = Announcement::Alert(format!(
                    "The check failed: {reason}. Nothing was checked; you can go on with other files."
                ));
                self.held = false;
                self.checking = None;
            }
        }
    }

    fn finish(&mut self, checking: Checking, outcome: Outcome) {
        let known = self.difference.take().map(|difference| difference.before.clone());
        let before = known.or(self.outcome.take()).filter(|_| !checking.options.without.is_empty());
        self.difference = before.map(|before| Rc::new(difference(before, &outcome)));
        self.announcement = Announcement::Status(match &self.difference {
            Some(difference) => difference.words(),
            None => announced(&outcome.report, &checking.options),
        });
        self.files = checking.files;
        self.options = checking.options;
        self.outcome = Some(outcome);
        self.held = true;
        if !checking.again {
            self.finished = checking.run;
        }
    }
}

impl Difference {
    /// `2 findings close, 7 are left.`
    pub fn words(&self) -> String {
        let some =
            |number: usize, one: &str, many: &str| (number > 0).then(|| count(number as u64, one, many));
        let closed = match self.closed.len() {
            0 => "No finding closes".to_owned(),
            number => count(number as u64, "finding closes", "findings close"),
        };
        let rest = [
            some(self.lessened, "becomes less severe", "become less severe"),
            some(self.opened, "is no longer expected", "are no longer expected"),
            Some(match self.left {
                0 => "none is left".to_owned(),
                left => count(left as u64, "is left", "are left"),
            }),
        ];
        let parts: Vec<String> = std::iter::once(closed).chain(rest.into_iter().flatten()).collect();
        format!("{}.", parts.join(", "))
    }
}

/// The verdict, and that something could not be read.
fn announced(report: &AccessReport, options: &Options) -> String {
    let errors = report.diagnostics.iter().filter(|diagnostic| diagnostic.severity == "error").count() as u64;
    match errors {
        0 => headline(report, options),
        _ => format!("{} {} in the input.", headline(report, options), count(errors, "error", "errors")),
    }
}

/// Why there is nothing to check, if so: nobody says where Cilium runs, and nothing shows it.
pub fn nothing(report: &AccessReport, options: &Options) -> Option<Nothing> {
    report.nothing_to_check(!options.cilium_namespaces.is_empty())
}

/// The verdict in one sentence.
pub fn headline(report: &AccessReport, options: &Options) -> String {
    match nothing(report, options) {
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
