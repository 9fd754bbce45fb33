//! Ways that make a pod: with every privilege on a Cilium node, or with a ServiceAccount of one's choice.

use super::super::Fact::Other;
use super::super::NamePattern::Object;
use super::super::Requirement::{All, Any, Fact, SameAs};
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, Reach, Severity, Technique};
use super::words::{APPS, BATCH, change, make};

pub(super) const POD_CREATE_PRIVILEGED: Technique = Technique {
    id: "pod-create-privileged",
    title: "run a privileged pod on a Cilium node",
    phrase: "privileged pod in",
    mechanism: "a new pod names its node and asks for every privilege; nothing stops it in a namespace whose \
                enforced level admits that",
    class: Class::Indirect,
    requires: make!("", "pods", Namespace),
    reach: Reach::MakesPod,
    gains: "root on any node, hence every container there, Cilium's maps and sockets, and the tokens of its \
            pods",
    severity: Severity::Critical,
    severity_reason: "the plain way to root on a node",
    preconditions: &[
        "the namespace admits privileged pods: no enforce label (then the API server's default, privileged \
         unless it is configured otherwise) or enforce=privileged",
        "webhooks and admission policies may refuse the pod",
        "a ServiceAccount exists in the namespace; `default` does",
    ],
    versions: "every supported version: PodSecurityPolicy went and pod security admission became stable in \
               1.25",
    mitre: &["T1610", "T1611"],
    microsoft: &["New Container", "Privileged container", "Writable hostPath mount"],
    cis: &["5.1.4", "5.2.2"],
    remediation: "enforce the baseline or restricted level (pod-security.kubernetes.io/enforce) in every \
                  namespace where others than administrators make pods; whoever debugs nodes gets a \
                  namespace of their own for it",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == null and .verb == "create" and ((.requestObject.spec.hostPID // false) or (.requestObject.spec.nodeName != null) or any(.requestObject.spec.volumes[]?; .hostPath) or any(.requestObject.spec.containers[]?; .securityContext.privileged))"#,
    references: &[
        "k8s.io/pod-security-admission v0.37.2 policy/registry.go",
        "kubernetes/website rbac-good-practices.md workload creation",
    ],
};

pub(super) const WORKLOAD_CREATE_PRIVILEGED: Technique = Technique {
    id: "workload-create-privileged",
    title: "run privileged pods through a controller",
    phrase: "privileged workload in",
    mechanism: "a controller makes the pods of a new or changed workload, so whoever writes the workload \
                needs no right on pods",
    class: Class::Indirect,
    requires: Any(&[
        make!(APPS, "deployments", Namespace),
        make!(APPS, "daemonsets", Namespace),
        make!(APPS, "statefulsets", Namespace),
        make!(APPS, "replicasets", Namespace),
        make!(BATCH, "jobs", Namespace),
        make!(BATCH, "cronjobs", Namespace),
        make!("", "replicationcontrollers", Namespace),
        change!(APPS, "deployments", Namespace, Object),
        change!(APPS, "daemonsets", Namespace, Object),
        change!(APPS, "statefulsets", Namespace, Object),
        change!(APPS, "replicasets", Namespace, Object),
        change!(BATCH, "cronjobs", Namespace, Object),
    ]),
    reach: Reach::MakesPod,
    gains: "as pod-create-privileged; a DaemonSet gives root on every node",
    severity: Severity::Critical,
    severity_reason: "as pod-create-privileged, without any right on pods",
    preconditions: &["the controller's pods are held against the level that the namespace enforces"],
    versions: "every version",
    mitre: &["T1610", "T1611", "T1053.007"],
    microsoft: &["New Container", "Kubernetes CronJob"],
    cis: &["5.1.4"],
    remediation: "as pod-create-privileged: enforce baseline or restricted where teams deploy, and leave \
                  Cilium's namespace to one deployer",
    audit: r#"(.objectRef.resource | IN("deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs")) and (.verb | IN("create", "update", "patch")) and any(.requestObject.spec | .. | objects; .privileged == true or .hostPath or .hostPID == true)"#,
    references: &[
        "k8s.io/pod-security-admission v0.37.2 admission/admission.go",
        "kubernetes/website rbac-good-practices.md workload creation",
    ],
};

pub(super) const CUSTOM_CONTROLLER_CREATE: Technique = Technique {
    id: "custom-controller-create",
    title: "run pods through an operator's custom resource",
    phrase: "pods of a custom resource in",
    mechanism: "operators such as Argo Workflows, Tekton, KubeVirt, Volcano and Knative make pods from a \
                spec in their custom resources, with their own rights",
    class: Class::Indirect,
    requires: All(&[
        Any(&[
            make!("argoproj.io", "workflows", Namespace),
            make!("argoproj.io", "cronworkflows", Namespace),
            make!("tekton.dev", "taskruns", Namespace),
            make!("tekton.dev", "pipelineruns", Namespace),
            make!("kubevirt.io", "virtualmachines", Namespace),
            make!("kubevirt.io", "virtualmachineinstances", Namespace),
            make!("batch.volcano.sh", "jobs", Namespace),
            make!("serving.knative.dev", "services", Namespace),
        ]),
        Fact(Other("an operator that makes the pods as they are asked for")),
    ]),
    reach: Reach::HasPodMade,
    gains: "as pod-create-privileged and pod-create-as-sa, within what the operator passes on",
    severity: Severity::Medium,
    severity_reason: "what an operator passes on cannot be told from exported objects",
    preconditions: &[
        "the operator is installed and watches the namespace",
        "the pods are held against the level that the namespace enforces",
    ],
    versions: "every version",
    mitre: &["T1610"],
    microsoft: &["Excessive operator permissions"],
    cis: &[],
    remediation: "enforce baseline or restricted where such resources are written, and limit in the operator \
                  which ServiceAccounts and pod settings it passes on",
    audit: r#"(.objectRef.apiGroup | IN("argoproj.io", "tekton.dev", "kubevirt.io", "batch.volcano.sh", "serving.knative.dev")) and (.verb == "create" or .verb == "patch")"#,
    references: &["kubernetes/website rbac-good-practices.md workload creation"],
};

pub(super) const PV_HOSTPATH: Technique = Technique {
    id: "pv-hostpath",
    title: "the host's files through a PersistentVolume",
    phrase: "host path volume for",
    mechanism: "pod security admission looks at the volumes in a pod's spec only; a claim that binds to a \
                PersistentVolume of type hostPath or local brings the host's files into a restricted pod",
    class: Class::Indirect,
    requires: All(&[
        make!("", "persistentvolumes", Cluster),
        Any(&[make!("", "persistentvolumeclaims", Namespace), Fact(Other("an existing claim that binds"))]),
        Any(&[make!("", "pods", Namespace), SameAs("workload-create-privileged")]),
    ]),
    reach: Reach::MountsHostPath,
    gains: "reads and writes on the node's files; root on the node where the files' permissions let the \
            pod's user write",
    severity: Severity::High,
    severity_reason: "passes every pod security level; a restricted pod runs as an ordinary user, which \
                      limits what it can write",
    preconditions: &["the three requests may come from different identities"],
    versions: "every version",
    mitre: &["T1611"],
    microsoft: &["Writable hostPath mount"],
    cis: &["5.1.9"],
    remediation: "leave `create persistentvolumes` to storage provisioners; teams ask for storage by a claim \
                  and a storage class",
    audit: r#".objectRef.resource == "persistentvolumes" and (.verb == "create" or .verb == "patch") and (.requestObject.spec.hostPath or .requestObject.spec.local)"#,
    references: &[
        "k8s.io/pod-security-admission v0.37.2 policy/check_hostPathVolumes.go",
        "kubernetes/website rbac-good-practices.md persistent volume creation",
    ],
};

pub(super) const POD_CREATE_AS_SA: Technique = Technique {
    id: "pod-create-as-sa",
    title: "run a pod with another ServiceAccount",
    phrase: "pod with the account",
    mechanism: "a pod's spec names its ServiceAccount, and nobody asks whether its author may use that \
                account; a restricted pod gets its token all the same",
    class: Class::Amplifier,
    requires: make!("", "pods", Namespace),
    reach: Reach::MakesPodAs,
    gains: "every ServiceAccount of the namespace, and every Secret and ConfigMap there by mounting it",
    severity: Severity::High,
    severity_reason: "no right on the account is needed, and no pod security level stands in the way",
    preconditions: &[
        "automountServiceAccountToken of the account plays no part: the author writes the volume",
        "the token leaves the pod by its logs, by exec or over the network",
    ],
    versions: "every version",
    mitre: &["T1610", "T1528"],
    microsoft: &["New Container", "Container service account"],
    cis: &["5.1.4"],
    remediation: "let only administrators and the cluster's controllers make pods in the namespaces of \
                  powerful accounts, Cilium's first; give teams namespaces of their own",
    audit: r#".objectRef.resource == "pods" and .objectRef.subresource == null and .verb == "create" and .requestObject.spec.serviceAccountName != "default" and (.user.username | startswith("system:serviceaccount:kube-system:") | not)"#,
    references: &[
        "k8s.io/kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go",
        "kubernetes/website rbac-good-practices.md workload creation",
    ],
};

pub(super) const WORKLOAD_CREATE_AS_SA: Technique = Technique {
    id: "workload-create-as-sa",
    title: "run a workload with another ServiceAccount",
    phrase: "workload with the account",
    mechanism: "the template of a new or changed workload names any ServiceAccount of the namespace",
    class: Class::Amplifier,
    requires: SameAs("workload-create-privileged"),
    reach: Reach::MakesPodAs,
    gains: "every ServiceAccount of the namespace",
    severity: Severity::High,
    severity_reason: "as pod-create-as-sa: no pod security level stands in the way",
    preconditions: &["the token leaves the pod by its logs, by exec or over the network"],
    versions: "every version",
    mitre: &["T1610", "T1053.007"],
    microsoft: &["Kubernetes CronJob", "Backdoor container"],
    cis: &["5.1.4"],
    remediation: "as pod-create-as-sa: keep writers of workloads out of the namespaces of powerful accounts",
    audit: r#"(.objectRef.resource | IN("deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs")) and (.verb | IN("create", "update", "patch")) and any(.requestObject.spec | .. | objects; .serviceAccountName)"#,
    references: &["k8s.io/kubernetes v1.37.2 plugin/pkg/admission/serviceaccount/admission.go"],
};
