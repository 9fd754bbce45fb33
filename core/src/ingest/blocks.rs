//! Text that was checked and holds nothing that is kept → known again where it stands once more, byte for byte.
//!
//! Pods of one workload have the same `managedFields`, probes and tolerations: comparing is quicker than checking. Whether
//! text is canonical depends on nothing but itself, how deep it stands, and that what follows belongs to it no more, which
//! is for whoever asks to see.

use super::names::hash;

/// A power of two.
const SLOTS: usize = 256;
/// A longer text is checked each time.
const LONGEST: usize = 16 << 10;

/// Some of the texts that were checked last.
#[derive(Debug)]
pub(crate) struct Blocks(Vec<Block>);

#[derive(Debug, Default, Clone)]
struct Block {
    place: Place,
    text: Vec<u8>,
    lines: u32,
    tail: usize,
}

/// How deep a text stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The blanks before the key whose value it is, where they matter.
    pub(super) indent: usize,
    /// The mappings and sequences round it.
    pub(super) depth: usize,
}

/// How much text is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) bytes: usize,
    /// How many lines end in it.
    pub(super) lines: u32,
    /// How many of the bytes stand behind the last end of a line.
    pub(super) tail: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        Blocks(vec![Block::default(); SLOTS])
    }
}

impl Blocks {
    /// How far the value of this key goes, if `rest` begins with a text that is known.
    pub(super) fn known(&self, key: &[u8], place: Place, rest: &[u8]) -> Option<Extent> {
        let block = self.0.get(slot(key, place, rest))?;
        let is_it = !block.text.is_empty() && block.place == place && rest.starts_with(&block.text);
        is_it.then_some(Extent { bytes: block.text.len(), lines: block.lines, tail: block.tail })
    }

    /// Remembers the value of a key, which was checked.
    pub(super) fn remember(&mut self, key: &[u8], place: Place, text: &[u8], lines: u32) {
        if text.len() > LONGEST {
            return;
        }
        if let Some(block) = self.0.get_mut(slot(key, place, text)) {
            block.text.clear();
            block.text.extend_from_slice(text);
            let tail = memchr::memrchr(b'\n', text).map_or(text.len(), |end| text.len() - end - 1);
            (block.place, block.lines, block.tail) = (place, lines, tail);
        }
    }
}

/// Where a text is kept: by its key, and by how it begins, so that a few of one key have room.
fn slot(key: &[u8], place: Place, text: &[u8]) -> usize {
    let begin = text.first_chunk::<32>().map_or(0, |begin| {
        begin
            .as_chunks::<8>()
            .0
            .iter()
            .fold(0, |sum: u64, word| sum.rotate_left(13) ^ u64::from_le_bytes(*word))
    });
    let mixed = (hash(key) ^ begin ^ place.indent as u64 ^ ((place.depth as u64) << 8))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 40).unwrap_or(0) % SLOTS
}
