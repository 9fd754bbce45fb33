//! The catalogue: one entry a technique; the engine, the docs and every format are driven by it.

mod admission;
mod aliases;
mod certificates;
mod cilium;
mod derived;
mod direct;
mod identities;
mod impersonation;
mod namespaces;
mod new_pods;
mod nodes;
mod other;
mod pods;
mod rbac;
mod words;

use super::Technique;

/// Every technique, sorted by id.
pub static CATALOGUE: &[Technique] = &[
    admission::ADMISSION_GUARD_REMOVAL,
    admission::APISERVICE_HIJACK,
    identities::BOOTSTRAP_TOKEN_CREATE,
    cilium::CILIUM_CONFIG,
    cilium::CILIUM_CRDS_DATAPLANE,
    aliases::CILIUM_SA_TOKENS,
    cilium::CILIUM_SECRETS,
    derived::CLUSTER_ADMIN,
    other::CONFIGMAP_AWS_AUTH,
    other::CONFIGMAP_COREDNS,
    other::CONFIGMAP_EXTENSION_AUTH,
    other::CONFIGMAP_KUBEADM,
    derived::CONTAINER_ESCAPE,
    other::CONTROLLERREVISIONS,
    admission::CRD_CONVERSION_WEBHOOK,
    certificates::CSR_CLIENT_CERT,
    certificates::CSR_NODE_CERT,
    certificates::CSR_NODECLIENT_AUTOAPPROVE,
    certificates::CSR_SIGN_ONLY,
    new_pods::CUSTOM_CONTROLLER_CREATE,
    other::ENDPOINTS_HIJACK,
    derived::GROUP_WIDE_GRANT,
    aliases::HOSTPATH_CILIUM_SOCK,
    impersonation::IMPERSONATE_CONSTRAINED_NODE,
    impersonation::IMPERSONATE_CONSTRAINED_SA,
    impersonation::IMPERSONATE_CONSTRAINED_USER,
    impersonation::IMPERSONATE_EXTRA_UID,
    impersonation::IMPERSONATE_GROUP,
    impersonation::IMPERSONATE_SA,
    impersonation::IMPERSONATE_USER,
    other::INVISIBLE,
    aliases::KUBECTL_DEBUG_NODE,
    other::MISC_NO_GAIN,
    admission::MUTATING_ADMISSION_POLICY,
    admission::MUTATING_WEBHOOK,
    namespaces::NAMESPACE_CREATE,
    namespaces::NAMESPACE_PSA_RELABEL,
    derived::NODE_COMPROMISE,
    nodes::NODE_IDENTITY,
    nodes::NODES_CHECKPOINT,
    nodes::NODES_LOG,
    nodes::NODES_PROXY_CREATE,
    nodes::NODES_PROXY_GET,
    nodes::NODES_PROXY_NONEXEC,
    nodes::NODES_WRITE,
    certificates::POD_CERTIFICATE_REQUEST,
    new_pods::POD_CREATE_AS_SA,
    new_pods::POD_CREATE_PRIVILEGED,
    aliases::POD_TAKEOVER_AS_SA,
    derived::POD_TOKEN,
    direct::PODS_ATTACH,
    pods::PODS_BINDING,
    pods::PODS_DELETE_EVICT,
    direct::PODS_EPHEMERALCONTAINERS,
    direct::PODS_EXEC,
    direct::PODS_IMAGE_SWAP,
    pods::PODS_LOG,
    pods::PODS_PORTFORWARD,
    pods::PODS_PROXY,
    pods::PODS_RESIZE,
    pods::PODS_STATUS_RELABEL,
    other::PODTEMPLATES,
    new_pods::PV_HOSTPATH,
    rbac::RBAC_BIND,
    rbac::RBAC_ESCALATE,
    rbac::RBAC_WRITE_HELD_ONLY,
    identities::SA_TOKEN_CREATE,
    other::SCALE,
    identities::SECRETS_CREATE_TOKEN,
    identities::SECRETS_READ,
    pods::SERVICES_PROXY,
    nodes::STEAL_PODS,
    admission::VALIDATING_WEBHOOK,
    new_pods::WORKLOAD_CREATE_AS_SA,
    new_pods::WORKLOAD_CREATE_PRIVILEGED,
    direct::WORKLOAD_TEMPLATE_PATCH,
];

/// The technique with this id.
pub fn find(id: &str) -> Option<&'static Technique> {
    let place = CATALOGUE.binary_search_by(|technique| technique.id.cmp(id)).ok()?;
    CATALOGUE.get(place)
}

#[cfg(test)]
mod tests;
