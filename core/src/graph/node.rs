//! Nodes and edges: who or what is reached, by which step, on which evidence.

use super::grants::Grant;
use super::requests::Request;
use crate::authorizer::Identity;
use crate::model::Name;
use crate::report::{Authorizer, Certainty};
use crate::technique::Effect;

/// An identity that makes requests, with what it gained on the way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Actor {
    /// Who.
    pub identity: Identity,
    /// Reached by impersonation only: it cannot impersonate further, as a request carries one impersonation
    /// (k8s.io/apiserver pkg/endpoints/filters/impersonation).
    pub impersonated: bool,
    /// A role it bound itself to, and where; `None` is the whole cluster.
    pub bound: Option<(usize, Option<Name>)>,
    /// A namespace whose pod security level it lifted.
    pub lifted: Option<Name>,
}

impl Actor {
    /// Whether it makes a request by itself: the same identity with another role that it bound itself to is another.
    pub(super) fn makes(&self, proof: &Proof) -> bool {
        let gained = |(role, _)| self.bound.as_ref().is_some_and(|(bound, _)| *bound == role);
        proof.by == self.identity && proof.gained.is_none_or(gained)
    }

    /// An identity with a credential of its own.
    pub fn new(identity: Identity) -> Self {
        Actor { identity, impersonated: false, bound: None, lifted: None }
    }
}

/// Who or what a path passes through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// Acts as an identity.
    Acting(Actor),
    /// Runs code in this pod: an index into [`crate::model::Snapshot::pods`].
    Pod(usize),
    /// Runs a container of its own making in this pod.
    PodWithContainer(usize),
    /// Runs code in the pods of this component, none of which is in the input; the flag is set where the container
    /// is of one's own making.
    PodsOf(usize, bool),
    /// Decides what the pods of this component run.
    Workload(usize),
    /// Decides what the pods of some other workload run.
    OtherWorkload {
        /// Its namespace.
        namespace: Name,
        /// Its kind.
        kind: Name,
        /// Its name.
        name: Name,
        /// An earlier step lifted the namespace's pod security level.
        lifted: bool,
    },
    /// Root on this node; `None` where the input does not tell which.
    NodeRoot(Option<Name>),
    /// Touches a pod of this component without running code in it.
    Touched {
        /// Index into the installation's components.
        component: usize,
        /// The pod, where it is in the input.
        pod: Option<usize>,
        /// What the touch amounts to.
        effect: Effect,
    },
    /// Touches an object of this component that is no pod.
    Object {
        /// Index into the installation's components.
        component: usize,
        /// `Service`, `ConfigMap`, `Secret` or `Resource`.
        kind: &'static str,
        /// Its namespace.
        namespace: Option<Name>,
        /// Its name, or the resource's.
        name: Name,
        /// What the touch amounts to.
        effect: Effect,
    },
    /// May do everything.
    ClusterAdmin,
    /// Another node, reached from somewhere that is needed once more further on: for the rights of an identity, or for
    /// another way that leaves it.
    Along {
        /// The node.
        node: NodeId,
        /// Where that is: a plain node, or the end of an earlier way.
        with: NodeId,
    },
}

/// A node by its place in the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// An effect that a node amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sink {
    /// The effect.
    pub effect: Effect,
    /// The component that is reached: an index into the installation's components.
    pub component: usize,
}

/// One step from a node to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Where it leads.
    pub to: NodeId,
    /// The id of the technique or derived step.
    pub technique: &'static str,
    /// How sure the step is.
    pub certainty: Certainty,
    /// Why it is not certain.
    pub conditions: Vec<String>,
    /// The requests that it makes and what allows them; none for derived steps.
    pub evidence: Vec<Proof>,
    /// How many pods and nodes it reaches, where it reaches several at once.
    pub reached: Option<(usize, usize)>,
    /// The step is weaker than its catalogue entry says: it lowers the path's severity to this.
    pub lowered: Option<crate::technique::Severity>,
    /// Where the step is taken from, if not from the node it leaves: whoever is at the end of one way goes another as
    /// well, from where the two part.
    pub parting: Option<NodeId>,
}

/// One request and what allows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proof {
    /// Who makes the request: another identity than the step's where requests are spread over several.
    pub by: Identity,
    /// Which authorizer.
    pub authorizer: Authorizer,
    /// The request.
    pub request: Request,
    /// The namespace it is made in; `None` for the cluster.
    pub namespace: Option<Name>,
    /// The name it carries.
    pub name: Option<Name>,
    /// The grant, where the authorizer is RBAC and the binding is in the input.
    pub grant: Option<Grant>,
    /// Role and rule, where the binding is one that an earlier step makes.
    pub gained: Option<(usize, usize)>,
}
