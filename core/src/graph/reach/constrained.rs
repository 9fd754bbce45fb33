//! Constrained impersonation: one action as another identity, within what both may do.

use super::super::act::Attempt;
use super::super::holder::{Holder, Object, joined};
use super::super::node::{Actor, Node, Proof};
use super::super::requests::Request;
use super::super::terrain::running_pods;
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::Authorizer;
use crate::technique::{NamePattern, RequestPattern, Scope};
use std::collections::BTreeSet;

/// The prefix of the verb that lets an action be done as another identity; the mode and the action's verb follow
/// (k8s.io/apiserver pkg/endpoints/filters/impersonation/mode.go).
const ON: &str = "impersonate-on:";

/// Tries every identity that may be impersonated for the action, where that identity may do the action itself.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let Some(on) = patterns.iter().find(|pattern| pattern.verb.starts_with(ON)).copied() else { return };
    let who: Vec<RequestPattern> =
        patterns.into_iter().filter(|pattern| !pattern.verb.starts_with(ON)).collect();
    let field = attempt.field;
    let nodes = attempt.nodes(&who).into_iter().map(Identity::Node);
    let accounts = field.terrain.accounts.iter().flat_map(|(namespace, names)| {
        names.iter().map(|name| Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() })
    });
    let identities: BTreeSet<Identity> =
        field.grants.identities().cloned().chain(nodes).chain(accounts).chain(field.users()).collect();
    for identity in identities.iter().filter(|identity| **identity != attempt.holder.actor.identity) {
        let ways = impersonates(attempt, &who, identity);
        if !ways.is_empty() {
            act_as(attempt, on, identity, &ways);
        }
    }
}

/// The ways in which the holder may impersonate an identity: a user alone, or a group that any user carries.
fn impersonates(attempt: &Attempt<'_, '_>, who: &[RequestPattern], identity: &Identity) -> Vec<Vec<Proof>> {
    let carries = who.iter().any(|pattern| pattern.resource == "groups");
    let mut ways = if who.is_empty() { Vec::new() } else { vec![Vec::new()] };
    for pattern in who {
        let Some((namespace, name)) = stands_for(*pattern, identity, carries) else { return Vec::new() };
        let more = attempt.holder.ways(&[vec![*pattern]], Object { namespace, name });
        ways = joined(&ways, &more);
    }
    ways
}

/// The object of a request to impersonate an identity, by namespace and name; `None` where the request is about others.
fn stands_for(
    pattern: RequestPattern,
    identity: &Identity,
    carries: bool,
) -> Option<(Option<&Name>, Option<&str>)> {
    match (pattern.resource, identity) {
        ("serviceaccounts", Identity::ServiceAccount { namespace, name }) => {
            Some((Some(namespace), Some(name)))
        }
        ("users", Identity::User(name)) if !carries => Some((None, Some(name))),
        ("users", Identity::Group(_)) if carries => Some((None, None)),
        // The API server refuses this group in every mode but the legacy one.
        ("groups", Identity::Group(name)) if **name != *"system:masters" => Some((None, Some(name))),
        ("nodes", Identity::Node(name)) => match pattern.name {
            NamePattern::Literal(literal) => Some((None, Some(literal))),
            _ => Some((None, Some(name))),
        },
        _ => None,
    }
}

/// The action itself, on everything it can be done to.
fn act_as(attempt: &mut Attempt<'_, '_>, on: RequestPattern, identity: &Identity, ways: &[Vec<Proof>]) {
    let field = attempt.field;
    let actor = Actor::new(identity.clone());
    let other = Holder::new(field.world, field.grants, &actor, &field.bound);
    match on.resource {
        "pods/exec" => {
            let action = RequestPattern { verb: "create", group: "", ..on };
            for (namespace, classes) in &field.terrain.with_account {
                for &pod in classes.iter().filter_map(|class| class.pods.first()) {
                    let Some(found) = field.world.snapshot.pods.get(pod) else { continue };
                    let object = Object { namespace: Some(namespace), name: Some(&found.name) };
                    both(attempt, &other, (on, action), object, Node::Pod(pod), ways);
                }
            }
        }
        "serviceaccounts/token" => {
            let action = RequestPattern { verb: "create", scope: Scope::Namespace, ..on };
            for (namespace, names) in &field.terrain.accounts {
                for name in names {
                    let account =
                        Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
                    let object = Object { namespace: Some(namespace), name: Some(name) };
                    let to = Node::Acting(Actor::new(account));
                    both(attempt, &other, (on, action), object, to, ways);
                }
            }
        }
        _ => {}
    }
}

/// The holder may do the action as the other, and the other may do it.
fn both(
    attempt: &mut Attempt<'_, '_>,
    other: &Holder<'_>,
    (on, action): (RequestPattern, RequestPattern),
    object: Object<'_>,
    to: Node,
    ways: &[Vec<Proof>],
) {
    let allowed = match &other.actor.identity {
        Identity::Node(node) => node_may(attempt, node, action, object).map(|proof| vec![proof]),
        _ => other.ways(&[vec![action]], object).into_iter().next(),
    };
    let Some(allowed) = allowed else { return };
    let on_behalf = attempt.holder.ways(&[vec![on]], object);
    let whole = joined(&joined(ways, &on_behalf), &[allowed]);
    attempt.found(to, whole, &attempt.judged.clone());
}

/// The node authorizer lets a kubelet ask for tokens of the accounts of its own pods.
fn node_may(
    attempt: &Attempt<'_, '_>,
    node: &Name,
    action: RequestPattern,
    object: Object<'_>,
) -> Option<Proof> {
    let (namespace, account) = (object.namespace?, object.name?);
    let mut pods = running_pods(attempt.field.world, namespace);
    pods.find(|(_, pod)| {
        let own = attempt.field.terrain.token_of(attempt.field.world, pod).as_deref() == Some(account);
        own && pod.spec.node_name.as_ref() == Some(node)
    })?;
    Some(Proof {
        by: Identity::Node(node.clone()),
        authorizer: Authorizer::Node,
        request: Request::from(action),
        namespace: Some(namespace.clone()),
        name: Some(Name::from(account)),
        grant: None,
        gained: None,
    })
}
