//! The report as JSON, with what acts on a terminal escaped.

use super::terminal::is_hidden;
use crate::report::AccessReport;
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::io::{self, BufWriter, Write};

/// How much is handed on at a time.
const CHUNK: usize = 32 << 10;

/// Writes the report as JSON, indented by two spaces, with a newline at its end: the same bytes natively and in WASM. Reports
/// of large clusters take megabytes, so they can be written without being in memory as text.
pub fn write_json(report: &AccessReport, out: &mut dyn Write) -> io::Result<()> {
    // What is written is short each time.
    let mut out = BufWriter::with_capacity(CHUNK, out);
    pretty(report, &mut out)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The report as [`write_json`] writes it.
pub fn json(report: &AccessReport) -> String {
    text(|out| write_json(report, out))
}

/// What is written, which is text.
fn text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    // Memory takes whatever is written.
    let _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

fn pretty(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Escaping(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Layout as usual; control, bidirectional and invisible characters in strings stand as `\\u` with four digits.
struct Escaping(PrettyFormatter<'static>);

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly all text is of these, and told so without a look at each letter.
        if fragment.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, letter)| is_hidden(*letter)) {
            let (before, after) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = after.get(hidden.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::{pretty, text};

    #[test]
    fn what_acts_on_a_terminal_is_escaped_and_reads_back_as_it_was() {
        let odd = "a\u{7f}\u{85}\u{9b}\u{ad}\u{202e}\u{2028}\u{feff}\u{e0041}é👩\n\t\u{1b}";
        let printed = text(|out| pretty(&[odd], out));
        assert_eq!(
            printed,
            "[\n  \"a\\u007f\\u0085\\u009b\\u00ad\\u202e\\u2028\\ufeff\\udb40\\udc41é👩\\n\\t\\u001b\"\n]"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).expect("it is JSON"), [odd]);
    }
}
