//! Steps that yield another identity: tokens, token Secrets and impersonation.

use super::super::act::{Attempt, weaken};
use super::super::grants::Request;
use super::super::holder::Object;
use super::super::node::{Actor, Node, Proof};
use super::super::terrain::is_present;
use crate::authorizer::{self, Identity};
use crate::model::Name;
use crate::report::Certainty;
use crate::technique::{Reach, RequestPattern};

/// The type of a Secret that holds a ServiceAccount's token (k8s.io/api core/v1, SecretTypeServiceAccountToken).
const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";

/// A ServiceAccount by name: its token, or a request in its name.
pub(super) fn account(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let impersonated = attempt.technique.reach == Reach::ImpersonatesServiceAccount;
    let field = attempt.field;
    for namespace in attempt.namespaces() {
        for name in field.terrain.accounts.get(&namespace).into_iter().flatten() {
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

/// A user by name, without the user's groups.
pub(super) fn user(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let field = attempt.field;
    for identity in field.grants.identities() {
        let Identity::User(name) = identity else { continue };
        let ways = attempt.holder.ways(&[vec![pattern]], Object { namespace: None, name: Some(name) });
        attempt.found(impersonating(identity.clone()), ways, &attempt.judged.clone());
    }
}

/// A group: takes a user or account that may be impersonated as well, in the same request.
pub(super) fn group(attempt: &mut Attempt<'_, '_>) {
    let patterns: Vec<RequestPattern> = attempt.patterns().collect();
    let Some(of_group) = patterns.iter().find(|pattern| pattern.resource == "groups").copied() else {
        return;
    };
    let carriers = patterns.iter().filter(|pattern| pattern.resource != "groups");
    let carriers: Vec<Proof> = carriers.filter_map(|pattern| any_name(attempt, *pattern)).collect();
    if carriers.is_empty() {
        return;
    }
    let masters = Identity::Group(Name::from("system:masters"));
    let field = attempt.field;
    let groups = field.grants.identities().filter(|identity| matches!(identity, Identity::Group(_)));
    for identity in groups.chain([&masters]) {
        let Identity::Group(name) = identity else { continue };
        let ways = attempt.holder.ways(&[vec![of_group]], Object { namespace: None, name: Some(name) });
        let joined: Vec<Vec<Proof>> =
            ways.into_iter().map(|way| carriers.iter().cloned().chain(way).collect()).collect();
        let to =
            if **name == *"system:masters" { Node::ClusterAdmin } else { impersonating(identity.clone()) };
        attempt.found(to, joined, &attempt.judged.clone());
    }
}

/// A request that any one name will do for: the first rule that covers it, wherever it holds.
fn any_name(attempt: &Attempt<'_, '_>, pattern: RequestPattern) -> Option<Proof> {
    let (cluster, namespaces) = attempt.holder.scopes(Request::from(pattern));
    let namespace = if cluster { None } else { namespaces.into_iter().next() };
    let rules = attempt.holder.rules(Request::from(pattern), namespace.as_ref());
    let (grant, rule) = rules.into_iter().next()?;
    let name = rule.resource_names.first().cloned();
    let object = Object { namespace: namespace.as_ref(), name: name.as_deref() };
    Some(attempt.holder.proof(pattern, object, grant, rule))
}

/// Token Secrets of the input; where Secrets are not in it, those that may exist.
pub(super) fn token_secret(attempt: &mut Attempt<'_, '_>) {
    let Some(pattern) = attempt.single() else { return };
    let field = attempt.field;
    for namespace in attempt.namespaces() {
        let secrets = field.world.snapshot.secrets.iter().filter(|secret| {
            secret.namespace == namespace && secret.secret_type.as_deref() == Some(TOKEN_SECRET)
        });
        for secret in secrets {
            let Some(name) = &secret.service_account else { continue };
            let object = Object { namespace: Some(&namespace), name: Some(&secret.name) };
            let ways = attempt.holder.ways(&[vec![pattern]], object);
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways, &attempt.judged.clone());
        }
        if !is_present(field.world, "Secret") {
            unlisted_secrets(attempt, pattern, &namespace);
        }
    }
}

fn unlisted_secrets(attempt: &mut Attempt<'_, '_>, pattern: RequestPattern, namespace: &Name) {
    let field = attempt.field;
    for account in field.terrain.accounts.get(namespace).into_iter().flatten() {
        let prefix = format!("{account}-token-");
        let rules = attempt.holder.rules(Request::from(pattern), Some(namespace));
        let mut ways = Vec::new();
        for (grant, rule) in rules {
            let name = match authorizer::name_restricted(rule) {
                false => None,
                true => match rule.resource_names.iter().find(|name| name.starts_with(&prefix)) {
                    Some(name) => Some(name.clone()),
                    None => continue,
                },
            };
            let object = Object { namespace: Some(namespace), name: name.as_deref() };
            ways.push(vec![attempt.holder.proof(pattern, object, grant, rule)]);
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
        let ways = attempt.holder.ways(&attempt.way.requests, object);
        if ways.is_empty() {
            continue;
        }
        for name in accounts {
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways.clone(), &attempt.judged.clone());
        }
    }
}
