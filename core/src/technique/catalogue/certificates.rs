//! Ways to an identity by a certificate.

use super::super::NamePattern::{Absent, Chosen, Literal};
use super::super::Requirement::{All, AllOfOne, Any};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{change, make, of};

const CERTIFICATES: &str = "certificates.k8s.io";
const REQUESTS: &str = "certificatesigningrequests";
const APPROVAL: &str = "certificatesigningrequests/approval";

/// `approve` is asked for the signer's name and, failing that, for its domain with a `*`, to the letter
/// (k8s.io/kubernetes pkg/certauthorization).
macro_rules! approve {
    ($signer:expr) => {
        Any(&[
            of("approve", CERTIFICATES, "signers", Cluster, Literal($signer)),
            of("approve", CERTIFICATES, "signers", Cluster, Literal("kubernetes.io/*")),
        ])
    };
}

pub(super) const CSR_CLIENT_CERT: Technique = Technique {
    id: "csr-client-cert",
    title: "have a client certificate signed",
    phrase: "client certificate for",
    mechanism: "whoever requests a certificate of the signer kubernetes.io/kube-apiserver-client chooses its \
                user and groups, and whoever approves the request has it signed",
    class: Class::Amplifier,
    requires: All(&[
        make!(CERTIFICATES, REQUESTS, Cluster),
        // The approval's admission asks for `approve` in the name of whoever approves.
        AllOfOne(&[
            change!(CERTIFICATES, APPROVAL, Cluster, Chosen),
            approve!("kubernetes.io/kube-apiserver-client"),
        ]),
        of("get", CERTIFICATES, REQUESTS, Cluster, Chosen),
    ]),
    reach: Reach::IssuesClientCertificate,
    gains: "any user and any group but system:masters, such as kubeadm:cluster-admins; a credential that \
            cannot be revoked",
    severity: Severity::Critical,
    severity_reason: "everything, wherever any other group or user is bound to cluster-admin; kubeadm binds \
                      one from 1.29 on",
    preconditions: &[
        "the controller manager signs for that signer; some managed clusters do not",
        "request and approval may come from different identities",
        "only system:masters is refused in a request",
    ],
    versions: "every version",
    mitre: &["T1098", "T1078"],
    microsoft: &[],
    cis: &["5.1.11"],
    remediation: "take approval or `approve` away from whoever may request, and name the signers that are \
                  meant in resourceNames; approvers of kubelets' serving certificates need \
                  kubernetes.io/kubelet-serving only",
    audit: r#".objectRef.resource == "certificatesigningrequests" and .objectRef.subresource == "approval""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/admission/certificates/approval/admission.go",
        "k8s.io/kubernetes v1.37.2 plugin/pkg/admission/certificates/subjectrestriction/admission.go",
        "k8s.io/kubernetes v1.37.2 pkg/certauthorization",
        "k8s.io/kubernetes v1.37.2 pkg/controller/certificates/signer/signer.go",
        "kubernetes/website rbac-good-practices.md certificate requests",
    ],
};

pub(super) const CSR_NODE_CERT: Technique = Technique {
    id: "csr-node-cert",
    title: "have a node's certificate signed",
    phrase: "certificate of node",
    mechanism: "a request to the signer kubernetes.io/kube-apiserver-client-kubelet names a node, an \
                existing one as well, and is approved by the caller",
    class: Class::Amplifier,
    requires: All(&[
        make!(CERTIFICATES, REQUESTS, Cluster),
        AllOfOne(&[
            change!(CERTIFICATES, APPROVAL, Cluster, Chosen),
            approve!("kubernetes.io/kube-apiserver-client-kubelet"),
        ]),
    ]),
    reach: Reach::IssuesNodeCertificate,
    gains: "any node, and so the tokens of the accounts that run there",
    severity: Severity::High,
    severity_reason: "leads on through node-identity",
    preconditions: &[
        "a node may request a certificate of its own name only",
        "request and approval may come from different identities",
    ],
    versions: "every version",
    mitre: &["T1098"],
    microsoft: &[],
    cis: &["5.1.11"],
    remediation: "leave approval of that signer to the controller manager",
    audit: r#".objectRef.resource == "certificatesigningrequests" and .objectRef.subresource == "approval""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/admission/noderestriction/admission.go",
        "k8s.io/kubernetes v1.37.2 pkg/controller/certificates/signer/signer.go",
    ],
};

pub(super) const CSR_NODECLIENT_AUTOAPPROVE: Technique = Technique {
    id: "csr-nodeclient-autoapprove",
    title: "have a node's certificate approved by itself",
    phrase: "self-approved certificate of node",
    mechanism: "a controller approves a node's certificate if whoever requested it may create \
                `certificatesigningrequests/nodeclient`",
    class: Class::Amplifier,
    requires: AllOfOne(&[
        make!(CERTIFICATES, REQUESTS, Cluster),
        of("create", CERTIFICATES, "certificatesigningrequests/nodeclient", Cluster, Absent),
    ]),
    reach: Reach::IssuesNodeCertificate,
    gains: "any node, and so the tokens of the accounts that run there",
    severity: Severity::High,
    severity_reason: "nobody looks at the request; bootstrap groups hold the right by design",
    preconditions: &["the controller manager signs for kubelets, as by default"],
    versions: "every version",
    mitre: &["T1098"],
    microsoft: &[],
    cis: &["5.1.11"],
    remediation: "bind nodeclient to the bootstrap group only, and let bootstrap tokens expire soon after \
                  nodes have joined",
    audit: r#".objectRef.resource == "certificatesigningrequests" and .verb == "create" and .requestObject.spec.signerName == "kubernetes.io/kube-apiserver-client-kubelet" and (.user.username | test("^system:(node|bootstrap):") | not)"#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/controller/certificates/approver/sarapprove.go"],
};

pub(super) const CSR_SIGN_ONLY: Technique = Technique {
    id: "csr-sign-only",
    title: "publish a certificate without a key to sign it",
    phrase: "sign requests to",
    mechanism: "a write to a request's status with `sign` on the signer publishes a certificate, but the \
                caller has no key of the cluster's authority to sign it with",
    class: Class::NoWayIn,
    requires: All(&[
        change!(CERTIFICATES, "certificatesigningrequests/status", Cluster, Chosen),
        of("sign", CERTIFICATES, "signers", Cluster, Chosen),
    ]),
    reach: Reach::Nothing,
    gains: "no identity",
    severity: Severity::Low,
    severity_reason: "can hand a useless certificate to whoever waits for one",
    preconditions: &[],
    versions: "every version",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "leave `sign` to the controllers that sign",
    audit: r#".objectRef.resource == "certificatesigningrequests" and .objectRef.subresource == "status""#,
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/admission/certificates/signing/admission.go"],
};

pub(super) const POD_CERTIFICATE_REQUEST: Technique = Technique {
    id: "pod-certificate-request",
    title: "request a certificate for a pod",
    phrase: "pod certificate in",
    mechanism: "the signer that would give a pod a certificate for the API server is named in the API and \
                not built",
    class: Class::NoWayIn,
    requires: make!(CERTIFICATES, "podcertificaterequests", Namespace),
    reach: Reach::Nothing,
    gains: "nothing so far",
    severity: Severity::None,
    severity_reason: "to be looked at again with each release",
    preconditions: &[],
    versions: "stable in 1.37; the signer kubernetes.io/kube-apiserver-client-pod is not implemented there",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change",
    audit: r#".objectRef.resource == "podcertificaterequests" and .verb == "create""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/apis/certificates/types.go"],
};
