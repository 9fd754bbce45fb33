//! A path → its steps: who, by which binding, role and rule, may do what, and where that is written.

use super::Page;
use crate::original::{Original, Originals};
use crate::render::evidence::{Lines, facts, more_lines};
use crate::render::markup::{block, text};
use crate::render::name::identity;
use crate::render::picture::{Place, path_picture};
use crate::render::terminal::shorten;
use crate::render::wide::certainty;
use crate::render::words::{file_line, how, step_words};
use crate::report::{Evidence, Path, Step};
use crate::technique;
use std::fmt::Write;

/// Columns of a rule that are shown; the file has all of it.
const EXCERPT: usize = 2_000;

/// What a path has besides its steps.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PathParts {
    /// It is open at first.
    pub(super) open: bool,
    /// A picture of its own.
    pub(super) picture: bool,
}

/// A path that opens.
pub(super) fn path(path: &Path, parts: PathParts, page: Page<'_>, out: &mut String) {
    let open = if parts.open { " open=\"\"" } else { "" };
    let expected = if path.expected.is_some() { ", expected" } else { "" };
    let _ = writeln!(
        out,
        "<details class=\"path\"{open}><summary>{} <span class=\"quiet\">{}: {}, {}{expected}</span></summary>",
        text(&how(path)),
        path.effect.as_str(),
        path.severity.as_str(),
        certainty(path.certainty)
    );
    if let Some(expected) = &path.expected {
        let _ = writeln!(out, "<p class=\"quiet\">expected: {}</p>", text(&expected.detail));
    }
    for condition in &path.conditions {
        let _ = writeln!(out, "<p class=\"quiet\">if: {}</p>", text(condition));
    }
    if parts.picture {
        let _ = writeln!(
            out,
            "<details class=\"drawn\"><summary>Picture</summary><div class=\"scroll\" tabindex=\"0\" role=\"group\" \
             aria-label=\"Picture of this path\">{}</div></details>",
            path_picture(path, Place::Page)
        );
    }
    out.push_str("<ol class=\"steps\">\n");
    path.steps.iter().for_each(|item| step(item, page.originals, out));
    out.push_str("</ol></details>\n");
}

fn step(step: &Step, originals: &Originals, out: &mut String) {
    let _ = writeln!(
        out,
        "<li><p><strong>{}</strong>: {} {}</p>",
        text(&identity(&step.from)),
        text(&step_words(step, None)),
        technique_link(&step.technique)
    );
    step.evidence.iter().for_each(|item| evidence(item, originals, out));
    out.push_str("</li>\n");
}

/// The id, leading to its explanation at the end of the page; no link is made of what the catalogue does not know.
pub(super) fn technique_link(id: &str) -> String {
    match technique::find(id) {
        Some(technique) => format!("<a href=\"#{0}\"><code>{0}</code></a>", technique.id),
        None => format!("<code>{}</code>", text(id)),
    }
}

fn evidence(evidence: &Evidence, originals: &Originals, out: &mut String) {
    out.push_str("<dl class=\"evidence\">");
    for fact in facts(evidence, originals) {
        let place =
            fact.source.map(|source| format!(" <span class=\"place\">{}</span>", text(&file_line(source))));
        let _ = write!(out, "<dt>{}</dt><dd>{}{}", fact.term, text(&fact.words), place.unwrap_or_default());
        match fact.lines {
            Lines::None => {}
            Lines::Normalised(rule) => {
                let lines: Vec<_> = rule.lines().map(|line| shorten(line, EXCERPT)).collect();
                let _ = write!(out, "<pre><code>{}</code></pre>", block(&lines.join("\n")));
            }
            Lines::Original(original) => numbered(original, out),
        }
        out.push_str("</dd>");
    }
    if let Some(can_i) = &evidence.can_i {
        let _ = write!(out, "<dt>ask</dt><dd><code>{}</code></dd>", text(can_i));
    }
    out.push_str("</dl>\n");
}

/// Lines of the input as they stand there, each with its number.
fn numbered(original: &Original, out: &mut String) {
    out.push_str("<pre class=\"lines\"><code>");
    for (number, line) in original.numbered() {
        let _ = writeln!(out, "<i>{number}</i>{}", text(&shorten(line, EXCERPT)));
    }
    out.push_str("</code></pre>");
    if let Some(more) = more_lines(original) {
        let _ = write!(out, "<p class=\"quiet\">{more}</p>");
    }
}
