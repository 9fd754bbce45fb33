//! A plain pod and one change → its privilege and the reasons: every rule of privilege.

use super::privilege;
use crate::cilium::Privilege::{self, Elevated, Ordinary, RootEquivalent};
use crate::model::{
    Container, ContainerKind, Location, Mount, Name, PodSpec, SecurityContext, Volume, VolumeSource,
};
use std::sync::Arc;

fn names(list: &[&str]) -> Vec<Name> {
    list.iter().map(|name| (*name).into()).collect()
}

/// A pod with one container that asks for nothing.
fn plain() -> PodSpec {
    PodSpec { containers: [container("main", ContainerKind::Main)].into(), ..PodSpec::default() }
}

fn container(name: &str, kind: ContainerKind) -> Container {
    Container {
        name: name.into(),
        kind,
        image: None,
        command: None,
        stdin: false,
        security: Default::default(),
        mounts: Default::default(),
        at: Location::default(),
    }
}

/// The context of the first container.
fn own(spec: &mut PodSpec) -> &mut SecurityContext {
    Arc::make_mut(&mut spec.containers[0].security)
}

/// The context of the pod.
fn whole(spec: &mut PodSpec) -> &mut SecurityContext {
    Arc::make_mut(&mut spec.security)
}

fn volume(spec: &mut PodSpec, path: &str) {
    let more = Volume { name: path.into(), source: VolumeSource::HostPath(path.into()) };
    spec.volumes = spec.volumes.iter().cloned().chain([more]).collect();
}

fn add(spec: &mut PodSpec, capabilities: &[&str]) {
    own(spec).capabilities.add = names(capabilities);
}

fn mount(spec: &mut PodSpec, path: &str, read_only: bool) {
    volume(spec, path);
    let mount = Mount { volume: path.into(), path: "/x".into(), read_only, bidirectional: false };
    let mounts = spec.containers[0].mounts.iter().cloned();
    spec.containers[0].mounts = mounts.chain([mount]).collect();
}

/// Changes a plain pod, and compares its privilege and the codes and levels of its evidence.
fn check(change: impl FnOnce(&mut PodSpec), level: Privilege, evidence: &[(&str, Privilege)]) {
    let mut spec = plain();
    change(&mut spec);
    let (actual, reasons) = privilege(&spec);
    let reasons: Vec<_> = reasons.iter().map(|reason| (reason.code.as_str(), reason.level)).collect();
    assert_eq!((actual, reasons.as_slice()), (level, evidence), "{spec:#?}");
}

#[test]
fn a_plain_container_is_ordinary() {
    check(|_| {}, Ordinary, &[]);
}

#[test]
fn privileged_is_root_whoever_runs() {
    check(|s| own(s).privileged = Some(true), RootEquivalent, &[("privileged", RootEquivalent)]);
    check(
        |s| {
            own(s).privileged = Some(true);
            whole(s).run_as_user = Some(1000);
        },
        RootEquivalent,
        &[("privileged", RootEquivalent)],
    );
    check(|s| own(s).privileged = Some(false), Ordinary, &[]);
}

#[test]
fn each_capability_weighs_what_the_kernel_grants() {
    let alone = [
        ("SYS_ADMIN", "cap-sys-admin", RootEquivalent),
        ("SYS_MODULE", "cap-sys-module", RootEquivalent),
        ("BPF", "cap-bpf", RootEquivalent),
        ("SYS_RAWIO", "cap-sys-rawio", RootEquivalent),
        ("SYS_BOOT", "cap-sys-boot", RootEquivalent),
        ("DAC_READ_SEARCH", "cap-dac-read-search", RootEquivalent),
        ("NET_ADMIN", "cap-net-admin", Elevated),
        ("NET_RAW", "cap-net-raw", Ordinary),
    ];
    for (capability, code, level) in alone {
        check(|s| add(s, &[capability]), level, &[(code, level)]);
    }
    check(|s| add(s, &["CHOWN", "SYS_PTRACE", "SYSLOG"]), Ordinary, &[]);
}

#[test]
fn ptrace_with_the_nodes_processes_is_root() {
    check(
        |s| {
            add(s, &["SYS_PTRACE"]);
            s.host_pid = true;
        },
        RootEquivalent,
        &[("cap-sys-ptrace", RootEquivalent), ("host-pid", Elevated)],
    );
}

#[test]
fn forged_packets_from_the_node_are_more_than_from_a_pod() {
    check(
        |s| {
            add(s, &["NET_RAW"]);
            s.host_network = true;
        },
        Elevated,
        &[("cap-net-raw", Elevated), ("host-network", Elevated)],
    );
}

#[test]
fn the_prefix_form_counts_and_drops_come_last() {
    check(|s| add(s, &["CAP_SYS_ADMIN"]), RootEquivalent, &[("cap-sys-admin", RootEquivalent)]);
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            own(s).capabilities.drop = names(&["SYS_ADMIN"]);
        },
        Ordinary,
        &[],
    );
}

#[test]
fn a_user_other_than_root_has_no_use_for_added_capabilities() {
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            whole(s).run_as_user = Some(65532);
        },
        Elevated,
        &[("cap-sys-admin", Elevated)],
    );
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            own(s).run_as_non_root = Some(true);
            own(s).allow_privilege_escalation = Some(false);
        },
        Ordinary,
        &[],
    );
}

#[test]
fn a_containers_own_fields_win_over_the_pods_one_by_one() {
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            whole(s).run_as_user = Some(1000);
            whole(s).app_armor = Some("Unconfined".into());
            whole(s).seccomp = Some("Unconfined".into());
            own(s).run_as_user = Some(0);
            own(s).seccomp = Some("RuntimeDefault".into());
            own(s).se_linux_type = Some("spc_t".into());
        },
        RootEquivalent,
        &[
            ("apparmor-unconfined", Ordinary),
            ("cap-sys-admin", RootEquivalent),
            ("selinux-unconfined", Ordinary),
        ],
    );
}

#[test]
fn missing_confinement_alone_is_no_privilege() {
    check(|s| whole(s).app_armor = Some("unconfined".into()), Ordinary, &[]);
    check(|s| s.host_ipc = true, Ordinary, &[]);
}

#[test]
fn privilege_escalation_switched_off_takes_no_capability_from_root() {
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            own(s).allow_privilege_escalation = Some(false);
        },
        RootEquivalent,
        &[("cap-sys-admin", RootEquivalent)],
    );
}

#[test]
fn a_user_namespace_holds_capabilities_but_not_files() {
    check(
        |s| {
            add(s, &["SYS_ADMIN"]);
            s.host_users = Some(false);
        },
        Elevated,
        &[("cap-sys-admin", Elevated)],
    );
    check(
        |s| {
            own(s).privileged = Some(true);
            s.host_users = Some(false);
        },
        Elevated,
        &[("privileged", Elevated)],
    );
    check(
        |s| {
            mount(s, "/etc", false);
            s.host_users = Some(false);
        },
        RootEquivalent,
        &[("host-path-rw", RootEquivalent)],
    );
}

#[test]
fn host_paths_count_where_they_are_mounted_and_for_whom() {
    check(|s| mount(s, "/opt/cni/bin", false), RootEquivalent, &[("host-path-rw", RootEquivalent)]);
    check(|s| mount(s, "/etc/cni/net.d", true), Ordinary, &[]);
    check(|s| mount(s, "/", true), RootEquivalent, &[("host-path-ro", RootEquivalent)]);
    check(
        |s| {
            mount(s, "/", true);
            whole(s).run_as_user = Some(65534);
        },
        Elevated,
        &[("host-path-ro", Elevated)],
    );
    check(|s| volume(s, "/usr"), Ordinary, &[]);
}

#[test]
fn mounts_that_appear_on_the_node_are_root() {
    check(
        |s| {
            mount(s, "/data", false);
            let mounts = s.containers[0].mounts.iter().cloned();
            s.containers[0].mounts = mounts.map(|mount| Mount { bidirectional: true, ..mount }).collect();
        },
        RootEquivalent,
        &[("bidirectional-mount", RootEquivalent), ("host-path-rw", Elevated)],
    );
}

#[test]
fn init_containers_are_left_aside_and_sidecars_and_injected_ones_are_not() {
    for (kind, level) in [
        (ContainerKind::Init, Ordinary),
        (ContainerKind::Sidecar, RootEquivalent),
        (ContainerKind::Ephemeral, RootEquivalent),
    ] {
        let mut spec = plain();
        let mut other = container("other", kind);
        Arc::make_mut(&mut other.security).privileged = Some(true);
        spec.containers.push(other);
        assert_eq!(privilege(&spec).0, level, "{kind:?}");
    }
}
