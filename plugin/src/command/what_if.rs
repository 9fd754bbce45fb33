//! `--without` and a snapshot → an error where it names nothing, or what was left out, on stderr.

use super::print::nearest;
use crate::exit::Failure;
use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::render;
use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_core::without::{Missing, Without};
use std::io::Write;

/// Refuses the first grant that is not in the input: a typo must not pass for a grant that makes no difference.
pub(crate) fn refuse_missing(without: &[Without], snapshot: &Snapshot) -> Result<(), Failure> {
    let missing = without.iter().find_map(|grant| Some((grant, grant.missing(snapshot)?)));
    let Some((grant, missing)) = missing else { return Ok(()) };
    let name = grant.to_string();
    let message = format!("--without `{}` names nothing in the input", render::shown(&name));
    Err(match missing {
        Missing::Item(0) => Failure::with_help(message, format!("it has no {}", grant.kind.items())),
        Missing::Item(length) => {
            let last = length.saturating_sub(1);
            Failure::with_help(message, format!("its {} are numbered from 0 to {last}", grant.kind.items()))
        }
        Missing::Object => {
            let whole = Without { item: None, ..grant.clone() }.to_string();
            let bindings = snapshot.bindings.iter().map(Without::binding);
            let known = bindings.chain(snapshot.roles.iter().map(Without::role));
            let near = nearest(&whole, known.map(|known| render::shown(&known.to_string()).into_owned()));
            match near.is_empty() {
                true => Failure::with_help(message, "a report names every binding and role that it is about"),
                false => Failure::with_help(message, format!("did you mean {}?", near.join(", "))),
            }
        }
    })
}

/// Says on stderr that something was left out, for formats that are not for people: not every one has room for it.
pub(crate) fn say(report: &AccessReport, stderr: &mut dyn Write) {
    if let Some(line) = render::what_if(report) {
        let _ = writeln!(stderr, "{line}");
    }
}
