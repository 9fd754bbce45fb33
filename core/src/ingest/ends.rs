//! The bytes of a JSON object, as they come → where it ends, by its lines or else by its brackets.
//!
//! Either is quick and tells nothing of what stands between: what was cut out must prove to be one object.

use memchr::memmem::Finder;

/// A line that closes an object is looked for so far, and then no more.
const FARTHEST: usize = 1 << 20;

/// The search for the ends of the objects of one list.
#[derive(Debug)]
pub(super) struct Ends {
    /// Whether lines tell where objects end, as they do where each bracket of an object stands on a line of its own.
    by_lines: bool,
    /// The line that closes an object which stands behind so many blanks, up to its bracket.
    line: Option<(usize, Finder<'static>)>,
    open: Search,
}

/// How far the search for the end of one object came.
#[derive(Debug, Clone, Copy)]
enum Search {
    /// Nowhere yet.
    New,
    Lines {
        searched: usize,
    },
    /// What stands before `searched` is done with.
    Brackets {
        searched: usize,
        open: usize,
        quoted: bool,
    },
}

const BRACKETS: Search = Search::Brackets { searched: 0, open: 0, quoted: false };

impl Ends {
    pub(super) fn new() -> Self {
        Ends { by_lines: true, line: None, open: Search::New }
    }

    /// How many bytes the object has, as soon as its end is there. `text` begins with it, and has grown since;
    /// `before` is what stands between it and the object before.
    pub(super) fn find(&mut self, before: &[u8], text: &[u8]) -> Option<usize> {
        if let Search::New = self.open {
            // Enough to see whether its line ends with its bracket.
            let line_ends = matches!(text.get(1..3)?, [b'\n', _] | [b'\r', b'\n']);
            self.open = if self.by_lines && line_ends && self.knows_line(before) {
                Search::Lines { searched: 0 }
            } else {
                BRACKETS
            };
        }
        let end = self.search(text)?;
        self.open = Search::New;
        Some(end)
    }

    /// The object that was searched for an end is read otherwise.
    pub(super) fn forget(&mut self) {
        self.open = Search::New;
    }

    /// Takes note that what was cut out last is not one object that the strict reader takes.
    pub(super) fn doubt(&mut self, text: &[u8]) {
        self.by_lines = self.by_lines && bracket(&mut { BRACKETS }, text) == Some(text.len());
    }

    /// Whether the object begins its line behind blanks, so that its closing line is known.
    fn knows_line(&mut self, before: &[u8]) -> bool {
        let margin = memchr::memrchr(b'\n', before).and_then(|end| before.get(end + 1..));
        let Some(margin) = margin.filter(|margin| margin.iter().all(|byte| *byte == b' ')) else {
            return false;
        };
        if self.line.as_ref().is_none_or(|(indent, _)| *indent != margin.len()) {
            let line = [b"\n", margin, b"}"].concat();
            self.line = Some((margin.len(), Finder::new(&line).into_owned()));
        }
        true
    }

    fn search(&mut self, text: &[u8]) -> Option<usize> {
        if let (Search::Lines { searched }, Some((_, line))) = (&mut self.open, &self.line) {
            let found = line.find(text.get(*searched..)?);
            let length = line.needle().len();
            if let Some(found) = found {
                return Some(*searched + found + length);
            }
            // The line may have begun already.
            *searched = (*searched).max((text.len() + 1).saturating_sub(length));
            if *searched < FARTHEST {
                return None;
            }
            self.by_lines = false;
            self.open = BRACKETS;
        }
        bracket(&mut self.open, text)
    }
}

/// Goes on to the bracket that closes the first one.
fn bracket(search: &mut Search, text: &[u8]) -> Option<usize> {
    let Search::Brackets { searched, open, quoted } = search else { return None };
    loop {
        let rest = text.get(*searched..)?;
        let found = if *quoted {
            memchr::memchr2(b'"', b'\\', rest)
        } else {
            memchr::memchr3(b'"', b'{', b'}', rest)
        };
        let Some(found) = found else {
            *searched = text.len();
            return None;
        };
        match rest.get(found..) {
            Some([b'\\']) => {
                *searched += found;
                return None;
            }
            Some([b'\\', ..]) => *searched += 1,
            Some([b'"', ..]) => *quoted = !*quoted,
            Some([b'{', ..]) => *open += 1,
            _ => *open = open.saturating_sub(1),
        }
        *searched += found + 1;
        if *open == 0 {
            return Some(*searched);
        }
    }
}
