//! Items of a List in batches, which others may read meanwhile: any number of them, with the same result.

use super::Limits;
use super::found::{Found, Inherited, Taken};
use super::names::Names;
use super::node::{Node, Pos};
use super::strict::Read;
use super::{lines, tokens};

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
    form: Form,
    text: Vec<u8>,
    /// Where each item ends in the text, and where it stands in the source.
    items: Vec<(usize, Pos)>,
}

/// What items are written in.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// Lines of YAML, the dash included.
    Lines,
    /// JSON; items that say no kind have the one of the List.
    Json(Option<Inherited>),
}

impl Form {
    /// Reads an item strictly.
    pub(super) fn read(&self, text: &[u8], at: Pos, limits: Limits, names: &Names) -> Read<Node> {
        match self {
            Form::Lines => lines::item(text, at.line, limits, names),
            Form::Json(inherited) => {
                tokens::object(text, at, inherited.is_some(), limits, names).map(|(node, _)| node)
            }
        }
    }

    fn inherited(&self) -> Option<&Inherited> {
        match self {
            Form::Lines => None,
            Form::Json(inherited) => inherited.as_ref(),
        }
    }
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
    pub(super) fn new(limits: Limits, form: Form) -> Self {
        Batch { limits, form, text: Vec::new(), items: Vec::new() }
    }

    /// Adds an item; whether the batch is full then.
    pub(super) fn add(&mut self, item: &[u8], at: Pos) -> bool {
        if self.text.is_empty() {
            // Most batches have room for their last item then, and are never moved.
            self.text.reserve(BATCH + BATCH / 8);
        }
        self.text.extend_from_slice(item);
        self.items.push((self.text.len(), at));
        self.text.len() >= BATCH
    }

    /// What was added; an empty batch of the same form stays.
    pub(super) fn take(&mut self) -> Batch {
        let empty = Batch::new(self.limits, self.form.clone());
        std::mem::replace(self, empty)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// An item's text, and where it stands.
    fn item(&self, place: usize) -> (&[u8], Pos) {
        let end_of = |place: usize| self.items.get(place).map_or(0, |(end, _)| *end);
        let start = place.checked_sub(1).map_or(0, end_of);
        let at = self.items.get(place).map_or(Pos::default(), |(_, at)| *at);
        (self.text.get(start..end_of(place)).unwrap_or_default(), at)
    }
}

impl Done {
    /// The text of an item that is left to the general parser, and where it stands.
    pub(super) fn left(&self, place: usize) -> (&[u8], Pos) {
        self.batch.item(place)
    }
}

impl Worker {
    /// Reads every item that is written as kubectl writes it, and leaves the others.
    pub fn read(&mut self, mut batch: Batch) -> Done {
        let mut parts = Vec::new();
        let (mut count, mut found) = (0, Box::<Found>::default());
        for place in 0..batch.items.len() {
            let (text, at) = batch.item(place);
            match batch.form.read(text, at, batch.limits, &self.names) {
                Ok(node) => {
                    count += 1;
                    found.taken = found.taken.and(Taken::of(text.len(), true));
                    found.take(&node, batch.form.inherited(), &self.names);
                }
                Err(_) => {
                    parts.push(Part::Read(std::mem::take(&mut count), std::mem::take(&mut found)));
                    parts.push(Part::Left(place));
                }
            }
        }
        if parts.is_empty() {
            // None of its text is asked for again.
            batch.text = Vec::new();
        }
        parts.push(Part::Read(count, found));
        Done { batch, parts }
    }
}
