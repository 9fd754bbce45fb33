//! The text of one line → its key and its scalar, where both are written as kubectl writes them.

use crate::ingest::strict::{NotCanonical, Read, has, zeros};
use std::borrow::Cow;

/// A key with what follows it.
pub(super) struct Key<'t> {
    /// Quotes left off; ASCII.
    pub(super) text: &'t [u8],
    /// What follows the colon and its blank.
    pub(super) rest: &'t [u8],
}

/// What stands where a value may stand.
pub(super) enum Scalar<'t> {
    /// Nothing.
    None,
    Plain(&'t [u8]),
    Quoted(Cow<'t, [u8]>),
    /// A quoted scalar that is not wanted.
    Checked,
    EmptyMap,
    EmptyList,
    /// A quoted scalar that goes on on the next line.
    Open(u8),
    /// A block scalar follows.
    Block,
}

/// An implicit key may not be longer (YAML 1.2.2, 7.4).
const LONGEST_KEY: usize = 1000;

/// Refuses what needs more than a look at single lines: control characters, tabs, and the line breaks beyond ASCII.
pub(super) fn check_characters(text: &[u8]) -> Read<()> {
    if is_printed_ascii(text) {
        return Ok(());
    }
    if text.iter().any(|byte| (*byte < b' ' && *byte != b'\n') || *byte == 127) {
        return Err(NotCanonical);
    }
    let text = std::str::from_utf8(text).map_err(|_| NotCanonical)?;
    let breaks = |c: char| matches!(c, '\u{80}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    if text.chars().any(breaks) { Err(NotCanonical) } else { Ok(()) }
}

/// Whether it is all ASCII that is printed, and ends of lines. By words, as compilers that look at the size of the code leave
/// a loop over bytes as it stands.
fn is_printed_ascii(text: &[u8]) -> bool {
    let odd = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        let plus = |word: u64, byte: u8| word.wrapping_add(u64::from_le_bytes([byte; 8]));
        let no_end = plus(word ^ u64::from_le_bytes([b'\n'; 8]), 127);
        // In ASCII no sum reaches the next byte.
        (!plus(word, 128 - b' ') & no_end) | plus(word, 1) | word
    };
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [b' '; 8];
    last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
    let found = words.iter().fold(odd(&last), |found, word| found | odd(word));
    found & u64::from_le_bytes([128; 8]) == 0
}

/// What may not begin a plain scalar (YAML 1.2.2, 7.3.3), `-` left aside, and what has a meaning of its own as a key.
fn begins_plain(byte: u8) -> bool {
    !matches!(
        byte,
        b'?' | b':'
            | b','
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'#'
            | b'&'
            | b'*'
            | b'!'
            | b'|'
            | b'>'
            | b'\''
            | b'"'
            | b'%'
            | b'@'
            | b'`'
            | b' '
    )
}

/// Splits a line into its key and the rest.
pub(super) fn key(line: &[u8]) -> Read<Key<'_>> {
    let (text, rest) = match line.first() {
        Some(quote @ (b'"' | b'\'')) => quoted_key(*quote, line)?,
        Some(first) if begins_plain(*first) && !matches!(first, b'-' | b'~' | b'<') => plain_key(line)?,
        _ => return Err(NotCanonical),
    };
    let rest = match rest {
        [] => rest,
        [b' ', value @ ..] if !matches!(value.first(), None | Some(b' ')) => value,
        _ => return Err(NotCanonical),
    };
    if text.len() > LONGEST_KEY || matches!(text, b"Null" | b"NULL") {
        return Err(NotCanonical);
    }
    Ok(Key { text, rest })
}

fn plain_key(line: &[u8]) -> Read<(&[u8], &[u8])> {
    let mut from = 0;
    // Most keys hold no blank, and so no comment.
    loop {
        let odd = from + simple(line.get(from..).unwrap_or_default());
        match line.get(odd..) {
            Some([b':'] | [b':', b' ', ..]) if odd > 0 => {
                let (text, rest) = line.split_at_checked(odd).ok_or(NotCanonical)?;
                return Ok((text, rest.get(1..).unwrap_or_default()));
            }
            Some([b':', ..]) => from = odd + 1,
            _ => return odd_key(line),
        }
    }
}

/// How many bytes there are before a colon, a blank or what is not ASCII.
fn simple(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| zeros(word ^ u64::from_le_bytes([byte; 8]));
        let odd = is(b':') | is(b' ') | (word & u64::from_le_bytes([0x80; 8]));
        if odd != 0 {
            return index * 8 + odd.trailing_zeros() as usize / 8;
        }
    }
    let odd = |byte: &u8| matches!(byte, b':' | b' ' | 0x80..);
    text.len() - rest.len() + rest.iter().position(odd).unwrap_or(rest.len())
}

/// A key with blanks in it.
fn odd_key(line: &[u8]) -> Read<(&[u8], &[u8])> {
    let mut from = 0;
    loop {
        let colon = from
            + line
                .get(from..)
                .unwrap_or_default()
                .iter()
                .position(|byte| *byte == b':')
                .ok_or(NotCanonical)?;
        let (text, rest) = line.split_at_checked(colon).ok_or(NotCanonical)?;
        let rest = rest.get(1..).unwrap_or_default();
        if !matches!(rest.first(), None | Some(b' ')) {
            from = colon + 1;
            continue;
        }
        let ends_well = !matches!(text.last(), None | Some(b' '));
        let fine = ends_well && !has_pair(text, is_comment) && text.is_ascii();
        return if fine { Ok((text, rest)) } else { Err(NotCanonical) };
    }
}

/// Whether there is such a byte with such a one behind it. It looks at all of them: that is quicker than to stop.
fn has_pair(text: &[u8], is_such: impl Fn(u8, u8) -> bool) -> bool {
    let next = text.get(1..).unwrap_or_default();
    text.iter().zip(next).fold(false, |found, (a, b)| found | is_such(*a, *b))
}

/// A blank, and what begins a comment behind one.
fn is_comment(a: u8, b: u8) -> bool {
    (a == b' ') & (b == b'#')
}

/// A quoted key without an escape.
fn quoted_key(quote: u8, line: &[u8]) -> Read<(&[u8], &[u8])> {
    let inner = line.get(1..).unwrap_or_default();
    let end = inner.iter().position(|byte| *byte == quote || *byte == b'\\').ok_or(NotCanonical)?;
    let (text, after) = inner.split_at_checked(end).ok_or(NotCanonical)?;
    let rest = after.strip_prefix(&[quote]).and_then(|after| after.strip_prefix(b":")).ok_or(NotCanonical)?;
    if text.is_ascii() { Ok((text, rest)) } else { Err(NotCanonical) }
}

/// Reads the value of a line; one that is not `wanted` is only checked.
pub(super) fn read(rest: &[u8], wanted: bool) -> Read<Scalar<'_>> {
    match rest {
        [] => Ok(Scalar::None),
        b"{}" => Ok(Scalar::EmptyMap),
        b"[]" => Ok(Scalar::EmptyList),
        b"|" | b"|-" | b"|+" | b">" | b">-" | b">+" => Ok(Scalar::Block),
        [quote @ (b'"' | b'\''), inner @ ..] => {
            let Some(text) = closed(*quote, inner)? else { return Ok(Scalar::Open(*quote)) };
            if !wanted { Ok(Scalar::Checked) } else { unescape(*quote, text).map(Scalar::Quoted) }
        }
        [b'-', b' ', ..] | b"-" => Err(NotCanonical),
        [first, ..] if begins_plain(*first) => {
            check_plain(rest)?;
            Ok(Scalar::Plain(rest))
        }
        _ => Err(NotCanonical),
    }
}

/// A plain scalar on one line: neither a key nor a comment in it, and no blank at its end.
fn check_plain(text: &[u8]) -> Read<()> {
    if matches!(text.last(), Some(b':' | b' ')) {
        return Err(NotCanonical);
    }
    let is_odd = |a, b| ((a == b':') & (b == b' ')) | is_comment(a, b);
    if has(text, b' ') && has_pair(text, is_odd) { Err(NotCanonical) } else { Ok(()) }
}

/// A further line of a plain scalar.
pub(super) fn check_continuation(text: &[u8]) -> Read<()> {
    match text {
        [b'-', ..] => Err(NotCanonical),
        [first, ..] if begins_plain(*first) => check_plain(text),
        _ => Err(NotCanonical),
    }
}

/// The inside of a quoted scalar that ends where the line does; `None` where it does not end on the line.
fn closed(quote: u8, inner: &[u8]) -> Read<Option<&[u8]>> {
    let end = quote_end(quote, inner)?;
    match end {
        None => Ok(None),
        Some(end) if end + 1 == inner.len() => Ok(inner.get(..end)),
        Some(_) => Err(NotCanonical),
    }
}

/// Checks a line of a quoted scalar; whether the scalar ends with it.
pub(super) fn check_quoted_line(quote: u8, line: &[u8]) -> Read<bool> {
    Ok(closed(quote, line)?.is_some())
}

/// Where the closing quote stands.
fn quote_end(quote: u8, inner: &[u8]) -> Read<Option<usize>> {
    let mut index = 0;
    while let Some(byte) = inner.get(index) {
        match byte {
            b'\'' if quote == b'\'' && inner.get(index + 1) == Some(&b'\'') => index += 2,
            b'\\' if quote == b'"' => index += 1 + escape_length(inner.get(index + 1..).unwrap_or_default())?,
            _ if *byte == quote => return Ok(Some(index)),
            _ => index += 1,
        }
    }
    Ok(None)
}

/// How many bytes follow the backslash of an escape (YAML 1.2.2, 5.7); a line's end may be escaped too.
fn escape_length(rest: &[u8]) -> Read<usize> {
    match rest {
        [] => Ok(0),
        [b'0' | b'a' | b'b' | b't' | b'n' | b'v' | b'f' | b'r' | b'e' | b' ' | b'"' | b'/' | b'\\', ..] => {
            Ok(1)
        }
        [b'x', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => Ok(3),
        [b'u', digits @ ..] => {
            let digits: &[u8; 4] = digits.first_chunk().ok_or(NotCanonical)?;
            let hex = std::str::from_utf8(digits).map_err(|_| NotCanonical)?;
            let code = u32::from_str_radix(hex, 16).map_err(|_| NotCanonical)?;
            // Half of a surrogate pair is no character.
            if hex.starts_with('+') || char::from_u32(code).is_none() { Err(NotCanonical) } else { Ok(5) }
        }
        _ => Err(NotCanonical),
    }
}

/// The text of a quoted scalar on one line; rare escapes are for the general parser.
fn unescape(quote: u8, inner: &[u8]) -> Read<Cow<'_, [u8]>> {
    if !has(inner, if quote == b'\'' { quote } else { b'\\' }) {
        return Ok(inner.into());
    }
    let inner = std::str::from_utf8(inner).map_err(|_| NotCanonical)?;
    if quote == b'\'' {
        return Ok(inner.replace("''", "'").into_bytes().into());
    }
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some(escaped @ ('"' | '\\' | '/')) => escaped,
                Some('n') => '\n',
                Some('t') => '\t',
                _ => return Err(NotCanonical),
            },
            other => other,
        });
    }
    Ok(plain.into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::{check_characters, is_printed_ascii};

    #[test]
    fn each_byte_counts_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for (place, neighbour) in
                (0..24).flat_map(|place| [b'a', b'\n', b' ', b'~'].map(|byte| (place, byte)))
            {
                let mut text = [neighbour; 24];
                text[place] = byte;
                let printed = byte == b'\n' || (b' '..=b'~').contains(&byte);
                assert_eq!(is_printed_ascii(&text), printed, "{byte} at {place} among {neighbour}");
                assert_eq!(is_printed_ascii(&text[..19]), printed || place >= 19);
                assert_eq!(check_characters(&text).is_ok(), printed, "{byte} at {place}");
            }
        }
        assert!(check_characters("é, 日本 and so on".as_bytes()).is_ok());
        assert!(check_characters("é\tand so on".as_bytes()).is_err());
    }
}
