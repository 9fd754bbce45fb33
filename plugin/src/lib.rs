//! The kubectl plugin as a library: arguments in, report and exit code out.

pub mod args;
mod beside;
mod command;
mod exit;
mod hint;
pub mod opening;
pub mod output;
pub mod process;
mod progress;
mod source;

pub use exit::{Exit, Failure};
pub use source::sources;

use args::{CheckArgs, Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

/// Where a run reads from and writes to; tests put buffers here.
pub struct Io<'a> {
    /// What `-f -` reads.
    pub stdin: &'a mut dyn Read,
    /// Results.
    pub stdout: &'a mut dyn Write,
    /// Everything else.
    pub stderr: &'a mut (dyn Write + Send),
    /// Shows a file to whoever runs this.
    pub open: &'a mut dyn FnMut(&Path) -> std::io::Result<()>,
    /// What the surroundings say.
    pub environment: Environment,
}

/// What a run knows of its surroundings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Whether stdin is a terminal.
    pub stdin_terminal: bool,
    /// Whether stdout is a terminal.
    pub stdout_terminal: bool,
    /// Whether stderr is a terminal.
    pub stderr_terminal: bool,
    /// NO_COLOR is set, or TERM is `dumb`.
    pub plain: bool,
    /// Columns of the terminal.
    pub width: Option<usize>,
}

/// Runs one command line, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> ExitCode {
    ExitCode::from(run_to_code(args, io))
}

/// Like [`run`], with the code as a number.
pub fn run_to_code(args: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let result = catch_unwind(AssertUnwindSafe(|| -> Result<Exit, Failure> {
        let exit = dispatch(&args, io)?;
        io.stdout.flush().map_err(Failure::from_stdout)?;
        Ok(exit)
    }));
    let exit = match result {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => failure.report(io.stderr),
        Err(_) => {
            let _ = writeln!(
                io.stderr,
                "error: internal error (version {}); this is a bug: please report it with the command line\n  \
                 help: the input stays out of the report; say what kind of export it was",
                env!("CARGO_PKG_VERSION")
            );
            Exit::Internal
        }
    };
    let _ = io.stderr.flush();
    exit.code()
}

fn dispatch(args: &[OsString], io: &mut Io<'_>) -> Result<Exit, Failure> {
    if let Some(odd) = args.iter().skip(1).find(|arg| arg.to_str().is_none()) {
        let shown = cilium_exec_check_core::render::shown(&odd.to_string_lossy()).into_owned();
        return Err(Failure::usage(format!("argument `{shown}` is not UTF-8")));
    }
    let mut cli = match parse(args) {
        Ok(cli) => cli,
        Err(error) => return answer(error, args, io),
    };
    match cli.command.take() {
        None => command::check::run(&cli.check, io),
        Some(Command::Explain { identity, check }) => {
            command::explain::run(&identity, &check.with_earlier(cli.check), io)
        }
        Some(Command::CanI(can_i)) => command::can_i::run(&can_i.with_earlier(cli.check)?, io),
        Some(command) => {
            refuse_flags(&cli.check)?;
            command::print::run(command, io)
        }
    }
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

/// What the argument parser says: help and version to stdout, errors to stderr.
fn answer(error: clap::Error, args: &[OsString], io: &mut Io<'_>) -> Result<Exit, Failure> {
    if !error.use_stderr() {
        let text = error.render().to_string();
        io.stdout.write_all(text.as_bytes()).map_err(Failure::from_stdout)?;
        return Ok(Exit::Done);
    }
    // The parser repeats arguments as they are, so it is asked again about arguments that are fit to be shown.
    let shown = args
        .iter()
        .map(|arg| OsString::from(&*cilium_exec_check_core::render::shown(&arg.to_string_lossy())));
    let error = parse(&shown.collect::<Vec<_>>()).err().unwrap_or(error);
    Err(Failure::Rendered(command::print::escape_lines(&error.render().to_string())))
}

/// Commands that check nothing take none of the check's flags.
fn refuse_flags(check: &CheckArgs) -> Result<(), Failure> {
    if *check == CheckArgs::default() {
        return Ok(());
    }
    Err(Failure::usage("this command takes no flags of the check"))
}
