//! Grants by identity: each role is matched against each request once, and its bindings give the subjects.

use super::World;
use super::holder::groups;
use super::places::Held;
use super::requests::{self, Request, RequestKey, RequestSet};
use crate::authorizer::{self, Identity, ResourceRequest};
use crate::model::{Name, PolicyRule};
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

/// Which requests the rules of a role cover.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Covered {
    /// Request, and index of a rule that covers it; sorted.
    rules: Vec<(RequestKey, usize)>,
    held: Held,
}

impl Covered {
    /// Adds a rule by its index, with the requests that it covers.
    fn add(&mut self, index: usize, rule: &PolicyRule, requests: &[RequestKey]) {
        let restricted = authorizer::name_restricted(rule);
        for &key in requests {
            self.rules.push((key, index));
            self.held.add(key, restricted);
        }
    }

    fn of(&self, key: RequestKey) -> impl Iterator<Item = usize> + '_ {
        let start = self.rules.partition_point(|(known, _)| *known < key);
        let from = self.rules.get(start..).unwrap_or_default();
        from.iter().take_while(move |(known, _)| *known == key).map(|(_, rule)| *rule)
    }
}

/// A role that covers some request, held through one subject of a binding; there are many of them.
#[derive(Debug)]
struct Holding {
    binding: u32,
    subject: u32,
    role: u32,
    covered: Rc<Covered>,
}

/// The roles of one identity, in the order of the bindings.
#[derive(Debug, Default)]
pub(super) struct Rights {
    holdings: Vec<Holding>,
    /// Every request that they cover, in one copy for all identities that hold the same.
    held: Rc<RequestSet>,
    /// With what its groups hold.
    whole: Rc<RequestSet>,
}

impl Rights {
    /// Those of a role that is bound in a way which the input does not show.
    pub(super) fn of_role(covered: Covered, role: usize) -> Self {
        let mut rights = Rights::default();
        rights.add(usize::MAX, 0, role, Rc::new(covered));
        rights.held = Rc::new(rights.covered());
        rights
    }

    fn add(&mut self, binding: usize, subject: usize, role: usize, covered: Rc<Covered>) {
        // Most hold one role or two.
        if self.holdings.capacity() == self.holdings.len() {
            self.holdings.reserve_exact(self.holdings.len().max(1));
        }
        let [binding, subject, role] = [binding, subject, role].map(narrow);
        self.holdings.push(Holding { binding, subject, role, covered });
    }

    fn covered(&self) -> RequestSet {
        let mut held = RequestSet::default();
        self.holdings.iter().for_each(|holding| held.extend(&holding.covered.held.some));
        held
    }

    /// The rules that cover a request.
    pub(super) fn of(&self, key: RequestKey) -> impl Iterator<Item = Grant> + '_ {
        let covering = self.holdings.iter().filter(move |holding| holding.covered.held.some.holds(key));
        covering.flat_map(move |&Holding { binding, subject, role, ref covered }| {
            let [binding, subject, role] = [binding, subject, role].map(widen);
            covered.of(key).map(move |rule| Grant { binding, subject, role, rule })
        })
    }

    /// Every request that some rule covers.
    pub(super) fn held(&self) -> &RequestSet {
        &self.held
    }

    /// What each binding gives, by its index and that of the role.
    pub(super) fn by_binding(&self) -> impl Iterator<Item = (usize, usize, &Held)> {
        let all = self.holdings.iter();
        all.map(|holding| (widen(holding.binding), widen(holding.role), &holding.covered.held))
    }
}

/// An index in half the room; one that is too large stands for none, as [`usize::MAX`] does.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn widen(index: u32) -> usize {
    if index == u32::MAX { usize::MAX } else { index as usize }
}

/// All grants of the requests that the catalogue asks for.
#[derive(Debug, Default)]
pub struct Grants {
    by_identity: BTreeMap<Identity, Rights>,
    /// The groups among them that somebody may be in by their name or kind.
    implied: BTreeSet<Name>,
    growing: BTreeSet<Identity>,
}

impl Grants {
    /// Matches every bound role once against every request of the catalogue; what binds a role that covers none of them
    /// is passed over.
    pub fn new(world: &World<'_>) -> Self {
        let mut matching = Matching::default();
        let mut by_role: Vec<Option<Option<Rc<Covered>>>> = vec![None; world.snapshot.roles.len()];
        let mut by_identity: BTreeMap<Identity, Rights> = BTreeMap::new();
        for (index, binding) in world.snapshot.bindings.iter().enumerate() {
            for &role in world.roles.resolve(binding) {
                let Some(known) = by_role.get_mut(role) else { continue };
                let Some(covered) = known.get_or_insert_with(|| matching.shared(world, role)) else {
                    continue;
                };
                for (subject, item) in binding.subjects.iter().enumerate() {
                    let Some(identity) = authorizer::identity_of(binding, item) else { continue };
                    let rights = by_identity.entry(identity).or_default();
                    rights.add(index, subject, role, Rc::clone(covered));
                }
            }
        }
        let implied = by_identity.keys().filter_map(|identity| match identity {
            Identity::Group(name) if name.starts_with(authorizer::IMPLIED_PREFIX) => Some(name.clone()),
            _ => None,
        });
        let mut grants = Grants { implied: implied.collect(), by_identity, growing: BTreeSet::new() };
        grants.sum_up();
        grants.growing = grants.find_growing(world);
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
        self.by_identity.values_mut().for_each(|rights| rights.held = shared(rights.covered()));
        let wholes = self.by_identity.iter().map(|(identity, rights)| {
            let mut whole = self.held_by_groups(identity);
            whole.extend(&rights.held);
            if whole == *rights.held { Rc::clone(&rights.held) } else { shared(whole) }
        });
        let wholes: Vec<Rc<RequestSet>> = wholes.collect();
        for (rights, whole) in self.by_identity.values_mut().zip(wholes) {
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
        match self.by_identity.get(identity) {
            Some(rights) => *rights.whole,
            None => self.held_by_groups(identity),
        }
    }

    /// The accounts of a namespace among them, and those that gain by what their groups may do.
    pub(super) fn accounts_in<'g>(&'g self, namespace: &'g Name) -> impl Iterator<Item = &'g Name> {
        let first = Identity::ServiceAccount { namespace: namespace.clone(), name: Name::from("") };
        let holding = self.by_identity.range(first.clone()..).map(|(identity, _)| identity);
        let growing = self.growing.range(first..);
        holding
            .map_while(|it| account_in(it, namespace))
            .chain(growing.map_while(|it| account_in(it, namespace)))
    }

    /// The users who hold rights or gain by what their groups may do.
    pub(super) fn users(&self) -> impl Iterator<Item = &Identity> {
        let all = self.by_identity.keys().chain(&self.growing);
        all.filter(|identity| matches!(identity, Identity::User(_)))
    }

    /// Every identity that holds at least one of the requests, sorted.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.by_identity.keys()
    }

    /// The same, with what each holds together with its groups.
    pub(super) fn holders(&self) -> impl Iterator<Item = (&Identity, &RequestSet)> {
        self.by_identity.iter().map(|(identity, rights)| (identity, &*rights.whole))
    }

    /// The rules of an identity, those of its groups left aside.
    pub(super) fn own(&self, identity: &Identity) -> Option<&Rights> {
        self.by_identity.get(identity)
    }

    /// The rules of a group that somebody is in by their name or kind; most clusters grant such groups little.
    pub(super) fn of_implied_group(&self, name: Name) -> Option<&Rights> {
        if self.implied.contains(&name) { self.own(&Identity::Group(name)) } else { None }
    }

    /// Whoever a binding names where a group of theirs may add rules to roles: they gain by that, whatever the role allows
    /// now.
    pub(super) fn growing(&self) -> &BTreeSet<Identity> {
        &self.growing
    }

    fn find_growing(&self, world: &World<'_>) -> BTreeSet<Identity> {
        let escalate = |resource| Request { verb: "escalate", group: "rbac.authorization.k8s.io", resource };
        let holders = ["clusterroles", "roles"].into_iter().flat_map(|resource| self.of(escalate(resource)));
        let growers: BTreeSet<&Identity> =
            holders.map(|(identity, _)| identity).filter(|item| matches!(item, Identity::Group(_))).collect();
        if growers.is_empty() {
            return BTreeSet::new();
        }
        let of_growers =
            |item: &Identity| groups(item).into_iter().any(|name| growers.contains(&Identity::Group(name)));
        let bindings = world.snapshot.bindings.iter();
        let subjects = bindings.flat_map(|binding| binding.subjects.iter().map(move |item| (binding, item)));
        let named = subjects.filter_map(|(binding, item)| authorizer::identity_of(binding, item));
        named.filter(of_growers).collect()
    }

    /// Every grant of a request, with the identity that holds it.
    pub fn of(&self, request: Request) -> impl Iterator<Item = (&Identity, Grant)> {
        let key = request.key();
        let holding = self.by_identity.iter().filter(move |(_, rights)| rights.held.holds(key));
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
    world: PhantomData<&'a ()>,
    known: BTreeSet<Rc<Covered>>,
}

impl<'a> Matching<'a> {
    /// The requests that a role's rules cover, whether it is bound or not.
    pub(super) fn covered(&mut self, world: &World<'a>, role: usize) -> Covered {
        let mut covered = Covered::default();
        for (index, effective) in world.roles.rules(role).iter().enumerate() {
            covered.add(index, effective.rule, self.of_rule(effective.rule));
        }
        covered.rules.sort_unstable();
        covered
    }

    /// The same where they cover any, one for all roles that are alike.
    fn shared(&mut self, world: &World<'a>, role: usize) -> Option<Rc<Covered>> {
        let covered = self.covered(world, role);
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
