//! Exported RBAC and pods in, a report out: who can gain privileged Cilium access, by which exact path.
//!
//! Data flows one way: bytes → documents → [`model::Snapshot`] → [`authorizer`] → [`cilium`] → graph →
//! findings → [`report::AccessReport`] → text. Nothing here does I/O or reads a clock; the shells push bytes in
//! and carry text out.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod analysis;
pub mod authorizer;
pub mod beside;
pub mod cilium;
pub mod coverage;
pub mod defaults;
pub mod demo;
pub mod diagnostic;
pub mod finding;
pub mod graph;
pub mod ingest;
pub mod limits;
pub mod model;
pub mod notes;
pub mod original;
pub mod pod_security;
pub mod redact;
pub mod remedy;
pub mod render;
pub mod report;
pub mod review;
pub mod technique;
pub mod version;
pub mod without;

pub use analysis::{Options, analyze, analyze_beside};
