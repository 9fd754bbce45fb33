//! Boxes and where they stand → SVG: shapes, lines and text, and nothing that loads, links or runs.

use super::layout::{Box_, Layout};
use super::scene::{Look, Node, Scene, Shape};
use super::{PICTURE_STYLE, Place};
use crate::render::markup;
use crate::render::terminal::{shorten, shown, width};
use crate::report::Certainty;
use std::fmt::Write;

/// The height of a line of text.
pub(super) const LINE: i64 = 17;
/// Between a box's edge and its text.
pub(super) const PAD: i64 = 8;
/// Round the whole.
const MARGIN: i64 = 12;
/// Letters of the widest of the named fonts are 0.62 of their size, in thousandths of a pixel.
const LETTER: i64 = 620;

/// The size of a look's letters.
fn size(look: Look) -> i64 {
    match look {
        Look::Name => 13,
        Look::What | Look::Gain => 12,
        Look::Quiet => 11,
    }
}

/// What text takes, at least as wide as it is going to be.
pub(super) fn text_width(look: Look, text: &str) -> i64 {
    (width(&shown(text)) as i64 * size(look) * LETTER + 999) / 1000
}

/// What stands round a picture.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) title: String,
    pub(super) description: String,
    /// What is not in it, one line each.
    pub(super) left_out: Vec<String>,
    pub(super) place: Place,
}

impl Canvas {
    /// The picture.
    pub(super) fn draw(&self, scene: &Scene, layout: &Layout) -> String {
        let legend = legend(scene);
        let below = legend.len() as i64 + self.left_out.len() as i64;
        let width = layout.width.max(CAPTION) + 2 * MARGIN;
        let captions = if below > 0 { below * LINE + PAD } else { 0 };
        let height = layout.height + 2 * MARGIN + captions;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\">\n<title>{}</title>\n<desc>{}</desc>\n",
            markup::text(&self.title),
            markup::text(&self.description),
        );
        if self.place == Place::File {
            let _ = write!(
                out,
                "<style>{PICTURE_STYLE}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#fbfaf7\"/>\n"
            );
        }
        for ((from, to), certainty) in &scene.edges {
            let to_act = scene.nodes.get(*to).is_some_and(|node| node.shape == Shape::Act);
            match (layout.boxes.get(*from), layout.boxes.get(*to)) {
                (Some(from), Some(to)) if layout.down => line_down(from, to, to_act, *certainty, &mut out),
                (Some(from), Some(to)) => line(from, to, to_act, *certainty, &mut out),
                _ => {}
            }
        }
        for (node, place) in scene.nodes.iter().zip(&layout.boxes) {
            box_(node, place, layout.down, &mut out);
        }
        self.captions(&legend, layout, &mut out);
        out.push_str("</svg>\n");
        out
    }

    fn captions(&self, legend: &[(Certainty, &str)], layout: &Layout, out: &mut String) {
        let mut y = layout.height + MARGIN + PAD + LINE;
        for (certainty, words) in legend {
            let middle = y - 4;
            let _ = writeln!(
                out,
                "<path class=\"edge\" d=\"M{MARGIN} {middle}h28\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"{}/>",
                dashes(*certainty)
            );
            text(Look::Quiet, MARGIN + 36, y, CAPTION, words, out);
            y += LINE;
        }
        for words in &self.left_out {
            text(Look::Quiet, MARGIN, y, CAPTION, words, out);
            y += LINE;
        }
    }
}

/// Room for what stands below.
const CAPTION: i64 = 320;

/// What lines that are not whole mean, if there are any.
fn legend(scene: &Scene) -> Vec<(Certainty, &'static str)> {
    let all = [
        (Certainty::Certain, "certain"),
        (Certainty::Conditional, "under a condition"),
        (Certainty::Blocked, "blocked: does not count"),
    ];
    let used = |(certainty, _): &(Certainty, &str)| scene.edges.values().any(|edge| edge == certainty);
    let used: Vec<_> = all.into_iter().filter(used).collect();
    if used.iter().all(|(certainty, _)| *certainty == Certainty::Certain) { Vec::new() } else { used }
}

fn dashes(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "",
        Certainty::Conditional => " stroke-dasharray=\"7 4\"",
        Certainty::Blocked => " stroke-dasharray=\"1 4\" stroke-linecap=\"round\"",
    }
}

/// A line with a head, from the end of one box, or of the text of what is done, to the start of the next.
fn line(from: &Box_, to: &Box_, to_act: bool, certainty: Certainty, out: &mut String) {
    let (start, end) = (MARGIN + from.x + from.width, MARGIN + to.x);
    let first = if to_act { start } else { MARGIN + from.x + from.taken };
    let (y, to_y) = (MARGIN + from.y + from.height / 2, MARGIN + to.y + to.height / 2);
    let middle = (start + end) / 2;
    let curve = format!("M{first} {y}H{start}C{middle} {y} {middle} {to_y} {} {to_y}", end - 5);
    stroke(&curve, Some(format!("M{end} {to_y}l-7 -4v8z")), certainty, out);
}

/// A line downwards: it goes on beside what is done, and has its head where that leads to.
fn line_down(from: &Box_, to: &Box_, to_act: bool, certainty: Certainty, out: &mut String) {
    let x = MARGIN + 26;
    let start = MARGIN + from.y + from.height;
    match to_act {
        true => stroke(&format!("M{x} {start}V{}", MARGIN + to.y + to.height), None, certainty, out),
        false => {
            let end = MARGIN + to.y;
            let head = format!("M{x} {end}l-4 -7h8z");
            stroke(&format!("M{x} {start}V{}", end - 5), Some(head), certainty, out);
        }
    }
}

fn stroke(curve: &str, head: Option<String>, certainty: Certainty, out: &mut String) {
    let head = head.map(|head| format!("<path class=\"head\" d=\"{head}\"/>")).unwrap_or_default();
    let _ = writeln!(
        out,
        "<path class=\"edge\" d=\"{curve}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"{}/>{head}",
        dashes(certainty)
    );
}

/// A box with its lines, each shortened in its middle to what the box has room for; the whole of it as a title.
fn box_(node: &Node, place: &Box_, down: bool, out: &mut String) {
    let lines = node.text();
    let whole: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
    let _ = write!(out, "<g><title>{}</title>", markup::text(&whole.join(" · ")));
    let indent = if node.shape == Shape::Act && down { 40 } else { PAD };
    let class = match (node.shape, node.gains.is_empty()) {
        (Shape::Who, _) => Some("who"),
        (Shape::Thing, true) => Some("thing"),
        (Shape::Thing, false) => Some("goal"),
        (Shape::Act, _) => None,
    };
    let (x, y) = (MARGIN + place.x, MARGIN + place.y);
    if let Some(class) = class {
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"none\" stroke=\"currentColor\"/>",
            place.width, place.height
        );
    }
    for (index, (look, words)) in lines.iter().enumerate() {
        let baseline = y + PAD + index as i64 * LINE + 12;
        text(*look, x + indent, baseline, place.width - indent - PAD, words, out);
    }
    out.push_str("</g>\n");
}

/// One line of text in a room that it does not leave: what is not plain ASCII, whose letters no font promises the
/// width of, is fitted into the room that it was given.
fn text(look: Look, x: i64, y: i64, room: i64, words: &str, out: &mut String) {
    let class = match look {
        Look::Quiet => "quiet",
        Look::Name => "name",
        Look::What => "what",
        Look::Gain => "gain",
    };
    let size = size(look);
    let columns = room.max(0) * 1000 / (size * LETTER);
    let words = shown(words);
    let words = shorten(&words, columns as usize);
    let taken = text_width(look, &words);
    let fitted = match words.chars().all(|letter| letter.is_ascii() || "…→·".contains(letter)) {
        true => String::new(),
        false => format!(" textLength=\"{taken}\" lengthAdjust=\"spacingAndGlyphs\""),
    };
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{fitted}>{}</text>",
        markup::text(&words)
    );
}
