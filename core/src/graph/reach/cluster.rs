//! Steps that change what the cluster allows: everything at once, roles that grow, bindings, admission.

use super::super::act::{Attempt, weaken};
use super::super::grants::Request;
use super::super::holder::{EVERYTHING, Object};
use super::super::node::{Actor, Node, Proof};
use crate::authorizer::{self, ResourceRequest};
use crate::model::{Binding, Name};
use crate::report::Certainty;
use crate::technique::RequestPattern;

const ANYTHING: ResourceRequest<'static> = ResourceRequest { verb: "*", group: "*", resource: "*" };

/// A rule that covers every verb on everything, in the whole cluster.
pub(super) fn everything(attempt: &mut Attempt<'_, '_>) {
    let ways = attempt.holder.ways(&attempt.way.requests, Object { namespace: None, name: None });
    attempt.found(Node::ClusterAdmin, ways, &attempt.judged.clone());
}

/// Objects of others are rewritten once they are created or changed, which happens, but cannot be seen.
pub(super) fn rewrites_admitted(attempt: &mut Attempt<'_, '_>) {
    let ways = attempt.holder.ways(&attempt.way.requests, Object { namespace: None, name: None });
    let condition = "needs somebody else to create or change an object that it can rewrite".to_owned();
    let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)));
    attempt.found(Node::ClusterAdmin, ways, &judged);
}

/// Adds rules to a role that the holder is bound to: everything, where the binding holds.
pub(super) fn grows_role(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let of_cluster_roles = patterns.iter().any(|pattern| pattern.resource == "clusterroles");
    let snapshot = attempt.field.world.snapshot;
    for binding in &snapshot.bindings {
        let kind = if of_cluster_roles { "ClusterRole" } else { "Role" };
        if *binding.role_ref.kind != *kind || !is_bound(attempt, binding) {
            continue;
        }
        let namespace = if of_cluster_roles { None } else { binding.namespace.as_ref() };
        let object = Object { namespace, name: Some(&binding.role_ref.name) };
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        attempt.found(holding_everything(attempt, binding.namespace.clone()), ways, &attempt.judged.clone());
    }
}

fn holding_everything(attempt: &Attempt<'_, '_>, scope: Option<Name>) -> Node {
    match scope {
        None => Node::ClusterAdmin,
        scope => Node::Acting(Actor { bound: Some((EVERYTHING, scope)), ..attempt.holder.actor.clone() }),
    }
}

fn is_bound(attempt: &Attempt<'_, '_>, binding: &Binding) -> bool {
    let identity = &attempt.holder.actor.identity;
    let groups = authorizer::implied_groups(identity);
    let subjects = binding.subjects.iter().filter_map(|subject| authorizer::identity_of(binding, subject));
    subjects.into_iter().any(|subject| {
        subject == *identity || matches!(&subject, authorizer::Identity::Group(name) if groups.contains(name))
    })
}

/// Binds a role that the holder does not hold, by a new binding or one that already refers to it.
pub(super) fn binds_role(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let Some(bind) = patterns.iter().find(|pattern| pattern.verb == "bind").copied() else { return };
    let writes: Vec<RequestPattern> = patterns.into_iter().filter(|pattern| pattern.verb != "bind").collect();
    let cluster_wide = writes.iter().any(|pattern| pattern.resource == "clusterrolebindings");
    if cluster_wide {
        return in_scope(attempt, bind, &writes, None);
    }
    for namespace in namespaces_of(attempt, &writes) {
        in_scope(attempt, bind, &writes, Some(namespace));
    }
}

fn namespaces_of(attempt: &Attempt<'_, '_>, writes: &[RequestPattern]) -> Vec<Name> {
    let Some(first) = writes.first() else { return Vec::new() };
    let reached = attempt.field.terrain.reached(attempt.holder.scopes(Request::from(*first)));
    reached.into_iter().collect()
}

fn in_scope(
    attempt: &mut Attempt<'_, '_>,
    bind: RequestPattern,
    writes: &[RequestPattern],
    scope: Option<Name>,
) {
    let roles = attempt.field.world.snapshot.roles.iter().enumerate();
    let of_kind = |namespace: &Option<Name>| match bind.resource {
        "clusterroles" => namespace.is_none(),
        _ => namespace.is_some() && *namespace == scope,
    };
    let mut gains: Vec<(usize, Vec<Vec<Proof>>)> = Vec::new();
    for (index, role) in roles.filter(|(_, role)| of_kind(&role.namespace)) {
        let object = Object { namespace: scope.as_ref(), name: Some(&role.name) };
        let binds = attempt.holder.ways(&[vec![bind]], object);
        if binds.is_empty() {
            continue;
        }
        let written = written_ways(attempt, writes, &scope, &role.name);
        let joined: Vec<Vec<Proof>> = written
            .iter()
            .flat_map(|write| binds.iter().map(|bind| write.iter().chain(bind).cloned().collect()))
            .collect();
        if !joined.is_empty() {
            gains.push((index, joined));
        }
    }
    let grants_all = |role: usize| {
        let rules = attempt.field.world.roles.rules(role);
        rules.iter().any(|effective| authorizer::rule_covers(effective.rule, ANYTHING))
    };
    // Whoever may bind a role that allows everything gains nothing more by binding another.
    let all = gains.iter().find(|(role, _)| grants_all(*role)).cloned();
    for (role, ways) in all.clone().map_or(gains, |gain| vec![gain]) {
        let to = if all.is_some() {
            holding_everything(attempt, scope.clone())
        } else {
            let bound = Some((role, scope.clone()));
            Node::Acting(Actor { bound, ..attempt.holder.actor.clone() })
        };
        attempt.found(to, ways, &attempt.judged.clone());
    }
}

/// The ways to write a binding that refers to the role: a new one, or one of the input that does.
fn written_ways(
    attempt: &Attempt<'_, '_>,
    writes: &[RequestPattern],
    scope: &Option<Name>,
    role: &Name,
) -> Vec<Vec<Proof>> {
    let group = [writes.to_vec()];
    if writes.iter().any(|pattern| pattern.verb == "create") {
        return attempt.holder.ways(&group, Object { namespace: scope.as_ref(), name: None });
    }
    let bindings = attempt.field.world.snapshot.bindings.iter();
    let referring = bindings.filter(|binding| binding.namespace == *scope && binding.role_ref.name == *role);
    let ways = referring.map(|binding| {
        attempt.holder.ways(&group, Object { namespace: scope.as_ref(), name: Some(&binding.name) })
    });
    ways.flatten().collect()
}
