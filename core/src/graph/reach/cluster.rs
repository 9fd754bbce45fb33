//! Steps that change what the cluster allows: everything at once, or by way of admission.

use super::super::World;
use super::super::act::{Attempt, weaken};
use super::super::holder::Object;
use super::super::node::{Actor, Node};
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::Certainty;

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

/// Objects of others are seen as they are written: with them the token of any account, once its token Secret is filled.
pub(super) fn sees_admitted(attempt: &mut Attempt<'_, '_>) {
    let ways = attempt.holder.ways(&attempt.way.requests, Object { namespace: None, name: None });
    if ways.is_empty() {
        return;
    }
    let field = attempt.field;
    for (namespace, names) in &field.terrain.accounts {
        for name in names {
            let condition =
                format!("needs a token Secret of ServiceAccount `{namespace}/{name}` to be written");
            let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)));
            let identity = Identity::ServiceAccount { namespace: namespace.clone(), name: name.clone() };
            attempt.found(Node::Acting(Actor::new(identity)), ways.clone(), &judged);
        }
    }
}

/// On EKS, and nowhere else, a ConfigMap says which cloud identity is a member of system:masters.
pub(super) fn maps_cloud_identity(attempt: &mut Attempt<'_, '_>) {
    if !is_eks(attempt.field.world) {
        return;
    }
    let namespace = Name::from("kube-system");
    let object = Object { namespace: Some(&namespace), name: None };
    let ways = attempt.holder.ways(&attempt.way.requests, object);
    let condition =
        "needs an IAM identity, and a cluster that takes identities from the ConfigMap aws-auth".to_owned();
    let judged = weaken(attempt.judged.clone(), (Certainty::Conditional, Some(condition)));
    attempt.found(Node::ClusterAdmin, ways, &judged);
}

/// Whether the input shows a cluster on EKS: its nodes' labels, or the ConfigMap itself.
fn is_eks(world: &World<'_>) -> bool {
    let mut labels = world.snapshot.nodes.iter().flat_map(|node| node.labels.keys());
    let mut maps = world.snapshot.config_maps.iter();
    labels.any(|label| label.starts_with("eks.amazonaws.com/"))
        || maps.any(|map| &*map.namespace == "kube-system" && &*map.name == "aws-auth")
}
