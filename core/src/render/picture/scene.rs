//! Paths → what there is to draw: boxes in layers, a step's technique between what it leads from and to.

use crate::render::words::{count, effects, grant, phrase, place};
use crate::report::{Certainty, EntityRef, Path, Step, Target};
use crate::technique::Effect;
use std::collections::{BTreeMap, BTreeSet};

/// How a line of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// What stands back.
    Quiet,
    /// A name.
    Name,
    /// What is done.
    What,
    /// What is gained.
    Gain,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Whose paths they are.
    Who,
    /// What is reached on the way, or at its end.
    Thing,
    /// What is done.
    Act,
}

/// One box.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// From 0: who, an act, a thing, an act …
    pub(super) layer: usize,
    pub(super) shape: Shape,
    pub(super) lines: Vec<(Look, String)>,
    pub(super) gains: BTreeSet<Effect>,
}

impl Node {
    /// What is to be written into it.
    pub(super) fn text(&self) -> Vec<(Look, String)> {
        let mut lines = self.lines.clone();
        if !self.gains.is_empty() {
            lines.push((Look::Gain, format!("gains {}", effects(&self.gains))));
        }
        lines
    }
}

/// What tells boxes of a layer apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    layer: usize,
    from: usize,
    text: Vec<String>,
}

/// Everything that is drawn.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) nodes: Vec<Node>,
    /// As sure as the surest path that goes along.
    pub(super) edges: BTreeMap<(usize, usize), Certainty>,
    known: BTreeMap<Key, usize>,
}

impl Scene {
    /// Adds a path where it does not take more boxes than there may be; whether it was added.
    pub(super) fn add(&mut self, path: &Path, most: usize) -> bool {
        let Some(first) = path.steps.first() else { return false };
        let mut new: Vec<(Key, Node)> = Vec::new();
        let mut known = |scene: &Scene, key: Key, node: Node| {
            let place = scene.known.get(&key).copied();
            let place_in_new = || new.iter().position(|(known, _)| *known == key);
            place.or_else(|| Some(scene.nodes.len() + place_in_new()?)).unwrap_or_else(|| {
                new.push((key, node));
                scene.nodes.len() + new.len() - 1
            })
        };
        let who = known(self, key(0, 0, &first.from), thing(0, &first.from, None));
        let mut walk = Walk { been: vec![(&first.from, who, 0)], waiting: Vec::new() };
        let mut edges = Vec::new();
        let last = path.steps.len() - 1;
        for (index, step) in path.steps.iter().enumerate() {
            let starts = walk.starts_of(step);
            let layer = starts.iter().map(|(_, layer)| layer + 1).max().unwrap_or(1);
            let act = act(layer, step);
            let text = act.lines.iter().map(|(_, text)| text.clone());
            let from = starts.first().map_or(0, |(from, _)| *from);
            let act_key = Key { layer, from, text: text.chain([step.technique.clone()]).collect() };
            let by = known(self, act_key, act);
            let target = path.target.as_ref().filter(|_| index == last);
            let to = known(self, key(layer + 1, 0, &step.to), thing(layer + 1, &step.to, target));
            edges.extend(starts.iter().map(|(from, _)| (*from, by)).chain([(by, to)]));
            walk.been.push((&step.to, to, layer + 1));
        }
        let at = walk.been.last().map_or(who, |(_, at, _)| *at);
        if self.nodes.len() + new.len() > most {
            return false;
        }
        for (key, node) in new {
            self.known.insert(key, self.nodes.len());
            self.nodes.push(node);
        }
        for edge in edges {
            let sure = self.edges.entry(edge).or_insert(path.certainty);
            *sure = (*sure).min(path.certainty);
        }
        if let Some(end) = self.nodes.get_mut(at) {
            end.gains.insert(path.effect);
        }
        true
    }

    /// How many layers there are.
    pub(super) fn layers(&self) -> usize {
        self.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(0)
    }

    /// Whether every layer holds one box.
    pub(super) fn is_chain(&self) -> bool {
        self.layers() == self.nodes.len()
    }
}

/// The boxes that a path has come by, each with its layer.
struct Walk<'p> {
    been: Vec<(&'p EntityRef, usize, usize)>,
    /// The ends of ways that the path has left for another: whoever is there takes part in a later step.
    waiting: Vec<(&'p EntityRef, usize, usize)>,
}

impl Walk<'_> {
    /// Where a step starts: where the last one led, or where two ways part, and with whom it is taken.
    fn starts_of(&mut self, step: &Step) -> Vec<(usize, usize)> {
        let Some(&(last, at, layer)) = self.been.last() else { return Vec::new() };
        let goes_back = || self.been.iter().rev().skip(1).find(|(entity, ..)| **entity == step.from);
        if *last != step.from
            && acts(last)
            && let Some(&(_, parting, before)) = goes_back()
        {
            self.waiting.push((last, at, layer));
            return vec![(parting, before)];
        }
        let makes = |who: &EntityRef| step.evidence.iter().any(|item| item.by.as_ref() == Some(who));
        let joining = self.waiting.extract_if(.., |(who, ..)| makes(who));
        [(at, layer)].into_iter().chain(joining.map(|(_, at, layer)| (at, layer))).collect()
    }
}

/// Whether an entity makes requests.
fn acts(entity: &EntityRef) -> bool {
    matches!(entity.kind.as_str(), "ServiceAccount" | "User" | "Group" | "Node")
}

fn key(layer: usize, from: usize, entity: &EntityRef) -> Key {
    let namespace = entity.namespace.clone().unwrap_or_default();
    Key { layer, from, text: vec![entity.kind.clone(), namespace, entity.name.clone()] }
}

fn thing(layer: usize, entity: &EntityRef, target: Option<&Target>) -> Node {
    let (kind, name) = match entity.kind.as_str() {
        "ClusterAdmin" => ("cluster-admin", "everything in the cluster"),
        "NodeRoot" if entity.name == "any" => ("root on a node", "any node"),
        "NodeRoot" => ("root on node", entity.name.as_str()),
        kind if entity.name.is_empty() => (kind, "any"),
        kind => (kind, entity.name.as_str()),
    };
    let kind = match &entity.namespace {
        Some(namespace) => format!("{kind} in {namespace}"),
        None => kind.to_owned(),
    };
    let mut lines = vec![(Look::Quiet, kind), (Look::Name, name.to_owned())];
    lines.extend(target.and_then(|target| one_of(entity, target)).map(|text| (Look::Quiet, text)));
    let shape = if layer == 0 { Shape::Who } else { Shape::Thing };
    Node { layer, shape, lines, gains: BTreeSet::new() }
}

/// What a pod or node is an example of.
fn one_of(entity: &EntityRef, target: &Target) -> Option<String> {
    match entity.kind.as_str() {
        "Pod" if target.pods > 1 => {
            let pods = format!("one of {}", count(target.pods, "pod", "pods"));
            Some(match &target.workload {
                Some(workload) => format!("{pods} of {}", workload.name),
                None => pods,
            })
        }
        "NodeRoot" if target.nodes > 1 && entity.name != "any" => {
            Some(format!("one of {}", count(target.nodes, "node", "nodes")))
        }
        _ => None,
    }
}

fn act(layer: usize, step: &Step) -> Node {
    let mut lines = vec![(Look::What, what(step))];
    if let Some(evidence) = step.evidence.first() {
        match (&evidence.binding, &evidence.role) {
            (Some(binding), Some(role)) => {
                let binding = qualified(binding.namespace.as_deref(), &binding.name);
                lines.push((Look::Quiet, format!("binding {binding}")));
                lines.push((Look::Quiet, format!("→ role {}", role.name)));
            }
            _ => lines.push((Look::Quiet, grant(evidence))),
        }
        lines.extend(place(evidence).map(|place| (Look::Quiet, place)));
    }
    let more = step.evidence.len().saturating_sub(1) as u64;
    if more > 0 {
        lines.push((Look::Quiet, format!("and {}", count(more, "more request", "more requests"))));
    }
    Node { layer, shape: Shape::Act, lines, gains: BTreeSet::new() }
}

fn qualified(namespace: Option<&str>, name: &str) -> String {
    namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"))
}

/// What is done, in a few words that the next box ends.
fn what(step: &Step) -> String {
    let phrase = match step.technique.as_str() {
        "pod-token" => "use its mounted token",
        "container-escape" => "escape to its node",
        "node-compromise" => "take over its pods",
        "cluster-admin" => "may do everything",
        technique => phrase(technique),
    };
    let namespace = step.evidence.first().and_then(|evidence| evidence.request.namespace.as_deref());
    match phrase.strip_suffix(" in") {
        Some(_) if step.to.kind == "NodeRoot" => format!("{phrase} {}", namespace.unwrap_or("any namespace")),
        _ => phrase.trim_end_matches(" →").to_owned(),
    }
}
