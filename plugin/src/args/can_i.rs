//! The flags of `can-i`: what to read, and the reviews to answer from it.

use super::{CheckArgs, PROGRAM, When};
use crate::exit::Failure;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ReviewForm {
    Json,
    Yaml,
}

/// What to answer, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CanIArgs {
    /// The SubjectAccessReviews to answer: a file of YAML, JSON or JSON Lines, or - for stdin
    #[arg(long, value_name = "FILE|-", help_heading = "Reviews")]
    pub reviews: PathBuf,
    /// Compute the rules of aggregated ClusterRoles whose stored rules are empty; without it only stored rules count
    #[arg(long, help_heading = "Reviews")]
    pub aggregate: bool,
    /// Exported YAML or JSON to read: a file, a folder, an archive (.gz, .tar.gz, .zip), or - for stdin; repeatable
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR|-", help_heading = "Input")]
    pub filename: Vec<PathBuf>,
    /// Read the folders given with -f with all their subfolders
    #[arg(short = 'R', long, help_heading = "Input")]
    pub recursive: bool,
    /// Answer from the small sample cluster that is built in
    #[arg(long, conflicts_with = "filename", help_heading = "Input")]
    pub demo: bool,
    /// Exit 2 where any file or object could not be read
    #[arg(long, help_heading = "Input")]
    pub strict: bool,
    /// What to print: json or yaml [default: as the reviews came]
    #[arg(short = 'o', long, value_name = "FORMAT", help_heading = "Output")]
    pub output: Option<ReviewForm>,
    /// Say on stderr which file is being read: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", hide_possible_values = true, help_heading = "Output")]
    pub progress: Option<When>,
    /// Print every diagnostic and what was read on stderr
    #[arg(short = 'v', long, help_heading = "Output")]
    pub verbose: bool,
}

impl CanIArgs {
    /// Adds the flags that were given before the command's name; those that only the check has are refused.
    pub fn with_earlier(mut self, earlier: CheckArgs) -> Result<Self, Failure> {
        let input = CheckArgs {
            filename: earlier.filename.clone(),
            recursive: earlier.recursive,
            demo: earlier.demo,
            strict: earlier.strict,
            progress: earlier.progress,
            verbose: earlier.verbose,
            ..CheckArgs::default()
        };
        if earlier != input {
            let help = format!("see `{PROGRAM} can-i --help`");
            return Err(Failure::with_help("a flag before `can-i` is one of the check alone", help));
        }
        self.filename.splice(0..0, input.filename);
        self.recursive |= input.recursive;
        self.demo |= input.demo;
        self.strict |= input.strict;
        self.verbose |= input.verbose;
        self.progress = self.progress.or(input.progress);
        Ok(self)
    }

    /// What the input is read by.
    pub(crate) fn input(&self) -> CheckArgs {
        CheckArgs {
            filename: self.filename.clone(),
            recursive: self.recursive,
            demo: self.demo,
            strict: self.strict,
            progress: self.progress,
            verbose: self.verbose,
            ..CheckArgs::default()
        }
    }
}

/// What the help ends with.
pub(super) fn after_help() -> String {
    format!(
        "\
Each review is printed with its status: `allowed`, and in `reason` every binding that allows it, sorted.
RBAC alone answers, with the groups that the review names: none is implied, and system:masters is a group
like any other. JSON Lines give JSON Lines, a List gives a List, several documents give several.

Exit codes:
  0    every review was answered
  2    usage, unreadable input, or a review that is malformed: stderr names it by FILE:LINE:COL, it is left
       out, and the others are answered

A review:
  apiVersion: authorization.k8s.io/v1
  kind: SubjectAccessReview
  spec:
    user: system:serviceaccount:ci:deployer
    groups: [system:serviceaccounts, system:serviceaccounts:ci, system:authenticated]
    resourceAttributes: {{verb: create, resource: pods, subresource: exec, namespace: kube-system}}

Examples:
  {PROGRAM} can-i --reviews reviews.yaml -f rbac.yaml
  {PROGRAM} can-i --reviews questions.jsonl -R -f exports/ > answers.jsonl
  {PROGRAM} can-i --reviews - --aggregate -f chart.yaml < reviews.json"
    )
}
