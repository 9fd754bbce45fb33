//! The report → one HTML file that needs no script to be read, asks for nothing, and prints.

mod finding;
mod folds;
mod steps;

use super::markup::text;
use super::picture::PICTURE_STYLE;
use super::summary::{cilium_lines, kubernetes, missing, nothing, verdict, what_if};
use super::words::count;
use crate::original::Originals;
use crate::report::{AccessReport, Finding, Path, VerdictState};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = include_str!("html/report.js");

/// Paths that are written out in all. Ten thousand findings stay a page that a browser opens.
const PATHS: usize = 2_000;
/// Findings that get a picture.
const PICTURES: usize = 200;
/// Paths that get one of their own, in all.
const PATH_PICTURES: usize = 400;

/// What of the findings is written out, so that the page stays usable: the same number of paths of each.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Paths of one finding.
    paths: usize,
    /// Findings, in the order of the report, of which any are.
    findings: usize,
    /// Paths of one finding that get a picture.
    pictures: usize,
}

/// What the parts of a page are written with.
#[derive(Debug, Clone, Copy)]
struct Page<'a> {
    room: Room,
    originals: &'a Originals,
}

impl Room {
    fn of(report: &AccessReport) -> Self {
        let taken = |findings: usize, most: usize| -> usize {
            report.findings.iter().take(findings).map(|finding| finding.paths.len().min(most)).sum()
        };
        let most = |findings: usize, all: usize| (1..=100).rev().find(|most| taken(findings, *most) <= all);
        let (paths, findings) = most(usize::MAX, PATHS).map_or((1, PATHS), |paths| (paths, usize::MAX));
        let pictures = most(PICTURES, PATH_PICTURES).unwrap_or(1).min(paths);
        Room { paths, findings, pictures }
    }

    /// How many paths of the finding in this place are written out.
    fn written(self, index: usize, finding: &Finding) -> usize {
        if index < self.findings { finding.paths.len().min(self.paths) } else { 0 }
    }
}

/// The paths that a page writes out.
pub fn html_paths(report: &AccessReport) -> impl Iterator<Item = &Path> {
    let room = Room::of(report);
    let findings = report.findings.iter().enumerate();
    let found =
        findings.flat_map(move |(index, finding)| finding.paths.iter().take(room.written(index, finding)));
    found.chain(folds::blocked_paths(report))
}

/// The report as a page; `originals` are the lines that its paths point at, as far as they could be read once more.
pub fn html(report: &AccessReport, originals: &Originals) -> String {
    let style = format!("{STYLE}{PICTURE_STYLE}");
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(&style),
        hash(SCRIPT)
    );
    let title = verdict(report, true);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n\
         <title>{} – cilium-exec-check</title>\n<style>{style}</style>\n</head>\n<body>\n",
        text(title.trim_end_matches('.'))
    );
    head(report, &title, &mut out);
    let page = Page { room: Room::of(report), originals };
    out.push_str("<main>\n");
    findings(report, page, &mut out);
    folds::folds(report, page, &mut out);
    let _ = write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n");
    out
}

fn hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content.as_bytes())))
}

/// The verdict, what is missing, and what it is about.
fn head(report: &AccessReport, verdict: &str, out: &mut String) {
    let class = if report.verdict.state == VerdictState::Reachable { " class=\"reachable\"" } else { "" };
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    let (first, rest) = verdict.split_once("; ").unwrap_or((verdict, ""));
    let _ =
        write!(out, "<header{class}>\n<p class=\"product\">{}</p>\n<h1>{}</h1>\n", text(&tool), text(first));
    if !rest.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", text(rest));
    }
    if let Some(line) = what_if(report) {
        let _ = writeln!(out, "<p class=\"incomplete\">{}</p>", text(&line));
    }
    if let Some(missing) = missing(report) {
        let rest = missing.strip_prefix("INCOMPLETE").unwrap_or(&missing);
        let _ = writeln!(
            out,
            "<p class=\"incomplete\"><strong>INCOMPLETE</strong>{} What was found holds; there may be more.</p>",
            text(rest)
        );
    }
    if let Some(nothing) = nothing(report) {
        let _ = writeln!(out, "<p class=\"incomplete\">{}</p>", text(nothing));
    }
    out.push_str("<p class=\"context\">");
    for line in cilium_lines(report).into_iter().chain([kubernetes(report)]) {
        let _ = write!(out, "<span>{}</span>", text(&line));
    }
    out.push_str("</p>\n</header>\n");
}

/// The table of what counts.
fn findings(report: &AccessReport, page: Page<'_>, out: &mut String) {
    let open: Vec<(usize, &Finding)> =
        report.findings.iter().enumerate().filter(|(_, finding)| finding.is_open()).collect();
    if open.is_empty() {
        return;
    }
    let number = count(open.len() as u64, "finding", "findings");
    let _ = writeln!(out, "<h2 id=\"title\">{number}</h2>");
    if let Some(said) = left_out(report, page.room) {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", text(&said));
    }
    out.push_str(FILTERS);
    finding::table("findings", "title", &open, page, out);
}

/// They work with scripts only, and are not seen without.
const FILTERS: &str = "<div class=\"filters\" id=\"filters\" hidden=\"\">\
    <label>Search <input type=\"search\" autocomplete=\"off\"/></label>\
    <label>Severity <select><option value=\"\">all</option><option>critical</option><option>high</option>\
    <option>medium</option><option>low</option></select></label><span id=\"shown\" role=\"status\"></span></div>\n";

/// What a page of this size cannot hold of a report of that size.
fn left_out(report: &AccessReport, room: Room) -> Option<String> {
    let longest = report.findings.iter().map(|finding| finding.paths.len()).max().unwrap_or(0);
    let number = report.findings.len();
    let mut parts = Vec::new();
    if longest > room.paths {
        parts.push(format!("at most {} of each finding", count(room.paths as u64, "path", "paths")));
    }
    if number > room.findings {
        parts.push(format!("the paths of the first {} findings", room.findings));
    }
    if number > PICTURES {
        parts.push(format!("pictures of the first {PICTURES} findings"));
    }
    if longest.min(room.paths) > room.pictures {
        let paths = count(room.pictures as u64, "path", "paths");
        parts.push(format!("a picture of its own for at most {paths} of each"));
    }
    (!parts.is_empty()).then(|| {
        format!(
            "So that a browser can open it, this page holds {}; every finding has its line, and the JSON report (-o json) holds all.",
            parts.join(", ")
        )
    })
}
