//! A slow, obvious engine: a small cluster → which effects each identity reaches, how surely and in how few steps.
//!
//! It shares nothing with the core but the model of the input. It is written from the catalogue of techniques and
//! from the rules by which one thing follows from another, for reading beside them: every step is tried by asking the
//! rules of every binding, every way is searched through the whole graph, and nothing is indexed or grouped.
//!
//! What it leaves aside, and what worlds for it must not hold: aggregated roles, pods without a node,
//! requests spread over three identities, and roles that aggregate into a bound one.

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
use search::{Lengths, by_groups, search};
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
    let explored = Explored::new(cluster);
    let certain = search(&explored, Certainty::Certain);
    let counting = search(&explored, Certainty::Conditional);
    let all = search(&explored, Certainty::Blocked);
    let mut expected = Expected::new();
    for who in starting(&cluster) {
        let own = |lengths: &Lengths, least| own(&who, lengths, &|| by_groups(snapshot, minor, &who, least));
        let certain = own(&certain, Certainty::Conditional);
        let effects =
            merged(&certain, &own(&counting, Certainty::Conditional), &own(&all, Certainty::Blocked));
        if !effects.is_empty() {
            expected.insert(who.printed(), effects);
        }
    }
    expected
}

/// The lengths of the ways that are an identity's own: those whose first step uses a grant of its own, and those on which
/// a later one does where its groups alone lead nowhere.
fn own(who: &Who, lengths: &Lengths, by_groups: &dyn Fn() -> BTreeSet<Effect>) -> BTreeMap<Effect, usize> {
    let own = lengths.iter().filter(|((other, _), _)| other == who);
    let of_effect = own.filter_map(|((_, effect), length)| {
        let later = length.later.filter(|later| length.first.is_none_or(|first| *later < first));
        let later = later.filter(|_| !by_groups().contains(effect));
        Some((*effect, later.or(length.first)?))
    });
    of_effect.collect()
}

fn merged(
    certain: &BTreeMap<Effect, usize>,
    counting: &BTreeMap<Effect, usize>,
    all: &BTreeMap<Effect, usize>,
) -> BTreeMap<Effect, Reached> {
    let reached = all.keys().chain(counting.keys()).map(|effect| {
        let reached = match counting.get(effect) {
            Some(&length) => Reached::Counting { length, certain: certain.get(effect) == Some(&length) },
            None => Reached::Blocked,
        };
        (*effect, reached)
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
