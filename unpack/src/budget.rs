//! How much an archive may unpack to, measured against what was read of it so far.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// What may come out whatever went in: exports of this size are ordinary.
const FREE: u64 = 32 << 20;
/// Beyond that, bytes out for each byte in. Exports of identical objects reach 60; DEFLATE can reach 1032.
const RATIO: u64 = 150;

/// Counts what goes into a decompressor.
pub(crate) struct Counted<R> {
    inner: R,
    consumed: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// Counts from 0.
    pub(crate) fn new(inner: R) -> Self {
        Counted { inner, consumed: Rc::default() }
    }

    /// A budget for what comes out.
    pub(crate) fn budget(&self) -> Budget {
        Budget { consumed: Rc::clone(&self.consumed), produced: Rc::default() }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.consumed.set(self.consumed.get() + length as u64);
        Ok(length)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}

/// What has gone in and come out.
#[derive(Clone)]
pub(crate) struct Budget {
    consumed: Rc<Cell<u64>>,
    produced: Rc<Cell<u64>>,
}

impl Budget {
    /// A budget of its own for what a further stage makes of it.
    pub(crate) fn another(&self) -> Budget {
        Budget { consumed: Rc::clone(&self.consumed), produced: Rc::default() }
    }

    /// Adds to what has come out; refused by the limit's name where it is too much.
    fn spend(&self, length: usize, whole: u64) -> io::Result<()> {
        let produced = self.produced.get() + length as u64;
        self.produced.set(produced);
        if produced > FREE + RATIO * self.consumed.get().min(whole) {
            return Err(io::Error::other(format!(
                "limit `expansion-ratio` reached: it unpacks to more than {RATIO} times its size"
            )));
        }
        Ok(())
    }
}

/// What comes out of a decompressor, within its budget. Overlapping members of an archive read the same bytes again
/// and again: `whole`, the archive's length, bounds what may count as read.
pub(crate) struct Guarded<R> {
    inner: R,
    budget: Budget,
    whole: u64,
}

impl<R> Guarded<R> {
    /// Guards a reader.
    pub(crate) fn new(inner: R, budget: Budget, whole: u64) -> Self {
        Guarded { inner, budget, whole }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.budget.spend(length, self.whole)?;
        Ok(length)
    }
}
