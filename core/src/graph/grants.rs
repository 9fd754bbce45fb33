//! Grants by identity: each role is matched against each request once, and its bindings give the subjects.

use super::World;
use crate::authorizer::{self, Identity, ResourceRequest};
use crate::model::{Name, PolicyRule};
use crate::technique::{CATALOGUE, RequestPattern, Requirement};
use std::collections::{BTreeMap, BTreeSet};

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

/// Stands for a request where many are looked up: a hash of its text, which differs for all requests of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestKey(u64);

impl Request {
    /// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), a byte that no name has between the parts.
    pub(super) fn key(&self) -> RequestKey {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let parts = [self.verb, self.group, self.resource];
        let whole = parts
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, part| part.as_bytes().iter().chain(b"\0").fold(hash, step));
        RequestKey(whole)
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

/// The rules of one identity by request, in the order of the bindings.
pub(super) type Rights = BTreeMap<RequestKey, Vec<Grant>>;

/// All grants of the requests that the catalogue asks for.
#[derive(Debug, Default)]
pub struct Grants {
    by_identity: BTreeMap<Identity, Rights>,
    /// The requests that a role's rules cover: (request, index of the rule).
    by_role: BTreeMap<usize, Vec<(Request, usize)>>,
}

impl Grants {
    /// Matches every bound role once against every request of the catalogue.
    pub fn new(world: &World<'_>) -> Self {
        let requests = catalogue_requests();
        let mut grants = Grants::default();
        for (index, binding) in world.snapshot.bindings.iter().enumerate() {
            for &role in world.roles.resolve(binding) {
                let covered = grants.by_role.entry(role).or_insert_with(|| covered(world, role, &requests));
                if covered.is_empty() {
                    continue;
                }
                for (subject, item) in binding.subjects.iter().enumerate() {
                    let Some(identity) = authorizer::identity_of(binding, item) else { continue };
                    let rights = grants.by_identity.entry(identity).or_default();
                    for &(request, rule) in covered.iter() {
                        let grant = Grant { binding: index, subject, role, rule };
                        rights.entry(request.key()).or_default().push(grant);
                    }
                }
            }
        }
        grants
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
        self.by_identity.iter().flat_map(move |(identity, rights)| {
            rights.get(&key).into_iter().flatten().map(move |grant| (identity, *grant))
        })
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

/// The requests that a role's rules cover, whether it is bound or not: (request, index of the rule).
pub(super) fn covered(world: &World<'_>, role: usize, requests: &BTreeSet<Request>) -> Vec<(Request, usize)> {
    let mut covered = Vec::new();
    for (index, effective) in world.roles.rules(role).iter().enumerate() {
        for request in requests {
            let asked =
                ResourceRequest { verb: request.verb, group: request.group, resource: request.resource };
            if authorizer::rule_covers(effective.rule, asked) {
                covered.push((*request, index));
            }
        }
    }
    covered
}

/// Every request that some technique makes.
pub(super) fn catalogue_requests() -> BTreeSet<Request> {
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
    use super::{RequestKey, catalogue_requests};
    use std::collections::BTreeSet;

    #[test]
    fn no_two_requests_of_the_catalogue_have_the_same_key() {
        let requests = catalogue_requests();
        let keys: BTreeSet<RequestKey> = requests.iter().map(super::Request::key).collect();
        assert_eq!(keys.len(), requests.len());
    }
}
