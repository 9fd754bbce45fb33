//! Who makes a request: an identity with its own rights, its groups', and those of a role that it bound itself to.

mod ways;

pub(super) use ways::{ANY_NAME, Object, is_about, joined, literal_matches, pairs};

use super::World;
use super::grants::{Grant, Grants, Matching, Rights, bound_in, granted_in, granted_rule};
use super::node::{Actor, Proof};
use super::places::{Held, Places};
use super::requests::{Request, RequestSet};
use crate::authorizer::{self, Identity};
use crate::model::{Name, PolicyRule, RuleLists};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Stands for a role that allows everything where it is bound; a role index is never this large.
pub(super) const EVERYTHING: usize = usize::MAX;

/// An acting identity with everything it may ask for.
#[derive(Debug)]
pub(super) struct Holder<'a> {
    world: &'a World<'a>,
    /// Who it is.
    pub actor: &'a Actor,
    own: Option<&'a Rights>,
    of_groups: Vec<&'a Rights>,
    /// What its groups hold is left aside.
    by_itself: bool,
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
            RuleLists { verbs: every(), api_groups: every(), resources: every(), ..RuleLists::default() };
        BoundRights { by_role: RefCell::default(), wildcard: wildcard.into() }
    }
}

impl BoundRights {
    fn of(&self, world: &World<'_>, role: usize) -> Rc<Rights> {
        let mut known = self.by_role.borrow_mut();
        let rights = known.entry(role).or_insert_with(|| {
            Rc::new(Rights::of_role(Matching::default().covered(world.roles, role), role))
        });
        rights.clone()
    }
}

impl<'a> Holder<'a> {
    /// The holder of an actor: its own rights, those of its groups, and those of roles it bound itself.
    pub(super) fn new(
        world: &'a World<'a>,
        grants: &'a Grants,
        actor: &'a Actor,
        bound: &'a BoundRights,
    ) -> Self {
        let implied = grants.any_implied().then(|| groups_of(&actor.identity));
        let of_groups =
            implied.into_iter().flatten().filter_map(|name| grants.of_implied_group(name)).collect();
        let own = grants.own(&actor.identity);
        let role = actor.bound.as_ref().map(|(role, _)| *role).filter(|role| *role != EVERYTHING);
        let gained = role.map(|role| bound.of(world, role));
        Holder {
            world,
            actor,
            own,
            of_groups,
            by_itself: false,
            gained,
            wildcard: &bound.wildcard,
            with: None,
        }
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
        let wildcard = &bound.wildcard;
        Holder { world, actor, own, of_groups, by_itself: false, gained: None, wildcard, with: None }
    }

    /// This holder together with another one of the same principal.
    pub(super) fn together(self, other: Holder<'a>) -> Self {
        Holder { with: Some(Box::new(other)), ..self }
    }

    /// This holder, and the other ones of the same principal.
    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |holder| holder.with.as_deref())
    }

    /// Whether a rule that is bound to the identity itself covers the request in the whole cluster.
    pub(super) fn holds_itself(&self, request: Request) -> bool {
        let mut own = self.own.into_iter().flat_map(|rights| rights.of(request.key()));
        own.any(|grant| self.scope(grant).is_none())
    }

    /// The same holder without the rights of its groups.
    pub(super) fn without_groups(self) -> Self {
        Holder { by_itself: true, of_groups: Vec::new(), ..self }
    }

    /// Whether what is bound to somebody counts: to the holder itself or, where these count, to one of its groups.
    pub(super) fn is_bound_by(&self, subject: &Identity) -> bool {
        let identity = &self.actor.identity;
        let of_groups = || matches!(subject, Identity::Group(name) if groups(identity).contains(name));
        subject == identity || (!self.by_itself && of_groups())
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

    /// The same place by place.
    pub(super) fn places(&self) -> Places {
        let mut places = Places::default();
        for rights in self.rights().chain(self.gained.as_deref()) {
            for (binding, _, held) in rights.by_binding() {
                places.add(self.bound_in(binding), held);
            }
        }
        if let Some(grant) = self.everything() {
            places.add(self.scope(grant), &Held::ALL);
        }
        places
    }

    /// The roles whose rules they are, and where each holds; [`EVERYTHING`] is one.
    pub(super) fn roles(&self) -> impl Iterator<Item = (usize, Option<&Name>)> {
        let bound = self.rights().chain(self.gained.as_deref()).flat_map(Rights::by_binding);
        let bound = bound.map(|(binding, role, _)| (role, self.bound_in(binding)));
        bound.chain(self.everything().map(|grant| (EVERYTHING, self.scope(grant))))
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
        self.bound_in(grant.binding)
    }

    /// Where a binding of the input holds, or the one that an earlier step made.
    fn bound_in(&self, binding: usize) -> Option<&Name> {
        match &self.actor.bound {
            Some((_, scope)) if binding == usize::MAX => scope.as_ref(),
            _ => bound_in(self.world, binding),
        }
    }

    /// Whether what allows a request of this holder, or of the other one, holds in the whole cluster.
    pub(super) fn is_cluster_wide(&self, proof: &Proof) -> bool {
        match (proof.grant, &self.with) {
            (Some(grant), _) => granted_in(self.world, grant).is_none(),
            (None, Some(other)) if !self.actor.makes(proof) => other.is_cluster_wide(proof),
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

/// Whether somebody is a node, or the group of all of them.
pub(super) fn is_kubelet(identity: &Identity) -> bool {
    match identity {
        Identity::Node(_) => true,
        Identity::Group(name) => &**name == "system:nodes",
        Identity::User(_) | Identity::ServiceAccount { .. } => false,
    }
}
