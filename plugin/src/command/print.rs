//! Commands that read no input: the catalogue, completion scripts, the version.

use crate::Io;
use crate::args::{Command, PROGRAM, definition};
use crate::exit::{Exit, Failure};
use cilium_exec_check_core::render;
use cilium_exec_check_core::technique::{CATALOGUE, Technique, find};

/// The binary's name: kubectl turns `-` in a plugin's name into `_`.
const BINARY: &str = "kubectl-cilium_exec_check";

/// Runs one of them; the others are run by their own modules.
pub(crate) fn run(command: Command, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let text = match command {
        Command::Techniques { id: None } => render::techniques(),
        Command::Techniques { id: Some(id) } => {
            render::technique(entry(&id)?, io.environment.width.unwrap_or(100).min(120))
        }
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut definition().bin_name(BINARY), BINARY, &mut script);
            String::from_utf8_lossy(&script).into_owned()
        }
        Command::Version => format!("cilium-exec-check {}\n", env!("CARGO_PKG_VERSION")),
        Command::Explain { .. } | Command::CanI(_) => {
            return Err(Failure::usage("this command reads input"));
        }
    };
    io.stdout.write_all(text.as_bytes()).map_err(Failure::from_stdout)?;
    Ok(Exit::Done)
}

fn entry(id: &str) -> Result<&'static Technique, Failure> {
    if let Some(technique) = find(id) {
        return Ok(technique);
    }
    let near = nearest(id, CATALOGUE.iter().map(|technique| technique.id.to_owned()));
    let message = format!("no technique is called `{}`", render::shown(id));
    let list = format!("`{PROGRAM} techniques` lists them");
    Err(match near.is_empty() {
        true => Failure::with_help(message, list),
        false => Failure::with_help(message, format!("did you mean {}? {list}", near.join(", "))),
    })
}

/// The names most like one that is not known, best first.
pub(crate) fn nearest(name: &str, known: impl Iterator<Item = String>) -> Vec<String> {
    let mut scored: Vec<(f64, String)> = known
        .map(|known| (strsim::jaro_winkler(name, &known), known))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.into_iter().take(3).map(|(_, known)| format!("`{known}`")).collect()
}

/// Text of several lines with what acts on a terminal shown by its code.
pub(crate) fn escape_lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", render::shown(line))).collect()
}
