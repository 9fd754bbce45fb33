//! What the tests share: fixtures and how they are checked, runs in and out of process, and the data beside the checkout.

mod case;
mod command_line;
mod fixture;
pub mod hostile;
mod identity;
pub mod oracle;
mod run;
mod schema;
mod scratch;
mod shuffle;
pub mod vectors;
pub mod verifier;
pub mod worlds;

pub use case::{Case, cases};
pub use command_line::{CommandLine, FORMATS, Ran};
pub use fixture::{Expect, Fixture, Observed, ObservedFinding, fixture, fixtures};
pub use identity::identity;
pub use run::{File, analyze, files_under, read, sample};
pub use schema::report_schema;
pub use scratch::Scratch;
pub use shuffle::Shuffle;

use std::path::{Path, PathBuf};

/// The folder `shared` beside the checkout: default policies, charts' manifests, a generator. It is not part of the
/// repository, so a test that needs it says [`skipped`] where it is missing.
pub fn shared() -> Option<PathBuf> {
    let folder = root().join("../shared");
    folder.is_dir().then_some(folder)
}

/// The workspace's root.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// Says that something was left out, in the form that `cargo xtask test` collects.
pub fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}
