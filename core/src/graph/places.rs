//! What somebody may ask for, place by place: in the whole cluster, and in each namespace where they hold more.

use super::requests::{ON_CLUSTER, RequestKey, RequestSet};
use crate::model::Name;

/// The requests that somebody may make in one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    /// Those that some rule covers, if only for some names.
    pub some: RequestSet,
    /// Those that some rule covers for every name.
    pub every: RequestSet,
}

impl Held {
    /// Every request there is.
    pub(super) const ALL: Held = Held { some: RequestSet::ALL, every: RequestSet::ALL };

    /// Adds a request that a rule covers, restricted to names or not.
    pub(super) fn add(&mut self, key: RequestKey, restricted: bool) {
        self.some.add(key);
        if !restricted {
            self.every.add(key);
        }
    }

    fn extend(&mut self, other: &Held) {
        self.some.extend(&other.some);
        self.every.extend(&other.every);
    }

    /// What is left of it where it is bound in a namespace.
    fn in_namespace(&self) -> Self {
        Held { some: self.some.without(&ON_CLUSTER), every: self.every.without(&ON_CLUSTER) }
    }
}

/// What somebody holds in each place.
#[derive(Debug, Default)]
pub(super) struct Places {
    cluster: Held,
    /// What is held there beyond what is held in the whole cluster, sorted. Bindings stand in the order of their
    /// namespaces, so that most are added at the end.
    namespaces: Vec<(Name, Held)>,
}

impl Places {
    /// Adds what is held by a binding in a namespace or, for `None`, in the cluster.
    pub(super) fn add(&mut self, scope: Option<&Name>, held: &Held) {
        let Some(namespace) = scope else { return self.cluster.extend(held) };
        let held = held.in_namespace();
        let found = match self.namespaces.last() {
            Some((last, _)) if last == namespace => Ok(self.namespaces.len().saturating_sub(1)),
            _ => self.place(namespace),
        };
        match found {
            Ok(place) => {
                self.namespaces.get_mut(place).into_iter().for_each(|(_, known)| known.extend(&held))
            }
            Err(place) => self.namespaces.insert(place, (namespace.clone(), held)),
        }
    }

    fn place(&self, namespace: &Name) -> Result<usize, usize> {
        self.namespaces.binary_search_by(|(known, _)| known.cmp(namespace))
    }

    /// What is held in a namespace or, for `None`, in those that are not listed.
    pub(super) fn at(&self, namespace: Option<&Name>) -> Held {
        let mut held = self.cluster;
        let more = namespace.and_then(|name| self.namespaces.get(self.place(name).ok()?));
        more.into_iter().for_each(|(_, more)| held.extend(more));
        held
    }

    /// The places that differ: the cluster, and the namespaces where more is held.
    pub(super) fn listed(&self) -> impl Iterator<Item = Option<&Name>> {
        std::iter::once(None).chain(self.namespaces.iter().map(|(name, _)| Some(name)))
    }
}
