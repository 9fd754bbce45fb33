//! The catalogue once more, for checking: how bad each technique is, which requests make it, and what it leads to.

use cilium_exec_check_core::report::{Evidence, Step};
use cilium_exec_check_core::technique::Severity;

/// One technique.
pub(super) struct Known {
    pub(super) severity: Severity,
    /// Each part must be met by one of its ways: a verb (or `make`, `change`, `remove`), the group (`-` is the core's),
    /// the resource. A part that starts with `?` may be left out.
    parts: &'static [&'static [&'static str]],
    /// Kinds of what it leads to.
    pub(super) to: &'static [&'static str],
}

const PODS: &[&str] = &["Pod", "Workload"];
const ACCOUNT: &[&str] = &["ServiceAccount"];
const SOMEBODY: &[&str] = &["User", "Group", "ServiceAccount", "Node"];
const NEW_PODS: &[&str] = &[
    "make - pods",
    "make apps deployments",
    "make apps daemonsets",
    "make apps statefulsets",
    "make apps replicasets",
    "make batch jobs",
    "make batch cronjobs",
    "make - replicationcontrollers",
    "change apps deployments",
    "change apps daemonsets",
    "change apps statefulsets",
    "change apps replicasets",
    "change batch cronjobs",
];
const OPERATED: &[&str] = &[
    "make argoproj.io workflows",
    "make argoproj.io cronworkflows",
    "make tekton.dev taskruns",
    "make tekton.dev pipelineruns",
    "make kubevirt.io virtualmachines",
    "make kubevirt.io virtualmachineinstances",
    "make batch.volcano.sh jobs",
    "make serving.knative.dev services",
];
const RBAC_BINDINGS: &[&str] = &[
    "make rbac.authorization.k8s.io clusterrolebindings",
    "change rbac.authorization.k8s.io clusterrolebindings",
    "make rbac.authorization.k8s.io rolebindings",
    "change rbac.authorization.k8s.io rolebindings",
];
const APPROVAL: &[&str] = &["change certificates.k8s.io certificatesigningrequests/approval"];
const SIGNER: &[&str] = &["approve certificates.k8s.io signers"];
const REQUEST: &[&str] = &["make certificates.k8s.io certificatesigningrequests"];

/// A technique by its id; derived steps make no request.
pub(super) fn known(id: &str) -> Option<Known> {
    use Severity::{Critical, High, Low, Medium};
    let (severity, parts, to): (_, &'static [&'static [&'static str]], &'static [&'static str]) = match id {
        "pods-exec" => (Critical, &[&["create - pods/exec", "get - pods/exec"]], PODS),
        "pods-attach" => (High, &[&["create - pods/attach", "get - pods/attach"]], PODS),
        "pods-ephemeralcontainers" => (Critical, &[&["change - pods/ephemeralcontainers"]], PODS),
        "pods-image-swap" => (Critical, &[&["change - pods"]], PODS),
        "workload-template-patch" => (
            Critical,
            &[&[
                "change apps daemonsets",
                "change apps deployments",
                "change apps replicasets",
                "change apps statefulsets",
                "change batch cronjobs",
                "change - replicationcontrollers",
            ]],
            &["Workload"],
        ),
        "pods-portforward" => (Medium, &[&["create - pods/portforward", "get - pods/portforward"]], PODS),
        "pods-proxy" => (Low, &[&["get - pods/proxy", "create - pods/proxy"]], PODS),
        "services-proxy" => (Low, &[&["get - services/proxy", "create - services/proxy"]], &["Service"]),
        "pods-delete-evict" => {
            (Medium, &[&["delete - pods", "deletecollection - pods", "create - pods/eviction"]], PODS)
        }
        "nodes-proxy-get" => (Critical, &[&["get - nodes/proxy"]], PODS),
        "nodes-proxy-create" => (Critical, &[&["create - nodes/proxy"]], PODS),
        "pod-create-privileged" => (Critical, &[&["make - pods"]], &["NodeRoot"]),
        "workload-create-privileged" => (Critical, &[NEW_PODS], &["NodeRoot"]),
        "pod-create-as-sa" => (High, &[&["make - pods"]], ACCOUNT),
        "workload-create-as-sa" => (High, &[NEW_PODS], ACCOUNT),
        "custom-controller-create" => (Medium, &[OPERATED], &["NodeRoot", "ServiceAccount"]),
        "pv-hostpath" => (
            High,
            &[&["make - persistentvolumes"], &["?make - persistentvolumeclaims"], NEW_PODS],
            &["NodeRoot"],
        ),
        "namespace-psa-relabel" => {
            (High, &[&["change - namespaces", "change - namespaces/status"]], &["Namespace"])
        }
        "namespace-create" => (Medium, &[&["make - namespaces"]], &["Namespace"]),
        "sa-token-create" => (Critical, &[&["create - serviceaccounts/token"]], ACCOUNT),
        "secrets-read" => (High, &[&["get - secrets", "list - secrets", "watch - secrets"]], ACCOUNT),
        "secrets-create-token" => (
            High,
            &[&["make - secrets"], &["get - secrets", "list - secrets", "watch - secrets", "make - pods"]],
            ACCOUNT,
        ),
        "bootstrap-token-create" => (High, &[&["make - secrets"]], &["Group"]),
        "impersonate-sa" => (Critical, &[&["impersonate - serviceaccounts"]], ACCOUNT),
        "impersonate-user" => (Critical, &[&["impersonate - users"]], &["User", "ClusterAdmin"]),
        "impersonate-group" => (
            Critical,
            &[&["impersonate - users", "impersonate - serviceaccounts"], &["impersonate - groups"]],
            &["Group", "Node", "ClusterAdmin"],
        ),
        "impersonate-constrained-sa" => (
            Critical,
            &[
                &["impersonate:serviceaccount authentication.k8s.io serviceaccounts"],
                &["impersonate-on:serviceaccount:create - pods/exec"],
                &["create - pods/exec"],
            ],
            PODS,
        ),
        "impersonate-constrained-user" => (
            Critical,
            &[
                &["impersonate:user-info authentication.k8s.io users"],
                &["?impersonate:user-info authentication.k8s.io groups"],
                &["impersonate-on:user-info:create - pods/exec"],
                &["create - pods/exec"],
            ],
            PODS,
        ),
        "impersonate-constrained-node" => (
            High,
            &[
                &[
                    "impersonate:arbitrary-node authentication.k8s.io nodes",
                    "impersonate:associated-node authentication.k8s.io nodes",
                ],
                &[
                    "impersonate-on:arbitrary-node:create - serviceaccounts/token",
                    "impersonate-on:associated-node:create - serviceaccounts/token",
                ],
                &["create - serviceaccounts/token"],
            ],
            ACCOUNT,
        ),
        "csr-client-cert" => (
            Critical,
            &[REQUEST, APPROVAL, SIGNER, &["get certificates.k8s.io certificatesigningrequests"]],
            SOMEBODY,
        ),
        "csr-node-cert" => (High, &[REQUEST, APPROVAL, SIGNER], &["Node"]),
        "csr-nodeclient-autoapprove" => (
            High,
            &[REQUEST, &["create certificates.k8s.io certificatesigningrequests/nodeclient"]],
            &["Node"],
        ),
        "steal-pods" => (
            High,
            &[
                &["delete - pods", "create - pods/eviction", "delete - nodes"],
                &["change - nodes", "change - nodes/status"],
            ],
            ACCOUNT,
        ),
        "rbac-escalate" => (
            Critical,
            &[
                &[
                    "change rbac.authorization.k8s.io clusterroles",
                    "change rbac.authorization.k8s.io roles",
                    "make rbac.authorization.k8s.io clusterroles",
                    "make rbac.authorization.k8s.io roles",
                ],
                &[
                    "escalate rbac.authorization.k8s.io clusterroles",
                    "escalate rbac.authorization.k8s.io roles",
                ],
                &[
                    "?make rbac.authorization.k8s.io clusterrolebindings",
                    "change rbac.authorization.k8s.io clusterrolebindings",
                    "make rbac.authorization.k8s.io rolebindings",
                    "change rbac.authorization.k8s.io rolebindings",
                ],
                &["?bind rbac.authorization.k8s.io clusterroles", "bind rbac.authorization.k8s.io roles"],
            ],
            &["User", "Group", "ServiceAccount", "Node", "ClusterAdmin", "Namespace"],
        ),
        "rbac-bind" => (
            Critical,
            &[
                RBAC_BINDINGS,
                &["bind rbac.authorization.k8s.io clusterroles", "bind rbac.authorization.k8s.io roles"],
            ],
            &["User", "Group", "ServiceAccount", "Node", "ClusterAdmin", "Namespace"],
        ),
        "cilium-config" => (
            High,
            &[&[
                "change - configmaps",
                "delete - configmaps",
                "make cilium.io ciliumnodeconfigs",
                "change cilium.io ciliumnodeconfigs",
            ]],
            &["ConfigMap", "Resource"],
        ),
        "cilium-secrets" => (
            High,
            &[&["get - secrets", "list - secrets", "watch - secrets", "change - secrets"]],
            &["Secret"],
        ),
        "cilium-crds-dataplane" => (Medium, &[&["make cilium.io *", "change cilium.io *"]], &["Resource"]),
        _ => return admission(id).or_else(|| derived(id)),
    };
    Some(Known { severity, parts, to })
}

/// Techniques on what is admitted and served.
fn admission(id: &str) -> Option<Known> {
    use Severity::{Critical, High, Medium};
    let (severity, parts, to): (_, &'static [&'static [&'static str]], &'static [&'static str]) = match id {
        "mutating-webhook" => (
            Critical,
            &[&[
                "make admissionregistration.k8s.io mutatingwebhookconfigurations",
                "change admissionregistration.k8s.io mutatingwebhookconfigurations",
            ]],
            &["ClusterAdmin"],
        ),
        "validating-webhook" => (
            High,
            &[&[
                "make admissionregistration.k8s.io validatingwebhookconfigurations",
                "change admissionregistration.k8s.io validatingwebhookconfigurations",
            ]],
            ACCOUNT,
        ),
        "mutating-admission-policy" => (
            Critical,
            &[
                &[
                    "make admissionregistration.k8s.io mutatingadmissionpolicies",
                    "change admissionregistration.k8s.io mutatingadmissionpolicies",
                ],
                &[
                    "?make admissionregistration.k8s.io mutatingadmissionpolicybindings",
                    "change admissionregistration.k8s.io mutatingadmissionpolicybindings",
                ],
            ],
            &["ClusterAdmin"],
        ),
        "apiservice-hijack" => (High, &[&["change apiregistration.k8s.io apiservices"]], &["Resource"]),
        "crd-conversion-webhook" => {
            (Medium, &[&["change apiextensions.k8s.io customresourcedefinitions"]], &["Resource"])
        }
        "configmap-aws-auth" => {
            (Critical, &[&["change - configmaps", "make - configmaps"]], &["ClusterAdmin"])
        }
        _ => return None,
    };
    Some(Known { severity, parts, to })
}

/// Steps that follow by themselves, and those that a kubelet makes.
fn derived(id: &str) -> Option<Known> {
    let (severity, to): (_, &'static [&'static str]) = match id {
        "container-escape" => (Severity::Critical, &["NodeRoot"]),
        "pod-token" => (Severity::Critical, ACCOUNT),
        "node-compromise" => (Severity::Critical, &["Pod", "Workload", "Node"]),
        "cluster-admin" => (Severity::Critical, &["ClusterAdmin"]),
        "node-identity" => (Severity::High, &["Node", "ServiceAccount"]),
        _ => return None,
    };
    Some(Known { severity, parts: &[], to })
}

impl Known {
    /// What is wrong with the requests of a step.
    pub(super) fn fault(&self, step: &Step) -> Option<String> {
        if self.parts.is_empty() {
            return None;
        }
        let mut used = vec![false; step.evidence.len()];
        for part in self.parts {
            let optional = part.first().is_some_and(|first| first.starts_with('?'));
            let met = part.iter().find_map(|way| met_by(way.trim_start_matches('?'), &step.evidence));
            match met {
                Some(indices) => indices.into_iter().for_each(|index| used[index] = true),
                None if optional => {}
                None => return Some(format!("`{}`: nothing meets {part:?}", step.technique)),
            }
        }
        let unused = used.iter().position(|used| !used)?;
        Some(format!("`{}`: what for is {:?}", step.technique, step.evidence[unused].request))
    }
}

/// The requests that meet one way of a part, by index.
fn met_by(way: &str, evidence: &[Evidence]) -> Option<Vec<usize>> {
    let words: Vec<&str> = way.split(' ').collect();
    let [verb, group, resource] = words[..] else { return None };
    let group = if group == "-" { "" } else { group };
    let find = |verb: &str, named: Option<&str>, unnamed: bool| {
        evidence.iter().position(|item| {
            let request = &item.request;
            let asked = match request.subresource.as_str() {
                "" => request.resource.clone(),
                sub => format!("{}/{sub}", request.resource),
            };
            let name = request.name.as_deref();
            request.verb == verb
                && request.group == group
                && (asked == resource || (resource == "*" && asked.starts_with("cilium")))
                && (named.is_none() || name == named)
                && (!unnamed || name.is_none())
        })
    };
    match verb {
        "change" => find("update", None, false).or_else(|| find("patch", None, false)).map(|at| vec![at]),
        // A POST has no name; an apply has the same one for both of its verbs.
        "make" => {
            let applied = find("patch", None, false).and_then(|patch| {
                let name = evidence[patch].request.name.as_deref()?;
                Some(vec![patch, find("create", Some(name), false)?])
            });
            applied.or_else(|| find("create", None, true).map(|at| vec![at]))
        }
        verb => find(verb, None, false).map(|at| vec![at]),
    }
}
