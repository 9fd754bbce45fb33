//! A path of the node that a container mounts → what reaching it amounts to.

use super::Privilege::{self, Elevated, RootEquivalent};

/// How a path is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// `readOnly: true`.
    Read,
    /// Otherwise.
    Write,
}

/// What a path of the node amounts to. An ancestor holds it too: `/var` is `/var/lib/kubelet` and more.
struct Class {
    /// The path, `/run` standing for `/var/run` as well.
    path: &'static str,
    /// Mounted so that it can be written.
    write: Privilege,
    /// Mounted read-only; `None` where that adds nothing.
    read: Option<Privilege>,
    /// Only a part below it is mounted, writable; `None` where the part is judged like any other path.
    below: Option<Privilege>,
    /// Why.
    why: &'static str,
}

const fn tree(path: &'static str, why: &'static str) -> Class {
    Class { path, write: RootEquivalent, read: None, below: Some(RootEquivalent), why }
}

/// A read-only mount of a directory does not keep anyone from connecting to a socket in it.
const fn socket(path: &'static str, level: Privilege, why: &'static str) -> Class {
    Class { path, write: level, read: Some(level), below: Some(level), why }
}

const SETTINGS: &str = "programs and settings that the node runs as root";
const RUNTIME: &str = "the container runtime's socket starts any container";
const KERNEL: &str = "core_pattern and modprobe name programs that the kernel runs as root";
const CNI: &str = "the container runtime runs CNI plugins as root";
const STORAGE: &str = "the file systems of all containers";

/// From the node's point of view. The precedent for CNI is CVE-2023-27593, where write access to the directory of the
/// CNI plugins from the agent was a way to the node.
const CLASSES: &[Class] = &[
    Class { path: "/etc", write: RootEquivalent, read: Some(Elevated), below: None, why: SETTINGS },
    Class {
        path: "/root",
        write: RootEquivalent,
        read: Some(Elevated),
        below: Some(RootEquivalent),
        why: "root's own files",
    },
    Class {
        path: "/home",
        write: RootEquivalent,
        read: None,
        below: None,
        why: "the files of those who log in",
    },
    tree("/bin", SETTINGS),
    tree("/sbin", SETTINGS),
    tree("/lib", SETTINGS),
    tree("/lib64", SETTINGS),
    tree("/boot", "the kernel that the node starts"),
    Class { path: "/usr", write: RootEquivalent, read: None, below: None, why: SETTINGS },
    tree("/usr/bin", SETTINGS),
    tree("/usr/sbin", SETTINGS),
    tree("/usr/lib", SETTINGS),
    tree("/usr/lib64", SETTINGS),
    tree("/usr/libexec", SETTINGS),
    tree("/usr/local", SETTINGS),
    tree("/etc/systemd", SETTINGS),
    tree("/etc/cron.d", SETTINGS),
    tree("/etc/ld.so.preload", SETTINGS),
    tree("/etc/ssh", SETTINGS),
    tree("/etc/pam.d", SETTINGS),
    tree("/etc/sudoers.d", SETTINGS),
    Class {
        path: "/etc/kubernetes",
        write: RootEquivalent,
        read: Some(Elevated),
        below: Some(RootEquivalent),
        why: "static pods and credentials of the control plane",
    },
    tree("/etc/cni", CNI),
    tree("/run/multus/cni/net.d", CNI),
    tree("/opt/cni/bin", CNI),
    tree("/var/lib/cni/bin", CNI),
    tree("/home/kubernetes/bin", CNI),
    Class {
        path: "/var/lib/kubelet",
        write: RootEquivalent,
        read: Some(Elevated),
        below: Some(Elevated),
        why: "the kubelet's credentials and the volumes of all pods",
    },
    tree("/var/lib/containerd", STORAGE),
    tree("/var/lib/containers", STORAGE),
    tree("/var/lib/docker", STORAGE),
    tree("/var/lib/rancher", "the distribution's programs, credentials and static pods"),
    Class {
        path: "/var/lib/etcd",
        write: RootEquivalent,
        read: Some(Elevated),
        below: Some(RootEquivalent),
        why: "all objects of the cluster",
    },
    Class {
        path: "/var/log",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "logs, and links that the kubelet follows",
    },
    socket("/run/containerd", RootEquivalent, RUNTIME),
    socket("/run/docker.sock", RootEquivalent, RUNTIME),
    socket("/run/dockershim.sock", RootEquivalent, RUNTIME),
    socket("/run/cri-dockerd.sock", RootEquivalent, RUNTIME),
    socket("/run/crio", RootEquivalent, RUNTIME),
    socket("/run/k3s/containerd", RootEquivalent, RUNTIME),
    Class {
        path: "/run/cilium",
        write: Elevated,
        read: Some(Elevated),
        below: Some(Elevated),
        why: "the agent's API socket and state",
    },
    Class {
        path: "/run/cilium/envoy",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "the sockets between agent and Envoy",
    },
    Class {
        path: "/run/cilium/tetragon",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "Tetragon's events and socket",
    },
    Class {
        path: "/run/spire",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "the socket on which SPIRE hands out identities",
    },
    Class {
        path: "/proc",
        write: RootEquivalent,
        read: Some(Elevated),
        below: None,
        why: "kernel settings, and other containers' files by way of their processes",
    },
    Class { path: "/proc/sys", write: RootEquivalent, read: None, below: None, why: KERNEL },
    tree("/proc/sys/kernel", KERNEL),
    Class {
        path: "/proc/sys/net",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "the node's network settings",
    },
    Class {
        path: "/sys",
        write: RootEquivalent,
        read: None,
        below: None,
        why: "the kernel runs the program in uevent_helper as root",
    },
    Class {
        path: "/sys/kernel",
        write: RootEquivalent,
        read: None,
        below: Some(Elevated),
        why: "the kernel runs the program in uevent_helper as root",
    },
    Class {
        path: "/sys/fs/bpf",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "pinned eBPF maps and programs",
    },
    Class {
        path: "/sys/fs/cgroup",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "the node's control groups",
    },
    Class { path: "/dev", write: RootEquivalent, read: None, below: None, why: "the node's devices" },
    Class {
        path: "/run/netns",
        write: Elevated,
        read: None,
        below: Some(Elevated),
        why: "the network namespaces of pods",
    },
    // A lock that iptables takes: an empty file.
    Class { path: "/run/xtables.lock", write: Privilege::Ordinary, read: None, below: None, why: "" },
];

/// What mounting a path of the node amounts to, and why; `None` where it adds nothing.
pub(super) fn judge_path(path: &str, access: Access) -> Option<(Privilege, &'static str)> {
    let path = clean(path);
    let mut worst: Option<(Privilege, usize, &'static str)> = None;
    for class in CLASSES {
        let Some((level, closeness)) = class.level(&path, access) else { continue };
        // Of classes that weigh the same, the one that names the path most closely says why.
        if worst.is_none_or(|(most, closest, _)| (level, closeness) > (most, closest)) {
            worst = Some((level, closeness, class.why));
        }
    }
    match (worst, access) {
        (Some((Privilege::Ordinary, ..)), _) => None,
        (Some((level, _, why)), _) => Some((level, why)),
        (None, Access::Write) => {
            Some((Elevated, "data that outlives the container and that others may trust"))
        }
        (None, Access::Read) => None,
    }
}

impl Class {
    /// What this class makes of a path, and how closely it names it.
    fn level(&self, path: &str, access: Access) -> Option<(Privilege, usize)> {
        let whole = match access {
            Access::Write => Some(self.write),
            Access::Read => self.read,
        };
        if path == self.path {
            return Some((whole?, self.path.len()));
        }
        if is_below(self.path, path) {
            return Some((whole?, 0));
        }
        // A part that is mounted read-only is worth something only where it is a socket.
        let reachable = access == Access::Write || (self.read.is_some() && is_socket(path));
        let part = self.below.filter(|_| reachable && is_below(path, self.path))?;
        Some((part, self.path.len()))
    }
}

fn is_socket(path: &str) -> bool {
    path.ends_with(".sock") || path.ends_with(".socket")
}

/// Whether a path lies below another; everything lies below `/`.
fn is_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor.trim_end_matches('/'))
        .is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
}

/// Without empty and `.` elements and without the end's slash; `/var/run` is a link to `/run` everywhere. `..` is
/// refused by the API server (validatePathNoBacksteps), and is resolved here all the same.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    if parts.starts_with(&["var", "run"]) {
        parts.remove(0);
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::Privilege::{self, Elevated, RootEquivalent};
    use super::{Access, judge_path};

    fn level(path: &str, access: Access) -> Option<Privilege> {
        judge_path(path, access).map(|(level, _)| level)
    }

    #[test]
    fn paths_amount_to_what_the_node_keeps_there() {
        // Path, writable, read-only.
        let expected = [
            ("/", Some(RootEquivalent), Some(RootEquivalent)),
            ("//", Some(RootEquivalent), Some(RootEquivalent)),
            ("/etc", Some(RootEquivalent), Some(Elevated)),
            ("/etc/", Some(RootEquivalent), Some(Elevated)),
            ("/etc/cni/net.d", Some(RootEquivalent), None),
            ("/etc/cni", Some(RootEquivalent), None),
            ("/etc/ssl/certs", Some(Elevated), None),
            ("/etc/kubernetes/manifests", Some(RootEquivalent), None),
            ("/etc/../root/.ssh", Some(RootEquivalent), None),
            ("/opt", Some(RootEquivalent), None),
            ("/opt/cni/bin", Some(RootEquivalent), None),
            ("/opt/cni/binaries", Some(Elevated), None),
            ("/home/kubernetes/bin", Some(RootEquivalent), None),
            ("/var/run/docker.sock", Some(RootEquivalent), Some(RootEquivalent)),
            ("/run/containerd/containerd.sock", Some(RootEquivalent), Some(RootEquivalent)),
            ("/var/run", Some(RootEquivalent), Some(RootEquivalent)),
            ("/run/containerd/io.containerd.grpc.v1.cri", Some(RootEquivalent), None),
            ("/var/lib/kubelet", Some(RootEquivalent), Some(Elevated)),
            ("/var/lib/kubelet/pods", Some(Elevated), None),
            ("/proc", Some(RootEquivalent), Some(Elevated)),
            ("/proc/sys", Some(RootEquivalent), None),
            ("/proc/sys/kernel", Some(RootEquivalent), None),
            ("/proc/sys/net", Some(Elevated), None),
            ("/sys/fs/bpf", Some(Elevated), None),
            ("/lib/modules", Some(RootEquivalent), None),
            ("/var/run/cilium", Some(Elevated), Some(Elevated)),
            ("/run/cilium/cilium.sock", Some(Elevated), Some(Elevated)),
            ("/var/run/cilium/envoy/artifacts", Some(Elevated), None),
            ("/run/xtables.lock", None, None),
            ("/data/cache", Some(Elevated), None),
        ];
        for (path, write, read) in expected {
            assert_eq!((level(path, Access::Write), level(path, Access::Read)), (write, read), "{path}");
        }
    }
}
