//! `can-i --reviews FILE`: SubjectAccessReviews and a snapshot in, the reviews with their answers out.

use crate::args::{CanIArgs, ReviewForm};
use crate::exit::{Exit, Failure};
use crate::{Io, source};
use cilium_exec_check_core::authorizer::Authorizer;
use cilium_exec_check_core::ingest::Limits;
use cilium_exec_check_core::model::{CoverageState, Snapshot};
use cilium_exec_check_core::render::shown;
use cilium_exec_check_core::review::{self, Form, Refusal};
use std::io::Write;
use std::path::Path;

/// Runs it: 0 where every review was answered, else 2.
pub(crate) fn run(can_i: &CanIArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let stdin = Path::new("-");
    if can_i.reviews == stdin && can_i.filename.iter().any(|path| path == stdin) {
        return Err(Failure::usage("stdin is either the input or the reviews: give one of them as a file"));
    }
    let input = can_i.input();
    let snapshot = source::read(&input, io)?;
    source::print_diagnostics(&snapshot, can_i.verbose, io.stderr);
    source::refuse_unreadable(&snapshot, can_i.strict)?;
    warn_of_missing_kinds(&snapshot, io.stderr);
    let bytes = source::whole(&can_i.reviews, io)?;
    let authorizer =
        if can_i.aggregate { Authorizer::aggregated(&snapshot) } else { Authorizer::stored(&snapshot) };
    let form = can_i.output.map(|form| match form {
        ReviewForm::Json => Form::Json,
        ReviewForm::Yaml => Form::Yaml,
    });
    let answers = review::answer(&bytes, &authorizer, form, Limits::default());
    io.stdout.write_all(answers.text.as_bytes()).map_err(Failure::from_stdout)?;
    io.stdout.flush().map_err(Failure::from_stdout)?;
    let name = can_i.reviews.to_string_lossy();
    print_refused(&name, &answers.refused, can_i.verbose, io.stderr);
    if answers.refused.is_empty() && answers.answered == 0 && answers.text.is_empty() {
        let message = format!("no review is in `{}`", shown(&name));
        return Err(Failure::with_help(message, "a review is a SubjectAccessReview as YAML or JSON"));
    }
    Ok(if answers.refused.is_empty() { Exit::Done } else { Exit::NoVerdict })
}

fn print_refused(name: &str, refused: &[Refusal], verbose: bool, stderr: &mut dyn Write) {
    let limit = if verbose { usize::MAX } else { source::SHOWN };
    for refusal in refused.iter().take(limit) {
        let place = format!("{}:{}:{}", shown(name), refusal.line.max(1), refusal.column);
        let _ = writeln!(stderr, "{place}: {}", shown(&refusal.message));
        if let Some(help) = refusal.help {
            let _ = writeln!(stderr, "  help: {help}");
        }
    }
    if refused.len() > limit {
        let _ = writeln!(stderr, "and {} more (-v shows all)", refused.len() - limit);
    }
}

/// An answer says what the input shows: where a kind was not read whole, `false` may be wrong.
fn warn_of_missing_kinds(snapshot: &Snapshot, stderr: &mut dyn Write) {
    let kinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    let missing: Vec<&str> = kinds
        .into_iter()
        .filter(|kind| {
            snapshot.coverage.get(kind).is_none_or(|coverage| coverage.state != CoverageState::Present)
        })
        .collect();
    if !missing.is_empty() {
        let _ = writeln!(
            stderr,
            "not all in the input: {}; what they allow is answered as not allowed",
            missing.join(", ")
        );
    }
}
