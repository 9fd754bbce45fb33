//! Steps that yield an identity by certificate or bootstrap token.

use super::super::act::Attempt;
use super::super::holder::{Object, is_kubelet};
use super::super::node::{Actor, Node, Proof};
use crate::authorizer::Identity;
use crate::model::Name;
use std::collections::BTreeSet;

/// The resource of certificate requests.
pub(super) const REQUESTS: &str = "certificatesigningrequests";

/// The groups that a bootstrap token may carry (k8s.io/cluster-bootstrap token/api).
const BOOTSTRAPPERS: &str = "system:bootstrappers";

/// A bootstrap token for each group of bootstrappers that holds anything.
pub(super) fn bootstrap(attempt: &mut Attempt<'_, '_>) {
    let ways = attempt.holder.ways(&attempt.way.requests, Object { namespace: None, name: None });
    let field = attempt.field;
    for identity in field.grants.identities() {
        let is_bootstrap = matches!(identity, Identity::Group(name) if name.starts_with(BOOTSTRAPPERS));
        if is_bootstrap {
            attempt.found(Node::Acting(Actor::new(identity.clone())), ways.clone(), &attempt.judged.clone());
        }
    }
}

/// A client certificate for any user or group but `system:masters`; the names of ServiceAccounts and nodes are those of
/// users as well (k8s.io/kubernetes plugin/pkg/admission/certificates/subjectrestriction).
pub(super) fn client(attempt: &mut Attempt<'_, '_>) {
    let object = Object { namespace: None, name: None };
    let ways = attempt.holder.ways_on_one(&attempt.way.requests, REQUESTS, object);
    if ways.is_empty() {
        return;
    }
    let field = attempt.field;
    let accounts = field.terrain.accounts.iter().flat_map(|(namespace, names)| {
        let account =
            |name: &Name| Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
        names.iter().map(account)
    });
    let identities: BTreeSet<Identity> = field.grants.identities().cloned().chain(accounts).collect();
    for identity in identities {
        if !matches!(&identity, Identity::Group(name) if **name == *"system:masters") {
            attempt.found(Node::Acting(Actor::new(identity)), ways.clone(), &attempt.judged.clone());
        }
    }
    nodes(attempt, &ways);
}

/// A certificate of a node.
pub(super) fn node(attempt: &mut Attempt<'_, '_>) {
    let object = Object { namespace: None, name: None };
    let mut ways = attempt.holder.ways_on_one(&attempt.way.requests, REQUESTS, object);
    // A kubelet may ask for its own name only (k8s.io/kubernetes plugin/pkg/admission/noderestriction, admitCSR).
    let asks = |proof: &Proof| proof.request.resource == REQUESTS && proof.request.verb == "create";
    ways.retain(|way| !way.iter().any(|proof| asks(proof) && is_kubelet(&proof.by)));
    if !ways.is_empty() {
        nodes(attempt, &ways);
    }
}

/// Any node: enough of them to get to the account of every pod.
fn nodes(attempt: &mut Attempt<'_, '_>, ways: &[Vec<Proof>]) {
    for name in attempt.nodes(&[]) {
        let to = Node::Acting(Actor::new(Identity::Node(name)));
        attempt.found(to, ways.to_vec(), &attempt.judged.clone());
    }
}
