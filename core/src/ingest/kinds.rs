//! The kinds that are read: their API groups, their plural names, and whether they live in a namespace.

/// One kind that is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The API groups that served it, older ones included; `""` is the core group.
    groups: &'static [&'static str],
    plural: &'static str,
    pub(super) namespaced: bool,
    pub(super) reader: Reader,
}

/// How the objects of a kind are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Role,
    Binding,
    Pod,
    Workload,
    ServiceAccount,
    Namespace,
    Node,
    Secret,
    ConfigMap,
    Service,
    Volume,
    Named,
}

const RBAC: &[&str] = &["rbac.authorization.k8s.io"];
const CORE: &[&str] = &[""];
const APPS: &[&str] = &["apps", "extensions"];
const BATCH: &[&str] = &["batch"];
const ADMISSION: &[&str] = &["admissionregistration.k8s.io"];

const fn kind(
    name: &'static str,
    groups: &'static [&'static str],
    plural: &'static str,
    namespaced: bool,
    reader: Reader,
) -> Kind {
    Kind { name, groups, plural, namespaced, reader }
}

/// Every kind that is read.
pub(super) const KINDS: &[Kind] = &[
    kind("ClusterRole", RBAC, "clusterroles", false, Reader::Role),
    kind("ClusterRoleBinding", RBAC, "clusterrolebindings", false, Reader::Binding),
    kind("ConfigMap", CORE, "configmaps", true, Reader::ConfigMap),
    kind("CronJob", BATCH, "cronjobs", true, Reader::Workload),
    kind(
        "CustomResourceDefinition",
        &["apiextensions.k8s.io"],
        "customresourcedefinitions",
        false,
        Reader::Named,
    ),
    kind("DaemonSet", APPS, "daemonsets", true, Reader::Workload),
    kind("Deployment", APPS, "deployments", true, Reader::Workload),
    kind("Job", BATCH, "jobs", true, Reader::Workload),
    kind("MutatingAdmissionPolicy", ADMISSION, "mutatingadmissionpolicies", false, Reader::Named),
    kind(
        "MutatingAdmissionPolicyBinding",
        ADMISSION,
        "mutatingadmissionpolicybindings",
        false,
        Reader::Named,
    ),
    kind("MutatingWebhookConfiguration", ADMISSION, "mutatingwebhookconfigurations", false, Reader::Named),
    kind("Namespace", CORE, "namespaces", false, Reader::Namespace),
    kind("Node", CORE, "nodes", false, Reader::Node),
    kind("PersistentVolume", CORE, "persistentvolumes", false, Reader::Volume),
    kind("PersistentVolumeClaim", CORE, "persistentvolumeclaims", true, Reader::Volume),
    kind("Pod", CORE, "pods", true, Reader::Pod),
    kind("PodTemplate", CORE, "podtemplates", true, Reader::Workload),
    kind("ReplicaSet", APPS, "replicasets", true, Reader::Workload),
    kind("ReplicationController", CORE, "replicationcontrollers", true, Reader::Workload),
    kind("Role", RBAC, "roles", true, Reader::Role),
    kind("RoleBinding", RBAC, "rolebindings", true, Reader::Binding),
    kind("Secret", CORE, "secrets", true, Reader::Secret),
    kind("Service", CORE, "services", true, Reader::Service),
    kind("ServiceAccount", CORE, "serviceaccounts", true, Reader::ServiceAccount),
    kind("StatefulSet", APPS, "statefulsets", true, Reader::Workload),
    kind("ValidatingAdmissionPolicy", ADMISSION, "validatingadmissionpolicies", false, Reader::Named),
    kind(
        "ValidatingAdmissionPolicyBinding",
        ADMISSION,
        "validatingadmissionpolicybindings",
        false,
        Reader::Named,
    ),
    kind(
        "ValidatingWebhookConfiguration",
        ADMISSION,
        "validatingwebhookconfigurations",
        false,
        Reader::Named,
    ),
];

/// The kind of an object; an object without an apiVersion is taken at its kind's word.
pub(super) fn find(kind: &str, api_version: Option<&str>) -> Option<&'static Kind> {
    let group = api_version.map(|version| version.rsplit_once('/').map_or("", |(group, _)| group));
    KINDS.iter().find(|known| known.name == kind && group.is_none_or(|group| known.groups.contains(&group)))
}

/// The kind whose plural is `resource`, which may carry its group as `roles.rbac.authorization.k8s.io`.
pub(super) fn find_resource(resource: &str, group: Option<&str>) -> Option<&'static Kind> {
    let (plural, dotted) =
        resource.split_once('.').map_or((resource, None), |(plural, group)| (plural, Some(group)));
    let group = dotted.or(group);
    KINDS.iter().find(|known| {
        (known.plural == plural || known.name == plural)
            && group.is_none_or(|group| known.groups.contains(&group))
    })
}
