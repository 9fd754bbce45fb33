//! Two pieces of work that do not need each other → both done, at a time where a shell lends a thread.

/// Whoever does two pieces of work, as a shell with threads does at a time; core has none.
pub trait Beside {
    /// Does both, in any order; the first may be done by another thread.
    fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut());
}

/// Does one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct InTurn;

impl Beside for InTurn {
    fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
        one();
        other();
    }
}

/// What both give; what a shell left undone is done here.
pub(crate) fn both<A: Send, B>(
    beside: &dyn Beside,
    one: impl Fn() -> A + Send + Sync,
    other: impl Fn() -> B,
) -> (A, B) {
    let (mut first, mut second) = (None, None);
    beside.both(&mut || first = Some(one()), &mut || second = Some(other()));
    (first.unwrap_or_else(one), second.unwrap_or_else(other))
}

#[cfg(test)]
mod tests {
    use super::{Beside, InTurn, both};

    /// Does the other first.
    struct Turned;
    /// Does nothing.
    struct Idle;

    impl Beside for Turned {
        fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
            other();
            one();
        }
    }

    impl Beside for Idle {
        fn both(&self, _one: &mut (dyn FnMut() + Send), _other: &mut dyn FnMut()) {}
    }

    #[test]
    fn both_are_done_however_they_are_lent() {
        for beside in [&InTurn as &dyn Beside, &Turned, &Idle] {
            assert_eq!(both(beside, || 1, || "two"), (1, "two"));
        }
    }
}
