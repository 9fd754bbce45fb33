//! The process's own side: signals, panics, and what the surroundings say.

use crate::Environment;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

/// Temporary files that must not outlive the process.
static TEMPORARY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Prepares a process for a run: a panic's message may quote the input, so that it stays unsaid; SIGINT and SIGTERM
/// end the process at once, as PID 1 too, and take temporary files with them.
pub fn prepare() {
    std::panic::set_hook(Box::new(|_| {}));
    #[cfg(unix)]
    end_on_signals();
    #[cfg(windows)]
    {
        let _ = anstyle_query::windows::enable_ansi_colors();
    }
}

#[cfg(unix)]
fn end_on_signals() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            for path in temporary().iter() {
                let _ = std::fs::remove_file(path);
            }
            std::process::exit(128 + signal);
        }
    });
}

fn temporary() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers a temporary file as long as the value lives.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
    /// Makes a file and registers it; a signal that comes in between waits until it is registered.
    pub fn file_in(folder: &Path, prefix: &str) -> io::Result<(NamedTempFile, Self)> {
        let mut all = temporary();
        let file = tempfile::Builder::new().prefix(prefix).tempfile_in(folder)?;
        all.insert(file.path().to_owned());
        let registered = Temporary(file.path().to_owned());
        Ok((file, registered))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        temporary().remove(&self.0);
    }
}

impl Environment {
    /// What this process's surroundings say.
    pub fn of_process() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Environment {
            stdin_terminal: std::io::stdin().is_terminal(),
            stdout_terminal: std::io::stdout().is_terminal(),
            stderr_terminal: std::io::stderr().is_terminal(),
            plain: set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
            width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
        }
    }
}
