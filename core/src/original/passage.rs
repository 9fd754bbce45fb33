//! A place and the lines from there on → the item that starts there, up to where it ends.

use super::{Original, Part, Spot};
use crate::report::Source;

/// An item that is longer is not shown as it stands.
const BYTES: usize = 64 << 10;
/// A binding that says later which role it binds is not looked through.
const BEFORE_ROLE_REF: usize = 256 << 10;
/// What is indented further is taken for one of several items of its line.
const INDENTED: usize = 1 << 10;
/// So many lines are shown.
const SHOWN: usize = 40;

/// The text of an item, to be read by itself.
pub(super) enum Text {
    /// Lines of block style; the first is indented like the others.
    Block(Vec<String>),
    /// A value in brackets.
    Flow(String),
}

/// What a line means to a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// More lines may belong to it.
    More,
    /// It ended; the line is the next one's.
    Ended,
    /// It ended with this line.
    Whole,
    /// It is not to be shown.
    Lost,
}

/// An item while its lines come in.
pub(super) struct Passage {
    spot: Spot,
    state: State,
    first: u32,
    /// As they stand there.
    lines: Vec<String>,
    /// As they are read again.
    read: Vec<String>,
    bytes: usize,
}

enum State {
    /// A mapping: every line of it is indented at least so far.
    Block(usize),
    /// A value in brackets.
    Flow(Brackets),
    /// A binding whose roleRef is still to come, with the indentation of its keys once that is known.
    Before(Option<usize>),
}

impl Passage {
    /// Begins with the line that the spot is in, at this byte of it.
    pub(super) fn begin(spot: &Spot, line: &str, start: usize) -> (Passage, After) {
        let column = usize::try_from(spot.column).unwrap_or(usize::MAX).saturating_sub(1);
        let (before, rest) = line.split_at_checked(start).unwrap_or((line, ""));
        let bare = before.len() <= INDENTED && before.chars().all(|letter| matches!(letter, ' ' | '-'));
        let flow = rest.starts_with('{');
        let state = match spot.part {
            Part::RoleRef => State::Before((!flow).then_some(column)),
            _ if flow => State::Flow(Brackets::default()),
            _ => State::Block(column),
        };
        let mut passage = Passage {
            spot: spot.clone(),
            state,
            first: spot.line,
            lines: Vec::new(),
            read: Vec::new(),
            bytes: 0,
        };
        let after = match &passage.state {
            State::Before(_) if flow && rest.trim_end() != "{" => After::Lost,
            State::Before(Some(_)) => passage.look(spot.line, &format!("{}{rest}", " ".repeat(column))),
            State::Before(None) => After::More,
            State::Flow(_) => passage.flow(if bare { line } else { rest }, rest),
            State::Block(_) if bare && !rest.is_empty() => {
                passage.take(line, format!("{}{rest}", " ".repeat(column)))
            }
            State::Block(_) => After::Lost,
        };
        (passage, after)
    }

    /// Takes the next line.
    pub(super) fn line(&mut self, number: u32, line: &str) -> After {
        match self.state {
            State::Before(_) => self.look(number, line),
            State::Flow(_) => self.flow(line, line),
            State::Block(indent) if line.trim().is_empty() || indent_of(line) >= indent => {
                self.take(line, line.to_owned())
            }
            State::Block(_) => After::Ended,
        }
    }

    /// Looks for the roleRef among the keys of a binding.
    fn look(&mut self, number: u32, line: &str) -> After {
        self.bytes += line.len() + 1;
        let State::Before(keys) = &mut self.state else { return After::Lost };
        let indent = indent_of(line);
        let keys = *keys.get_or_insert(indent);
        if self.bytes > BEFORE_ROLE_REF || (indent < keys && !line.trim().is_empty()) {
            return After::Lost;
        }
        if indent > keys {
            return After::More;
        }
        let key = line.trim_start_matches(' ');
        self.first = number;
        if key.starts_with("roleRef:") {
            self.bytes = 0;
            self.state = State::Block(keys + 1);
            return self.take(line, line.to_owned());
        }
        match key.strip_prefix("\"roleRef\":") {
            Some(value) => {
                self.bytes = 0;
                self.state = State::Flow(Brackets::default());
                self.flow(line, value.trim_start_matches(' '))
            }
            None => After::More,
        }
    }

    fn take(&mut self, line: &str, read: String) -> After {
        self.bytes += line.len() + 1;
        if self.bytes > BYTES {
            return After::Lost;
        }
        self.lines.push(line.to_owned());
        self.read.push(read);
        After::More
    }

    fn flow(&mut self, line: &str, read: &str) -> After {
        let State::Flow(brackets) = &mut self.state else { return After::Lost };
        let Some(end) = brackets.closed_by(read) else { return self.take(line, read.to_owned()) };
        let (inner, rest) = read.split_at_checked(end).unwrap_or((read, ""));
        // What follows on the same line is another item.
        let end = line.len() - rest.len();
        let shown = if rest.trim().trim_start_matches(',').is_empty() {
            line
        } else {
            line.get(..end).unwrap_or(line)
        };
        match self.take(shown, inner.to_owned()) {
            After::More => After::Whole,
            lost => lost,
        }
    }

    /// What it came to; the text is that to read again.
    pub(super) fn end(mut self, file: &str) -> (Spot, Option<(Original, Text)>) {
        while self.lines.last().is_some_and(|line| line.trim().is_empty()) {
            self.lines.pop();
            self.read.pop();
        }
        let text = match self.state {
            State::Block(_) => Text::Block(self.read),
            State::Flow(_) => Text::Flow(self.read.join("\n")),
            State::Before(_) => return (self.spot, None),
        };
        let more = self.lines.len().saturating_sub(SHOWN);
        self.lines.truncate(SHOWN);
        let at = Source { file: file.to_owned(), line: self.spot.line, column: self.spot.column };
        let original = Original {
            at,
            part: self.spot.part,
            first: self.first,
            lines: self.lines,
            more: u32::try_from(more).unwrap_or(u32::MAX),
        };
        (self.spot, Some((original, text)))
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Brackets that were opened, outside of quoted text.
#[derive(Default)]
struct Brackets {
    open: usize,
    quote: Option<char>,
    escaped: bool,
}

impl Brackets {
    /// Where the last of them is closed, if this text does so.
    fn closed_by(&mut self, text: &str) -> Option<usize> {
        for (at, letter) in text.char_indices() {
            match (self.quote, letter) {
                (Some(_), _) if self.escaped => self.escaped = false,
                (Some('"'), '\\') => self.escaped = true,
                (Some(quote), _) if quote == letter => self.quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => self.quote = Some(letter),
                (None, '{' | '[') => self.open += 1,
                (None, '}' | ']') => {
                    self.open = self.open.saturating_sub(1);
                    if self.open == 0 {
                        return Some(at + 1);
                    }
                }
                (None, _) => {}
            }
        }
        None
    }
}
