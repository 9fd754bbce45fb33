//! Bytes → objects: chunks of YAML or JSON are pushed in, a [`Snapshot`] comes out.

mod assemble;
mod batches;
mod blocks;
mod build;
mod convert;
mod copies;
mod crew;
mod cut;
mod document;
mod ends;
mod fields;
mod found;
mod json;
mod json_value;
mod keys;
mod kinds;
mod lines;
mod names;
mod node;
mod objects;
mod reader;
mod schema;
mod stack;
mod strict;
mod text;
mod tokens;
mod values;
mod yaml;

pub(crate) use fields::Fields;
pub(crate) use names::Names;
pub(crate) use node::{Entry, Fault, Key, Node, Pos, Value};
pub(crate) use values::{Written, values};

pub use crew::{Batch, Crew, Done, Worker, lend};
pub use found::Taken;

use crate::beside::{Beside, InTurn};
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::model::{CoverageState, Location, Snapshot};
use found::Found;
use reader::{Again, Mode, Reading};

#[cfg(test)]
mod tests;

/// What a reader may take; a limit that is reached refuses the source by the limit's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of mappings and sequences.
    pub depth: usize,
    /// Bytes of one document or one item of a List.
    pub item_bytes: usize,
    /// How many nodes aliases may expand to, in one document.
    pub alias_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 100, item_bytes: 64 << 20, alias_nodes: 1 << 20 }
    }
}

/// The source must be pushed again from its start, to the same reader: it holds something that only the whole
/// document tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart;

/// Reads one source.
#[derive(Debug)]
pub struct SourceReader {
    name: String,
    limits: Limits,
    reading: Box<Reading>,
}

/// What one source held; handed to [`assemble`].
#[derive(Debug)]
pub struct SourceObjects {
    name: String,
    bytes: u64,
    found: Found,
}

impl SourceReader {
    /// A reader for the source called `name` (as it was given).
    pub fn new(name: &str, limits: Limits) -> Self {
        SourceReader { name: name.to_owned(), limits, reading: Box::new(Reading::new(limits, Mode::Split)) }
    }

    /// Takes the next bytes. On `Err(Restart)` push the source again from its first byte.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Restart> {
        self.push_with(chunk, None)
    }

    /// The same, where a crew reads items of Lists meanwhile. It must be the same one up to [`Self::finish_with`].
    pub fn push_with(&mut self, chunk: &[u8], crew: Option<&mut dyn Crew>) -> Result<(), Restart> {
        match self.reading.push(chunk, crew) {
            Ok(()) => Ok(()),
            Err(again) => {
                self.restart(again);
                Err(Restart)
            }
        }
    }

    /// Ends the source. On `Err((reader, Restart))` push the source again from its first byte.
    pub fn finish(self) -> Result<SourceObjects, (SourceReader, Restart)> {
        self.finish_with(None)
    }

    /// The same, with the crew that was there before.
    pub fn finish_with(
        mut self,
        crew: Option<&mut dyn Crew>,
    ) -> Result<SourceObjects, (SourceReader, Restart)> {
        match self.reading.end(crew) {
            Ok(()) => {
                Ok(SourceObjects { name: self.name, bytes: self.reading.bytes, found: self.reading.found })
            }
            Err(again) => {
                self.restart(again);
                Err((self, Restart))
            }
        }
    }

    fn restart(&mut self, again: Again) {
        *self.reading = Reading::new(self.limits, again.mode());
    }
}

impl SourceObjects {
    /// Which reader took how much of it: for measurements; what was found does not depend on it.
    pub fn taken(&self) -> Taken {
        self.found.taken
    }

    /// A source that could not be opened, decompressed or read to its end.
    pub fn unreadable(name: &str, bytes: u64, message: String, help: Option<String>) -> Self {
        let mut found = Found::default();
        found.doubt(None, CoverageState::Partial, 0, &message);
        let at = Location::default();
        let code = Code::UnreadableSource;
        found.diagnostics.push(Diagnostic { code, level: Level::Error, message, help, at });
        SourceObjects { name: name.to_owned(), bytes, found }
    }
}

/// Reads a source that is in memory as a whole.
pub fn read_bytes(name: &str, bytes: &[u8], limits: Limits) -> SourceObjects {
    push_all(SourceReader::new(name, limits), bytes)
}

/// Reads the same without the strict readers, and so slowly, to the same result: for whoever compares them.
pub fn read_generally(name: &str, bytes: &[u8], limits: Limits) -> SourceObjects {
    let mut reader = SourceReader::new(name, limits);
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let again = match text.first() {
        Some(b'{' | b'[') => Again::ByEvents,
        _ => Again::Whole(Fault::new(Code::Syntax, Pos::default(), "it was asked for")),
    };
    reader.restart(again);
    push_all(reader, bytes)
}

fn push_all(mut reader: SourceReader, bytes: &[u8]) -> SourceObjects {
    loop {
        if reader.push(bytes).is_err() {
            continue;
        }
        match reader.finish() {
            Ok(objects) => return objects,
            Err((again, Restart)) => reader = again,
        }
    }
}

/// Merges the sources, in whatever order, into one snapshot.
pub fn assemble(sources: Vec<SourceObjects>) -> Snapshot {
    assemble_beside(sources, &InTurn)
}

/// The same with what a shell lends, which does not show in the result.
pub fn assemble_beside(sources: Vec<SourceObjects>, beside: &dyn Beside) -> Snapshot {
    assemble::assemble(sources, beside)
}
