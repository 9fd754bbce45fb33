//! What mappings and sequences that are open have held so far → a list for each once it ends, which takes no more room than it
//! needs and was never moved to a larger one.

use super::node::{Entry, Node};

/// A longer list grows by itself: the stack stays small, and such a list is not in memory twice.
const LONG: usize = 1024;

/// The parts of everything that is open, the innermost last.
#[derive(Debug)]
pub(super) struct Stack<T>(Vec<T>);

/// What is kept of the mappings and sequences that are open.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) entries: Stack<Entry>,
    pub(super) items: Stack<Node>,
}

/// A mapping or sequence that is open.
#[derive(Debug)]
pub(super) struct Opened<T> {
    /// Where on the stack its parts begin.
    start: usize,
    /// All of its parts, where they are many.
    long: Vec<T>,
}

impl<T> Default for Stack<T> {
    fn default() -> Self {
        Stack(Vec::new())
    }
}

impl<T> Stack<T> {
    /// Something begins.
    pub(super) fn open(&self) -> Opened<T> {
        Opened { start: self.0.len(), long: Vec::new() }
    }

    /// Adds a part to the innermost of what is open.
    pub(super) fn push(&mut self, part: T, opened: &mut Opened<T>) {
        if !opened.long.is_empty() {
            opened.long.push(part);
            return;
        }
        self.0.push(part);
        if self.0.len().saturating_sub(opened.start) >= LONG {
            opened.long = self.close_at(opened.start);
        }
    }

    /// Whether nothing was added to the innermost.
    pub(super) fn is_empty(&self, opened: &Opened<T>) -> bool {
        opened.long.is_empty() && self.0.len() <= opened.start
    }

    /// The parts of the innermost, which ends.
    pub(super) fn close(&mut self, opened: Opened<T>) -> Vec<T> {
        if opened.long.is_empty() { self.close_at(opened.start) } else { opened.long }
    }

    fn close_at(&mut self, start: usize) -> Vec<T> {
        self.0.drain(start.min(self.0.len())..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, Stack};

    #[test]
    fn lists_of_any_length_come_back_whole_and_the_stack_stays_small() {
        let mut stack = Stack::default();
        let mut outer = stack.open();
        for count in [0, 1, LONG - 1, LONG, LONG + 1, 5 * LONG] {
            stack.push(count, &mut outer);
            let mut inner = stack.open();
            assert!(stack.is_empty(&inner));
            (0..count).for_each(|part| stack.push(part, &mut inner));
            assert_eq!(stack.is_empty(&inner), count == 0);
            assert!(stack.0.len() < 2 * LONG);
            assert_eq!(stack.close(inner), (0..count).collect::<Vec<usize>>());
        }
        assert_eq!(stack.close(outer), [0, 1, LONG - 1, LONG, LONG + 1, 5 * LONG]);
        assert!(stack.0.is_empty());
    }
}
