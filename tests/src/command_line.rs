//! Arguments and stdin → what the plugin prints and the code that it ends with, in-process.

use cilium_exec_check::{Environment, Io, run_to_code};
use std::ffi::OsString;
use std::path::Path;

/// Every format of the report, as `-o` takes it.
pub const FORMATS: [&str; 8] = ["text", "wide", "json", "yaml", "html", "markdown", "csv", "name"];

/// A command line that is about to be run.
#[derive(Debug, Clone, Default)]
pub struct CommandLine {
    arguments: Vec<String>,
    stdin: Vec<u8>,
    environment: Environment,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The exit code.
    pub code: u8,
    /// What stands on stdout.
    pub stdout: String,
    /// What stands on stderr.
    pub stderr: String,
}

impl CommandLine {
    /// These arguments, the program's name left out.
    pub fn new<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        CommandLine {
            arguments: arguments.into_iter().map(str::to_owned).collect(),
            ..CommandLine::default()
        }
    }

    /// One more argument.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// What stdin gives.
    pub fn stdin(mut self, bytes: &[u8]) -> Self {
        self.stdin = bytes.to_vec();
        self
    }

    /// What the run knows of its surroundings, instead of no terminal anywhere.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Runs it where no program opens files.
    ///
    /// # Panics
    /// Where it prints what is not UTF-8.
    pub fn run(&self) -> Ran {
        self.run_opening(&mut |_| Err(std::io::ErrorKind::NotFound.into()))
    }

    /// Runs it with something that opens files.
    ///
    /// # Panics
    /// Where it prints what is not UTF-8.
    pub fn run_opening(&self, open: &mut dyn FnMut(&Path) -> std::io::Result<()>) -> Ran {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let arguments =
            std::iter::once("kubectl-cilium_exec_check").chain(self.arguments.iter().map(String::as_str));
        let code = run_to_code(
            arguments.map(OsString::from),
            &mut Io {
                stdin: &mut self.stdin.as_slice(),
                stdout: &mut stdout,
                stderr: &mut stderr,
                open,
                environment: self.environment.clone(),
            },
        );
        let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
        Ran { code, stdout: text(stdout), stderr: text(stderr) }
    }
}

impl Ran {
    /// The same without the path of a folder that differs from run to run.
    pub fn without(mut self, folder: &Path) -> Self {
        let prefix = format!("{}/", folder.display());
        for text in [&mut self.stdout, &mut self.stderr] {
            *text = text.replace(&prefix, "");
        }
        self
    }
}
