//! Lines → those at the beginning that can only belong to the list item that is open.

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
    let begins = |byte: u8| (byte == b' ') | (byte == b'\n');
    let next = lines.get(1..).unwrap_or_default();
    let odd = lines.iter().zip(next).fold(false, |odd, (a, b)| odd | ((*a == b'\n') & !begins(*b)));
    !odd && lines.first().is_some_and(|first| begins(*first))
}
