//! Events of YAML or JSON → trees, one for each item of a List as soon as the item ends, within the limits.

mod skipped;

use super::Limits;
use super::node::{Entry, Fault, Key, Node, Pos, Value};
use crate::diagnostic::Code;
use crate::model::Name;
use std::collections::BTreeMap;

/// Grows the tree of one document.
#[derive(Debug)]
pub(super) struct Builder {
    limits: Limits,
    /// The text is one item of a List that was cut out: the items of the outer sequence are what is wanted.
    slice: bool,
    /// Everything is kept, the items of a List in their place included.
    whole: bool,
    stack: Vec<Frame>,
    anchors: BTreeMap<usize, Anchor>,
    aliased: usize,
    root: Option<Node>,
    /// `kind` and `apiVersion` of the document, as soon as they are known.
    kind: Option<Name>,
    api_version: Option<Name>,
    item: Option<Item>,
    /// Those of the items that ended are gone.
    faults: Vec<Fault>,
}

/// An item of the document's `items`, or of the document where that is a sequence.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) node: Node,
    pub(super) faults: Vec<Fault>,
}

/// What is left of a document when its items are taken out.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) root: Option<Node>,
    pub(super) faults: Vec<Fault>,
    pub(super) kind: Option<Name>,
    pub(super) api_version: Option<Name>,
}

#[derive(Debug)]
struct Anchor {
    node: Node,
    nodes: usize,
    depth: usize,
}

#[derive(Debug)]
struct Frame {
    at: Pos,
    anchor: usize,
    /// The values in it are read by no rule: only its keys are looked at.
    skip: bool,
    open: Open,
}

#[derive(Debug)]
enum Open {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(Name, Pos)>, merges: Vec<Node> },
}

/// What refuses a key that is no text; only the whole document then tells where its object ends.
pub(super) const KEY_IS_NO_TEXT: &str = "a key is a mapping or a sequence, not text";

/// What follows `<<` unquoted.
const MERGE: &str = "<<";

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Builder {
            limits,
            slice: false,
            whole: false,
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            aliased: 0,
            root: None,
            kind: None,
            api_version: None,
            item: None,
            faults: Vec::new(),
        }
    }

    /// A builder for an item that was cut out of a List, dash included.
    pub(super) fn for_slice(limits: Limits) -> Self {
        Builder { slice: true, ..Builder::new(limits) }
    }

    /// A builder that awaits an item of a List whose other parts are elsewhere.
    pub(super) fn for_item(limits: Limits, of_list: bool) -> Result<Self, Fault> {
        let mut builder = Builder::new(limits);
        if of_list {
            builder.begin(Pos::default(), true, 0)?;
            builder.scalar(Pos::default(), Value::Text("items".into()), 0)?;
        }
        builder.begin(Pos::default(), false, 0)?;
        Ok(builder)
    }

    /// A builder for a document that is given back: nothing of it is left out.
    pub(super) fn for_whole(limits: Limits) -> Self {
        Builder { whole: true, ..Builder::new(limits) }
    }

    /// The item that the last event ended.
    pub(super) fn take_item(&mut self) -> Option<Item> {
        self.item.take()
    }

    /// The document's kind and apiVersion, as far as they were seen.
    pub(super) fn identity(&self) -> (Option<Name>, Option<Name>) {
        (self.kind.clone(), self.api_version.clone())
    }

    /// Whether the document is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.stack.first().map(|frame| &frame.open), Some(Open::List(_)))
    }

    /// Whether the document is a scalar.
    pub(super) fn is_scalar(&self) -> bool {
        matches!(&self.root, Some(Node { value: Value::Plain(_) | Value::Text(_), .. }))
    }

    /// What is left once the document ended, or broke off.
    pub(super) fn finish(self) -> Rest {
        Rest { root: self.root, faults: self.faults, kind: self.kind, api_version: self.api_version }
    }

    /// Notes what refuses the item, or the document, that is being read.
    pub(super) fn fault(&mut self, fault: Fault) {
        if self.stack.iter().any(|frame| frame.skip && frame.anchor == 0) {
            return;
        }
        self.faults.push(fault);
    }

    /// How many frames are open round an item.
    fn item_level(&self) -> usize {
        match self.stack.first().map(|frame| &frame.open) {
            Some(Open::List(_)) => 1,
            _ => 2,
        }
    }

    /// How many frames are open round the fields of the object that is being read.
    fn object_level(&self) -> usize {
        if self.in_items() { self.item_level() + 1 } else { 1 }
    }

    /// Whether the innermost open frames are those of a List's items.
    fn in_items(&self) -> bool {
        match self.stack.first().map(|frame| &frame.open) {
            _ if self.whole => false,
            Some(Open::List(_)) => true,
            Some(Open::Map { key: Some((key, _)), .. }) => {
                &**key == "items" && matches!(self.stack.get(1).map(|frame| &frame.open), Some(Open::List(_)))
            }
            _ => false,
        }
    }

    /// Whether what comes next is an item of a List, or the end of its items.
    pub(super) fn awaits_item(&self) -> bool {
        self.stack.len() == self.item_level() && self.in_items()
    }

    /// Whether what comes now is read by no rule, its keys aside.
    pub(super) fn is_skipping(&self) -> bool {
        self.stack.last().is_some_and(|frame| frame.skip && frame.anchor == 0)
    }

    /// A mapping or sequence begins.
    pub(super) fn begin(&mut self, at: Pos, map: bool, anchor: usize) -> Result<(), Fault> {
        self.check_depth(at, usize::from(self.slice))?;
        let skip = self.skips_nested();
        if self.wants_key() && self.stack.last().is_some() {
            self.faults.push(Fault::new(Code::Syntax, at, KEY_IS_NO_TEXT));
        }
        let open = if map {
            Open::Map { entries: Vec::new(), key: None, merges: Vec::new() }
        } else {
            Open::List(Vec::new())
        };
        self.stack.push(Frame { at, anchor, skip, open });
        Ok(())
    }

    fn check_depth(&self, at: Pos, more: usize) -> Result<(), Fault> {
        if self.stack.len() + more < self.limits.depth { Ok(()) } else { Err(depth_fault(self.limits, at)) }
    }

    fn wants_key(&self) -> bool {
        matches!(self.stack.last().map(|frame| &frame.open), Some(Open::Map { key: None, .. }))
    }

    /// The innermost mapping or sequence ends.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.open {
            Open::List(items) => Value::List(items),
            Open::Map { entries, merges, .. } => Value::Map(self.close_map(entries, merges)?),
        };
        self.value(Node { at: frame.at, value }, frame.anchor)
    }

    /// Checks for duplicate keys, and fills in what `<<` merges.
    fn close_map(&mut self, entries: Vec<Entry>, merges: Vec<Node>) -> Result<Vec<Entry>, Fault> {
        for (first, second) in duplicates(&entries) {
            let message = format!(
                "the key `{}` stands twice: on line {} and on line {}",
                &*first.key, first.key_at.line, second.key_at.line
            );
            let exports = self.stack.is_empty() && matches!(&*first.key, "apiVersion" | "items" | "kind");
            let help = if exports {
                "keep one of them, or put `---` between two exports"
            } else {
                "keep one of them"
            };
            self.faults.push(Fault::new(Code::DuplicateKey, second.key_at, message).help(help));
        }
        let mut entries = entries;
        for merge in merges {
            self.merge(&mut entries, merge)?;
        }
        Ok(entries)
    }

    fn merge(&mut self, entries: &mut Vec<Entry>, merge: Node) -> Result<(), Fault> {
        match merge.value {
            Value::Null => {}
            Value::Map(more) => {
                for entry in more {
                    if !entries.iter().any(|known| known.key == entry.key) {
                        entries.push(entry);
                    }
                }
            }
            Value::List(maps) if maps.iter().all(|node| matches!(node.value, Value::Map(_))) => {
                for map in maps {
                    self.merge(entries, map)?;
                }
            }
            _ => self.fault(Fault::new(Code::Syntax, merge.at, "`<<` merges mappings only")),
        }
        Ok(())
    }

    /// An alias stands for a value that was anchored before.
    pub(super) fn alias(&mut self, at: Pos, anchor: usize) -> Result<(), Fault> {
        let Some(known) = self.anchors.get(&anchor) else {
            return Err(Fault::new(Code::Syntax, at, "an alias stands inside the value that it names"));
        };
        self.aliased = self.aliased.saturating_add(known.nodes);
        if self.aliased > self.limits.alias_nodes {
            let message = format!(
                "aliases expand to more than {} nodes (limit `alias-nodes`)",
                self.limits.alias_nodes
            );
            return Err(Fault::new(Code::LimitExceeded, at, message));
        }
        self.check_depth(at, known.depth)?;
        let node = Node { at, value: known.node.value.clone() };
        self.scalar_or_value(node, 0, false)
    }

    /// A scalar; `merge` where it is an unquoted `<<`.
    pub(super) fn scalar(&mut self, at: Pos, value: Value, anchor: usize) -> Result<(), Fault> {
        self.scalar_or_value(Node { at, value }, anchor, true)
    }

    fn scalar_or_value(&mut self, node: Node, anchor: usize, own: bool) -> Result<(), Fault> {
        if !self.wants_key() {
            return self.value(node, anchor);
        }
        let text: Name = match &node.value {
            Value::Plain(text) | Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Null => "null".into(),
            Value::Bool(flag) => if *flag { "true" } else { "false" }.into(),
            Value::List(_) | Value::Map(_) => {
                self.faults.push(Fault::new(Code::Syntax, node.at, KEY_IS_NO_TEXT));
                "".into()
            }
        };
        let merge = own && matches!(node.value, Value::Plain(_)) && &*text == MERGE;
        if let Some(Frame { open: Open::Map { key, .. }, .. }) = self.stack.last_mut() {
            // A key that stands for itself can't be written in YAML, so `\0<<` can't clash with one.
            *key = Some((if merge { "\0<<".into() } else { text }, node.at));
        }
        self.remember(node, anchor);
        Ok(())
    }

    fn remember(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            let (nodes, depth) = node.size();
            self.anchors.insert(anchor, Anchor { node, nodes, depth });
        }
    }

    fn value(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if anchor != 0 {
            self.remember(node.clone(), anchor);
        }
        let level = self.stack.len();
        if level > 0 && level == self.item_level() && self.in_items() {
            let faults = self.faults.extract_if(.., |fault| fault.at >= node.at).collect();
            self.item = Some(Item { node, faults });
            return Ok(());
        }
        let object_level = self.object_level();
        let kept = level > 0 && self.keeps(level, object_level, &node);
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        let node = if kept { node } else { Node { at: node.at, value: Value::Null } };
        match &mut frame.open {
            Open::List(items) if kept => items.push(node),
            Open::List(_) => {}
            Open::Map { entries, key, merges } => match key.take() {
                Some((key, _)) if &*key == "\0<<" => merges.push(node),
                Some((key, key_at)) => {
                    if level == 1 {
                        note_identity(&key, &node, &mut self.kind, &mut self.api_version);
                    }
                    entries.push(Entry { key: Key::Text(key), key_at, node });
                }
                // A mapping or sequence as a key: it was refused when it began.
                None => *key = Some(("".into(), node.at)),
            },
        }
        Ok(())
    }
}

fn note_identity(key: &Name, node: &Node, kind: &mut Option<Name>, api_version: &mut Option<Name>) {
    if let Value::Plain(text) | Value::Text(text) = &node.value {
        match &**key {
            "kind" => *kind = Some(text.clone()),
            "apiVersion" => *api_version = Some(text.clone()),
            _ => {}
        }
    }
}

/// What refuses a document that is nested too deeply.
pub(super) fn depth_fault(limits: Limits, at: Pos) -> Fault {
    Fault::new(Code::LimitExceeded, at, format!("nested deeper than {} levels (limit `depth`)", limits.depth))
}

/// Pairs of entries with the same key, in the order of the text.
fn duplicates(entries: &[Entry]) -> Vec<(&Entry, &Entry)> {
    // Kubernetes sorts keys: those that rise stand once.
    if entries.iter().zip(entries.iter().skip(1)).all(|(a, b)| *a.key < *b.key) {
        return Vec::new();
    }
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| (&*a.key, a.key_at).cmp(&(&*b.key, b.key_at)));
    sorted.iter().zip(sorted.iter().skip(1)).filter(|(a, b)| a.key == b.key).map(|(a, b)| (*a, *b)).collect()
}
