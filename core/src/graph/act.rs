//! An acting identity → its steps: every technique of the table that its rights allow, tried on everything there is.

use super::holder::{BoundRights, EVERYTHING, Holder, groups};
use super::idle::{self, Idle};
use super::node::{Actor, Edge, Node, NodeId, Proof};
use super::requests::{Request, RequestSet, Wanted};
use super::terrain::Terrain;
use super::{Grants, Graph, World, reach};
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::{
    Alternative, CATALOGUE, Fact, Reach, RequestPattern, Scope, Severity, Technique, alternatives, find,
};
use crate::version::Judgement;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a step may depend on.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub world: &'a World<'a>,
    pub grants: &'a Grants,
    pub terrain: Terrain<'a>,
    pub bound: BoundRights,
    /// Whoever holds a right that something follows from.
    pub starting: BTreeSet<Identity>,
    plays: Vec<Play>,
    /// What each of the plays needs.
    needs: Wanted,
    /// What somebody may lack who could take a step together with another identity.
    parts: Wanted,
}

/// Who makes a request without a credential; a request in that user's name has the rights of that user's group too
/// (k8s.io/apiserver pkg/endpoints/filters/impersonation).
const ANONYMOUS: &str = "system:anonymous";

/// One technique in one of the ways it can be met.
pub(super) type Play = (&'static Technique, Alternative);

/// How sure something is, and why it is not certain.
pub(super) type Judged = (Certainty, Vec<String>);

/// A step that was found, before it has its place in the graph.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub to: Node,
    pub proofs: Vec<Proof>,
    pub judged: Judged,
    pub reached: Option<(usize, usize)>,
    pub lowered: Option<Severity>,
}

/// One technique in one of the ways it can be met, by one holder.
#[derive(Debug)]
pub(super) struct Attempt<'h, 'a> {
    pub field: &'h Field<'a>,
    pub holder: &'h Holder<'h>,
    pub technique: &'static Technique,
    pub way: &'h Alternative,
    pub judged: Judged,
    pub found: Vec<Found>,
}

impl<'a> Field<'a> {
    /// Prepares the table for a world.
    pub(super) fn new(world: &'a World<'a>, grants: &'a Grants) -> Self {
        let steps = CATALOGUE.iter().filter(|technique| technique.severity != Severity::None);
        let plays = steps.flat_map(|technique| {
            alternatives(&technique.requires).into_iter().map(move |way| (technique, way))
        });
        let plays: Vec<Play> = plays.filter(|(_, way)| !way.requests.is_empty()).collect();
        let needs = plays.iter().map(|(_, way)| RequestSet::of_way(way));
        let (terrain, bound) = (Terrain::new(world, grants), BoundRights::default());
        let (needs, parts) = (Wanted::new(needs.collect()), Wanted::default());
        let starting = BTreeSet::new();
        let mut field = Field { world, grants, terrain, bound, starting, plays, needs, parts };
        field.parts = idle::parts(&field);
        let mut idle = Idle::new(&field);
        let (pods, starting) = (field.terrain.leading(&mut idle), idle.leading());
        field.terrain.pods = pods;
        field.starting = starting;
        field
    }

    /// The plays whose requests a holder has the rights for, all of them by itself.
    pub(super) fn open_to<'f>(&'f self, holder: &Holder<'_>) -> impl Iterator<Item = &'f Play> + use<'f, 'a> {
        self.needs.within(&holder.held()).into_iter().filter_map(|place| self.plays.get(place))
    }

    /// Whether whoever holds this has the rights for some play.
    pub(super) fn opens_any(&self, held: &RequestSet) -> bool {
        self.needs.any_within(held)
    }

    /// Whether whoever holds this has the rights for a part in a play that takes several.
    pub(super) fn takes_part(&self, held: &RequestSet) -> bool {
        self.parts.any_within(held)
    }

    /// Every request that an actor may make somewhere.
    pub(super) fn held(&self, actor: &Actor) -> RequestSet {
        match &actor.bound {
            None => self.grants.held(&actor.identity),
            Some(_) => Holder::new(self.world, self.grants, actor, &self.bound).held(),
        }
    }

    /// Users who hold rights: by name, or without having logged in.
    pub(super) fn users(&self) -> BTreeSet<Identity> {
        let by_name = self.grants.users();
        let anonymous = Identity::User(Name::from(ANONYMOUS));
        let mut of_groups = groups(&anonymous).into_iter().map(Identity::Group);
        let holds_rights = of_groups.any(|group| self.grants.own(&group).is_some());
        by_name.cloned().chain(holds_rights.then_some(anonymous)).collect()
    }

    /// The plays whose requests may be spread over several identities.
    pub(super) fn spread_plays(&self) -> impl Iterator<Item = &Play> {
        self.plays.iter().filter(|(_, way)| way.requests.len() > 1)
    }

    /// The ways to have no pod security level in the way.
    pub(super) fn level_lifts(&self) -> impl Iterator<Item = &Play> {
        self.plays.iter().filter(|(technique, _)| technique.reach.lifts_level())
    }

    /// The ways to make a pod or change what one runs; what lifting a pod security level is for.
    pub(super) fn pod_makers(&self) -> impl Iterator<Item = &Play> {
        self.plays.iter().filter(|(technique, _)| is_judged_by_level(technique.reach))
    }
}

/// Adds every step of an actor. Whoever may do everything needs no other step; where it may as a member of a group only,
/// what it holds itself is told beside it.
pub(super) fn act(graph: &mut Graph, field: &Field<'_>, from: NodeId, actor: &Actor) {
    let whole = Holder::new(field.world, field.grants, actor, &field.bound);
    let is_everything = |play: &&Play| play.0.reach == Reach::Everything;
    let (everything, mut others): (Vec<&Play>, Vec<&Play>) = field.open_to(&whole).partition(is_everything);
    let mut known = Known::new();
    for play in everything {
        try_play(graph, field, (from, &whole), play, &mut known);
    }
    let all = graph.steps(from).any(|edge| graph.node(edge.to) == Some(&Node::ClusterAdmin));
    if all && whole.holds_itself(Request::EVERYTHING) {
        return;
    }
    let mut holder = whole;
    if all {
        holder = holder.without_groups();
        others = field.open_to(&holder).filter(|play| !is_everything(play)).collect();
    }
    for play in others.into_iter().filter(|(technique, _)| fits(actor, technique.reach)) {
        try_play(graph, field, (from, &holder), play, &mut known);
    }
    bind_everything_only(graph, from);
}

/// Whoever may bind a role that allows everything gains nothing more by binding another in the same place.
fn bind_everything_only(graph: &mut Graph, from: NodeId) {
    let binds = |edge: &&Edge| find(edge.technique).is_some_and(|found| found.reach == Reach::BindsRole);
    let scope_of = |edge: &Edge| match graph.node(edge.to) {
        Some(Node::ClusterAdmin) => Some((EVERYTHING, None)),
        Some(Node::Acting(Actor { bound, .. })) => bound.clone(),
        _ => None,
    };
    let bound: BTreeMap<NodeId, (usize, Option<Name>)> =
        graph.steps(from).filter(binds).filter_map(|edge| Some((edge.to, scope_of(edge)?))).collect();
    let everything: BTreeSet<&Option<Name>> =
        bound.values().filter(|(role, _)| *role == EVERYTHING).map(|(_, scope)| scope).collect();
    let less: BTreeSet<NodeId> = bound
        .iter()
        .filter(|(_, (role, scope))| *role != EVERYTHING && everything.contains(scope))
        .map(|(&to, _)| to)
        .collect();
    if !less.is_empty() {
        graph.keep_steps(from, |edge| !(binds(&edge) && less.contains(&edge.to)));
    }
}

/// The steps of an actor so far: two that differ in nothing but the request are one.
type Known = BTreeMap<(&'static str, NodeId, BTreeSet<(usize, usize)>), Certainty>;

fn try_play(
    graph: &mut Graph,
    field: &Field<'_>,
    (from, holder): (NodeId, &Holder<'_>),
    play: &Play,
    known: &mut Known,
) {
    let (technique, _) = play;
    for found in found_by(field, holder, play) {
        // Whose grant it is counts as well: a binding may name both somebody and a group of theirs.
        let grants = found.proofs.iter().filter_map(|proof| proof.grant);
        let bindings = grants.map(|grant| (grant.binding, grant.subject));
        let key = (technique.id, graph.id(found.to.clone()), bindings.collect());
        let certainty = found.judged.0;
        // Which role grows tells whose way it is.
        let differs = technique.reach == Reach::GrowsRole;
        if differs || known.get(&key).is_none_or(|known| certainty < *known) {
            known.insert(key, certainty);
            graph.add(from, technique.id, found);
        }
    }
}

/// Every step that a holder may take by a play.
pub(super) fn found_by(field: &Field<'_>, holder: &Holder<'_>, (technique, way): &Play) -> Vec<Found> {
    let judged = judge_facts(field.world, technique, &way.facts);
    let mut attempt = Attempt { field, holder, technique, way, judged, found: Vec::new() };
    reach::attempt(&mut attempt);
    attempt.found
}

/// Impersonation does not stack; a lifted level only matters to pods.
fn fits(actor: &Actor, reach: Reach) -> bool {
    let impersonates = matches!(
        reach,
        Reach::ImpersonatesServiceAccount
            | Reach::ImpersonatesUser
            | Reach::ImpersonatesGroup
            | Reach::ImpersonatesForAction
    );
    !(actor.impersonated && impersonates) && (actor.lifted.is_none() || is_judged_by_level(reach))
}

/// Whether the pod security level of a namespace decides what comes of a technique.
pub(super) fn is_judged_by_level(reach: Reach) -> bool {
    matches!(
        reach,
        Reach::MakesPod
            | Reach::HasPodMade
            | Reach::RewritesTemplate
            | Reach::AddsContainer
            | Reach::SwapsImage
    )
}

/// Weakens a judgement by another: the worse certainty, all conditions.
pub(super) fn weaken((certainty, mut conditions): Judged, (other, condition): Judgement) -> Judged {
    conditions.extend(condition);
    (certainty.max(other), conditions)
}

/// What the facts of a way make of it.
fn judge_facts(world: &World<'_>, technique: &Technique, facts: &[Fact]) -> Judged {
    // Whether an identity is bound to the role it grows is looked up, not assumed.
    let looked_up = matches!(
        technique.reach,
        Reach::GrowsRole | Reach::BindsRole | Reach::MakesNamespace | Reach::ImpersonatesForAction
    );
    facts.iter().fold((Certainty::Certain, Vec::new()), |judged, fact| match fact {
        Fact::Before(minor) => weaken(judged, world.version.before(*minor)),
        Fact::Since(minor) => weaken(judged, world.version.since(*minor)),
        Fact::Stdin => judged,
        Fact::Other(_) if looked_up => judged,
        Fact::Other(words) => weaken(judged, (Certainty::Conditional, Some(format!("needs {words}")))),
    })
}

impl Attempt<'_, '_> {
    /// The only request of a way that makes just one.
    pub(super) fn single(&self) -> Option<RequestPattern> {
        match self.way.requests.as_slice() {
            [group] => match group.as_slice() {
                [pattern] => Some(*pattern),
                _ => None,
            },
            _ => None,
        }
    }

    /// Every request of the way.
    pub(super) fn patterns(&self) -> impl Iterator<Item = RequestPattern> + '_ {
        self.way.requests.iter().flatten().copied()
    }

    /// The request that decides where the step can be taken: the last one.
    pub(super) fn main(&self) -> Option<RequestPattern> {
        self.way.requests.last().and_then(|group| group.last()).copied()
    }

    /// The namespaces in which the holder may make every request that is made in one.
    pub(super) fn namespaces(&self) -> BTreeSet<Name> {
        let Some(main) = self.main() else { return BTreeSet::new() };
        let there = self.patterns().filter(|pattern| pattern.scope == Scope::Namespace || *pattern == main);
        let scopes = there.map(|pattern| self.holder.scopes(Request::from(pattern)));
        let common = |all: Option<BTreeSet<Name>>, (cluster, namespaces): (bool, BTreeSet<Name>)| match all {
            all if cluster => all,
            Some(all) => Some(&all & &namespaces),
            None => Some(namespaces),
        };
        let listed = scopes.fold(None, common);
        self.field.terrain.reached((listed.is_none(), listed.unwrap_or_default()))
    }

    /// The nodes that it is worth trying to act as: enough for the account of every pod, those that hold something beyond
    /// what every node does, and those that rules name.
    pub(super) fn nodes(&self, requests: &[RequestPattern]) -> BTreeSet<Name> {
        let mut nodes = self.field.terrain.token_nodes(self.field.world);
        let holding = self.field.grants.identities().filter_map(|identity| match identity {
            Identity::Node(name) => Some(name.clone()),
            _ => None,
        });
        nodes.extend(holding);
        if self.field.grants.own(&Identity::Group(Name::from("system:nodes"))).is_some() {
            // Any node holds what their group does.
            nodes.extend(self.field.world.snapshot.nodes.first().map(|node| node.name.clone()));
        }
        for pattern in requests {
            let rules = self.holder.rules(Request::from(*pattern), None);
            let names = rules.iter().flat_map(|(_, rule)| rule.resource_names.iter());
            nodes.extend(names.map(|name| Name::from(name.strip_prefix("system:node:").unwrap_or(name))));
        }
        nodes
    }

    /// Notes a step for each combination of bindings that allows it.
    pub(super) fn found(&mut self, to: Node, ways: Vec<Vec<Proof>>, judged: &Judged) {
        for proofs in ways {
            let judged = judged.clone();
            self.found.push(Found { to: to.clone(), proofs, judged, reached: None, lowered: None });
        }
    }
}

impl Graph {
    /// Adds a found step.
    pub(super) fn add(&mut self, from: NodeId, technique: &'static str, found: Found) {
        let to = self.id(found.to);
        let edge = Edge {
            to,
            technique,
            certainty: found.judged.0,
            conditions: found.judged.1,
            evidence: found.proofs,
            reached: found.reached,
            lowered: found.lowered,
            parting: None,
        };
        if to != from {
            self.step(from, edge);
        }
    }
}
