//! `cargo xtask shots`: the built page in every state → pictures at three widths, in light and in dark.

use crate::process::Invocation;
use crate::{Failure, web, workspace};

/// Takes the pictures; builds the page first where it is missing.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::unusable("usage: cargo xtask shots"));
    }
    if !workspace::root().join(web::PAGE).exists() {
        web::run(&[])?;
    }
    if !workspace::root().join("tests/browser/node_modules").exists() {
        web::follow(&Invocation::new("npm ci --no-audit --no-fund").within("tests/browser"))?;
    }
    web::follow(&Invocation::new("node shots.js").within("tests/browser"))
}
