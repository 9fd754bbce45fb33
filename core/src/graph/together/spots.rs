//! What comes in three parts: who holds which of them, on which object and in which namespace.

use super::super::act::Play;
use super::super::holder::{ANY_NAME, Holder, Object, is_about};
use super::super::node::NodeId;
use super::super::reach;
use super::super::requests::RequestSet;
use super::Ground;
use super::tree::{Held, Parts};
use crate::model::Name;
use crate::technique::{RequestPattern, Technique};
use std::collections::{BTreeMap, BTreeSet};

/// How many identities it takes at least; two are put together otherwise.
pub(super) const THREE: usize = 3;

/// A technique whose requests come in three groups.
#[derive(Debug)]
pub(super) struct Threefold<'f> {
    pub(super) technique: &'static Technique,
    /// The ways to meet it.
    pub(super) plays: Vec<&'f Play>,
    /// By the place of a group: those of the different ways.
    pub(super) parts: Vec<BTreeSet<&'f [RequestPattern]>>,
    /// The parts that may change what is there, which another namespace may not have.
    changing: Parts,
    /// The resource of the object that they are about, where they are about one.
    object: Option<&'static str>,
}

/// Where all requests are made: in a namespace or, for `None`, wherever; and on which object, where they are on one.
pub(super) type Spot = (Option<Name>, Option<Name>);

/// The techniques that it may take three to do.
pub(super) fn threefold<'f>(ground: &Ground<'f>) -> Vec<Threefold<'f>> {
    let mut all: BTreeMap<(&str, usize), Threefold<'f>> = BTreeMap::new();
    for play in ground.spread.iter().map(|spread| spread.play).filter(|(_, way)| way.requests.len() >= THREE)
    {
        let (technique, way) = play;
        let count = way.requests.len();
        let what = all.entry((technique.id, count)).or_insert_with(|| Threefold {
            technique,
            plays: Vec::new(),
            parts: vec![BTreeSet::new(); count],
            changing: 0,
            object: reach::one_object(technique.reach),
        });
        what.plays.push(play);
        what.parts.iter_mut().zip(&way.requests).for_each(|(part, group)| {
            part.insert(group.as_slice());
        });
    }
    for what in all.values_mut() {
        what.changing = bits(&what.parts, |part| part.iter().any(|group| reach::changes_object(group)));
    }
    all.into_values().collect()
}

/// Which parts everybody holds somewhere, if only for some names.
pub(super) fn held_anywhere(ground: &Ground<'_>, what: &Threefold<'_>) -> Held {
    let parts: Vec<Vec<RequestSet>> = what
        .parts
        .iter()
        .map(|part| part.iter().map(|group| RequestSet::of(group.iter().copied())).collect())
        .collect();
    let held = ground
        .shares
        .iter()
        .map(|(&id, share)| (id, bits(&parts, |part| part.iter().any(|group| share.all.holds_all(group)))));
    held.filter(|(_, held)| *held != 0).collect()
}

/// Everybody who holds a part, and the spots that somebody's rules speak of.
pub(super) struct Spots<'s, 'f> {
    pub(super) ground: &'s Ground<'f>,
    pub(super) what: &'s Threefold<'f>,
    holders: BTreeMap<NodeId, SpotHolder<'s>>,
    pub(super) all: BTreeSet<Spot>,
}

/// What somebody holds, spot by spot.
struct SpotHolder<'s> {
    holder: Holder<'s>,
    /// The spots that their rules speak of.
    listed: BTreeSet<Spot>,
    /// What they hold elsewhere.
    elsewhere: Parts,
}

impl<'s, 'f> Spots<'s, 'f> {
    pub(super) fn new(ground: &'s Ground<'f>, what: &'s Threefold<'f>) -> Self {
        let field = ground.field;
        let elsewhere = what.elsewhere();
        let holders = ground.shares.iter().filter_map(|(&id, share)| {
            let holder = Holder::new(field.world, field.grants, ground.actors.get(&id)?, &field.bound);
            let listed = match what.object {
                Some(resource) => what.names(&holder, resource).map(|name| (None, Some(name))).collect(),
                None => share.places.listed().map(|place| (place.cloned(), None)).collect(),
            };
            let elsewhere = what.held_by(ground, &holder, &elsewhere);
            Some((id, SpotHolder { holder, listed, elsewhere }))
        });
        let holders: BTreeMap<NodeId, SpotHolder<'_>> = holders.collect();
        let all =
            holders.values().flat_map(|holder| holder.listed.iter().cloned()).chain([elsewhere]).collect();
        Spots { ground, what, holders, all }
    }

    /// Which parts everybody holds in a spot.
    pub(super) fn held(&self, spot: &Spot) -> Held {
        let held = self.holders.iter().map(|(id, holder)| (*id, self.held_by(holder, spot)));
        held.filter(|(_, held)| *held != 0).collect()
    }

    /// Whether these hold all parts between them in some spot.
    pub(super) fn fits(&self, ends: &[NodeId]) -> bool {
        let holders: Vec<&SpotHolder<'_>> = ends.iter().filter_map(|end| self.holders.get(end)).collect();
        let together = |spot: &Spot| holders.iter().fold(0, |all, holder| all | self.held_by(holder, spot));
        let all = self.what.all();
        let mut listed = holders.iter().flat_map(|holder| &holder.listed);
        together(&self.what.elsewhere()) == all || listed.any(|spot| together(spot) == all)
    }

    fn held_by(&self, holder: &SpotHolder<'_>, spot: &Spot) -> Parts {
        let SpotHolder { holder, listed, elsewhere } = holder;
        // A spot that its rules do not speak of is like any other, but for what there is to change.
        let is_same = !listed.contains(spot) && elsewhere & self.what.changing == 0;
        if is_same { *elsewhere } else { self.what.held_by(self.ground, holder, spot) }
    }
}

impl Threefold<'_> {
    /// All parts.
    pub(super) fn all(&self) -> Parts {
        (1 << self.parts.len()) - 1
    }

    /// A spot that no rule speaks of.
    pub(super) fn elsewhere(&self) -> Spot {
        (None, self.object.map(|_| Name::from(ANY_NAME)))
    }

    /// The names of objects that somebody's rules are about.
    fn names(&self, holder: &Holder<'_>, resource: &str) -> impl Iterator<Item = Name> {
        let groups = self.parts.iter().flatten().filter(|group| is_about(group, resource));
        let names = groups.flat_map(|group| holder.names(group, Object { namespace: None, name: None }));
        names.collect::<BTreeSet<Name>>().into_iter()
    }

    /// Which parts somebody holds in a spot.
    fn held_by(&self, ground: &Ground<'_>, holder: &Holder<'_>, (namespace, name): &Spot) -> Parts {
        let object = Object { namespace: namespace.as_ref(), name: name.as_deref() };
        bits(&self.parts, |part| {
            let may = |group: &&[RequestPattern]| {
                holder.may(group, object)
                    && reach::finds_object(ground.field, holder, group, namespace.as_ref())
            };
            part.iter().any(may)
        })
    }
}

fn bits<T>(parts: &[T], is_held: impl Fn(&T) -> bool) -> Parts {
    parts.iter().enumerate().filter(|(_, part)| is_held(part)).map(|(place, _)| 1 << place).sum()
}
