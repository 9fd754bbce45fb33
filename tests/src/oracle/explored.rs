//! A cluster → its places as they are asked for: the steps that leave each and what it amounts to, worked out once.

use super::cluster::Cluster;
use super::joint::{Joint, joint};
use super::place::Place;
use super::single::{Step, effects, steps};
use cilium_exec_check_core::technique::Effect;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What places come to, as far as it was asked for.
type Known<T> = RefCell<BTreeMap<Place, Rc<[T]>>>;

/// A cluster, with what was worked out of it so far.
pub(super) struct Explored<'a> {
    pub(super) cluster: Cluster<'a>,
    pub(super) joint: Vec<Joint>,
    steps: Known<Step>,
    effects: Known<Effect>,
}

impl<'a> Explored<'a> {
    /// Nothing yet but the joint techniques.
    pub(super) fn new(cluster: Cluster<'a>) -> Self {
        let joint = joint(&cluster);
        Explored { cluster, joint, steps: RefCell::default(), effects: RefCell::default() }
    }

    pub(super) fn steps(&self, place: &Place) -> Rc<[Step]> {
        once(&self.steps, place, || steps(&self.cluster, place))
    }

    pub(super) fn effects(&self, place: &Place) -> Rc<[Effect]> {
        once(&self.effects, place, || effects(&self.cluster, place))
    }
}

/// What is known of a place; worked out where nothing is.
fn once<T>(known: &Known<T>, place: &Place, work: impl FnOnce() -> Vec<T>) -> Rc<[T]> {
    if let Some(known) = known.borrow().get(place) {
        return known.clone();
    }
    let found: Rc<[T]> = work().into();
    known.borrow_mut().insert(place.clone(), found.clone());
    found
}
