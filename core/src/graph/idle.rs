//! Identities → those that nothing follows from, so that neither they nor their many pods have a place in the graph.

use super::act::{Field, found_by};
use super::grants::Rights;
use super::holder::Holder;
use super::node::Actor;
use super::places::Held;
use super::requests::{Request, RequestSet, Wanted};
use crate::authorizer::Identity;
use crate::technique::Reach;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Tells who leads nowhere; it is worked out once for each.
pub(super) struct Idle<'f, 'a> {
    field: &'f Field<'a>,
    /// Of those who hold a request, by where they stand among the grants.
    known: Vec<Option<bool>>,
    others: BTreeMap<Identity, bool>,
    /// What a set of requests alone tells; most identities share theirs with many others.
    open: BTreeMap<*const RequestSet, Open>,
}

/// What whoever holds a set of requests may take part in.
#[derive(Debug, Clone, Copy)]
enum Open {
    /// Something that two identities do together.
    Part,
    /// Some technique of the table.
    Play,
    /// Nothing.
    Nothing,
}

impl<'f, 'a> Idle<'f, 'a> {
    pub(super) fn new(field: &'f Field<'a>) -> Self {
        let known = vec![None; field.grants.bound().count()];
        Idle { field, known, others: BTreeMap::new(), open: BTreeMap::new() }
    }

    /// Whether somebody has no step to take, amounts to nothing, and has no part in what several identities do together.
    pub(super) fn is_idle(&mut self, identity: &Identity) -> bool {
        if let Some((place, rights)) = self.field.grants.holder(identity) {
            return self.is_idle_at(place, identity, rights);
        }
        if let Some(idle) = self.others.get(identity) {
            return *idle;
        }
        let open = open(self.field, &self.field.grants.held(identity));
        let idle = leads_nowhere(self.field, identity, open);
        self.others.insert(identity.clone(), idle);
        idle
    }

    fn is_idle_at(&mut self, place: usize, identity: &Identity, rights: &Rights) -> bool {
        if let Some(Some(idle)) = self.known.get(place) {
            return *idle;
        }
        let held = rights.whole();
        let open = *self.open.entry(Rc::as_ptr(held)).or_insert_with(|| open(self.field, held));
        let idle = leads_nowhere(self.field, identity, open);
        self.known.get_mut(place).into_iter().for_each(|known| *known = Some(idle));
        idle
    }

    /// Everybody else who holds a right that the table asks for.
    pub(super) fn leading(&mut self) -> BTreeSet<Identity> {
        let holders = self.field.grants.holders();
        let leading = holders.filter(|(place, identity, rights)| !self.is_idle_at(*place, identity, rights));
        leading.map(|(_, identity, _)| identity.clone()).collect()
    }
}

fn leads_nowhere(field: &Field<'_>, identity: &Identity, open: Open) -> bool {
    match open {
        Open::Part => false,
        _ if amounts_to_something(field, identity) => false,
        Open::Nothing => true,
        Open::Play => {
            let actor = Actor::new(identity.clone());
            !takes_step(field, &Holder::new(field.world, field.grants, &actor, &field.bound))
        }
    }
}

fn open(field: &Field<'_>, held: &RequestSet) -> Open {
    if field.takes_part(held) {
        Open::Part
    } else if field.opens_any(held) {
        Open::Play
    } else {
        Open::Nothing
    }
}

/// Whether something follows from who somebody is, whatever they hold.
fn amounts_to_something(field: &Field<'_>, identity: &Identity) -> bool {
    match identity {
        Identity::ServiceAccount { namespace, name } => {
            field.terrain.targets.of_account(namespace, name).is_some()
        }
        Identity::Group(name) => matches!(&**name, "system:masters" | "system:nodes"),
        Identity::Node(_) => true,
        Identity::User(_) => false,
    }
}

/// Whether some technique leads on for the holder. Those on pods are taken to: whether they do depends on the others.
fn takes_step(field: &Field<'_>, holder: &Holder<'_>) -> bool {
    field.open_to(holder).any(|play| {
        matches!(play.0.reach, Reach::RunsInPodsOfNode | Reach::LiftsPodSecurity)
            || !found_by(field, holder, play).is_empty()
    })
}

/// The groups of requests of each way that two may go together: every group is held by somebody who does not hold all of
/// them in the same place.
pub(super) fn parts(field: &Field<'_>) -> Wanted {
    let (held, binds) = rights(field);
    let mut parts = BTreeSet::new();
    for (_, way) in field.spread_plays() {
        let groups = RequestSet::of_groups(way);
        let in_part = |held: &&Held| !groups.iter().all(|group| held.every.holds_all(group));
        let by_somebody =
            |group: &RequestSet| held.iter().filter(in_part).any(|held| held.some.holds_all(group));
        // Whoever may bind roles may come to hold any part.
        if binds || groups.iter().all(by_somebody) {
            parts.extend(groups);
        }
    }
    Wanted::new(parts.into_iter().collect())
}

/// The different sets of rights that identities have in some place, and whether one of them may bind roles and gains by
/// that.
fn rights(field: &Field<'_>) -> (BTreeSet<Held>, bool) {
    let mut all = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut binds = false;
    for (_, identity, rights) in field.grants.holders() {
        let actor = Actor::new(identity.clone());
        let whole = Holder::new(field.world, field.grants, &actor, &field.bound);
        let places = whole.places();
        all.extend(places.listed().map(|place| places.at(place)));
        if !known.insert(**rights.whole()) && !rights.whole().holds(Request::EVERYTHING.key()) {
            continue;
        }
        let holder = if whole.scopes(Request::EVERYTHING).0 { whole.without_groups() } else { whole };
        binds |= !holder.scopes(Request::EVERYTHING).0
            && field.open_to(&holder).any(|(technique, _)| technique.reach == Reach::BindsRole);
    }
    (all, binds)
}
