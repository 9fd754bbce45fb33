//! The check itself: snapshot → report → every output asked for, and the exit code.

use super::what_if;
use crate::args::{CheckArgs, FailOn};
use crate::beside::SecondThread;
use crate::exit::{Exit, Failure};
use crate::output::{self, Document, Format, OutputArg};
use crate::{Io, hint, opening, source};
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::original::Wanted;
use cilium_exec_check_core::redact::redact;
use cilium_exec_check_core::render::{self, TextOptions};
use cilium_exec_check_core::report::{AccessReport, Finding};
use cilium_exec_check_core::{Options, analyze_beside};

/// Runs it.
pub(crate) fn run(check: &CheckArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let outputs = output::outputs(check)?;
    let (snapshot, report) = report(check, io)?;
    let nothing = nothing_to_check(&report, check);
    let exit = match nothing {
        Some(_) => Exit::Nothing,
        None => judge_findings(&report.findings, report.input.complete, check),
    };
    let report = if check.redact { redact(&report) } else { report };
    // Whoever runs a check ends after it, and gives all memory back at once: to let go of each object takes as long as a
    // report.
    std::mem::forget(snapshot);
    let rendered = render_all(&report, &outputs, check, &nothing, io);
    if let Some(hint) = nothing.filter(|_| !rendered.iter().any(|(output, _)| is_text(output))) {
        let _ = write!(io.stderr, "{hint}");
    }
    hand_over(&report, &rendered, check, io)?;
    Ok(exit.with_leniency(check))
}

/// The report in every format asked for.
fn render_all<'r>(
    report: &'r AccessReport,
    outputs: &[OutputArg],
    check: &CheckArgs,
    nothing: &Option<String>,
    io: &Io<'_>,
) -> Vec<(OutputArg, Document<'r>)> {
    let again = again(check);
    let rendered = outputs.iter().map(|output| {
        let document = document(report, output.format, check, &text_options(output, check, &again, io));
        let document = match (document, nothing) {
            (Document::Text(text), Some(hint)) if is_text(output) => {
                Document::Text(format!("{text}\n{hint}"))
            }
            (document, _) => document,
        };
        (output.clone(), document)
    });
    rendered.collect()
}

/// Writes what was asked for, and shows the report where that was.
pub(crate) fn hand_over(
    report: &AccessReport,
    rendered: &[(OutputArg, Document<'_>)],
    check: &CheckArgs,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    output::write(rendered, io)?;
    if check.open { opening::show(&|| page(report, check), rendered, io) } else { Ok(()) }
}

fn is_text(output: &OutputArg) -> bool {
    matches!(output.format, Format::Text | Format::Wide)
}

/// Reads and analyzes, with what was odd on stderr.
pub(crate) fn report(check: &CheckArgs, io: &mut Io<'_>) -> Result<(Snapshot, AccessReport), Failure> {
    let snapshot = source::read(check, io)?;
    source::print_diagnostics(&snapshot, check.verbose, io.stderr);
    source::refuse_unreadable(&snapshot, check.strict)?;
    what_if::refuse_missing(&check.without, &snapshot)?;
    let options = Options {
        kubernetes_version: check.kubernetes_version,
        cilium_namespaces: check.cilium_namespace.clone(),
        without: check.without.clone(),
    };
    let report = analyze_beside(&snapshot, &options, &SecondThread);
    if !check.output.is_empty() && !check.output.iter().any(is_text) {
        what_if::say(&report, io.stderr);
    }
    Ok((snapshot, report))
}

/// The report in one format.
pub(crate) fn document<'r>(
    report: &'r AccessReport,
    format: Format,
    check: &CheckArgs,
    options: &TextOptions,
) -> Document<'r> {
    Document::Text(match format {
        Format::Text => render::text(report, options),
        Format::Wide => render::wide(report, options),
        Format::Json => return Document::Json(report),
        Format::Yaml => render::yaml(report),
        Format::Html => page(report, check),
        Format::Markdown => render::markdown(report),
        Format::Csv => render::csv(report),
        Format::Name => render::name(report),
    })
}

/// The report as a page, with the lines that its paths point at.
fn page(report: &AccessReport, check: &CheckArgs) -> String {
    let wanted = Wanted::of(report, render::html_paths(report));
    render::html(report, &source::originals(check, &wanted))
}

/// How text is laid out for this output.
pub(crate) fn text_options(output: &OutputArg, check: &CheckArgs, again: &str, io: &Io<'_>) -> TextOptions {
    let width = match output.file {
        None if io.environment.stdout_terminal => io.environment.width.unwrap_or(0),
        _ => 0,
    };
    TextOptions {
        width,
        show_expected: check.show_expected,
        color: output::coloured(check, output, io),
        again: again.to_owned(),
    }
}

/// The arguments that lead to the same input, judged alike.
pub(crate) fn again(check: &CheckArgs) -> String {
    if check.redact && !check.demo {
        return "-f FILE".to_owned();
    }
    let mut parts: Vec<String> =
        check.filename.iter().map(|path| format!("-f {}", quoted(&path.to_string_lossy()))).collect();
    for (given, flag) in [(check.demo, "--demo"), (check.recursive, "-R")] {
        parts.extend(given.then(|| flag.to_owned()));
    }
    if let Some((major, minor)) = check.kubernetes_version {
        parts.push(format!("--kubernetes-version {major}.{minor}"));
    }
    parts.extend(check.cilium_namespace.iter().map(|name| format!("--cilium-namespace {}", quoted(name))));
    parts.extend(check.without.iter().map(|grant| format!("--without {}", quoted(&grant.to_string()))));
    parts.join(" ")
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// The code that findings mean where there was something to check, before leniency.
pub(crate) fn judge_findings(findings: &[Finding], complete: bool, check: &CheckArgs) -> Exit {
    let fail_on = check.fail_on.unwrap_or(FailOn::High);
    if findings.iter().any(|finding| finding.is_open() && fail_on.fails(finding.severity)) {
        Exit::Findings
    } else if !complete {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}

impl Exit {
    /// What is left of a code after `--allow-incomplete`, `--exit-zero` and `--demo`.
    pub(crate) fn with_leniency(self, check: &CheckArgs) -> Exit {
        let sample = check.demo && check.fail_on.is_none();
        match self {
            Exit::Incomplete if check.allow_incomplete => Exit::Done,
            Exit::Findings | Exit::Incomplete | Exit::Nothing if check.exit_zero || sample => Exit::Done,
            exit => exit,
        }
    }
}

/// What to do about it where there was nothing to check.
pub(crate) fn nothing_to_check(report: &AccessReport, check: &CheckArgs) -> Option<String> {
    report.nothing_to_check(!check.cilium_namespace.is_empty()).map(hint::nothing_to_check)
}
