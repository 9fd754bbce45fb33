//! Steps that draw pods to a node that the caller holds: removed while other nodes are closed to them.

use super::super::act::Attempt;
use super::super::holder::{Object, pairs};
use super::super::node::{Actor, Node, Proof};
use super::super::requests::Request;
use super::super::terrain::is_movable;
use crate::authorizer::Identity;
use crate::model::{Name, Pod};
use crate::technique::RequestPattern;

/// Tries every pod that is made anew elsewhere and whose account leads on.
pub(super) fn attempt(attempt: &mut Attempt<'_, '_>) {
    let [removes, closes] = attempt.way.requests.as_slice() else { return };
    let Some(removal) = removes.first().copied() else { return };
    let any = Object { namespace: None, name: None };
    let closed = attempt.holder.ways(std::slice::from_ref(closes), any);
    if closed.is_empty() {
        return;
    }
    let field = attempt.field;
    let reached = field.terrain.reached(attempt.holder.scopes(Request::from(removal)));
    for (namespace, classes) in &field.terrain.with_account {
        // A node that is deleted takes its pods along, whatever their namespace.
        if removal.resource != "nodes" && !reached.contains(namespace) {
            continue;
        }
        for class in classes {
            let pods = class.pods.iter().filter_map(|&pod| field.world.snapshot.pods.get(pod));
            let stolen = pods.filter(|pod| is_movable(pod)).find_map(|pod| {
                let account = field.terrain.token_of(field.world, pod)?;
                let removed = removed(attempt, removal, pod);
                (!removed.is_empty()).then_some((account, removed))
            });
            let Some((name, removed)) = stolen else { continue };
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name };
            let to = Node::Acting(Actor::new(identity));
            attempt.found(to, pairs(&removed, &closed).collect(), &attempt.judged.clone());
        }
    }
}

/// The ways to remove a pod: itself, or the node it runs on.
fn removed(attempt: &Attempt<'_, '_>, removal: RequestPattern, pod: &Pod) -> Vec<Vec<Proof>> {
    let of_pod = (Some(&pod.namespace), Some(&pod.name));
    let (namespace, name): (Option<&Name>, Option<&Name>) = match removal.resource {
        "nodes" => (None, pod.spec.node_name.as_ref()),
        _ => of_pod,
    };
    attempt.holder.ways(&[vec![removal]], Object { namespace, name: name.map(|name| &**name) })
}
