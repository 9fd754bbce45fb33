//! One file → its sources (itself, or an archive's members), pushed chunk by chunk and again where a reader asks.

use crate::visitor::Visitor;
use crate::{ReadSeek, archive, describe};
use cilium_exec_check_core::ingest::{Crew, Limits, Restart, SourceObjects, SourceReader, lend};
use std::collections::BTreeMap;
use std::io::{self, Read, SeekFrom};

/// Bytes of one push.
const CHUNK: usize = 64 << 10;
/// Members up to this size are kept while they are read, so that most restarts need no second pass: what people write by
/// hand is smaller, and exports, which are larger, are seldom sent back.
const KEPT: usize = 1 << 20;
/// A reader that asks more often than this is refused: each pass should be its last.
const PASSES: usize = 4;

/// A source that could not be read.
pub fn unreadable(name: &str, bytes: u64, error: &io::Error) -> SourceObjects {
    SourceObjects::unreadable(name, bytes, describe(error), None)
}

/// Reads a file with everything in it.
pub fn source(name: &str, file: &mut dyn ReadSeek, bytes: u64) -> Vec<SourceObjects> {
    source_with(name, file, bytes, None)
}

/// The same, where a crew reads items of Lists meanwhile.
pub fn source_with(
    name: &str,
    file: &mut dyn ReadSeek,
    bytes: u64,
    crew: Option<&mut dyn Crew>,
) -> Vec<SourceObjects> {
    let mut feeder = Feeder { pass: 0, waiting: BTreeMap::new(), done: Vec::new(), crew };
    for pass in 0..PASSES {
        feeder.pass = pass;
        let result =
            file.seek(SeekFrom::Start(0)).and_then(|_| archive::visit(name, file, bytes, &mut feeder));
        if let Err(error) = result {
            feeder.done.push(unreadable(name, bytes, &error));
            return feeder.done;
        }
        if feeder.waiting.is_empty() {
            return feeder.done;
        }
    }
    let stuck = io::Error::other("limit `restarts` reached");
    feeder.done.push(unreadable(name, bytes, &stuck));
    feeder.done
}

/// Reads the members of a file as they come, in each pass over it.
struct Feeder<'c> {
    pass: usize,
    waiting: BTreeMap<usize, SourceReader>,
    done: Vec<SourceObjects>,
    crew: Option<&'c mut dyn Crew>,
}

enum Fed {
    Done(Box<SourceObjects>),
    Again(SourceReader),
}

impl Visitor for Feeder<'_> {
    fn wants(&self, index: usize) -> bool {
        self.pass == 0 || self.waiting.contains_key(&index)
    }

    fn member(&mut self, index: usize, name: &str, stream: &mut dyn Read) {
        let reader = match self.waiting.remove(&index) {
            Some(reader) => reader,
            None => SourceReader::new(name, Limits::default()),
        };
        match feed(reader, stream, &mut self.crew) {
            Ok(Fed::Done(objects)) => self.done.push(*objects),
            Ok(Fed::Again(reader)) => {
                self.waiting.insert(index, reader);
            }
            Err((bytes, error)) => self.done.push(unreadable(name, bytes, &error)),
        }
    }

    fn refuse(&mut self, name: &str, message: &str) {
        if self.pass == 0 {
            self.done.push(SourceObjects::unreadable(name, 0, message.to_owned(), None));
        }
    }
}

/// Pushes a stream. Restarts are served from what was kept, as long as everything was.
fn feed(
    mut reader: SourceReader,
    stream: &mut dyn Read,
    crew: &mut Option<&mut dyn Crew>,
) -> Result<Fed, (u64, io::Error)> {
    let mut buffer = vec![0; CHUNK];
    let mut kept = Some(Vec::new());
    let mut total = 0;
    loop {
        let chunk = match stream.read(&mut buffer) {
            Ok(length) => buffer.get(..length).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err((total, error)),
        };
        if chunk.is_empty() {
            return Ok(end(reader, kept.as_deref(), crew));
        }
        total += chunk.len() as u64;
        kept = kept.filter(|kept| kept.len() + chunk.len() <= KEPT);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(chunk);
        }
        if reader.push_with(chunk, lend(crew)).is_err() {
            match &kept {
                Some(kept) if push_all(&mut reader, kept, crew).is_ok() => {}
                _ => return Ok(Fed::Again(reader)),
            }
        }
    }
}

fn end(reader: SourceReader, kept: Option<&[u8]>, crew: &mut Option<&mut dyn Crew>) -> Fed {
    let mut reader = match reader.finish_with(lend(crew)) {
        Ok(objects) => return Fed::Done(Box::new(objects)),
        Err((reader, Restart)) => reader,
    };
    match kept {
        Some(kept) if push_all(&mut reader, kept, crew).is_ok() => match reader.finish_with(lend(crew)) {
            Ok(objects) => Fed::Done(Box::new(objects)),
            Err((reader, Restart)) => Fed::Again(reader),
        },
        _ => Fed::Again(reader),
    }
}

fn push_all(
    reader: &mut SourceReader,
    bytes: &[u8],
    crew: &mut Option<&mut dyn Crew>,
) -> Result<(), Restart> {
    bytes.chunks(CHUNK).try_for_each(|chunk| reader.push_with(chunk, lend(crew)))
}
