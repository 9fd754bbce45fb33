//! A container's `capabilities` → the ones it ends up with, and what each of them amounts to.

use super::Privilege;
use crate::model::{Capabilities, PodSpec};
use std::collections::{BTreeMap, BTreeSet};

/// All capabilities that matter here, with what each amounts to alone and why. NET_RAW is in containerd's default set:
/// nearly every pod has it, so the threat model's mention of it must not make one root-equivalent.
const TABLE: &[(&str, Privilege, &str)] = &[
    ("SYS_ADMIN", Privilege::RootEquivalent, "mount file systems, join namespaces and load eBPF programs"),
    ("SYS_MODULE", Privilege::RootEquivalent, "load kernel modules"),
    ("BPF", Privilege::RootEquivalent, "load eBPF programs and change eBPF maps"),
    ("SYS_RAWIO", Privilege::RootEquivalent, "access devices and memory of the node"),
    ("SYS_BOOT", Privilege::RootEquivalent, "reboot the node or load another kernel"),
    ("DAC_READ_SEARCH", Privilege::RootEquivalent, "open any file of the node by its handle"),
    ("SYS_PTRACE", Privilege::Ordinary, "inspect and change the processes it sees"),
    ("NET_ADMIN", Privilege::Elevated, "change interfaces, routes and packet filters of its network"),
    ("PERFMON", Privilege::Elevated, "trace the kernel"),
    ("MAC_ADMIN", Privilege::Elevated, "change the node's AppArmor or SELinux policy"),
    ("NET_RAW", Privilege::Ordinary, "send forged packets"),
];

/// What a capability amounts to in this pod; `None` where it adds nothing.
pub(super) fn level_of(name: &str, spec: &PodSpec) -> Option<(Privilege, &'static str)> {
    let (_, level, why) = TABLE.iter().find(|(known, ..)| *known == name)?;
    match name {
        "SYS_PTRACE" if spec.host_pid => {
            Some((Privilege::RootEquivalent, "take over any process of the node, whose processes it sees"))
        }
        "NET_RAW" if spec.host_network => Some((Privilege::Elevated, "send forged packets from the node")),
        "NET_ADMIN" if spec.host_network => {
            Some((*level, "change interfaces, routes and packet filters of the node"))
        }
        _ => Some((*level, why)),
    }
}

/// A capability that a container has because its spec adds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Added {
    /// In capitals, without `CAP_`.
    pub(super) name: String,
    /// It is written with `CAP_` in front.
    pub(super) prefixed: bool,
}

/// The capabilities that a container ends up with beyond the runtime's defaults.
///
/// As containerd computes them (`pkg/cri/opts/spec_opts.go`, WithCapabilities): names in capitals; the start is the
/// default set, or all with `add: [ALL]`, or none with `drop: [ALL]`, which wins; then single adds; then single drops.
/// containerd puts `CAP_` in front of whatever is written, so that a drop of `CAP_X` drops nothing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Effective {
    added: BTreeMap<String, bool>,
}

impl Effective {
    /// Computes them; none of the default set is in the table but NET_RAW, which counts only where it is asked for.
    pub(super) fn of(written: &Capabilities) -> Self {
        let drop: BTreeSet<String> = written.drop.iter().map(|name| name.to_ascii_uppercase()).collect();
        let add: Vec<String> = written.add.iter().map(|name| name.to_ascii_uppercase()).collect();
        let mut added = BTreeMap::new();
        if add.iter().any(|name| name == "ALL") && !drop.contains("ALL") {
            added.extend(TABLE.iter().map(|(name, ..)| ((*name).to_owned(), false)));
        }
        for name in add.iter().filter(|name| *name != "ALL") {
            match name.strip_prefix("CAP_") {
                Some(bare) => added.entry(bare.to_owned()).or_insert(true),
                None => added.entry(name.clone()).and_modify(|prefixed| *prefixed = false).or_insert(false),
            };
        }
        added.retain(|name, _| !drop.contains(name));
        Effective { added }
    }

    /// Sorted by name.
    pub(super) fn added(&self) -> impl Iterator<Item = Added> {
        self.added.iter().map(|(name, prefixed)| Added { name: name.clone(), prefixed: *prefixed })
    }
}

#[cfg(test)]
mod tests {
    use super::Effective;
    use crate::model::Capabilities;

    fn effective(add: &[&str], drop: &[&str]) -> Vec<String> {
        let names = |list: &[&str]| list.iter().map(|name| (*name).into()).collect();
        Effective::of(&Capabilities { add: names(add), drop: names(drop) })
            .added()
            .map(|added| format!("{}{}", if added.prefixed { "CAP_ " } else { "" }, added.name))
            .collect()
    }

    #[test]
    fn capabilities_add_up_as_containerd_adds_them() {
        assert_eq!(effective(&[], &[]), [""; 0]);
        assert_eq!(effective(&["NET_ADMIN", "sys_admin"], &["ALL"]), ["NET_ADMIN", "SYS_ADMIN"]);
        assert_eq!(effective(&["SYS_ADMIN"], &["SYS_ADMIN"]), [""; 0], "single drops come last");
        assert_eq!(
            effective(&["ALL", "SYS_TIME"], &["all"]),
            ["SYS_TIME"],
            "drop of all wins over add of all"
        );
        assert_eq!(effective(&["CAP_SYS_ADMIN"], &[]), ["CAP_ SYS_ADMIN"]);
        assert_eq!(effective(&["CAP_SYS_ADMIN", "SYS_ADMIN"], &[]), ["SYS_ADMIN"]);
        assert_eq!(effective(&["SYS_ADMIN"], &["CAP_SYS_ADMIN"]), ["SYS_ADMIN"], "drops CAP_CAP_SYS_ADMIN");
        let all = effective(&["all"], &["SYS_ADMIN"]);
        assert!(all.contains(&"SYS_MODULE".to_owned()) && !all.contains(&"SYS_ADMIN".to_owned()), "{all:?}");
    }
}
