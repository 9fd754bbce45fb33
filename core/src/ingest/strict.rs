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
