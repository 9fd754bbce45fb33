//! What a technique does with the object it is tried on: the engine's side of the table.

use super::Effect;

/// Which objects a technique is tried on, and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Pods: runs code in one, with the container's privileges and the pod's token.
    RunsInPod,
    /// Pods: adds a container of the caller's making; the namespace's admission judges the pod anew.
    AddsContainer,
    /// Pods: swaps an image; privileges, mounts and token stay.
    SwapsImage,
    /// Pods: joins the streams of the running process; input only where a container has `stdin`.
    Attaches,
    /// Workloads: changes what their pods run, with any ServiceAccount of the namespace.
    RewritesTemplate,
    /// Nodes: runs code in every pod of one.
    RunsInPodsOfNode,
    /// Pods: touches one without running code in it.
    TouchesPod(Effect),
    /// Services of Cilium.
    TouchesService(Effect),
    /// Namespaces: a new pod, on any node, with every privilege.
    MakesPod,
    /// Namespaces: a new pod that an operator makes, with privileges or a ServiceAccount of the caller's choice.
    HasPodMade,
    /// Namespaces: a pod with a ServiceAccount of the caller's choice; admission of privileged pods plays no part.
    MakesPodAs,
    /// Namespaces: a volume of the host's files in a pod that is otherwise restricted.
    MountsHostPath,
    /// Namespaces: lifts the pod security level.
    LiftsPodSecurity,
    /// The cluster: a namespace without a pod security level.
    MakesNamespace,
    /// The cluster: rewrites objects as others create or change them.
    RewritesAdmitted,
    /// The cluster: sees objects as others create or change them.
    SeesAdmitted,
    /// ServiceAccounts: acts as one, with a token of one's own.
    MintsToken,
    /// ServiceAccounts: acts as one within a request.
    ImpersonatesServiceAccount,
    /// Users: acts as one within a request, without that user's groups.
    ImpersonatesUser,
    /// Groups: acts as a member within a request.
    ImpersonatesGroup,
    /// ServiceAccounts, users or nodes: one action as another identity, within what both may do.
    ImpersonatesForAction,
    /// Token Secrets: acts as the account whose token one holds.
    ReadsSecret,
    /// Namespaces: a token Secret for any ServiceAccount of the namespace.
    MintsTokenSecret,
    /// The cluster: a bootstrap token with groups of `system:bootstrappers`.
    MintsBootstrapToken,
    /// The cluster: a client certificate for any user and group but `system:masters`.
    IssuesClientCertificate,
    /// Nodes: a client certificate of any node.
    IssuesNodeCertificate,
    /// Nodes: acts as one; the node authorizer then gives the tokens of its pods' accounts.
    ActsAsNode,
    /// Pods that may move to a node one holds.
    StealsPods,
    /// Roles: adds rules to one that the identity is bound to.
    GrowsRole,
    /// Roles: binds one that the identity does not hold.
    BindsRole,
    /// The cluster: everything.
    Everything,
    /// Cilium's configuration, policies or keys.
    ControlsCilium,
    /// API groups and custom resource definitions of Cilium: what its components read is answered or rewritten.
    ServesCilium,
    /// The cluster: system:masters, for a cloud identity of the caller's.
    MapsCloudIdentity,
    /// Nothing by itself: it is worth something only together with other rights, or leads to none of the effects. The entry
    /// says which.
    Enables,
    /// The name of another entry's use, printed in the catalogue and never a step.
    Alias,
    /// A step that follows from another by itself, without a request.
    Follows,
    /// Nothing: considered, and no way in.
    Nothing,
}

impl Reach {
    /// Whether it takes a pod security level out of the way of what comes after: the level is lifted, or the namespace is
    /// new and has none.
    pub fn lifts_level(self) -> bool {
        matches!(self, Reach::LiftsPodSecurity | Reach::MakesNamespace)
    }
}
