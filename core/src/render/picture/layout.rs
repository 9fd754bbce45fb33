//! Boxes in layers → where each stands: ordered so that few lines cross, as near as can be to what it is joined with.

use super::draw::{LINE, PAD, text_width};
use super::scene::{Scene, Shape};

/// Sweeps over the layers that put boxes in order; more change nothing that is seen.
const SWEEPS: usize = 24;
/// Between boxes of a layer.
const GAP: i64 = 14;
/// Between layers, for a line with its head.
const ALONG: i64 = 34;
/// The widest and the narrowest a box may be.
const WIDEST: i64 = 252;
const NARROWEST: i64 = 96;
/// The width of all boxes of a chain.
const CHAIN: i64 = 340;

/// A box, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Box_ {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    /// What of its width it needs.
    pub(super) taken: i64,
}

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// One for each box of the scene.
    pub(super) boxes: Vec<Box_>,
    pub(super) width: i64,
    pub(super) height: i64,
    /// From top to bottom instead of from left to right.
    pub(super) down: bool,
}

/// Places all boxes.
pub(super) fn layout(scene: &Scene) -> Layout {
    if scene.is_chain() { chain(scene) } else { across(scene) }
}

fn height(scene: &Scene, node: usize) -> i64 {
    scene.nodes.get(node).map_or(0, |node| node.text().len() as i64 * LINE + 2 * PAD)
}

/// One below the other, all of the same width.
fn chain(scene: &Scene) -> Layout {
    let mut order: Vec<usize> = (0..scene.nodes.len()).collect();
    order.sort_by_key(|node| scene.nodes.get(*node).map(|node| node.layer));
    let mut boxes = vec![Box_::default(); scene.nodes.len()];
    let mut y = 0;
    for node in order {
        let height = height(scene, node);
        if let Some(place) = boxes.get_mut(node) {
            *place = Box_ { x: 0, y, width: CHAIN, height, taken: CHAIN };
        }
        y += height + ALONG / 2;
    }
    Layout { boxes, width: CHAIN, height: y - ALONG / 2, down: true }
}

/// Layers from left to right.
fn across(scene: &Scene) -> Layout {
    let joined = joined(scene);
    let layers = ordered(scene, &joined);
    let heights: Vec<i64> = (0..scene.nodes.len()).map(|node| height(scene, node)).collect();
    let middles = middles(&layers, &heights, &joined);
    let top = middles.iter().zip(&heights).map(|(middle, height)| middle - height / 2).min().unwrap_or(0);
    let mut boxes = vec![Box_::default(); scene.nodes.len()];
    let mut x = 0;
    for layer in &layers {
        let width = layer.iter().map(|node| natural_width(scene, *node)).max().unwrap_or(0);
        let width = width.clamp(NARROWEST, WIDEST);
        for node in layer {
            let (Some(place), Some(height), Some(middle)) =
                (boxes.get_mut(*node), heights.get(*node), middles.get(*node))
            else {
                continue;
            };
            let taken = natural_width(scene, *node).min(width);
            *place = Box_ { x, y: middle - height / 2 - top, width, height: *height, taken };
        }
        x += width + ALONG;
    }
    let height = boxes.iter().map(|place| place.y + place.height).max().unwrap_or(0);
    Layout { boxes, width: x - ALONG, height, down: false }
}

fn natural_width(scene: &Scene, node: usize) -> i64 {
    let Some(node) = scene.nodes.get(node) else { return 0 };
    let small = node.shape == Shape::Act;
    node.text().iter().map(|(look, text)| text_width(*look, text)).max().unwrap_or(0)
        + 2 * PAD
        + if small { 0 } else { PAD }
}

/// What each box is joined with, on the left and on the right.
fn joined(scene: &Scene) -> [Vec<Vec<usize>>; 2] {
    let mut left = vec![Vec::new(); scene.nodes.len()];
    let mut right = left.clone();
    for (from, to) in scene.edges.keys() {
        left.get_mut(*to).into_iter().for_each(|list: &mut Vec<usize>| list.push(*from));
        right.get_mut(*from).into_iter().for_each(|list: &mut Vec<usize>| list.push(*to));
    }
    [left, right]
}

/// The boxes of each layer, moved to the mean place of what they are joined with, from the left and from the right in
/// turn (K. Sugiyama et al., Methods for Visual Understanding of Hierarchical System Structures, 1981). What has the
/// same mean stays as it is, so that the same paths give the same picture.
fn ordered(scene: &Scene, joined: &[Vec<Vec<usize>>; 2]) -> Vec<Vec<usize>> {
    let mut layers = vec![Vec::new(); scene.layers()];
    for (index, node) in scene.nodes.iter().enumerate() {
        layers.get_mut(node.layer).into_iter().for_each(|layer: &mut Vec<usize>| layer.push(index));
    }
    let mut place = vec![0_i64; scene.nodes.len()];
    let settle = |layer: &[usize], place: &mut Vec<i64>| {
        for (index, node) in layer.iter().enumerate() {
            place.get_mut(*node).into_iter().for_each(|place| *place = index as i64 * 1_000);
        }
    };
    layers.iter().for_each(|layer| settle(layer, &mut place));
    for sweep in 0..SWEEPS {
        let [left, right] = joined;
        let (side, order): (_, Vec<usize>) = match sweep % 2 {
            0 => (left, (0..layers.len()).collect()),
            _ => (right, (0..layers.len()).rev().collect()),
        };
        for layer in order {
            let Some(layer) = layers.get_mut(layer) else { continue };
            layer.sort_by_cached_key(|node| mean(side.get(*node), &place).or(place.get(*node).copied()));
            settle(layer, &mut place);
        }
    }
    layers
}

fn mean(of: Option<&Vec<usize>>, place: &[i64]) -> Option<i64> {
    let of = of.filter(|of| !of.is_empty())?;
    let sum: i64 = of.iter().filter_map(|node| place.get(*node)).sum();
    Some(sum / of.len() as i64)
}

/// The middle of each box on the axis of its layer.
fn middles(layers: &[Vec<usize>], heights: &[i64], joined: &[Vec<Vec<usize>>; 2]) -> Vec<i64> {
    let mut middles = vec![0; heights.len()];
    let [left, right] = joined;
    let forth = (0..layers.len()).map(|layer| (layer, left));
    let back = (0..layers.len()).rev().map(|layer| (layer, right));
    for (layer, side) in forth.clone().chain(back).chain(forth).collect::<Vec<_>>() {
        let Some(layer) = layers.get(layer) else { continue };
        let of = |node: &usize| {
            let own = middles.get(*node).copied().unwrap_or(0);
            (mean(side.get(*node), &middles).unwrap_or(own), heights.get(*node).copied().unwrap_or(0))
        };
        let wanted: Vec<(i64, i64)> = layer.iter().map(of).collect();
        for (node, middle) in layer.iter().zip(apart(&wanted)) {
            middles.get_mut(*node).into_iter().for_each(|place| *place = middle);
        }
    }
    middles
}

/// Middles as near to the wanted ones as boxes of these heights can stand in this order without touching: boxes that
/// would touch move as one to the mean of what they want.
fn apart(wanted: &[(i64, i64)]) -> Vec<i64> {
    // (sum of what is wanted for the first of a block, boxes in it)
    let mut blocks: Vec<(i64, i64)> = Vec::new();
    let mut offsets = Vec::new();
    let mut offset = 0;
    for (index, (middle, height)) in wanted.iter().enumerate() {
        if let Some((_, before)) = index.checked_sub(1).and_then(|index| wanted.get(index)) {
            offset += before / 2 + GAP + height - height / 2;
        }
        offsets.push(offset);
        let mut block = (middle - offset, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 * block.1 >= block.0 * last.1) {
            block = (block.0 + last.0, block.1 + last.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let starts =
        blocks.iter().flat_map(|(sum, boxes)| std::iter::repeat_n(sum.div_euclid(*boxes), *boxes as usize));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stand_where_they_want_unless_they_would_touch() {
        assert_eq!(apart(&[(0, 20), (100, 20), (200, 20)]), [0, 100, 200]);
        assert_eq!(apart(&[(50, 20), (50, 20)]), [33, 67]);
        assert_eq!(apart(&[(0, 20), (0, 20), (0, 20)]), [-34, 0, 34]);
        assert_eq!(apart(&[(0, 10), (0, 30), (500, 10)]), [-17, 17, 500]);
        assert_eq!(apart(&[]), [0_i64; 0]);
    }
}
