//! Pods in few words → which component each one is taken for: the table of detection cases.

use crate::authorizer::RoleTable;
use crate::cilium::ComponentKind::{self, Agent, Envoy, HubbleUi, Operator, Preflight, Tetragon};
use crate::cilium::Confidence::{self, Confirmed, Possible, Probable};
use crate::cilium::Privilege::{self, Elevated, Ordinary, RootEquivalent};
use crate::cilium::detect;
use crate::model::{
    Container, ContainerKind, Location, Mount, OwnerRef, Pod, PodSpec, SecurityContext, Snapshot, Volume,
    VolumeSource,
};

/// A pod in few words.
#[derive(Clone, Default)]
struct Case {
    namespace: &'static str,
    /// Kind and name of its owner; a pod of its own where empty.
    owner: (&'static str, &'static str),
    labels: &'static [(&'static str, &'static str)],
    host_network: bool,
    containers: Vec<Running>,
    /// Mounted, writable, by the first container.
    host_paths: &'static [&'static str],
}

#[derive(Clone)]
struct Running {
    name: &'static str,
    image: &'static str,
    command: &'static str,
    privileged: bool,
    add: &'static [&'static str],
}

const fn run(name: &'static str, image: &'static str, command: &'static str) -> Running {
    Running { name, image, command, privileged: false, add: &[] }
}

const fn run_with(
    name: &'static str,
    image: &'static str,
    command: &'static str,
    add: &'static [&'static str],
) -> Running {
    Running { name, image, command, privileged: false, add }
}

const fn run_privileged(name: &'static str, image: &'static str, command: &'static str) -> Running {
    Running { name, image, command, privileged: true, add: &[] }
}

const AGENT_MOUNTS: &[&str] = &["/sys/fs/bpf", "/var/run/cilium", "/etc/cni/net.d"];
const AGENT_CAPABILITIES: &[&str] = &["NET_ADMIN", "SYS_MODULE", "SYS_ADMIN"];
const NO_MODULE: &[&str] = &["NET_ADMIN", "SYS_ADMIN"];

fn pod(case: &Case) -> Pod {
    let volumes = case.host_paths.iter();
    let mounts: Vec<Mount> = case
        .host_paths
        .iter()
        .map(|path| Mount {
            volume: (*path).into(),
            path: (*path).into(),
            read_only: false,
            bidirectional: false,
        })
        .collect();
    let containers = case.containers.iter().enumerate().map(|(index, running)| Container {
        name: running.name.into(),
        kind: ContainerKind::Main,
        image: Some(running.image.into()),
        command: (!running.command.is_empty()).then(|| running.command.into()),
        stdin: false,
        security: SecurityContext {
            privileged: Some(running.privileged),
            capabilities: crate::model::Capabilities {
                add: running.add.iter().map(|name| (*name).into()).collect(),
                drop: Vec::new(),
            },
            ..SecurityContext::default()
        }
        .into(),
        mounts: if index == 0 { mounts.clone().into() } else { Default::default() },
        at: Location::default(),
    });
    Pod {
        namespace: case.namespace.into(),
        name: "pod".into(),
        labels: case.labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        owner: (!case.owner.0.is_empty())
            .then(|| OwnerRef { kind: case.owner.0.into(), name: case.owner.1.into() }),
        mirror: false,
        finished: false,
        spec: PodSpec {
            host_network: case.host_network,
            volumes: volumes
                .map(|path| Volume { name: (*path).into(), source: VolumeSource::HostPath((*path).into()) })
                .collect(),
            containers: containers.collect(),
            ..PodSpec::default()
        },
        at: Location::default(),
    }
}

fn check(case: &Case, expected: Option<(ComponentKind, Confidence, Privilege)>) {
    let snapshot = Snapshot { pods: vec![pod(case)], ..Snapshot::default() };
    let found: Vec<_> = detect(&snapshot, &RoleTable::new(&snapshot), &[])
        .components
        .iter()
        .map(|component| (component.kind, component.confidence, component.privilege))
        .collect();
    assert_eq!(found, Vec::from_iter(expected), "{:#?}", snapshot.pods);
}

#[test]
fn charts_of_all_ages_show_their_agent() {
    let current = Case {
        namespace: "kube-system",
        owner: ("DaemonSet", "cilium"),
        labels: &[("k8s-app", "cilium"), ("app.kubernetes.io/name", "cilium-agent")],
        host_network: true,
        containers: vec![run_with(
            "cilium-agent",
            "quay.io/cilium/cilium:v1.20.2",
            "cilium-agent",
            AGENT_CAPABILITIES,
        )],
        host_paths: AGENT_MOUNTS,
    };
    check(&current, Some((Agent, Confirmed, RootEquivalent)));
    let old = Case {
        labels: &[("k8s-app", "cilium")],
        containers: vec![run_privileged("cilium-agent", "quay.io/cilium/cilium:v1.11.20", "cilium-agent")],
        ..current.clone()
    };
    check(&old, Some((Agent, Confirmed, RootEquivalent)));
}

#[test]
fn distributions_show_their_agent() {
    let rke2 = Case {
        namespace: "kube-system",
        owner: ("DaemonSet", "cilium"),
        labels: &[("k8s-app", "cilium")],
        host_network: true,
        containers: vec![run_with(
            "cilium-agent",
            "rancher/mirrored-cilium-cilium:v1.20.1",
            "cilium-agent",
            AGENT_CAPABILITIES,
        )],
        host_paths: AGENT_MOUNTS,
    };
    check(&rke2, Some((Agent, Confirmed, RootEquivalent)));
    let aks = Case {
        containers: vec![
            run_with(
                "cilium-agent",
                "mcr.microsoft.com/containernetworking/cilium/cilium-distroless:v1.18.2",
                "cilium-agent",
                AGENT_CAPABILITIES,
            ),
            run_with("azure-iptables-monitor", "mcr.microsoft.com/monitor:1", "/monitor", &["NET_ADMIN"]),
        ],
        ..rke2.clone()
    };
    check(&aks, Some((Agent, Confirmed, RootEquivalent)));
    let gke = Case {
        owner: ("DaemonSet", "anetd"),
        containers: vec![run_privileged("cilium-agent", "gke.gcr.io/x@sha256:0", "/start.sh")],
        ..rke2.clone()
    };
    check(&gke, Some((Agent, Confirmed, RootEquivalent)));
    let deckhouse = Case {
        namespace: "d8-cni-cilium",
        owner: ("DaemonSet", "agent"),
        labels: &[("app", "agent"), ("module", "cni-cilium")],
        containers: vec![run_with(
            "cilium-agent",
            "registry.deckhouse.io/x@sha256:0",
            "cilium-agent",
            AGENT_CAPABILITIES,
        )],
        ..rke2.clone()
    };
    check(&deckhouse, Some((Agent, Confirmed, RootEquivalent)));
    let gardener = Case {
        containers: vec![run_with(
            "cilium-agent",
            "registry.corp/x@sha256:0",
            "/bin/bash",
            AGENT_CAPABILITIES,
        )],
        ..rke2.clone()
    };
    check(&gardener, Some((Agent, Confirmed, RootEquivalent)));
    let talos = Case {
        containers: vec![run_with(
            "cilium-agent",
            "quay.io/cilium/cilium:v1.20.2",
            "cilium-agent",
            NO_MODULE,
        )],
        host_paths: &["/proc/sys/kernel"],
        ..rke2.clone()
    };
    check(&talos, Some((Agent, Confirmed, RootEquivalent)));
    let mirror = Case {
        owner: ("DaemonSet", "net"),
        containers: vec![run_with("cilium-agent", "registry.corp/net/x@sha256:0", "/start", NO_MODULE)],
        ..rke2.clone()
    };
    check(&mirror, Some((Agent, Confirmed, RootEquivalent)));
}

#[test]
fn the_agents_image_alone_makes_no_agent() {
    let preflight = Case {
        namespace: "kube-system",
        owner: ("DaemonSet", "cilium-pre-flight-check"),
        labels: &[("k8s-app", "cilium-pre-flight-check")],
        host_network: true,
        containers: vec![run("cilium-pre-flight-check", "quay.io/cilium/cilium:v1.20.2", "/bin/sh")],
        host_paths: &["/var/run/cilium"],
    };
    check(&preflight, Some((Preflight, Confirmed, Elevated)));
}

#[test]
fn other_components_are_told_from_the_agent() {
    let operator = Case {
        namespace: "kube-system",
        owner: ("Deployment", "cilium-operator"),
        labels: &[("io.cilium/app", "operator")],
        host_network: true,
        containers: vec![run(
            "cilium-operator",
            "quay.io/cilium/operator-generic:v1.20.2",
            "cilium-operator-generic",
        )],
        host_paths: &[],
    };
    check(&operator, Some((Operator, Confirmed, Elevated)));
    let envoy = Case {
        owner: ("DaemonSet", "cilium-envoy"),
        labels: &[("k8s-app", "cilium-envoy")],
        containers: vec![run_with(
            "cilium-envoy",
            "quay.io/cilium/cilium-envoy:v1.36.9",
            "/usr/bin/cilium-envoy-starter",
            NO_MODULE,
        )],
        ..operator.clone()
    };
    check(&envoy, Some((Envoy, Confirmed, RootEquivalent)));
    let ui = Case {
        owner: ("Deployment", "hubble-ui"),
        labels: &[("k8s-app", "hubble-ui"), ("app.kubernetes.io/part-of", "cilium")],
        host_network: false,
        containers: vec![run("frontend", "quay.io/cilium/hubble-ui:v0.13.6", "")],
        ..operator.clone()
    };
    check(&ui, Some((HubbleUi, Confirmed, Ordinary)));
    let tetragon = Case {
        owner: ("DaemonSet", "cilium"),
        labels: &[("app.kubernetes.io/name", "tetragon")],
        containers: vec![run_privileged("tetragon", "quay.io/cilium/tetragon:v1.7.0", "")],
        ..operator.clone()
    };
    check(&tetragon, Some((Tetragon, Confirmed, RootEquivalent)));
}

#[test]
fn what_tests_and_applications_run_is_not_cilium() {
    let client = Case {
        namespace: "cilium-test-1",
        owner: ("Deployment", "client"),
        labels: &[("kind", "client")],
        containers: vec![run_with(
            "client",
            "quay.io/cilium/alpine-curl:v1.10.0",
            "/usr/bin/pause",
            &["NET_RAW"],
        )],
        ..Case::default()
    };
    check(&client, None);
    let host = Case {
        owner: ("DaemonSet", "host-netns"),
        labels: &[("kind", "host-netns")],
        host_network: true,
        ..client.clone()
    };
    check(&host, None);
    let application = Case {
        namespace: "shop",
        owner: ("Deployment", "shop"),
        labels: &[("app.kubernetes.io/part-of", "cilium")],
        containers: vec![run("web", "nginx:1.27", "")],
        ..Case::default()
    };
    check(&application, None);
}

#[test]
fn labels_make_claims_and_privilege_is_weighed_all_the_same() {
    let spoof = Case {
        namespace: "dev",
        labels: &[("k8s-app", "cilium"), ("app.kubernetes.io/name", "cilium-agent")],
        containers: vec![run("web", "nginx:1.27", "")],
        ..Case::default()
    };
    check(&spoof, Some((Agent, Possible, Ordinary)));
    let privileged =
        Case { containers: vec![run_privileged("shell", "busybox:1.37", "sleep")], ..spoof.clone() };
    check(&privileged, Some((Agent, Possible, RootEquivalent)));
}

#[test]
fn a_pod_of_its_own_with_the_agents_image_and_mounts_is_a_probable_copy() {
    let copy = Case {
        namespace: "kube-system",
        containers: vec![run_privileged("shell", "quay.io/cilium/cilium:v1.20.2", "sleep")],
        host_paths: AGENT_MOUNTS,
        ..Case::default()
    };
    check(&copy, Some((Agent, Probable, RootEquivalent)));
    let owned = Case { owner: ("DaemonSet", "debug"), ..copy.clone() };
    check(&owned, Some((Agent, Confirmed, RootEquivalent)));
}
