//! Arguments → what to do: the commands, the flags of every checking command, and their help.

mod can_i;
mod check;

pub use can_i::{CanIArgs, ReviewForm};
pub use check::{CheckArgs, FailOn, When};

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// How users call it; usage lines and messages say so.
pub const PROGRAM: &str = "kubectl cilium-exec-check";

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "cilium-exec-check",
    bin_name = PROGRAM,
    version,
    about = "Says who can gain privileged Cilium access, by which exact grant, from exported RBAC and pods",
    after_help = after_help(),
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = false,
    term_width = 110
)]
pub struct Cli {
    /// What to do; without a command the input is checked.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of the check.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The commands beside the check itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show every path of one identity, rule by rule, with file and line
    Explain {
        /// serviceaccount/NAMESPACE/NAME, user/NAME, group/NAME or node/NAME
        identity: String,
        /// The flags of the check.
        #[command(flatten)]
        check: Box<CheckArgs>,
    },
    /// Answer SubjectAccessReviews from the export: an offline `kubectl auth can-i`
    #[command(after_help = can_i::after_help())]
    CanI(CanIArgs),
    /// Print the catalogue of ways in, or one entry in full
    Techniques {
        /// The entry to print in full, as pods-exec
        id: Option<String>,
    },
    /// Print a completion script
    Completion {
        /// The shell
        shell: Shell,
    },
    /// Print the version
    Version,
}

/// The definition, for help and completion scripts.
pub fn definition() -> clap::Command {
    Cli::command()
}

fn after_help() -> String {
    let export = crate::hint::export_commands();
    format!(
        "\
Exit codes (the same for every format):
  0    complete, and nothing at or above --fail-on that is not expected
  1    findings at or above --fail-on, even where the input is incomplete
  2    no verdict: usage, unreadable input, output error
  3    no such finding, but the input is incomplete: a lower bound only
  4    nothing to check: no RBAC objects, or no Cilium among the pods
  70   internal error; 130 and 143: ended by SIGINT or SIGTERM

Export what the check reads (kubectl lists, and reads no Secret):
{export}

Examples:
  {PROGRAM} --demo
  {PROGRAM} -f rbac.yaml -f cluster.yaml
  {PROGRAM} -R -f exports/ --kubernetes-version 1.34 -o wide
  {PROGRAM} -f cluster.yaml -o text -o json=report.json --fail-on critical
  {PROGRAM} -f rbac.yaml -f cluster.yaml --redact -o html=report.html --open
  kubectl get pods,nodes -A -o yaml | {PROGRAM} -f rbac.yaml -f - --allow-incomplete
  {PROGRAM} explain serviceaccount/ci/deployer -f cluster.yaml
  {PROGRAM} --without clusterrole/debug/rules/0 -f cluster.yaml
  {PROGRAM} can-i --reviews reviews.yaml -f rbac.yaml
  {PROGRAM} techniques pods-exec"
    )
}
