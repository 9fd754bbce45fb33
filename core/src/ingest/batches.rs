//! The items of one List in their order → a crew, and back from it in the same order.

use super::Limits;
use super::crew::{Batch, Crew, Done, Form};
use super::names::Names;
use super::node::{Fault, Pos};
use super::reader::Again;
use crate::diagnostic::Code;

/// Whoever reads items.
pub(super) struct By<'n, 'c> {
    pub(super) names: &'n Names,
    /// Others who read them in batches.
    pub(super) crew: Option<&'c mut dyn Crew>,
}

/// The batches of one List.
#[derive(Debug)]
pub(super) struct Batches {
    /// Items that are to be handed out together.
    next: Batch,
    /// How many batches are with others.
    handed_out: usize,
}

impl Batches {
    pub(super) fn new(limits: Limits, form: Form) -> Self {
        Batches { next: Batch::new(limits, form), handed_out: 0 }
    }

    /// Adds an item, and hands out what is full; a batch that is done may come back.
    pub(super) fn add(&mut self, item: &[u8], at: Pos, crew: &mut dyn Crew) -> Option<Done> {
        if self.next.add(item, at) { self.hand_out(crew) } else { None }
    }

    /// Waits for the oldest batch that is not back yet; `None` when all are. What a crew does not give back must be read
    /// again: its place in the text is about here.
    pub(super) fn wait(&mut self, at: Pos, crew: &mut dyn Crew) -> Result<Option<Done>, Again> {
        if !self.next.is_empty()
            && let Some(done) = self.hand_out(crew)
        {
            return Ok(Some(done));
        }
        if self.handed_out == 0 {
            return Ok(None);
        }
        let lost = || Again::Whole(Fault::new(Code::UnreadableSource, at, "the reading was broken off"));
        let done = crew.wait().ok_or_else(lost)?;
        self.handed_out -= 1;
        Ok(Some(done))
    }

    fn hand_out(&mut self, crew: &mut dyn Crew) -> Option<Done> {
        if self.handed_out == 0 {
            // What is with others now is of a reading that was broken off: of a damaged archive, or one that began again.
            while crew.wait().is_some() {}
        }
        self.handed_out += 1;
        let done = crew.exchange(self.next.take())?;
        self.handed_out = self.handed_out.saturating_sub(1);
        Some(done)
    }
}
