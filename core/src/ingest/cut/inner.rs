//! Lines → those at the beginning that can only belong to the list item that is open.

use crate::ingest::strict::others;

/// The lines at the beginning that are empty or stand deeper than so many blanks: how many bytes, and how many lines.
pub(super) fn lines(bytes: &[u8], indent: usize) -> (usize, u32) {
    if indent == 0 { unindented(bytes) } else { deeper(bytes, indent) }
}

/// One line after the other.
fn deeper(bytes: &[u8], indent: usize) -> (usize, u32) {
    let (mut taken, mut lines) = (0, 0u32);
    let mut rest = bytes;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let deeper = rest.get(..=indent).is_some_and(|margin| margin.iter().all(|byte| *byte == b' '));
        if end != 0 && !(deeper && end > indent) {
            break;
        }
        taken += end + 1;
        lines = lines.saturating_add(1);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    (taken, lines)
}

/// Many lines at once, where dashes stand at the beginning of their lines, as kubectl prints them.
fn unindented(bytes: &[u8]) -> (usize, u32) {
    let (mut taken, mut lines) = (0, 0u32);
    // It grows with what is taken, so that looking ahead in vain costs no more than that.
    let mut ahead = 1 << 10;
    loop {
        let rest = bytes.get(taken..).unwrap_or_default();
        let near = rest.get(..ahead).unwrap_or(rest);
        let Some(last) = memchr::memrchr(b'\n', near) else { break };
        let near = near.get(..=last).unwrap_or_default();
        let dash = memchr::memmem::find(near, b"\n-");
        let inner = near.get(..dash.unwrap_or(last) + 1).unwrap_or_default();
        if !all_deeper(inner) {
            break;
        }
        taken += inner.len();
        let count = memchr::memchr_iter(b'\n', inner).count();
        lines = lines.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        if dash.is_some() {
            return (taken, lines);
        }
        ahead *= 2;
    }
    let (more, more_lines) = deeper(bytes.get(taken..).unwrap_or_default(), 0);
    (taken + more, lines.saturating_add(more_lines))
}

/// Whether each line is empty or begins with a blank. It looks at all of them: that is quicker than to stop.
fn all_deeper(lines: &[u8]) -> bool {
    // The page's compiler, which minds the size, leaves a loop over bytes as it stands; others make more of it than of words.
    let odd = if cfg!(target_arch = "wasm32") { odd_by_words } else { odd_by_bytes };
    lines.first().is_some_and(|first| begins(*first)) && !odd(lines)
}

fn begins(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\n')
}

/// Whether something else follows the end of a line.
fn odd_by_bytes(lines: &[u8]) -> bool {
    let next = lines.get(1..).unwrap_or_default();
    lines.iter().zip(next).fold(false, |odd, (a, b)| odd | ((*a == b'\n') & !begins(*b)))
}

/// The same, eight bytes at a time.
fn odd_by_words(lines: &[u8]) -> bool {
    let next = lines.get(1..).unwrap_or_default();
    let ((words, _), (next_words, _)) = (lines.as_chunks::<8>(), next.as_chunks::<8>());
    let odd = words.iter().zip(next_words).fold(0, |odd, (word, next)| {
        let (word, next) = (u64::from_le_bytes(*word), u64::from_le_bytes(*next));
        odd | (!others(word, b'\n') & others(next, b' ') & others(next, b'\n'))
    });
    let rest = lines.get(next_words.len() * 8..).unwrap_or_default();
    odd & u64::from_le_bytes([128; 8]) != 0 || odd_by_bytes(rest)
}

#[cfg(test)]
mod tests {
    use super::{all_deeper, odd_by_bytes, odd_by_words};

    #[test]
    fn the_byte_behind_each_end_of_a_line_tells() {
        for (first, second) in
            (0..=u8::MAX).flat_map(|first| [b'a', b' ', b'\n', 138].map(|second| (first, second)))
        {
            for (length, place) in (2..26).flat_map(|length| (1..length).map(move |place| (length, place))) {
                let mut lines = vec![b' '; length];
                lines[place - 1] = second;
                lines[place] = first;
                let begins = |byte: &u8| *byte == b' ' || *byte == b'\n';
                let deeper = lines.split_inclusive(|byte| *byte == b'\n').all(|line| begins(&line[0]));
                assert_eq!(all_deeper(&lines), deeper, "{lines:?}");
                assert_eq!(odd_by_words(&lines), odd_by_bytes(&lines), "{lines:?}");
            }
        }
        assert!(!all_deeper(b""));
    }
}
