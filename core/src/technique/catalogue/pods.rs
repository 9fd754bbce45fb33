//! Requests on Cilium's pods and services that run no code in them.

use super::super::Fact::Before;
use super::super::NamePattern::{Absent, Object, ProxyTarget};
use super::super::Requirement::{AllOfOne, Any, Fact};
use super::super::Scope::Namespace;
use super::super::{Class, Effect, Reach, Severity, Technique};
use super::words::{change, core};

pub(super) const PODS_PORTFORWARD: Technique = Technique {
    id: "pods-portforward",
    title: "forward a port of a Cilium pod",
    phrase: "port-forward to",
    mechanism: "opens a connection to a port on the loopback address of the pod's network, which is the \
                node's own for a pod with hostNetwork",
    class: Class::DirectNetwork,
    requires: Any(&[
        core("create", "pods/portforward", Namespace, Object),
        AllOfOne(&[core("get", "pods/portforward", Namespace, Object), Fact(Before(35))]),
    ]),
    reach: Reach::TouchesPod(Effect::Network),
    gains: "services of that node that listen on localhost only, such as the agent's health port or another \
            daemon's; flow data through Hubble Relay; no code in Cilium by itself",
    severity: Severity::Medium,
    severity_reason: "passes NetworkPolicy and a binding to localhost, but runs nothing in Cilium",
    preconditions: &["that the runtime reaches the node's loopback was read, not run"],
    versions: "as pods-exec: `get` alone is enough before 1.35",
    mitre: &["T1133", "T1613"],
    microsoft: &["Cluster internal networking", "Exposed sensitive interfaces"],
    cis: &[],
    remediation: "take create and get on `pods/portforward` away in Cilium's namespace; who looks at flows \
                  can be given Hubble UI behind an ingress with a login instead",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "portforward""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/rest/subresources.go",
        "cilium chart 1.20.2",
    ],
};

pub(super) const PODS_PROXY: Technique = Technique {
    id: "pods-proxy",
    title: "HTTP to a Cilium pod through the API server",
    phrase: "HTTP proxy to",
    mechanism: "the API server passes an HTTP request on to any port of the pod's address; the verb is that \
                of the HTTP method",
    class: Class::DirectNetwork,
    requires: Any(&[
        core("get", "pods/proxy", Namespace, ProxyTarget),
        core("create", "pods/proxy", Namespace, ProxyTarget),
    ]),
    reach: Reach::TouchesPod(Effect::Network),
    gains: "metrics of agent, operator and envoy, and Hubble's pages; nothing that listens on localhost",
    severity: Severity::Low,
    severity_reason: "information only",
    preconditions: &[
        "resourceNames are compared with the whole `[scheme:]name[:port]`: a rule that names the pod alone \
         does not allow a port",
    ],
    versions: "every version",
    mitre: &["T1613"],
    microsoft: &["Exposed sensitive interfaces"],
    cis: &[],
    remediation: "take `pods/proxy` away in Cilium's namespace and let the monitoring system scrape the \
                  metrics ports over the network; `cilium sysdump` uses it for metrics and goes on without",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "proxy""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/strategy.go"],
};

pub(super) const SERVICES_PROXY: Technique = Technique {
    id: "services-proxy",
    title: "HTTP to a Cilium Service through the API server",
    phrase: "HTTP proxy to",
    mechanism: "the API server passes an HTTP request on to an endpoint of the Service",
    class: Class::DirectNetwork,
    requires: Any(&[
        core("get", "services/proxy", Namespace, ProxyTarget),
        core("create", "services/proxy", Namespace, ProxyTarget),
    ]),
    reach: Reach::TouchesService(Effect::Network),
    gains: "what the Service answers over HTTP, such as Hubble UI's flows",
    severity: Severity::Low,
    severity_reason: "information only",
    preconditions: &["resourceNames are compared with the whole `[scheme:]name[:port]`"],
    versions: "every version",
    mitre: &["T1613"],
    microsoft: &["Exposed sensitive interfaces"],
    cis: &[],
    remediation: "take `services/proxy` away in Cilium's namespace and put Hubble UI behind an ingress with \
                  a login",
    audit: r#".objectRef.resource == "services" and .objectRef.subresource == "proxy""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/registry/core/service/proxy.go"],
};

pub(super) const PODS_LOG: Technique = Technique {
    id: "pods-log",
    title: "read the logs of a Cilium pod",
    phrase: "read the logs of",
    mechanism: "returns what the containers wrote to their output",
    class: Class::Info,
    requires: core("get", "pods/log", Namespace, Object),
    reach: Reach::Nothing,
    gains: "what Cilium logs: identities, endpoints, settings",
    severity: Severity::None,
    severity_reason: "reads only",
    preconditions: &[],
    versions: "every version",
    mitre: &["T1613"],
    microsoft: &["Collecting Data from Pod"],
    cis: &[],
    remediation: "nothing to change: it is what operators should be given in place of exec",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "log""#,
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go"],
};

pub(super) const PODS_DELETE_EVICT: Technique = Technique {
    id: "pods-delete-evict",
    title: "delete or evict Cilium pods",
    phrase: "delete or evict",
    mechanism: "removes a pod, or all pods of the namespace at once; its controller makes it anew",
    class: Class::Disruption,
    requires: Any(&[
        core("delete", "pods", Namespace, Object),
        core("deletecollection", "pods", Namespace, Absent),
        core("create", "pods/eviction", Namespace, Object),
    ]),
    reach: Reach::TouchesPod(Effect::Disrupt),
    gains: "a gap in which Cilium does not run there; one half of steal-pods",
    severity: Severity::Medium,
    severity_reason: "availability, and an enabler of steal-pods",
    preconditions: &["a PodDisruptionBudget holds up evictions, not deletes"],
    versions: "every version",
    mitre: &["T1499"],
    microsoft: &["Denial of service"],
    cis: &[],
    remediation: "drop deletecollection everywhere, and delete and eviction in Cilium's namespace for all \
                  but those who restart agents or drain nodes",
    audit: r#".objectRef.resource == "pods" and ((.verb | IN("delete", "deletecollection")) or .objectRef.subresource == "eviction")"#,
    references: &["rbac-police 1ec5d02 lib/steal_pods.rego"],
};

pub(super) const PODS_STATUS_RELABEL: Technique = Technique {
    id: "pods-status-relabel",
    title: "change a pod's labels through its status",
    phrase: "relabel",
    mechanism: "a write to `pods/status` may change labels and annotations as well, though not the owner",
    class: Class::Context,
    requires: change!("", "pods/status", Namespace, Object),
    reach: Reach::Enables,
    gains: "a pod behind another Service, out of a policy that selects by label, or cut loose from its \
            DaemonSet, which then makes a second one",
    severity: Severity::Low,
    severity_reason: "integrity of labels, no code",
    preconditions: &[
        "makes no path: no code runs, no identity is gained, and Cilium's pods stay",
        "kubelets cannot change labels this way: NodeRestriction forbids it",
    ],
    versions: "every version",
    mitre: &["T1036"],
    microsoft: &["Pod or container name similarily"],
    cis: &[],
    remediation: "take update and patch on `pods/status` away from all but kubelets and controllers",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "status" and (.user.username | startswith("system:node:") | not)"#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/strategy.go", "kubernetes/website#56701"],
};

pub(super) const PODS_RESIZE: Technique = Technique {
    id: "pods-resize",
    title: "resize a Cilium pod",
    phrase: "resize",
    mechanism: "a write to `pods/resize` changes what CPU and memory the containers get and nothing else",
    class: Class::NoWayIn,
    requires: change!("", "pods/resize", Namespace, Object),
    reach: Reach::Nothing,
    gains: "less CPU or memory for a pod",
    severity: Severity::Low,
    severity_reason: "runs no code and is never reported as exec",
    preconditions: &[],
    versions: "from 1.33 on (InPlacePodVerticalScaling: beta, on; stable in 1.35)",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "leave it to the autoscaler that uses it",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "resize""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/strategy.go"],
};

pub(super) const PODS_BINDING: Technique = Technique {
    id: "pods-binding",
    title: "bind a pending pod to a node",
    phrase: "place on a node",
    mechanism: "a binding puts a pod that has no node yet on one of the caller's choice, as the scheduler \
                does",
    class: Class::Context,
    requires: Any(&[
        core("create", "pods/binding", Namespace, Object),
        core("create", "bindings", Namespace, Absent),
    ]),
    reach: Reach::Enables,
    gains: "a pending pod, with its token, on a node that one holds",
    severity: Severity::Low,
    severity_reason: "takes a pending pod and a node of one's own",
    preconditions: &[
        "the pod is pending",
        "the node is held already, and with it whatever runs there: so this makes no path",
    ],
    versions: "every version",
    mitre: &["T1610"],
    microsoft: &[],
    cis: &[],
    remediation: "leave it to schedulers",
    audit: r#"(.objectRef.subresource == "binding" or .objectRef.resource == "bindings") and .user.username != "system:kube-scheduler""#,
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go"],
};
