//! Steps that follow from others by themselves, and what is true of a whole path.

use super::super::Fact::Other;
use super::super::NamePattern::Absent;
use super::super::Requirement::{Any, Fact, Nothing};
use super::super::Scope::Cluster;
use super::super::{Class, Reach, Severity, Technique};
use super::words::of;

const UNSEEN: &str = "none: nothing of it passes through the API server";

pub(super) const CONTAINER_ESCAPE: Technique = Technique {
    id: "container-escape",
    title: "leave a root-equivalent container for its node",
    phrase: "escape from",
    mechanism: "a privileged container, one with capabilities such as SYS_ADMIN or SYS_MODULE, or one that \
                can write the host's files or see its processes can do whatever root of the node can",
    class: Class::Derived,
    requires: Nothing,
    reach: Reach::Follows,
    gains: "root on the node",
    severity: Severity::Critical,
    severity_reason: "the container's own privileges are enough: no flaw is needed",
    preconditions: &["the container is root-equivalent by its securityContext, mounts or host namespaces"],
    versions: "every version",
    mitre: &["T1611"],
    microsoft: &["Privileged container", "Writable hostPath mount"],
    cis: &[],
    remediation: "close the step before it; of other pods than Cilium's, drop the privileges that they do \
                  not need and enforce the restricted level in their namespace",
    audit: UNSEEN,
    references: &["KubeHound 53da187 CE_*", "cilium chart 1.20.2"],
};

pub(super) const POD_TOKEN: Technique = Technique {
    id: "pod-token",
    title: "use the token that is mounted in a pod",
    phrase: "token of",
    mechanism: "whoever runs code in a pod reads the ServiceAccount token that is mounted in it; a debug \
                container can mount the volume itself",
    class: Class::Derived,
    requires: Nothing,
    reach: Reach::Follows,
    gains: "the pod's ServiceAccount, with its groups, for as long as the token lasts",
    severity: Severity::Critical,
    severity_reason: "as good as the account: what that may do decides, so the step itself lowers nothing",
    preconditions: &[
        "a token is mounted: automountServiceAccountToken of the pod, else of its ServiceAccount, else true; \
         or a projected volume names one",
    ],
    versions: "every version",
    mitre: &["T1528"],
    microsoft: &["Container service account"],
    cis: &["5.1.6"],
    remediation: "set automountServiceAccountToken to false where a pod does not call the API, and close the \
                  step before it",
    audit: "none of its own: requests of the ServiceAccount whose .sourceIPs are not those of its pods",
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go"],
};

pub(super) const NODE_COMPROMISE: Technique = Technique {
    id: "node-compromise",
    title: "use what a node's root can reach",
    phrase: "from its node into",
    mechanism: "root of a node enters every container that runs there, reads the tokens mounted in its pods \
                and holds the kubelet's certificate",
    class: Class::Derived,
    requires: Fact(Other("root on the node")),
    reach: Reach::Follows,
    gains: "every pod of the node, Cilium's included, their tokens, and the identity of the node",
    severity: Severity::Critical,
    severity_reason: "nothing on the node is out of reach",
    preconditions: &["a pod on the node is privileged or root-equivalent, and code of the caller runs in it"],
    versions: "every version",
    mitre: &["T1611"],
    microsoft: &[],
    cis: &[],
    remediation: "close the step before it; keep powerful accounts off nodes that run other people's pods",
    audit: UNSEEN,
    references: &["KubeHound 53da187 CE_*", "IceKube 1c8d327 IS_PRIVILEGED"],
};

pub(super) const CLUSTER_ADMIN: Technique = Technique {
    id: "cluster-admin",
    title: "everything: a wildcard rule, or system:masters",
    phrase: "everything in the cluster, so",
    mechanism: "a rule with `*` for verbs, groups and resources that is bound in the whole cluster allows \
                every request; members of system:masters pass before RBAC is asked",
    class: Class::Direct,
    requires: Any(&[
        of("*", "*", "*", Cluster, Absent),
        Fact(Other("membership of the group system:masters")),
    ]),
    reach: Reach::Everything,
    gains: "every way in at once",
    severity: Severity::Critical,
    severity_reason: "nothing is refused",
    preconditions: &["system:masters keeps its power when the cluster-admin binding is deleted"],
    versions: "every version",
    mitre: &["T1078"],
    microsoft: &["Cluster-admin binding"],
    cis: &["5.1.1", "5.1.3", "5.1.7"],
    remediation: "bind the verbs and resources that are used in place of `*`, in namespaces where that is \
                  enough; keep cluster-admin for one break-glass group, and issue no certificate of \
                  system:masters",
    audit: r#".user.groups // [] | index("system:masters")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/kubeapiserver/authorizer/reload.go",
        "k8s.io/kubernetes v1.37.2 pkg/apis/rbac/v1/evaluation_helpers.go",
    ],
};

pub(super) const GROUP_WIDE_GRANT: Technique = Technique {
    id: "group-wide-grant",
    title: "a right given to everyone of a broad group",
    phrase: "held by every member of",
    mechanism: "a binding names system:authenticated, system:unauthenticated, system:anonymous, \
                system:serviceaccounts or the ServiceAccounts of a whole namespace, so each of them holds \
                the path",
    class: Class::Amplifier,
    requires: Fact(Other(
        "a binding to system:authenticated, system:unauthenticated, system:anonymous, system:serviceaccounts \
         or system:serviceaccounts:NAMESPACE",
    )),
    reach: Reach::Alias,
    gains: "the path for every identity, every ServiceAccount, or whoever has no account at all",
    severity: Severity::Critical,
    severity_reason: "any pod with a token, or anyone at all, is enough to start from",
    preconditions: &["whether anonymous requests are let in is set on the API server and not in any object"],
    versions: "every version; from 1.31 on anonymous requests can be limited to some paths \
               (AnonymousAuthConfigurableEndpoints, stable in 1.34)",
    mitre: &["T1078.001"],
    microsoft: &["Exposed sensitive interfaces"],
    cis: &["5.1.5"],
    remediation: "bind the one ServiceAccount or team group that needs it in place of the broad group",
    audit: r#".user.groups // [] | index("system:unauthenticated")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/validation/rule.go",
        "k8s.io/apiserver v0.37.2 pkg/features/kube_features.go",
    ],
};
