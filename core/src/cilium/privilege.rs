//! A pod's spec → how privileged code in its containers is on the node, each reason named.
//!
//! Basis: the threat model in Cilium's documentation (`Documentation/security/threat-model.rst`), which calls pods
//! with `privileged: true`, CAP_SYS_ADMIN or CAP_BPF root-equivalent hosts, and what the kernel grants to each
//! capability (capabilities(7)).

use super::capabilities::{Effective, level_of};
use super::host_paths::{Access, judge_path};
use super::judge::running;
use super::{Privilege, PrivilegeEvidence};
use crate::model::{Container, Name, PodSpec, VolumeSource};

/// How privileged code in the containers that run in a pod is, and why; init containers are left aside, since no one
/// can reach them later.
pub fn privilege(spec: &PodSpec) -> (Privilege, Vec<PrivilegeEvidence>) {
    if !asks_for_more(spec) {
        return (Privilege::Ordinary, Vec::new());
    }
    let mut evidence: Vec<PrivilegeEvidence> =
        running(spec).flat_map(|container| container_privilege(spec, container).1).collect();
    evidence.sort();
    evidence.dedup();
    (evidence.iter().map(|reason| reason.level).max().unwrap_or(Privilege::Ordinary), evidence)
}

/// Whether code in a container that runs in a pod is root on its node.
pub fn is_root_equivalent(spec: &PodSpec) -> bool {
    privilege(spec).0 == Privilege::RootEquivalent
}

/// Whether a pod asks for anything that [`Judge`] gives a reason for: most ask for nothing.
fn asks_for_more(spec: &PodSpec) -> bool {
    spec.host_network
        || spec.host_pid
        || spec.host_ipc
        || spec.volumes.iter().any(|volume| matches!(volume.source, VolumeSource::HostPath(_)))
        || running(spec).any(|container| {
            let security = &container.security;
            security.privileged.is_some()
                || security.proc_mount.is_some()
                || !security.capabilities.add.is_empty()
        })
}

/// How privileged code in one container of a pod is, and why, whichever list the container stands in. Reasons that
/// weigh nothing by themselves (no AppArmor) are named only beside one that does.
pub fn container_privilege(spec: &PodSpec, container: &Container) -> (Privilege, Vec<PrivilegeEvidence>) {
    let mut judge = Judge { user: User::of(spec, container), spec, container, evidence: Vec::new() };
    judge.security_context();
    judge.capabilities();
    judge.host_namespaces();
    judge.host_paths();
    let level = judge.evidence.iter().map(|reason| reason.level).max().unwrap_or(Privilege::Ordinary);
    if level > Privilege::Ordinary {
        judge.confinement();
    } else {
        judge.evidence.retain(|reason| reason.code == "cap-net-raw");
    }
    judge.evidence.sort();
    judge.evidence.dedup();
    (level, judge.evidence)
}

/// Who the container's processes are to the node's kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct User {
    /// uid 0, or the image's user, which may be.
    root: bool,
    /// In a user namespace: uid 0 inside is nobody outside, and capabilities end at the namespace.
    namespaced: bool,
    /// `no_new_privs` holds: no program gains rights by being executed.
    may_gain: bool,
}

impl User {
    /// A container's own fields win over the pod's, one by one
    /// (kubernetes `pkg/securitycontext/util.go`, DetermineEffectiveSecurityContext).
    fn of(spec: &PodSpec, container: &Container) -> Self {
        let own = &container.security;
        let root = match own.run_as_user.or(spec.security.run_as_user) {
            Some(uid) => uid == 0,
            None => own.run_as_non_root.or(spec.security.run_as_non_root) != Some(true),
        };
        User {
            root,
            namespaced: spec.host_users == Some(false),
            may_gain: own.allow_privilege_escalation != Some(false),
        }
    }
}

struct Judge<'a> {
    user: User,
    spec: &'a PodSpec,
    container: &'a Container,
    evidence: Vec<PrivilegeEvidence>,
}

impl Judge<'_> {
    fn add(&mut self, code: impl Into<String>, level: Privilege, detail: String) {
        self.evidence.push(PrivilegeEvidence {
            container: self.container.name.clone(),
            code: code.into(),
            detail,
            level,
            at: self.container.at,
        });
    }

    fn security_context(&mut self) {
        if self.container.security.privileged == Some(true) {
            let (level, detail) = if self.user.namespaced {
                (Privilege::Elevated, "privileged, within a user namespace")
            } else {
                (
                    Privilege::RootEquivalent,
                    "privileged: all capabilities, all devices, no seccomp, no AppArmor",
                )
            };
            self.add("privileged", level, detail.to_owned());
        }
        if self.container.security.proc_mount.as_deref() == Some("Unmasked") {
            let level = if self.user.root && !self.user.namespaced {
                Privilege::RootEquivalent
            } else {
                Privilege::Ordinary
            };
            self.add(
                "proc-mount-unmasked",
                level,
                "/proc is not masked: kernel settings are writable".to_owned(),
            );
        }
    }

    fn capabilities(&mut self) {
        if self.container.security.privileged == Some(true) {
            return;
        }
        for capability in Effective::of(&self.container.security.capabilities).added() {
            let Some((level, why)) = level_of(&capability.name, self.spec) else { continue };
            let mut detail = format!("{} may {why}", capability.name);
            if capability.prefixed {
                detail.push_str(
                    "; written with the prefix CAP_, which containerd does not grant and others may",
                );
            }
            let level = self.capability_level(level, &mut detail);
            self.add(
                format!("cap-{}", capability.name.to_ascii_lowercase().replace('_', "-")),
                level,
                detail,
            );
        }
    }

    /// What is left of a capability for this user. The runtime sets no ambient capabilities (containerd
    /// `WithoutAmbientCaps`), so that a user other than root has added ones only by way of a file that grants them.
    fn capability_level(&self, level: Privilege, detail: &mut String) -> Privilege {
        if self.user.namespaced {
            detail.push_str("; only within its user namespace");
            level.min(Privilege::Elevated)
        } else if self.user.root {
            level
        } else if self.user.may_gain {
            detail.push_str("; its user is not root, so only through a file that grants it");
            level.min(Privilege::Elevated)
        } else {
            detail.push_str("; its user is not root and may not gain it");
            Privilege::Ordinary
        }
    }

    fn host_namespaces(&mut self) {
        if self.spec.host_network {
            self.add(
                "host-network",
                Privilege::Elevated,
                "uses the node's network, its loopback included".to_owned(),
            );
        }
        if self.spec.host_pid {
            self.add(
                "host-pid",
                Privilege::Elevated,
                "sees and signals all processes of the node".to_owned(),
            );
        }
        if self.spec.host_ipc {
            self.add("host-ipc", Privilege::Ordinary, "shares the node's IPC namespace".to_owned());
        }
    }

    /// Only what is mounted counts: a volume that the pod declares and this container leaves alone is out of its
    /// reach. User namespaces don't help here, since kubelets map the ids of volumes as well (KEP-127).
    fn host_paths(&mut self) {
        for mount in self.container.mounts.iter() {
            let source =
                self.spec.volumes.iter().find(|volume| volume.name == mount.volume).map(|v| &v.source);
            let Some(VolumeSource::HostPath(path)) = source else { continue };
            let access = if mount.read_only { Access::Read } else { Access::Write };
            if let Some((level, why)) = judge_path(path, access) {
                let level = if self.user.root { level } else { level.min(Privilege::Elevated) };
                let (code, word) = match access {
                    Access::Read => ("host-path-ro", "reads"),
                    Access::Write => ("host-path-rw", "writes"),
                };
                self.add(code, level, format!("{word} {path} of the node: {why}"));
            }
            if mount.bidirectional {
                // The API server takes it from privileged containers only (validateMountPropagation).
                let level =
                    if self.user.namespaced { Privilege::Elevated } else { Privilege::RootEquivalent };
                self.add("bidirectional-mount", level, format!("mounts below {path} appear on the node"));
            }
        }
    }

    /// What else is missing between the container and the node; nothing of it weighs by itself.
    fn confinement(&mut self) {
        let (own, pod) = (&self.container.security, &self.spec.security);
        let unconfined = |own: &Option<Name>, pod: &Option<Name>| {
            own.as_ref().or(pod.as_ref()).is_some_and(|name| name.eq_ignore_ascii_case("unconfined"))
        };
        let selinux = own.se_linux_type.as_deref().or(pod.se_linux_type.as_deref());
        let mut found = Vec::new();
        if unconfined(&own.app_armor, &pod.app_armor) {
            found.push(("apparmor-unconfined", "no AppArmor profile"));
        }
        if unconfined(&own.seccomp, &pod.seccomp) {
            found.push(("seccomp-unconfined", "no seccomp profile"));
        }
        if matches!(selinux, Some("spc_t" | "unconfined_t")) {
            found.push(("selinux-unconfined", "an SELinux type without limits"));
        }
        for (code, detail) in found {
            self.add(code, Privilege::Ordinary, detail.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
