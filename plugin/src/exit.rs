//! Exit codes, and what stderr says where there is no verdict.

use crate::args::PROGRAM;
pub(crate) use cilium_exec_check_unpack::describe;
use std::io::{self, ErrorKind, Write};

/// How a run ended; the numbers are API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Complete, and nothing that fails the run.
    Done,
    /// Findings that fail the run.
    Findings,
    /// No verdict.
    NoVerdict,
    /// No such finding, but the input is incomplete.
    Incomplete,
    /// Nothing to check.
    Nothing,
    /// A bug.
    Internal,
    /// The reader of stdout went away, as after SIGPIPE.
    ClosedPipe,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::NoVerdict => 2,
            Exit::Incomplete => 3,
            Exit::Nothing => 4,
            Exit::Internal => 70,
            Exit::ClosedPipe => 141,
        }
    }
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// What is wrong, and what to do about it.
    Error {
        /// Lower case, no final period; input in backticks, already made fit for a terminal.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// The argument parser's own text.
    Rendered(String),
    /// The reader of stdout went away.
    ClosedPipe,
}

impl Failure {
    /// An error without help.
    pub fn new(message: impl Into<String>) -> Self {
        Failure::Error { message: message.into(), help: None }
    }

    /// An error with help.
    pub fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Failure::Error { message: message.into(), help: Some(help.into()) }
    }

    /// A misuse of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::with_help(message, format!("see `{PROGRAM} --help`"))
    }

    /// What a failed write to stdout means.
    pub fn from_stdout(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::new(format!("cannot write to stdout: {}", describe(&error))),
        }
    }

    /// Says it on stderr; a closed pipe is quiet.
    pub fn report(self, stderr: &mut dyn Write) -> Exit {
        let _ = match self {
            Failure::ClosedPipe => return Exit::ClosedPipe,
            Failure::Rendered(text) => write!(stderr, "{text}"),
            Failure::Error { message, help: None } => writeln!(stderr, "error: {message}"),
            Failure::Error { message, help: Some(help) } => {
                writeln!(stderr, "error: {message}\n  help: {help}")
            }
        };
        Exit::NoVerdict
    }
}
