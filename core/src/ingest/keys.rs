//! The keys of the mappings that are open → whether one of them is given twice.

use super::strict::{NotCanonical, Read};

/// The keys of the mappings that are open, the innermost last.
#[derive(Debug, Default)]
pub(super) struct Keys<'t>(Vec<&'t [u8]>);

/// A mapping whose keys are being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    /// How many keys the mappings round it have so far.
    outer: usize,
    /// Whether its keys rise.
    sorted: bool,
}

/// A larger mapping with its keys out of order is for the general parser, which sorts them to find a key given twice.
const UNSORTED: usize = 64;

impl<'t> Keys<'t> {
    /// A mapping begins.
    pub(super) fn open(&self) -> Opened {
        Opened { outer: self.0.len(), sorted: true }
    }

    /// Kubernetes sorts keys: as long as they come in order, none can stand twice.
    pub(super) fn note(&mut self, key: &'t [u8], mapping: &mut Opened) -> Read<()> {
        let earlier = self.0.get(mapping.outer..).unwrap_or_default();
        mapping.sorted = mapping.sorted && earlier.last().is_none_or(|last| comes_before(last, key));
        if !mapping.sorted && (earlier.len() > UNSORTED || earlier.contains(&key)) {
            return Err(NotCanonical);
        }
        self.0.push(key);
        Ok(())
    }

    /// The mapping ends.
    pub(super) fn close(&mut self, mapping: Opened) {
        self.0.truncate(mapping.outer);
    }
}

/// Whether one key comes before the other; mostly their first letters tell.
fn comes_before(first: &[u8], second: &[u8]) -> bool {
    match (first.first_chunk::<4>(), second.first_chunk::<4>()) {
        (Some(a), Some(b)) if a != b => u32::from_be_bytes(*a) < u32::from_be_bytes(*b),
        _ => first < second,
    }
}
