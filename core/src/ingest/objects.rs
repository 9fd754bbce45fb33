//! Objects as they come → a list for each kind, so that none takes the room of the largest.

use super::assemble::Placed;
use super::convert::Object;
use crate::model::{
    Binding, NamedObject, Namespace, Node, ObjectKey, PersistentVolume, Pod, Role, Secret, Service,
    ServiceAccount, Workload,
};
use std::collections::BTreeSet;

/// The objects of a source, or of a document of it, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) roles: Vec<Role>,
    pub(super) bindings: Vec<Binding>,
    pub(super) pods: Vec<Pod>,
    pub(super) workloads: Vec<Workload>,
    pub(super) service_accounts: Vec<ServiceAccount>,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) nodes: Vec<Node>,
    pub(super) secrets: Vec<Secret>,
    pub(super) config_maps: Vec<ObjectKey>,
    pub(super) services: Vec<Service>,
    pub(super) volumes: Vec<PersistentVolume>,
    pub(super) named: Vec<NamedObject>,
}

impl Objects {
    pub(super) fn push(&mut self, object: Object) {
        match object {
            Object::Role(it) => self.roles.push(it),
            Object::Binding(it) => self.bindings.push(it),
            Object::Pod(it) => self.pods.push(it),
            Object::Workload(it) => self.workloads.push(it),
            Object::ServiceAccount(it) => self.service_accounts.push(it),
            Object::Namespace(it) => self.namespaces.push(it),
            Object::Node(it) => self.nodes.push(it),
            Object::Secret(it) => self.secrets.push(it),
            Object::ConfigMap(it) => self.config_maps.push(it),
            Object::Service(it) => self.services.push(it),
            Object::Volume(it) => self.volumes.push(it),
            Object::Named(it) => self.named.push(it),
        }
    }

    /// Adds what came later.
    pub(super) fn append(&mut self, later: Objects) {
        join(&mut self.roles, later.roles);
        join(&mut self.bindings, later.bindings);
        join(&mut self.pods, later.pods);
        join(&mut self.workloads, later.workloads);
        join(&mut self.service_accounts, later.service_accounts);
        join(&mut self.namespaces, later.namespaces);
        join(&mut self.nodes, later.nodes);
        join(&mut self.secrets, later.secrets);
        join(&mut self.config_maps, later.config_maps);
        join(&mut self.services, later.services);
        join(&mut self.volumes, later.volumes);
        join(&mut self.named, later.named);
    }

    /// The kinds of which there is one at least.
    pub(super) fn kinds(&self) -> BTreeSet<&'static str> {
        let mut kinds = BTreeSet::new();
        kinds.extend(self.roles.iter().map(Placed::kind));
        kinds.extend(self.bindings.iter().map(Placed::kind));
        kinds.extend(self.pods.iter().map(Placed::kind));
        kinds.extend(self.workloads.iter().map(|it| it.kind));
        kinds.extend(self.service_accounts.iter().map(Placed::kind));
        kinds.extend(self.namespaces.iter().map(Placed::kind));
        kinds.extend(self.nodes.iter().map(Placed::kind));
        kinds.extend(self.secrets.iter().map(Placed::kind));
        kinds.extend(self.config_maps.iter().map(Placed::kind));
        kinds.extend(self.services.iter().map(Placed::kind));
        kinds.extend(self.volumes.iter().map(|it| it.kind));
        kinds.extend(self.named.iter().map(|it| it.kind));
        kinds
    }
}

/// Moves the later ones behind the others; where there are no others, the list itself is taken.
pub(super) fn join<T>(all: &mut Vec<T>, mut later: Vec<T>) {
    if all.is_empty() {
        *all = later;
    } else {
        all.append(&mut later);
    }
}
