//! One value of JSON while its bytes come in → what it holds: items of a List by the strict reader of tokens, everything
//! else event by event.

use super::Limits;
use super::batches::{Batches, By};
use super::build::{Builder, Item};
use super::crew::{Done, Form, Part};
use super::document::{Document, inherited};
use super::ends::Ends;
use super::found::{Found, Inherited, Taken};
use super::json::{JsonReader, Step, advance};
use super::names::Names;
use super::node::{Fault, Pos};
use super::reader::Again;
use super::strict::is_plain;
use super::{text, tokens};
use crate::model::Name;

/// A value that is being read.
#[derive(Debug)]
pub(super) struct JsonValue {
    limits: Limits,
    reader: JsonReader,
    builder: Builder,
    document: Document,
    taken: Taken,
    start: Pos,
    /// Bytes since the last item ended.
    pending: usize,
    items: Items,
    ends: Ends,
    batches: Option<Batches>,
    /// The document's kind and apiVersion, as far as they stood before the items in the batches.
    identity: (Option<Name>, Option<Name>),
}

/// How the next item is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Items {
    /// Event by event, as all of them.
    ByEvents,
    /// This one event by event: it is not one for the strict reader.
    ThisByEvents,
    /// Strictly, once its end is there.
    Strictly,
}

/// What a step did.
pub(super) enum Took {
    /// It took something.
    Some,
    /// More bytes are needed.
    Starved,
    /// The value ended.
    End,
    /// It can't be read on.
    Broken(Fault),
}

/// Blanks between items that are looked at; where there are more, the item is read event by event.
const MOST_BLANKS: usize = 4 << 10;

impl JsonValue {
    /// A value whose first byte stands at `at`; `strictly` lets items of Lists be read strictly.
    pub(super) fn new(limits: Limits, at: Pos, strictly: bool) -> Self {
        JsonValue {
            limits,
            reader: JsonReader::new(at),
            builder: Builder::new(limits),
            document: Document::default(),
            taken: Taken::default(),
            start: at,
            pending: 0,
            items: if strictly { Items::Strictly } else { Items::ByEvents },
            ends: Ends::new(),
            batches: None,
            identity: (None, None),
        }
    }

    /// Where the next byte stands.
    pub(super) fn at(&self) -> Pos {
        self.reader.at()
    }

    /// Takes from the beginning of `left`; tells how many bytes are done with.
    pub(super) fn step(
        &mut self,
        left: &[u8],
        ending: bool,
        by: &mut By<'_, '_>,
    ) -> Result<(usize, Took), Again> {
        if self.items == Items::Strictly && self.builder.awaits_item() {
            match self.cut(left, ending) {
                Cut::Starved => return Ok((0, Took::Starved)),
                Cut::Item { start, end } => {
                    if self.item(left, start, end, by)? {
                        return Ok((end, Took::Some));
                    }
                }
                Cut::None => {}
            }
            self.items = Items::ThisByEvents;
            self.ends.forget();
        }
        self.event(left, ending, by)
    }

    /// Looks for the next item.
    fn cut(&mut self, left: &[u8], ending: bool) -> Cut {
        let too_long = self.pending + left.len() > self.limits.item_bytes;
        let starved = if ending || too_long { Cut::None } else { Cut::Starved };
        let start = match start(left, self.reader.is_in_new_list()) {
            Start::At(start) => start,
            Start::Unknown => return starved,
            Start::None => return Cut::None,
        };
        let (before, text) = left.split_at_checked(start).unwrap_or((left, &[]));
        let Some(length) = self.ends.find(before, text) else { return starved };
        let end = start + length;
        if self.pending + end > self.limits.item_bytes { Cut::None } else { Cut::Item { start, end } }
    }

    /// Takes an item that was cut out; `false` where it is left to the events.
    fn item(&mut self, left: &[u8], start: usize, end: usize, by: &mut By<'_, '_>) -> Result<bool, Again> {
        let before = left.get(..start).unwrap_or_default();
        let text = left.get(start..end).unwrap_or_default();
        let at = advance(self.reader.at(), before);
        let inherited = self.inherited();
        if let Some(crew) = &mut by.crew {
            let new = || Batches::new(self.limits, Form::Json(inherited));
            self.identity = self.builder.identity();
            let batches = self.batches.get_or_insert_with(new);
            let done = batches.add(text, at, &mut **crew);
            self.reader.pass_item(advance(at, text));
            if let Some(done) = done {
                self.done(done, by.names)?;
            }
            return Ok(true);
        }
        let read = tokens::object(text, at, inherited.is_some(), self.limits, by.names);
        let Ok((node, after)) = read else {
            self.ends.doubt(text);
            return Ok(false);
        };
        self.reader.pass_item(after);
        self.taken = self.taken.and(Taken::of(text.len(), true));
        self.document.item(Item { node, faults: Vec::new() }, &self.builder.identity(), by.names);
        self.pending = if self.document.waiting() == 0 { 0 } else { self.pending + end };
        Ok(true)
    }

    /// What items that say no kind inherit, where that is a plain kind.
    fn inherited(&self) -> Option<Inherited> {
        inherited(&self.builder.identity()).filter(|inherited| is_plain(&inherited.kind))
    }

    /// Takes what a batch held.
    fn done(&mut self, mut done: Done, names: &Names) -> Result<(), Again> {
        for part in std::mem::take(&mut done.parts) {
            match part {
                Part::Read(count, found) => self.document.read(count, *found),
                Part::Left(place) => {
                    let (text, at) = done.left(place);
                    self.left(text, at, names)?;
                }
            }
        }
        Ok(())
    }

    /// Reads an item that was cut out event by event. Where it does not prove to be one item, or waits for what comes
    /// later, all must be read so.
    fn left(&mut self, text: &[u8], at: Pos, names: &Names) -> Result<(), Again> {
        let of_list = !self.builder.is_list();
        let mut builder = Builder::for_item(self.limits, of_list).map_err(|_| Again::ByEvents)?;
        let (mut reader, mut used) = (JsonReader::new(at), 0);
        loop {
            let rest = text.get(used..).unwrap_or_default();
            let (more, step) = reader.step(rest, true, &mut builder, names);
            used += more;
            match step {
                Ok(Step::Fed) => {}
                Ok(Step::End) if used == text.len() => break,
                _ => return Err(Again::ByEvents),
            }
        }
        let item = builder.take_item().ok_or(Again::ByEvents)?;
        self.taken = self.taken.and(Taken::of(text.len(), false));
        self.document.item(item, &self.identity, names);
        if self.document.waiting() > 0 { Err(Again::ByEvents) } else { Ok(()) }
    }

    /// Takes what every batch held.
    fn gather(&mut self, by: &mut By<'_, '_>) -> Result<(), Again> {
        loop {
            let (Some(batches), Some(crew)) = (&mut self.batches, &mut by.crew) else { return Ok(()) };
            let Some(done) = batches.wait(self.reader.at(), &mut **crew)? else { return Ok(()) };
            self.done(done, by.names)?;
        }
    }

    /// Takes what makes one event.
    fn event(&mut self, left: &[u8], ending: bool, by: &mut By<'_, '_>) -> Result<(usize, Took), Again> {
        let (used, step) = self.reader.step(left, ending, &mut self.builder, by.names);
        self.pending += used;
        if let Some(item) = self.builder.take_item() {
            self.gather(by)?;
            self.document.item(item, &self.builder.identity(), by.names);
            self.taken = self.taken.and(Taken::of(self.pending, false));
            if self.document.waiting() == 0 {
                self.pending = 0;
            }
            if self.items == Items::ThisByEvents {
                self.items = Items::Strictly;
            }
        }
        // What is left belongs to the item only while the parser waits for more of the same token.
        let starved = step.as_ref().is_ok_and(|step| *step == Step::Starved);
        let waiting = if starved { left.len().saturating_sub(used) } else { 0 };
        let too_long = self.pending + waiting > self.limits.item_bytes;
        Ok((
            used,
            match step {
                Ok(_) if too_long => Took::Broken(text::size_fault(self.limits, self.start)),
                Ok(Step::Fed) => Took::Some,
                Ok(Step::Starved) => Took::Starved,
                Ok(Step::End) => Took::End,
                Err(fault) => Took::Broken(fault),
            },
        ))
    }

    /// Ends the value; `broken` is why it could not be read to its end.
    pub(super) fn finish(mut self, broken: Option<Fault>, by: &mut By<'_, '_>) -> Result<Found, Again> {
        self.gather(by)?;
        let found = self.document.finish(self.builder.finish(), broken, by.names);
        Ok(Found { taken: found.taken.and(self.taken), ..found })
    }
}

/// What stands between two items of a list.
enum Cut {
    /// An item, from its bracket to behind its last one.
    Item { start: usize, end: usize },
    /// More bytes are needed.
    Starved,
    /// Something else, or an item that is too long.
    None,
}

enum Start {
    At(usize),
    Unknown,
    None,
}

/// Where the next item begins, if it is an object.
fn start(left: &[u8], first: bool) -> Start {
    let blanks = |from: usize| {
        let near = left.get(from..left.len().min(MOST_BLANKS)).unwrap_or_default();
        from + near.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r')).count()
    };
    let mut start = blanks(0);
    if !first && left.get(start) == Some(&b',') {
        start = blanks(start + 1);
    } else if !first && start < left.len() {
        return Start::None;
    }
    match left.get(start) {
        Some(b'{') => Start::At(start),
        None => Start::Unknown,
        Some(_) => Start::None,
    }
}
