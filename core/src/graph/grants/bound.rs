//! Everybody whom a binding names, each once and quickly found.

use super::super::requests::RequestSet;
use super::rights::Rights;
use crate::authorizer::Identity;
use crate::model::{Name, hash};
use hashbrown::HashTable;
use std::rc::Rc;

/// Identities with what they hold; sorted once all are there.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub(super) all: Vec<(Identity, Rights)>,
    /// Where each of them stands, by [`hash_of`].
    places: HashTable<usize>,
    /// What everybody holds who was not looked at yet.
    nothing: Rc<RequestSet>,
}

impl Bound {
    /// Where somebody stands, who is added where they are new.
    pub(super) fn enter(&mut self, identity: Identity) -> usize {
        self.place(parts(&identity)).unwrap_or_else(|| {
            let place = self.all.len();
            self.places.insert_unique(hash_of(parts(&identity)), place, hash_at(&self.all));
            self.all.push((identity, Rights::holding(&self.nothing)));
            place
        })
    }

    /// The rights of whoever stands at a place.
    pub(super) fn at(&mut self, place: usize) -> Option<&mut Rights> {
        self.all.get_mut(place).map(|(_, rights)| rights)
    }

    /// Where somebody stands, and their rights.
    pub(super) fn of(&self, identity: &Identity) -> Option<(usize, &Rights)> {
        self.get(parts(identity))
    }

    /// The same of an account.
    pub(super) fn of_account(&self, namespace: &Name, name: &Name) -> Option<(usize, &Rights)> {
        self.get((Kind::ServiceAccount, Some(namespace), name))
    }

    fn get(&self, wanted: Parts<'_>) -> Option<(usize, &Rights)> {
        let place = self.place(wanted)?;
        self.all.get(place).map(|(_, rights)| (place, rights))
    }

    fn place(&self, wanted: Parts<'_>) -> Option<usize> {
        let is_it = |place: &usize| self.all.get(*place).is_some_and(|(it, _)| parts(it) == wanted);
        self.places.find(hash_of(wanted), is_it).copied()
    }

    /// Sorts them.
    pub(super) fn sort(&mut self) {
        self.all.sort_unstable_by(|(a, _), (b, _)| match (parts(a), parts(b)) {
            // A namespace that both are in is one name for the most part, which is told without a look at its text.
            ((kind, Some(namespace), name), (other, Some(its), next))
                if (kind, namespace) == (other, its) =>
            {
                name.cmp(next)
            }
            _ => a.cmp(b),
        });
        self.places.clear();
        let hash = hash_at(&self.all);
        for place in 0..self.all.len() {
            self.places.insert_unique(hash(&place), place, &hash);
        }
    }
}

/// What somebody is, where they are, and how they are called.
type Parts<'i> = (Kind, Option<&'i Name>, &'i Name);

/// The kinds of identities, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Group,
    ServiceAccount,
    Node,
}

fn parts(identity: &Identity) -> Parts<'_> {
    match identity {
        Identity::User(name) => (Kind::User, None, name),
        Identity::Group(name) => (Kind::Group, None, name),
        Identity::ServiceAccount { namespace, name } => (Kind::ServiceAccount, Some(namespace), name),
        Identity::Node(name) => (Kind::Node, None, name),
    }
}

fn hash_of((kind, namespace, name): Parts<'_>) -> u64 {
    let of_namespace = namespace.map_or(kind as u64, |namespace| hash(namespace.as_bytes()));
    of_namespace.rotate_left(1) ^ hash(name.as_bytes())
}

/// What stands at a place, hashed.
fn hash_at(all: &[(Identity, Rights)]) -> impl Fn(&usize) -> u64 {
    |place| all.get(*place).map_or(0, |(identity, _)| hash_of(parts(identity)))
}
