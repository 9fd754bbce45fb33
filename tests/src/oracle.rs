//! A slow, obvious engine: a small cluster → which effects each identity reaches, how surely and in how few steps.
//!
//! It shares nothing with the core but the model of the input. It is written from the catalogue of techniques and
//! from the rules by which one thing follows from another, for reading beside them: every step is tried by asking the
//! rules of every binding, every way is searched through the whole graph, and nothing is indexed or grouped.
//!
//! What it leaves aside, and what worlds for it must not hold: aggregated roles, pods without a node, and requests spread
//! over three identities. Nor does it say whose finding a way is: what somebody reaches counts, by their own grants or by
//! those of their groups.

mod cluster;
mod explored;
mod grants;
mod graph;
mod joint;
mod place;
mod search;
mod single;
mod together;

use cilium_exec_check_core::model::Snapshot;
use cilium_exec_check_core::report::Certainty;
use cilium_exec_check_core::technique::Effect;
use cluster::Cluster;
use explored::Explored;
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

/// What somebody reaches by all that they may do, what their groups may do included.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The groups that they are in.
    pub groups: Vec<String>,
    /// Each effect.
    pub effects: BTreeMap<Effect, Reached>,
}

/// Says what every identity of a snapshot reaches; `minor` is that of an exact Kubernetes version.
pub fn expected(snapshot: &Snapshot, minor: Option<u32>) -> BTreeMap<String, Expected> {
    let explored = Explored::new(Cluster::new(snapshot, minor));
    let [certain, counting, all] = [Certainty::Certain, Certainty::Conditional, Certainty::Blocked]
        .map(|least| search(&explored, least));
    let mut expected = BTreeMap::new();
    for who in starting(&explored.cluster) {
        let of_who = all.iter().filter(|((other, _), _)| *other == who);
        let effects = of_who.map(|(key, _)| (key.1, reached(key, &certain, &counting)));
        let groups = who.groups().into_iter().map(|name| Who::Group(name).printed()).collect();
        expected.insert(who.printed(), Expected { groups, effects: effects.collect() });
    }
    expected
}

fn reached(key: &(Who, Effect), certain: &Lengths, counting: &Lengths) -> Reached {
    match counting.get(key) {
        Some(&length) => Reached::Counting { length, certain: certain.get(key) == Some(&length) },
        None => Reached::Blocked,
    }
}

/// Whoever a binding names; the group of all nodes where there are nodes.
fn starting(cluster: &Cluster<'_>) -> BTreeSet<Who> {
    let mut starting = cluster.subjects();
    if !cluster.snapshot.nodes.is_empty() {
        starting.insert(Who::Group("system:nodes".to_owned()));
    }
    starting
}
