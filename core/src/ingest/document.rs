//! The items and the rest of one document → objects: what a List says of its kind is decided here.

use super::build::{Item, Rest};
use super::found::{Fact, Found, Inherited, NOT_AN_OBJECT};
use super::kinds::find;
use super::names::Names;
use super::node::{Fault, Node, Value};
use crate::diagnostic::Code;
use crate::model::{CoverageState, Name};
use std::collections::BTreeSet;

/// One document while it is being read.
#[derive(Debug, Default)]
pub(super) struct Document {
    found: Found,
    /// Items without a kind, of a list whose kind isn't known yet.
    bare: Vec<Node>,
    items: u64,
}

impl Document {
    /// Takes an item of the document's List; `kind` and `api_version` are the List's, as far as they are known.
    pub(super) fn item(&mut self, item: Item, identity: &(Option<Name>, Option<Name>), names: &Names) {
        self.items += 1;
        if item.faults.is_empty() {
            return self.node(item.node, identity, names);
        }
        refuse(&mut self.found, &item.node, &item.faults, identity);
    }

    /// Takes what so many items held that others read.
    pub(super) fn read(&mut self, items: u64, found: Found) {
        self.items += items;
        self.found.append(found);
    }

    fn node(&mut self, node: Node, identity: &(Option<Name>, Option<Name>), names: &Names) {
        match &node.value {
            Value::Map(_) if node.get("kind").is_none() => match inherited(identity) {
                Some(inherited) => self.found.take(&node, Some(&inherited), names),
                None => self.bare.push(node),
            },
            Value::Map(_) if is_list(&node) => list(&mut self.found, node, names),
            Value::List(_) => {
                let Value::List(items) = node.value else { return };
                for node in items {
                    self.node(node, &(None, None), names);
                }
            }
            _ => self.found.take(&node, None, names),
        }
    }

    /// How many items wait for the kind of their list.
    pub(super) fn waiting(&self) -> usize {
        self.bare.len()
    }

    /// Ends the document; `broken` is why it could not be read to its end.
    pub(super) fn finish(mut self, rest: Rest, broken: Option<Fault>, names: &Names) -> Found {
        let said = |key: &str| rest.root.as_ref().and_then(|root| root.text(key)).cloned();
        // What `<<` merged in is known only now.
        let identity = (said("kind").or(rest.kind), said("apiVersion").or(rest.api_version));
        let sequence = matches!(&rest.root, Some(Node { value: Value::List(_), .. }));
        if let Some(fault) = broken {
            self.settle(&identity, names);
            let kind = item_kind(&identity).or(identity.0);
            let known = kind.and_then(|kind| find(&kind, identity.1.as_deref()));
            self.found.refuse(&fault, known.map(|kind| kind.name));
            return self.found;
        }
        let Some(root) = rest.root else { return self.found };
        if !rest.faults.is_empty() {
            let mut found = Found::default();
            refuse(&mut found, &root, &rest.faults, &identity);
            return found;
        }
        if sequence {
            self.settle(&identity, names);
        } else if is_list(&root) || (identity.0.is_none() && self.found.count > 0) {
            self.settle(&identity, names);
            list_says(&mut self.found, &root, &identity, self.items);
        } else {
            self.found = Found::default();
            self.found.take(&root, None, names);
        }
        self.found
    }

    /// The kind of the list is known: so is that of its bare items.
    fn settle(&mut self, identity: &(Option<Name>, Option<Name>), names: &Names) {
        let inherited = inherited(identity);
        for node in std::mem::take(&mut self.bare) {
            self.found.take(&node, inherited.as_ref(), names);
        }
    }
}

/// `RoleList` holds `Role`s; a `List` says nothing of its items.
fn item_kind((kind, _): &(Option<Name>, Option<Name>)) -> Option<Name> {
    kind.as_deref()?.strip_suffix("List").filter(|item| !item.is_empty()).map(Name::from)
}

/// What bare items of a list with this kind and apiVersion are.
pub(super) fn inherited(identity: &(Option<Name>, Option<Name>)) -> Option<Inherited> {
    item_kind(identity).map(|kind| Inherited { kind, api_version: identity.1.clone() })
}

fn is_list(node: &Node) -> bool {
    node.text("kind").is_some_and(|kind| {
        &**kind == "List" || (kind.ends_with("List") && node.get_entry("items").is_some())
    })
}

/// A List inside a List.
fn list(found: &mut Found, node: Node, names: &Names) {
    let identity = (node.text("kind").cloned(), node.text("apiVersion").cloned());
    let mut document = Document::default();
    let mut root = Node { at: node.at, value: Value::Null };
    if let Value::Map(entries) = node.value {
        let mut kept = Vec::new();
        for mut entry in entries {
            if &*entry.key == "items" && matches!(entry.node.value, Value::List(_)) {
                let items = std::mem::replace(&mut entry.node.value, Value::List(Vec::new()));
                let Value::List(items) = items else { continue };
                for node in items {
                    document.item(Item { node, faults: Vec::new() }, &identity, names);
                }
            }
            kept.push(entry);
        }
        root.value = Value::Map(kept);
    }
    let rest = Rest { root: Some(root), faults: Vec::new(), kind: identity.0, api_version: identity.1 };
    found.append(document.finish(rest, None, names));
}

/// What the list itself tells: that its kind is there though it has no items, or that it was cut off.
fn list_says(found: &mut Found, root: &Node, identity: &(Option<Name>, Option<Name>), items: u64) {
    let typed = item_kind(identity).and_then(|kind| find(&kind, identity.1.as_deref())).map(|kind| kind.name);
    if let Some(items) = root.get("items")
        && !matches!(items.value, Value::List(_))
    {
        let fault = Fault::new(Code::WrongType, items.at, "`items` must be a list");
        return found.refuse(&fault, typed);
    }
    if items == 0 && typed.is_some() {
        found.facts.push(Fact { kind: typed, state: CoverageState::Present, reason: None });
    }
    if let Some(at) = truncation(root) {
        let message = "the list was cut off by the server: `metadata.continue` is set";
        let fault = Fault::new(Code::TruncatedList, at, message).help("export it again without a limit");
        found.report(&fault);
        let mut kinds: BTreeSet<Option<&'static str>> = found.objects.kinds().into_iter().map(Some).collect();
        if typed.is_some() || kinds.is_empty() {
            kinds = BTreeSet::from([typed]);
        }
        for kind in kinds {
            found.doubt(kind, CoverageState::Partial, at.line, message);
        }
    }
}

fn truncation(root: &Node) -> Option<super::node::Pos> {
    let metadata = root.get("metadata")?;
    let token =
        metadata.get("continue").filter(|_| metadata.text("continue").is_none_or(|token| !token.is_empty()));
    let left = metadata
        .get("remainingItemCount")
        .filter(|left| !matches!(&left.value, Value::Plain(count) | Value::Number(count) if &**count == "0"));
    token.or(left).map(|node| node.at)
}

/// Refuses what has faults, as the kind that it says it is.
fn refuse(found: &mut Found, node: &Node, faults: &[Fault], identity: &(Option<Name>, Option<Name>)) {
    let inherited = item_kind(identity);
    // As where it is taken: what says its kind itself inherits nothing of its list.
    let (kind, api_version) = match node.text("kind") {
        Some(kind) => (Some(kind), node.text("apiVersion")),
        None => (inherited.as_ref(), node.text("apiVersion").or(identity.1.as_ref())),
    };
    let api_version = api_version.map(|version| &**version);
    let is_object = kind.is_some();
    if !is_object && faults.iter().all(|fault| fault.code == Code::Syntax) {
        // Templates of other tools have tags of their own.
        return found.ignore(NOT_AN_OBJECT);
    }
    for fault in faults {
        found.report(fault);
    }
    let Some(first) = faults.first() else { return };
    let listed = kind.and_then(|kind| kind.strip_suffix("List")).unwrap_or_default();
    let known = kind.and_then(|kind| find(kind, api_version).or_else(|| find(listed, api_version)));
    if is_object {
        found.count += 1;
    }
    // An object of a kind that no rule reads is no loss; of a list, or of what says no kind, anything may be.
    if known.is_some() || !is_object || kind.is_some_and(|kind| kind.ends_with("List")) {
        found.doubt(known.map(|kind| kind.name), CoverageState::Partial, first.at.line, &first.message);
    }
}
