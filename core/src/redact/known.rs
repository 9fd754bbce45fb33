//! Words that tell nothing about a cluster, because every cluster with Kubernetes and Cilium has them.

use crate::defaults::ShippedDefaults;
use crate::technique;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Kubernetes' own namespaces, groups, users and objects that no table of shipped roles names, and those of Cilium and
/// its neighbours.
const NAMES: &str = "
    * any default kube-system kube-public kube-node-lease cilium cilium-secrets cilium-spire cilium-system tetragon
    system:masters system:nodes system:authenticated system:unauthenticated system:serviceaccounts system:anonymous
    system:admin system:bootstrappers system:monitoring system:kube-controller-manager system:kube-scheduler
    system:kube-proxy system:apiserver kubeadm:cluster-admins kubernetes-admin kubernetes-super-admin
    cluster-admin admin edit view cilium-agent cilium-operator cilium-operator-generic cilium-envoy
    cilium-node-init cilium-pre-flight-check cilium-preflight cilium-config cilium-envoy-config cilium-ca cilium-ztunnel
    cilium-ipsec-keys cilium-etcd-secrets cilium-clustermesh clustermesh-apiserver hubble-relay hubble-ui
    hubble-generate-certs hubble-server-certs hubble-relay-client-certs hubble-relay-server-certs hubble-peer hubble-ca-secret
    clustermesh-apiserver-generate-certs tetragon-operator spire-agent spire-server ztunnel coredns
    aws-auth kubeadm-config kubelet-config kube-proxy kube-root-ca.crt extension-apiserver-authentication
    config mount-cgroup apply-sysctl-overwrites mount-bpf-fs clean-cilium-state install-cni-binaries
    wait-for-kube-proxy wait-for-node-init install-portmap-cni-plugin ebpf-mount
";

/// Verbs, and the words of the API and of the tool's own messages that may stand in backticks.
const WORDS: &str = "
    get list watch create update patch delete deletecollection impersonate bind escalate approve sign attest use proxy
    apiVersion kind items metadata name namespace labels annotations spec status rules verbs apiGroups resources
    resourceNames nonResourceURLs subjects roleRef apiGroup aggregationRule clusterRoleSelectors matchLabels matchExpressions
    containers initContainers ephemeralContainers volumes securityContext serviceAccountName nodeName image command args env
    data stringData type template selector replicas secrets imagePullSecrets automountServiceAccountToken continue
    depth item-bytes alias-nodes aggregation-steps archive-members nodes documents yaml json o A
    true false null default User Group ServiceAccount Role ClusterRole RoleBinding ClusterRoleBinding
";

/// Resources of Kubernetes' own groups that the shipped roles do not name.
const RESOURCES: &str = "
    pods exec attach portforward log proxy ephemeralcontainers eviction binding resize status scale token approval
    nodes services secrets configmaps namespaces serviceaccounts persistentvolumes persistentvolumeclaims endpoints events
    daemonsets deployments statefulsets replicasets replicationcontrollers jobs cronjobs controllerrevisions podtemplates
    roles clusterroles rolebindings clusterrolebindings users groups uids userextras extra finalizers signers
    certificatesigningrequests customresourcedefinitions mutatingwebhookconfigurations validatingwebhookconfigurations
    mutatingadmissionpolicies mutatingadmissionpolicybindings validatingadmissionpolicies validatingadmissionpolicybindings
    apiservices checkpoint
";

/// Kinds of objects that are read.
const KINDS: &str = "
    User Group ServiceAccount Node NodeRoot Pod Workload Namespace Secret ConfigMap Service Resource ClusterAdmin Role
    ClusterRole RoleBinding ClusterRoleBinding DaemonSet Deployment StatefulSet ReplicaSet ReplicationController Job CronJob
    PodTemplate PersistentVolume PersistentVolumeClaim CustomResourceDefinition APIService
";

/// Paths of a node that are the same everywhere.
const PATHS: &str = "
    / /etc /etc/cni /etc/cni/net.d /etc/kubernetes /etc/kubernetes/manifests /etc/ssl/certs /root /home /bin /sbin /lib
    /lib/modules /lib64 /boot /usr /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/libexec /usr/local /opt /opt/cni /opt/cni/bin
    /home/kubernetes/bin /var /var/lib /var/lib/cni /var/lib/cni/bin /var/lib/kubelet /var/lib/kubelet/pods
    /var/lib/containerd /var/lib/containers /var/lib/docker /var/lib/rancher /var/lib/etcd /var/log /var/run /run
    /var/run/docker.sock /run/docker.sock /run/containerd /run/containerd/containerd.sock /run/crio /var/run/cilium
    /run/cilium /var/run/cilium/envoy /run/cilium/envoy /var/run/cilium/tetragon /run/cilium/tetragon /run/spire
    /var/run/cilium/netns /var/run/netns /run/netns /run/xtables.lock /proc /proc/sys /proc/sys/kernel /proc/sys/net /sys
    /sys/kernel /sys/fs/bpf /sys/fs/cgroup /run/cilium/cgroupv2 /dev /healthz /livez /readyz /metrics /version /api /apis
    /api/* /apis/* /openapi /openapi/* /healthz/* /livez/* /readyz/* /version/* /logs /logs/* /
";

fn known() -> &'static BTreeSet<&'static str> {
    static KNOWN: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let lists = [NAMES, WORDS, RESOURCES, KINDS, PATHS].into_iter().flat_map(str::split_whitespace);
        lists.chain(ShippedDefaults::get().names()).collect()
    })
}

/// Whether a name or word is everybody's.
pub(super) fn is_known(text: &str) -> bool {
    text.is_empty() || known().contains(text) || technique::find(text).is_some()
}

/// Whether a kind is one that is read.
pub(super) fn is_kind(text: &str) -> bool {
    KINDS.split_whitespace().any(|kind| kind.eq_ignore_ascii_case(text))
}

/// Groups of Kubernetes and of Cilium; no other may end like them, since those domains are theirs.
pub(super) fn is_own_group(group: &str) -> bool {
    const OWN: [&str; 8] = ["", "*", "apps", "batch", "policy", "autoscaling", "extensions", "cilium.io"];
    OWN.contains(&group) || group.ends_with(".k8s.io") || group.ends_with(".cilium.io")
}
