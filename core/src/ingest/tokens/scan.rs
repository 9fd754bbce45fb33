//! The bytes of one JSON token → where it ends and what it says, where it is written without anything odd.

use crate::ingest::strict::{NotCanonical, Read};
use std::borrow::Cow;

/// What is known of all of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes {
    /// Every character takes one column.
    pub(super) ascii: bool,
    /// There are control characters beside the ends of lines.
    controls: bool,
}

/// Refuses what is no text.
pub(super) fn look(text: &[u8]) -> Read<Bytes> {
    let (controls, high) = text.iter().fold((false, 0), |(controls, high), byte| {
        (controls | ((*byte < b' ') & (*byte != b'\n')), high | *byte)
    });
    let ascii = high < 0x80;
    if !ascii {
        std::str::from_utf8(text).map_err(|_| NotCanonical)?;
    }
    Ok(Bytes { ascii, controls })
}

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
    pub(super) fn text(&self) -> Read<Cow<'t, str>> {
        let text = std::str::from_utf8(self.raw).map_err(|_| NotCanonical)?;
        if self.escapes == Escapes::None { Ok(Cow::Borrowed(text)) } else { unescape(text).map(Cow::Owned) }
    }
}

/// Splits what follows an opening quote into the string's inside and what stands behind its closing quote.
pub(super) fn string(text: &[u8], bytes: Bytes) -> Read<(Quoted<'_>, &[u8])> {
    let mut escapes = Escapes::None;
    let mut from = 0;
    loop {
        let rest = text.get(from..).ok_or(NotCanonical)?;
        let found = memchr::memchr3(b'"', b'\\', b'\n', rest).ok_or(NotCanonical)?;
        match rest.get(found..) {
            Some([b'"', ..]) => {
                let (raw, after) = text.split_at_checked(from + found).ok_or(NotCanonical)?;
                if bytes.controls && raw.iter().any(|byte| *byte < b' ') {
                    return Err(NotCanonical);
                }
                return Ok((Quoted { raw, escapes }, after.get(1..).unwrap_or_default()));
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
