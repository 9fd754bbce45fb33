//! Paths → findings: grouped by identity, judged, and with what closes each.

mod canonical;
mod evidence;
mod fingerprint;
mod judged;
mod members;

pub use canonical::findings;
pub(crate) use evidence::{asked_as, excerpt, quoted};
pub use evidence::{entity_of_identity, source};
pub(crate) use fingerprint::fingerprint;

use crate::graph::{Grants, Graph, Routes, World};

/// Everything that findings are made from.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// The world.
    pub world: &'a World<'a>,
    /// Its grants.
    pub grants: &'a Grants,
    /// Its graph.
    pub graph: &'a Graph,
    /// The ways through it.
    pub routes: &'a Routes<'a>,
}
