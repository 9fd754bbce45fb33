//! Text from the input → text inside HTML and XML, where it opens no tag, ends no attribute and stays on its line.

use super::terminal::shown;

/// Text on one line, for between tags and for quoted attributes.
pub(super) fn text(text: &str) -> String {
    escaped(&shown(text))
}

/// Text of several lines.
pub(super) fn block(text: &str) -> String {
    text.lines().map(|line| escaped(&shown(line))).collect::<Vec<_>>().join("\n")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No character of XML 1.0 (https://www.w3.org/TR/xml/#charsets).
            '\u{fffe}' | '\u{ffff}' => out.push_str(&format!("&lt;U+{:04X}&gt;", u32::from(letter))),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_where_it_stands() {
        let hostile = "</title><script a='b' c=\"d\">&amp;\n\u{1b}\u{202e}\u{ffff}";
        assert_eq!(
            text(hostile),
            "&lt;/title&gt;&lt;script a=&#39;b&#39; c=&quot;d&quot;&gt;&amp;amp;&lt;U+000A&gt;&lt;U+001B&gt;&lt;U+202E&gt;&lt;U+FFFF&gt;"
        );
        assert_eq!(block("a: <b>\r\n  c"), "a: &lt;b&gt;\n  c");
    }
}
