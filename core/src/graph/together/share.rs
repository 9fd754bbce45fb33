//! Who holds which part of a technique whose requests may be spread over several identities, and where.

use super::super::act::{Field, Play};
use super::super::holder::Holder;
use super::super::node::NodeId;
use super::super::places::{Held, Places};
use super::super::requests::{RequestSet, Wanted};
use super::Actors;
use crate::model::Name;
use std::collections::BTreeMap;

/// One play whose requests may be spread: the sets of requests that one identity each has to hold.
#[derive(Debug)]
pub(super) struct Spread<'f> {
    /// The technique in one of its ways.
    pub(super) play: &'f Play,
    groups: Vec<RequestSet>,
}

/// What an identity holds of such plays.
#[derive(Debug)]
pub(super) struct Share {
    /// Everything, wherever.
    pub(super) all: RequestSet,
    pub(super) places: Places,
}

/// The plays whose parts are all held by somebody, and who holds some part of any.
pub(super) fn shares<'f>(
    field: &'f Field<'_>,
    actors: &Actors,
) -> (Vec<Spread<'f>>, BTreeMap<NodeId, Share>) {
    let spread = field.spread_plays().map(|play| Spread { play, groups: RequestSet::of_groups(&play.1) });
    let mut spread: Vec<Spread<'f>> = spread.collect();
    let mut groups: Vec<RequestSet> = spread.iter().flat_map(|play| play.groups.iter().copied()).collect();
    groups.sort_unstable();
    groups.dedup();
    let wanted = Wanted::new(groups);
    let holding = actors.iter().filter_map(|(&id, actor)| {
        let all = field.held(actor);
        let places = || Holder::new(field.world, field.grants, actor, &field.bound).places();
        wanted.any_within(&all).then(|| (id, Share { all, places: places() }))
    });
    let shares: BTreeMap<NodeId, Share> = holding.collect();
    let held = |group: &RequestSet| shares.values().any(|share| share.all.holds_all(group));
    spread.retain(|play| play.groups.iter().all(held));
    (spread, shares)
}

impl Spread<'_> {
    /// The technique's id.
    pub(super) fn id(&self) -> &'static str {
        self.play.0.id
    }

    /// Whether somebody holds some of it, and somewhere not all.
    pub(super) fn is_part(&self, share: &Share) -> bool {
        let some = self.groups.iter().any(|group| share.all.holds_all(group));
        some && share.places.listed().any(|place| self.is_part_of(&share.places.at(place)))
    }

    /// Whether whoever holds this holds some of it, but not all.
    pub(super) fn is_part_of(&self, held: &Held) -> bool {
        self.groups.iter().any(|group| held.some.holds_all(group)) && !self.is_whole(held)
    }

    /// Whether two who hold this in one place hold all of it there.
    pub(super) fn is_completed_by(&self, one: &Held, two: &Held) -> bool {
        let held = |group: &RequestSet| one.some.holds_all(group) || two.some.holds_all(group);
        !self.is_whole(one) && !self.is_whole(two) && self.groups.iter().all(held)
    }

    /// Whether two hold all of it in one place, where neither does alone.
    pub(super) fn is_completed(&self, one: &Share, two: &Share) -> bool {
        let either = |group: &RequestSet| one.all.holds_all(group) || two.all.holds_all(group);
        let together =
            |place: Option<&Name>| self.is_completed_by(&one.places.at(place), &two.places.at(place));
        self.groups.iter().all(either) && one.places.listed().chain(two.places.listed()).any(together)
    }

    /// Whether whoever holds this needs nobody else.
    fn is_whole(&self, held: &Held) -> bool {
        self.groups.iter().all(|group| held.every.holds_all(group))
    }
}
