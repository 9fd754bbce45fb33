//! Text from the input → text that a terminal shows as it is: nothing in it moves the cursor, hides or reorders.

use std::borrow::Cow;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text from the input on one line: control, bidirectional and invisible characters are shown by their code, as
/// `<U+202E>`.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            let _ = write!(out, "<U+{:04X}>", u32::from(character));
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Characters that act on the text around them instead of being seen.
pub fn is_hidden(character: char) -> bool {
    // Nearly all text is of these.
    if matches!(character, ' '..='~') {
        return false;
    }
    matches!(
        character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' // zero width, direction marks
        | '\u{2028}'..='\u{202e}' // line and paragraph separators, bidirectional embeddings
        | '\u{2060}'..='\u{206f}' // invisible operators, bidirectional isolates
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' // tags and variation selectors
    )
}

/// Columns that text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Shortens text to a number of columns by leaving out its middle.
pub(super) fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(1);
    let tail_room = room / 2;
    let head = fitting(text.chars(), room - tail_room);
    let tail: Vec<char> = fitting(text.chars().rev(), tail_room);
    Cow::Owned(head.into_iter().chain(['…']).chain(tail.into_iter().rev()).collect())
}

/// Shortens text to a number of columns by leaving out its start.
pub(super) fn shorten_start(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let tail = fitting(text.chars().rev(), columns.saturating_sub(1));
    Cow::Owned(std::iter::once('…').chain(tail.into_iter().rev()).collect())
}

fn fitting(characters: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut used = 0;
    characters
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= room
        })
        .collect()
}

/// Text with spaces after it, up to a number of columns.
pub(super) fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// Words in lines of at most so many columns, every line but the first indented.
pub(super) fn wrap(text: &str, columns: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = width(word);
        if used > 0 && used + 1 + length > columns {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_shown_by_its_code() {
        let hostile = "a\u{1b}[2Jb\r\nc\td\u{7f}\u{85}\u{ad}\u{202e}\u{200b}\u{2028}\u{feff}\u{e0041}e";
        assert_eq!(
            shown(hostile),
            "a<U+001B>[2Jb<U+000D><U+000A>c<U+0009>d<U+007F><U+0085><U+00AD><U+202E><U+200B><U+2028><U+FEFF><U+E0041>e"
        );
    }

    #[test]
    fn ordinary_text_of_any_script_stays_as_it_is() {
        for text in ["system:serviceaccount:ci:deployer", "dána@example.com", "日本語", "👩"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn shortening_leaves_out_the_middle_and_counts_wide_characters() {
        assert_eq!(shorten("abcdefghij", 10), "abcdefghij");
        assert_eq!(shorten("abcdefghijk", 10), "abcde…hijk");
        assert_eq!(shorten("日本語日本語", 7), "日…語");
        assert_eq!(shorten("abc", 1), "…");
    }

    #[test]
    fn wrapped_lines_are_indented_and_a_long_word_stands_alone() {
        assert_eq!(wrap("one two three", 7, 2), "one two\n  three");
        assert_eq!(wrap("abcdefghijkl x", 5, 1), "abcdefghijkl\n x");
    }
}
