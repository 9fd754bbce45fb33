//! Requests on nodes and their kubelets.

use super::super::Fact::Other;
use super::super::NamePattern::{Chosen, Object, ProxyTarget};
use super::super::Requirement::{All, Any, Fact};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{change, core, make};

/// A request straight to the kubelet leaves nothing but the kubelet's own question to the API server.
const NODES_PROXY_AUDIT: &str = r#"(.objectRef.resource == "nodes" and .objectRef.subresource == "proxy") or (.objectRef.resource == "subjectaccessreviews" and .requestObject.spec.resourceAttributes.subresource == "proxy")"#;

pub(super) const NODES_PROXY_GET: Technique = Technique {
    id: "nodes-proxy-get",
    title: "run code through the kubelet with get on nodes/proxy",
    phrase: "get nodes/proxy →",
    mechanism: "the kubelet's exec, attach and port-forward take a GET that is upgraded to a WebSocket, and \
                the kubelet asks for `get` on `nodes/proxy` only; through the API server or straight to port \
                10250",
    class: Class::Direct,
    requires: core("get", "nodes/proxy", Cluster, ProxyTarget),
    reach: Reach::RunsInPodsOfNode,
    gains: "a process in any container of the node, the agent's included, without `pods/exec`, admission \
            and, when sent straight to the kubelet, an audit entry",
    severity: Severity::Critical,
    severity_reason: "looks read-only and is not; upstream keeps it that way, unchanged in 1.37.2",
    preconditions: &[
        "nodes are cluster-scoped: only a ClusterRoleBinding grants it",
        "the kubelet's debugging handlers are on, as by default",
        "the direct way needs a network path to port 10250; through the API server it needs nothing more",
    ],
    versions: "every version; the change of 1.35 to `pods/exec` does not reach the kubelet",
    mitre: &["T1609"],
    microsoft: &["Access Kubelet API"],
    cis: &["5.1.10"],
    remediation: "replace `nodes/proxy` by what is really read: `nodes/metrics`, `nodes/stats` and \
                  `nodes/log`, and from 1.33 on `nodes/pods`, `nodes/healthz` and `nodes/configz`; SPIRE of \
                  the Cilium chart asks for it as well and must be kept in mind",
    audit: NODES_PROXY_AUDIT,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/auth.go",
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/server.go",
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/node/rest/proxy.go",
        "kubernetes/kubernetes#136550",
        "kubernetes/website#54191",
    ],
};

pub(super) const NODES_PROXY_CREATE: Technique = Technique {
    id: "nodes-proxy-create",
    title: "run code through the kubelet with create on nodes/proxy",
    phrase: "create nodes/proxy →",
    mechanism: "a POST to the kubelet's run, exec, attach or port-forward is checked as `create` on \
                `nodes/proxy`",
    class: Class::Direct,
    requires: core("create", "nodes/proxy", Cluster, ProxyTarget),
    reach: Reach::RunsInPodsOfNode,
    gains: "a process in any container of the node, the agent's included",
    severity: Severity::Critical,
    severity_reason: "one request that no admission sees",
    preconditions: &[
        "nodes are cluster-scoped: only a ClusterRoleBinding grants it",
        "the kubelet's debugging handlers are on, as by default",
        "the direct way needs a network path to port 10250; through the API server it needs nothing more",
    ],
    versions: "every version",
    mitre: &["T1609"],
    microsoft: &["Access Kubelet API"],
    cis: &["5.1.10"],
    remediation: "take it away: only the API server's own client to the kubelets needs it; who reads metrics \
                  or logs of nodes needs `nodes/metrics`, `nodes/stats` or `nodes/log`",
    audit: NODES_PROXY_AUDIT,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/auth.go",
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/server.go",
    ],
};

pub(super) const NODES_PROXY_NONEXEC: Technique = Technique {
    id: "nodes-proxy-nonexec",
    title: "other rights on a node's kubelet",
    phrase: "read from the kubelet of",
    mechanism: "no route of the kubelet that runs code is checked as update, patch or delete on \
                `nodes/proxy`, or as one of the finer subresources",
    class: Class::NoWayIn,
    requires: Any(&[
        core("update", "nodes/proxy", Cluster, Object),
        core("get", "nodes/metrics", Cluster, Object),
        core("get", "nodes/stats", Cluster, Object),
        core("get", "nodes/pods", Cluster, Object),
        core("get", "nodes/healthz", Cluster, Object),
        core("get", "nodes/configz", Cluster, Object),
    ]),
    reach: Reach::Nothing,
    gains: "metrics, the list of pods and the kubelet's settings",
    severity: Severity::None,
    severity_reason: "runs no code; these are what to grant in place of `nodes/proxy`",
    preconditions: &[],
    versions: "the finer subresources are asked for from 1.33 on (KubeletFineGrainedAuthz: beta, on; stable \
               in 1.36)",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change",
    audit: r#".objectRef.resource == "nodes" and (.objectRef.subresource | IN("metrics", "stats", "pods", "healthz", "configz"))"#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/kubelet/server/auth.go"],
};

pub(super) const NODES_LOG: Technique = Technique {
    id: "nodes-log",
    title: "read the logs of a node",
    phrase: "read the logs of node",
    mechanism: "the kubelet serves the files of the node's log directory and, where it is switched on, \
                queries its services' logs",
    class: Class::Info,
    requires: core("get", "nodes/log", Cluster, Object),
    reach: Reach::Enables,
    gains: "the node's logs; any file of the node for whoever can also put a symbolic link into its log \
            directory",
    severity: Severity::Medium,
    severity_reason: "reads beyond the logs only with a pod that mounts the node's log directory",
    preconditions: &[
        "a symbolic link takes a pod with a writable host path on the log directory, which is a way to the node by \
         itself: so this makes no path",
    ],
    versions: "every version; log queries are stable from 1.36 on and still a setting of the kubelet",
    mitre: &["T1611", "T1552"],
    microsoft: &[],
    cis: &[],
    remediation: "drop `nodes/log` from whoever does not debug nodes, and admit no host path on log \
                  directories",
    audit: r#".objectRef.resource == "nodes" and .objectRef.subresource == "log""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/auth.go",
        "KubeHound 53da187 CE_VAR_LOG_SYMLINK",
    ],
};

pub(super) const NODES_CHECKPOINT: Technique = Technique {
    id: "nodes-checkpoint",
    title: "checkpoint a container",
    phrase: "checkpoint containers on",
    mechanism: "the kubelet writes a container's memory to a file of the node that only root can read",
    class: Class::Context,
    requires: core("create", "nodes/checkpoint", Cluster, Object),
    reach: Reach::Enables,
    gains: "a copy of a process's memory, tokens included, for whoever can read root's files on that node",
    severity: Severity::Low,
    severity_reason: "worth something only to whoever reads the node's files already",
    preconditions: &[
        "the container runtime supports it",
        "whoever can read the file is root on the node already, so this makes no path",
    ],
    versions: "from 1.30 on (ContainerCheckpoint: beta, on)",
    mitre: &["T1005"],
    microsoft: &[],
    cis: &[],
    remediation: "drop it: no part of Cilium or Kubernetes asks for it",
    audit: r#".objectRef.resource == "subjectaccessreviews" and .requestObject.spec.resourceAttributes.subresource == "checkpoint""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/kubelet/server/server.go"],
};

pub(super) const NODES_WRITE: Technique = Technique {
    id: "nodes-write",
    title: "change nodes",
    phrase: "change node",
    mechanism: "labels, taints and addresses of a node decide where pods run and where the API server looks \
                for the kubelet",
    class: Class::Context,
    requires: Any(&[
        change!("", "nodes", Cluster, Object),
        change!("", "nodes/status", Cluster, Object),
        core("delete", "nodes", Cluster, Object),
        make!("", "nodes", Cluster),
    ]),
    reach: Reach::Enables,
    gains: "a say in where pods run; one half of steal-pods",
    severity: Severity::Medium,
    severity_reason: "scheduling only: the agent tolerates every taint, and a false address needs a \
                      certificate that the API server trusts",
    preconditions: &[
        "makes no path by itself: steal-pods is what it leads to",
        "a wrong address of a kubelet is only believed with a serving certificate that is trusted",
    ],
    versions: "every version",
    mitre: &["T1499"],
    microsoft: &[],
    cis: &[],
    remediation: "leave writes on nodes to kubelets, the node controllers and whoever drains nodes; the \
                  operator of the Cilium chart patches nodes by itself",
    audit: r#".objectRef.resource == "nodes" and (.verb | IN("create", "update", "patch", "delete")) and (.user.username | startswith("system:node:") | not)"#,
    references: &["rbac-police 1ec5d02 lib/modify_node_status.rego"],
};

pub(super) const NODE_IDENTITY: Technique = Technique {
    id: "node-identity",
    title: "act as a node",
    phrase: "act as node",
    mechanism: "the node authorizer lets a node mint tokens of the ServiceAccounts of its own pods and read \
                the Secrets and ConfigMaps that these mount",
    class: Class::Amplifier,
    requires: Fact(Other("the user name system:node:NAME and the group system:nodes")),
    reach: Reach::ActsAsNode,
    gains: "every ServiceAccount that runs on the node, the agent's included",
    severity: Severity::High,
    severity_reason: "one certificate yields all accounts of a node",
    preconditions: &[
        "the Node authorizer and NodeRestriction are on; no object shows it",
        "a node may neither exec nor use `nodes/proxy` nor make workloads",
        "the group without a user name of that form is no node",
    ],
    versions: "every version; from 1.33 on a node's tokens are for audiences that its pods ask for \
               (ServiceAccountNodeAudienceRestriction), and from 1.32 on it no longer lists all pods \
               (AuthorizeNodeWithSelectors, stable in 1.34)",
    mitre: &["T1078", "T1528"],
    microsoft: &[],
    cis: &[],
    remediation: "keep the Node authorizer and NodeRestriction on and bind nothing to system:nodes; close \
                  the step that yields the certificate",
    audit: r#"(.user.username | startswith("system:node:")) and .objectRef.subresource == "token""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/node/node_authorizer.go",
        "k8s.io/kubernetes v1.37.2 plugin/pkg/admission/noderestriction/admission.go",
        "k8s.io/kubernetes v1.37.2 pkg/auth/nodeidentifier/default.go",
    ],
};

pub(super) const STEAL_PODS: Technique = Technique {
    id: "steal-pods",
    title: "draw powerful pods to a node one holds",
    phrase: "move to a held node",
    mechanism: "pods that are removed while every other node is closed to them are scheduled on the one node \
                that is left, and their tokens are mounted there",
    class: Class::Amplifier,
    requires: All(&[
        Any(&[
            core("delete", "pods", Namespace, Object),
            core("create", "pods/eviction", Namespace, Object),
            core("delete", "nodes", Cluster, Chosen),
        ]),
        Any(&[change!("", "nodes", Cluster, Chosen), change!("", "nodes/status", Cluster, Chosen)]),
        Fact(Other("root on a node of one's own")),
    ]),
    reach: Reach::StealsPods,
    gains: "the ServiceAccounts of Deployments and the like that may run on that node",
    severity: Severity::High,
    severity_reason: "the operator of the default chart deletes pods and patches nodes, so its token and one \
                      node are enough",
    preconditions: &[
        "the rights may be spread over several identities that run on the node",
        "pods of DaemonSets and static pods cannot be moved; the agent is on the node already",
        "the pod's affinity and tolerations admit the node",
    ],
    versions: "every version",
    mitre: &["T1528"],
    microsoft: &["Container service account"],
    cis: &[],
    remediation: "let nobody both delete pods and change nodes, and tie powerful Deployments to \
                  control-plane nodes by a required node affinity",
    audit: r#".objectRef.resource == "nodes" and (.verb | IN("update", "patch")) and (.user.username | startswith("system:node:") | not)"#,
    references: &["rbac-police 1ec5d02 lib/steal_pods.rego", "cilium chart 1.20.2"],
};
