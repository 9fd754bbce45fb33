//! The bytes of one source, as they come → documents: JSON is read as a stream, YAML line by line.

use super::batches::By;
use super::crew::{Crew, lend};
use super::cut::{Cutter, marker};
use super::found::Found;
use super::json;
use super::json_value::{JsonValue, Took};
use super::names::Names;
use super::node::{Fault, Pos};
use super::{Limits, text};
use crate::diagnostic::Code;

/// One reading of a source from its first byte.
#[derive(Debug)]
pub(super) struct Reading {
    limits: Limits,
    mode: Mode,
    pub(super) bytes: u64,
    pub(super) found: Found,
    names: Names,
    /// What came and is not done with yet, from `used` on.
    buffer: Vec<u8>,
    used: usize,
    /// How far `buffer` was searched for the end of a line.
    searched: usize,
    /// Where `buffer[used]` stands.
    at: Pos,
    state: State,
    /// The beginning of a line that is too long was dropped, and its end is still to come.
    overlong: bool,
}

/// How a source is read.
#[derive(Debug)]
pub(super) enum Mode {
    /// Lists are cut into items, and these are read strictly; JSON is read as it comes.
    Split,
    /// The same, but JSON is read event by event.
    ByEvents,
    /// Every document is read as a whole, since cutting it did not work out.
    Whole {
        /// Why not.
        why: Fault,
    },
}

impl Mode {
    fn is_split(&self) -> bool {
        !matches!(self, Mode::Whole { .. })
    }
}

/// The source must be read once more.
#[derive(Debug)]
pub(super) enum Again {
    /// Every document as a whole; why it could not be cut.
    Whole(Fault),
    /// JSON event by event: what was cut out of it did not prove to be an item.
    ByEvents,
}

impl Again {
    /// How it is read then.
    pub(super) fn mode(self) -> Mode {
        match self {
            Again::Whole(why) => Mode::Whole { why },
            Again::ByEvents => Mode::ByEvents,
        }
    }
}

#[derive(Debug)]
enum State {
    /// Before the first byte, where a byte order mark may stand.
    Encoding,
    /// Between documents.
    Start { after_json: bool },
    /// In a JSON value.
    Json(Box<JsonValue>),
    /// In a YAML document.
    Yaml(Box<Cutter>),
    /// Nothing more is read.
    GivenUp,
}

/// What a step of the reading needs next.
enum Next {
    Go,
    More,
}

type Step = Result<Next, Again>;

impl Reading {
    pub(super) fn new(limits: Limits, mode: Mode) -> Self {
        Reading {
            limits,
            mode,
            bytes: 0,
            found: Found::default(),
            names: Names::default(),
            buffer: Vec::new(),
            used: 0,
            searched: 0,
            at: Pos { line: 1, column: 1 },
            state: State::Encoding,
            overlong: false,
        }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, chunk: &[u8], crew: Option<&mut dyn Crew>) -> Result<(), Again> {
        self.bytes = self.bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if !matches!(self.state, State::GivenUp) {
            self.buffer.extend_from_slice(chunk);
        }
        self.run(false, crew)
    }

    /// Ends the source.
    pub(super) fn end(&mut self, mut crew: Option<&mut dyn Crew>) -> Result<(), Again> {
        self.run(true, lend(&mut crew))?;
        match std::mem::replace(&mut self.state, State::GivenUp) {
            State::Yaml(cutter) => self.end_document(*cutter, crew),
            _ => Ok(()),
        }
    }

    fn run(&mut self, ending: bool, mut crew: Option<&mut dyn Crew>) -> Result<(), Again> {
        loop {
            let next = match std::mem::replace(&mut self.state, State::GivenUp) {
                State::Encoding => self.encoding(ending),
                State::Start { after_json } => self.start(after_json, ending)?,
                State::Json(value) => self.json(value, ending, lend(&mut crew))?,
                State::Yaml(cutter) => self.yaml(cutter, ending, lend(&mut crew))?,
                State::GivenUp => {
                    self.buffer = Vec::new();
                    self.used = 0;
                    Next::More
                }
            };
            if matches!(next, Next::More) {
                self.buffer.drain(..self.used);
                self.searched = self.searched.saturating_sub(self.used);
                self.used = 0;
                return Ok(());
            }
        }
    }

    fn left(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    fn give_up(&mut self, fault: &Fault) -> Next {
        self.found.refuse(fault, None);
        self.state = State::GivenUp;
        Next::Go
    }

    /// YAML 1.2.2, 5.2: the first bytes tell the encoding.
    fn encoding(&mut self, ending: bool) -> Next {
        let left = self.left();
        if left.len() < 3 && !ending {
            self.state = State::Encoding;
            return Next::More;
        }
        if matches!(left, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..]) {
            let fault = Fault::new(Code::UnreadableSource, Pos::default(), "the text is UTF-16, not UTF-8");
            return self.give_up(&fault.help("save it as UTF-8"));
        }
        if left.starts_with(b"\xef\xbb\xbf") {
            self.used += 3;
        }
        self.state = State::Start { after_json: false };
        Next::Go
    }

    /// Decides what the next document is written in.
    fn start(&mut self, after_json: bool, ending: bool) -> Step {
        let left = self.left();
        // Blanks that were seen before are not looked at again: a line of nothing else may be long.
        let seen = self.searched.saturating_sub(self.used);
        let blank = left.iter().skip(seen).position(|byte| !byte.is_ascii_whitespace());
        let Some(blank) = blank.map(|more| seen + more) else {
            let lines = if after_json { left.len() } else { whole_lines(left, seen) };
            self.skip(lines);
            self.searched = self.buffer.len();
            if self.left().len() > self.limits.item_bytes {
                let at = self.at;
                return Ok(self.give_up(&text::size_fault(self.limits, at)));
            }
            self.state = State::Start { after_json };
            return Ok(Next::More);
        };
        let json = self.mode.is_split() && matches!(left.get(blank), Some(b'{' | b'['));
        if json {
            self.skip(blank);
            let strictly = matches!(self.mode, Mode::Split);
            self.state = State::Json(Box::new(JsonValue::new(self.limits, self.at, strictly)));
            return Ok(Next::Go);
        }
        let lines = whole_lines(left.get(..blank).unwrap_or_default(), 0);
        self.skip(lines);
        if after_json && (self.at.column != 1 || blank != lines || !self.marker_follows(ending)) {
            if !ending && self.left().len() < 4 + (blank - lines) {
                self.state = State::Start { after_json };
                return Ok(Next::More);
            }
            let at = json::advance(self.at, self.left().get(..blank - lines).unwrap_or_default());
            return Err(Again::Whole(Fault::new(Code::Syntax, at, "text follows the JSON value")));
        }
        self.searched = self.used;
        self.state = State::Yaml(Box::new(Cutter::new(self.limits, self.mode.is_split())));
        Ok(Next::Go)
    }

    fn marker_follows(&self, ending: bool) -> bool {
        let left = self.left();
        (ending || left.len() >= 4) && marker(left.get(..4).unwrap_or(left)).is_some()
    }

    fn skip(&mut self, count: usize) {
        self.at = json::advance(self.at, self.left().get(..count).unwrap_or_default());
        self.used += count;
    }

    fn json(&mut self, mut value: Box<JsonValue>, ending: bool, mut crew: Option<&mut dyn Crew>) -> Step {
        loop {
            let from = self.used;
            let left = self.buffer.get(from..).unwrap_or_default();
            let mut by = By { names: &self.names, crew: lend(&mut crew) };
            let (used, took) = value.step(left, ending, &mut by)?;
            self.used += used;
            match took {
                Took::Some => {}
                Took::Starved => {
                    self.state = State::Json(value);
                    return Ok(Next::More);
                }
                Took::End => {
                    self.at = value.at();
                    self.found.append(value.finish(None, &mut by)?);
                    self.state = State::Start { after_json: true };
                    return Ok(Next::Go);
                }
                Took::Broken(fault)
                    if fault.code == Code::LimitExceeded
                        || (ending && json::is_final(&fault) && self.ends_one_document(from)) =>
                {
                    self.found.append(value.finish(Some(fault), &mut by)?);
                    self.state = State::GivenUp;
                    return Ok(Next::Go);
                }
                Took::Broken(fault) => return Err(Again::Whole(fault)),
            }
        }
    }

    fn yaml(&mut self, mut cutter: Box<Cutter>, ending: bool, mut crew: Option<&mut dyn Crew>) -> Step {
        loop {
            // A line that is still to end is looked at once only.
            if !self.overlong && self.searched <= self.used {
                let (bytes, lines) = cutter.inner_lines(self.left(), self.at.line);
                self.used += bytes;
                self.searched = self.used;
                self.at.line = self.at.line.saturating_add(lines);
            }
            let end = match memchr::memchr(b'\n', self.buffer.get(self.searched..).unwrap_or_default()) {
                Some(index) => self.searched + index + 1,
                None if ending && self.used < self.buffer.len() => self.buffer.len(),
                None => {
                    self.searched = self.buffer.len();
                    if self.left().len() > self.limits.item_bytes {
                        if !self.overlong {
                            cutter.overlong(self.at.line)?;
                        }
                        self.overlong = true;
                        self.used = self.buffer.len();
                    }
                    self.state = State::Yaml(cutter);
                    return Ok(Next::More);
                }
            };
            let line = self.buffer.get(self.used..end).unwrap_or_default();
            let number = self.at.line;
            let mut by = By { names: &self.names, crew: lend(&mut crew) };
            match marker(line) {
                _ if std::mem::take(&mut self.overlong) => {}
                Some((b'-', _)) if cutter.has_only_directives() => cutter.line(line, number, &mut by)?,
                Some((byte, more)) => {
                    let mut next = Cutter::new(self.limits, self.mode.is_split() && !more);
                    if byte == b'-' && more {
                        next.line(line, number, &mut by)?;
                    }
                    self.used = end;
                    self.searched = end;
                    self.at.line = self.at.line.saturating_add(1);
                    self.end_document(*cutter, crew)?;
                    self.state = if byte == b'-' && more {
                        State::Yaml(Box::new(next))
                    } else {
                        State::Start { after_json: false }
                    };
                    return Ok(Next::Go);
                }
                None => cutter.line(line, number, &mut by)?,
            }
            self.used = end;
            self.searched = end;
            self.at.line = self.at.line.saturating_add(1);
        }
    }

    /// Whether what is left from there on is the end of one document. Where it is no text at all, that is what is wrong
    /// with it; and a string that is never closed takes the documents after it for its own.
    fn ends_one_document(&self, from: usize) -> bool {
        let left = self.buffer.get(from..).unwrap_or_default();
        let mut later_lines = left.split(|byte| *byte == b'\n').skip(1);
        text::checked(left, text::Lines::From(1)).is_ok() && !later_lines.any(|line| marker(line).is_some())
    }

    fn end_document(&mut self, cutter: Cutter, crew: Option<&mut dyn Crew>) -> Result<(), Again> {
        if !cutter.is_blank() {
            let why = match &self.mode {
                Mode::Split | Mode::ByEvents => None,
                Mode::Whole { why } => Some(why),
            };
            let found = cutter.finish(why, &mut By { names: &self.names, crew })?;
            self.found.append(found);
        }
        Ok(())
    }
}

/// The bytes up to the end of the last whole line, where no line ends among those that were seen before.
fn whole_lines(bytes: &[u8], seen: usize) -> usize {
    let new = bytes.get(seen..).unwrap_or_default();
    memchr::memrchr(b'\n', new).map_or(0, |index| seen + index + 1)
}
