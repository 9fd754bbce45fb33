//! The report's types → `docs/report.schema.json`.

use crate::process::Invocation;
use crate::{Failure, workspace};

/// Writes the schema anew.
pub(crate) fn run(_arguments: &[String]) -> Result<(), Failure> {
    let printed =
        Invocation::new("cargo run --quiet --package cilium-exec-check-tests --bin report-schema").capture();
    let schema =
        printed.ok_or_else(|| Failure::failed("the schema could not be built; see `cargo check`"))?;
    let folder = workspace::root().join("docs");
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("report.schema.json"), schema));
    written.map_err(|error| Failure::failed(format!("cannot write `docs/report.schema.json`: {error}")))
}
