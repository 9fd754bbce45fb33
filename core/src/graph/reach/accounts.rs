//! Steps that yield another identity: tokens, token Secrets and impersonation.

use super::super::act::{Attempt, weaken};
use super::super::holder::{Object, joined};
use super::super::node::{Actor, Node, Proof};
use super::super::requests::Request;
use super::super::terrain::is_present;
use crate::authorizer::{self, Identity};
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::{Reach, RequestPattern, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// The resource of token Secrets.
pub(super) const SECRETS: &str = "secrets";

/// A ServiceAccount by name: its token, or a request in its name, which an account that does not exist will do for.
pub(super) fn account(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let impersonated = attempt.technique.reach == Reach::ImpersonatesServiceAccount;
    let terrain = &attempt.field.terrain;
    for namespace in attempt.namespaces() {
        let existing = terrain.accounts.get(&namespace).into_iter().flatten();
        let named = Some(attempt.field.grants.accounts_in(&namespace)).filter(|_| impersonated);
        let named = named.into_iter().flatten();
        let names: BTreeSet<&Name> = existing.chain(named).collect();
        for name in names {
            let object = Object { namespace: Some(&namespace), name: Some(name) };
            let ways = attempt.holder.ways(&[vec![pattern]], object);
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            let actor = Actor { impersonated, ..Actor::new(identity) };
            attempt.found(Node::Acting(actor), ways, &attempt.judged.clone());
        }
    }
}

fn impersonating(identity: Identity) -> Node {
    Node::Acting(Actor { impersonated: true, ..Actor::new(identity) })
}

/// Kubernetes lets this user mint any token (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy).
const CONTROLLER_MANAGER: &str = "system:kube-controller-manager";

/// A user by name, without the user's groups.
pub(super) fn user(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let field = attempt.field;
    for identity in field.users() {
        let Identity::User(name) = &identity else { continue };
        let ways = attempt.holder.ways(&[vec![pattern]], Object { namespace: None, name: Some(name) });
        attempt.found(impersonating(identity.clone()), ways, &attempt.judged.clone());
    }
    let controller_manager = Identity::User(Name::from(CONTROLLER_MANAGER));
    if field.grants.own(&controller_manager).is_none() {
        let object = Object { namespace: None, name: Some(CONTROLLER_MANAGER) };
        let ways = attempt.holder.ways(&[vec![pattern]], object);
        let condition = format!(
            "needs User `{CONTROLLER_MANAGER}` to hold what Kubernetes grants it by default; the input does not show it"
        );
        let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)));
        attempt.found(Node::ClusterAdmin, ways, &judged);
    }
}

/// A group: takes a user or account that may be impersonated as well, in the same request.
pub(super) fn group(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let Some(of_group) = patterns.iter().find(|pattern| pattern.resource == "groups").copied() else {
        return;
    };
    let carriers: Vec<RequestPattern> =
        patterns.into_iter().filter(|pattern| pattern.resource != "groups").collect();
    let start = if carriers.is_empty() { Vec::new() } else { vec![Vec::new()] };
    let carried = carriers.iter().fold(start, |ways, pattern| {
        let more: Vec<Vec<Proof>> =
            any_names(attempt, *pattern).into_iter().map(|proof| vec![proof]).collect();
        joined(&ways, &more)
    });
    if carried.is_empty() {
        return;
    }
    let masters = Identity::Group(Name::from("system:masters"));
    let field = attempt.field;
    let groups = field.grants.identities().filter(|identity| matches!(identity, Identity::Group(_)));
    for identity in groups.chain([&masters]) {
        let Identity::Group(name) = identity else { continue };
        let ways = attempt.holder.ways(&[vec![of_group]], Object { namespace: None, name: Some(name) });
        let to =
            if **name == *"system:masters" { Node::ClusterAdmin } else { impersonating(identity.clone()) };
        attempt.found(to, joined(&carried, &ways), &attempt.judged.clone());
    }
    nodes(attempt, of_group, &carriers);
}

/// A node takes both its user name and the group of nodes.
fn nodes(attempt: &mut Attempt<'_, '_>, of_group: RequestPattern, carriers: &[RequestPattern]) {
    let Some(of_user) = carriers.iter().find(|pattern| pattern.resource == "users").copied() else { return };
    let object = Object { namespace: None, name: Some("system:nodes") };
    let groups = attempt.holder.ways(&[vec![of_group]], object);
    if groups.is_empty() {
        return;
    }
    for node in attempt.nodes(&[of_user]) {
        let user = format!("system:node:{node}");
        let users = attempt.holder.ways(&[vec![of_user]], Object { namespace: None, name: Some(&user) });
        let to = impersonating(Identity::Node(node));
        attempt.found(to, joined(&users, &groups), &attempt.judged.clone());
    }
}

/// A request that any one name will do for: by each binding and subject, the first rule that covers it, wherever it holds.
fn any_names(attempt: &Attempt<'_, '_>, pattern: RequestPattern) -> Vec<Proof> {
    let mut found: BTreeMap<(usize, usize), Proof> = BTreeMap::new();
    for (grant, rule, scope) in attempt.holder.anywhere(Request::from(pattern)) {
        if pattern.scope == Scope::Cluster && scope.is_some() {
            continue;
        }
        let name = rule.resource_names.first().cloned();
        let object = Object { namespace: scope, name: name.as_deref() };
        let proof = || attempt.holder.proof(pattern, object, grant, rule);
        found.entry((grant.binding, grant.subject)).or_insert_with(proof);
    }
    found.into_values().collect()
}

/// What stands in the name of a token Secret that the token controller made, after the account's name
/// (k8s.io/kubernetes pkg/controller/serviceaccount/tokens_controller.go, before 1.24).
const MADE: &str = "-token-";

/// Token Secrets of the input; where Secrets are not in it, those that may exist.
pub(super) fn token_secret(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let field = attempt.field;
    let unlisted = !is_present(field.world, "Secret");
    if let Some(names) = attempt.holder.only_names(Request::from(pattern)) {
        let listed = |name: &Name| field.terrain.names_of_token_secrets.contains(name);
        if !names.iter().any(|name| unlisted && name.contains(MADE) || listed(name)) {
            return;
        }
    }
    for namespace in attempt.namespaces() {
        for &secret in field.terrain.token_secrets.get(&namespace).into_iter().flatten() {
            let Some(name) = &secret.service_account else { continue };
            let object = Object { namespace: Some(&namespace), name: Some(&secret.name) };
            let ways = attempt.holder.ways(&[vec![pattern]], object);
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways, &attempt.judged.clone());
        }
        if unlisted {
            unlisted_secrets(attempt, pattern, &namespace);
        }
    }
}

fn unlisted_secrets(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let (field, holder) = (attempt.field, attempt.holder);
    let rules = holder.rules(Request::from(pattern), Some(namespace));
    for account in field.terrain.accounts.get(namespace).into_iter().flatten() {
        let prefix = format!("{account}{MADE}");
        let mut ways = Vec::new();
        for &(grant, rule) in &rules {
            let name = match authorizer::name_restricted(rule) {
                false => None,
                true => match rule.resource_names.iter().find(|name| name.starts_with(&prefix)) {
                    Some(name) => Some(name.clone()),
                    None => continue,
                },
            };
            let object = Object { namespace: Some(namespace), name: name.as_deref() };
            ways.push(vec![holder.proof(pattern, object, grant, rule)]);
        }
        if ways.is_empty() {
            continue;
        }
        let condition = format!(
            "needs a token Secret of ServiceAccount `{namespace}/{account}`; Secrets are not in the input"
        );
        let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)));
        let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: account.clone() };
        attempt.found(Node::Acting(Actor::new(identity)), ways, &judged);
    }
}

/// A new token Secret for any account of the namespace, and reading it.
pub(super) fn new_token_secret(attempt: &mut Attempt<'_, '_>) {
    let field = attempt.field;
    for namespace in attempt.namespaces() {
        let Some(accounts) = field.terrain.accounts.get(&namespace) else { continue };
        let object = Object { namespace: Some(&namespace), name: None };
        let ways = attempt.holder.ways_on_one(&attempt.way.requests, SECRETS, object);
        if ways.is_empty() {
            continue;
        }
        for name in accounts {
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways.clone(), &attempt.judged.clone());
        }
    }
}
