//! Text from the input → text that cannot pretend to be another: what is invisible is shown by its code.

/// A name or a message on one line.
pub fn shown(text: &str) -> String {
    escaped(text, |c| is_hidden(c) || c.is_control())
}

/// Text of several lines, as an excerpt.
pub fn shown_block(text: &str) -> String {
    escaped(text, |c| is_hidden(c) || (c.is_control() && c != '\n' && c != '\t'))
}

fn escaped(text: &str, hidden: impl Fn(char) -> bool) -> String {
    if !text.chars().any(&hidden) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hidden(c) {
            out.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Bidi controls, zero-width characters, soft hyphens, line separators, byte order marks, tags, variation selectors.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E
        | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF)
}

/// `1 file`, `2 files`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.5 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn what_cannot_be_seen_is_shown_by_its_code() {
        let cases = [
            ("plain ünïcødé 名", "plain ünïcødé 名"),
            ("a\u{202e}b", "a<U+202E>b"),
            ("zero\u{200b}width\u{feff}", "zero<U+200B>width<U+FEFF>"),
            ("two\nlines\r", "two<U+000A>lines<U+000D>"),
            ("\u{1b}[31m\u{9b}", "<U+001B>[31m<U+009B>"),
            ("tag\u{e0041}", "tag<U+E0041>"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(shown_block("a:\n\tb\u{2066}"), "a:\n\tb<U+2066>");
    }

    #[wasm_bindgen_test]
    fn numbers_are_grouped_by_thousands() {
        let text: Vec<String> = [0, 999, 1_000, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(text, ["0", "999", "1,000", "1,234,567"]);
    }
}
