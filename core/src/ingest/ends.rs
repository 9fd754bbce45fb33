//! The bytes of a JSON object, as they come → where it ends, by its lines or else by its brackets.
//!
//! Either is quick and tells nothing of what stands between: what was cut out must prove to be one object.

use super::strict::indentation;

/// The search for the end of one object.
#[derive(Debug)]
pub(super) struct End {
    /// How far it came; in a search by brackets what stands before it is done with.
    searched: usize,
    by: By,
}

#[derive(Debug)]
enum By {
    /// The object ends with the line that stands as deep as its first one, and so begins with its bracket.
    Lines { indent: usize },
    /// With the bracket that closes its first one.
    Brackets { open: usize, quoted: bool },
}

impl End {
    /// A search in an object before which so many blanks stand on its line, and nothing else.
    pub(super) fn by_lines(indent: usize) -> Self {
        End { searched: 0, by: By::Lines { indent } }
    }

    pub(super) fn by_brackets() -> Self {
        End { searched: 0, by: By::Brackets { open: 0, quoted: false } }
    }

    /// How many bytes the object has, as soon as its end is there. `text` begins with it, and has grown since.
    pub(super) fn find(&mut self, text: &[u8]) -> Option<usize> {
        if let By::Lines { indent } = self.by {
            match self.line(text, indent) {
                Line::Last(length) => return Some(length),
                Line::More => return None,
                Line::Other => *self = End::by_brackets(),
            }
        }
        self.bracket(text)
    }

    fn line(&mut self, text: &[u8], indent: usize) -> Line {
        loop {
            let rest = text.get(self.searched..).unwrap_or_default();
            let Some(end) = memchr::memchr(b'\n', rest) else {
                self.searched = text.len();
                return Line::More;
            };
            self.searched += end;
            // Enough of the next line to tell how deep it stands, and its bracket.
            let next = self.searched + 1;
            let Some(margin) = text.get(next..=next + indent) else { return Line::More };
            let blanks = indentation(margin);
            if blanks < indent || (blanks == indent && margin.last() != Some(&b'}')) {
                return Line::Other;
            }
            if blanks == indent {
                return Line::Last(next + indent + 1);
            }
            self.searched = next;
        }
    }

    fn bracket(&mut self, text: &[u8]) -> Option<usize> {
        let By::Brackets { open, quoted } = &mut self.by else { return None };
        loop {
            let rest = text.get(self.searched..)?;
            let found = if *quoted {
                memchr::memchr2(b'"', b'\\', rest)
            } else {
                memchr::memchr3(b'"', b'{', b'}', rest)
            };
            let Some(found) = found else {
                self.searched = text.len();
                return None;
            };
            let byte = rest.get(found)?;
            match byte {
                b'\\' if rest.get(found + 1).is_none() => {
                    self.searched += found;
                    return None;
                }
                b'\\' => self.searched += 1,
                b'"' => *quoted = !*quoted,
                b'{' => *open += 1,
                _ => *open = open.saturating_sub(1),
            }
            self.searched += found + 1;
            if *open == 0 {
                return Some(self.searched);
            }
        }
    }
}

enum Line {
    /// The object ends so many bytes from its start.
    Last(usize),
    /// More text is needed.
    More,
    /// It is not written in lines that tell its end.
    Other,
}
