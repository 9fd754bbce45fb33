//! Ways to a namespace that admits privileged pods.

use super::super::Fact::Other;
use super::super::NamePattern::Object;
use super::super::Requirement::{All, Any, Fact};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{change, make};

pub(super) const NAMESPACE_PSA_RELABEL: Technique = Technique {
    id: "namespace-psa-relabel",
    title: "lift the pod security level of a namespace",
    phrase: "lift the pod security level of",
    mechanism: "the level is a label of the namespace; a write to the namespace changes it, and so does one \
                to `namespaces/status`, which pod security admission does not look at",
    class: Class::Amplifier,
    requires: Any(&[
        change!("", "namespaces", Namespace, Object),
        change!("", "namespaces/status", Namespace, Object),
    ]),
    reach: Reach::LiftsPodSecurity,
    gains: "a namespace that admits privileged pods",
    severity: Severity::High,
    severity_reason: "makes root on a node out of the right to run restricted pods",
    preconditions: &[
        "a namespaced grant works: a namespace's own name is the namespace of requests about it",
        "the built-in admin and edit roles only read namespaces",
    ],
    versions: "every supported version",
    mitre: &["T1562.001"],
    microsoft: &[],
    cis: &[],
    remediation: "take update and patch on `namespaces` and `namespaces/status` away from teams, or guard \
                  the labels pod-security.kubernetes.io/* by a ValidatingAdmissionPolicy that matches both",
    audit: r#".objectRef.resource == "namespaces" and (.verb == "update" or .verb == "patch") and (.requestObject.metadata.labels // {} | keys | any(startswith("pod-security.kubernetes.io/")))"#,
    references: &[
        "k8s.io/apiserver v0.37.2 pkg/endpoints/request/requestinfo.go",
        "k8s.io/kubernetes v1.37.2 pkg/registry/core/namespace/strategy.go",
        "k8s.io/pod-security-admission v0.37.2 admission/admission.go",
        "kubernetes/website#56701",
    ],
};

pub(super) const NAMESPACE_CREATE: Technique = Technique {
    id: "namespace-create",
    title: "make a namespace without a pod security level",
    phrase: "new namespace for",
    mechanism: "a new namespace has no labels but those its author gives it, so it enforces the API server's \
                default level",
    class: Class::Amplifier,
    requires: All(&[
        make!("", "namespaces", Cluster),
        Fact(Other("a right to make pods or workloads in every namespace, or to bind one there")),
    ]),
    reach: Reach::MakesNamespace,
    gains: "a namespace that admits privileged pods",
    severity: Severity::Medium,
    severity_reason: "only of use with a right to make pods in the whole cluster",
    preconditions: &["the API server's default level is privileged, as it is unless configured otherwise"],
    versions: "every supported version",
    mitre: &["T1610"],
    microsoft: &[],
    cis: &[],
    remediation: "hand namespaces out through a controller or a pipeline that sets the enforce label, or \
                  have an admission policy demand it",
    audit: r#".objectRef.resource == "namespaces" and .verb == "create""#,
    references: &["k8s.io/pod-security-admission v0.37.2 admission/admission.go"],
};
