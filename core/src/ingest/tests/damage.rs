//! A text → the same text damaged in one place or more, and how two ways to read it differ.

use super::*;
use proptest::prelude::*;

/// One change to a text: a byte, a line, or the depth of a line.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    Byte(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static str),
    Remove(prop::sample::Index),
    SwapLines(prop::sample::Index),
    CopyLine(prop::sample::Index, prop::sample::Index),
    RemoveLine(prop::sample::Index),
    Indent(prop::sample::Index, usize),
}

/// Any change that puts in one of these.
pub(super) fn edit(bytes: &'static [u8], words: &'static [&'static str]) -> impl Strategy<Value = Edit> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), prop::sample::select(bytes)).prop_map(|(at, byte)| Edit::Byte(at, byte)),
        (at(), prop::sample::select(words)).prop_map(|(at, word)| Edit::Insert(at, word)),
        at().prop_map(Edit::Remove),
        at().prop_map(Edit::SwapLines),
        (at(), at()).prop_map(|(from, to)| Edit::CopyLine(from, to)),
        at().prop_map(Edit::RemoveLine),
        (at(), 0usize..9).prop_map(|(at, depth)| Edit::Indent(at, depth)),
    ]
}

pub(super) fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    if bytes.is_empty() {
        return;
    }
    let length = bytes.len();
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let count = lines.len();
    match edit {
        Edit::Byte(at, byte) => bytes[at.index(length)] = *byte,
        Edit::Insert(at, word) => {
            let at = at.index(length);
            bytes.splice(at..at, word.bytes());
        }
        Edit::Remove(at) => {
            bytes.remove(at.index(length));
        }
        Edit::SwapLines(at) => {
            let at = at.index(count);
            lines.swap(at, (at + 1) % count);
            *bytes = lines.concat();
        }
        Edit::CopyLine(from, to) => {
            let line = lines[from.index(count)].clone();
            lines.insert(to.index(count), line);
            *bytes = lines.concat();
        }
        Edit::RemoveLine(at) => {
            lines.remove(at.index(count));
            *bytes = lines.concat();
        }
        Edit::Indent(at, depth) => {
            let line = &mut lines[at.index(count)];
            let text = line.iter().position(|byte| *byte != b' ').unwrap_or(0);
            line.splice(..text, std::iter::repeat_n(b' ', *depth));
            *bytes = lines.concat();
        }
    }
}

/// What the usual reading of a text and another one differ in first.
pub(super) fn difference(
    bytes: &[u8],
    other: impl Fn(&str, &[u8], Limits) -> SourceObjects,
) -> Option<(String, String)> {
    let limits = Limits::default();
    let usual = format!("{:#?}", assemble(vec![read_bytes("f", bytes, limits)]));
    let other = format!("{:#?}", assemble(vec![other("f", bytes, limits)]));
    let differing = usual.lines().zip(other.lines()).find(|(a, b)| a != b);
    let rest = usual.len() != other.len();
    differing
        .or(rest.then_some(("", "more")))
        .map(|(usual, other)| (usual.trim().to_owned(), other.trim().to_owned()))
}
