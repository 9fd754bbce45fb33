//! A slow, obvious engine: a small cluster → which effects each identity reaches, how surely and in how few steps.
//!
//! It shares nothing with the core but the model of the input. It is written from the catalogue of techniques and
//! from the rules by which one thing follows from another, for reading beside them: every step is tried by asking the
//! rules of every binding, every way is searched through the whole graph, and nothing is indexed, grouped or kept.
//!
//! What it leaves aside, and what worlds for it must not hold: aggregated roles, pods without a node,
//!
//! requests spread over three identities, and roles that aggregate into a bound one.

mod cluster;
mod grants;
mod joint;
mod place;
mod search;
mod single;

use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use cluster::Cluster;
use grants::Who;
use search::{Lengths, search};
use std::collections::{BTreeMap, BTreeSet};

/// How an effect is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// By ways that count: the fewest steps, and whether so few steps do without anything that YAML does not show.
    Counting {
        /// Steps.
        length: usize,
        /// Whether such a way is certain.
        certain: bool,
    },
    /// By blocked ways only.
    Blocked,
}

/// What every identity reaches.
pub type Expected = BTreeMap<String, BTreeMap<Effect, Reached>>;

/// Says what every identity of a snapshot reaches; `minor` is that of an exact Kubernetes version.
pub fn expected(snapshot: &Snapshot, minor: Option<u32>) -> Expected {
    let cluster = Cluster::new(snapshot, minor);
    let certain = search(&cluster, Certainty::Certain);
    let counting = search(&cluster, Certainty::Conditional);
    let all = search(&cluster, Certainty::Blocked);
    let mut expected = Expected::new();
    for who in starting(&cluster) {
        let effects = merged(&who, &certain, &counting, &all);
        if !effects.is_empty() {
            expected.insert(who.printed(), effects);
        }
    }
    expected
}

fn merged(who: &Who, certain: &Lengths, counting: &Lengths, all: &Lengths) -> BTreeMap<Effect, Reached> {
    let of = |lengths: &Lengths, effect| lengths.get(&(who.clone(), effect)).copied();
    let effects =
        [Effect::Exec, Effect::NodeRoot, Effect::Identity, Effect::Control, Effect::Network, Effect::Disrupt];
    let reached = effects.into_iter().filter_map(|effect| {
        let reached = match (of(counting, effect), of(all, effect)) {
            (Some(length), _) => Reached::Counting { length, certain: of(certain, effect) == Some(length) },
            (None, Some(_)) => Reached::Blocked,
            (None, None) => return None,
        };
        Some((effect, reached))
    });
    reached.collect()
}

/// Whoever a binding names; the group of all nodes where there are nodes.
fn starting(cluster: &Cluster<'_>) -> BTreeSet<Who> {
    let mut starting = cluster.subjects();
    if !cluster.snapshot.nodes.is_empty() {
        starting.insert(Who::Group("system:nodes".to_owned()));
    }
    starting
}
