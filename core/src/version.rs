//! Which Kubernetes versions the API server may have, and what that makes of a fact that depends on it.

use crate::model::Snapshot;
use crate::report::{Certainty, VersionSource};

/// The oldest minor that is considered where nothing tells the version.
const OLDEST_MINOR: u32 = 24;

/// A server is never older than its kubelets, and at most this many minors newer
/// (<https://kubernetes.io/releases/version-skew-policy/>).
const KUBELET_SKEW: u32 = 3;

/// The minors of Kubernetes 1 that the server may have, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionRange {
    lowest: u32,
    highest: Option<u32>,
    /// Where it was taken from.
    pub source: VersionSource,
}

/// What a fact makes of a step: how sure it is, and why where it is not certain.
pub type Judgement = (Certainty, Option<String>);

impl VersionRange {
    /// The version of `kubernetes_version` where given, else of the server, else from the nodes, else unknown.
    pub fn new(snapshot: &Snapshot, kubernetes_version: Option<(u32, u32)>) -> Self {
        let exact = |minor, source| VersionRange { lowest: minor, highest: Some(minor), source };
        if let Some((_, minor)) = kubernetes_version {
            return exact(minor, VersionSource::Flag);
        }
        if let Some((_, minor)) = snapshot.server_version {
            return exact(minor, VersionSource::Server);
        }
        match snapshot.nodes.iter().filter_map(|node| node.kubelet_version).max() {
            Some((_, minor)) => VersionRange {
                lowest: minor,
                highest: Some(minor.saturating_add(KUBELET_SKEW)),
                source: VersionSource::Nodes,
            },
            None => VersionRange { lowest: OLDEST_MINOR, highest: None, source: VersionSource::Unknown },
        }
    }

    /// The version as the report prints it; `None` where it is unknown.
    pub fn printed(&self) -> Option<String> {
        (self.source != VersionSource::Unknown).then(|| format!("1.{}", self.lowest))
    }

    /// Judges a step that works only before `minor`.
    pub fn before(&self, minor: u32) -> Judgement {
        if self.highest.is_some_and(|highest| highest < minor) {
            (Certainty::Certain, None)
        } else if self.lowest >= minor {
            (Certainty::Blocked, Some(format!("needs Kubernetes before 1.{minor}{}", self.known())))
        } else {
            (Certainty::Conditional, Some(format!("needs Kubernetes before 1.{minor}{}", self.known())))
        }
    }

    /// Judges a step that works only from `minor` on.
    pub fn since(&self, minor: u32) -> Judgement {
        if self.lowest >= minor {
            (Certainty::Certain, None)
        } else if self.highest.is_some_and(|highest| highest < minor) {
            (Certainty::Blocked, Some(format!("needs Kubernetes 1.{minor} or newer{}", self.known())))
        } else {
            (Certainty::Conditional, Some(format!("needs Kubernetes 1.{minor} or newer{}", self.known())))
        }
    }

    fn known(&self) -> String {
        match (self.source, self.highest) {
            (VersionSource::Unknown, _) => "; the input does not tell the version".to_owned(),
            (VersionSource::Nodes, Some(highest)) => {
                format!("; the kubelets allow 1.{} to 1.{highest}", self.lowest)
            }
            _ => format!("; the server has 1.{}", self.lowest),
        }
    }
}
