//! Text that was checked and holds nothing that is kept → known again where it stands once more, byte for byte.
//!
//! Pods of one workload have the same `managedFields`, probes and tolerations: comparing is quicker than checking. Whether
//! text is canonical depends on nothing but itself, how deep it stands, and that the line after it belongs to it no more.

use crate::ingest::names::hash;

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
}

/// How deep a text stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The blanks before the key whose value it is.
    pub(super) indent: usize,
    /// The mappings and sequences round it.
    pub(super) depth: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        Blocks(vec![Block::default(); SLOTS])
    }
}

impl Blocks {
    /// How long the value of this key is, and how many lines it has, if `rest` begins with a text that is known.
    pub(super) fn known(&self, key: &[u8], place: Place, rest: &[u8]) -> Option<(usize, u32)> {
        let block = self.0.get(slot(key, place, rest))?;
        let is_it = block.lines > 0 && block.place == place && rest.starts_with(&block.text);
        (is_it && ends(rest.get(block.text.len()..)?, place.indent))
            .then_some((block.text.len(), block.lines))
    }

    /// Remembers the value of a key, which was checked.
    pub(super) fn remember(&mut self, key: &[u8], place: Place, text: &[u8], lines: u32) {
        if text.len() > LONGEST || text.last() != Some(&b'\n') {
            return;
        }
        if let Some(block) = self.0.get_mut(slot(key, place, text)) {
            block.text.clear();
            block.text.extend_from_slice(text);
            (block.place, block.lines) = (place, lines);
        }
    }
}

/// Whether what follows belongs to the value no more: a line that stands no deeper than the key, and is no item there.
fn ends(rest: &[u8], indent: usize) -> bool {
    let blanks = super::scalar::indentation(rest);
    match rest.get(blanks) {
        None => blanks == 0,
        Some(b'\n') => false,
        Some(b'-') => blanks < indent,
        Some(_) => blanks <= indent,
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
