//! Items of a List in batches, which others may read meanwhile: any number of them, with the same result.

use super::Limits;
use super::found::{Found, Taken};
use super::lines;
use super::names::Names;

/// Whoever reads batches for a [`super::SourceReader`], as a shell does with threads; core has none.
pub trait Crew {
    /// Takes a batch, and may give back one that is done: the oldest that was not given back yet.
    fn exchange(&mut self, batch: Batch) -> Option<Done>;

    /// Waits for the oldest batch that was not given back yet; `None` where there is none.
    fn wait(&mut self) -> Option<Done>;
}

/// Lends a crew for a while.
pub fn lend<'c>(crew: &'c mut Option<&mut dyn Crew>) -> Option<&'c mut dyn Crew> {
    match crew {
        Some(crew) => Some(&mut **crew),
        None => None,
    }
}

/// So much text makes a batch.
const BATCH: usize = 256 << 10;

/// Items that were cut out of a List, to be read by [`Worker::read`].
#[derive(Debug)]
pub struct Batch {
    limits: Limits,
    text: Vec<u8>,
    /// Where each item ends in the text, and the number of its first line.
    items: Vec<(usize, u32)>,
}

/// A batch that was read.
#[derive(Debug)]
pub struct Done {
    batch: Batch,
    pub(super) parts: Vec<Part>,
}

/// What became of some items, in their order.
#[derive(Debug)]
pub(super) enum Part {
    /// So many items by lines, and what they held.
    Read(u64, Box<Found>),
    /// An item that is left to the general parser, by its place in the batch.
    Left(usize),
}

/// Reads batches, one after the other. It keeps the names that it saw, so that equal ones share their text.
#[derive(Debug, Default)]
pub struct Worker {
    names: Names,
}

impl Batch {
    pub(super) fn new(limits: Limits) -> Self {
        Batch { limits, text: Vec::new(), items: Vec::new() }
    }

    /// Adds an item; whether the batch is full then.
    pub(super) fn add(&mut self, item: &[u8], line: u32) -> bool {
        self.text.extend_from_slice(item);
        self.items.push((self.text.len(), line));
        self.text.len() >= BATCH
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// An item's text, and the number of its first line.
    fn item(&self, place: usize) -> (&[u8], u32) {
        let end_of = |place: usize| self.items.get(place).map_or(0, |(end, _)| *end);
        let start = place.checked_sub(1).map_or(0, end_of);
        let line = self.items.get(place).map_or(0, |(_, line)| *line);
        (self.text.get(start..end_of(place)).unwrap_or_default(), line)
    }
}

impl Done {
    /// The text of an item that is left to the general parser, and the number of its first line.
    pub(super) fn left(&self, place: usize) -> (&[u8], u32) {
        self.batch.item(place)
    }
}

impl Worker {
    /// Reads every item that is written as kubectl writes it, and leaves the others.
    pub fn read(&mut self, batch: Batch) -> Done {
        let mut parts = Vec::new();
        let (mut count, mut found) = (0, Box::<Found>::default());
        for place in 0..batch.items.len() {
            let (text, line) = batch.item(place);
            match lines::item(text, line, batch.limits, &self.names) {
                Ok(node) => {
                    count += 1;
                    found.taken = found.taken.and(Taken::of(text.len(), true));
                    found.take(&node, None, &self.names);
                }
                Err(_) => {
                    parts.push(Part::Read(std::mem::take(&mut count), std::mem::take(&mut found)));
                    parts.push(Part::Left(place));
                }
            }
        }
        parts.push(Part::Read(count, found));
        Done { batch, parts }
    }
}
