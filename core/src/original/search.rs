//! The bytes of a source once more → the lines that are wanted of it.

use super::passage::{After, Passage};
use super::same::says;
use super::{Original, Spot};
use std::collections::VecDeque;

/// A line that is longer is not kept: what is in it is not shown as it stands.
const LINE: usize = 8 << 20;

/// Takes bytes as they come, and keeps none but those of what is wanted.
pub struct Search {
    file: String,
    expected: u64,
    bytes: u64,
    waiting: VecDeque<Spot>,
    open: Vec<Passage>,
    found: Vec<Original>,
    /// The number of the line that is being read.
    line: u32,
    /// What came of it so far, where it is looked at.
    part: Vec<u8>,
    /// It is too long.
    overlong: bool,
}

impl Search {
    pub(super) fn new(file: &str, expected: u64, spots: &[Spot]) -> Self {
        Search {
            file: file.to_owned(),
            expected,
            bytes: 0,
            waiting: spots.iter().cloned().collect(),
            open: Vec::new(),
            found: Vec::new(),
            line: 1,
            part: Vec::new(),
            overlong: false,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after.get(1..).unwrap_or_default();
            self.keep(line);
            self.end_line();
        }
        self.keep(rest);
    }

    /// What was found, if the source is as long as it was.
    pub fn finish(mut self) -> Vec<Original> {
        self.end_line();
        for passage in std::mem::take(&mut self.open) {
            self.close(passage);
        }
        if self.bytes == self.expected { self.found } else { Vec::new() }
    }

    /// Whether anything of this line may be wanted.
    fn is_looked_at(&self) -> bool {
        !self.open.is_empty() || self.waiting.front().is_some_and(|spot| spot.line <= self.line)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if bytes.is_empty() || !self.is_looked_at() {
            return;
        }
        self.overlong |= self.part.len() + bytes.len() > LINE;
        if !self.overlong {
            self.part.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self) {
        let number = self.line;
        self.line = self.line.saturating_add(1);
        let (part, overlong) = (std::mem::take(&mut self.part), std::mem::take(&mut self.overlong));
        let line = std::str::from_utf8(&part).ok().filter(|_| !overlong);
        let line = line.map(|line| line.strip_suffix('\r').unwrap_or(line));
        // A byte order mark takes no column.
        let line = line.map(|line| line.strip_prefix('\u{feff}').filter(|_| number == 1).unwrap_or(line));
        for mut passage in std::mem::take(&mut self.open) {
            let after = line.map_or(After::Lost, |line| passage.line(number, line));
            self.go_on(passage, after);
        }
        let mut columns = line.unwrap_or_default().char_indices().zip(1u32..).peekable();
        while let Some(spot) = self.waiting.pop_front_if(|spot| spot.line <= number) {
            // From one spot to the next: a file of one line may have thousands.
            while columns.next_if(|(_, column)| *column < spot.column).is_some() {}
            if let (Some(line), Some(((start, _), _))) = (line, columns.peek()) {
                let (passage, after) = Passage::begin(&spot, line, *start);
                self.go_on(passage, after);
            }
        }
    }

    fn go_on(&mut self, passage: Passage, after: After) {
        match after {
            After::More => self.open.push(passage),
            After::Ended | After::Whole => self.close(passage),
            After::Lost => {}
        }
    }

    fn close(&mut self, passage: Passage) {
        let (spot, whole) = passage.end(&self.file);
        if let Some((original, text)) = whole
            && says(&spot, &text)
        {
            self.found.push(original);
        }
    }
}
