//! What the two strict readers have in common: what they leave to the general parser, and which objects they take.

use super::node::{Node, Value};

/// The text is for the general parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotCanonical;

/// What a strict reader reads.
pub(super) type Read<T> = Result<T, NotCanonical>;

/// Whether a kind has no meaning of its own to the documents' reader, as lists and the server's answers have.
pub(super) fn is_plain(kind: &str) -> bool {
    !kind.ends_with("List") && kind != "Status"
}

/// The object, if it says of which kind it is, or may inherit that, and the kind is a plain one.
pub(super) fn plain_object(node: Node, inherits: bool) -> Read<Node> {
    let plain = match node.get_entry("kind").map(|entry| &entry.node.value) {
        Some(Value::Plain(kind) | Value::Text(kind)) => is_plain(kind),
        Some(_) => false,
        None => inherits,
    };
    if plain { Ok(node) } else { Err(NotCanonical) }
}

/// How many blanks a line begins with.
pub(super) fn indentation(line: &[u8]) -> usize {
    let mut count = 0;
    while let Some(chunk) = line.get(count..).and_then(|rest| rest.first_chunk::<8>()) {
        let others = u64::from_le_bytes(*chunk) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            return count + others.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    let rest = line.get(count..).unwrap_or_default();
    count + rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len())
}

/// Where the line ends that the text begins with.
pub(super) fn line_end(text: &[u8]) -> Option<usize> {
    let (words, _) = text.as_chunks::<8>();
    // Most lines are short, and a search of the whole text starts slowly.
    let near = words.get(..WORDS).unwrap_or(words);
    for (index, word) in near.iter().enumerate() {
        let ends = zeros(u64::from_le_bytes(*word) ^ u64::from_le_bytes([b'\n'; 8]));
        if ends != 0 {
            return Some(index * 8 + ends.trailing_zeros() as usize / 8);
        }
    }
    let near = near.len() * 8;
    memchr::memchr(b'\n', text.get(near..)?).map(|end| near + end)
}

/// So many words of eight bytes are looked at one by one.
pub(super) const WORDS: usize = 8;

/// Whether such a byte is among these. Texts are short: words of eight bytes are quicker than a search that starts slowly.
pub(super) fn has(text: &[u8], byte: u8) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    words.iter().any(|word| zeros(u64::from_le_bytes(*word) ^ u64::from_le_bytes([byte; 8])) != 0)
        || rest.iter().fold(false, |found, other| found | (*other == byte))
}

/// The highest bit of the first byte that is zero, and of no byte before it.
pub(super) fn zeros(word: u64) -> u64 {
    below(word, 1)
}

/// The highest bit of the first byte that is less than `least`, which is at most 128, and of no byte before it.
pub(super) fn below(word: u64, least: u8) -> u64 {
    word.wrapping_sub(u64::from_le_bytes([least; 8])) & !word & u64::from_le_bytes([0x80; 8])
}

/// The highest bit of each byte that is another one, of those alone; the other bits mean nothing.
pub(super) fn others(word: u64, byte: u8) -> u64 {
    let differs = word ^ u64::from_le_bytes([byte; 8]);
    (differs & u64::from_le_bytes([127; 8])).wrapping_add(u64::from_le_bytes([127; 8])) | differs
}
