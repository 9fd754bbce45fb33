//! The bytes of one JSON token → where it ends and what it says, where it is written without anything odd.

use crate::ingest::strict::{NotCanonical, Read, WORDS, below, zeros};
use std::borrow::Cow;

/// The inside of a string.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'t> {
    /// As it stands there.
    pub(super) raw: &'t [u8],
    escapes: Escapes,
}

/// Which escapes a string holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Escapes {
    None,
    /// Those of `"` and `\`, which JSON has no second way to write but by their code.
    Needed,
    Any,
}

impl<'t> Quoted<'t> {
    /// The text of a key: equal keys are written alike.
    pub(super) fn key(&self) -> Read<&'t [u8]> {
        if self.escapes <= Escapes::Needed { Ok(self.raw) } else { Err(NotCanonical) }
    }

    /// What the string says.
    pub(super) fn text(&self) -> Read<Cow<'t, [u8]>> {
        if self.escapes == Escapes::None {
            return Ok(self.raw.into());
        }
        let text = std::str::from_utf8(self.raw).map_err(|_| NotCanonical)?;
        Ok(unescape(text)?.into_bytes().into())
    }
}

/// Splits what follows an opening quote into the string's inside and what stands behind its closing quote.
pub(super) fn string(text: &[u8]) -> Read<(Quoted<'_>, &[u8])> {
    let mut escapes = Escapes::None;
    let mut from = 0;
    loop {
        let rest = text.get(from..).ok_or(NotCanonical)?;
        let found = plain(rest);
        match rest.get(found..) {
            Some([b'"', after @ ..]) => {
                let raw = text.get(..from + found).ok_or(NotCanonical)?;
                return Ok((Quoted { raw, escapes }, after));
            }
            Some([b'\\', escaped @ ..]) => {
                let (length, kind) = escape(escaped)?;
                escapes = escapes.max(kind);
                from += found + 1 + length;
            }
            _ => return Err(NotCanonical),
        }
    }
}

/// How many bytes there are before a quote, a backslash or a control character. Most strings are short, and a search of
/// the whole text starts slowly.
fn plain(text: &[u8]) -> usize {
    let (words, _) = text.as_chunks::<8>();
    let near = words.get(..WORDS).unwrap_or(words);
    for (index, word) in near.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let is = |byte: u8| zeros(word ^ u64::from_le_bytes([byte; 8]));
        let ends = is(b'"') | is(b'\\') | below(word, b' ');
        if ends != 0 {
            return index * 8 + ends.trailing_zeros() as usize / 8;
        }
    }
    let near = near.len() * 8;
    let far = text.get(near..).unwrap_or_default();
    let end = memchr::memchr2(b'"', b'\\', far).unwrap_or(far.len());
    let far = far.get(..end).unwrap_or_default();
    let controls = far.iter().fold(false, |found, byte| found | (*byte < b' '));
    let control = if controls { far.iter().position(|byte| *byte < b' ') } else { None };
    near + control.unwrap_or(end)
}

/// How many bytes follow the backslash of an escape (RFC 8259, 7). Halves of surrogate pairs are for the general parser.
fn escape(rest: &[u8]) -> Read<(usize, Escapes)> {
    match rest {
        [b'"' | b'\\', ..] => Ok((1, Escapes::Needed)),
        [b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok((1, Escapes::Any)),
        [b'u', digits @ ..] => {
            let digits: &[u8; 4] = digits.first_chunk().ok_or(NotCanonical)?;
            code(digits).ok_or(NotCanonical)?;
            Ok((5, Escapes::Any))
        }
        _ => Err(NotCanonical),
    }
}

fn code(digits: &[u8; 4]) -> Option<char> {
    let value =
        digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))?;
    char::from_u32(value)
}

/// The text of a string whose escapes were checked.
fn unescape(raw: &str) -> Read<String> {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, escaped)) = rest.split_once('\\') {
        plain.push_str(before);
        let kind = escaped.chars().next().ok_or(NotCanonical)?;
        let (character, length) = match kind {
            '"' | '\\' | '/' => (kind, 1),
            'b' => ('\u{8}', 1),
            'f' => ('\u{c}', 1),
            'n' => ('\n', 1),
            'r' => ('\r', 1),
            't' => ('\t', 1),
            _ => {
                let digits = escaped.as_bytes().get(1..).and_then(|digits| digits.first_chunk());
                (digits.and_then(code).ok_or(NotCanonical)?, 5)
            }
        };
        plain.push(character);
        rest = escaped.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    Ok(plain)
}

/// How long the number is that the text begins with (RFC 8259, 6).
pub(super) fn number(text: &[u8]) -> Read<usize> {
    let digits = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || (whole > 1 && text.get(sign) == Some(&b'0')) {
        return Err(NotCanonical);
    }
    let mut length = sign + whole;
    if text.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if fraction == 0 {
            return Err(NotCanonical);
        }
        length += 1 + fraction;
    }
    if let Some(b'e' | b'E') = text.get(length) {
        length += 1 + usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length);
        if exponent == 0 {
            return Err(NotCanonical);
        }
        length += exponent;
    }
    Ok(length)
}
