//! Grants by identity: each role is matched against each request once, and its bindings give the subjects.

use super::World;
use crate::authorizer::{self, Identity, ResourceRequest};
use crate::model::{Name, PolicyRule};
use crate::technique::{CATALOGUE, RequestPattern, Requirement};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What is asked: verb, API group, resource with subresource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The verb.
    pub verb: &'static str,
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The resource, as `pods/exec`.
    pub resource: &'static str,
}

/// The requests of the catalogue, in order: each is known by its place among them.
static NUMBERED: LazyLock<Vec<Request>> = LazyLock::new(|| catalogue_requests().into_iter().collect());

/// A request by its place in the catalogue; one that is not in the catalogue is held by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestKey(u16);

impl Request {
    /// Every verb on everything: what a rule of three `*` allows.
    pub(super) const EVERYTHING: Request = Request { verb: "*", group: "*", resource: "*" };

    pub(super) fn key(&self) -> RequestKey {
        let place = NUMBERED.binary_search(self).ok().and_then(|place| u16::try_from(place).ok());
        RequestKey(place.unwrap_or(u16::MAX))
    }
}

impl From<RequestPattern> for Request {
    fn from(pattern: RequestPattern) -> Self {
        Request { verb: pattern.verb, group: pattern.group, resource: pattern.resource }
    }
}

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

/// The rules of one identity by request, those of one request in the order of the bindings.
#[derive(Debug, Default)]
pub(super) struct Rights {
    grants: Vec<(RequestKey, Grant)>,
    held: RequestSet,
}

impl Rights {
    pub(super) fn new(mut grants: Vec<(RequestKey, Grant)>) -> Self {
        grants.sort_by_key(|(key, _)| *key);
        let mut held = RequestSet::default();
        grants.iter().for_each(|(key, _)| held.add(*key));
        Rights { grants, held }
    }

    /// The rules that cover a request.
    pub(super) fn of(&self, key: RequestKey) -> impl Iterator<Item = Grant> + '_ {
        let start = self.grants.partition_point(|(known, _)| *known < key);
        let from = self.grants.get(start..).unwrap_or_default();
        from.iter().take_while(move |(known, _)| *known == key).map(|(_, grant)| *grant)
    }

    /// Every request that some rule covers.
    pub(super) fn held(&self) -> &RequestSet {
        &self.held
    }
}

/// A set of requests of the catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestSet([u64; WORDS]);

/// Enough for the catalogue, which a test compares with it.
const WORDS: usize = 8;

impl RequestSet {
    /// Every request there is.
    pub(super) const ALL: RequestSet = RequestSet([u64::MAX; WORDS]);

    /// The set of these requests.
    pub(super) fn of(patterns: impl IntoIterator<Item = RequestPattern>) -> Self {
        let mut set = RequestSet::default();
        patterns.into_iter().for_each(|pattern| set.add(Request::from(pattern).key()));
        set
    }

    fn add(&mut self, key: RequestKey) {
        if let Some(word) = self.0.get_mut(usize::from(key.0 / 64)) {
            *word |= 1 << (key.0 % 64);
        }
    }

    /// Adds what is in another set.
    pub(super) fn extend(&mut self, other: &RequestSet) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    /// Whether all of these requests are in the set.
    pub(super) fn holds_all(&self, wanted: &RequestSet) -> bool {
        self.0.iter().zip(wanted.0).all(|(word, wanted)| word & wanted == wanted)
    }

    /// Whether this request is in the set.
    pub(super) fn holds(&self, key: RequestKey) -> bool {
        self.0.get(usize::from(key.0 / 64)).is_some_and(|word| word >> (key.0 % 64) & 1 == 1)
    }
}

/// All grants of the requests that the catalogue asks for.
#[derive(Debug, Default)]
pub struct Grants {
    by_identity: BTreeMap<Identity, Rights>,
}

impl Grants {
    /// Matches every bound role once against every request of the catalogue.
    pub fn new(world: &World<'_>) -> Self {
        let mut matching = Matching::default();
        let mut by_role: BTreeMap<usize, Vec<(RequestKey, usize)>> = BTreeMap::new();
        let mut by_identity: BTreeMap<Identity, Vec<(RequestKey, Grant)>> = BTreeMap::new();
        for (index, binding) in world.snapshot.bindings.iter().enumerate() {
            for &role in world.roles.resolve(binding) {
                let covered = by_role.entry(role).or_insert_with(|| matching.covered(world, role));
                if covered.is_empty() {
                    continue;
                }
                for (subject, item) in binding.subjects.iter().enumerate() {
                    let Some(identity) = authorizer::identity_of(binding, item) else { continue };
                    let rights = by_identity.entry(identity).or_default();
                    let grant = |rule| Grant { binding: index, subject, role, rule };
                    rights.extend(covered.iter().map(|&(key, rule)| (key, grant(rule))));
                }
            }
        }
        let by_identity =
            by_identity.into_iter().map(|(identity, grants)| (identity, Rights::new(grants))).collect();
        Grants { by_identity }
    }

    /// Every identity that holds at least one of the requests, sorted.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.by_identity.keys()
    }

    /// The rules of an identity, those of its groups left aside.
    pub(super) fn own(&self, identity: &Identity) -> Option<&Rights> {
        self.by_identity.get(identity)
    }

    /// Every grant of a request, with the identity that holds it.
    pub fn of(&self, request: Request) -> impl Iterator<Item = (&Identity, Grant)> {
        let key = request.key();
        self.by_identity
            .iter()
            .flat_map(move |(identity, rights)| rights.of(key).map(move |grant| (identity, grant)))
    }
}

/// The rule of a grant.
pub fn granted_rule<'a>(world: &World<'a>, grant: Grant) -> Option<&'a PolicyRule> {
    world.roles.rules(grant.role).get(grant.rule).map(|effective| effective.rule)
}

/// Where a grant holds: `None` is the whole cluster.
pub fn granted_in<'a>(world: &World<'a>, grant: Grant) -> Option<&'a Name> {
    world.snapshot.bindings.get(grant.binding).and_then(|binding| binding.namespace.as_ref())
}

/// Which requests of the catalogue rules cover; rules that say the same are matched once.
#[derive(Debug, Default)]
pub(super) struct Matching<'a> {
    by_rule: BTreeMap<[&'a [Name]; 3], Vec<RequestKey>>,
}

impl<'a> Matching<'a> {
    /// The requests that a role's rules cover, whether it is bound or not: (request, index of the rule).
    pub(super) fn covered(&mut self, world: &World<'a>, role: usize) -> Vec<(RequestKey, usize)> {
        let mut covered = Vec::new();
        for (index, effective) in world.roles.rules(role).iter().enumerate() {
            covered.extend(self.of_rule(effective.rule).iter().map(|key| (*key, index)));
        }
        covered
    }

    fn of_rule(&mut self, rule: &'a PolicyRule) -> &[RequestKey] {
        self.by_rule.entry(authorizer::coverage(rule)).or_insert_with(|| {
            let covers = |request: &&Request| {
                let Request { verb, group, resource } = **request;
                authorizer::rule_covers(rule, ResourceRequest { verb, group, resource })
            };
            NUMBERED.iter().filter(covers).map(Request::key).collect()
        })
    }
}

/// Every request that some technique makes.
fn catalogue_requests() -> BTreeSet<Request> {
    let mut requests = BTreeSet::new();
    for technique in CATALOGUE {
        collect(&technique.requires, &mut requests);
    }
    requests
}

fn collect(requirement: &Requirement, requests: &mut BTreeSet<Request>) {
    match requirement {
        Requirement::Request(pattern) => {
            requests.insert(Request::from(*pattern));
        }
        Requirement::AllOfOne(parts) | Requirement::All(parts) | Requirement::Any(parts) => {
            parts.iter().for_each(|part| collect(part, requests));
        }
        Requirement::Fact(_) | Requirement::SameAs(_) | Requirement::Nothing => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, RequestSet, catalogue_requests};

    #[test]
    fn a_set_has_room_for_every_request_of_the_catalogue() {
        for request in catalogue_requests() {
            let mut set = RequestSet::default();
            assert!(!set.holds(request.key()));
            set.add(request.key());
            assert!(set.holds(request.key()), "{request:?}");
        }
        let unknown = Request { verb: "no", group: "no", resource: "no" };
        let mut all = RequestSet::default();
        catalogue_requests().iter().for_each(|request| all.add(request.key()));
        assert!(!all.holds(unknown.key()));
    }
}
