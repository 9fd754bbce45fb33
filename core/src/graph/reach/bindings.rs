//! Steps that bind a role: one that the holder does not hold, by a new binding or one that already refers to it.

use super::super::act::Attempt;
use super::super::holder::{EVERYTHING, Object, pairs};
use super::super::node::{Actor, Node, Proof};
use super::super::requests::Request;
use super::roles::{holding_everything, is_bound};
use crate::authorizer::{self, ResourceRequest};
use crate::model::{Name, PolicyRule};
use crate::pod_security;
use crate::technique::{Alternative, RequestPattern, alternatives, find};
use std::collections::BTreeSet;

const ANYTHING: ResourceRequest<'static> = ResourceRequest { verb: "*", group: "*", resource: "*" };

/// The role that allows everything; every API server makes it (k8s.io/kubernetes
/// plugin/pkg/auth/authorizer/rbac/bootstrappolicy).
const CLUSTER_ADMIN: &str = "cluster-admin";

/// One way to write a binding, taken apart.
struct Write {
    requests: Vec<RequestPattern>,
    bind: RequestPattern,
}

impl Write {
    fn of(way: &Alternative) -> Option<Self> {
        let patterns: Vec<RequestPattern> = way.requests.iter().flatten().copied().collect();
        let bind = patterns.iter().find(|pattern| pattern.verb == "bind").copied()?;
        let requests = patterns.into_iter().filter(|pattern| pattern.verb != "bind").collect();
        Some(Write { requests, bind })
    }

    fn is_cluster_wide(&self) -> bool {
        self.requests.iter().any(|pattern| pattern.resource == "clusterrolebindings")
    }
}

/// Binds a role that the holder does not hold.
pub(super) fn binds_role(attempt: &mut Attempt<'_, '_>) {
    let Some(write) = Write::of(attempt.way) else { return };
    if write.is_cluster_wide() {
        return in_scope(attempt, &write, None);
    }
    for namespace in namespaces_of(attempt, &write) {
        in_scope(attempt, &write, Some(namespace));
    }
}

/// Where the holder may write RoleBindings: where it may in any namespace and bind everything there, those of Cilium and
/// the one that is surest to admit privileged pods stand for all.
fn namespaces_of(attempt: &Attempt<'_, '_>, write: &Write) -> BTreeSet<Name> {
    let Some(first) = write.requests.first() else { return BTreeSet::new() };
    let (anywhere, mut namespaces) = attempt.holder.scopes(Request::from(*first));
    if !anywhere {
        return namespaces;
    }
    let terrain = &attempt.field.terrain;
    let of_cilium: BTreeSet<Name> =
        terrain.targets.list.iter().map(|target| target.component.namespace.clone()).collect();
    let all =
        of_cilium.first().is_some_and(|name| everything_bound(attempt, write, &Some(name.clone())).is_some());
    if !all {
        // A role's rights may lead to whatever is in a namespace, its accounts above all.
        namespaces.extend(terrain.namespaces.iter().cloned());
        return namespaces;
    }
    let snapshot = attempt.field.world.snapshot;
    let surest =
        terrain.namespaces.iter().min_by_key(|name| pod_security::admits_privileged(snapshot, name).0);
    namespaces.extend(of_cilium);
    namespaces.extend(surest.cloned());
    namespaces
}

fn in_scope(attempt: &mut Attempt<'_, '_>, write: &Write, scope: Option<Name>) {
    let held = HeldRules::of(attempt, &scope);
    if held.are_everything() {
        return;
    }
    if let Some(ways) = everything_bound(attempt, write, &scope) {
        let to = holding_everything(attempt, scope);
        return attempt.found(to, ways, &attempt.judged.clone());
    }
    let mut gains: Vec<(usize, Vec<Vec<Proof>>)> = Vec::new();
    for index in bindable(attempt, write, &scope) {
        let ways = bound_ways(attempt, write, &scope, index);
        if !ways.is_empty() && !held.cover(attempt, index) {
            gains.push((index, ways));
        }
    }
    for (role, ways) in gains {
        let bound = Some((role, scope.clone()));
        let to = Node::Acting(Actor { bound, ..attempt.holder.actor.clone() });
        attempt.found(to, ways, &attempt.judged.clone());
    }
}

/// Whoever may bind a role that allows everything gains nothing more by binding another. The role cluster-admin is there
/// even where the input leaves it out.
fn everything_bound(
    attempt: &Attempt<'_, '_>,
    write: &Write,
    scope: &Option<Name>,
) -> Option<Vec<Vec<Proof>>> {
    let world = attempt.field.world;
    let rules = |role: &usize| world.roles.rules(*role).iter();
    let mut all = bindable(attempt, write, scope)
        .into_iter()
        .filter(|role| rules(role).any(|effective| allows_all(effective.rule)));
    let known = all.find_map(|role| {
        let ways = bound_ways(attempt, write, scope, role);
        (!ways.is_empty()).then_some(ways)
    });
    let is_known =
        world.snapshot.roles.iter().any(|role| role.namespace.is_none() && &*role.name == CLUSTER_ADMIN);
    if known.is_some() || is_known || write.bind.resource != "clusterroles" {
        return known;
    }
    let object = Object { namespace: scope.as_ref(), name: Some(CLUSTER_ADMIN) };
    let binds = attempt.holder.ways(&[vec![write.bind]], object);
    let written = written_ways(attempt, write, scope, CLUSTER_ADMIN);
    let ways: Vec<Vec<Proof>> = pairs(&written, &binds).collect();
    (!ways.is_empty()).then_some(ways)
}

/// The roles that a binding in a scope can refer to, of the kind that the way is about.
fn bindable(attempt: &Attempt<'_, '_>, write: &Write, scope: &Option<Name>) -> Vec<usize> {
    let roles = attempt.field.world.snapshot.roles.iter().enumerate();
    let of_kind = |namespace: &Option<Name>| match write.bind.resource {
        "clusterroles" => namespace.is_none(),
        _ => namespace.is_some() && namespace == scope,
    };
    roles.filter(|(_, role)| of_kind(&role.namespace)).map(|(index, _)| index).collect()
}

/// The ways to bind one role in a scope with the right to bind it.
fn bound_ways(
    attempt: &Attempt<'_, '_>,
    write: &Write,
    scope: &Option<Name>,
    role: usize,
) -> Vec<Vec<Proof>> {
    let Some(role) = attempt.field.world.snapshot.roles.get(role) else { return Vec::new() };
    let object = Object { namespace: scope.as_ref(), name: Some(&role.name) };
    let binds = attempt.holder.ways(&[vec![write.bind]], object);
    if binds.is_empty() {
        return binds;
    }
    pairs(&written_ways(attempt, write, scope, &role.name), &binds).collect()
}

/// The ways to write a binding that refers to the role: a new one, or one of the input that does.
fn written_ways(
    attempt: &Attempt<'_, '_>,
    write: &Write,
    scope: &Option<Name>,
    role: &str,
) -> Vec<Vec<Proof>> {
    let group = [write.requests.clone()];
    if write.requests.iter().any(|pattern| pattern.verb == "create") {
        return attempt.holder.ways(&group, Object { namespace: scope.as_ref(), name: None });
    }
    let kind = if write.bind.resource == "clusterroles" { "ClusterRole" } else { "Role" };
    let bindings = attempt.field.world.snapshot.bindings.iter();
    let referring = bindings.filter(|binding| {
        let reference = &binding.role_ref;
        binding.namespace == *scope && *reference.name == *role && &*reference.kind == kind
    });
    let ways = referring.map(|binding| {
        attempt.holder.ways(&group, Object { namespace: scope.as_ref(), name: Some(&binding.name) })
    });
    ways.flatten().collect()
}

/// Every way to write a binding.
fn writes() -> Vec<Write> {
    let technique = find("rbac-bind");
    let ways = technique.map(|technique| alternatives(&technique.requires)).unwrap_or_default();
    ways.iter().filter_map(Write::of).collect()
}

/// The namespaces in which the holder may write some RoleBinding.
pub(super) fn writable_namespaces(attempt: &Attempt<'_, '_>) -> BTreeSet<Name> {
    let namespaced = writes().into_iter().filter(|write| !write.is_cluster_wide());
    namespaced.flat_map(|write| namespaces_of(attempt, &write)).collect()
}

/// Every way to bind a role in a scope: with the right to bind it, or where its rules are held already, as those of an
/// empty one are (k8s.io/kubernetes pkg/registry/rbac/validation/rule.go, ConfirmNoEscalation).
pub(super) fn ways_to_bind(
    attempt: &Attempt<'_, '_>,
    role: usize,
    (scope, held): (&Option<Name>, &HeldRules<'_>),
) -> Vec<Vec<Proof>> {
    let Some(found) = attempt.field.world.snapshot.roles.get(role) else { return Vec::new() };
    let resource = if found.namespace.is_some() { "roles" } else { "clusterroles" };
    let held = held.cover(attempt, role);
    let fitting = writes()
        .into_iter()
        .filter(|write| write.is_cluster_wide() == scope.is_none() && write.bind.resource == resource);
    let ways = fitting.flat_map(|write| {
        if held {
            written_ways(attempt, &write, scope, &found.name)
        } else {
            bound_ways(attempt, &write, scope, role)
        }
    });
    ways.collect()
}

/// The rules that a holder has in a scope; `None` where it bound itself to everything there.
pub(super) struct HeldRules<'a>(Option<Vec<&'a PolicyRule>>);

impl<'a> HeldRules<'a> {
    /// Looks at every binding.
    pub(super) fn of(attempt: &Attempt<'_, 'a>, scope: &Option<Name>) -> Self {
        let world = attempt.field.world;
        let holds_there = |of: &Option<Name>| of.is_none() || of == scope;
        let bound = attempt.holder.actor.bound.as_ref();
        let gained = bound.filter(|(_, of)| holds_there(of)).map(|(role, _)| *role);
        if gained == Some(EVERYTHING) {
            return HeldRules(None);
        }
        let bindings = world.snapshot.bindings.iter().filter(|binding| holds_there(&binding.namespace));
        let own = bindings.filter(|binding| is_bound(attempt, binding));
        let roles = own.flat_map(|binding| world.roles.resolve(binding).iter().copied()).chain(gained);
        let rules = roles.flat_map(|role| world.roles.rules(role).iter());
        HeldRules(Some(rules.map(|effective| effective.rule).collect()))
    }

    /// Whether they are every rule of a role.
    fn cover(&self, attempt: &Attempt<'_, '_>, role: usize) -> bool {
        let mut rules = attempt.field.world.roles.rules(role).iter();
        self.0.as_ref().is_none_or(|held| rules.all(|effective| authorizer::is_covered(effective.rule, held)))
    }

    /// Whether everything is held: nothing that is bound or grown there gives more.
    pub(super) fn are_everything(&self) -> bool {
        self.0.as_ref().is_none_or(|held| held.iter().any(|rule| allows_all(rule)))
    }
}

fn allows_all(rule: &PolicyRule) -> bool {
    !authorizer::name_restricted(rule) && authorizer::rule_covers(rule, ANYTHING)
}
