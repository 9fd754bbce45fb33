//! What one source held: its objects, and what it says of each kind.

use super::convert::{Converted, convert, leading_number, minor_version};
use super::fields::location;
use super::kinds::{Kind, find, find_resource};
use super::names::Names;
use super::node::{Fault, Node, Pos, Value};
use super::objects::Objects;
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::model::{CoverageState, Location, Name};
use std::collections::BTreeMap;

/// What a source, or a document of it, held.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) objects: Objects,
    /// Kubernetes objects, ignored kinds included.
    pub(super) count: u64,
    pub(super) facts: Vec<Fact>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) ignored: BTreeMap<String, u64>,
    pub(super) server_version: Option<(u32, u32)>,
    pub(super) taken: Taken,
}

/// Which reader took how much of what is read item by item: bytes of documents of YAML, and of items of Lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// By the strict readers, of lines and of tokens, which are quick.
    pub strictly: u64,
    /// By the general parsers, because something in them is not written as kubectl writes it.
    pub by_parser: u64,
}

impl Taken {
    /// So many bytes, which a strict reader took or left to the parser.
    pub(super) fn of(bytes: usize, strictly: bool) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if strictly {
            Taken { strictly: bytes, by_parser: 0 }
        } else {
            Taken { strictly: 0, by_parser: bytes }
        }
    }

    /// Both together.
    pub fn and(self, other: Taken) -> Self {
        Taken {
            strictly: self.strictly.saturating_add(other.strictly),
            by_parser: self.by_parser.saturating_add(other.by_parser),
        }
    }
}

/// The kind and apiVersion that a typed list gives its bare items.
#[derive(Debug, Clone)]
pub(super) struct Inherited {
    pub(super) kind: Name,
    pub(super) api_version: Option<Name>,
}

/// What the input says of a kind, beside its objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// The kind; `None` means that any kind may be concerned.
    pub(super) kind: Option<&'static str>,
    pub(super) state: CoverageState,
    /// Why; the source and line that follow are put before it.
    pub(super) reason: Option<(u32, String)>,
}

/// What is counted where a document holds no Kubernetes object.
pub(super) const NOT_AN_OBJECT: &str = "(not an object)";

impl Found {
    /// Adds what a document held.
    pub(super) fn append(&mut self, mut other: Found) {
        self.objects.append(std::mem::take(&mut other.objects));
        self.count += other.count;
        self.facts.append(&mut other.facts);
        self.diagnostics.append(&mut other.diagnostics);
        for (kind, count) in other.ignored {
            *self.ignored.entry(kind).or_default() += count;
        }
        self.server_version = self.server_version.max(other.server_version);
        self.taken = self.taken.and(other.taken);
    }

    /// Takes one object; `inherited` is what a typed list gives its bare items.
    pub(super) fn take(&mut self, node: &Node, inherited: Option<&Inherited>, names: &Names) {
        if node.value == Value::Null || self.take_version(node) {
            return;
        }
        let (kind, api_version) = match (node.text("kind"), inherited) {
            (Some(kind), _) => (Some(kind), node.text("apiVersion")),
            (None, Some(Inherited { kind, api_version })) => (Some(kind), api_version.as_ref()),
            (None, None) => (None, None),
        };
        let Some(kind) = kind.filter(|_| matches!(node.value, Value::Map(_))) else {
            self.ignore(NOT_AN_OBJECT);
            return;
        };
        self.count += 1;
        let api_version = api_version.map(|version| &**version);
        if &**kind == "Status" && api_version.is_none_or(|version| version == "v1") {
            self.take_status(node);
            return;
        }
        match find(kind, api_version) {
            Some(kind) => self.take_known(node, kind, names),
            None => self.ignore(kind),
        }
    }

    fn take_known(&mut self, node: &Node, kind: &'static Kind, names: &Names) {
        let Converted { object, namespace_missing } = match convert(node, kind, names) {
            Ok(converted) => converted,
            Err(fault) => return self.refuse(&fault, Some(kind.name)),
        };
        if namespace_missing {
            let name =
                node.get("metadata").and_then(|metadata| metadata.text("name")).map_or("", |name| name);
            self.diagnostics.push(Diagnostic {
                code: Code::MissingNamespace,
                level: Level::Warning,
                message: format!("{} `{name}` names no namespace: `default` is taken", kind.name),
                help: Some("set `metadata.namespace`".to_owned()),
                at: location(node),
            });
        }
        self.objects.push(object);
    }

    /// Counts what no rule reads.
    pub(super) fn ignore(&mut self, kind: &str) {
        *self.ignored.entry(kind.to_owned()).or_default() += 1;
    }

    /// A document or an item is not read; `kind` is what it would have been, where that is certain.
    pub(super) fn refuse(&mut self, fault: &Fault, kind: Option<&'static str>) {
        self.report(fault);
        self.doubt(kind, CoverageState::Partial, fault.at.line, &fault.message);
    }

    /// Adds the diagnostic of something that was not read.
    pub(super) fn report(&mut self, fault: &Fault) {
        self.diagnostics.push(Diagnostic {
            code: fault.code,
            level: Level::Error,
            message: fault.message.clone(),
            help: fault.help.map(str::to_owned),
            at: Location { line: fault.at.line, column: fault.at.column, ..Location::default() },
        });
    }

    /// Notes that a kind can't be relied on.
    pub(super) fn doubt(
        &mut self,
        kind: Option<&'static str>,
        state: CoverageState,
        line: u32,
        reason: &str,
    ) {
        self.facts.push(Fact { kind, state, reason: Some((line, reason.to_owned())) });
    }

    /// A `Status` is what the API server answers instead of a list.
    fn take_status(&mut self, node: &Node) {
        if node.text("status").is_some_and(|status| &**status == "Success") {
            return self.ignore("Status");
        }
        let code = node.get("code").map(|code| match &code.value {
            Value::Plain(text) | Value::Number(text) => text.parse().unwrap_or(0),
            _ => 0u32,
        });
        let reason = node.text("reason").map_or("", |reason| reason);
        let forbidden = code == Some(403) || reason == "Forbidden";
        let details = node.get("details");
        let group = details.and_then(|details| details.text("group"));
        let kind = details
            .and_then(|details| details.text("kind"))
            .and_then(|kind| find_resource(kind, group.map(|group| &**group)))
            // Without details, the message says `secrets is forbidden: …`.
            .or_else(|| find_resource(node.text("message")?.split(' ').next()?, None));
        if forbidden {
            return self.deny(kind, node.at);
        }
        let code = code.map_or("with an error".to_owned(), |code| code.to_string());
        let message =
            format!("the server answered {code} instead of {}", kind.map_or("a list", |kind| kind.name));
        let fault = Fault::new(Code::AccessDenied, node.at, message).help("export it again");
        self.refuse(&fault, kind.map(|kind| kind.name));
    }

    /// The server refused a list.
    pub(super) fn deny(&mut self, kind: Option<&Kind>, at: Pos) {
        let message =
            format!("the server refused to list {} (403)", kind.map_or("something", |kind| kind.name));
        let fault = Fault::new(Code::AccessDenied, at, message).help("export it as a user who may list it");
        self.report(&fault);
        let state = if kind.is_some() { CoverageState::Denied } else { CoverageState::Partial };
        self.doubt(kind.map(|kind| kind.name), state, at.line, &fault.message);
    }

    /// The output of `kubectl version`, as YAML, JSON or text, or that of `/version`.
    fn take_version(&mut self, node: &Node) -> bool {
        if node.text("kind").is_some() {
            return false;
        }
        let told = |version: &Node| {
            let number = |key: &str| leading_number(version.text(key)?);
            match (number("major"), number("minor")) {
                (Some(major), Some(minor)) => Some((major, minor)),
                _ => minor_version(version.text("gitVersion")?),
            }
        };
        let server = node.get("serverVersion").and_then(told);
        let printed = node.text("Server Version").and_then(|version| minor_version(version));
        let raw = if node.text("gitVersion").is_some() { told(node) } else { None };
        let found = server.or(printed).or(raw);
        self.server_version = self.server_version.max(found);
        found.is_some() || node.get("clientVersion").is_some() || node.text("Client Version").is_some()
    }
}
