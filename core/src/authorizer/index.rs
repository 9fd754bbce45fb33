//! A snapshot → an index by which a request is decided: every binding that allows it, found through who asks.
//!
//! Kubernetes goes through all bindings for each request (v1.37.2 pkg/registry/rbac/validation/rule.go,
//! `VisitRulesFor`); the answer is the same.

use super::roles::RoleTable;
use super::rules::{ResourceRequest, covers, name_matches, path_matches};
use super::subjects::{Matched, matched};
use crate::model::{Binding, Name, PolicyRule, Snapshot};
use std::collections::BTreeMap;

/// Who asks, and for what. Groups are exactly those given: none are implied, and none, `system:masters` included,
/// goes past RBAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// The user name; `None` asks for what any member of the groups may do, whatever the name.
    pub user: Option<&'a str>,
    /// The groups.
    pub groups: &'a [&'a str],
    /// The verb.
    pub verb: &'a str,
    /// What it is about.
    pub target: Target<'a>,
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// A resource.
    Resource(ResourceTarget<'a>),
    /// A path that is no resource, as `/healthz`.
    Path(&'a str),
}

/// A resource in a request; what the request does not name is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResourceTarget<'a> {
    /// The API group.
    pub group: &'a str,
    /// The resource, compared as it is: a slash in it is not taken for a subresource.
    pub resource: &'a str,
    /// The subresource.
    pub subresource: &'a str,
    /// The namespace; without one no RoleBinding counts.
    pub namespace: &'a str,
    /// The object's name.
    pub name: &'a str,
}

/// A binding of the snapshot, as the authorizer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundBinding {
    /// Index into [`Snapshot::bindings`].
    pub index: usize,
    /// `clusterrolebinding/NAME` or `rolebinding/NAMESPACE/NAME`.
    pub label: String,
    roles: Vec<usize>,
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'s> {
    /// Every binding with a rule that allows the request, sorted by label.
    pub bindings: Vec<&'s BoundBinding>,
}

impl Decision<'_> {
    /// Whether the request is allowed.
    pub fn allowed(&self) -> bool {
        !self.bindings.is_empty()
    }
}

/// Places in the list of bindings, ascending, by where the binding holds.
#[derive(Debug, Default)]
struct Held {
    cluster: Vec<usize>,
    namespaces: BTreeMap<Name, Vec<usize>>,
}

/// Decides requests by the roles and bindings of a snapshot. What a request costs follows the bindings of its user and
/// groups in its namespace and the cluster, not how many there are.
#[derive(Debug)]
pub struct Authorizer<'a> {
    roles: RoleTable<'a>,
    bindings: Vec<BoundBinding>,
    users: BTreeMap<Name, Held>,
    groups: BTreeMap<Name, Held>,
}

impl<'a> Authorizer<'a> {
    /// Decides by stored rules alone, as the API server does.
    pub fn stored(snapshot: &'a Snapshot) -> Self {
        Authorizer::with_roles(snapshot, RoleTable::stored(snapshot))
    }

    /// Decides by what aggregation gives where no rules are stored.
    pub fn aggregated(snapshot: &'a Snapshot) -> Self {
        Authorizer::with_roles(snapshot, RoleTable::new(snapshot))
    }

    fn with_roles(snapshot: &'a Snapshot, roles: RoleTable<'a>) -> Self {
        let mut bindings: Vec<BoundBinding> = snapshot
            .bindings
            .iter()
            .enumerate()
            .map(|(index, binding)| BoundBinding {
                index,
                label: label(binding),
                roles: roles.bound_by(index).to_vec(),
            })
            .collect();
        bindings.sort_by(|a, b| (&a.label, a.index).cmp(&(&b.label, b.index)));
        let mut authorizer = Authorizer { roles, bindings, users: BTreeMap::new(), groups: BTreeMap::new() };
        for place in 0..authorizer.bindings.len() {
            authorizer.enter(snapshot, place);
        }
        authorizer
    }

    /// Enters a binding under each of its subjects.
    fn enter(&mut self, snapshot: &Snapshot, place: usize) {
        let binding = self.bindings.get(place).and_then(|bound| snapshot.bindings.get(bound.index));
        let Some(binding) = binding else { return };
        for subject in binding.subjects.iter().filter_map(|subject| matched(binding, subject)) {
            let held = match subject {
                Matched::User(name) => self.users.entry(name).or_default(),
                Matched::Group(name) => self.groups.entry(name).or_default(),
            };
            let places = match &binding.namespace {
                None => &mut held.cluster,
                Some(namespace) => held.namespaces.entry(namespace.clone()).or_default(),
            };
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }

    /// Every binding that allows a request.
    pub fn decide(&self, attributes: &Attributes<'_>) -> Decision<'_> {
        let request = Request::of(attributes);
        let bindings = self.held(attributes).into_iter().filter_map(|place| self.bindings.get(place));
        Decision { bindings: bindings.filter(|bound| self.allows(bound, &request)).collect() }
    }

    /// The places of the bindings whose subjects match the request, ascending, each once.
    fn held(&self, attributes: &Attributes<'_>) -> Vec<usize> {
        let namespace = match attributes.target {
            Target::Resource(target) => target.namespace,
            Target::Path(_) => "",
        };
        let user = attributes.user.and_then(|user| self.users.get(user));
        let groups = attributes.groups.iter().filter_map(|group| self.groups.get(*group));
        let mut places = Vec::new();
        let mut lists = 0;
        for held in user.into_iter().chain(groups) {
            let here = Some(namespace).filter(|it| !it.is_empty()).and_then(|it| held.namespaces.get(it));
            for list in [Some(&held.cluster), here].into_iter().flatten().filter(|list| !list.is_empty()) {
                places.extend_from_slice(list);
                lists += 1;
            }
        }
        if lists > 1 {
            places.sort_unstable();
            places.dedup();
        }
        places
    }

    fn allows(&self, bound: &BoundBinding, request: &Request<'_>) -> bool {
        let mut rules = bound.roles.iter().flat_map(|role| self.roles.rules(*role).iter());
        rules.any(|effective| request.allowed_by(effective.rule))
    }
}

/// `clusterrolebinding/NAME` or `rolebinding/NAMESPACE/NAME`.
fn label(binding: &Binding) -> String {
    match &binding.namespace {
        None => format!("clusterrolebinding/{}", binding.name),
        Some(namespace) => format!("rolebinding/{namespace}/{}", binding.name),
    }
}

/// A request with its resource as rules name it.
struct Request<'a> {
    attributes: &'a Attributes<'a>,
    /// `resource/subresource`; empty where there is no subresource.
    joined: String,
}

impl<'a> Request<'a> {
    fn of(attributes: &'a Attributes<'a>) -> Self {
        let joined = match attributes.target {
            Target::Resource(target) if !target.subresource.is_empty() => {
                format!("{}/{}", target.resource, target.subresource)
            }
            _ => String::new(),
        };
        Request { attributes, joined }
    }

    fn allowed_by(&self, rule: &PolicyRule) -> bool {
        let verb = self.attributes.verb;
        match self.attributes.target {
            Target::Path(path) => path_matches(rule, verb, path),
            Target::Resource(target) => {
                let resource = if self.joined.is_empty() { target.resource } else { &self.joined };
                let request = ResourceRequest { verb, group: target.group, resource };
                covers(rule, request, target.subresource) && name_matches(rule, target.name)
            }
        }
    }
}
