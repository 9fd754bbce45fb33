//! Steps that add rules to a role: to one that the holder is bound to, that flows into such a one, or that it may bind.

use super::super::act::Attempt;
use super::super::holder::{EVERYTHING, Object, pairs};
use super::super::node::{Actor, Node};
use super::super::terrain::is_present;
use super::bindings::{self, HeldRules};
use crate::authorizer;
use crate::model::{Binding, LabelSelector, Name, Role, SelectorOperator};
use crate::technique::RequestPattern;
use std::collections::BTreeSet;

/// Stands for a role that the holder makes.
const NEW_ROLE: &str = "a-new-role";

/// A role that the holder is bound to, and where the binding holds.
struct Bound<'a> {
    name: &'a Name,
    /// The namespace of a Role; `None` for a ClusterRole.
    namespace: Option<&'a Name>,
    scope: Option<&'a Name>,
    /// The role, where it is in the input.
    role: Option<&'a Role>,
}

/// Adds rules to a role: everything, wherever a binding of it to the holder is or can be made.
pub(super) fn grows_role(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let kind =
        if patterns.iter().any(|item| item.resource == "clusterroles") { "ClusterRole" } else { "Role" };
    let makes = patterns.iter().any(|pattern| pattern.verb == "create");
    let field = attempt.field;
    for binding in &field.world.snapshot.bindings {
        // No ClusterRoleBinding refers to a Role (k8s.io/kubernetes pkg/apis/rbac/validation).
        let refers_nowhere = kind == "Role" && binding.namespace.is_none();
        if *binding.role_ref.kind != *kind || refers_nowhere || !is_bound(attempt, binding) {
            continue;
        }
        let namespace = if kind == "Role" { binding.namespace.as_ref() } else { None };
        let roles = field.world.roles.resolve(binding).iter();
        let role = roles.filter_map(|&role| field.world.snapshot.roles.get(role)).next();
        let (name, scope) = (&binding.role_ref.name, binding.namespace.as_ref());
        grow_bound(attempt, makes, &Bound { name, namespace, scope, role });
    }
    if !makes {
        grow_bindable(attempt, kind);
    }
}

fn grow_bound(attempt: &mut Attempt<'_, '_>, makes: bool, bound: &Bound<'_>) {
    let kind = if bound.namespace.is_some() { "Role" } else { "ClusterRole" };
    let missing = bound.role.is_none() && is_present(attempt.field.world, kind);
    let object = Object { namespace: bound.namespace, name: Some(bound.name) };
    let mut ways = Vec::new();
    // A role that is there can only be changed, one that is not can only be made.
    if makes == missing {
        ways = attempt.holder.ways(&attempt.way.requests, object);
    }
    let selectors = bound.role.and_then(|role| role.aggregation.as_ref());
    if ways.is_empty() && selectors.is_some_and(|all| all.iter().any(can_be_met)) {
        // Any other role flows into this one once it has the label, which the same write can set.
        for name in others(attempt, makes, bound) {
            let object = Object { name: Some(&name), ..object };
            ways.extend(attempt.holder.ways(&attempt.way.requests, object));
        }
    }
    let scope = bound.scope.cloned();
    if !ways.is_empty() && !HeldRules::of(attempt, &scope).are_everything() {
        let to = holding_everything(attempt, scope);
        attempt.found(to, ways, &attempt.judged.clone());
    }
}

/// The other ClusterRoles that may be written: those that the rules name, and any new one.
fn others(attempt: &Attempt<'_, '_>, makes: bool, bound: &Bound<'_>) -> BTreeSet<Name> {
    let any = Object { namespace: None, name: None };
    let named = attempt.way.requests.iter().flat_map(|group| attempt.holder.names(group, any));
    let roles = &attempt.field.world.snapshot.roles;
    let exists = |name: &Name| roles.iter().any(|role| role.namespace.is_none() && role.name == *name);
    let mut names: BTreeSet<Name> =
        named.filter(|name| name != bound.name && exists(name) != makes).collect();
    if makes {
        names.insert(Name::from(NEW_ROLE));
    }
    names
}

/// Whether labels can be set that a selector takes.
fn can_be_met(selector: &LabelSelector) -> bool {
    selector.match_expressions.iter().all(|item| !matches!(item.operator, SelectorOperator::Other(_)))
}

/// A role that the holder is not bound to, but may bind as it is now, and then grow.
fn grow_bindable(attempt: &mut Attempt<'_, '_>, kind: &str) {
    let field = attempt.field;
    let roles = &field.world.snapshot.roles;
    let mut scopes: Vec<Option<Name>> = if kind == "ClusterRole" { vec![None] } else { Vec::new() };
    scopes.extend(bindings::writable_namespaces(attempt).into_iter().map(Some));
    for scope in scopes {
        let held = HeldRules::of(attempt, &scope);
        if held.are_everything() {
            continue;
        }
        let of_kind = |role: &Role| match kind {
            "ClusterRole" => role.namespace.is_none(),
            _ => role.namespace.is_some() && role.namespace == scope,
        };
        let known = roles.iter().enumerate().filter(|(_, role)| of_kind(role));
        let ways = known.filter_map(|(index, role)| {
            let object = Object { namespace: role.namespace.as_ref(), name: Some(&role.name) };
            let grown = attempt.holder.ways(&attempt.way.requests, object);
            if grown.is_empty() {
                return None;
            }
            let bound = bindings::ways_to_bind(attempt, index, (&scope, &held));
            (!bound.is_empty()).then(|| pairs(&bound, &grown).collect())
        });
        // One such role is enough: every one of them ends at the same.
        let Some(ways) = ways.into_iter().next() else { continue };
        let to = holding_everything(attempt, scope.clone());
        attempt.found(to, ways, &attempt.judged.clone());
        if scope.is_none() {
            return;
        }
    }
}

/// Holding everything in a scope: the cluster, or a namespace.
pub(super) fn holding_everything(attempt: &Attempt<'_, '_>, scope: Option<Name>) -> Node {
    match scope {
        None => Node::ClusterAdmin,
        scope => Node::Acting(Actor { bound: Some((EVERYTHING, scope)), ..attempt.holder.actor.clone() }),
    }
}

/// Whether a binding names the holder or one of its groups.
pub(super) fn is_bound(attempt: &Attempt<'_, '_>, binding: &Binding) -> bool {
    let subjects = binding.subjects.iter().filter_map(|subject| authorizer::identity_of(binding, subject));
    subjects.into_iter().any(|subject| attempt.holder.is_bound_by(&subject))
}
