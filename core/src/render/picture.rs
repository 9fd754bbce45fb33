//! Paths → a picture of them as SVG: who, by which technique and grant, reaches what.

mod draw;
mod layout;
mod scene;

use super::name::identity;
use super::wide::certainty;
use super::words::{count, effects, how};
use crate::report::{Certainty, Finding, Path};
use draw::Canvas;
use layout::layout;
use scene::Scene;

/// The colours of pictures that stand inside a page: for its style sheet. A file of its own brings them along.
pub const PICTURE_STYLE: &str = include_str!("picture/picture.css");

/// Paths of one finding that are drawn at most.
const PATHS: usize = 40;
/// Boxes of one picture.
const BOXES: usize = 48;

/// Where a picture is going to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a file of its own.
    File,
    /// In an HTML page that has [`PICTURE_STYLE`] in its style sheet.
    Page,
}

/// One path, from top to bottom.
pub fn path_picture(path: &Path, place: Place) -> String {
    let who = path.steps.first().map(|step| identity(&step.from)).unwrap_or_default();
    let mut scene = Scene::default();
    scene.add(path, usize::MAX);
    let title = format!("How {who} gains {}", path.effect.as_str());
    picture(&scene, &Canvas { title, description: described(path), left_out: Vec::new(), place })
}

/// The paths of a finding in one picture, from left to right; as many of them as can be told apart, and how many are
/// left out. Expected paths are drawn where there are no others.
pub fn finding_picture(finding: &Finding, place: Place) -> String {
    let counts = |path: &&Path| path.expected.is_none() && path.counts();
    let counting: Vec<&Path> = finding.paths.iter().filter(counts).collect();
    let chosen: Vec<&Path> = match counting.is_empty() {
        true => finding.paths.iter().collect(),
        false => counting,
    };
    let mut scene = Scene::default();
    let drawn: Vec<&Path> =
        chosen.iter().copied().take(PATHS).filter(|path| scene.add(path, BOXES)).collect();
    let aside = (finding.paths.len() - chosen.len()) as u64;
    let more = (chosen.len() - drawn.len()) as u64 + finding.paths_omitted;
    let said = |number: u64, one: &str, many: &str| (number > 0).then(|| count(number, one, many));
    let left_out: Vec<String> = [
        said(more, "more path is not drawn", "more paths are not drawn"),
        said(aside, "expected or blocked path is not drawn", "expected or blocked paths are not drawn"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = format!("How {} gains {}", identity(&finding.identity), effects(&finding.effects));
    let description = drawn.iter().map(|path| described(path)).collect::<Vec<_>>().join("; ");
    picture(&scene, &Canvas { title, description, left_out, place })
}

fn described(path: &Path) -> String {
    let sure = match path.certainty {
        Certainty::Certain => String::new(),
        unsure => format!(" ({})", certainty(unsure)),
    };
    format!("{}: {}{sure}", path.effect.as_str(), how(path))
}

fn picture(scene: &Scene, canvas: &Canvas) -> String {
    canvas.draw(scene, &layout(scene))
}
