//! Steps that yield an identity by certificate or bootstrap token.

use super::super::act::Attempt;
use super::super::holder::Object;
use super::super::node::{Actor, Node};
use crate::authorizer::Identity;
use crate::model::Name;
use std::collections::BTreeSet;

/// Bootstrap tokens live in this namespace (k8s.io/cluster-bootstrap token/api).
const BOOTSTRAP_NAMESPACE: &str = "kube-system";

/// A bootstrap token for each group of bootstrappers that holds anything.
pub(super) fn bootstrap(attempt: &mut Attempt<'_, '_>) {
    let namespace = Name::from(BOOTSTRAP_NAMESPACE);
    let object = Object { namespace: Some(&namespace), name: None };
    let ways = attempt.holder.ways(&attempt.way.requests, object);
    let field = attempt.field;
    for identity in field.grants.identities() {
        let is_bootstrap =
            matches!(identity, Identity::Group(name) if name.starts_with("system:bootstrappers"));
        if is_bootstrap {
            attempt.found(Node::Acting(Actor::new(identity.clone())), ways.clone(), &attempt.judged.clone());
        }
    }
}

/// A client certificate for any user or group but `system:masters`.
pub(super) fn client(attempt: &mut Attempt<'_, '_>) {
    let object = Object { namespace: None, name: None };
    let ways = attempt.holder.ways(&attempt.way.requests, object);
    if ways.is_empty() {
        return;
    }
    let field = attempt.field;
    for identity in field.grants.identities() {
        let named = match identity {
            Identity::User(_) => true,
            Identity::Group(name) => **name != *"system:masters",
            Identity::ServiceAccount { .. } | Identity::Node(_) => false,
        };
        if named {
            attempt.found(Node::Acting(Actor::new(identity.clone())), ways.clone(), &attempt.judged.clone());
        }
    }
}

/// A certificate of any node: one for each component is enough.
pub(super) fn node(attempt: &mut Attempt<'_, '_>) {
    let object = Object { namespace: None, name: None };
    let ways = attempt.holder.ways(&attempt.way.requests, object);
    if ways.is_empty() {
        return;
    }
    let targets = attempt.field.terrain.targets.list.iter();
    let nodes: BTreeSet<Name> =
        targets.filter_map(|target| target.component.nodes.first().cloned()).collect();
    for name in nodes {
        let to = Node::Acting(Actor::new(Identity::Node(name)));
        attempt.found(to, ways.clone(), &attempt.judged.clone());
    }
}
