//! The flags that every checking command takes.

use crate::output::OutputArg;
use cilium_exec_check_core::technique::Severity;
use cilium_exec_check_core::without::Without;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// When to do something that depends on where the output goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal only.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The severity from which findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    None,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        let least = match self {
            FailOn::Critical => Severity::Critical,
            FailOn::High => Severity::High,
            FailOn::Medium => Severity::Medium,
            FailOn::Low => Severity::Low,
            FailOn::None => return false,
        };
        severity >= least
    }
}

/// What to read, how to judge it, and where the result goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct CheckArgs {
    /// Exported YAML or JSON to read: a file, a folder, an archive (.gz, .tar.gz, .zip), or - for stdin; repeatable
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR|-", help_heading = "Input")]
    pub filename: Vec<PathBuf>,
    /// Read the folders given with -f with all their subfolders
    #[arg(short = 'R', long, help_heading = "Input")]
    pub recursive: bool,
    /// Check a small sample cluster that is built in; exits 0 unless --fail-on is given
    #[arg(long, conflicts_with = "filename", help_heading = "Input")]
    pub demo: bool,
    /// The API server's version, as 1.34 [default: from the input; else the worst supported one]
    #[arg(long, value_name = "VERSION", value_parser = kubernetes_version, help_heading = "Input")]
    pub kubernetes_version: Option<(u32, u32)>,
    /// A namespace to take for Cilium's, instead of detecting it; repeatable
    #[arg(long, value_name = "NAMESPACE", help_heading = "Input")]
    pub cilium_namespace: Vec<String>,
    /// What if this were gone: KIND/NAMESPACE/NAME or KIND/NAME of a binding or role, or with /subjects/N or /rules/N
    /// behind it one subject or rule, counted from 0; repeatable
    #[arg(long, value_name = "GRANT", value_parser = Without::parse, help_heading = "Input")]
    pub without: Vec<Without>,
    /// What to print: text, wide, json, yaml, html, markdown, csv or name; FORMAT=FILE writes a file; repeatable [default: text]
    #[arg(short = 'o', long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub output: Vec<OutputArg>,
    /// List the shipped defaults too, which text folds otherwise
    #[arg(long, help_heading = "Output")]
    pub show_expected: bool,
    /// Replace names by pseudonyms, the same name by the same one, in the result; stderr still names files
    #[arg(long, help_heading = "Output")]
    pub redact: bool,
    /// Show the HTML report in the browser too: the file of -o html=FILE, else a temporary one
    #[arg(long, help_heading = "Output")]
    pub open: bool,
    /// Colour the text: auto, always or never (NO_COLOR and TERM=dumb mean never) [default: auto]
    #[arg(long, value_name = "WHEN", hide_possible_values = true, help_heading = "Output")]
    pub color: Option<When>,
    /// Say on stderr which file is being read: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", hide_possible_values = true, help_heading = "Output")]
    pub progress: Option<When>,
    /// Print every diagnostic and what was read on stderr
    #[arg(short = 'v', long, help_heading = "Output")]
    pub verbose: bool,
    /// The lowest severity that exits 1: critical, high, medium, low or none [default: high]
    #[arg(long, value_name = "SEVERITY", hide_possible_values = true, help_heading = "Verdict")]
    pub fail_on: Option<FailOn>,
    /// Exit 0 instead of 3 where the input is incomplete
    #[arg(long, help_heading = "Verdict")]
    pub allow_incomplete: bool,
    /// Exit 2 where any file or object could not be read
    #[arg(long, help_heading = "Verdict")]
    pub strict: bool,
    /// Exit 0 instead of 1, 3 and 4
    #[arg(long, help_heading = "Verdict")]
    pub exit_zero: bool,
}

impl CheckArgs {
    /// Adds the flags that were given before the command's name; those after it win where only one can hold.
    pub fn with_earlier(mut self, earlier: CheckArgs) -> Self {
        self.filename.splice(0..0, earlier.filename);
        self.cilium_namespace.splice(0..0, earlier.cilium_namespace);
        self.without.splice(0..0, earlier.without);
        self.output.splice(0..0, earlier.output);
        self.recursive |= earlier.recursive;
        self.demo |= earlier.demo;
        self.show_expected |= earlier.show_expected;
        self.redact |= earlier.redact;
        self.open |= earlier.open;
        self.verbose |= earlier.verbose;
        self.allow_incomplete |= earlier.allow_incomplete;
        self.strict |= earlier.strict;
        self.exit_zero |= earlier.exit_zero;
        self.kubernetes_version = self.kubernetes_version.or(earlier.kubernetes_version);
        self.color = self.color.or(earlier.color);
        self.progress = self.progress.or(earlier.progress);
        self.fail_on = self.fail_on.or(earlier.fail_on);
        self
    }
}

/// Reads `1.34`, `v1.34` or `v1.34.2-gke.100`.
fn kubernetes_version(text: &str) -> Result<(u32, u32), String> {
    let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
    let major = parts.next().and_then(|part| part.parse().ok());
    let minor = parts.next().and_then(|part| part.trim_end_matches('+').parse().ok());
    match (major, minor) {
        (Some(1), Some(minor)) => Ok((1, minor)),
        _ => Err("a version looks like `1.34`".to_owned()),
    }
}
