//! What mappings and sequences that are open have held so far → a list for each once it ends, which takes no more room than it
//! needs and was never moved to a larger one.

use super::node::{Entry, Node};

/// The parts of everything that is open, the innermost last.
#[derive(Debug)]
pub(super) struct Stack<T>(Vec<T>);

/// What is kept of the mappings and sequences that are open.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) entries: Stack<Entry>,
    pub(super) items: Stack<Node>,
}

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Stack(Vec::new())
    }
}

impl<T> Stack<T> {
    /// Where the parts of something that begins now will begin.
    pub(super) fn open(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, part: T) {
        self.0.push(part);
    }

    /// Whether nothing was added since something began.
    pub(super) fn is_empty(&self, opened: usize) -> bool {
        self.0.len() <= opened
    }

    /// The parts of what began there, and ends.
    pub(super) fn close(&mut self, opened: usize) -> Vec<T> {
        self.0.drain(opened.min(self.0.len())..).collect()
    }
}
