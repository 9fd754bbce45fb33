//! JSON text → the same, with what acts on a terminal escaped.

use super::terminal::is_hidden;
use std::fmt::Write;

/// JSON in which control, bidirectional and invisible characters stand as `\\u` with four digits, as they may in strings
/// only; the line ends between values stay.
pub(super) fn escaped(json: String) -> String {
    // Nearly every report is of these, and told so without a look at each letter.
    if json.bytes().fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') | (byte == b'\n'))) {
        return json;
    }
    let acts = |letter: char| letter != '\n' && is_hidden(letter);
    if !json.contains(acts) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for letter in json.chars() {
        if acts(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_reads_back_as_it_was() {
        let odd = "a\u{7f}\u{85}\u{9b}\u{ad}\u{202e}\u{2028}\u{feff}\u{e0041}é👩\n\t\u{1b}";
        let printed = escaped(serde_json::to_string_pretty(&[odd]).expect("it is JSON"));
        assert_eq!(
            printed,
            "[\n  \"a\\u007f\\u0085\\u009b\\u00ad\\u202e\\u2028\\ufeff\\udb40\\udc41é👩\\n\\t\\u001b\"\n]"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).expect("it is JSON"), [odd]);
    }
}
