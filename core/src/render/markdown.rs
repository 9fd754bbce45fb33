//! The report → Markdown for a comment on a pull request: the verdict, what is missing, a line a finding, what closes it.

use super::name::identity;
use super::summary::{cilium_lines, kubernetes, missing, nothing, verdict, what_if};
use super::terminal::{shorten, shown};
use super::text::why_aside;
use super::words::{cells, count, file_line, object};
use crate::report::{AccessReport, Finding, KindState, Note};
use crate::technique::Effect;
use std::collections::BTreeSet;

/// A comment on GitHub holds 65,536 characters; what is left is for the lines that say what was left out.
const ROOM: usize = 60_000;
/// A line about Cilium is no longer.
const LINE: usize = 1_000;
/// What lists under the table may take of that.
const ROOM_OF_A_LIST: usize = 12_000;

/// The report as a comment. What does not fit is counted.
pub fn markdown(report: &AccessReport) -> String {
    let mut out = format!("## cilium-exec-check\n\n**{}**\n", prose(&verdict(report, true)));
    for line in [what_if(report), missing(report)].into_iter().flatten() {
        out.push_str(&format!("\n{}\n", prose(&line)));
    }
    if let Some(nothing) = nothing(report) {
        out.push_str(&format!("\n{nothing}\n"));
    }
    for line in cilium_lines(report).into_iter().chain([kubernetes(report)]) {
        out.push_str(&format!("\n{}\n", prose(&shorten(&line, LINE))));
    }
    let privileged = |finding: &&Finding| finding.effects.iter().copied().any(Effect::is_privileged);
    let open = || report.findings.iter().filter(|finding| finding.is_open());
    table("", open().filter(privileged).collect(), &mut out);
    table("Without privileged access", open().filter(|finding| !privileged(finding)).collect(), &mut out);
    fold("What closes it", remedies(open()), &mut out);
    let aside = report.findings.iter().filter(|finding| !finding.is_open());
    let aside = aside.map(|finding| {
        format!(
            "{} {}: {}",
            finding.severity.as_str(),
            code(&identity(&finding.identity)),
            message(&why_aside(finding))
        )
    });
    fold("Set aside", aside.collect(), &mut out);
    fold("Notes", report.notes.iter().map(note).collect(), &mut out);
    fold("Not in the input, or in part", coverage(report), &mut out);
    fold("What no export shows", report.limits.iter().map(|limit| message(limit)).collect(), &mut out);
    let wrong = report.diagnostics.iter().map(|found| {
        let place = found.source.as_ref().map(|source| format!(" ({})", code(&file_line(source))));
        format!("{}: {}{}", prose(&found.severity), message(&found.message), place.unwrap_or_default())
    });
    fold("What was odd about the input", wrong.collect(), &mut out);
    out
}

fn table(title: &str, findings: Vec<&Finding>, out: &mut String) {
    if findings.is_empty() {
        return;
    }
    if !title.is_empty() {
        out.push_str(&format!("\n### {title}\n"));
    }
    out.push_str("\n| Severity | Identity | How | Granted by | Where |\n|---|---|---|---|---|\n");
    let mut left = findings.len() as u64;
    for finding in findings {
        let row = row(finding);
        if out.len() + row.len() > ROOM - 2 * ROOM_OF_A_LIST {
            break;
        }
        out.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        let more = count(left, "more finding does", "more findings do");
        out.push_str(&format!("\n{more} not fit here; `-o json` lists them.\n"));
    }
}

fn row(finding: &Finding) -> String {
    let [how, granted_by, place] = cells(finding);
    format!(
        "| {} | {} | {} | {} | {} |\n",
        finding.severity.as_str(),
        code(&identity(&finding.identity)),
        prose(&how),
        code(&granted_by),
        code(&place),
    )
}

/// What closes the findings, each change once.
fn remedies<'a>(open: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut lines = Vec::new();
    for remediation in open.flat_map(|finding| &finding.remediation) {
        if !told.insert((&remediation.summary, &remediation.commands)) {
            continue;
        }
        let commands: Vec<String> = remediation.commands.iter().map(|command| code(command)).collect();
        let commands = match commands.is_empty() {
            true if remediation.manifest.is_some() => ": `explain` prints the object to apply".to_owned(),
            true => String::new(),
            false => format!(": {}", commands.join(", ")),
        };
        let closes = remediation.closes.len() as u64;
        let closes = match closes {
            0 => String::new(),
            _ => format!(" (closes {})", count(closes, "finding", "findings")),
        };
        lines.push(format!("{}{commands}{closes}", message(&remediation.summary)));
    }
    lines
}

fn note(note: &Note) -> String {
    let about = note.object.as_ref();
    let name = about.map(|about| code(&object(&about.kind, about.namespace.as_deref(), &about.name)) + ": ");
    let place = about.and_then(|about| about.source.as_ref());
    let place = place.map(|source| format!(" ({})", code(&file_line(source)))).unwrap_or_default();
    format!("{}{}{place}", name.unwrap_or_default(), message(&note.message))
}

/// Kinds that were not there as a whole, by how.
fn coverage(report: &AccessReport) -> Vec<String> {
    let line = |state: KindState| {
        let kinds = report.input.coverage.iter().filter(|kind| kind.state == state);
        let named = kinds.map(|kind| match &kind.reason {
            Some(reason) => format!("{} ({})", prose(&kind.kind), message(reason)),
            None => prose(&kind.kind),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        (!named.is_empty()).then(|| format!("{}: {named}", state.as_str()))
    };
    [KindState::Absent, KindState::Partial, KindState::Denied].into_iter().filter_map(line).collect()
}

/// A list that is closed at first; nothing where it is empty.
fn fold(title: &str, lines: Vec<String>, out: &mut String) {
    if lines.is_empty() {
        return;
    }
    let mut list = String::new();
    let mut left = lines.len() as u64;
    let room = ROOM.saturating_sub(out.len()).min(ROOM_OF_A_LIST);
    for line in &lines {
        if list.len() + line.len() > room {
            break;
        }
        list.push_str(&format!("- {line}\n"));
        left -= 1;
    }
    if left > 0 {
        list.push_str(&format!("- and {left} more; `-o json` lists them\n"));
    }
    out.push_str(&format!("\n<details><summary>{title}</summary>\n\n{list}\n</details>\n"));
}

/// A name or place as code, where neither links nor mentions are made. What a code span cannot hold, or what is better
/// not seen raw, is written as entities in an element of code.
fn code(text: &str) -> String {
    let text = shown(text);
    match text.contains(['|', '<', '>', '[', ']', '`', '\\', '&']) || text.trim() != text || text.is_empty() {
        false => format!("`{text}`"),
        true => format!("<code>{}</code>", prose(&text)),
    }
}

/// A message: what it sets in backticks is code.
fn message(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let part =
        |(index, part): (usize, &&str)| if paired && index % 2 == 1 { code(part) } else { prose(part) };
    let parts: Vec<String> = parts.iter().enumerate().map(part).collect();
    parts.join(if paired { "" } else { "&#96;" })
}

/// Text in which nothing is markup: every character that may be is an entity, and what GitHub makes links of is cut
/// by an empty comment, since entities are decoded before links are looked for (github/cmark-gfm, autolink.c).
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for letter in shown(text).chars() {
        match letter {
            '@' | '#' => out.push_str(&format!("&#{};<!-- -->", u32::from(letter))),
            '/' if before == '/' || before == ':' => out.push_str("<!-- -->/"),
            '.' if ends_in_www(&out) => out.push_str("<!-- -->."),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => {
                out.push_str(&format!("&#{};", u32::from(letter)));
            }
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}

fn ends_in_www(text: &str) -> bool {
    let end = text.len().checked_sub(3).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_and_nothing_in_text_is_markup() {
        for (text, code_) in [
            ("user/dana@example.com", "`user/dana@example.com`"),
            ("a|b", "<code>a&#124;b</code>"),
            ("a`b", "<code>a&#96;b</code>"),
            ("<b>[a](b)", "<code>&lt;b&gt;&#91;a&#93;(b)</code>"),
            ("", "<code></code>"),
        ] {
            assert_eq!(code(text), code_);
        }
        assert_eq!(message("role `a|b` of `c`"), "role <code>a&#124;b</code> of `c`");
        assert_eq!(message("role `a"), "role &#96;a");
        assert_eq!(
            prose("ask @team about `x|y`, *a* <b> [c](https://d) www.e #1\n"),
            "ask &#64;<!-- -->team about &#96;x&#124;y&#96;, &#42;a&#42; &lt;b&gt; &#91;c&#93;(https:<!-- -->/<!-- -->/d) www<!-- -->.e &#35;<!-- -->1&lt;U+000A&gt;"
        );
    }
}
