//! The signature table: which signals show which component of Cilium, and how many of them make it sure.

use super::{ComponentKind, Confidence};

/// One thing about a pod that points to a component.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// A container that runs starts this program (the last part of the path of `command[0]`).
    Command(&'static [&'static str]),
    /// A container that runs has this name.
    Container(&'static [&'static str]),
    /// A container that runs has an image whose repository ends in these path elements.
    Image(&'static [&'static str]),
    /// The pod has the label with one of these values.
    Label(&'static str, &'static [&'static str]),
    /// A container that runs mounts host directories that end in each of these.
    HostPaths(&'static [&'static str]),
    /// The pod runs as the account `cilium`, which may create CiliumEndpoints.
    AgentAccount,
    /// The workload has one of these names; a `*` at the end stands for the rest.
    Workload(&'static [&'static str]),
    /// The workload is a DaemonSet with one of these names.
    DaemonSet(&'static [&'static str]),
    /// The namespace and the workload's name are these.
    WorkloadIn(&'static str, &'static str),
    /// The namespace is the one in which the chart installs SPIRE for Cilium.
    SpireNamespace,
}

/// How one component is told. Signals are numbered alike in every signature: 1 program, 2 container, 3 image,
/// 4 and 5 labels, 6 mounts, 7 account, 8 the workload's name, 9 the namespace.
#[derive(Debug)]
pub(super) struct Signature {
    /// The component.
    pub(super) kind: ComponentKind,
    /// The signals, by number; a number may stand more than once.
    pub(super) signals: &'static [(u8, Signal)],
    /// Sets of signals that make it confirmed.
    pub(super) confirmed: &'static [&'static [u8]],
    /// Sets that make it probable.
    pub(super) probable: &'static [&'static [u8]],
    /// Sets that are a claim and no more.
    pub(super) possible: &'static [&'static [u8]],
}

impl Signature {
    /// How sure the component is where these signals are present.
    pub(super) fn confidence(&self, present: Present) -> Option<Confidence> {
        let met = |sets: &[&[u8]]| sets.iter().any(|set| set.iter().all(|number| present.has(*number)));
        if met(self.confirmed) {
            Some(Confidence::Confirmed)
        } else if met(self.probable) {
            Some(Confidence::Probable)
        } else if met(self.possible) {
            Some(Confidence::Possible)
        } else {
            None
        }
    }
}

/// The numbers of the signals that are present.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Present(u16);

impl Present {
    /// Adds a signal.
    pub(super) fn add(&mut self, number: u8) {
        self.0 |= 1 << number.min(15);
    }

    /// Whether the signal is present.
    pub(super) fn has(self, number: u8) -> bool {
        self.0 & (1 << number.min(15)) != 0
    }
}

/// What runs decides; an image that only this component uses is enough to make it probable.
const CONFIRMED: &[&[u8]] = &[&[1], &[2, 3], &[3, 4], &[3, 5], &[3, 8]];
const PROBABLE: &[&[u8]] = &[&[3], &[2, 4], &[2, 5], &[2, 8], &[4, 8], &[5, 8]];
const POSSIBLE: &[&[u8]] = &[&[2], &[4], &[5], &[8]];
/// For containers with names that other software uses as well (`frontend`, `etcd`).
const POSSIBLE_BUT_BY_CONTAINER: &[&[u8]] = &[&[4], &[5], &[8]];

/// Every component, the more privileged first: where two are equally sure, the first one counts.
///
/// Sources: the templates of the Cilium charts 1.9 to 1.21 and of the Tetragon charts 0.8 to 1.7
/// (`install/kubernetes/cilium/templates`, `install/kubernetes/tetragon/templates`), and for vendors: Azure's
/// azure-container-networking `test/integration/manifests/cilium`, Deckhouse `modules/021-cni-cilium`, RKE2's
/// `rke2-cilium` chart, Google's documentation of Dataplane V2, isovalent/olm-for-cilium.
pub(super) const SIGNATURES: &[Signature] = &[
    // In the renderings of 1.9 to 1.21, signals 1 to 4, 6 and 7 are on every agent; 3 is on preflight too.
    Signature {
        kind: ComponentKind::Agent,
        signals: &[
            (1, Signal::Command(&["cilium-agent"])),
            (2, Signal::Container(&["cilium-agent"])),
            (3, Signal::Image(&["cilium", "cilium-distroless", "cilium-ci", "mirrored-cilium-cilium"])),
            (4, Signal::Label("k8s-app", &["cilium"])),
            (5, Signal::Label("app.kubernetes.io/name", &["cilium-agent"])),
            (6, Signal::HostPaths(&["sys/fs/bpf", "run/cilium", "cni/net.d"])),
            (7, Signal::AgentAccount),
            (8, Signal::DaemonSet(&["cilium", "anetd", "anetd-*"])),
            (8, Signal::WorkloadIn("d8-cni-cilium", "agent")),
        ],
        confirmed: &[&[1], &[2, 3], &[2, 4], &[2, 6], &[3, 6], &[4, 6], &[5, 6], &[6, 7]],
        // Two of 2, 3, 4, 5, 7, 8 that are independent: both labels come from whoever wrote one. The mounts under the
        // name of the agent's workload are as telling as any of these pairs.
        probable: &[
            &[2, 5],
            &[2, 7],
            &[2, 8],
            &[3, 4],
            &[3, 5],
            &[3, 7],
            &[3, 8],
            &[4, 7],
            &[4, 8],
            &[5, 7],
            &[5, 8],
            &[7, 8],
            &[6, 8],
        ],
        possible: &[&[2], &[3], &[4], &[5], &[6], &[7], &[8]],
    },
    Signature {
        kind: ComponentKind::NodeInit,
        signals: &[
            (2, Signal::Container(&["node-init"])),
            // Not any `startup-script`: Google's image of that name does other things.
            (3, Signal::Image(&["cilium/startup-script", "mirrored-cilium-startup-script"])),
            (4, Signal::Label("app", &["cilium-node-init"])),
            (5, Signal::Label("app.kubernetes.io/name", &["cilium-node-init"])),
            (8, Signal::Workload(&["cilium-node-init"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE_BUT_BY_CONTAINER,
    },
    Signature {
        kind: ComponentKind::Tetragon,
        signals: &[
            (1, Signal::Command(&["tetragon"])),
            (2, Signal::Container(&["tetragon"])),
            (3, Signal::Image(&["tetragon", "tetragon-ci", "mirrored-cilium-tetragon"])),
            (5, Signal::Label("app.kubernetes.io/name", &["tetragon"])),
            (8, Signal::Workload(&["tetragon"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE,
    },
    Signature {
        kind: ComponentKind::Envoy,
        signals: &[
            (1, Signal::Command(&["cilium-envoy-starter", "cilium-envoy"])),
            (2, Signal::Container(&["cilium-envoy"])),
            (3, Signal::Image(&["cilium-envoy", "mirrored-cilium-cilium-envoy"])),
            (4, Signal::Label("k8s-app", &["cilium-envoy"])),
            (5, Signal::Label("app.kubernetes.io/name", &["cilium-envoy"])),
            (8, Signal::Workload(&["cilium-envoy"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE,
    },
    // Istio's own ztunnel has the image, but neither Cilium's names nor Cilium's run directory.
    Signature {
        kind: ComponentKind::Ztunnel,
        signals: &[
            (3, Signal::Image(&["ztunnel", "mirrored-cilium-ztunnel"])),
            (4, Signal::Label("app", &["ztunnel-cilium"])),
            (5, Signal::Label("app.kubernetes.io/name", &["ztunnel-cilium"])),
            (6, Signal::HostPaths(&["run/cilium"])),
            (8, Signal::Workload(&["ztunnel-cilium"])),
        ],
        confirmed: &[&[3, 4], &[3, 5], &[3, 6], &[3, 8]],
        probable: &[&[4, 6], &[5, 6], &[6, 8], &[4, 8], &[5, 8]],
        possible: POSSIBLE_BUT_BY_CONTAINER,
    },
    Signature {
        kind: ComponentKind::Operator,
        signals: &[
            (
                1,
                Signal::Command(&[
                    "cilium-operator",
                    "cilium-operator-generic",
                    "cilium-operator-aws",
                    "cilium-operator-azure",
                    "cilium-operator-alibabacloud",
                ]),
            ),
            (2, Signal::Container(&["cilium-operator", "cilium-olm"])),
            (
                3,
                Signal::Image(&[
                    "cilium/operator",
                    "operator-generic",
                    "operator-aws",
                    "operator-azure",
                    "operator-alibabacloud",
                    "mirrored-cilium-operator",
                    "mirrored-cilium-operator-generic",
                    "mirrored-cilium-operator-aws",
                    "mirrored-cilium-operator-azure",
                    "mirrored-cilium-operator-alibabacloud",
                    "cilium-olm",
                ]),
            ),
            (4, Signal::Label("io.cilium/app", &["operator"])),
            (5, Signal::Label("app.kubernetes.io/name", &["cilium-operator"])),
            (8, Signal::Workload(&["cilium-operator", "cilium-olm"])),
            (8, Signal::WorkloadIn("d8-cni-cilium", "operator")),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE,
    },
    // It runs the agent's image with a shell: its own names tell it.
    Signature {
        kind: ComponentKind::Preflight,
        signals: &[
            (2, Signal::Container(&["cilium-pre-flight-check", "cilium-pre-flight-envoy", "cnp-validator"])),
            (3, Signal::Image(&["cilium", "cilium-ci", "mirrored-cilium-cilium"])),
            (4, Signal::Label("k8s-app", &["cilium-pre-flight-check", "cilium-pre-flight-check-deployment"])),
            (5, Signal::Label("app.kubernetes.io/name", &["cilium-pre-flight-check"])),
            (8, Signal::Workload(&["cilium-pre-flight-check"])),
        ],
        confirmed: &[&[2, 3], &[3, 4], &[3, 5], &[3, 8]],
        probable: &[&[2, 4], &[2, 5], &[2, 8], &[4, 8], &[5, 8]],
        possible: POSSIBLE,
    },
    Signature {
        kind: ComponentKind::ClustermeshApiserver,
        signals: &[
            (1, Signal::Command(&["clustermesh-apiserver", "kvstoremesh"])),
            (2, Signal::Container(&["etcd", "apiserver", "kvstoremesh"])),
            (
                3,
                Signal::Image(&[
                    "clustermesh-apiserver",
                    "kvstoremesh",
                    "mirrored-cilium-clustermesh-apiserver",
                    "mirrored-cilium-kvstoremesh",
                ]),
            ),
            (4, Signal::Label("k8s-app", &["clustermesh-apiserver"])),
            (5, Signal::Label("app.kubernetes.io/name", &["clustermesh-apiserver"])),
            (8, Signal::Workload(&["clustermesh-apiserver"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE_BUT_BY_CONTAINER,
    },
    // SPIRE is used without Cilium as well: the namespace tells whose it is.
    Signature {
        kind: ComponentKind::SpireAgent,
        signals: &[
            (2, Signal::Container(&["spire-agent"])),
            (3, Signal::Image(&["spire-agent"])),
            (4, Signal::Label("app", &["spire-agent"])),
            (8, Signal::Workload(&["spire-agent"])),
            (9, Signal::SpireNamespace),
        ],
        confirmed: &[&[2, 3, 9], &[3, 4, 9], &[3, 8, 9]],
        probable: &[&[3, 9], &[2, 4, 9], &[2, 8, 9], &[4, 8, 9]],
        possible: &[&[2, 9], &[4, 9], &[8, 9]],
    },
    Signature {
        kind: ComponentKind::SpireServer,
        signals: &[
            (2, Signal::Container(&["spire-server"])),
            (3, Signal::Image(&["spire-server"])),
            (4, Signal::Label("app", &["spire-server"])),
            (8, Signal::Workload(&["spire-server"])),
            (9, Signal::SpireNamespace),
        ],
        confirmed: &[&[2, 3, 9], &[3, 4, 9], &[3, 8, 9]],
        probable: &[&[3, 9], &[2, 4, 9], &[2, 8, 9], &[4, 8, 9]],
        possible: &[&[2, 9], &[4, 9], &[8, 9]],
    },
    Signature {
        kind: ComponentKind::Certgen,
        signals: &[
            (1, Signal::Command(&["cilium-certgen"])),
            (2, Signal::Container(&["certgen"])),
            (3, Signal::Image(&["cilium/certgen", "cilium-certgen", "mirrored-cilium-certgen"])),
            (4, Signal::Label("k8s-app", &["hubble-generate-certs", "clustermesh-apiserver-generate-certs"])),
            (8, Signal::Workload(&["hubble-generate-certs*", "clustermesh-apiserver-generate-certs*"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE_BUT_BY_CONTAINER,
    },
    Signature {
        kind: ComponentKind::HubbleRelay,
        signals: &[
            (1, Signal::Command(&["hubble-relay"])),
            (2, Signal::Container(&["hubble-relay"])),
            (3, Signal::Image(&["hubble-relay", "mirrored-cilium-hubble-relay"])),
            (4, Signal::Label("k8s-app", &["hubble-relay"])),
            (5, Signal::Label("app.kubernetes.io/name", &["hubble-relay"])),
            (8, Signal::Workload(&["hubble-relay"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE,
    },
    Signature {
        kind: ComponentKind::HubbleUi,
        signals: &[
            (2, Signal::Container(&["frontend", "backend"])),
            (
                3,
                Signal::Image(&[
                    "hubble-ui",
                    "hubble-ui-backend",
                    "mirrored-cilium-hubble-ui",
                    "mirrored-cilium-hubble-ui-backend",
                ]),
            ),
            (4, Signal::Label("k8s-app", &["hubble-ui"])),
            (5, Signal::Label("app.kubernetes.io/name", &["hubble-ui"])),
            (8, Signal::Workload(&["hubble-ui"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE_BUT_BY_CONTAINER,
    },
    Signature {
        kind: ComponentKind::TetragonOperator,
        signals: &[
            (1, Signal::Command(&["tetragon-operator"])),
            (2, Signal::Container(&["tetragon-operator"])),
            (
                3,
                Signal::Image(&[
                    "tetragon-operator",
                    "tetragon-operator-ci",
                    "mirrored-cilium-tetragon-operator",
                ]),
            ),
            (5, Signal::Label("app.kubernetes.io/name", &["tetragon-operator"])),
            (8, Signal::Workload(&["tetragon-operator"])),
        ],
        confirmed: CONFIRMED,
        probable: PROBABLE,
        possible: POSSIBLE,
    },
];
