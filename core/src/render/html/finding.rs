//! A finding → its line in the table, and what opens under it: the picture, the paths step by step, what closes it.

use super::steps::{PathParts, path};
use super::{PICTURES, Page};
use crate::render::markup::{block, text};
use crate::render::name::identity;
use crate::render::picture::{Place, finding_picture};
use crate::render::text::why_aside;
use crate::render::wide::asides;
use crate::render::words::{cells, count, effects};
use crate::report::{Finding, Remediation};
use std::fmt::Write;

/// Lines of one manifest, or of one list: a binding of a whole company has thousands of subjects.
const LINES: usize = 100;

/// Findings by their place in the report, as a table that is named by an element of the page.
pub(super) fn table(
    id: &str,
    named_by: &str,
    findings: &[(usize, &Finding)],
    page: Page<'_>,
    out: &mut String,
) {
    let _ = write!(
        out,
        "<table id=\"{id}\" aria-labelledby=\"{named_by}\">\n<thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Identity</th>\
         <th scope=\"col\">How</th><th scope=\"col\">Granted by</th><th scope=\"col\">Where</th></tr></thead>\n"
    );
    for (index, finding) in findings {
        rows(*index, finding, page, out);
    }
    out.push_str("</table>\n");
}

fn rows(index: usize, finding: &Finding, page: Page<'_>, out: &mut String) {
    let [how, granted_by, place] = cells(finding);
    let severity = finding.severity.as_str();
    let aside = why_aside(finding);
    let aside = match aside.is_empty() {
        true => String::new(),
        false => format!(" <span class=\"aside\">{}</span>", text(&aside)),
    };
    let _ = writeln!(
        out,
        "<tbody class=\"{severity}\" data-rank=\"{}\"><tr class=\"finding\"><td class=\"severity\">{severity}</td>\
         <th scope=\"row\" class=\"identity\">{}</th><td>{}{aside}</td><td>{}</td><td class=\"place\">{}</td></tr>",
        finding.severity as u8,
        text(&identity(&finding.identity)),
        text(&how),
        text(&granted_by),
        text(&place),
    );
    let written = page.room.written(index, finding);
    if written > 0 {
        let all = finding.paths.len() as u64 + finding.paths_omitted;
        let _ = writeln!(
            out,
            "<tr class=\"detail\"><td colspan=\"5\"><details><summary>gains {}: {}</summary><div class=\"opened\">",
            effects(&finding.effects),
            count(all, "path", "paths")
        );
        opened(index, finding, page, out);
        out.push_str("</div></details></td></tr>");
    }
    out.push_str("</tbody>\n");
}

/// Everything about a finding.
fn opened(index: usize, finding: &Finding, page: Page<'_>, out: &mut String) {
    let written = page.room.written(index, finding);
    for line in asides(finding) {
        let _ = writeln!(out, "<p>{}</p>", text(&line));
    }
    if index < PICTURES {
        let _ = writeln!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Picture of the paths of {}\">{}</div>",
            text(&identity(&finding.identity)),
            finding_picture(finding, Place::Page)
        );
    }
    // One path alone is what the picture of the finding shows.
    let pictures = if index < PICTURES && finding.paths.len() > 1 { page.room.pictures } else { 0 };
    for (number, item) in finding.paths.iter().take(written).enumerate() {
        path(item, PathParts { open: number == 0, picture: number < pictures }, page, out);
    }
    let left = (finding.paths.len() - written) as u64 + finding.paths_omitted;
    if left > 0 {
        let more = count(left, "more path is", "more paths are");
        let who = identity(&finding.identity);
        let _ = writeln!(
            out,
            "<p class=\"quiet\">{more} not written out here: <code>kubectl cilium-exec-check explain {}</code> or the JSON report has those that are listed.</p>",
            text(&who)
        );
    }
    if !finding.remediation.is_empty() {
        out.push_str("<div class=\"remedies\"><h3>What closes it</h3>\n");
        finding.remediation.iter().for_each(|remedy| remediation(remedy, out));
        out.push_str("</div>\n");
    }
}

fn remediation(remediation: &Remediation, out: &mut String) {
    let _ = writeln!(out, "<p>{}</p>", text(&remediation.summary));
    let commands = remediation.commands.join("\n");
    for lines in [Some(&commands), remediation.manifest.as_ref()].into_iter().flatten() {
        if lines.is_empty() {
            continue;
        }
        let all = lines.lines().count();
        let kept: Vec<&str> = lines.lines().take(LINES).collect();
        let _ = writeln!(out, "<pre><code>{}</code></pre>", block(&kept.join("\n")));
        if all > LINES {
            let more = count((all - LINES) as u64, "more line", "more lines");
            let _ = writeln!(
                out,
                "<p class=\"quiet\">and {more}: <code>explain</code> and the JSON report have all</p>"
            );
        }
    }
    let breaks = &remediation.breaks;
    if !breaks.is_empty() {
        out.push_str("<p class=\"quiet\">It also takes away:</p>\n<ul class=\"plain\">");
        for lost in breaks.iter().take(LINES) {
            let _ = write!(out, "<li>{}</li>", text(lost));
        }
        if breaks.len() > LINES {
            let _ = write!(out, "<li>and {} more, all in the JSON report</li>", breaks.len() - LINES);
        }
        out.push_str("</ul>\n");
    }
}
