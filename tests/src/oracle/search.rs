//! Steps → the fewest that lead each identity to each effect: every place is explored, every distance worked out.

use super::explored::Explored;
use super::grants::Who;
use super::graph::{Graph, is_privileged};
use super::starting;
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use std::collections::BTreeMap;

/// The fewest steps to each effect of each identity.
pub(super) type Lengths = BTreeMap<(Who, Effect), usize>;

/// Everything that can be reached by steps that are at least so sure.
pub(super) fn search(explored: &Explored<'_>, least: Certainty) -> Lengths {
    let mut lengths = Lengths::new();
    let starts: Vec<Who> = starting(&explored.cluster).into_iter().collect();
    for passing in [true, false] {
        // Effects below exec and node-root count only where these are not passed on the way.
        let graph = Graph::new(explored, &starts, least, passing);
        for who in &starts {
            let reached = graph.reached(who).into_iter();
            let counting = reached.filter(|(effect, _)| is_privileged(*effect) == passing);
            lengths.extend(counting.map(|(effect, length)| ((who.clone(), effect), length)));
        }
    }
    lengths
}
