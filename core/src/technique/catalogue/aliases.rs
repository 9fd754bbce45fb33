//! Other names for uses of entries: known under them elsewhere, printed and never a step.

use super::super::Fact::Other;
use super::super::Requirement::{Any, Fact, SameAs};
use super::super::{Class, Reach, Severity, Technique};

pub(super) const KUBECTL_DEBUG_NODE: Technique = Technique {
    id: "kubectl-debug-node",
    title: "kubectl debug node",
    phrase: "debug node",
    mechanism: "kubectl makes a pod on the node that mounts the host's root directory and shares its \
                namespaces; to the API server it is a pod like any other",
    class: Class::Indirect,
    requires: SameAs("pod-create-privileged"),
    reach: Reach::Alias,
    gains: "root on the node",
    severity: Severity::Critical,
    severity_reason: "the same as pod-create-privileged",
    preconditions: &["the namespace of the debug pod admits privileged pods"],
    versions: "every version",
    mitre: &["T1610", "T1611"],
    microsoft: &[],
    cis: &[],
    remediation: "as pod-create-privileged; whoever debugs nodes gets a namespace of their own for it",
    audit: r#".objectRef.resource == "pods" and .verb == "create" and (.requestObject.metadata.name // "" | startswith("node-debugger-"))"#,
    references: &["k8s.io/kubectl v0.37.2 pkg/cmd/debug/profiles.go"],
};

pub(super) const HOSTPATH_CILIUM_SOCK: Technique = Technique {
    id: "hostpath-cilium-sock",
    title: "reach Cilium through host paths of another pod",
    phrase: "host paths of",
    mechanism: "a pod that mounts /var/run/cilium, /sys/fs/bpf, the CNI directories, the kubelet's \
                directory, the runtime's socket or / can speak to the agent or replace what it runs",
    class: Class::Indirect,
    requires: Fact(Other("code in a pod with such a mount")),
    reach: Reach::Alias,
    gains: "the agent's API, its maps, and root on the node through the CNI's programs",
    severity: Severity::High,
    severity_reason: "the agent's socket controls it without exec; in a step it is container-escape",
    preconditions: &["that the mounts are enough was read, not run"],
    versions: "every version",
    mitre: &["T1611"],
    microsoft: &["Writable hostPath mount"],
    cis: &[],
    remediation: "admit those host paths to Cilium's own pods only: enforce baseline elsewhere",
    audit: r#".objectRef.resource == "pods" and .verb == "create" and any(.requestObject.spec.volumes[]?; (.hostPath.path // "") | test("^/(var/run/cilium|run/cilium|sys/fs/bpf|etc/cni|opt/cni|var/lib/kubelet)?"))"#,
    references: &["cilium chart 1.20.2"],
};

pub(super) const POD_TAKEOVER_AS_SA: Technique = Technique {
    id: "pod-takeover-as-sa",
    title: "take over a pod to use its ServiceAccount",
    phrase: "take over",
    mechanism: "code in a running pod reads the token that is mounted there",
    class: Class::Amplifier,
    requires: Any(&[
        SameAs("pods-exec"),
        SameAs("pods-ephemeralcontainers"),
        SameAs("pods-image-swap"),
        SameAs("nodes-proxy-get"),
        SameAs("nodes-proxy-create"),
    ]),
    reach: Reach::Alias,
    gains: "the pod's ServiceAccount; root on the node where the pod is privileged",
    severity: Severity::High,
    severity_reason: "the general sideways step: pods-exec and its like, then pod-token",
    preconditions: &["the pod has a token: by automounting, or by a volume that a debug container can mount"],
    versions: "as the request that is made",
    mitre: &["T1528"],
    microsoft: &[],
    cis: &[],
    remediation: "switch automountServiceAccountToken off where a pod does not call the API",
    audit: "none of its own: that of the request that is made",
    references: &["KubeHound 53da187 IDENTITY_ASSUME", "IceKube 1c8d327 USES_ACCOUNT"],
};

pub(super) const CILIUM_SA_TOKENS: Technique = Technique {
    id: "cilium-sa-tokens",
    title: "act as a ServiceAccount of Cilium",
    phrase: "act as",
    mechanism: "any way to a ServiceAccount's token, where the account is that of the agent, the operator or \
                another part of Cilium",
    class: Class::Derived,
    requires: Any(&[
        SameAs("sa-token-create"),
        SameAs("pod-create-as-sa"),
        SameAs("workload-create-as-sa"),
        SameAs("secrets-read"),
        SameAs("secrets-create-token"),
        SameAs("impersonate-sa"),
    ]),
    reach: Reach::Alias,
    gains: "the agent's account writes CiliumNodes, identities and endpoints; the operator's deletes pods, \
            patches nodes, from 1.17 on reads all Secrets, and in 1.19.6 and 1.20.2 makes DaemonSets in its \
            namespace",
    severity: Severity::High,
    severity_reason: "what the account may do decides; an operator that makes DaemonSets is root on every \
                      node, by the chart's own design",
    preconditions: &["the account's rights are those of the installed chart"],
    versions: "every version; what the accounts may do depends on the version of Cilium",
    mitre: &["T1528"],
    microsoft: &["Excessive operator permissions"],
    cis: &[],
    remediation: "as the request that is made, in Cilium's namespace; nobody but its pods needs these \
                  accounts",
    audit: r#".user.username | test("^system:serviceaccount:[^:]+:(cilium|hubble|clustermesh)")"#,
    references: &["cilium chart 1.20.2"],
};
