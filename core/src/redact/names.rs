//! Names → pseudonyms: numbered in the order of their first appearance, by what they are a name of.

use super::known::{is_kind, is_known, is_own_group};
use std::collections::{BTreeMap, BTreeSet};

/// What something is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    User,
    Group,
    Account,
    Namespace,
    Node,
    Binding,
    Role,
    Pod,
    Workload,
    Container,
    Object,
    ApiGroup,
    Resource,
    Verb,
    File,
    Path,
    Text,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Account => "account",
            Kind::Namespace => "namespace",
            Kind::Node => "node",
            Kind::Binding => "binding",
            Kind::Role => "role",
            Kind::Pod => "pod",
            Kind::Workload => "workload",
            Kind::Container => "container",
            Kind::Object => "object",
            Kind::ApiGroup => "api",
            Kind::Resource => "resource",
            Kind::Verb => "verb",
            Kind::File => "file",
            Kind::Path => "/path",
            Kind::Text => "text",
        }
    }
}

/// Extensions that say what is in a file.
const EXTENSIONS: [&str; 9] = ["yaml", "yml", "json", "jsonl", "gz", "tgz", "tar", "zip", "txt"];

/// All names, and what stands for them.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names without a pseudonym: where each first stood, and all that it is the name of.
    seen: BTreeMap<String, (usize, BTreeSet<Kind>)>,
    given: BTreeMap<String, String>,
    issued: BTreeSet<String>,
    counted: BTreeMap<&'static str, usize>,
    /// Pseudonyms are given as names come.
    at_once: bool,
    /// The most words that a name is made of.
    words: usize,
}

impl Names {
    /// The pseudonym of a name; nothing else where it is everybody's.
    pub(super) fn name(&mut self, kind: Kind, text: &str) -> String {
        if is_known(text) || self.issued.contains(text) {
            return text.to_owned();
        }
        if let Some(given) = self.given.get(text) {
            return given.clone();
        }
        let next = self.seen.len();
        self.seen.entry(text.to_owned()).or_insert((next, BTreeSet::new())).1.insert(kind);
        if self.at_once {
            self.settle();
            return self.given.get(text).cloned().unwrap_or_default();
        }
        text.to_owned()
    }

    /// Gives pseudonyms to all names that have none. What is the name of several things is called a name.
    pub(super) fn settle(&mut self) {
        let mut seen: Vec<(usize, String, BTreeSet<Kind>)> = std::mem::take(&mut self.seen)
            .into_iter()
            .map(|(text, (order, kinds))| (order, text, kinds))
            .collect();
        seen.sort();
        // A name may look like a pseudonym.
        let taken: BTreeSet<String> = seen.iter().map(|(_, text, _)| text.clone()).collect();
        for (_, text, kinds) in seen {
            let mut kinds = kinds.into_iter().filter(|kind| *kind != Kind::Object);
            let word = match (kinds.next(), kinds.next()) {
                (None, _) => Kind::Object.word(),
                (Some(kind), None) => kind.word(),
                (Some(_), Some(_)) => "name",
            };
            let ending = match word {
                "file" => extension(&text),
                _ => String::new(),
            };
            let number = self.counted.entry(word).or_default();
            let pseudonym = loop {
                *number += 1;
                let pseudonym = format!("{word}-{number}{ending}");
                if !self.given.contains_key(&pseudonym) && !taken.contains(&pseudonym) {
                    break pseudonym;
                }
            };
            self.words = self.words.max(boundaries(&text).count());
            self.issued.insert(pseudonym.clone());
            self.given.insert(text, pseudonym);
        }
    }

    /// From here on names get their pseudonyms as they come.
    pub(super) fn give_at_once(&mut self) {
        self.at_once = true;
    }

    /// An API group.
    pub(super) fn api_group(&mut self, text: &str) -> String {
        if is_own_group(text) { text.to_owned() } else { self.name(Kind::ApiGroup, text) }
    }

    /// A resource with its subresource; `own` where its rule names a group that is nobody else's.
    pub(super) fn resource(&mut self, text: &str, own: bool) -> String {
        if !own {
            // A resource of a group of Kubernetes or Cilium is theirs, if it looks like one.
            let plain = |letter: char| letter.is_ascii_lowercase() || "/*".contains(letter);
            if text.len() < 64 && text.chars().all(plain) {
                return text.to_owned();
            }
        }
        text.split('/').map(|part| self.name(Kind::Resource, part)).collect::<Vec<_>>().join("/")
    }

    /// A user's name: those of accounts, nodes and bootstrap tokens have parts.
    pub(super) fn user(&mut self, text: &str) -> String {
        let parts: Vec<&str> = text.splitn(4, ':').collect();
        match parts[..] {
            ["system", "serviceaccount", namespace, name] => {
                let namespace = self.name(Kind::Namespace, namespace);
                format!("system:serviceaccount:{namespace}:{}", self.name(Kind::Account, name))
            }
            ["system", "node", name] => format!("system:node:{}", self.name(Kind::Node, name)),
            _ => self.name(Kind::User, text),
        }
    }

    /// A group's name: that of a namespace's accounts has parts.
    pub(super) fn group(&mut self, text: &str) -> String {
        match text.strip_prefix("system:serviceaccounts:") {
            Some(namespace) => format!("system:serviceaccounts:{}", self.name(Kind::Namespace, namespace)),
            None => self.name(Kind::Group, text),
        }
    }

    /// A file's name.
    pub(super) fn file(&mut self, text: &str) -> String {
        self.name(Kind::File, text)
    }

    /// A kind of object.
    pub(super) fn kind_word(&mut self, text: &str) -> String {
        if is_kind(text) { text.to_owned() } else { self.name(Kind::Text, text) }
    }

    /// Whether this is a pseudonym.
    pub(super) fn is_issued(&self, text: &str) -> bool {
        self.issued.contains(text)
    }

    /// Text with every name in it replaced that has a pseudonym, the longest first.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let starts = out.is_empty() || !joins(text, at);
            if let Some((length, pseudonym)) = starts.then(|| self.longest(text, at, rest)).flatten() {
                out.push_str(pseudonym);
                at += length;
                continue;
            }
            let Some(letter) = rest.chars().next() else { break };
            out.push(letter);
            at += letter.len_utf8();
        }
        out
    }

    fn longest(&self, text: &str, at: usize, rest: &str) -> Option<(usize, &str)> {
        let ends: Vec<usize> =
            boundaries(rest).filter(|end| !joins(text, at + end)).take(self.words + 1).collect();
        ends.into_iter().rev().find_map(|end| {
            let name = rest.get(..end).filter(|name| is_telling(name))?;
            Some((end, self.given.get(name)?.as_str()))
        })
    }
}

/// Whether a name can be told from the words round it: a name like `in` is not, and tells nothing where it stands.
fn is_telling(name: &str) -> bool {
    const ORDINARY: [&str; 24] = [
        "and",
        "the",
        "out",
        "its",
        "not",
        "all",
        "take",
        "loses",
        "everything",
        "that",
        "allows",
        "in",
        "of",
        "is",
        "it",
        "no",
        "by",
        "needs",
        "root",
        "node",
        "nodes",
        "namespace",
        "cluster",
        "whole",
    ];
    name.chars().count() > 1
        && !ORDINARY.contains(&name)
        && !name.chars().all(|letter| letter.is_ascii_digit())
}

/// Where a name that starts with the text may end.
fn boundaries(text: &str) -> impl Iterator<Item = usize> + '_ {
    let inner = text.char_indices().skip(1).map(|(index, _)| index);
    inner.filter(|index| !joins(text, *index)).chain([text.len()])
}

/// Whether the letters before and after a place belong to one word. Dots and dashes join what has letters on both sides.
fn joins(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) else { return true };
    let letter =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let joint = |letter: Option<char>| matches!(letter, Some('-' | '.'));
    let (mut back, mut forth) = (before.chars().rev(), after.chars());
    let (last, next) = (back.next(), forth.next());
    match (letter(last), letter(next)) {
        (true, true) => true,
        (true, false) => joint(next) && letter(forth.next()),
        (false, true) => joint(last) && letter(back.next()),
        (false, false) => false,
    }
}

/// `.yaml` of `exports/rbac.yaml`.
fn extension(name: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| EXTENSIONS.contains(ending));
    ending.map(|ending| format!(".{ending}")).unwrap_or_default()
}
