//! The ways in that are one request on a Cilium pod or its workload.

use super::super::Fact::Before;
use super::super::NamePattern::Object;
use super::super::Requirement::{AllOfOne, Any, Fact};
use super::super::Scope::Namespace;
use super::super::{Class, Reach, Severity, Technique};
use super::words::{APPS, BATCH, change, core};

pub(super) const PODS_EXEC: Technique = Technique {
    id: "pods-exec",
    title: "exec into a Cilium container",
    phrase: "exec into",
    mechanism: "starts a process in a running container through `pods/exec`: a POST (SPDY), or a GET that is \
                upgraded to a WebSocket",
    class: Class::Direct,
    requires: Any(&[
        core("create", "pods/exec", Namespace, Object),
        AllOfOne(&[core("get", "pods/exec", Namespace, Object), Fact(Before(35))]),
    ]),
    reach: Reach::RunsInPod,
    gains: "a process with the container's privileges, volumes and network; the pod's token; root on the \
            node where the container is root-equivalent, as the agent's is",
    severity: Severity::Critical,
    severity_reason: "one request, and the agent's container can load kernel modules and sees the host's \
                      network and files",
    preconditions: &[
        "pod security admission plays no part: it ignores exec",
        "no shell is needed: any program of the image will do",
    ],
    versions: "before 1.35, `get` alone is enough; from 1.35 on, `create` is needed as well \
               (AuthorizePodWebsocketUpgradeCreatePermission: beta, on, still can be switched off)",
    mitre: &["T1609"],
    microsoft: &["Exec into container"],
    cis: &["5.1.3"],
    remediation: "take create and get on `pods/exec` in Cilium's namespace from everyone but one small \
                  break-glass group, bound by a Role there and only for as long as needed; bind the built-in \
                  edit and admin roles in other namespaces only. For daily work, Hubble Relay, metrics, \
                  `pods/log` and the CiliumEndpoint and CiliumNode objects need no exec",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "exec" and (.verb == "create" or .verb == "get")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/rest/subresources.go",
        "k8s.io/kubernetes v1.37.2 pkg/features/kube_features.go",
        "kubernetes/kubernetes#134577",
    ],
};

pub(super) const PODS_ATTACH: Technique = Technique {
    id: "pods-attach",
    title: "attach to a Cilium container",
    phrase: "attach to",
    mechanism: "joins the input and output of the container's first process through `pods/attach`",
    class: Class::Direct,
    requires: Any(&[
        core("create", "pods/attach", Namespace, Object),
        AllOfOne(&[core("get", "pods/attach", Namespace, Object), Fact(Before(35))]),
    ]),
    reach: Reach::Attaches,
    gains: "the input of a process that reads it, such as a debug shell that was left behind; else its \
            output, as in its logs",
    severity: Severity::High,
    severity_reason: "high where a container or a debug container keeps its input open; low elsewhere, since \
                      no container of Cilium's charts does",
    preconditions: &["input is taken only by a container with `stdin: true`, debug containers included"],
    versions: "as pods-exec: `get` alone is enough before 1.35",
    mitre: &["T1609"],
    microsoft: &["Exec into container"],
    cis: &[],
    remediation: "take create and get on `pods/attach` away in Cilium's namespace, and delete pods whose \
                  debug containers are still open; `pods/log` shows the same output to whoever only reads",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "attach""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/rest/subresources.go",
        "cilium chart 1.20.2",
    ],
};

pub(super) const PODS_EPHEMERALCONTAINERS: Technique = Technique {
    id: "pods-ephemeralcontainers",
    title: "add a debug container to a Cilium pod",
    phrase: "ephemeral container in",
    mechanism: "adds a container of the caller's making to a running pod; it may be privileged, mount the \
                pod's volumes and share the processes of another container",
    class: Class::Direct,
    requires: change!("", "pods/ephemeralcontainers", Namespace, Object),
    reach: Reach::AddsContainer,
    gains: "any image with any privileges in the pod's namespaces, with its host paths and its token; a \
            privileged one is root on the node",
    severity: Severity::Critical,
    severity_reason: "the one right is enough: the container's own command runs unattended, without exec or \
                      attach",
    preconditions: &[
        "admission judges the whole pod anew, so the namespace must admit what the container asks for; one \
         that hosts the agent does",
        "static pods cannot be changed",
        "the node can pull the image",
    ],
    versions: "every supported version: on since 1.23, stable since 1.25",
    mitre: &["T1609", "T1610"],
    microsoft: &["Sidecar Injection", "Privileged container"],
    cis: &[],
    remediation: "take update and patch on `pods/ephemeralcontainers` away in Cilium's namespace (`*` and \
                  `*/ephemeralcontainers` grant it too), or refuse them by a ValidatingAdmissionPolicy; \
                  `cilium sysdump` falls back to it only where the agent is down, so give it to the \
                  break-glass group alone",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == "ephemeralcontainers" and (.verb == "update" or .verb == "patch")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/pod/strategy.go",
        "k8s.io/kubernetes v1.37.2 pkg/apis/core/validation/validation.go",
        "k8s.io/pod-security-admission v0.37.2 admission/admission.go",
        "k8s.io/kubectl v0.37.2 pkg/cmd/debug/profiles.go",
    ],
};

pub(super) const PODS_IMAGE_SWAP: Technique = Technique {
    id: "pods-image-swap",
    title: "change the image of a running Cilium pod",
    phrase: "change the image of",
    mechanism: "an image is among the few fields of a running pod that can be changed; the kubelet restarts \
                the container with it and leaves privileges, mounts and token as they were",
    class: Class::Direct,
    requires: change!("", "pods", Namespace, Object),
    reach: Reach::SwapsImage,
    gains: "an image of the caller's choice with the agent's privileges, host paths and token",
    severity: Severity::Critical,
    severity_reason: "ends where exec does; the DaemonSet's controller does not change the image back",
    preconditions: &[
        "the node can pull the image",
        "command and arguments stay, so the image must bring a program of that name",
        "admission judges the pod anew and lets it pass where it was admitted before",
    ],
    versions: "every version",
    mitre: &["T1610", "T1609"],
    microsoft: &["Backdoor container", "New Container"],
    cis: &["5.1.4"],
    remediation: "take update and patch on `pods` away in Cilium's namespace; to restart an agent, `delete \
                  pods` is enough. An admission policy over images holds what remains",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == null and (.verb == "update" or .verb == "patch")"#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/apis/core/validation/validation.go"],
};

pub(super) const WORKLOAD_TEMPLATE_PATCH: Technique = Technique {
    id: "workload-template-patch",
    title: "change the pod template of a Cilium workload",
    phrase: "change the template of",
    mechanism: "a changed pod template makes the controller replace the workload's pods by ones of the \
                caller's making",
    class: Class::Direct,
    requires: Any(&[
        change!(APPS, "daemonsets", Namespace, Object),
        change!(APPS, "deployments", Namespace, Object),
        change!(APPS, "replicasets", Namespace, Object),
        change!(APPS, "statefulsets", Namespace, Object),
        change!(BATCH, "cronjobs", Namespace, Object),
        change!("", "replicationcontrollers", Namespace, Object),
    ]),
    reach: Reach::RewritesTemplate,
    gains: "any containers with any privileges and any ServiceAccount of the namespace; on every node where \
            the workload is the agent's DaemonSet",
    severity: Severity::Critical,
    severity_reason: "root on every node with one request",
    preconditions: &[
        "the new pods, not the workload, are held against the level that the namespace enforces",
        "paused or OnDelete rollouts, ReplicaSets and ReplicationControllers use the template for new pods \
         only",
        "a Job's template cannot be changed: patch on `jobs` is no way in",
    ],
    versions: "every version",
    mitre: &["T1610", "T1525", "T1053.007"],
    microsoft: &["Backdoor container", "New Container"],
    cis: &["5.1.4"],
    remediation: "take update and patch on workloads away in Cilium's namespace and leave upgrades to one \
                  deployer, such as the account of a GitOps controller or the group that runs Helm",
    audit: r#"(.objectRef.resource | IN("daemonsets", "deployments", "replicasets", "statefulsets", "cronjobs", "replicationcontrollers")) and .objectRef.subresource == null and (.verb == "update" or .verb == "patch")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/apis/apps/validation/validation.go",
        "k8s.io/kubernetes v1.37.2 pkg/apis/batch/validation/validation.go",
        "k8s.io/pod-security-admission v0.37.2 admission/admission.go",
    ],
};
