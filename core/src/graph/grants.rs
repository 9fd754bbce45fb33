//! Grants by identity: each role is matched against each request once, and its bindings give the subjects.

mod bound;
mod rights;

pub(super) use rights::{Covered, Rights};

use super::World;
use super::holder::groups;
use super::requests::{self, Request, RequestKey, RequestSet};
use crate::authorizer::{self, Identity, ResourceRequest, RoleTable};
use crate::model::{Name, PolicyRule, Snapshot};
use bound::Bound;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::rc::Rc;

/// One rule that covers a request, through one binding, for one of its subjects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Index into [`crate::model::Snapshot::bindings`].
    pub binding: usize,
    /// Index into the binding's subjects.
    pub subject: usize,
    /// Index into [`crate::model::Snapshot::roles`].
    pub role: usize,
    /// Index into the role's effective rules.
    pub rule: usize,
}

/// All grants of the requests that the catalogue asks for.
#[derive(Debug, Default)]
pub struct Grants {
    /// Everybody whom a binding names, with what they hold of the requests.
    bound: Bound,
    /// The groups among those who hold a request that somebody may be in by their name or kind.
    implied: BTreeSet<Name>,
    growing: BTreeSet<Identity>,
}

impl Grants {
    /// Matches every bound role once against every request of the catalogue.
    pub fn new<'a>(snapshot: &'a Snapshot, roles: &RoleTable<'a>) -> Self {
        let mut matching = Matching::default();
        let mut by_role: Vec<Option<Option<Rc<Covered>>>> = vec![None; snapshot.roles.len()];
        let (mut bound, mut named) = (Bound::default(), Vec::new());
        for (index, binding) in snapshot.bindings.iter().enumerate() {
            let subjects = binding.subjects.iter().enumerate();
            let known = subjects.filter_map(|(subject, item)| {
                Some((subject, bound.enter(authorizer::identity_of(binding, item)?)))
            });
            named.clear();
            named.extend(known);
            for &role in roles.bound_by(index) {
                let Some(known) = by_role.get_mut(role) else { continue };
                let covered = known.get_or_insert_with(|| matching.shared(roles, role));
                let has_rules = !roles.rules(role).is_empty();
                for &(subject, place) in &named {
                    let Some(rights) = bound.at(place) else { continue };
                    rights.rules |= has_rules;
                    covered.iter().for_each(|covered| rights.add(index, subject, role, Rc::clone(covered)));
                }
            }
        }
        bound.sort();
        let mut grants = Grants { bound, ..Grants::default() };
        let implied = grants.identities().filter_map(|identity| match identity {
            Identity::Group(name) if name.starts_with(authorizer::IMPLIED_PREFIX) => Some(name.clone()),
            _ => None,
        });
        grants.implied = implied.collect();
        grants.sum_up();
        grants.growing = grants.find_growing();
        grants
    }

    /// Works out what each identity holds by itself and with its groups.
    fn sum_up(&mut self) {
        let mut known: BTreeSet<Rc<RequestSet>> = BTreeSet::new();
        let mut shared = |set: RequestSet| match known.get(&set) {
            Some(known) => Rc::clone(known),
            None => {
                let set = Rc::new(set);
                known.insert(Rc::clone(&set));
                set
            }
        };
        for (_, rights) in &mut self.bound.all {
            rights.held = shared(rights.covered());
            rights.whole = Rc::clone(&rights.held);
        }
        if self.implied.is_empty() {
            return;
        }
        let wholes = self.bound.all.iter().map(|(identity, rights)| {
            let mut whole = self.held_by_groups(identity);
            whole.extend(&rights.held);
            shared(whole)
        });
        let wholes: Vec<Rc<RequestSet>> = wholes.collect();
        for ((_, rights), whole) in self.bound.all.iter_mut().zip(wholes) {
            rights.whole = whole;
        }
    }

    fn held_by_groups(&self, identity: &Identity) -> RequestSet {
        let mut held = RequestSet::default();
        if !self.implied.is_empty() {
            groups(identity)
                .into_iter()
                .filter_map(|name| self.of_implied_group(name))
                .for_each(|rights| held.extend(&rights.held));
        }
        held
    }

    /// Every request that some rule of an identity or of its groups covers somewhere.
    pub(super) fn held(&self, identity: &Identity) -> RequestSet {
        match self.own(identity) {
            Some(rights) => *rights.whole,
            None => self.held_by_groups(identity),
        }
    }

    /// Everybody whom a binding names, whatever its roles allow, sorted.
    pub(super) fn bound(&self) -> impl Iterator<Item = &Identity> {
        self.bound.all.iter().map(|(identity, _)| identity)
    }

    /// Whether an account holds one of the requests by itself.
    pub(super) fn holds_account(&self, namespace: &Name, name: &Name) -> bool {
        self.bound.of_account(namespace, name).is_some_and(|(_, rights)| rights.holds_any())
    }

    /// Whether an account is one of them whom some binding gives at least one rule, whether it matters here or not.
    pub(super) fn has_rules(&self, namespace: &Name, name: &Name) -> bool {
        self.bound.of_account(namespace, name).is_some_and(|(_, rights)| rights.rules)
    }

    /// The accounts of a namespace that hold one of the requests, and those that gain by what their groups may do.
    pub(super) fn accounts_in<'g>(&'g self, namespace: &'g Name) -> impl Iterator<Item = &'g Name> {
        let first = Identity::ServiceAccount { namespace: namespace.clone(), name: Name::from("") };
        let start = self.bound.all.partition_point(|(identity, _)| *identity < first);
        let holding = self.bound.all.get(start..).unwrap_or_default().iter();
        let growing = self.growing.range(first..);
        holding
            .map_while(|(it, rights)| Some((account_in(it, namespace)?, rights)))
            .filter_map(|(name, rights)| rights.holds_any().then_some(name))
            .chain(growing.map_while(|it| account_in(it, namespace)))
    }

    /// The users who hold rights or gain by what their groups may do.
    pub(super) fn users(&self) -> impl Iterator<Item = &Identity> {
        let all = self.identities().chain(&self.growing);
        all.filter(|identity| matches!(identity, Identity::User(_)))
    }

    /// Every identity that holds at least one of the requests, sorted.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.holders().map(|(_, identity, _)| identity)
    }

    /// The same, with where each stands among all who are bound, and the rules of each, those of its groups left aside.
    pub(super) fn holders(&self) -> impl Iterator<Item = (usize, &Identity, &Rights)> {
        let all = self.bound.all.iter().enumerate().filter(|(_, (_, rights))| rights.holds_any());
        all.map(|(place, (identity, rights))| (place, identity, rights))
    }

    /// Where an identity stands among them, and its rules, those of its groups left aside.
    pub(super) fn holder(&self, identity: &Identity) -> Option<(usize, &Rights)> {
        self.bound.of(identity).filter(|(_, rights)| rights.holds_any())
    }

    /// The rules of an identity, those of its groups left aside.
    pub(super) fn own(&self, identity: &Identity) -> Option<&Rights> {
        self.holder(identity).map(|(_, rights)| rights)
    }

    /// The rules of a group that somebody is in by their name or kind; most clusters grant such groups little.
    pub(super) fn of_implied_group(&self, name: Name) -> Option<&Rights> {
        if self.implied.contains(&name) { self.own(&Identity::Group(name)) } else { None }
    }

    /// Whether somebody may hold more as a member of such a group.
    pub(super) fn any_implied(&self) -> bool {
        !self.implied.is_empty()
    }

    /// Whoever a binding names where a group of theirs may add rules to roles: they gain by that, whatever the role allows
    /// now.
    pub(super) fn growing(&self) -> &BTreeSet<Identity> {
        &self.growing
    }

    fn find_growing(&self) -> BTreeSet<Identity> {
        let escalate = |resource| Request { verb: "escalate", group: "rbac.authorization.k8s.io", resource };
        let holders = ["clusterroles", "roles"].into_iter().flat_map(|resource| self.of(escalate(resource)));
        let growers: BTreeSet<&Identity> =
            holders.map(|(identity, _)| identity).filter(|item| matches!(item, Identity::Group(_))).collect();
        if growers.is_empty() {
            return BTreeSet::new();
        }
        let of_growers =
            |item: &Identity| groups(item).into_iter().any(|name| growers.contains(&Identity::Group(name)));
        self.bound().filter(|identity| of_growers(identity)).cloned().collect()
    }

    /// Every grant of a request, with the identity that holds it.
    pub fn of(&self, request: Request) -> impl Iterator<Item = (&Identity, Grant)> {
        let key = request.key();
        let holding = self.bound.all.iter().filter(move |(_, rights)| rights.held.holds(key));
        holding.flat_map(move |(identity, rights)| rights.of(key).map(move |grant| (identity, grant)))
    }
}

/// The name of an account where it is one of this namespace.
fn account_in<'i>(identity: &'i Identity, namespace: &Name) -> Option<&'i Name> {
    match identity {
        Identity::ServiceAccount { namespace: its, name } => (its == namespace).then_some(name),
        _ => None,
    }
}

/// The rule of a grant.
pub fn granted_rule<'a>(world: &World<'a>, grant: Grant) -> Option<&'a PolicyRule> {
    world.roles.rules(grant.role).get(grant.rule).map(|effective| effective.rule)
}

/// Where a grant holds: `None` is the whole cluster.
pub fn granted_in<'a>(world: &World<'a>, grant: Grant) -> Option<&'a Name> {
    bound_in(world, grant.binding)
}

/// Where a binding holds.
pub(super) fn bound_in<'a>(world: &World<'a>, binding: usize) -> Option<&'a Name> {
    world.snapshot.bindings.get(binding).and_then(|binding| binding.namespace.as_ref())
}

/// Which requests of the catalogue rules cover; rules that say the same are matched once.
#[derive(Debug, Default)]
pub(super) struct Matching<'a> {
    /// By where the lists of a rule are: those of rules that say the same are one, for the most part.
    by_rule: BTreeMap<[(*const Name, usize); 3], Vec<RequestKey>>,
    roles: PhantomData<&'a ()>,
    known: BTreeSet<Rc<Covered>>,
}

impl<'a> Matching<'a> {
    /// The requests that a role's rules cover, whether it is bound or not.
    pub(super) fn covered(&mut self, roles: &RoleTable<'a>, role: usize) -> Covered {
        let mut covered = Covered::default();
        for (index, effective) in roles.rules(role).iter().enumerate() {
            covered.add(index, effective.rule, self.of_rule(effective.rule));
        }
        covered.rules.sort_unstable();
        covered
    }

    /// The same where they cover any, one for all roles that are alike.
    fn shared(&mut self, roles: &RoleTable<'a>, role: usize) -> Option<Rc<Covered>> {
        let covered = self.covered(roles, role);
        if covered.rules.is_empty() {
            return None;
        }
        if let Some(known) = self.known.get(&covered) {
            return Some(Rc::clone(known));
        }
        let covered = Rc::new(covered);
        self.known.insert(Rc::clone(&covered));
        Some(covered)
    }

    fn of_rule(&mut self, rule: &'a PolicyRule) -> &[RequestKey] {
        let lists = authorizer::coverage(rule).map(|list| (list.as_ptr(), list.len()));
        self.by_rule.entry(lists).or_insert_with(|| {
            requests::keys(|Request { verb, group, resource }| {
                authorizer::rule_covers(rule, ResourceRequest { verb, group, resource })
            })
        })
    }
}
