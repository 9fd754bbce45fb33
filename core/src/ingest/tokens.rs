//! JSON as kubectl and jq print it, pretty or compact → the tree of one object, without what no rule reads.
//!
//! What is left out is checked as well: what is taken here, the event reader takes too, and to the same tree. Whatever is
//! odd (a key given twice, a key with escapes, half of a surrogate pair, what is no JSON …) is [`NotCanonical`], and the
//! general parser decides.

mod scan;

use super::Limits;
use super::blocks::{Extent, Place};
use super::keys::{Keys, Opened};
use super::names::Names;
use super::node::{Entry, Key, Node, Pos, Value};
use super::schema::{Fields, ROOT};
use super::stack::Open;
use super::strict::{NotCanonical, Read, indentation, plain_object};
use crate::model::Name;
use scan::Quoted;

/// The mappings and sequences round an item of a List.
const AROUND: usize = 2;
/// What is nested deeper is left to the event reader, which needs no stack of ours for it.
const DEEPEST: usize = 128;
/// A shorter text is checked sooner than it is looked up.
const WORTH_KNOWING: usize = 32;

/// The object that is all of the text, whose first byte stands at `at`; with it, where the byte after it stands. One that
/// `inherits` its kind need not say it.
pub(super) fn object(
    text: &[u8],
    at: Pos,
    inherits: bool,
    limits: Limits,
    names: &Names,
) -> Read<(Node, Pos)> {
    let ascii = text.is_ascii();
    if !ascii {
        std::str::from_utf8(text).map_err(|_| NotCanonical)?;
    }
    let mut reader = Reader {
        rest: text,
        line: at.line,
        column: at.column,
        counted: text,
        ascii,
        keys: Keys::default(),
        open: names.open.take(),
        max_depth: limits.depth.min(DEEPEST),
        names,
    };
    let value = Value::Map(reader.map(&ROOT, AROUND)?);
    names.open.replace(std::mem::take(&mut reader.open));
    if !reader.rest.is_empty() {
        return Err(NotCanonical);
    }
    Ok((plain_object(Node { at, value }, inherits)?, reader.place(reader.rest)))
}

/// The tokens of one object while they are read.
struct Reader<'t> {
    rest: &'t [u8],
    line: u32,
    /// The column of the first byte of `counted`, which stands on the line.
    column: u32,
    counted: &'t [u8],
    /// Every character takes one column.
    ascii: bool,
    keys: Keys<'t>,
    open: Open,
    max_depth: usize,
    names: &'t Names,
}

impl<'t> Reader<'t> {
    /// Where something stands that is not before what was placed last.
    fn place(&mut self, rest: &'t [u8]) -> Pos {
        let length = self.counted.len().saturating_sub(rest.len());
        let columns = if self.ascii {
            length
        } else {
            let passed = self.counted.get(..length).unwrap_or_default();
            // The later bytes of a character, as UTF-8 has them, take no column.
            passed.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
        };
        self.counted = rest;
        self.column = self.column.saturating_add(u32::try_from(columns).unwrap_or(u32::MAX));
        Pos { line: self.line, column: self.column }
    }

    /// Passes over blanks and ends of lines.
    #[inline]
    fn blanks(&mut self) {
        if let Some(b' ' | b'\n' | b'\t' | b'\r') = self.rest.first() {
            self.pass_blanks();
        }
    }

    fn pass_blanks(&mut self) {
        loop {
            match self.rest {
                [b'\n', rest @ ..] => {
                    self.line = self.line.saturating_add(1);
                    (self.counted, self.column) = (rest, 1);
                    self.rest = rest.get(indentation(rest)..).unwrap_or_default();
                }
                [b' ' | b'\t' | b'\r', rest @ ..] => self.rest = rest,
                _ => return,
            }
        }
    }

    fn take(&mut self, byte: u8) -> Read<()> {
        self.rest = self.rest.strip_prefix(&[byte]).ok_or(NotCanonical)?;
        Ok(())
    }

    /// Goes to the next key or item; `false` where the mapping or sequence ends.
    fn goes_on(&mut self, first: &mut bool, close: u8) -> Read<bool> {
        self.blanks();
        if let Some(rest) = self.rest.strip_prefix(&[close]) {
            self.rest = rest;
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.take(b',')?;
            self.blanks();
        }
        Ok(true)
    }

    fn check_depth(&self, depth: usize) -> Read<()> {
        if depth < self.max_depth { Ok(()) } else { Err(NotCanonical) }
    }

    /// A mapping of which fields are read.
    fn map(&mut self, fields: &'static Fields, depth: usize) -> Read<Vec<Entry>> {
        self.check_depth(depth)?;
        self.take(b'{')?;
        let (mut keys, mut entries, mut first) = (self.keys.open(), self.open.entries.open(), true);
        while self.goes_on(&mut first, b'}')? {
            let key_at = self.place(self.rest);
            let (quoted, key) = self.key(&mut keys)?;
            let Some((name, inside)) = fields.inside(key) else {
                if is_of_version(key) {
                    return Err(NotCanonical);
                }
                self.skip(key, depth)?;
                continue;
            };
            let key = match name {
                Some(name) => Key::Field(name),
                None => Key::Text(self.share(&quoted.text()?)?),
            };
            let at = self.place(self.rest);
            let node = Node { at, value: self.value(inside, depth)? };
            self.open.entries.push(Entry { key, key_at, node }, &mut entries);
        }
        self.keys.close(keys);
        Ok(self.open.entries.close(entries))
    }

    /// A key and its colon; what follows is the value.
    fn key(&mut self, mapping: &mut Opened) -> Read<(Quoted<'t>, &'t [u8])> {
        let quoted = self.string()?;
        let key = quoted.key()?;
        self.keys.note(key, mapping)?;
        if let [b':', b' ', rest @ ..] = self.rest {
            self.rest = rest;
        } else {
            self.blanks();
            self.take(b':')?;
        }
        self.blanks();
        Ok((quoted, key))
    }

    fn string(&mut self) -> Read<Quoted<'t>> {
        self.take(b'"')?;
        let (quoted, rest) = scan::string(self.rest)?;
        self.rest = rest;
        Ok(quoted)
    }

    fn value(&mut self, fields: &'static Fields, depth: usize) -> Read<Value> {
        match self.rest.first() {
            Some(b'"') => {
                let quoted = self.string()?;
                Ok(Value::Text(if fields.keeps_text() {
                    self.names.keep(&quoted.text()?, fields.is_own()).ok_or(NotCanonical)?
                } else {
                    self.names.empty()
                }))
            }
            Some(b'{') => Ok(Value::Map(self.map(fields, depth + 1)?)),
            Some(b'[') => Ok(Value::List(self.list(fields, depth + 1)?)),
            _ => self.literal(),
        }
    }

    fn list(&mut self, fields: &'static Fields, depth: usize) -> Read<Vec<Node>> {
        self.check_depth(depth)?;
        self.take(b'[')?;
        let (mut items, mut first) = (self.open.items.open(), true);
        while self.goes_on(&mut first, b']')? {
            let at = self.place(self.rest);
            let fields = fields.of_item(self.open.items.is_empty(&items));
            let value = self.value(fields, depth)?;
            self.open.items.push(Node { at, value }, &mut items);
        }
        Ok(self.open.items.close(items))
    }

    /// A number or a word.
    fn literal(&mut self) -> Read<Value> {
        for (word, value) in
            [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if let Some(rest) = self.rest.strip_prefix(word.as_bytes()) {
                self.rest = rest;
                return Ok(value);
            }
        }
        let (number, rest) = self.rest.split_at_checked(scan::number(self.rest)?).ok_or(NotCanonical)?;
        self.rest = rest;
        Ok(Value::Number(self.share(number)?))
    }

    /// The name that is kept for a text.
    fn share(&self, text: &[u8]) -> Read<Name> {
        self.names.share_bytes(text).ok_or(NotCanonical)
    }

    /// Passes over the value of a key that no rule reads: it is checked, unless the same text was before.
    fn skip(&mut self, key: &[u8], depth: usize) -> Read<()> {
        let (text, line) = (self.rest, self.line);
        if !matches!(text, [b'{', b'\n' | b' ' | b'"', ..] | [b'[', b'\n' | b' ' | b'{' | b'"', ..]) {
            return self.skip_value(depth);
        }
        let place = Place { indent: 0, depth };
        let known = self.names.values.borrow().known(key, place, text);
        if let Some(known) = known {
            return self.pass(known);
        }
        self.skip_value(depth)?;
        let passed = text.get(..text.len().saturating_sub(self.rest.len())).unwrap_or_default();
        if passed.len() >= WORTH_KNOWING {
            let lines = self.line.saturating_sub(line);
            self.names.values.borrow_mut().remember(key, place, passed, lines);
        }
        Ok(())
    }

    /// Passes over text that is known.
    fn pass(&mut self, known: Extent) -> Read<()> {
        if known.lines > 0 {
            self.line = self.line.saturating_add(known.lines);
            self.column = 1;
            self.counted = self.rest.get(known.bytes.saturating_sub(known.tail)..).ok_or(NotCanonical)?;
        }
        self.rest = self.rest.get(known.bytes..).ok_or(NotCanonical)?;
        Ok(())
    }

    /// A value of which nothing is read.
    fn skip_value(&mut self, depth: usize) -> Read<()> {
        match self.rest.first() {
            Some(b'"') => self.string().map(drop),
            Some(b'{') => self.skip_map(depth + 1),
            Some(b'[') => self.skip_list(depth + 1),
            Some(b'-' | b'0'..=b'9') => {
                let length = scan::number(self.rest)?;
                self.rest = self.rest.get(length..).unwrap_or_default();
                Ok(())
            }
            _ => self.literal().map(drop),
        }
    }

    fn skip_map(&mut self, depth: usize) -> Read<()> {
        self.check_depth(depth)?;
        self.take(b'{')?;
        let (mut keys, mut first) = (self.keys.open(), true);
        while self.goes_on(&mut first, b'}')? {
            let (_, key) = self.key(&mut keys)?;
            self.skip(key, depth)?;
        }
        self.keys.close(keys);
        Ok(())
    }

    fn skip_list(&mut self, depth: usize) -> Read<()> {
        self.check_depth(depth)?;
        self.take(b'[')?;
        let mut first = true;
        while self.goes_on(&mut first, b']')? {
            self.skip_value(depth)?;
        }
        Ok(())
    }
}

/// What tells that something is the answer of `kubectl version`, which is no object; any of it is for the general parser.
fn is_of_version(key: &[u8]) -> bool {
    matches!(key, b"serverVersion" | b"Server Version" | b"gitVersion" | b"clientVersion" | b"Client Version")
}
