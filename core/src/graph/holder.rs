//! Who makes a request: an identity with its own rights and its groups', and the ways it can meet a set of requests.

use super::World;
use super::grants::{Grant, Grants, Matching, Rights, granted_in, granted_rule};
use super::node::{Actor, Proof};
use super::requests::{Request, RequestSet};
use crate::authorizer::{self, Identity};
use crate::model::{Name, PolicyRule};
use crate::report::Authorizer;
use crate::technique::{NamePattern, RequestPattern, Scope};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Stands for a role that allows everything where it is bound; a role index is never this large.
pub(super) const EVERYTHING: usize = usize::MAX;

/// Stands for a name that no rule is about.
const ANY_NAME: &str = "any-name";

/// How many combinations of bindings are followed where several requests are needed at once.
const MAX_COMBINATIONS: usize = 64;

/// An acting identity with everything it may ask for.
#[derive(Debug)]
pub(super) struct Holder<'a> {
    world: &'a World<'a>,
    /// Who it is.
    pub actor: &'a Actor,
    own: Option<&'a Rights>,
    of_groups: Vec<&'a Rights>,
    /// Those of a role it bound itself to; [`EVERYTHING`] has none of its own.
    gained: Option<Rc<Rights>>,
    /// The rule of [`EVERYTHING`].
    wildcard: &'a PolicyRule,
    /// Another identity that the same principal controls: it may make the requests of other groups.
    with: Option<Box<Holder<'a>>>,
}

/// The rights of roles that identities bind themselves to, each worked out once.
#[derive(Debug)]
pub(super) struct BoundRights {
    by_role: RefCell<BTreeMap<usize, Rc<Rights>>>,
    wildcard: PolicyRule,
}

impl Default for BoundRights {
    fn default() -> Self {
        let every = || [Name::from("*")].into();
        let wildcard =
            PolicyRule { verbs: every(), api_groups: every(), resources: every(), ..PolicyRule::default() };
        BoundRights { by_role: RefCell::default(), wildcard }
    }
}

impl BoundRights {
    fn of(&self, world: &World<'_>, role: usize) -> Rc<Rights> {
        let mut known = self.by_role.borrow_mut();
        let rights = known
            .entry(role)
            .or_insert_with(|| Rc::new(Rights::of_role(Matching::default().covered(world, role), role)));
        rights.clone()
    }
}

/// The object that a request is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'n> {
    /// Its namespace; `None` for a cluster-scoped one.
    pub namespace: Option<&'n Name>,
    /// Its name; `None` where the step makes it.
    pub name: Option<&'n str>,
}

impl<'a> Holder<'a> {
    /// The holder of an actor: its own rights, those of its groups, and those of roles it bound itself.
    pub(super) fn new(
        world: &'a World<'a>,
        grants: &'a Grants,
        actor: &'a Actor,
        bound: &'a BoundRights,
    ) -> Self {
        let of_groups = groups_of(&actor.identity).filter_map(|name| grants.of_implied_group(name)).collect();
        let own = grants.own(&actor.identity);
        let role = actor.bound.as_ref().map(|(role, _)| *role).filter(|role| *role != EVERYTHING);
        let gained = role.map(|role| bound.of(world, role));
        Holder { world, actor, own, of_groups, gained, wildcard: &bound.wildcard, with: None }
    }

    /// The holder of what an actor may ask for as a member of some groups alone, or as the one of them that it is.
    pub(super) fn by_groups(
        world: &'a World<'a>,
        grants: &'a Grants,
        actor: &'a Actor,
        bound: &'a BoundRights,
        held: &[Name],
    ) -> Self {
        let of_groups = groups_of(&actor.identity).filter(|name| held.contains(name));
        let of_groups = of_groups.filter_map(|name| grants.of_implied_group(name)).collect();
        let is_held = matches!(&actor.identity, Identity::Group(name) if held.contains(name));
        let own = grants.own(&actor.identity).filter(|_| is_held);
        Holder { world, actor, own, of_groups, gained: None, wildcard: &bound.wildcard, with: None }
    }

    /// This holder together with another one of the same principal.
    pub(super) fn together(self, other: Holder<'a>) -> Self {
        Holder { with: Some(Box::new(other)), ..self }
    }

    /// Whether a rule that is bound to the identity itself covers the request in the whole cluster.
    pub(super) fn holds_itself(&self, request: Request) -> bool {
        let mut own = self.own.into_iter().flat_map(|rights| rights.of(request.key()));
        own.any(|grant| self.scope(grant).is_none())
    }

    /// The same holder without the rights of its groups.
    pub(super) fn without_groups(self) -> Self {
        Holder { of_groups: Vec::new(), ..self }
    }

    fn rights(&self) -> impl Iterator<Item = &'a Rights> {
        self.own.into_iter().chain(self.of_groups.iter().copied())
    }

    /// Every request that some rule covers somewhere, those of another identity left aside.
    pub(super) fn held(&self) -> RequestSet {
        if self.everything().is_some() {
            return RequestSet::ALL;
        }
        let mut held = RequestSet::default();
        self.rights().chain(self.gained.as_deref()).for_each(|rights| held.extend(rights.held()));
        held
    }

    /// The grant of everything, where it bound itself to that.
    fn everything(&self) -> Option<Grant> {
        let everything = matches!(self.actor.bound, Some((EVERYTHING, _)));
        everything.then_some(Grant { binding: usize::MAX, subject: 0, role: EVERYTHING, rule: 0 })
    }

    fn grants(&self, request: Request) -> impl Iterator<Item = Grant> + '_ {
        let key = request.key();
        let all = self.rights().chain(self.gained.as_deref());
        all.flat_map(move |rights| rights.of(key)).chain(self.everything())
    }

    fn rule(&self, grant: Grant) -> Option<&PolicyRule> {
        if grant.role == EVERYTHING { Some(self.wildcard) } else { granted_rule(self.world, grant) }
    }

    fn scope(&self, grant: Grant) -> Option<&Name> {
        match &self.actor.bound {
            Some((_, scope)) if grant.binding == usize::MAX => scope.as_ref(),
            _ => granted_in(self.world, grant),
        }
    }

    /// Whether what allows a request of this holder, or of the other one, holds in the whole cluster.
    pub(super) fn is_cluster_wide(&self, proof: &Proof) -> bool {
        match (proof.grant, &self.with) {
            (Some(grant), _) => granted_in(self.world, grant).is_none(),
            (None, Some(other)) if proof.by != self.actor.identity => other.is_cluster_wide(proof),
            (None, _) => matches!(self.actor.bound, Some((_, None))),
        }
    }

    /// The namespaces in which the request is covered, and whether it is in the whole cluster.
    pub(super) fn scopes(&self, request: Request) -> (bool, BTreeSet<Name>) {
        let mut cluster = false;
        let mut namespaces = BTreeSet::new();
        if let Some(other) = &self.with {
            (cluster, namespaces) = other.scopes(request);
        }
        for grant in self.grants(request) {
            match self.scope(grant) {
                None => cluster = true,
                Some(namespace) => {
                    namespaces.insert(namespace.clone());
                }
            }
        }
        (cluster, namespaces)
    }

    /// The names that the rules are restricted to which cover the request; `None` where some rule covers any name.
    pub(super) fn only_names(&self, request: Request) -> Option<BTreeSet<&Name>> {
        let mut names = match &self.with {
            Some(other) => other.only_names(request)?,
            None => BTreeSet::new(),
        };
        for rule in self.grants(request).filter_map(|grant| self.rule(grant)) {
            if !authorizer::name_restricted(rule) {
                return None;
            }
            names.extend(rule.resource_names.iter());
        }
        Some(names)
    }

    /// Every rule that covers a request in a namespace (or, for `None`, in the cluster), whatever its names.
    pub(super) fn rules(&self, request: Request, namespace: Option<&Name>) -> Vec<(Grant, &PolicyRule)> {
        let grants = self.grants(request).filter(|grant| {
            let scope = self.scope(*grant);
            scope.is_none() || scope == namespace
        });
        grants.filter_map(|grant| Some((grant, self.rule(grant)?))).collect()
    }

    /// Every rule that covers a request anywhere, and where: `None` is the whole cluster.
    pub(super) fn anywhere(&self, request: Request) -> Vec<(Grant, &PolicyRule, Option<&Name>)> {
        let grants = self.grants(request);
        grants.filter_map(|grant| Some((grant, self.rule(grant)?, self.scope(grant)))).collect()
    }

    /// The rules that cover a request about an object, one for each subject of each binding, unrestricted ones first: a
    /// binding may name both the holder and a group of the holder's, and whose grant is used decides whose path it is.
    pub(super) fn covering(&self, pattern: RequestPattern, object: Object<'_>) -> Vec<(Grant, &PolicyRule)> {
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
    pub(super) fn ways(&self, groups: &[Vec<RequestPattern>], object: Object<'_>) -> Vec<Vec<Proof>> {
        groups.iter().fold(vec![Vec::new()], |built: Vec<Vec<Proof>>, group| {
            let mut choices = self.group_ways(group, object);
            if let Some(other) = &self.with {
                choices.extend(other.group_ways(group, object));
            }
            joined(&built, &choices)
        })
    }

    /// As [`Holder::ways`], where the requests of several groups on one resource are about one object of the caller's
    /// choice: a Secret that is made and the one that is read back carry the same name.
    pub(super) fn ways_on_one(
        &self,
        groups: &[Vec<RequestPattern>],
        resource: &str,
        object: Object<'_>,
    ) -> Vec<Vec<Proof>> {
        let about = |group: &[RequestPattern]| {
            group.iter().any(|item| {
                item.name == NamePattern::Chosen && item.resource.split('/').next() == Some(resource)
            })
        };
        let (same, others): (Vec<_>, Vec<_>) = groups.iter().cloned().partition(|group| about(group));
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

    /// The names that rules for the group are restricted to, those of the principal's other identity included.
    fn all_names(&self, group: &[RequestPattern], object: Object<'_>) -> BTreeSet<Name> {
        let mut names = self.names(group, object);
        if let Some(other) = &self.with {
            names.extend(other.all_names(group, object));
        }
        names
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
    pub(super) fn names(&self, group: &[RequestPattern], object: Object<'_>) -> BTreeSet<Name> {
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
    pub(super) fn proof(
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

/// Every one of the first ways with every one of the second.
pub(super) fn pairs(ways: &[Vec<Proof>], more: &[Vec<Proof>]) -> impl Iterator<Item = Vec<Proof>> {
    ways.iter().flat_map(|way| more.iter().map(|next| [&way[..], next].concat()))
}

/// The same, up to a limit.
pub(super) fn joined(ways: &[Vec<Proof>], more: &[Vec<Proof>]) -> Vec<Vec<Proof>> {
    pairs(ways, more).take(MAX_COMBINATIONS).collect()
}

/// The groups that an identity is in. A bootstrap token is in the group of all bootstrappers, whatever others it names
/// (k8s.io/kubernetes plugin/pkg/auth/authenticator/token/bootstrap).
pub(super) fn groups(identity: &Identity) -> Vec<Name> {
    let mut groups = authorizer::implied_groups(identity);
    if matches!(identity, Identity::Group(name) if name.starts_with("system:bootstrappers:")) {
        groups.push(Name::from("system:bootstrappers"));
    }
    groups
}

/// The groups that an identity is in, itself left aside.
fn groups_of(identity: &Identity) -> impl Iterator<Item = Name> + '_ {
    let is_itself = move |name: &Name| matches!(identity, Identity::Group(own) if own == name);
    groups(identity).into_iter().filter(move |name| !is_itself(name))
}

/// The groups whose rights an identity has: those that it is in, and the one that it is.
pub(super) fn groups_held(identity: &Identity) -> Vec<Name> {
    let mut held = groups(identity);
    if let Identity::Group(name) = identity {
        held.push(name.clone());
    }
    held
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
pub(super) fn literal_matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}
