//! Other traffic and settings worth a note, and rights that were considered and are no way in.

use super::super::NamePattern::{Object, OneOf};
use super::super::Requirement::{Any, Nothing};
use super::super::Scope::{In, Namespace};
use super::super::{Class, NamePattern, Reach, Scope, Severity, Technique};
use super::words::{APPS, change, make};

const KUBE_SYSTEM: Scope = In("kube-system");
const AWS_AUTH: NamePattern = OneOf(&["aws-auth"]);

pub(super) const CONFIGMAP_AWS_AUTH: Technique = Technique {
    id: "configmap-aws-auth",
    title: "map a cloud identity to system:masters on EKS",
    phrase: "map a cloud identity through",
    mechanism: "EKS reads from the ConfigMap kube-system/aws-auth which IAM identity has which user name and \
                groups",
    class: Class::Amplifier,
    requires: Any(&[
        change!("", "configmaps", KUBE_SYSTEM, AWS_AUTH),
        make!("", "configmaps", KUBE_SYSTEM, AWS_AUTH),
    ]),
    reach: Reach::MapsCloudIdentity,
    gains: "system:masters, hence everything, for an IAM identity that one holds",
    severity: Severity::Critical,
    severity_reason: "everything on EKS; nothing anywhere else",
    preconditions: &[
        "the input shows EKS, by its nodes' labels or by the ConfigMap itself; elsewhere it makes no path",
        "the cluster takes identities from the ConfigMap, not from access entries alone",
        "the caller holds an IAM identity",
    ],
    versions: "every version",
    mitre: &["T1098"],
    microsoft: &["Using Cloud Credentials"],
    cis: &[],
    remediation: "switch the cluster to access entries, or leave writes on `configmaps` in kube-system to \
                  administrators",
    audit: r#".objectRef.resource == "configmaps" and .objectRef.name == "aws-auth" and (.verb | IN("create", "update", "patch"))"#,
    references: &["rbac-police 1ec5d02 lib/eks_modify_aws_auth.rego", "IceKube 1c8d327 UPDATE_AWS_AUTH"],
};

pub(super) const CONFIGMAP_COREDNS: Technique = Technique {
    id: "configmap-coredns",
    title: "change what names resolve to",
    phrase: "change DNS through",
    mechanism: "CoreDNS reads its zones and rewrites from the ConfigMap kube-system/coredns",
    class: Class::Control,
    requires: change!("", "configmaps", KUBE_SYSTEM, OneOf(&["coredns"])),
    reach: Reach::Enables,
    gains: "names of the cluster that lead elsewhere",
    severity: Severity::Medium,
    severity_reason: "helps to stand between two sides; no code in Cilium",
    preconditions: &[
        "CoreDNS reloads its configuration",
        "makes no path: Cilium checks the certificates of whom it speaks to, and the agent does not ask this DNS",
    ],
    versions: "every version",
    mitre: &["T1557"],
    microsoft: &["CoreDNS poisoning"],
    cis: &[],
    remediation: "leave writes on `configmaps` in kube-system to administrators",
    audit: r#".objectRef.resource == "configmaps" and .objectRef.namespace == "kube-system" and .objectRef.name == "coredns""#,
    references: &["Microsoft threat matrix for Kubernetes, CoreDNS poisoning"],
};

pub(super) const CONFIGMAP_EXTENSION_AUTH: Technique = Technique {
    id: "configmap-extension-auth",
    title: "change whom extension API servers trust",
    phrase: "change trust through",
    mechanism: "aggregated API servers read from kube-system/extension-apiserver-authentication which \
                authority vouches for requests that are passed on to them",
    class: Class::Control,
    requires: change!("", "configmaps", KUBE_SYSTEM, OneOf(&["extension-apiserver-authentication"])),
    reach: Reach::Enables,
    gains: "any identity towards extension API servers, such as that of metrics; none towards kube-apiserver",
    severity: Severity::Medium,
    severity_reason: "kube-apiserver does not read it and writes it anew",
    preconditions: &[
        "an extension API server reads it before it is written anew",
        "makes no path: Cilium brings no extension API server",
    ],
    versions: "every version",
    mitre: &["T1556"],
    microsoft: &[],
    cis: &[],
    remediation: "leave writes on `configmaps` in kube-system to administrators",
    audit: r#".objectRef.resource == "configmaps" and .objectRef.name == "extension-apiserver-authentication" and (.verb == "update" or .verb == "patch")"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/namespace_policy.go",
    ],
};

pub(super) const CONFIGMAP_KUBEADM: Technique = Technique {
    id: "configmap-kubeadm",
    title: "change the settings of nodes to come",
    phrase: "change node settings through",
    mechanism: "kubeadm takes the settings of nodes that join or are upgraded from ConfigMaps in kube-system",
    class: Class::Control,
    requires: change!("", "configmaps", KUBE_SYSTEM, OneOf(&["kubeadm-config", "kubelet-config"])),
    reach: Reach::Enables,
    gains: "kubelets that let anyone in, on nodes that join or are upgraded later",
    severity: Severity::Medium,
    severity_reason: "takes effect only when somebody runs kubeadm",
    preconditions: &[
        "the cluster is run by kubeadm, and a node joins or is upgraded",
        "makes no path: it waits for an administrator at a node, and no object tells whether one will come",
    ],
    versions: "every version",
    mitre: &["T1562"],
    microsoft: &[],
    cis: &[],
    remediation: "leave writes on `configmaps` in kube-system to administrators",
    audit: r#".objectRef.resource == "configmaps" and (.objectRef.name | IN("kubeadm-config", "kubelet-config")) and (.verb == "update" or .verb == "patch")"#,
    references: &["k8s.io/kubernetes v1.37.2 cmd/kubeadm/app/constants/constants.go"],
};

pub(super) const ENDPOINTS_HIJACK: Technique = Technique {
    id: "endpoints-hijack",
    title: "redirect the traffic of a Service",
    phrase: "redirect traffic of",
    mechanism: "endpoints, endpoint slices, external addresses and the status of a Service say where its \
                traffic goes",
    class: Class::Control,
    requires: Any(&[
        change!("", "endpoints", Namespace, Object),
        change!("discovery.k8s.io", "endpointslices", Namespace, Object),
        change!("", "services", Namespace, Object),
        change!("", "services/status", Namespace, Object),
    ]),
    reach: Reach::Enables,
    gains: "traffic of a Service, such as a webhook's or Hubble Relay's",
    severity: Severity::Medium,
    severity_reason: "stands between two sides; no code in Cilium by itself",
    preconditions: &[
        "the other side does not check whom it speaks to",
        "makes no path: Hubble, ClusterMesh and the API server show certificates, and Cilium's pods are not reached",
    ],
    versions: "every version; the built-in edit and admin roles lost endpoints in clusters made with 1.22 or \
               later",
    mitre: &["T1557"],
    microsoft: &["Cluster internal networking"],
    cis: &[],
    remediation: "leave `endpoints`, `endpointslices` and `services/status` to controllers; teams select \
                  pods by a Service's selector",
    audit: r#"(.objectRef.resource | IN("endpoints", "endpointslices")) and (.verb == "update" or .verb == "patch") and (.user.username | startswith("system:") | not)"#,
    references: &[
        "rbac-police 1ec5d02 lib/modify_service_status_cve_2020_8554.rego",
        "CVE-2021-25740",
        "CVE-2020-8554",
    ],
};

pub(super) const SCALE: Technique = Technique {
    id: "scale",
    title: "scale a workload",
    phrase: "scale",
    mechanism: "a write to the scale subresource changes how many pods there are of a template and nothing \
                in it",
    class: Class::Context,
    requires: Any(&[
        change!(APPS, "deployments/scale", Namespace, Object),
        change!(APPS, "replicasets/scale", Namespace, Object),
        change!(APPS, "statefulsets/scale", Namespace, Object),
    ]),
    reach: Reach::Enables,
    gains: "more or fewer pods of a template that exists; the operator at none",
    severity: Severity::Low,
    severity_reason: "availability of the operator; agents are a DaemonSet, which has no scale",
    preconditions: &["makes no path: no template changes, and agents go on without the operator"],
    versions: "every version",
    mitre: &["T1499"],
    microsoft: &[],
    cis: &[],
    remediation: "leave it to autoscalers, and to nobody in Cilium's namespace",
    audit: r#".objectRef.subresource == "scale" and (.verb == "update" or .verb == "patch")"#,
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go"],
};

pub(super) const CONTROLLERREVISIONS: Technique = Technique {
    id: "controllerrevisions",
    title: "write ControllerRevisions",
    phrase: "write revisions of",
    mechanism: "a revision's data cannot be changed, and a DaemonSet's pods are built from its own template",
    class: Class::NoWayIn,
    requires: change!(APPS, "controllerrevisions", Namespace, Object),
    reach: Reach::Nothing,
    gains: "nothing for DaemonSets",
    severity: Severity::None,
    severity_reason: "a rollback takes patch on the workload itself",
    preconditions: &[],
    versions: "every version",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change",
    audit: r#".objectRef.resource == "controllerrevisions" and (.user.username | startswith("system:") | not)"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/apis/apps/validation/validation.go",
        "k8s.io/kubernetes v1.37.2 pkg/controller/daemon/daemon_controller.go",
        "k8s.io/kubernetes v1.37.2 pkg/controller/statefulset/stateful_set_utils.go",
    ],
};

pub(super) const PODTEMPLATES: Technique = Technique {
    id: "podtemplates",
    title: "write PodTemplates",
    phrase: "write templates in",
    mechanism: "no controller of Kubernetes makes pods from PodTemplate objects",
    class: Class::NoWayIn,
    requires: change!("", "podtemplates", Namespace, Object),
    reach: Reach::Nothing,
    gains: "nothing",
    severity: Severity::None,
    severity_reason: "nothing reads them; that was looked for, and cannot be proven",
    preconditions: &[],
    versions: "every version",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change",
    audit: r#".objectRef.resource == "podtemplates""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/controller"],
};

pub(super) const MISC_NO_GAIN: Technique = Technique {
    id: "misc-no-gain",
    title: "rights that are no way in",
    phrase: "read",
    mechanism: "reads of pods, nodes and workloads, token and access reviews, events, leases, quotas, \
                priority classes, volume snapshots and trust bundles run no code and yield no identity",
    class: Class::NoWayIn,
    requires: Nothing,
    reach: Reach::Nothing,
    gains: "nothing of Cilium's",
    severity: Severity::None,
    severity_reason: "listed so that it is seen that they were considered",
    preconditions: &[],
    versions: "every version",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change",
    audit: "none: nothing to look for",
    references: &["k8s.io/api v0.37.2 resource/v1/types.go"],
};

pub(super) const INVISIBLE: Technique = Technique {
    id: "invisible",
    title: "ways in that no object shows",
    phrase: "unseen way to",
    mechanism: "static pods, etcd, the cluster's keys, other authorizers, groups of an identity provider, \
                defaults and exemptions of admission, cloud identities, image registries and pipelines are \
                not in exported objects",
    class: Class::Limit,
    requires: Nothing,
    reach: Reach::Nothing,
    gains: "up to everything",
    severity: Severity::None,
    severity_reason: "cannot be judged; every report says so",
    preconditions: &[],
    versions: "every version",
    mitre: &[],
    microsoft: &["Static Pods", "Compromised Image In Registry", "Using Cloud Credentials"],
    cis: &[],
    remediation: "review the API server's flags and files, the cloud's roles, the registries and the \
                  pipelines by other means",
    audit: "none: most of it never passes through the API server",
    references: &[
        "k8s.io/pod-security-admission v0.37.2 admission/api",
        "kubernetes/website api-server-bypass-risks.md",
    ],
};
