//! Ways to more rights by writing RBAC objects.

use super::super::Fact::Other;
use super::super::NamePattern::{Absent, Chosen, Object};
use super::super::Requirement::{AllOfOne, Any, Fact};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{change, make, of};

const RBAC: &str = "rbac.authorization.k8s.io";
const WRITES: &str = r#"(.objectRef.resource | IN("roles", "clusterroles", "rolebindings", "clusterrolebindings")) and (.verb | IN("create", "update", "patch"))"#;

/// A role that is missing is made as it is needed: a POST carries no name, for `escalate` neither.
macro_rules! make_and_escalate {
    ($resource:expr, $scope:expr) => {
        Any(&[
            AllOfOne(&[
                of("create", RBAC, $resource, $scope, Absent),
                of("escalate", RBAC, $resource, $scope, Absent),
                Fact(Other(
                    "a binding to oneself of that role, which is missing, or of one that it flows into",
                )),
            ]),
            AllOfOne(&[
                of("patch", RBAC, $resource, $scope, Object),
                of("create", RBAC, $resource, $scope, Object),
                of("escalate", RBAC, $resource, $scope, Object),
                Fact(Other(
                    "a binding to oneself of that role, which is missing, or of one that it flows into",
                )),
            ]),
        ])
    };
}

pub(super) const RBAC_ESCALATE: Technique = Technique {
    id: "rbac-escalate",
    title: "grow a role that one is bound to",
    phrase: "add rules to",
    mechanism: "a change to a role may not add what its author does not hold, unless the author may \
                `escalate` it; then a role that the author is bound to can be given every rule",
    class: Class::Amplifier,
    requires: Any(&[
        AllOfOne(&[
            change!(RBAC, "clusterroles", Cluster, Object),
            of("escalate", RBAC, "clusterroles", Cluster, Object),
            Fact(Other("a binding of that role to oneself, or the right to make one")),
        ]),
        make_and_escalate!("clusterroles", Cluster),
        AllOfOne(&[
            change!(RBAC, "roles", Namespace, Object),
            of("escalate", RBAC, "roles", Namespace, Object),
            Fact(Other("a binding of that role to oneself, or the right to make one")),
        ]),
        make_and_escalate!("roles", Namespace),
    ]),
    reach: Reach::GrowsRole,
    gains: "everything where the role is bound: the cluster, or the namespace of its binding",
    severity: Severity::Critical,
    severity_reason: "writes its own rights; either verb without the other gives nothing new",
    preconditions: &[
        "the role may be missing still: a binding to it and the right to create and escalate it do as well",
        "a role that is aggregated into a bound one does too",
        "on a POST the name is empty, so an escalate rule with resourceNames works on update and patch only",
    ],
    versions: "every version",
    mitre: &["T1098.006", "T1078"],
    microsoft: &["Cluster-admin binding"],
    cis: &["5.1.8"],
    remediation: "take `escalate` away: whoever manages roles can grant what they hold without it; the \
                  controller that aggregates roles is the one that needs it",
    audit: WRITES,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/escalation_check.go",
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/clusterrole/policybased/storage.go",
    ],
};

pub(super) const RBAC_BIND: Technique = Technique {
    id: "rbac-bind",
    title: "bind a role that one does not hold",
    phrase: "bind",
    mechanism: "a new binding may not give what its author does not hold, unless the author may `bind` the \
                role it refers to; the verb is asked on the role, in the namespace of the binding",
    class: Class::Amplifier,
    requires: Any(&[
        AllOfOne(&[
            Any(&[
                make!(RBAC, "clusterrolebindings", Cluster),
                change!(RBAC, "clusterrolebindings", Cluster, Chosen),
            ]),
            of("bind", RBAC, "clusterroles", Cluster, Object),
        ]),
        AllOfOne(&[
            Any(&[make!(RBAC, "rolebindings", Namespace), change!(RBAC, "rolebindings", Namespace, Chosen)]),
            Any(&[
                of("bind", RBAC, "clusterroles", Namespace, Object),
                of("bind", RBAC, "roles", Namespace, Object),
            ]),
        ]),
    ]),
    reach: Reach::BindsRole,
    gains: "every rule of a bindable role, in the namespace or the cluster; everything where cluster-admin \
            is bindable",
    severity: Severity::Critical,
    severity_reason: "writes its own rights",
    preconditions: &[
        "the role that a binding refers to cannot be changed, so update and patch only help on bindings to \
         that role",
        "`bind` on bindings means nothing",
    ],
    versions: "every version",
    mitre: &["T1098.006"],
    microsoft: &["Cluster-admin binding"],
    cis: &["5.1.8"],
    remediation: "name in resourceNames the roles that may be handed out, or take `bind` away: what one \
                  holds can be handed on without it",
    audit: WRITES,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/escalation_check.go",
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/rolebinding/policybased/storage.go",
    ],
};

pub(super) const RBAC_WRITE_HELD_ONLY: Technique = Technique {
    id: "rbac-write-held-only",
    title: "write roles and bindings without bind or escalate",
    phrase: "hand on rights in",
    mechanism: "the API server refuses a role or binding that gives more than the same identity holds in the \
                same scope",
    class: Class::NoWayIn,
    requires: Any(&[
        change!(RBAC, "roles", Namespace, Chosen),
        change!(RBAC, "rolebindings", Namespace, Chosen),
        change!(RBAC, "clusterroles", Cluster, Chosen),
        change!(RBAC, "clusterrolebindings", Cluster, Chosen),
        make!(RBAC, "roles", Namespace),
        make!(RBAC, "rolebindings", Namespace),
        make!(RBAC, "clusterroles", Cluster),
        make!(RBAC, "clusterrolebindings", Cluster),
    ]),
    reach: Reach::Nothing,
    gains: "nothing new; what one holds can be handed on to others",
    severity: Severity::Low,
    severity_reason: "a way to pass rights on, and never an escalation",
    preconditions: &[
        "each request is judged by the rights of the one identity that makes it",
        "a role without rules can be bound by anyone, and may be given rules later",
    ],
    versions: "every version",
    mitre: &["T1098.006"],
    microsoft: &[],
    cis: &[],
    remediation: "nothing to change for the holder's own sake; review who may hand on rights in Cilium's \
                  namespace",
    audit: WRITES,
    references: &[
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/validation/rule.go",
        "k8s.io/kubernetes v1.37.2 pkg/registry/rbac/clusterrole/policybased/storage.go",
    ],
};
