//! Requests on nodes and their kubelets.

use super::super::NamePattern::ProxyTarget;
use super::super::Scope::Cluster;
use super::super::{Class, Reach, Severity, Technique};
use super::words::core;

pub(super) const NODES_PROXY_GET: Technique = Technique {
    id: "nodes-proxy-get",
    title: "run code through the kubelet with get on nodes/proxy",
    phrase: "get nodes/proxy →",
    mechanism: "the kubelet's exec, attach and port-forward take a GET that is upgraded to a WebSocket, and the kubelet \
                asks for `get` on `nodes/proxy` only; through the API server or straight to port 10250",
    class: Class::Direct,
    requires: core("get", "nodes/proxy", Cluster, ProxyTarget),
    reach: Reach::RunsInPodsOfNode,
    gains: "a process in any container of the node, the agent's included, without `pods/exec`, admission and, when \
            sent straight to the kubelet, an audit entry",
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
    remediation: "replace `nodes/proxy` by what is really read: `nodes/metrics`, `nodes/stats` and `nodes/log`, and \
                  from 1.33 on `nodes/pods`, `nodes/healthz` and `nodes/configz`; SPIRE of the Cilium chart asks for \
                  it as well and must be kept in mind",
    audit: r#".objectRef.resource == "nodes" and .objectRef.subresource == "proxy"; straight to the kubelet: .objectRef.resource == "subjectaccessreviews" and .requestObject.spec.resourceAttributes.subresource == "proxy""#,
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
    mechanism: "a POST to the kubelet's run, exec, attach or port-forward is checked as `create` on `nodes/proxy`",
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
    remediation: "take it away: only the API server's own client to the kubelets needs it; who reads metrics or logs of \
                  nodes needs `nodes/metrics`, `nodes/stats` or `nodes/log`",
    audit: r#".objectRef.resource == "nodes" and .objectRef.subresource == "proxy" and .verb == "create"; straight to the kubelet: .objectRef.resource == "subjectaccessreviews" and .requestObject.spec.resourceAttributes.subresource == "proxy""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/auth.go",
        "k8s.io/kubernetes v1.37.2 pkg/kubelet/server/server.go",
    ],
};
