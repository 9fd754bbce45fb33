//! Ways to act as another identity within a request.

use super::super::Fact::{Other, Since};
use super::super::NamePattern::{Chosen, Literal, Object};
use super::super::Requirement::{AllOfOne, Any, Fact, SameAs};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{core, of};

const AUTHENTICATION: &str = "authentication.k8s.io";
const CONSTRAINED: &str = "from 1.36 on (ConstrainedImpersonation: beta, on); in 1.35 it is alpha and off";
const MODES: &str = "k8s.io/apiserver v0.37.2 pkg/endpoints/filters/impersonation/mode.go";

pub(super) const IMPERSONATE_SA: Technique = Technique {
    id: "impersonate-sa",
    title: "impersonate a ServiceAccount",
    phrase: "impersonate",
    mechanism: "a request with the header Impersonate-User is judged as if the ServiceAccount had sent it",
    class: Class::Amplifier,
    requires: core("impersonate", "serviceaccounts", Namespace, Object),
    reach: Reach::ImpersonatesServiceAccount,
    gains: "whatever the ServiceAccount may do, its groups' rights included",
    severity: Severity::Critical,
    severity_reason: "as bad as what the account may do; nothing is left behind but the audit log",
    preconditions: &[
        "a Role in the account's namespace is enough; the built-in edit and admin roles hold the verb",
    ],
    versions: "every version",
    mitre: &["T1078", "T1550"],
    microsoft: &[],
    cis: &["5.1.8"],
    remediation: "take impersonate on `serviceaccounts` away or name the accounts in resourceNames, and do \
                  not bind edit or admin in Cilium's namespace; who tests permissions can ask by `kubectl \
                  auth can-i` as the account's owner, or offline",
    audit: r#".impersonatedUser.username // "" | startswith("system:serviceaccount:")"#,
    references: &[
        MODES,
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go",
    ],
};

pub(super) const IMPERSONATE_USER: Technique = Technique {
    id: "impersonate-user",
    title: "impersonate a user",
    phrase: "impersonate user",
    mechanism: "a request with the header Impersonate-User is judged as that user, who has no group but \
                system:authenticated",
    class: Class::Amplifier,
    requires: core("impersonate", "users", Cluster, Object),
    reach: Reach::ImpersonatesUser,
    gains: "what is granted to the user by name; without resourceNames that includes \
            system:kube-controller-manager, which may mint any token",
    severity: Severity::Critical,
    severity_reason: "unrestricted it leads to everything",
    preconditions: &[
        "users are cluster-scoped: only a ClusterRoleBinding grants it",
        "a name of the form system:serviceaccount:… is checked as a ServiceAccount instead",
        "a node's name alone is no node: it takes the group system:nodes",
    ],
    versions: "every version",
    mitre: &["T1078"],
    microsoft: &[],
    cis: &["5.1.8"],
    remediation: "name the users in resourceNames, and the groups too; proxies that log people in need the \
                  verb for exactly the users they front",
    audit: r#"(.impersonatedUser.username // "") != """#,
    references: &[
        MODES,
        "k8s.io/kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go",
    ],
};

pub(super) const IMPERSONATE_GROUP: Technique = Technique {
    id: "impersonate-group",
    title: "impersonate a member of a group",
    phrase: "impersonate a member of",
    mechanism: "the header Impersonate-Group adds groups to a user or ServiceAccount that is impersonated in \
                the same request",
    class: Class::Amplifier,
    requires: AllOfOne(&[
        Any(&[
            core("impersonate", "users", Cluster, Chosen),
            core("impersonate", "serviceaccounts", Namespace, Chosen),
        ]),
        core("impersonate", "groups", Cluster, Object),
    ]),
    reach: Reach::ImpersonatesGroup,
    gains: "the group's rights; system:masters, and so everything, without resourceNames",
    severity: Severity::Critical,
    severity_reason: "any one user, however harmless, carries any group",
    preconditions: &["groups alone are refused: a request that names no user is a bad request"],
    versions: "every version",
    mitre: &["T1078"],
    microsoft: &[],
    cis: &["5.1.7", "5.1.8"],
    remediation: "name the groups in resourceNames, never system:masters; proxies that log people in need \
                  the groups of their identity provider only",
    audit: r#".impersonatedUser.groups // [] | index("system:masters")"#,
    references: &[
        "k8s.io/apiserver v0.37.2 pkg/endpoints/filters/impersonation/constrained_impersonation.go",
        MODES,
    ],
};

pub(super) const IMPERSONATE_EXTRA_UID: Technique = Technique {
    id: "impersonate-extra-uid",
    title: "impersonate extra fields or a UID",
    phrase: "impersonate extra fields of",
    mechanism: "headers add extra fields or a UID to the identity that is impersonated; RBAC looks at \
                neither",
    class: Class::Context,
    requires: AllOfOne(&[
        Any(&[SameAs("impersonate-user"), SameAs("impersonate-sa")]),
        Any(&[
            of("impersonate", AUTHENTICATION, "userextras/scopes", Cluster, Chosen),
            of("impersonate", AUTHENTICATION, "uids", Cluster, Chosen),
        ]),
    ]),
    reach: Reach::Nothing,
    gains: "nothing under RBAC",
    severity: Severity::None,
    severity_reason: "RBAC decides by name and groups alone; other authorizers may not",
    preconditions: &["the subresource of userextras is the field's key; `scopes` stands for any"],
    versions: "every version",
    mitre: &[],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change for RBAC's sake",
    audit: r#"(.impersonatedUser.extra // {}) != {}"#,
    references: &[MODES],
};

pub(super) const IMPERSONATE_CONSTRAINED_SA: Technique = Technique {
    id: "impersonate-constrained-sa",
    title: "impersonate a ServiceAccount for one action",
    phrase: "for one action, impersonate",
    mechanism: "the verb impersonate:serviceaccount names whom, impersonate-on:serviceaccount:VERB on a \
                resource names what for; the request passes if the account may make it too",
    class: Class::Amplifier,
    requires: AllOfOne(&[
        of("impersonate:serviceaccount", AUTHENTICATION, "serviceaccounts", Namespace, Object),
        core("impersonate-on:serviceaccount:create", "pods/exec", Namespace, Object),
        Fact(Since(36)),
        Fact(Other("the ServiceAccount's own right to exec there")),
    ]),
    reach: Reach::ImpersonatesForAction,
    gains: "that one action as the ServiceAccount",
    severity: Severity::Critical,
    severity_reason: "as bad as the action; here, exec into a Cilium pod",
    preconditions: &[
        "the verb `*` covers both verbs; `impersonate-on:serviceaccount:*` covers nothing",
        "the plain verb impersonate goes on working beside it",
    ],
    versions: CONSTRAINED,
    mitre: &["T1078"],
    microsoft: &[],
    cis: &["5.1.8"],
    remediation: "use it in place of plain impersonate, with resourceNames for whom and single verbs for \
                  what, and not for exec, pods or tokens in Cilium's namespace",
    audit: r#".authenticationMetadata.impersonationConstraint == "impersonate:serviceaccount""#,
    references: &[MODES, "k8s.io/apiserver v0.37.2 pkg/features/kube_features.go"],
};

pub(super) const IMPERSONATE_CONSTRAINED_USER: Technique = Technique {
    id: "impersonate-constrained-user",
    title: "impersonate a user and groups for one action",
    phrase: "for one action, impersonate user",
    mechanism: "the verb impersonate:user-info names users and groups, impersonate-on:user-info:VERB on a \
                resource names what for; the request passes if they may make it too",
    class: Class::Amplifier,
    requires: Any(&[
        AllOfOne(&[
            of("impersonate:user-info", AUTHENTICATION, "users", Cluster, Object),
            core("impersonate-on:user-info:create", "pods/exec", Namespace, Object),
            Fact(Since(36)),
        ]),
        AllOfOne(&[
            of("impersonate:user-info", AUTHENTICATION, "users", Cluster, Chosen),
            of("impersonate:user-info", AUTHENTICATION, "groups", Cluster, Object),
            core("impersonate-on:user-info:create", "pods/exec", Namespace, Object),
            Fact(Since(36)),
        ]),
    ]),
    reach: Reach::ImpersonatesForAction,
    gains: "that one action as the user with the groups",
    severity: Severity::Critical,
    severity_reason: "as bad as the action; here, exec into a Cilium pod",
    preconditions: &[
        "system:masters is always refused, and names of nodes and ServiceAccounts are not users here",
    ],
    versions: CONSTRAINED,
    mitre: &["T1078"],
    microsoft: &[],
    cis: &["5.1.8"],
    remediation: "name users and groups in resourceNames and single verbs for what they are impersonated for",
    audit: r#".authenticationMetadata.impersonationConstraint == "impersonate:user-info""#,
    references: &[MODES],
};

pub(super) const IMPERSONATE_CONSTRAINED_NODE: Technique = Technique {
    id: "impersonate-constrained-node",
    title: "impersonate a node for one action",
    phrase: "for one action, impersonate node",
    mechanism: "impersonate:arbitrary-node names a node, impersonate:associated-node stands for the node \
                that the caller's own token is bound to; impersonate-on:MODE:VERB names what for, and the \
                server adds the group system:nodes",
    class: Class::Amplifier,
    requires: Any(&[
        AllOfOne(&[
            of("impersonate:arbitrary-node", AUTHENTICATION, "nodes", Cluster, Object),
            core("impersonate-on:arbitrary-node:create", "serviceaccounts/token", Namespace, Chosen),
            Fact(Since(36)),
        ]),
        AllOfOne(&[
            of("impersonate:associated-node", AUTHENTICATION, "nodes", Cluster, Literal("*")),
            core("impersonate-on:associated-node:create", "serviceaccounts/token", Namespace, Chosen),
            Fact(Since(36)),
        ]),
    ]),
    reach: Reach::ImpersonatesForAction,
    gains: "that one action as the node; here, a token of a ServiceAccount whose pod runs there",
    severity: Severity::High,
    severity_reason: "as node-identity, limited to one action",
    preconditions: &[
        "impersonate:associated-node is checked with the name `*`: a rule that names nodes does not allow it",
        "a token is minted only for an account whose pod runs on the node",
    ],
    versions: CONSTRAINED,
    mitre: &["T1078"],
    microsoft: &[],
    cis: &["5.1.8"],
    remediation: "prefer impersonate:associated-node to impersonate:arbitrary-node, and never allow it for \
                  `serviceaccounts/token`",
    audit: r#".authenticationMetadata.impersonationConstraint | IN("impersonate:arbitrary-node", "impersonate:associated-node")"#,
    references: &[MODES],
};
