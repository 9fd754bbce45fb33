//! A cluster → its places as they are asked for: the steps that leave each and what it amounts to, worked out once.

use super::cluster::Cluster;
use super::joint::{Joint, joint};
use super::place::Place;
use super::single::{Step, effects, steps};
use cilium_exec_check_core::technique::Effect;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A cluster, with what was worked out of it so far.
pub(super) struct Explored<'a> {
    pub(super) cluster: Cluster<'a>,
    pub(super) joint: Vec<Joint>,
    steps: RefCell<BTreeMap<Place, Rc<[Step]>>>,
    effects: RefCell<BTreeMap<Place, Rc<[Effect]>>>,
}

impl<'a> Explored<'a> {
    /// Nothing yet but the joint techniques.
    pub(super) fn new(cluster: Cluster<'a>) -> Self {
        let joint = joint(&cluster);
        Explored { cluster, joint, steps: RefCell::default(), effects: RefCell::default() }
    }

    pub(super) fn steps(&self, place: &Place) -> Rc<[Step]> {
        if let Some(known) = self.steps.borrow().get(place) {
            return known.clone();
        }
        let found: Rc<[Step]> = steps(&self.cluster, place).into();
        self.steps.borrow_mut().insert(place.clone(), found.clone());
        found
    }

    pub(super) fn effects(&self, place: &Place) -> Rc<[Effect]> {
        if let Some(known) = self.effects.borrow().get(place) {
            return known.clone();
        }
        let found: Rc<[Effect]> = effects(&self.cluster, place).into();
        self.effects.borrow_mut().insert(place.clone(), found.clone());
        found
    }
}
