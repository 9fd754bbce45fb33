//! The requests of the catalogue, and sets of them: what is asked is numbered once and then compared by bits.

use crate::model::hash;
use crate::technique::{Alternative, CATALOGUE, RequestPattern, Requirement, Scope};
use hashbrown::HashTable;
use std::collections::BTreeSet;
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

/// Their places, by what they are: it is asked all the time.
static PLACES: LazyLock<HashTable<u16>> = LazyLock::new(|| {
    let mut places = HashTable::new();
    for (place, request) in (0..u16::MAX).zip(NUMBERED.iter()) {
        let hash_at = |place: &u16| NUMBERED.get(usize::from(*place)).map_or(0, Request::hash);
        places.insert_unique(request.hash(), place, hash_at);
    }
    places
});

/// A request by its place in the catalogue; one that is not in the catalogue is held by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestKey(u16);

/// The requests of the catalogue that are covered, in order.
pub(super) fn keys(covered: impl Fn(Request) -> bool) -> Vec<RequestKey> {
    NUMBERED.iter().filter(|request| covered(**request)).map(Request::key).collect()
}

impl Request {
    /// Every verb on everything: what a rule of three `*` allows.
    pub(super) const EVERYTHING: Request = Request { verb: "*", group: "*", resource: "*" };

    pub(super) fn key(&self) -> RequestKey {
        let is_it = |place: &u16| NUMBERED.get(usize::from(*place)) == Some(self);
        RequestKey(PLACES.find(self.hash(), is_it).copied().unwrap_or(u16::MAX))
    }

    fn hash(&self) -> u64 {
        let parts = [self.verb, self.group, self.resource];
        parts.into_iter().fold(0, |sum: u64, part| sum.rotate_left(1) ^ hash(part.as_bytes()))
    }
}

impl From<RequestPattern> for Request {
    fn from(pattern: RequestPattern) -> Self {
        Request { verb: pattern.verb, group: pattern.group, resource: pattern.resource }
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

    /// All requests of a way.
    pub(super) fn of_way(way: &Alternative) -> Self {
        RequestSet::of(way.requests.iter().flatten().copied())
    }

    /// The requests that one identity has to hold each, of a way that may be spread over several.
    pub(super) fn of_groups(way: &Alternative) -> Vec<Self> {
        way.requests.iter().map(|group| RequestSet::of(group.iter().copied())).collect()
    }

    /// Adds a request; one that is not in the catalogue is left out.
    pub(super) fn add(&mut self, key: RequestKey) {
        if let Some(word) = self.0.get_mut(usize::from(key.0 / 64)) {
            *word |= 1 << (key.0 % 64);
        }
    }

    /// Adds what is in another set.
    pub(super) fn extend(&mut self, other: &RequestSet) {
        self.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
    }

    /// The same set without what is in another.
    pub(super) fn without(&self, other: &RequestSet) -> Self {
        let mut set = *self;
        set.0.iter_mut().zip(other.0).for_each(|(word, less)| *word &= !less);
        set
    }

    /// Whether all of these requests are in the set.
    pub(super) fn holds_all(&self, wanted: &RequestSet) -> bool {
        self.0.iter().zip(wanted.0).all(|(word, wanted)| word & wanted == wanted)
    }

    /// Whether none of these requests is in the set.
    pub(super) fn is_disjoint(&self, other: &RequestSet) -> bool {
        self.0.iter().zip(other.0).all(|(word, other)| word & other == 0)
    }

    /// Whether this request is in the set.
    pub(super) fn holds(&self, key: RequestKey) -> bool {
        self.0.get(usize::from(key.0 / 64)).is_some_and(|word| word >> (key.0 % 64) & 1 == 1)
    }

    /// The places of the requests in the catalogue, ascending.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(number, word)| {
            let rest = std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)));
            rest.take_while(|rest| *rest != 0).map(move |rest| number * 64 + rest.trailing_zeros() as usize)
        })
    }
}

/// Sets of requests by what they begin with: of the many that the catalogue has, somebody who holds little is compared
/// with few.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    sets: Vec<RequestSet>,
    /// By the place of a request: the sets that it is the first of.
    by_first: Vec<Vec<usize>>,
    /// The sets without any request.
    nothing: Vec<usize>,
}

impl Wanted {
    /// Lists sets; each is known by its place among them.
    pub(super) fn new(sets: Vec<RequestSet>) -> Self {
        let mut wanted = Wanted { by_first: vec![Vec::new(); WORDS * 64], ..Wanted::default() };
        for (place, set) in sets.iter().enumerate() {
            let first = set.places().next();
            let list = match first {
                Some(first) => wanted.by_first.get_mut(first),
                None => Some(&mut wanted.nothing),
            };
            list.into_iter().for_each(|list| list.push(place));
        }
        Wanted { sets, ..wanted }
    }

    /// The places of the sets of which everything is held, in no order.
    fn unordered(&self, held: &RequestSet) -> impl Iterator<Item = usize> {
        let begun = held.places().filter_map(|first| self.by_first.get(first)).flatten();
        let whole = |place: &&usize| self.sets.get(**place).is_some_and(|set| held.holds_all(set));
        self.nothing.iter().chain(begun.filter(whole)).copied()
    }

    /// The places of the sets of which everything is held, ascending.
    pub(super) fn within(&self, held: &RequestSet) -> Vec<usize> {
        let mut places: Vec<usize> = self.unordered(held).collect();
        places.sort_unstable();
        places
    }

    /// Whether everything is held of some set.
    pub(super) fn any_within(&self, held: &RequestSet) -> bool {
        self.unordered(held).next().is_some()
    }
}

/// The requests of the catalogue on what is in no namespace: no RoleBinding allows them.
pub(super) static ON_CLUSTER: LazyLock<RequestSet> = LazyLock::new(|| {
    let (on_cluster, others): (Vec<RequestPattern>, Vec<RequestPattern>) =
        catalogue_patterns().into_iter().partition(|pattern| pattern.scope == Scope::Cluster);
    RequestSet::of(on_cluster).without(&RequestSet::of(others))
});

/// Every request that some technique makes.
fn catalogue_requests() -> BTreeSet<Request> {
    catalogue_patterns().into_iter().map(Request::from).collect()
}

fn catalogue_patterns() -> BTreeSet<RequestPattern> {
    let mut patterns = BTreeSet::new();
    CATALOGUE.iter().for_each(|technique| collect(&technique.requires, &mut patterns));
    patterns
}

fn collect(requirement: &Requirement, patterns: &mut BTreeSet<RequestPattern>) {
    match requirement {
        Requirement::Request(pattern) => {
            patterns.insert(*pattern);
        }
        Requirement::AllOfOne(parts) | Requirement::All(parts) | Requirement::Any(parts) => {
            parts.iter().for_each(|part| collect(part, patterns));
        }
        Requirement::Fact(_) | Requirement::SameAs(_) | Requirement::Nothing => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, RequestSet, Wanted, catalogue_requests};

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
    #[test]
    fn what_is_held_as_a_whole_is_found_in_the_order_it_was_listed() {
        let all: Vec<Request> = catalogue_requests().into_iter().collect();
        let set = |places: &[usize]| {
            let mut set = RequestSet::default();
            places.iter().for_each(|place| set.add(all[*place].key()));
            set
        };
        let wanted = Wanted::new(vec![set(&[70, 3]), set(&[2]), set(&[]), set(&[3]), set(&[3, 5])]);
        let found = [&[][..], &[2], &[3], &[3, 70], &[2, 3, 4]].map(|held| wanted.within(&set(held)));
        assert_eq!(found, [vec![2], vec![1, 2], vec![2, 3], vec![0, 2, 3], vec![1, 2, 3]]);
        assert_eq!(wanted.within(&RequestSet::ALL), [0, 1, 2, 3, 4]);
        let no_more = Wanted::new(vec![set(&[70, 3])]);
        assert!(no_more.any_within(&set(&[3, 70])) && !no_more.any_within(&set(&[70])));
    }
}
