//! Ways to the identity of a ServiceAccount or of a bootstrapper, by a token.

use super::super::NamePattern::{Chosen, Object, ObjectOrAbsent, OneOf};
use super::super::Requirement::{All, Any, SameAs};
use super::super::Scope::{In, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{core, make};

pub(super) const SA_TOKEN_CREATE: Technique = Technique {
    id: "sa-token-create",
    title: "mint a token of a ServiceAccount",
    phrase: "token of",
    mechanism: "a POST to `serviceaccounts/token` returns a token of the account",
    class: Class::Amplifier,
    requires: core("create", "serviceaccounts/token", Namespace, Object),
    reach: Reach::MintsToken,
    gains: "the ServiceAccount with its groups, and a credential of its own",
    severity: Severity::Critical,
    severity_reason: "one request and no pod; as bad as what the account may do",
    preconditions: &["resourceNames work: the account's name is in the request"],
    versions: "every version",
    mitre: &["T1528", "T1550.001"],
    microsoft: &["Access container service account"],
    cis: &["5.1.13"],
    remediation: "take create on `serviceaccounts/token` away, or name the accounts it is for in \
                  resourceNames; the built-in edit and admin roles hold it, so do not bind them in Cilium's \
                  namespace. Pods get tokens from their kubelet and need no such right",
    audit: r#".objectRef.resource == "serviceaccounts" and .objectRef.subresource == "token" and .verb == "create" and (.user.username | startswith("system:node:") | not)"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go",
        "kubernetes/website rbac-good-practices.md token request",
    ],
};

pub(super) const SECRETS_READ: Technique = Technique {
    id: "secrets-read",
    title: "read a ServiceAccount's token Secret",
    phrase: "read token Secret",
    mechanism: "a Secret of type kubernetes.io/service-account-token holds a token of its account in the \
                clear",
    class: Class::Amplifier,
    requires: Any(&[
        core("get", "secrets", Namespace, Object),
        core("list", "secrets", Namespace, ObjectOrAbsent),
        core("watch", "secrets", Namespace, ObjectOrAbsent),
    ]),
    reach: Reach::ReadsSecret,
    gains: "the ServiceAccount of each token Secret that can be read",
    severity: Severity::High,
    severity_reason: "only where a token Secret exists, or where it is not known that none does",
    preconditions: &[
        "list and watch are allowed by resourceNames too: a field selector on metadata.name carries the name",
        "get takes the name; generated ones cannot be guessed",
    ],
    versions: "every account had one before 1.24, none is made since; unused ones are removed from 1.29 on",
    mitre: &["T1552.007", "T1528"],
    microsoft: &["List K8S secrets"],
    cis: &["5.1.2"],
    remediation: "take get, list and watch on `secrets` away in Cilium's namespace, delete token Secrets \
                  that are left over, and name single Secrets in resourceNames where a tool reads one, such \
                  as Helm's release",
    audit: r#".objectRef.resource == "secrets" and (.verb | IN("get", "list", "watch"))"#,
    references: &[
        "k8s.io/apiserver v0.37.2 pkg/endpoints/request/requestinfo.go",
        "kubernetes/website feature-gates LegacyServiceAccountTokenNoAutoGeneration.md",
    ],
};

pub(super) const SECRETS_CREATE_TOKEN: Technique = Technique {
    id: "secrets-create-token",
    title: "have a token Secret made for a ServiceAccount",
    phrase: "token Secret for",
    mechanism: "the token controller fills any new Secret of type kubernetes.io/service-account-token that \
                names an account; reading it back gives a token that does not expire",
    class: Class::Amplifier,
    requires: All(&[
        make!("", "secrets", Namespace),
        Any(&[
            core("get", "secrets", Namespace, Chosen),
            core("list", "secrets", Namespace, Chosen),
            core("watch", "secrets", Namespace, Chosen),
            SameAs("pod-create-as-sa"),
        ]),
    ]),
    reach: Reach::MintsTokenSecret,
    gains: "any ServiceAccount of the namespace, for good",
    severity: Severity::High,
    severity_reason: "works in every version, long after such Secrets ceased to be made by default",
    preconditions: &[
        "the token is filled in later, so a read is needed even where the write returns the object",
        "a pod that mounts the Secret reads it as well",
        "the type of an existing Secret cannot be changed",
    ],
    versions: "every version, 1.37 included",
    mitre: &["T1098", "T1528"],
    microsoft: &["Container service account"],
    cis: &["5.1.2"],
    remediation: "give create and read on `secrets` to different identities and neither in Cilium's \
                  namespace; whoever needs a token mints a short one through `serviceaccounts/token` of the \
                  one account",
    audit: r#".objectRef.resource == "secrets" and (.verb == "create" or .verb == "patch") and .requestObject.type == "kubernetes.io/service-account-token""#,
    references: &["k8s.io/kubernetes v1.37.2 pkg/controller/serviceaccount/tokens_controller.go"],
};

pub(super) const BOOTSTRAP_TOKEN_CREATE: Technique = Technique {
    id: "bootstrap-token-create",
    title: "make a bootstrap token",
    phrase: "bootstrap token for",
    mechanism: "a Secret of type bootstrap.kubernetes.io/token in kube-system is a credential whose value \
                and groups its author chooses; no read is needed",
    class: Class::Amplifier,
    requires: make!("", "secrets", In("kube-system"), OneOf(&["bootstrap-token-*"])),
    reach: Reach::MintsBootstrapToken,
    gains: "groups under system:bootstrappers, which as a rule may have a certificate of any node approved",
    severity: Severity::High,
    severity_reason: "kubeadm lets a group of bootstrappers have node certificates approved by themselves",
    preconditions: &[
        "bootstrap tokens are switched on in the API server, as kubeadm does",
        "only groups under system:bootstrappers can be chosen",
    ],
    versions: "every version",
    mitre: &["T1136", "T1098"],
    microsoft: &[],
    cis: &["5.1.2"],
    remediation: "take create on `secrets` in kube-system away; name Secrets for server-side apply in \
                  resourceNames where a tool must write one",
    audit: r#".objectRef.resource == "secrets" and .objectRef.namespace == "kube-system" and .requestObject.type == "bootstrap.kubernetes.io/token""#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go",
        "k8s.io/cluster-bootstrap v0.37.2 token/api/types.go",
        "k8s.io/kubernetes v1.37.2 cmd/kubeadm/app/constants/constants.go",
    ],
};
