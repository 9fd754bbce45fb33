//! `-f` arguments → sources → the snapshot, read by as many threads as help.

mod again;
mod files;
mod open;
mod threads;
mod whole;

pub(crate) use again::originals;
pub(crate) use whole::whole;

use crate::args::{CheckArgs, PROGRAM};
use crate::beside::SecondThread;
use crate::exit::Failure;
use crate::progress::Progress;
use crate::{Io, hint};
use cilium_exec_check_core::ingest::{Limits, SourceObjects, assemble, assemble_beside, read_bytes};
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::{demo, render};
use cilium_exec_check_unpack as unpack;
use files::Input;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use threads::Threads;

/// No more threads than this: more of them only wait for the one that cuts.
const MOST_THREADS: usize = 8;
/// A smaller file is read before threads are started.
const WORTH_THREADS: u64 = 1 << 20;

/// Reads what the arguments name.
pub(crate) fn read(check: &CheckArgs, io: &mut Io<'_>) -> Result<Snapshot, Failure> {
    if check.demo {
        let sources = demo::sources();
        return Ok(assemble(
            sources.iter().map(|(name, bytes)| read_bytes(name, bytes, Limits::default())).collect(),
        ));
    }
    if check.filename.is_empty() {
        return Err(Failure::with_help(
            "nothing to read: give exported YAML or JSON with -f FILE, a folder, or - for stdin",
            format!(
                "export it with:\n{}\n  help: or see a sample: {PROGRAM} --demo",
                hint::export_commands()
            ),
        ));
    }
    let mut found = files::inputs(&check.filename, check.recursive)?;
    for warning in &found.warnings {
        let _ = writeln!(io.stderr, "{}", render::shown(warning));
    }
    let mut objects: Vec<SourceObjects> = Vec::new();
    if let Some(position) = found.inputs.iter().position(|input| *input == Input::Stdin) {
        found.inputs.remove(position);
        objects.extend(read_stdin(io)?);
    }
    let environment = &io.environment;
    let progress = Progress::new(check.progress, environment.stderr_terminal, environment.plain, io.stderr);
    objects.extend(read_all(&found.inputs, &progress));
    progress.done();
    Ok(assemble_beside(objects, &SecondThread))
}

fn read_stdin(io: &mut Io<'_>) -> Result<Vec<SourceObjects>, Failure> {
    if io.environment.stdin_terminal {
        let _ = writeln!(io.stderr, "reading stdin from the terminal; end it with Ctrl-D");
    }
    let (_, helpers) = threads_for(1);
    Ok(match open::spool(io.stdin) {
        Ok((mut spool, bytes)) => read_file("-", &mut spool, bytes, helpers),
        Err(error) => vec![unpack::unreadable("-", 0, &error)],
    })
}

/// How many threads read so many files, and how many help each of them.
fn threads_for(files: usize) -> (usize, usize) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let readers = threads.min(files);
    (readers, (threads / readers.max(1)).saturating_sub(1))
}

/// Reads files with up to eight threads, which share their items where there are fewer files than that; which thread
/// reads what does not show in the result.
fn read_all(inputs: &[Input], progress: &Progress<'_>) -> Vec<SourceObjects> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Vec::new());
    let (readers, helpers) = threads_for(inputs.len());
    let work = || {
        while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let objects = read_one(input, progress, helpers);
            all.lock().unwrap_or_else(PoisonError::into_inner).extend(objects);
        }
    };
    if readers <= 1 {
        work();
    } else {
        std::thread::scope(|scope| (0..readers).for_each(|_| drop(scope.spawn(work))));
    }
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Reads one file with everything in it, with the threads that a check takes for it.
pub fn sources(name: &str, file: &mut dyn unpack::ReadSeek, bytes: u64) -> Vec<SourceObjects> {
    let (_, helpers) = threads_for(1);
    read_file(name, file, bytes, helpers)
}

/// Reads a file, with so many threads beside this one for the items of its Lists.
fn read_file(name: &str, file: &mut dyn unpack::ReadSeek, bytes: u64, helpers: usize) -> Vec<SourceObjects> {
    if helpers == 0 || bytes < WORTH_THREADS {
        return unpack::source(name, file, bytes);
    }
    std::thread::scope(|scope| {
        let mut threads = Threads::start(scope, helpers);
        unpack::source_with(name, file, bytes, Some(&mut threads))
    })
}

fn read_one(input: &Input, progress: &Progress<'_>, helpers: usize) -> Vec<SourceObjects> {
    match input {
        Input::Stdin => Vec::new(),
        Input::Unreadable { name, message } => {
            vec![SourceObjects::unreadable(name, 0, message.clone(), None)]
        }
        Input::File { name, path } => {
            progress.reading(name);
            match open::open(path) {
                Ok((mut file, bytes)) => read_file(name, file.as_mut(), bytes, helpers),
                Err(error) => vec![unpack::unreadable(name, 0, &error)],
            }
        }
    }
}

/// What ends a run before anything is judged: nothing could be read, or `--strict` and something could not.
pub(crate) fn refuse_unreadable(snapshot: &Snapshot, strict: bool) -> Result<(), Failure> {
    use cilium_exec_check_core::diagnostic::{Code, Level};
    let lost = |diagnostic: &&cilium_exec_check_core::diagnostic::Diagnostic| {
        diagnostic.code == Code::ConflictingObject
            || diagnostic.level == Level::Error
                && !matches!(diagnostic.code, Code::AccessDenied | Code::TruncatedList)
    };
    let faults = snapshot.diagnostics.iter().filter(lost).count();
    if strict && faults > 0 {
        return Err(Failure::with_help(
            format!("{faults} faults in the input, and --strict takes none"),
            "they are named above; without --strict the rest is judged as incomplete",
        ));
    }
    let sources = &snapshot.sources;
    let faulty = |index: usize| {
        snapshot.diagnostics.iter().filter(lost).any(|diagnostic| diagnostic.at.source.0 as usize == index)
    };
    if !sources.is_empty()
        && sources.iter().enumerate().all(|(index, source)| source.objects == 0 && faulty(index))
    {
        return Err(Failure::with_help(
            "nothing could be read",
            format!("export the cluster with:\n{}", hint::export_commands()),
        ));
    }
    Ok(())
}

/// How many faults are printed without `-v`.
pub(crate) const SHOWN: usize = 50;

/// Prints what was odd about the input as `FILE:LINE:COL: message`.
pub(crate) fn print_diagnostics(snapshot: &Snapshot, verbose: bool, stderr: &mut dyn Write) {
    let limit = if verbose { usize::MAX } else { SHOWN };
    for diagnostic in snapshot.diagnostics.iter().take(limit) {
        let at = diagnostic.at;
        let name = snapshot.sources.get(at.source.0 as usize).map_or("", |source| source.name.as_str());
        let place = match (at.line, at.column) {
            (0, _) => render::shown(name).into_owned(),
            (line, column) => format!("{}:{line}:{}", render::shown(name), column.max(1)),
        };
        let _ = writeln!(stderr, "{place}: {}", render::shown(&diagnostic.message));
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(stderr, "  help: {}", render::shown(help));
        }
    }
    if snapshot.diagnostics.len() > limit {
        let _ = writeln!(stderr, "and {} more (-v shows all)", snapshot.diagnostics.len() - limit);
    }
    if verbose {
        for source in &snapshot.sources {
            let name = render::shown(&source.name);
            let _ = writeln!(stderr, "{name}: {} bytes, {} objects", source.bytes, source.objects);
        }
        for (kind, count) in &snapshot.ignored {
            let _ = writeln!(stderr, "ignored: {count} of kind {}", render::shown(kind));
        }
    }
}
