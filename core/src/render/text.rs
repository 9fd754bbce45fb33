//! The report → what a terminal shows: the verdict first, then what is missing, then one line a finding.

use super::TextOptions;
use super::name::identity;
use super::style::Paint;
use super::summary::{DECIDING, summary};
use super::terminal::{pad, shorten, shorten_start, shown, width, wrap};
use super::words::{cell_variants, file_line, object};
use crate::report::{AccessReport, Finding, KindState, Note};
use crate::technique::{Effect, Severity};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Between columns.
const GAP: usize = 2;
/// The widest severity.
const SEVERITY_COLUMN: usize = 8;
/// Identities longer than this do not widen the column for all.
const IDENTITY_COLUMN: usize = 44;
/// What HOW, GRANTED BY and WHERE keep as long as another has more to give.
const USEFUL: [usize; 3] = [19, 14, 18];
/// No cell is cut shorter than this.
const LEAST_CELL: usize = 8;
/// Kinds that the short text names where they are not needed.
const UNSEEN: usize = 5;
/// Notes that the short text shows, in all and of one kind: the tenth of a kind tells less than the first of another.
const NOTES: usize = 8;
const NOTES_OF_A_KIND: usize = 3;

/// The report for a terminal.
pub fn text(report: &AccessReport, options: &TextOptions) -> String {
    let mut out = summary(report, options);
    out.push_str(&table(report, options));
    out.push_str(&notes(report, NOTES, NOTES_OF_A_KIND, options));
    out.push_str(&unseen(report, options));
    if !report.findings.is_empty() {
        let again = shown(&options.again);
        out.push_str(&format!("\nEvery path: kubectl cilium-exec-check explain IDENTITY {again}\n"));
    }
    out
}

/// A line of the table before it is fitted: each cell in fewer and fewer words.
struct Row {
    severity: Severity,
    identity: String,
    cells: [Vec<String>; 3],
}

fn row(finding: &Finding) -> Row {
    Row { severity: finding.severity, identity: identity(&finding.identity), cells: cell_variants(finding) }
}

/// The first variant that fits, else what `cut` leaves of the last.
fn cell(variants: &[String], columns: usize, cut: Cut) -> String {
    let fitting = variants.iter().find(|text| width(text) <= columns);
    let text = fitting.or(variants.last()).map_or("", String::as_str);
    pad(&cut(text, columns), columns)
}

/// Shortens text to a number of columns.
type Cut = for<'a> fn(&'a str, usize) -> Cow<'a, str>;
/// Of a place the end is kept: the line stands there.
const CUTS: [Cut; 3] = [shorten, shorten, shorten_start];

fn natural(variants: &[String]) -> usize {
    variants.first().map_or(0, |text| width(text))
}

/// The findings: privileged access first, then the others, then what was set aside.
fn table(report: &AccessReport, options: &TextOptions) -> String {
    let privileged = |finding: &&Finding| finding.effects.iter().copied().any(Effect::is_privileged);
    let open = || report.findings.iter().filter(|finding| finding.is_open());
    let aside = report
        .findings
        .iter()
        .filter(|finding| !finding.is_open() && (finding.expected.is_none() || options.show_expected));
    let groups: [(&str, Vec<&Finding>); 3] = [
        ("", open().filter(privileged).collect()),
        ("Without privileged access:", open().filter(|finding| !privileged(finding)).collect()),
        ("Set aside:", aside.collect()),
    ];
    let rows: Vec<(&str, Vec<(Row, String)>)> = groups
        .into_iter()
        .filter(|(_, findings)| !findings.is_empty())
        .map(|(title, findings)| {
            (title, findings.into_iter().map(|finding| (row(finding), why_aside(finding))).collect())
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let layout = Layout::new(rows.iter().flat_map(|(_, rows)| rows.iter().map(|(row, _)| row)), options);
    let mut out = format!("\n{}", layout.header());
    for (title, rows) in &rows {
        if !title.is_empty() {
            out.push_str(&format!("\n{}\n", layout.paint.dim(title)));
        }
        for (row, why) in rows {
            out.push_str(&layout.line(row));
            if !why.is_empty() {
                let why = wrap(why, options.columns() - SEVERITY_COLUMN - GAP, SEVERITY_COLUMN + GAP);
                out.push_str(&format!("{}{}\n", " ".repeat(SEVERITY_COLUMN + GAP), layout.paint.dim(&why)));
            }
        }
    }
    out
}

/// Why a finding does not count.
pub(super) fn why_aside(finding: &Finding) -> String {
    if let Some(expected) = &finding.expected {
        return shown(&format!("expected: {}", expected.detail)).into_owned();
    }
    if let Some(accepted) = &finding.accepted {
        let until = accepted.expires.as_deref().map(|date| format!(" (until {date})")).unwrap_or_default();
        return shown(&format!("accepted: {}{until}", accepted.reason)).into_owned();
    }
    if finding.baseline { "in the baseline".to_owned() } else { String::new() }
}

/// Widths of the columns.
struct Layout {
    columns: usize,
    identity: usize,
    cells: [usize; 3],
    paint: Paint,
}

impl Layout {
    fn new<'a>(rows: impl Iterator<Item = &'a Row>, options: &TextOptions) -> Self {
        let mut identity = width("IDENTITY");
        let mut cells = ["HOW", "GRANTED BY", "WHERE"].map(width);
        for row in rows {
            identity = identity.max(width(&row.identity).min(IDENTITY_COLUMN));
            for (column, cell) in cells.iter_mut().zip(&row.cells) {
                *column = (*column).max(natural(cell));
            }
        }
        let columns = options.columns();
        let cells = fit(cells, columns.saturating_sub(SEVERITY_COLUMN + identity + 4 * GAP));
        Layout { columns, identity, cells, paint: Paint(options.color) }
    }

    fn header(&self) -> String {
        let [how, granted_by, _] = self.cells;
        let line = format!(
            "{}  {}  {}  {}  WHERE",
            pad("SEVERITY", SEVERITY_COLUMN),
            pad("IDENTITY", self.identity),
            pad("HOW", how),
            pad(&shorten("GRANTED BY", granted_by), granted_by),
        );
        self.paint.bold(&line) + "\n"
    }

    /// One line: the identity whole, the other cells shortened in their middle.
    fn line(&self, row: &Row) -> String {
        let identity = width(&row.identity).max(self.identity);
        let mut cells = self.cells;
        if identity > self.identity {
            cells = fit(
                row.cells.each_ref().map(|cell| natural(cell)),
                self.columns.saturating_sub(SEVERITY_COLUMN + identity + 4 * GAP),
            );
        }
        let name = row.severity.as_str();
        let mut line = self.paint.severity(row.severity, name);
        line.push_str(&" ".repeat(SEVERITY_COLUMN.saturating_sub(name.len())));
        line.push_str(&format!("  {}", pad(&row.identity, identity)));
        for ((variants, columns), cut) in row.cells.iter().zip(cells).zip(CUTS) {
            line.push_str(&format!("  {}", cell(variants, columns, cut)));
        }
        format!("{}\n", line.trim_end())
    }
}

/// Takes columns from the cell that is furthest above its useful width until all fit, then from the widest.
fn fit(mut cells: [usize; 3], room: usize) -> [usize; 3] {
    while cells.iter().sum::<usize>() > room {
        let above = cells.iter_mut().zip(USEFUL).filter(|(cell, useful)| **cell > *useful);
        if let Some((cell, _)) = above.max_by_key(|(cell, useful)| **cell - *useful) {
            *cell -= 1;
            continue;
        }
        match cells.iter_mut().max() {
            Some(widest) if *widest > LEAST_CELL => *widest -= 1,
            _ => break,
        }
    }
    cells
}

/// What is worth knowing and no finding. Where there is room for some notes only, those about expected findings are
/// folded like these.
pub(super) fn notes(report: &AccessReport, most: usize, of_a_kind: usize, options: &TextOptions) -> String {
    let notes = &report.notes;
    if notes.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", Paint(options.color).bold("Notes"));
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let folded = |note: &Note| most < notes.len() && !options.show_expected && is_expected(report, note);
    let chosen = notes.iter().filter(|note| !folded(note)).filter(|note| {
        let before = told.entry(&note.code).or_default();
        *before += 1;
        *before <= of_a_kind
    });
    let chosen: Vec<&Note> = chosen.take(most).collect();
    for note in &chosen {
        let place = note.object.as_ref().and_then(|object| object.source.as_ref()).map(file_line);
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        let about =
            note.object.as_ref().map(|about| object(&about.kind, about.namespace.as_deref(), &about.name));
        let about = about.map(|about| about + ": ").unwrap_or_default();
        let line = format!("- {about}{}{place}", shown(&note.message));
        out.push_str(&format!("{}\n", wrap(&line, options.columns(), 2)));
    }
    let left = notes.len() - chosen.len();
    if left > 0 && chosen.is_empty() {
        out.push_str(&format!("- {left} about expected identities: -o wide shows them\n"));
    } else if left > 0 {
        out.push_str(&format!("- and {left} more: -o wide shows all\n"));
    }
    out
}

/// Whether a note is about an identity whose finding is expected.
fn is_expected(report: &AccessReport, note: &Note) -> bool {
    let Some(object) = &note.object else { return false };
    let expected = report.findings.iter().filter(|finding| finding.expected.is_some());
    expected
        .map(|finding| &finding.identity)
        .any(|who| (&who.kind, &who.namespace, &who.name) == (&object.kind, &object.namespace, &object.name))
}

/// What was not in the input and does not decide the verdict, and what no export shows.
fn unseen(report: &AccessReport, options: &TextOptions) -> String {
    let mut absent: Vec<&str> = report
        .input
        .coverage
        .iter()
        .filter(|kind| kind.state != KindState::Present && !DECIDING.contains(&kind.kind.as_str()))
        .map(|kind| kind.kind.as_str())
        .collect();
    // What bears most on the answer first: a token Secret is a way in, a volume claim hardly ever.
    absent.sort_by_key(|kind| *kind != "Secret");
    let mut lines = Vec::new();
    if !absent.is_empty() {
        let named = shown(&absent.iter().take(UNSEEN).copied().collect::<Vec<_>>().join(", ")).into_owned();
        let more = match absent.len().saturating_sub(UNSEEN) {
            0 => String::new(),
            more => format!(" and {more} more kinds"),
        };
        lines.push(format!("Not in the input, and not needed for a verdict: {named}{more}."));
    }
    if !report.limits.is_empty() {
        lines.push(format!(
            "What no export shows (group members, admission, other authorizers …): {} limits, listed by -o wide.",
            report.limits.len()
        ));
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().map(|line| wrap(line, options.columns(), 2) + "\n").collect();
    format!("\n{lines}")
}
