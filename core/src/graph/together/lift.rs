//! Levels that one identity lifts from the pods of another.

use super::super::act::{Field, Play, is_judged_by_level};
use super::super::holder::{Holder, Object, groups_held};
use super::super::node::{Actor, Edge, Node, NodeId};
use super::super::ownership::Needs;
use super::super::requests::{Request, RequestSet, Wanted};
use super::{Actors, FoundSteps, Graph, Ground, Lengths, join, try_pair};
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::{Alternative, Scope, find};
use std::collections::BTreeSet;

/// Who may lift a level, by what, and whose pods one holds back.
pub(super) struct Lifting<'f> {
    lifts: Vec<&'f Play>,
    pub(super) lifters: BTreeSet<NodeId>,
    pub(super) makers: BTreeSet<NodeId>,
    /// What each way to lift a level takes, and each to make or change pods.
    pub(super) to_lift: Vec<RequestSet>,
    pub(super) to_make: Vec<RequestSet>,
}

impl<'f> Lifting<'f> {
    /// Looks at every actor.
    pub(super) fn new(graph: &Graph, field: &'f Field<'_>, actors: &Actors) -> Self {
        let lifts: Vec<&Play> = field.level_lifts().collect();
        let to_lift: Vec<RequestSet> = lifts.iter().map(|(_, way)| RequestSet::of_way(way)).collect();
        let to_make = field.pod_makers().map(|(_, way)| RequestSet::of_way(way)).collect();
        let needs = Wanted::new(to_lift.clone());
        let lifters = actors.iter().filter(|(_, actor)| needs.any_within(&field.held(actor)));
        let lifters = lifters.map(|(&id, _)| id).collect();
        let makers = actors.keys().copied().filter(|id| is_held_back(graph, *id)).collect();
        Lifting { lifts, lifters, makers, to_lift, to_make }
    }

    /// Whether nobody lifts what holds somebody else back.
    pub(super) fn is_needless(&self) -> bool {
        self.lifters.is_empty() || self.makers.is_empty()
    }
}

/// Whether a level holds back pods that somebody makes or changes.
fn is_held_back(graph: &Graph, id: NodeId) -> bool {
    held_back(graph, id).next().is_some()
}

/// The steps that a level holds back.
pub(super) fn held_back(graph: &Graph, id: NodeId) -> impl Iterator<Item = &Edge> {
    graph.steps(id).filter(|edge| {
        let reach = find(edge.technique).map(|technique| technique.reach);
        // What comes of a template is judged when its pods are made.
        let later = || {
            let acts = matches!(graph.node(edge.to), Some(Node::Acting(_)));
            !acts && graph.steps(edge.to).any(|next| next.certainty != Certainty::Certain)
        };
        reach.is_some_and(is_judged_by_level) && (edge.certainty != Certainty::Certain || later())
    })
}

/// Adds the steps by which one identity lifts a level that holds back the pods of another that it becomes, or the other
/// way around.
pub(super) fn add(graph: &mut Graph, ground: &Ground<'_>) -> Lengths {
    let Ground { field, actors, lifting, .. } = ground;
    if lifting.is_needless() {
        return Lengths::new();
    }
    let needs = Needs::new(field.world, graph);
    let wanted: BTreeSet<NodeId> = lifting.lifters.union(&lifting.makers).copied().collect();
    join(graph, &ground.moves, (wanted.iter().copied(), &wanted), |graph, first, second| {
        let pair = actors.get(&first).zip(actors.get(&second));
        let in_vain = pair.is_none_or(|(one, two)| {
            needs.nothing_new(&one.identity, second) && !lifts_beyond(field, &one.identity, two)
        });
        if in_vain { Vec::new() } else { between(graph, ground, (first, second)) }
    })
}

/// What one of two makes once the other has lifted what holds it back; the maker goes on.
pub(super) fn between(graph: &Graph, ground: &Ground<'_>, (one, two): (NodeId, NodeId)) -> FoundSteps {
    let lifting = &ground.lifting;
    let mut all = Vec::new();
    for (maker, lifter) in [(one, two), (two, one)] {
        if lifting.makers.contains(&maker) && lifting.lifters.contains(&lifter) {
            for play in &lifting.lifts {
                let found = try_pair(graph, ground, play, (maker, lifter));
                all.extend(found.into_iter().map(|found| (play.0.id, found)));
            }
        }
    }
    all
}

/// Whether somebody may lift a level that `one` may not lift by the groups that both are in: it need lead them nowhere by
/// itself.
fn lifts_beyond(field: &Field<'_>, one: &Identity, other: &Actor) -> bool {
    if other.bound.is_some() {
        return true;
    }
    let whole = Holder::new(field.world, field.grants, other, &field.bound);
    let by_groups = Holder::by_groups(field.world, field.grants, other, &field.bound, &groups_held(one));
    let may = |holder: &Holder<'_>, way: &Alternative, namespace: Option<&Name>| {
        let object = Object { namespace, name: namespace.map(|name| &**name) };
        !holder.ways(&way.requests, object).is_empty()
    };
    field.level_lifts().any(|(_, way)| {
        let Some(main) = way.requests.last().and_then(|group| group.last()) else { return false };
        let beyond =
            |namespace: Option<&Name>| may(&whole, way, namespace) && !may(&by_groups, way, namespace);
        match main.scope {
            Scope::Cluster => beyond(None),
            _ => {
                let namespaces = field.terrain.reached(whole.scopes(Request::from(*main)));
                namespaces.iter().any(|name| beyond(Some(name)))
            }
        }
    })
}
