//! Lines of YAML → documents, and kubectl's Lists item by item, so that no more than an item is in memory.

mod inner;

use super::Limits;
use super::batches::{Batches, By};
use super::build::{Builder, Item, KEY_IS_NO_TEXT, Rest};
use super::crew::{Done, Form, Part};
use super::document::Document;
use super::found::{Found, Taken};
use super::lines;
use super::names::Names;
use super::node::{Fault, Node, Pos, Value};
use super::reader::Again;
use super::text::{self, Lines};
use super::yaml::{Step, YamlReader};
use crate::diagnostic::Code;

/// One document of YAML while its lines come in.
#[derive(Debug)]
pub(super) struct Cutter {
    limits: Limits,
    /// Whether items may be cut out.
    split: bool,
    part: Stage,
    taken: Taken,
    batches: Batches,
    /// The document without the items that were cut out.
    rest: Vec<u8>,
    /// The number of each line of `rest`.
    rest_lines: Vec<u32>,
    document: Document,
    cut: bool,
    /// Nothing but directives, comments and blank lines so far.
    blank: bool,
    directives: bool,
    oversize: bool,
    last_line: u32,
}

#[derive(Debug)]
enum Stage {
    /// No `items:` line yet.
    Before,
    /// After the line `items:`.
    Key,
    /// Among the items, whose dashes stand after this many blanks.
    Items { indent: usize, item: Vec<u8>, line: u32 },
    /// After the items.
    After,
}

impl Cutter {
    pub(super) fn new(limits: Limits, split: bool) -> Self {
        Cutter {
            limits,
            split,
            part: Stage::Before,
            taken: Taken::default(),
            batches: Batches::new(limits, Form::Lines),
            rest: Vec::new(),
            rest_lines: Vec::new(),
            document: Document::default(),
            cut: false,
            blank: true,
            directives: false,
            oversize: false,
            last_line: 0,
        }
    }

    /// Whether a `---` line belongs to the document: it ends directives.
    pub(super) fn has_only_directives(&self) -> bool {
        self.directives && self.blank
    }

    /// Whether there is nothing but comments and blank lines.
    pub(super) fn is_blank(&self) -> bool {
        self.blank && !self.directives
    }

    /// Takes a line, its end included.
    pub(super) fn line(&mut self, line: &[u8], number: u32, by: &mut By<'_, '_>) -> Result<(), Again> {
        self.last_line = number;
        if line.len() > self.limits.item_bytes {
            return self.overlong(number);
        }
        let shape = Shape::of(line);
        if shape.content {
            if self.blank && line.first() == Some(&b'%') {
                self.directives = true;
            } else {
                self.blank = false;
            }
        }
        if !self.split || self.directives {
            self.keep(line, number);
            return Ok(());
        }
        match &mut self.part {
            Stage::Before if line.trim_ascii_end() == b"items:" => {
                self.part = Stage::Key;
                self.keep(line, number);
            }
            Stage::Before | Stage::After => self.keep(line, number),
            Stage::Key if shape.dash => {
                self.cut = true;
                self.part = Stage::Items { indent: shape.indent, item: line.to_vec(), line: number };
            }
            Stage::Key => {
                if shape.content {
                    self.part = Stage::After;
                }
                self.keep(line, number);
            }
            Stage::Items { indent, item, line: start } => {
                let indent = *indent;
                if shape.dash && shape.indent == indent {
                    let text = std::mem::replace(item, line.to_vec());
                    let start = std::mem::replace(start, number);
                    self.item(&text, start, by)?;
                } else if shape.content && shape.indent == 0 {
                    let (text, start) = (std::mem::take(item), *start);
                    self.part = Stage::After;
                    self.keep(line, number);
                    self.item(&text, start, by)?;
                } else if shape.content && shape.indent <= indent {
                    let at = Pos { line: number, column: 1 };
                    return Err(Again::Whole(Fault::new(
                        Code::Syntax,
                        at,
                        "the line stands outside of its list item",
                    )));
                } else {
                    item.extend_from_slice(line);
                    if item.len() > self.limits.item_bytes {
                        let at = Pos { line: *start, column: 1 };
                        return Err(Again::Whole(text::size_fault(self.limits, at)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes the lines at the beginning of `bytes` that can only belong to the open item: empty ones, and those that
    /// stand deeper than its dash. Tells how many bytes and lines they have; the first has this number.
    pub(super) fn inner_lines(&mut self, bytes: &[u8], number: u32) -> (usize, u32) {
        let Stage::Items { indent, item, .. } = &mut self.part else { return (0, 0) };
        let (taken, lines) = inner::lines(bytes, *indent);
        // Where the item becomes too long, line by line tells at which.
        if item.len() + taken > self.limits.item_bytes || lines == 0 {
            return (0, 0);
        }
        item.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        self.last_line = number.saturating_add(lines - 1);
        (taken, lines)
    }

    /// Takes a line that is too long to be kept.
    pub(super) fn overlong(&mut self, number: u32) -> Result<(), Again> {
        self.blank = false;
        if let Stage::Items { line, .. } = self.part {
            return Err(Again::Whole(text::size_fault(self.limits, Pos { line, column: 1 })));
        }
        self.rest_lines.push(number);
        self.oversize = true;
        self.rest = Vec::new();
        Ok(())
    }

    fn keep(&mut self, line: &[u8], number: u32) {
        if self.rest.len() + line.len() > self.limits.item_bytes {
            self.oversize = true;
            self.rest = Vec::new();
        }
        if !self.oversize {
            self.rest.extend_from_slice(line);
            self.rest_lines.push(number);
        }
    }

    fn item(&mut self, bytes: &[u8], line: u32, by: &mut By<'_, '_>) -> Result<(), Again> {
        if let Some(crew) = &mut by.crew {
            let done = self.batches.add(bytes, Pos { line, column: 1 }, &mut **crew);
            return done.map_or(Ok(()), |done| self.done(done, by.names));
        }
        if let Ok(node) = lines::item(bytes, line, self.limits, by.names) {
            self.taken = self.taken.and(Taken::of(bytes.len(), true));
            self.document.item(Item { node, faults: Vec::new() }, &(None, None), by.names);
            return Ok(());
        }
        self.parse(bytes, line, by.names)
    }

    /// Takes what a batch held.
    fn done(&mut self, mut done: Done, names: &Names) -> Result<(), Again> {
        for part in std::mem::take(&mut done.parts) {
            match part {
                Part::Read(count, found) => self.document.read(count, *found),
                Part::Left(place) => {
                    let (text, at) = done.left(place);
                    self.parse(text, at.line, names)?;
                }
            }
        }
        Ok(())
    }

    /// Waits for every batch.
    fn gather(&mut self, by: &mut By<'_, '_>) -> Result<(), Again> {
        let Some(crew) = &mut by.crew else { return Ok(()) };
        let at = Pos { line: self.last_line, column: 1 };
        while let Some(done) = self.batches.wait(at, &mut **crew)? {
            self.done(done, by.names)?;
        }
        Ok(())
    }

    /// Reads an item with the general parser.
    fn parse(&mut self, bytes: &[u8], line: u32, names: &Names) -> Result<(), Again> {
        self.taken = self.taken.and(Taken::of(bytes.len(), false));
        let lines = Lines::From(line);
        one_kind_of_line_end(bytes, line)?;
        let text = text::checked(bytes, lines).map_err(Again::Whole)?;
        let mut builder = Builder::for_slice(self.limits);
        let mut reader = YamlReader::new(text, lines, self.limits);
        let mut count = 0;
        loop {
            match reader.step(&mut builder).map_err(Again::Whole)? {
                Step::End => break,
                Step::Fed | Step::DocumentEnd => {}
            }
            if let Some(item) = builder.take_item() {
                if let Some(fault) = item.faults.iter().find(|fault| fault.message == KEY_IS_NO_TEXT) {
                    return Err(Again::Whole(fault.clone()));
                }
                count += 1;
                self.document.item(item, &(None, None), names);
            }
        }
        let at = Pos { line, column: 1 };
        if count != 1 || !builder.finish().faults.is_empty() {
            return Err(Again::Whole(Fault::new(Code::Syntax, at, "the list item is not one item")));
        }
        Ok(())
    }

    /// Ends the document. `why` is what kept an earlier reading from cutting it.
    pub(super) fn finish(mut self, why: Option<&Fault>, by: &mut By<'_, '_>) -> Result<Found, Again> {
        if let Stage::Items { item, line, .. } = std::mem::replace(&mut self.part, Stage::After) {
            self.item(&item, line, by)?;
        }
        self.gather(by)?;
        let names = by.names;
        let start = Pos { line: self.rest_lines.first().copied().unwrap_or(1), column: 1 };
        if self.oversize {
            let mut found = Found::default();
            // What kept this document from being cut is the better reason, where it is one.
            if let Some(why) = why.filter(|why| (start.line..=self.last_line).contains(&why.at.line)) {
                found.report(why);
            }
            found.refuse(&text::size_fault(self.limits, start), None);
            return Ok(found);
        }
        let lines = Lines::Each(&self.rest_lines);
        if self.cut {
            return self.finish_cut(names);
        }
        if self.split
            && !self.directives
            && let Ok(node) = lines::document(&self.rest, start.line, self.limits, names)
        {
            let mut found = Found { taken: Taken::of(self.rest.len(), true), ..Found::default() };
            found.take(&node, None, names);
            return Ok(found);
        }
        let text = match text::utf8(&self.rest, lines) {
            Ok(text) => text,
            Err(fault) => {
                let mut found = Found::default();
                found.refuse(&fault, None);
                return Ok(found);
            }
        };
        let taken = Taken::of(self.rest.len(), false);
        Ok(Found { taken, ..text::read_document(text, lines, self.limits, names) })
    }

    /// The rest of a List whose items were cut out: `items` must be left as a key without a value.
    fn finish_cut(self, names: &Names) -> Result<Found, Again> {
        let lines = Lines::Each(&self.rest_lines);
        one_kind_of_line_end(&self.rest, self.last_line)?;
        let text = text::checked(&self.rest, lines).map_err(Again::Whole)?;
        let mut builder = Builder::new(self.limits);
        let mut reader = YamlReader::new(text, lines, self.limits);
        while reader.step(&mut builder).map_err(Again::Whole)? != Step::End {}
        let rest: Rest = builder.finish();
        let whole = rest.root.as_ref().is_some_and(|root: &Node| {
            root.get_entry("items").is_some_and(|items| items.node.value == Value::Null)
        });
        if !whole {
            let at = rest.root.map_or(Pos { line: 1, column: 1 }, |root| root.at);
            return Err(Again::Whole(Fault::new(
                Code::Syntax,
                at,
                "the line `items:` is not the key of the document",
            )));
        }
        let found = self.document.finish(rest, None, names);
        Ok(Found { taken: found.taken.and(self.taken), ..found })
    }
}

/// YAML takes a carriage return alone for the end of a line; lists are cut, and their lines counted, by line feeds.
fn one_kind_of_line_end(bytes: &[u8], line: u32) -> Result<(), Again> {
    let alone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr_iter(b'\r', bytes).any(alone) {
        return Ok(());
    }
    let at = Pos { line, column: 1 };
    Err(Again::Whole(Fault::new(Code::Syntax, at, "a carriage return stands alone")))
}

/// What a line looks like from its start.
struct Shape {
    indent: usize,
    /// Neither blank nor a comment.
    content: bool,
    /// A `-` that begins an item.
    dash: bool,
}

impl Shape {
    fn of(line: &[u8]) -> Shape {
        let indent = line.iter().position(|byte| *byte != b' ').unwrap_or(line.len());
        let rest = line.get(indent..).unwrap_or_default();
        Shape {
            indent,
            content: !matches!(rest.trim_ascii_start().first(), None | Some(b'#')),
            dash: rest.first() == Some(&b'-') && matches!(rest.get(1), None | Some(b' ' | b'\n' | b'\r')),
        }
    }
}

/// Whether a line is `---` or `...`, what ends a document wherever it stands; and whether more than a comment follows.
pub(super) fn marker(line: &[u8]) -> Option<(u8, bool)> {
    let byte = *line.first()?;
    let rest = line.strip_prefix(b"---".as_slice()).or(line.strip_prefix(b"...".as_slice()))?;
    if !matches!(rest.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n')) {
        return None;
    }
    Some((byte, !matches!(rest.trim_ascii_start().first(), None | Some(b'#'))))
}
