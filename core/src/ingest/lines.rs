//! Lines of block YAML as kubectl prints it → the tree of one object, without what no rule reads.
//!
//! Every line is checked, those that are left out as well: what is taken here, the general parser takes too, and to the
//! same tree. Whatever is not canonical (comments, tabs, anchors, tags, flow collections that hold something, a key
//! given twice …) is [`NotCanonical`], and the general parser decides.

mod scalar;

use super::Limits;
use super::blocks::Place;
use super::keys::Keys;
use super::names::Names;
use super::node::{Entry, Key, Node, Pos, Value};
use super::schema::{Fields, ROOT};
use super::stack::Open;
use super::strict::{NotCanonical, Read, indentation, line_end, plain_object};
use crate::model::Name;
use scalar::Scalar;

/// The item that the text of a cut-out list item holds, its dash included; the first line has this number.
pub(super) fn item(text: &[u8], line: u32, limits: Limits, names: &Names) -> Read<Node> {
    let mut reader = Reader::new(text, line, limits, names)?;
    let Some(first) = reader.line else { return Err(NotCanonical) };
    let content = first.content.strip_prefix(b"- ").ok_or(NotCanonical)?;
    reader.line = Some(Line { indent: first.indent + 2, content, ..first });
    object(reader, first.indent + 2)
}

/// The object that a document holds, comments before it left aside; markers are not part of the text.
pub(super) fn document(text: &[u8], line: u32, limits: Limits, names: &Names) -> Read<Node> {
    let (mut text, mut line) = (text.trim_ascii_end(), line);
    while let Some(b'#' | b'\n') = text.first() {
        let end = memchr::memchr(b'\n', text).ok_or(NotCanonical)?;
        scalar::check_characters(text.get(..end).unwrap_or_default())?;
        text = text.get(end + 1..).unwrap_or_default();
        line = line.saturating_add(1);
    }
    object(Reader::new(text, line, limits, names)?, 0)
}

/// What the text holds must be one object of a kind that has no meaning of its own to the documents' reader.
fn object(mut reader: Reader<'_>, indent: usize) -> Read<Node> {
    let node = reader.mapping(indent, Some(&ROOT), 2)?;
    reader.names.open.replace(reader.open);
    if reader.line.is_none() { plain_object(node, false) } else { Err(NotCanonical) }
}

/// One line without its indentation and its end.
#[derive(Debug, Clone, Copy)]
struct Line<'t> {
    number: u32,
    indent: usize,
    content: &'t [u8],
}

/// The lines of one object while they are read.
struct Reader<'t> {
    /// What follows the line.
    rest: &'t [u8],
    /// The line; `None` after the last one.
    line: Option<Line<'t>>,
    /// How many lines were taken.
    number: u32,
    /// How much text there was left before the line was taken.
    left: usize,
    /// The keys of the mappings that are open.
    keys: Keys<'t>,
    /// What is kept of them and of the sequences that are open.
    open: Open,
    max_depth: usize,
    names: &'t Names,
}

impl<'t> Reader<'t> {
    fn new(text: &'t [u8], line: u32, limits: Limits, names: &'t Names) -> Read<Self> {
        scalar::check_characters(text)?;
        let max_depth = limits.depth.saturating_sub(4);
        let mut reader = Reader {
            rest: text,
            line: None,
            number: line,
            left: 0,
            keys: Keys::default(),
            open: names.open.take(),
            max_depth,
            names,
        };
        reader.next_line()?;
        Ok(reader)
    }

    /// Goes to the next line, which must not be blank.
    fn next_line(&mut self) -> Read<()> {
        self.line = self.raw_line();
        match self.line {
            Some(line) if line.content.is_empty() => Err(NotCanonical),
            _ => Ok(()),
        }
    }

    fn raw_line(&mut self) -> Option<Line<'t>> {
        self.left = self.rest.len();
        if self.rest.is_empty() {
            return None;
        }
        let end = line_end(self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.get(1..).unwrap_or_default();
        let number = self.number;
        self.number = number.saturating_add(1);
        let indent = indentation(line);
        Some(Line { number, indent, content: line.get(indent..).unwrap_or_default() })
    }

    /// The line, if it stands exactly so deep; one that stands deeper belongs to nothing.
    fn line_at(&self, indent: usize) -> Read<Option<Line<'t>>> {
        match self.line {
            Some(line) if line.indent > indent => Err(NotCanonical),
            Some(line) if line.indent == indent => Ok(Some(line)),
            _ => Ok(None),
        }
    }

    /// A mapping whose keys stand at `indent`; without `fields` it is checked and not kept.
    fn mapping(&mut self, indent: usize, fields: Option<&'static Fields>, depth: usize) -> Read<Node> {
        self.check_depth(depth)?;
        let number = self.line.map_or(0, |line| line.number);
        let at = pos(number, indent);
        let (mut keys, mut entries) = (self.keys.open(), self.open.entries.open());
        while let Some(line) = self.line_at(indent)? {
            let scalar::Key { text, rest } = scalar::key(line.content)?;
            self.keys.note(text, &mut keys)?;
            let read = fields.and_then(|fields| fields.inside(text));
            if read.is_none() && rest.is_empty() {
                self.skip(text, Place { indent, depth })?;
                continue;
            }
            let start = indent + line.content.len() - rest.len();
            let node = self.value(rest, start, indent, read.map(|(_, inside)| inside), depth)?;
            if let (Some((name, _)), Some(node)) = (read, node) {
                let key = match name {
                    Some(name) => Key::Field(name),
                    None => Key::Text(self.share(text)?),
                };
                self.open.entries.push(Entry { key, key_at: pos(line.number, indent), node }, &mut entries);
            }
        }
        self.keys.close(keys);
        Ok(Node { at, value: Value::Map(self.open.entries.close(entries)) })
    }

    /// Passes over what stands below a key that no rule reads: it is checked, unless the same text was before.
    fn skip(&mut self, key: &[u8], place: Place) -> Read<()> {
        let (rest, number) = (self.rest, self.number);
        let known = self.names.blocks.borrow().known(key, place, rest);
        if let Some(known) = known
            && let Some(after) = rest.get(known.bytes..)
            && ends(after, place.indent)
        {
            self.rest = after;
            self.number = number.saturating_add(known.lines);
            return self.next_line();
        }
        self.nested(place.indent, None, place.depth)?;
        let end = rest.len().saturating_sub(self.left);
        let text = rest.get(..end).unwrap_or_default();
        if text.last() == Some(&b'\n') {
            // The line that is open now belongs to it no more.
            let lines = self.number.saturating_sub(number).saturating_sub(u32::from(self.line.is_some()));
            self.names.blocks.borrow_mut().remember(key, place, text, lines);
        }
        Ok(())
    }

    /// The value after a key or a dash, which starts at column `start` (from 0); `indent` is that of the key or dash.
    fn value(
        &mut self,
        rest: &'t [u8],
        start: usize,
        indent: usize,
        fields: Option<&'static Fields>,
        depth: usize,
    ) -> Read<Option<Node>> {
        let number = self.line.map_or(0, |line| line.number);
        let wanted = fields.is_some_and(Fields::keeps_text);
        let at = pos(number, start);
        // `None` is a text that is looked at and not kept.
        let value = match scalar::read(rest, wanted)? {
            Scalar::None => return self.nested(indent, fields, depth),
            Scalar::Plain(text) => return self.plain(text, at, indent, fields),
            Scalar::Open(_) | Scalar::Block if wanted => return Err(NotCanonical),
            Scalar::Quoted(text) => Some(Value::Text(self.keep(&text, fields)?)),
            Scalar::EmptyMap => Some(Value::Map(Vec::new())),
            Scalar::EmptyList => Some(Value::List(Vec::new())),
            Scalar::Checked => None,
            Scalar::Open(quote) => {
                self.close_quote(quote, rest, indent)?;
                None
            }
            Scalar::Block => {
                self.block(indent)?;
                return Ok(fields.map(|_| self.unkept(at)));
            }
        };
        self.next_line()?;
        Ok(fields.map(|_| value.map_or_else(|| self.unkept(at), |value| Node { at, value })))
    }

    /// The name that is kept for a text.
    fn share(&self, text: &[u8]) -> Read<Name> {
        self.names.share_bytes(text).ok_or(NotCanonical)
    }

    /// The name for the text of a field.
    fn keep(&self, text: &[u8], fields: Option<&'static Fields>) -> Read<Name> {
        self.names.keep(text, fields.is_some_and(Fields::is_own)).ok_or(NotCanonical)
    }

    /// A text of which no more is wanted than that it is one.
    fn unkept(&self, at: Pos) -> Node {
        Node { at, value: Value::Text(self.names.empty()) }
    }

    /// What stands on the lines after a key: a mapping, a sequence, or nothing.
    fn nested(&mut self, indent: usize, fields: Option<&'static Fields>, depth: usize) -> Read<Option<Node>> {
        let number = self.line.map_or(0, |line| line.number);
        self.next_line()?;
        let node = match self.line {
            Some(line) if line.indent >= indent && is_item(line.content) => {
                let mut node = self.sequence(line.indent, fields, depth + 1)?;
                // The general parser takes a sequence that stands no deeper than its key to start with its first item.
                if line.indent == indent {
                    node.at = pos(line.number, indent + 2);
                }
                node
            }
            Some(line) if line.indent > indent => self.mapping(line.indent, fields, depth + 1)?,
            _ => Node { at: pos(number, indent), value: Value::Null },
        };
        Ok(fields.is_some().then_some(node))
    }

    /// A sequence whose dashes stand at `indent`; its items have the fields of the key it stands under.
    fn sequence(&mut self, indent: usize, fields: Option<&'static Fields>, depth: usize) -> Read<Node> {
        self.check_depth(depth)?;
        let at = pos(self.line.map_or(0, |line| line.number), indent);
        let mut items = self.open.items.open();
        while let Some(line) = self.line_at(indent)?.filter(|line| is_item(line.content)) {
            let content = line.content.get(2..).filter(|content| !content.is_empty()).ok_or(NotCanonical)?;
            let inner = Line { indent: indent + 2, content, ..line };
            let fields = fields.map(|fields| fields.of_item(self.open.items.is_empty(&items)));
            let node = if is_item(content) {
                self.line = Some(inner);
                Some(self.sequence(indent + 2, fields, depth + 1)?)
            } else if scalar::key(content).is_ok() {
                self.line = Some(inner);
                Some(self.mapping(indent + 2, fields, depth + 1)?)
            } else {
                self.value(content, indent + 2, indent, fields, depth)?
            };
            if let Some(node) = node.filter(|_| fields.is_some()) {
                self.open.items.push(node, &mut items);
            }
        }
        Ok(Node { at, value: Value::List(self.open.items.close(items)) })
    }

    /// A plain scalar; where it goes on on further lines it must be one that is not kept.
    fn plain(
        &mut self,
        text: &'t [u8],
        at: Pos,
        indent: usize,
        fields: Option<&'static Fields>,
    ) -> Read<Option<Node>> {
        self.next_line()?;
        let mut long = false;
        while let Some(line) = self.line.filter(|line| line.indent > indent) {
            if fields.is_some_and(Fields::keeps_text) {
                return Err(NotCanonical);
            }
            scalar::check_continuation(line.content)?;
            self.next_line()?;
            long = true;
        }
        if fields.is_none() {
            return Ok(None);
        }
        if long {
            return Ok(Some(self.unkept(at)));
        }
        let value = match text {
            b"~" | b"null" | b"Null" | b"NULL" => Value::Null,
            _ => Value::Plain(self.keep(text, fields)?),
        };
        Ok(Some(Node { at, value }))
    }

    /// The lines of a quoted scalar that does not end where it begins.
    fn close_quote(&mut self, quote: u8, first: &'t [u8], indent: usize) -> Read<()> {
        scalar::check_quoted_line(quote, first.get(1..).unwrap_or_default())?;
        while let Some(line) = self.raw_line() {
            if line.content.is_empty() {
                continue;
            }
            if line.indent <= indent {
                return Err(NotCanonical);
            }
            if scalar::check_quoted_line(quote, line.content)? {
                return Ok(());
            }
        }
        Err(NotCanonical)
    }

    /// The lines of a block scalar: as deep as the first of them, or blank.
    fn block(&mut self, indent: usize) -> Read<()> {
        let mut depth = None;
        loop {
            let Some(line) = self.raw_line() else {
                self.line = None;
                return Ok(());
            };
            if line.content.is_empty() {
                // Blanks before the first line could make it a block of another depth.
                if line.indent > 0 && depth.is_none_or(|depth| line.indent < depth) {
                    return Err(NotCanonical);
                }
                continue;
            }
            if line.indent <= indent {
                self.line = Some(line);
                return Ok(());
            }
            if line.indent < *depth.get_or_insert(line.indent) {
                return Err(NotCanonical);
            }
        }
    }

    fn check_depth(&self, depth: usize) -> Read<()> {
        if depth < self.max_depth { Ok(()) } else { Err(NotCanonical) }
    }
}

/// Whether what follows belongs to a value no more: a line that stands no deeper than the key, and is no item there.
fn ends(rest: &[u8], indent: usize) -> bool {
    let blanks = indentation(rest);
    match rest.get(blanks) {
        None => blanks == 0,
        Some(b'\n') => false,
        Some(b'-') => blanks < indent,
        Some(_) => blanks <= indent,
    }
}

fn pos(line: u32, indent: usize) -> Pos {
    Pos { line, column: u32::try_from(indent).unwrap_or(u32::MAX).saturating_add(1) }
}

/// Whether a line begins an item of a sequence.
fn is_item(content: &[u8]) -> bool {
    content.starts_with(b"- ") || content == b"-"
}
