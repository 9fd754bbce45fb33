//! A path of the graph → a path of the report: how bad, how sure, whether shipped, with the evidence of each step.

use super::Analysis;
use super::evidence::{entity_of_identity, entity_of_node, evidence};
use crate::authorizer::{Identity, RoleTable};
use crate::defaults::{self, ShippedBy};
use crate::graph::{Edge, Goal, Grant, Node, NodeId, RawPath, Sink, World, acts_as, adds, is_subject, names};
use crate::model::Name;
use crate::report::{Authorizer, Certainty, Expectation, Path, Step, Target, WorkloadRef};
use crate::technique::{Effect, Severity, find};
use std::collections::{BTreeMap, BTreeSet};

/// A path with what findings are grouped and ordered by.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// As the report has it.
    pub path: Path,
    /// The grants of its first step.
    pub grants: Vec<Grant>,
    /// That step is shipped, but a later one takes more than is.
    takes_more: bool,
    /// What to take away so that the path is gone; empty where it is expected.
    pub closing: Vec<Grant>,
}

/// Judges the paths of every identity, remembering what an account reaches.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    analysis: &'a Analysis<'a>,
    cilium_namespaces: Vec<Name>,
    reaches_root: BTreeMap<NodeId, bool>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(analysis: &'a Analysis<'a>) -> Self {
        let namespaces = analysis.world.installation.chart_namespaces();
        Judge { analysis, cilium_namespaces: namespaces.into_iter().collect(), reaches_root: BTreeMap::new() }
    }

    /// The paths of one identity; the same key once, the best of each.
    pub(super) fn paths(&mut self, identity: &Identity, from: NodeId) -> Vec<Judged> {
        let mut best: BTreeMap<_, (_, Judged)> = BTreeMap::new();
        let mut groups = ByGroups::default();
        let Analysis { world, graph, routes, .. } = *self.analysis;
        for raw in routes.of(from, |edge| names(world, graph, identity, edge)) {
            if !self.is_own(identity, &raw, &mut groups) {
                continue;
            }
            let Some(judged) = self.judge(identity, &raw) else { continue };
            let key = key(&judged);
            let rank = rank(&judged);
            if best.get(&key).is_none_or(|(known, _)| rank < *known) {
                best.insert(key, (rank, judged));
            }
        }
        best.into_values().map(|(_, judged)| judged).collect()
    }

    /// The steps that an identity takes as itself, before it becomes someone else or where another way leaves it.
    fn own_steps<'r>(
        &'r self,
        identity: &'r Identity,
        raw: &'r RawPath<'_>,
    ) -> impl Iterator<Item = &'r Edge> {
        let graph = self.analysis.graph;
        let steps =
            raw.steps.iter().filter(move |(from, edge)| acts_as(graph, identity, graph.origin(*from, edge)));
        steps.map(|(_, edge)| *edge)
    }

    /// Whether a path is the identity's own: its first step uses a grant that names it, or a later one that it makes as
    /// itself does where its groups' grants lead nowhere without. What only its groups may do is their finding.
    fn is_own(&self, identity: &Identity, raw: &RawPath<'_>, groups: &mut ByGroups) -> bool {
        let (world, graph) = (self.analysis.world, self.analysis.graph);
        let mut own_steps = self.own_steps(identity, raw);
        if own_steps.next().is_some_and(|first| names(world, graph, identity, first)) {
            return true;
        }
        let later = own_steps.any(|edge| names(world, graph, identity, edge))
            || raw.steps.iter().any(|(_, edge)| adds(world, identity, edge));
        let blocked = raw.certainty() == Certainty::Blocked;
        later && !groups.reach(self.analysis, identity, raw, blocked)
    }

    /// The grants to take away so that a path is gone: those of the identity itself in the first step that has any,
    /// else those of its groups; never what is shipped, which the cluster needs and would restore.
    fn closing(&self, identity: &Identity, raw: &RawPath<'_>) -> Vec<Grant> {
        let world = self.analysis.world;
        let removable =
            |grant: &Grant| shipped_grant(world, world.roles, *grant, &self.cilium_namespaces).is_none();
        let steps = self.own_steps(identity, raw).map(|edge| {
            let grants = edge.evidence.iter().filter_map(|proof| proof.grant).filter(removable);
            grants.collect::<Vec<Grant>>()
        });
        let steps: Vec<Vec<Grant>> = steps.filter(|grants| !grants.is_empty()).collect();
        let own = steps.iter().map(|grants| {
            let own = grants.iter().copied().filter(|grant| is_subject(world, identity, *grant));
            own.collect::<Vec<Grant>>()
        });
        let own = own.into_iter().find(|grants| !grants.is_empty());
        own.or_else(|| steps.into_iter().next()).unwrap_or_default()
    }

    /// Whether a later request of a path takes a grant of the identity itself that nobody ships.
    fn takes_more(&self, identity: &Identity, raw: &RawPath<'_>) -> bool {
        let world = self.analysis.world;
        let proofs = raw.steps.iter().skip(1).flat_map(|(_, edge)| &edge.evidence);
        let own = proofs.filter(|proof| proof.by == *identity).filter_map(|proof| proof.grant);
        own.filter(|grant| is_subject(world, identity, *grant))
            .any(|grant| shipped_grant(world, world.roles, grant, &self.cilium_namespaces).is_none())
    }

    fn judge(&mut self, identity: &Identity, raw: &RawPath<'_>) -> Option<Judged> {
        let severity = self.severity(raw);
        if severity == Severity::None {
            return None;
        }
        let world = self.analysis.world;
        let conditions: BTreeSet<String> =
            raw.steps.iter().flat_map(|(_, edge)| edge.conditions.iter().cloned()).collect();
        let (_, first) = raw.steps.first()?;
        let expected = expectation(world, identity, first, &self.cilium_namespaces);
        let takes_more = expected.is_some() && self.takes_more(identity, raw);
        let path = Path {
            effect: raw.sink.effect,
            severity,
            certainty: raw.certainty(),
            conditions: conditions.into_iter().collect(),
            expected: expected.filter(|_| !takes_more),
            target: Some(target(world, raw)),
            steps: raw.steps.iter().map(|(from, edge)| self.step(*from, edge, identity)).collect(),
        };
        let grants = first.evidence.iter().filter_map(|proof| proof.grant).collect();
        let closing = match path.expected {
            None => self.closing(identity, raw),
            Some(_) => Vec::new(),
        };
        Some(Judged { path, grants, takes_more, closing })
    }

    fn step(&self, from: NodeId, edge: &Edge, identity: &Identity) -> Step {
        let graph = self.analysis.graph;
        let world = self.analysis.world;
        let entity = |id| graph.plain(id).map(|node| entity_of_node(world, node));
        let unknown = || entity_of_identity(identity);
        // Whoever lifted a namespace's level goes on as the same identity.
        let origin = graph.origin(from, edge);
        let acting = match graph.plain(origin) {
            Some(Node::Acting(actor)) => Some(entity_of_identity(&actor.identity)),
            _ => entity(origin),
        };
        let from = acting.unwrap_or_else(unknown);
        Step {
            technique: edge.technique.to_owned(),
            to: entity(edge.to).unwrap_or_else(unknown),
            evidence: edge.evidence.iter().map(|proof| evidence(world, proof, &from)).collect(),
            from,
        }
    }

    /// The lower of the effect's ceiling and the lowest of its techniques.
    fn severity(&mut self, raw: &RawPath<'_>) -> Severity {
        let ceiling = match raw.sink.effect {
            Effect::Exec | Effect::NodeRoot => Severity::Critical,
            Effect::Identity if self.account_reaches_root(raw) => Severity::Critical,
            Effect::Identity | Effect::Control => Severity::High,
            Effect::Network | Effect::Disrupt => Severity::Medium,
        };
        let techniques = raw.steps.iter().map(|(_, edge)| {
            let own = find(edge.technique).map_or(Severity::Critical, |technique| technique.severity);
            edge.lowered.map_or(own, |lowered| lowered.min(own))
        });
        techniques.fold(ceiling, Severity::min)
    }

    fn account_reaches_root(&mut self, raw: &RawPath<'_>) -> bool {
        let Some((_, last)) = raw.steps.last() else { return false };
        let analysis = self.analysis;
        *self.reaches_root.entry(last.to).or_insert_with(|| {
            analysis
                .routes
                .of(last.to, |_| true)
                .iter()
                .any(|path| path.sink.effect == Effect::NodeRoot && path.certainty() != Certainty::Blocked)
        })
    }
}

/// What an identity reaches by the grants of its groups alone, worked out where it is asked for: by ways that count, and
/// by all.
#[derive(Default)]
struct ByGroups([Option<BTreeSet<Goal>>; 2]);

impl ByGroups {
    fn reach(
        &mut self,
        analysis: &Analysis<'_>,
        identity: &Identity,
        raw: &RawPath<'_>,
        blocked: bool,
    ) -> bool {
        let Some((from, _)) = raw.steps.first() else { return false };
        let goal = |sink: Sink| {
            let component = analysis.world.installation.components.get(sink.component);
            Some(Goal { effect: sink.effect, namespace: component?.namespace.clone() })
        };
        let [counting, all] = &mut self.0;
        let known = if blocked { all } else { counting };
        let reached = known.get_or_insert_with(|| {
            let sinks = analysis.routes.by_groups(analysis.world, identity, *from, blocked);
            sinks.into_iter().filter_map(goal).collect()
        });
        goal(raw.sink).is_some_and(|goal| reached.contains(&goal))
    }
}

/// One path is listed for each of these.
fn key(judged: &Judged) -> (Effect, String, Option<String>, Vec<usize>, bool, bool) {
    let path = &judged.path;
    let first = path.steps.first().map(|step| step.technique.clone()).unwrap_or_default();
    let namespace = path.target.as_ref().and_then(|target| target.namespace.clone());
    let bindings: BTreeSet<usize> = judged.grants.iter().map(|grant| grant.binding).collect();
    let blocked = path.certainty == Certainty::Blocked;
    (path.effect, first, namespace, bindings.into_iter().collect(), judged.takes_more, blocked)
}

/// Which of two paths with one key is listed: the shipped one, the shorter, the surer, then the worse.
fn rank(judged: &Judged) -> (bool, usize, Certainty, std::cmp::Reverse<Severity>, Vec<Grant>) {
    let path = &judged.path;
    let severity = std::cmp::Reverse(path.severity);
    (path.expected.is_none(), path.steps.len(), path.certainty, severity, judged.grants.clone())
}

fn target(world: &World<'_>, raw: &RawPath<'_>) -> Target {
    let Sink { component, .. } = raw.sink;
    let Some(component) = world.installation.components.get(component) else {
        return Target { namespace: None, workload: None, pods: 0, nodes: 0 };
    };
    let reached = raw.steps.iter().rev().find_map(|(_, edge)| edge.reached);
    let (pods, nodes) = reached.unwrap_or((component.pods.len(), component.nodes.len()));
    let workload = component.workload.as_ref();
    Target {
        namespace: Some(component.namespace.to_string()),
        workload: workload.map(|(kind, name)| WorkloadRef { kind: kind.to_string(), name: name.to_string() }),
        pods: pods as u64,
        nodes: nodes as u64,
    }
}

/// A path is expected when every grant of its first step is shipped.
fn expectation(
    world: &World<'_>,
    identity: &Identity,
    first: &Edge,
    cilium_namespaces: &[Name],
) -> Option<Expectation> {
    if first.evidence.is_empty() {
        return None;
    }
    let mut found = None;
    for proof in &first.evidence {
        let shipped = match proof.authorizer {
            Authorizer::Masters => (
                ShippedBy::ControlPlane,
                "members of system:masters are never asked: the API server lets them do everything"
                    .to_owned(),
            ),
            Authorizer::Node => (ShippedBy::Node, "the node authorizer lets a kubelet do this".to_owned()),
            Authorizer::Rbac => shipped_grant(world, world.roles, proof.grant?, cilium_namespaces)?,
        };
        found = found.or(Some(shipped));
    }
    let (by, detail) = found?;
    let masters = matches!(identity, Identity::Group(name) if &**name == "system:masters");
    let reason = match by {
        ShippedBy::DefaultRbac if masters => "control-plane",
        ShippedBy::DefaultRbac => "default-rbac",
        ShippedBy::ControlPlane => "control-plane",
        ShippedBy::CiliumChart => "cilium-chart",
        ShippedBy::Node => "node",
    };
    Some(Expectation { reason: reason.to_owned(), detail })
}

fn shipped_grant(
    world: &World<'_>,
    roles: &RoleTable<'_>,
    grant: Grant,
    cilium_namespaces: &[Name],
) -> Option<(ShippedBy, String)> {
    let binding = world.snapshot.bindings.get(grant.binding)?;
    let subject = binding.subjects.get(grant.subject)?;
    let role = world.snapshot.roles.get(grant.role)?;
    let effective = roles.rules(grant.role).get(grant.rule)?;
    defaults::shipped(binding, subject, role, effective.rule, cilium_namespaces)
}
