//! Cilium's namespaces → the pods there that are no part of Cilium and still root on their node: exec there ends alike.

use super::{Installation, Privilege, PrivilegeEvidence, workloads};
use crate::model::{Name, Snapshot};
use std::collections::BTreeSet;

/// A root-equivalent workload (or bare pod) beside Cilium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its namespace.
    pub namespace: Name,
    /// Kind and name of the workload; `None` for a bare pod.
    pub workload: Option<(Name, Name)>,
    /// Indices into [`Snapshot::pods`], finished pods excluded.
    pub pods: Vec<usize>,
    /// Index into [`Snapshot::workloads`], where the workload is in the input.
    pub workload_index: Option<usize>,
    /// Why it is root-equivalent.
    pub evidence: Vec<PrivilegeEvidence>,
}

/// Lists them, sorted by namespace, kind and name; what only claims to be Cilium is among them.
pub fn root_equivalent_neighbours(snapshot: &Snapshot, installation: &Installation) -> Vec<Neighbour> {
    let namespaces = installation.namespaces();
    let targets = || installation.components.iter().filter(|component| component.is_target());
    let pods: BTreeSet<usize> = targets().flat_map(|component| component.pods.iter().copied()).collect();
    let own: BTreeSet<usize> = targets().filter_map(|component| component.workload_index).collect();
    workloads::groups(snapshot, |namespace| namespaces.contains(namespace))
        .into_iter()
        .filter(|group| !group.workload_index.is_some_and(|index| own.contains(&index)))
        .filter(|group| !group.pods.iter().any(|index| pods.contains(index)))
        .filter_map(|group| {
            let (privilege, evidence) = workloads::privilege(&group);
            (privilege == Privilege::RootEquivalent).then_some(Neighbour {
                namespace: group.namespace,
                workload: group.workload,
                pods: group.pods,
                workload_index: group.workload_index,
                evidence,
            })
        })
        .collect()
}
