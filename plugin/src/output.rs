//! `-o FORMAT` and `-o FORMAT=FILE` → text on stdout, and files that are written whole or not at all.

mod file;

use crate::args::CheckArgs;
use crate::exit::Failure;
use crate::{Io, args::When};
use cilium_exec_check_core::render::{self, shown};
use cilium_exec_check_core::report::AccessReport;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

/// What the result can be printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Format {
    Text,
    Wide,
    Json,
    Yaml,
    Html,
    Markdown,
    Csv,
    Name,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [(Format, &'static str); 8] = [
        (Format::Text, "text"),
        (Format::Wide, "wide"),
        (Format::Json, "json"),
        (Format::Yaml, "yaml"),
        (Format::Html, "html"),
        (Format::Markdown, "markdown"),
        (Format::Csv, "csv"),
        (Format::Name, "name"),
    ];
}

/// One `-o`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputArg {
    /// The format.
    pub format: Format,
    /// The file; stdout where there is none.
    pub file: Option<PathBuf>,
}

/// What one `-o` prints.
#[derive(Debug)]
pub(crate) enum Document<'r> {
    /// Text as it is.
    Text(String),
    /// The report as JSON, which is made while it is written: it can be long.
    Json(&'r AccessReport),
}

impl Document<'_> {
    fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Document::Text(text) => out.write_all(text.as_bytes()),
            Document::Json(report) => render::write_json(report, out),
        }
    }
}

impl FromStr for OutputArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the file's name is missing after `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        match Format::ALL.iter().find(|(_, known)| *known == name) {
            Some((format, _)) => Ok(OutputArg { format: *format, file }),
            None => Err(unknown_format(name)),
        }
    }
}

fn unknown_format(name: &str) -> String {
    let known: Vec<&str> = Format::ALL.iter().map(|(_, known)| *known).collect();
    let near = known.iter().max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)));
    let near = near.filter(|near| strsim::jaro(near, name) > 0.7);
    let tip = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("no such format (known: {}){tip}", known.join(", "))
}

/// The outputs of a run, checked: at most one to stdout, no file twice.
pub fn outputs(check: &CheckArgs) -> Result<Vec<OutputArg>, Failure> {
    let mut files = BTreeSet::new();
    let mut to_stdout = 0;
    for output in &check.output {
        match &output.file {
            None => to_stdout += 1,
            Some(file) if !files.insert(file) => {
                let file = shown(&file.to_string_lossy()).into_owned();
                return Err(Failure::usage(format!("two outputs go to `{file}`")));
            }
            Some(_) => {}
        }
    }
    if to_stdout > 1 {
        return Err(Failure::usage(
            "only one output can go to stdout; give the others a file: -o FORMAT=FILE",
        ));
    }
    if check.output.is_empty() {
        return Ok(vec![OutputArg { format: Format::Text, file: None }]);
    }
    Ok(check.output.clone())
}

/// Whether text for this output is coloured.
pub(crate) fn coloured(check: &CheckArgs, output: &OutputArg, io: &Io<'_>) -> bool {
    match check.color.unwrap_or(When::Auto) {
        When::Always => true,
        When::Never => false,
        When::Auto => output.file.is_none() && io.environment.stdout_terminal && !io.environment.plain,
    }
}

/// Writes all of them: files first, and those only when every one could be written.
pub(crate) fn write(rendered: &[(OutputArg, Document<'_>)], io: &mut Io<'_>) -> Result<(), Failure> {
    let mut prepared = Vec::new();
    for (output, document) in rendered {
        if let Some(path) = &output.file {
            prepared.push((path, file::prepare(path, document).map_err(|error| failure(path, &error))?));
        }
    }
    for (path, ready) in prepared {
        ready.commit().map_err(|error| failure(path, &error))?;
    }
    for (output, document) in rendered {
        if output.file.is_none() {
            document.write_to(io.stdout).map_err(Failure::from_stdout)?;
        }
    }
    io.stdout.flush().map_err(Failure::from_stdout)
}

fn failure(path: &std::path::Path, error: &std::io::Error) -> Failure {
    let path = shown(&path.to_string_lossy()).into_owned();
    Failure::new(format!("cannot write `{path}`: {}", crate::exit::describe(error)))
}
