//! The attack graph: identities, pods, workloads and nodes, and the steps that lead from one to the next.

mod act;
mod build;
mod grants;
mod holder;
mod idle;
mod node;
mod ownership;
mod paths;
mod places;
mod reach;
mod requests;
mod sinks;
mod targets;
mod terrain;
mod together;

pub use build::Graph;
pub use grants::{Grant, Grants, granted_in, granted_rule};
pub use node::{Actor, Edge, Node, NodeId, Proof, Sink};
pub use ownership::{acts_as, adds, is_subject, names};
pub use paths::{Goal, RawPath, Routes};
pub use requests::Request;
pub use targets::{PodsKnown, Target, Targets};

use crate::authorizer::RoleTable;
use crate::cilium::Installation;
use crate::model::Snapshot;
use crate::version::VersionRange;

/// Everything that the graph is built from.
#[derive(Debug)]
pub struct World<'a> {
    /// The objects.
    pub snapshot: &'a Snapshot,
    /// The roles by reference.
    pub roles: &'a RoleTable<'a>,
    /// What of it is Cilium.
    pub installation: &'a Installation,
    /// Which version the API server may have.
    pub version: VersionRange,
}
