//! Runs one program and shows its output as it comes, while somebody else reads along line by line.

use crate::workspace;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;

/// A program with its arguments, to be run in the workspace's root unless told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    program: String,
    arguments: Vec<String>,
    folder: PathBuf,
    environment: Vec<(String, String)>,
}

impl Invocation {
    /// Takes the whole command line apart at its spaces; no argument of ours holds one.
    pub(crate) fn new(line: &str) -> Self {
        let mut words = line.split_whitespace().map(str::to_owned);
        let program = words.next().unwrap_or_default();
        Invocation { program, arguments: words.collect(), folder: workspace::root(), environment: Vec::new() }
    }

    /// In which folder, relative to the workspace's root.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.folder = workspace::root().join(folder);
        self
    }

    /// With one more environment variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As it would be typed.
    pub(crate) fn line(&self) -> String {
        std::iter::once(&self.program).chain(&self.arguments).cloned().collect::<Vec<_>>().join(" ")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder).stdin(Stdio::null());
        // Set by the `cargo run` that started us, for this package: they would rebuild others for nothing.
        for (name, _) in std::env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR")
            {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it, shows both streams, hands every line to `reader`; true when it ended well.
    pub(crate) fn follow(&self, mut reader: impl FnMut(&str)) -> Result<bool, String> {
        println!("\n$ {}", self.line());
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run `{}`: {error}", self.program))?;
        let (sender, lines) = mpsc::channel();
        if let Some(stream) = child.stdout.take() {
            forward(stream, sender.clone());
        }
        if let Some(stream) = child.stderr.take() {
            forward(stream, sender.clone());
        }
        drop(sender);
        let mut out = std::io::stdout().lock();
        for line in lines {
            // A closed pipe is no reason to stop the tests half-way.
            let _ = writeln!(out, "{line}");
            reader(&line);
        }
        let status = child.wait().map_err(|error| format!("`{}` was lost: {error}", self.program))?;
        Ok(status.success())
    }

    /// What it prints, without showing it; `None` where it cannot be run or ends badly.
    pub(crate) fn capture(&self) -> Option<String> {
        let output = self.command().stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Reads a stream to its end in a thread of its own; bytes that are no UTF-8 are shown as such.
fn forward(stream: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
}
