//! Chunks of JSON → events for the builder, with the place of each value.

use super::build::Builder;
use super::names::Names;
use super::node::{Fault, Pos, Value};
use crate::diagnostic::Code;
use crate::model::Name;
use json_event_parser::{JsonEvent, JsonSyntaxError, LowLevelJsonParser, LowLevelJsonParserResult};

/// Reads one JSON value from bytes that come in chunks.
pub(super) struct JsonReader {
    parser: LowLevelJsonParser,
    /// Where the next byte stands; the column counts characters.
    at: Pos,
    depth: usize,
    /// How many bytes there must be before looking again pays, so that a long string costs no more than its length.
    wait_for: usize,
    /// The last event began a list.
    in_new_list: bool,
}

impl std::fmt::Debug for JsonReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonReader").field("at", &self.at).field("depth", &self.depth).finish_non_exhaustive()
    }
}

/// What a call of [`JsonReader::step`] did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An event went to the builder.
    Fed,
    /// More bytes are needed.
    Starved,
    /// The value ended.
    End,
}

impl JsonReader {
    /// A reader for the value whose first byte stands at `at`.
    pub(super) fn new(at: Pos) -> Self {
        JsonReader { parser: LowLevelJsonParser::new(), at, depth: 0, wait_for: 0, in_new_list: false }
    }

    /// Where the next byte stands.
    pub(super) fn at(&self) -> Pos {
        self.at
    }

    /// Whether the next thing to come is the first item of a list, before which no comma stands.
    pub(super) fn is_in_new_list(&self) -> bool {
        self.in_new_list
    }

    /// Takes it that an item of the open list was read elsewhere, which ends before `at`.
    pub(super) fn pass_item(&mut self, at: Pos) {
        if std::mem::take(&mut self.in_new_list) {
            // To the parser any item is like another.
            for bracket in [b"{", b"}"] {
                self.parser.parse_next(bracket, false);
            }
        }
        self.at = at;
    }

    /// Hands one event to the builder; tells how many bytes of `bytes` are done with.
    pub(super) fn step(
        &mut self,
        bytes: &[u8],
        ending: bool,
        builder: &mut Builder,
        names: &Names,
    ) -> (usize, Result<Step, Fault>) {
        if bytes.len() < self.wait_for && !ending {
            return (0, Ok(Step::Starved));
        }
        let LowLevelJsonParserResult { consumed_bytes, event } = self.parser.parse_next(bytes, ending);
        let consumed = bytes.get(..consumed_bytes).unwrap_or(bytes);
        let (before, token) = consumed.split_at_checked(token_start(consumed)).unwrap_or((&[], consumed));
        let start = advance(self.at, before);
        let step = match event {
            None => {
                self.wait_for = bytes.len().saturating_sub(consumed_bytes).saturating_mul(2);
                Ok(Step::Starved)
            }
            Some(Ok(event)) => {
                self.wait_for = 0;
                self.in_new_list = event == JsonEvent::StartArray;
                self.feed(event, start, builder, names)
            }
            Some(Err(error)) => Err(syntax_fault(&error, start, token)),
        };
        self.at = advance(start, token);
        (consumed_bytes, step)
    }

    fn feed(
        &mut self,
        event: JsonEvent<'_>,
        at: Pos,
        builder: &mut Builder,
        names: &Names,
    ) -> Result<Step, Fault> {
        match event {
            JsonEvent::String(_) if builder.is_skipping() => {
                builder.scalar(at, Value::Text(names.empty()), 0)?
            }
            JsonEvent::String(text) => builder.scalar(at, Value::Text(Name::from(&*text)), 0)?,
            // The same keys come again and again.
            JsonEvent::ObjectKey(text) => builder.scalar(at, Value::Text(names.share_text(&text)), 0)?,
            JsonEvent::Number(text) => builder.scalar(at, Value::Number(Name::from(&*text)), 0)?,
            JsonEvent::Boolean(flag) => builder.scalar(at, Value::Bool(flag), 0)?,
            JsonEvent::Null => builder.scalar(at, Value::Null, 0)?,
            JsonEvent::StartObject | JsonEvent::StartArray => {
                self.depth += 1;
                builder.begin(at, event == JsonEvent::StartObject, 0)?;
                return Ok(Step::Fed);
            }
            JsonEvent::EndObject | JsonEvent::EndArray => {
                self.depth = self.depth.saturating_sub(1);
                builder.end()?;
            }
            JsonEvent::Eof => return Ok(Step::End),
        }
        Ok(if self.depth == 0 { Step::End } else { Step::Fed })
    }
}

/// The parser takes the blanks, commas and colons before a token together with it.
fn token_start(consumed: &[u8]) -> usize {
    consumed
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':'))
        .unwrap_or(consumed.len())
}

/// Where the byte after `bytes` stands.
pub(super) fn advance(at: Pos, bytes: &[u8]) -> Pos {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let (column, last) = match memchr::memrchr(b'\n', bytes) {
        Some(end) => (1, bytes.get(end + 1..).unwrap_or_default()),
        None => (at.column, bytes),
    };
    // The later bytes of a character, as UTF-8 has them, take no column.
    let columns = last.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
    let added = |to: u32, more: usize| to.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
    Pos { line: added(at.line, lines), column: added(column, columns) }
}

const COMMENT: &str = "comments are not allowed in JSON";
const CUT_OFF: &str = "the JSON ends too early";

/// Whether YAML must not be tried where this was found: it would take `// note "key"` for a key, and what is cut off
/// is no YAML either.
pub(super) fn is_final(fault: &Fault) -> bool {
    fault.code == Code::LimitExceeded || fault.message == COMMENT || fault.message == CUT_OFF
}

/// Says what is wrong without repeating what stands there.
fn syntax_fault(error: &JsonSyntaxError, at: Pos, token: &[u8]) -> Fault {
    let message = error.message();
    let (text, help) = match token.first() {
        Some(b'/' | b'#') => (COMMENT, Some("remove the comment")),
        Some(b'\'') => ("strings of JSON stand in double quotes", None),
        _ if message.contains("railing comma") => {
            ("a trailing comma is not allowed in JSON", Some("remove the comma before the bracket"))
        }
        _ if message.contains("end of file") => (CUT_OFF, Some("export it again: it was cut off")),
        _ if message.contains("not allowed in JSON strings") => {
            ("a raw control character stands in a string", None)
        }
        _ if message.contains("UTF-8") => ("the text is not UTF-8", Some("save the file as UTF-8")),
        _ if message.contains("escape") => ("a string holds an escape that JSON does not have", None),
        _ => ("not valid JSON", None),
    };
    Fault { code: Code::Syntax, at, message: text.to_owned(), help }
}
