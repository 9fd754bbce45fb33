//! Ways to control Cilium without running code in it: its settings, its custom resources, its keys.

use super::super::NamePattern::{Chosen, OneOf};
use super::super::Requirement::Any;
use super::super::Scope::{Cluster, Namespace};
use super::super::{Class, NamePattern, Reach, Severity, Technique};
use super::words::{change, core, make};

const CILIUM: &str = "cilium.io";
const CONFIG: NamePattern = OneOf(&["cilium-config"]);

/// Key material that the charts make, from 1.10 on.
const KEYS: NamePattern = OneOf(&[
    "cilium-ca",
    "hubble-*",
    "clustermesh-*",
    "cilium-ipsec-keys",
    "cilium-clustermesh",
    "cilium-kvstoremesh",
    "cilium-etcd-secrets",
]);

pub(super) const CILIUM_CONFIG: Technique = Technique {
    id: "cilium-config",
    title: "change Cilium's configuration",
    phrase: "change the configuration of",
    mechanism: "the agent reads the ConfigMap cilium-config, and CiliumNodeConfigs that override it for some \
                nodes, when it starts",
    class: Class::Control,
    requires: Any(&[
        change!("", "configmaps", Namespace, CONFIG),
        core("delete", "configmaps", Namespace, CONFIG),
        make!(CILIUM, "ciliumnodeconfigs", Namespace),
        change!(CILIUM, "ciliumnodeconfigs", Namespace, Chosen),
    ]),
    reach: Reach::ControlsCilium,
    gains: "policy enforcement or encryption switched off, other CNI, tunnel or API server settings; on \
            every node or on some",
    severity: Severity::High,
    severity_reason: "control over the datapath, but no shell",
    preconditions: &[
        "takes effect when agents restart; some keys can be exempted from overrides",
        "only objects of Cilium's own namespace count",
        "that it does not lead to code in the agent was not shown either way",
    ],
    versions: "every version; CiliumNodeConfig from Cilium 1.13 on",
    mitre: &["T1562"],
    microsoft: &[],
    cis: &[],
    remediation: "take writes on `configmaps` and `ciliumnodeconfigs` away in Cilium's namespace; the \
                  operator and the deployer that runs Helm or GitOps are the ones that change them",
    audit: r#"(.objectRef.name == "cilium-config" or .objectRef.resource == "ciliumnodeconfigs") and (.verb | IN("create", "update", "patch", "delete"))"#,
    references: &[
        "cilium v1.20.2 pkg/option/resolver/resolver.go",
        "cilium v1.20.2 cilium-dbg/cmd/build-config.go",
        "cilium v1.20.2 pkg/k8s/apis/cilium.io/v2/cnc_types.go",
    ],
};

/// Any write to a custom resource: a new object or a change to one.
macro_rules! write_to {
    ($resource:expr, $scope:expr) => {
        Any(&[make!(CILIUM, $resource, $scope), change!(CILIUM, $resource, $scope, Chosen)])
    };
}

pub(super) const CILIUM_CRDS_DATAPLANE: Technique = Technique {
    id: "cilium-crds-dataplane",
    title: "write Cilium's custom resources",
    phrase: "write Cilium's",
    mechanism: "policies, Envoy configs, redirects, gateways, address pools and the identities of endpoints \
                are custom resources that agents and operator act on at once",
    class: Class::Control,
    requires: Any(&[
        write_to!("ciliumnetworkpolicies", Namespace),
        write_to!("ciliumendpoints", Namespace),
        write_to!("ciliumenvoyconfigs", Namespace),
        write_to!("ciliumlocalredirectpolicies", Namespace),
        write_to!("ciliumgatewayclassconfigs", Namespace),
        write_to!("ciliumclusterwidenetworkpolicies", Cluster),
        write_to!("ciliumclusterwideenvoyconfigs", Cluster),
        write_to!("ciliumendpointslices", Cluster),
        write_to!("ciliumidentities", Cluster),
        write_to!("ciliumnodes", Cluster),
        write_to!("ciliumegressgatewaypolicies", Cluster),
        write_to!("ciliumegressnatpolicies", Cluster),
        write_to!("ciliumcidrgroups", Cluster),
        write_to!("ciliumloadbalancerippools", Cluster),
        write_to!("ciliuml2announcementpolicies", Cluster),
        write_to!("ciliumpodippools", Cluster),
        write_to!("ciliumexternalworkloads", Cluster),
        write_to!("ciliumdatapathplugins", Cluster),
        write_to!("ciliumbgppeeringpolicies", Cluster),
        write_to!("ciliumbgploadbalancerippools", Cluster),
        write_to!("ciliumbgpclusterconfigs", Cluster),
        write_to!("ciliumbgppeerconfigs", Cluster),
        write_to!("ciliumbgpadvertisements", Cluster),
        write_to!("ciliumbgpnodeconfigs", Cluster),
        write_to!("ciliumbgpnodeconfigoverrides", Cluster),
    ]),
    reach: Reach::ControlsCilium,
    gains: "traffic let through, redirected or read; pods that pass for others; Envoy configured at will; \
            from 1.20 on a datapath plugin on the nodes",
    severity: Severity::Medium,
    severity_reason: "control over traffic, but no code in Cilium; the documentation treats Envoy configs as \
                      a matter for cluster administrators",
    preconditions: &["the feature that reads the resource is switched on"],
    versions: "every version; which resources exist depends on the version of Cilium",
    mitre: &["T1557", "T1562.004"],
    microsoft: &[],
    cis: &[],
    remediation: "give teams `ciliumnetworkpolicies` in their own namespaces and nothing else of cilium.io; \
                  cluster-wide policies, Envoy configs, identities and nodes are for Cilium itself and its \
                  administrators",
    audit: r#".objectRef.apiGroup == "cilium.io" and (.verb | IN("create", "update", "patch", "delete"))"#,
    references: &[
        "cilium chart 1.20.2",
        "cilium v1.20.2 pkg/k8s/apis/cilium.io/client/crds",
        "cilium v1.20.2 Documentation/contributing/development/plugins.rst",
    ],
};

pub(super) const CILIUM_SECRETS: Technique = Technique {
    id: "cilium-secrets",
    title: "read or replace Cilium's keys",
    phrase: "read or replace the keys of",
    mechanism: "the authority behind Hubble and ClusterMesh, the clients' certificates and the IPsec keys \
                are Secrets with well-known names",
    class: Class::Control,
    requires: Any(&[
        core("get", "secrets", Namespace, KEYS),
        core("list", "secrets", Namespace, KEYS),
        core("watch", "secrets", Namespace, KEYS),
        change!("", "secrets", Namespace, KEYS),
    ]),
    reach: Reach::ControlsCilium,
    gains: "certificates for Hubble and ClusterMesh peers, the key-value store of a mesh and with it other \
            clusters' identities, and encrypted traffic in the clear",
    severity: Severity::High,
    severity_reason: "the trust that the data plane rests on",
    preconditions: &["the feature that the key belongs to is in use"],
    versions: "every version; which Secrets exist depends on how Cilium is installed",
    mitre: &["T1552.007", "T1649"],
    microsoft: &["List K8S secrets"],
    cis: &["5.1.2"],
    remediation: "take reads and writes on `secrets` away in Cilium's namespace; `cilium encrypt` and \
                  `cilium clustermesh` need single Secrets, so name those in resourceNames for the group \
                  that runs them",
    audit: r#".objectRef.resource == "secrets" and (.objectRef.name // "" | test("^(cilium-(ca|ipsec-keys|clustermesh|kvstoremesh|etcd-secrets)$|hubble-|clustermesh-)"))"#,
    references: &["cilium chart 1.20.2"],
};
