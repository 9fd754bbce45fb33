//! Ways through what stands between a request and the store: admission, aggregation, conversion.

use super::super::Fact::{Other, Since};
use super::super::NamePattern::Chosen;
use super::super::Requirement::{All, Any, Fact};
use super::super::Scope::Cluster;
use super::super::{Class, Reach, Severity, Technique};
use super::words::{change, make, of};

const ADMISSION: &str = "admissionregistration.k8s.io";
const VALIDATING_WEBHOOKS: &str = "validatingwebhookconfigurations";
const MUTATING_WEBHOOKS: &str = "mutatingwebhookconfigurations";
const VALIDATING_POLICIES: &str = "validatingadmissionpolicies";
const VALIDATING_BINDINGS: &str = "validatingadmissionpolicybindings";
const MUTATING_POLICIES: &str = "mutatingadmissionpolicies";
const MUTATING_BINDINGS: &str = "mutatingadmissionpolicybindings";
const APISERVICES: &str = "apiregistration.k8s.io";

pub(super) const MUTATING_WEBHOOK: Technique = Technique {
    id: "mutating-webhook",
    title: "rewrite objects through a mutating webhook",
    phrase: "mutating webhook over",
    mechanism: "a webhook of the caller's is sent every object that others create or change and may rewrite \
                it before it is stored",
    class: Class::Amplifier,
    requires: Any(&[
        make!(ADMISSION, MUTATING_WEBHOOKS, Cluster),
        change!(ADMISSION, MUTATING_WEBHOOKS, Cluster, Chosen),
    ]),
    reach: Reach::RewritesAdmitted,
    gains: "what the next author of a pod, workload or binding may do: root on nodes and cluster-admin; \
            every object that passes, Secrets included",
    severity: Severity::Critical,
    severity_reason: "acts with the rights of everyone who writes",
    preconditions: &[
        "the API server can reach an HTTPS endpoint of the caller; an external URL will do",
        "somebody creates or changes a matching object",
        "admission's own objects are out of its reach",
    ],
    versions: "every version; from 1.37 on TokenReviews and SubjectAccessReviews are out of its reach \
               (ExcludeAdmissionWebhookVirtualResources)",
    mitre: &["T1098", "T1610"],
    microsoft: &["Malicious admission controller"],
    cis: &["5.1.12"],
    remediation: "leave webhook configurations to whoever administers the cluster; operators that renew a \
                  certificate name their own configuration in resourceNames",
    audit: r#".objectRef.resource == "mutatingwebhookconfigurations" and (.verb | IN("create", "update", "patch"))"#,
    references: &[
        "kubernetes/website rbac-good-practices.md control admission webhooks",
        "k8s.io/apiserver v0.37.2 pkg/features/kube_features.go",
    ],
};

pub(super) const VALIDATING_WEBHOOK: Technique = Technique {
    id: "validating-webhook",
    title: "see objects through a validating webhook",
    phrase: "validating webhook over",
    mechanism: "a webhook of the caller's is sent every object that others create or change and may refuse \
                it",
    class: Class::Amplifier,
    requires: Any(&[
        make!(ADMISSION, VALIDATING_WEBHOOKS, Cluster),
        change!(ADMISSION, VALIDATING_WEBHOOKS, Cluster, Chosen),
    ]),
    reach: Reach::SeesAdmitted,
    gains: "every object that passes, token Secrets that are being filled included; a stop to all writes",
    severity: Severity::High,
    severity_reason: "reads and refuses, changes nothing",
    preconditions: &[
        "the API server can reach an HTTPS endpoint of the caller",
        "somebody writes a token Secret",
    ],
    versions: "every version; TokenReviews pass through it before 1.37",
    mitre: &["T1552.007", "T1499"],
    microsoft: &["Malicious admission controller"],
    cis: &["5.1.12"],
    remediation: "as mutating-webhook: administrators only, resourceNames for operators that renew a \
                  certificate",
    audit: r#".objectRef.resource == "validatingwebhookconfigurations" and (.verb | IN("create", "update", "patch"))"#,
    references: &["kubernetes/website rbac-good-practices.md control admission webhooks"],
};

pub(super) const MUTATING_ADMISSION_POLICY: Technique = Technique {
    id: "mutating-admission-policy",
    title: "rewrite objects through a mutating admission policy",
    phrase: "mutating policy over",
    mechanism: "a policy and its binding rewrite objects of others inside the API server, so no endpoint is \
                needed",
    class: Class::Amplifier,
    requires: Any(&[
        All(&[
            Any(&[
                make!(ADMISSION, MUTATING_POLICIES, Cluster),
                change!(ADMISSION, MUTATING_POLICIES, Cluster, Chosen),
            ]),
            Any(&[
                make!(ADMISSION, MUTATING_BINDINGS, Cluster),
                change!(ADMISSION, MUTATING_BINDINGS, Cluster, Chosen),
            ]),
            Fact(Since(36)),
        ]),
        // A policy that is there may be bound already, a new one is not.
        All(&[
            change!(ADMISSION, MUTATING_POLICIES, Cluster, Chosen),
            Fact(Other("an existing binding of the policy")),
            Fact(Since(36)),
        ]),
    ]),
    reach: Reach::RewritesAdmitted,
    gains: "as mutating-webhook",
    severity: Severity::Critical,
    severity_reason: "as mutating-webhook, with nothing to be reached over the network",
    preconditions: &[
        "a policy with a parameter kind takes the right to read all parameters",
        "somebody creates or changes a matching object; admission's own objects are out of its reach",
    ],
    versions: "from 1.36 on; alpha in 1.32 and beta in 1.34, off in both",
    mitre: &["T1098", "T1610"],
    microsoft: &["Malicious admission controller"],
    cis: &["5.1.12"],
    remediation: "treat it as webhook configurations: administrators only",
    audit: r#"(.objectRef.resource // "" | startswith("mutatingadmissionpolic")) and (.verb | IN("create", "update", "patch"))"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/admissionregistration/mutatingadmissionpolicy/authz.go",
        "k8s.io/apiserver v0.37.2 pkg/features/kube_features.go",
    ],
};

pub(super) const ADMISSION_GUARD_REMOVAL: Technique = Technique {
    id: "admission-guard-removal",
    title: "remove what refuses requests",
    phrase: "remove the guard over",
    mechanism: "a policy, binding or webhook that is deleted or changed no longer refuses what it was there \
                to refuse",
    class: Class::Amplifier,
    requires: Any(&[
        of("delete", ADMISSION, VALIDATING_POLICIES, Cluster, Chosen),
        of("delete", ADMISSION, VALIDATING_BINDINGS, Cluster, Chosen),
        of("delete", ADMISSION, VALIDATING_WEBHOOKS, Cluster, Chosen),
        of("delete", ADMISSION, MUTATING_WEBHOOKS, Cluster, Chosen),
        change!(ADMISSION, VALIDATING_POLICIES, Cluster, Chosen),
        change!(ADMISSION, VALIDATING_BINDINGS, Cluster, Chosen),
        change!(ADMISSION, VALIDATING_WEBHOOKS, Cluster, Chosen),
    ]),
    reach: Reach::Enables,
    gains: "requests that the guard refused",
    severity: Severity::Medium,
    severity_reason: "matters only where a guard holds back another way in",
    preconditions: &[
        "a guard over pods, exec or namespaces exists",
        "no path waits for it: what policies and webhooks refuse is not judged, so nothing that they hold back is \
         taken for blocked, and pod security levels are lifted by namespace-psa-relabel",
    ],
    versions: "every version; from 1.37 on guards may be set in files of the API server, out of reach and \
               unseen (ManifestBasedAdmissionControlConfig)",
    mitre: &["T1562.001"],
    microsoft: &[],
    cis: &["5.1.12"],
    remediation: "leave admission objects to whoever administers the cluster, and alert on their deletion",
    audit: r#".objectRef.apiGroup == "admissionregistration.k8s.io" and (.verb | IN("delete", "deletecollection", "update", "patch"))"#,
    references: &["k8s.io/apiserver v0.37.2 pkg/features/kube_features.go"],
};

pub(super) const APISERVICE_HIJACK: Technique = Technique {
    id: "apiservice-hijack",
    title: "serve an API group in the cluster's place",
    phrase: "serve the API group of",
    mechanism: "an APIService sends all requests of a group and version to a Service of the caller's, which \
                sees who asks and what, and answers as it likes",
    class: Class::Amplifier,
    requires: Any(&[
        make!(APISERVICES, "apiservices", Cluster),
        change!(APISERVICES, "apiservices", Cluster, Chosen),
    ]),
    reach: Reach::ServesCilium,
    gains: "other objects of that group for every client that reads it, such as metrics or custom resources; \
            no bearer tokens",
    severity: Severity::High,
    severity_reason: "Cilium takes its policies, identities and nodes from cilium.io; no code in it by itself",
    preconditions: &[
        "the API server removes the Authorization header before it passes a request on",
        "APIServices of built-in groups are put back by the API server, unless the same write takes their label away",
        "those of cilium.io exist, so a right to create alone changes nothing for Cilium",
    ],
    versions: "every version",
    mitre: &["T1557"],
    microsoft: &[],
    cis: &[],
    remediation: "leave APIServices to whoever administers the cluster; operators name their own in \
                  resourceNames",
    audit: r#".objectRef.resource == "apiservices" and (.verb | IN("create", "update", "patch"))"#,
    references: &[
        "k8s.io/kube-aggregator v0.37.2 pkg/apiserver/handler_proxy.go",
        "k8s.io/kube-aggregator v0.37.2 pkg/controllers/autoregister/autoregister_controller.go",
        "k8s.io/apiserver v0.37.2 pkg/endpoints/filters/authentication.go",
    ],
};

pub(super) const CRD_CONVERSION_WEBHOOK: Technique = Technique {
    id: "crd-conversion-webhook",
    title: "rewrite custom resources on conversion",
    phrase: "convert objects of",
    mechanism: "a CustomResourceDefinition names a webhook that converts its objects between versions and \
                may change what is in them",
    class: Class::Amplifier,
    requires: change!("apiextensions.k8s.io", "customresourcedefinitions", Cluster, Chosen),
    reach: Reach::ServesCilium,
    gains: "other contents of the custom resources, cilium.io's included; another schema",
    severity: Severity::Medium,
    severity_reason: "control over settings that a controller reads; no code in Cilium by itself",
    preconditions: &["more than one version of the resource is served"],
    versions: "every version",
    mitre: &["T1565"],
    microsoft: &[],
    cis: &[],
    remediation: "name the CustomResourceDefinitions in resourceNames, as the Cilium operator's role does",
    audit: r#".objectRef.resource == "customresourcedefinitions" and (.verb == "update" or .verb == "patch")"#,
    references: &["cilium chart 1.20.2"],
};
