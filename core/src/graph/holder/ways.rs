//! The ways in which a holder can meet a set of requests: combinations of bindings, and the proof of each request.

use super::super::grants::Grant;
use super::super::node::Proof;
use super::super::requests::Request;
use super::Holder;
use crate::authorizer;
use crate::model::{Name, PolicyRule};
use crate::report::Authorizer;
use crate::technique::{NamePattern, RequestPattern, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Stands for a name that no rule is about.
pub(in super::super) const ANY_NAME: &str = "any-name";

/// How many combinations of bindings are followed where several requests are needed at once.
const MAX_COMBINATIONS: usize = 64;

/// The object that a request is about.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Object<'n> {
    /// Its namespace; `None` for a cluster-scoped one.
    pub namespace: Option<&'n Name>,
    /// Its name; `None` where the step makes it.
    pub name: Option<&'n str>,
}

impl Holder<'_> {
    /// The rules that cover a request about an object, one for each subject of each binding, unrestricted ones first: a
    /// binding may name both the holder and a group of the holder's, and whose grant is used decides whose path it is.
    pub(in super::super) fn covering(
        &self,
        pattern: RequestPattern,
        object: Object<'_>,
    ) -> Vec<(Grant, &PolicyRule)> {
        let mut found: BTreeMap<(usize, usize), (bool, Grant, &PolicyRule)> = BTreeMap::new();
        for (grant, rule) in self.rules(Request::from(pattern), place(pattern, object).as_ref()) {
            if !name_allowed(pattern.name, rule, object.name) {
                continue;
            }
            let entry = (authorizer::name_restricted(rule), grant, rule);
            let known = found.entry((grant.binding, grant.subject)).or_insert(entry);
            if (entry.0, entry.1) < (known.0, known.1) {
                *known = entry;
            }
        }
        found.into_values().map(|(_, grant, rule)| (grant, rule)).collect()
    }

    /// Every combination of bindings through which all requests of a way are allowed on an object. Requests of one
    /// group carry one name: where it is the caller's choice, one that every rule allows.
    pub(in super::super) fn ways(
        &self,
        groups: &[Vec<RequestPattern>],
        object: Object<'_>,
    ) -> Vec<Vec<Proof>> {
        groups.iter().fold(vec![Vec::new()], |built: Vec<Vec<Proof>>, group| {
            let choices: Vec<Vec<Proof>> =
                self.all().flat_map(|holder| holder.group_ways(group, object)).collect();
            joined(&built, &choices)
        })
    }

    /// As [`Holder::ways`], where the requests of several groups on one resource are about one object of the caller's
    /// choice: a Secret that is made and the one that is read back carry the same name.
    pub(in super::super) fn ways_on_one(
        &self,
        groups: &[Vec<RequestPattern>],
        resource: &str,
        object: Object<'_>,
    ) -> Vec<Vec<Proof>> {
        let (same, others): (Vec<_>, Vec<_>) =
            groups.iter().cloned().partition(|group| is_about(group, resource));
        let mut names: BTreeSet<Name> = same.iter().flat_map(|group| self.all_names(group, object)).collect();
        names.insert(Name::from(ANY_NAME));
        let mut ways: Vec<Vec<Proof>> = Vec::new();
        for name in names {
            for way in self.ways(&same, Object { name: Some(&name), ..object }) {
                if !ways.contains(&way) && ways.len() < MAX_COMBINATIONS {
                    ways.push(way);
                }
            }
        }
        let rest = self.ways(&others, object);
        joined(&ways, &rest)
    }

    /// The names that rules for the group are restricted to, those of the principal's other identities included.
    fn all_names(&self, group: &[RequestPattern], object: Object<'_>) -> BTreeSet<Name> {
        self.all().flat_map(|holder| holder.names(group, object)).collect()
    }

    /// Whether all requests of one group are allowed on an object, to this holder or another of the same principal.
    pub(in super::super) fn may(&self, group: &[RequestPattern], object: Object<'_>) -> bool {
        self.all().any(|holder| !holder.group_ways(group, object).is_empty())
    }

    fn group_ways(&self, group: &[RequestPattern], object: Object<'_>) -> Vec<Vec<Proof>> {
        let chosen = group.iter().any(|pattern| pattern.name == NamePattern::Chosen) && object.name.is_none();
        if !chosen || group.len() == 1 {
            return self.product(group, object);
        }
        let mut ways = self.product(group, Object { name: Some(ANY_NAME), ..object });
        for name in self.names(group, object) {
            for way in self.product(group, Object { name: Some(&name), ..object }) {
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        ways.truncate(MAX_COMBINATIONS);
        ways
    }

    /// The names that some rule of the group is restricted to.
    pub(in super::super) fn names(&self, group: &[RequestPattern], object: Object<'_>) -> BTreeSet<Name> {
        let any = Object { name: None, ..object };
        let rules = group.iter().flat_map(|pattern| self.covering(*pattern, any));
        rules.flat_map(|(_, rule)| rule.resource_names.iter().cloned()).collect()
    }

    fn product(&self, group: &[RequestPattern], object: Object<'_>) -> Vec<Vec<Proof>> {
        group.iter().fold(vec![Vec::new()], |built: Vec<Vec<Proof>>, pattern| {
            let covering = self.covering(*pattern, object);
            let pairs = built.iter().flat_map(|so_far| {
                covering.iter().map(|(grant, rule)| {
                    let mut next = so_far.clone();
                    next.push(self.proof(*pattern, object, *grant, rule));
                    next
                })
            });
            if group.len() == 1 { pairs.collect() } else { pairs.take(MAX_COMBINATIONS).collect() }
        })
    }

    /// One request on an object, and the grant that allows it.
    pub(in super::super) fn proof(
        &self,
        pattern: RequestPattern,
        object: Object<'_>,
        grant: Grant,
        rule: &PolicyRule,
    ) -> Proof {
        let made = grant.binding == usize::MAX;
        let named = match pattern.name {
            NamePattern::Absent => None,
            NamePattern::ObjectOrAbsent if !authorizer::name_restricted(rule) => None,
            NamePattern::Chosen | NamePattern::OneOf(_) if object.name.is_none() => {
                rule.resource_names.first().cloned()
            }
            NamePattern::Literal(name) => Some(Name::from(name)),
            // The rule may name the object with a scheme or a port only.
            NamePattern::ProxyTarget if authorizer::name_restricted(rule) => object.name.map(|name| {
                let ids = rule.resource_names.iter();
                let mut ids = ids.filter(|id| &*authorizer::proxied_object(id) == name);
                ids.next().cloned().unwrap_or_else(|| Name::from(name))
            }),
            _ => object.name.map(Name::from),
        };
        Proof {
            by: self.actor.identity.clone(),
            authorizer: Authorizer::Rbac,
            request: Request::from(pattern),
            namespace: place(pattern, object),
            name: named,
            grant: (!made).then_some(grant),
            gained: made.then_some((grant.role, grant.rule)),
        }
    }
}

/// Whether a request of a group is about an object of this resource that the caller chooses.
pub(in super::super) fn is_about(group: &[RequestPattern], resource: &str) -> bool {
    let chosen = |item: &RequestPattern| item.name == NamePattern::Chosen;
    group.iter().any(|item| chosen(item) && item.resource.split('/').next() == Some(resource))
}

/// Every one of the first ways with every one of the second.
pub(in super::super) fn pairs(ways: &[Vec<Proof>], more: &[Vec<Proof>]) -> impl Iterator<Item = Vec<Proof>> {
    ways.iter().flat_map(|way| more.iter().map(|next| [&way[..], next].concat()))
}

/// The same, up to a limit.
pub(in super::super) fn joined(ways: &[Vec<Proof>], more: &[Vec<Proof>]) -> Vec<Vec<Proof>> {
    pairs(ways, more).take(MAX_COMBINATIONS).collect()
}

/// The namespace that a request is made in; `None` for cluster-scoped ones, whatever the step's other requests are about.
fn place(pattern: RequestPattern, object: Object<'_>) -> Option<Name> {
    match pattern.scope {
        Scope::Cluster => None,
        Scope::In(namespace) => Some(Name::from(namespace)),
        Scope::Namespace => object.namespace.cloned(),
    }
}

fn name_allowed(pattern: NamePattern, rule: &PolicyRule, name: Option<&str>) -> bool {
    let unnamed = || authorizer::name_matches(rule, "");
    match (pattern, name) {
        (NamePattern::Absent, _) => unnamed(),
        (NamePattern::Object | NamePattern::Chosen, Some(name)) => authorizer::name_matches(rule, name),
        (NamePattern::ProxyTarget, Some(name)) => authorizer::proxy_name_matches(rule, name),
        (NamePattern::ObjectOrAbsent, Some(name)) => unnamed() || authorizer::name_matches(rule, name),
        (NamePattern::ObjectOrAbsent, None) => unnamed(),
        (NamePattern::Literal(name), _) => authorizer::name_matches(rule, name),
        (NamePattern::OneOf(names), None) => names.iter().any(|name| one_of(rule, name)),
        (NamePattern::OneOf(names), Some(name)) => {
            let listed = names.iter().any(|pattern| literal_matches(pattern, name));
            listed && authorizer::name_matches(rule, name)
        }
        (NamePattern::Object | NamePattern::ProxyTarget | NamePattern::Chosen, None) => true,
    }
}

/// Whether a rule lets through a name that the pattern stands for.
fn one_of(rule: &PolicyRule, pattern: &str) -> bool {
    !authorizer::name_restricted(rule)
        || rule.resource_names.iter().any(|name| literal_matches(pattern, name))
}

/// Whether a name is the one that the table lists; a trailing `*` stands for the rest of a name.
pub(in super::super) fn literal_matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}
