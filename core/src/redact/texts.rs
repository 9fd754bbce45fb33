//! Texts with names in them → the same with pseudonyms: messages, commands, excerpts and manifests.

use super::Redactor;
use super::known::is_known;
use super::names::Kind;
use crate::finding::quoted;
use crate::ingest::{Entry, Key, Limits, Node, Value, values};
use crate::review::block_yaml;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Message,
    Command,
    Excerpt,
}

impl Redactor<'_> {
    /// A message: known names wherever they stand, and whatever stands in backticks, which hold input.
    pub(super) fn message(&mut self, text: &str) -> String {
        self.once(Form::Message, text, Self::new_message)
    }

    /// What a text becomes, worked out once: reports say the same things often.
    fn once(&mut self, form: Form, text: &str, new: impl FnOnce(&mut Self, &str) -> String) -> String {
        if !self.read_texts {
            return text.to_owned();
        }
        if let Some(told) = self.told.get(&form).and_then(|told| told.get(text)) {
            return told.clone();
        }
        let told = new(self, text);
        self.told.entry(form).or_default().insert(text.to_owned(), told.clone());
        told
    }

    fn new_message(&mut self, text: &str) -> String {
        let text = self.names.replaced(text);
        let parts: Vec<&str> = text.split('`').collect();
        // Where a backtick is left over, a name holds one: then nothing after the first is sure to be our own.
        let whole = parts.len() % 2 == 1;
        let part = |(index, part): (usize, &&str)| match index {
            0 => (*part).to_owned(),
            _ if whole && index % 2 == 0 => (*part).to_owned(),
            _ => self.backticked(part),
        };
        let parts: Vec<String> = parts.iter().enumerate().map(part).collect();
        parts.join("`")
    }

    fn backticked(&mut self, text: &str) -> String {
        let own = |names: &super::Names, word: &str| {
            is_known(word) || names.is_issued(word) || word.bytes().all(|byte| byte.is_ascii_digit())
        };
        let apart = |letter: char| !letter.is_alphanumeric() && letter != '-';
        if own(self.names, text) || text.split(apart).all(|word| own(self.names, word)) {
            return text.to_owned();
        }
        let placed = text.rsplit_once(':').filter(|(_, line)| line.bytes().all(|byte| byte.is_ascii_digit()));
        if placed.is_some_and(|(file, _)| self.names.is_issued(file)) {
            return text.to_owned();
        }
        match text.split_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
                let namespace = self.names.name(Kind::Namespace, namespace);
                format!("{namespace}/{}", self.names.name(Kind::Object, name))
            }
            _ => self.names.name(Kind::Object, text),
        }
    }

    /// The message of a note; two of them name a kind as it stands in the input.
    pub(super) fn note_message(&mut self, text: &str) -> String {
        if !self.read_texts {
            return text.to_owned();
        }
        for start in ["its subject ", "refers to "] {
            let rest = text.strip_prefix(start).and_then(|rest| rest.split_once(" `"));
            if let Some((kind, rest)) = rest {
                let kind = self.names.kind_word(kind);
                return format!("{start}{kind} {}", self.message(&format!("`{rest}")));
            }
        }
        self.message(text)
    }

    /// `take WHO out of BINDING, BINDING, and WHO out of BINDING`.
    pub(super) fn summary(&mut self, text: &str) -> String {
        let Some(rest) = self.read_texts.then(|| text.strip_prefix("take ")).flatten() else {
            return self.message(text);
        };
        let parts = rest.split(", and ").map(|part| match part.split_once(" out of ") {
            Some((who, bindings)) => {
                let bindings = bindings.split(", ").map(|binding| self.object(Kind::Binding, binding));
                let bindings = bindings.collect::<Vec<_>>().join(", ");
                format!("{} out of {bindings}", self.who(who))
            }
            None => self.names.name(Kind::Text, part),
        });
        format!("take {}", parts.collect::<Vec<_>>().join(", and "))
    }

    /// `WHO loses everything that ROLE allows in namespace NAMESPACE`.
    pub(super) fn breaks(&mut self, text: &str) -> String {
        let parts = text.split_once(" loses everything that ").filter(|_| self.read_texts);
        let Some((who, rest)) = parts else { return self.message(text) };
        let who = self.who(who);
        if let Some(role) = rest.strip_suffix(" allows in the whole cluster") {
            let role = self.object(Kind::Role, role);
            return format!("{who} loses everything that {role} allows in the whole cluster");
        }
        match rest.rsplit_once(" allows in namespace ") {
            Some((role, namespace)) => {
                let role = self.object(Kind::Role, role);
                let namespace = self.names.name(Kind::Namespace, namespace);
                format!("{who} loses everything that {role} allows in namespace {namespace}")
            }
            None => format!("{who} loses everything that {}", self.names.name(Kind::Text, rest)),
        }
    }

    /// `serviceaccount/NAMESPACE/NAME`, `user/NAME` and so on.
    fn who(&mut self, text: &str) -> String {
        match text.split_once('/') {
            Some(("user", name)) => format!("user/{}", self.names.user(name)),
            Some(("group", name)) => format!("group/{}", self.names.group(name)),
            Some(("node", name)) => format!("node/{}", self.names.name(Kind::Node, name)),
            Some(("serviceaccount", name)) => {
                format!("serviceaccount/{}", self.qualified(Kind::Account, name))
            }
            _ => self.names.name(Kind::Text, text),
        }
    }

    /// `clusterrolebinding NAME`, `rolebinding NAMESPACE/NAME`; a binding that comes after another likewise.
    fn object(&mut self, kind: Kind, text: &str) -> String {
        let (word, name) = text.split_once(' ').unwrap_or(("", text));
        match word {
            "rolebinding" => format!("rolebinding {}", self.qualified(kind, name)),
            "clusterrolebinding" | "role" | "clusterrole" => {
                format!("{word} {}", self.names.name(kind, name))
            }
            _ => self.names.name(Kind::Text, text),
        }
    }

    /// A kubectl command.
    pub(super) fn command(&mut self, text: &str) -> String {
        self.once(Form::Command, text, Self::new_command)
    }

    fn new_command(&mut self, text: &str) -> String {
        let words = shell_words(text);
        let asks = words.get(1).is_some_and(|word| word == "auth");
        let mut before = "";
        let mut out = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let new = match (before, word.split_once('=')) {
                ("-n", _) => self.names.name(Kind::Namespace, word),
                (_, Some(("--as", user))) => format!("--as={}", quoted(&self.names.user(user))),
                (_, Some(("--as-group", group))) => {
                    format!("--as-group={}", quoted(&self.names.group(group)))
                }
                (_, Some(("--subresource", name))) => {
                    format!("--subresource={}", quoted(&self.names.name(Kind::Resource, name)))
                }
                _ if asks && index == 3 => self.names.name(Kind::Verb, word),
                _ if asks && index == 4 => self.asked(word),
                _ if !asks && index == 3 => self.names.name(Kind::Binding, word),
                _ => word.clone(),
            };
            out.push(if word.starts_with("--") { new } else { quoted(&new) });
            before = word;
        }
        out.join(" ")
    }

    /// `RESOURCE`, `RESOURCE.GROUP` or either with `/NAME`.
    fn asked(&mut self, text: &str) -> String {
        let (kind, name) = text.split_once('/').map_or((text, None), |(kind, name)| (kind, Some(name)));
        let kind = match kind.split_once('.') {
            Some((resource, group)) => {
                let group_ = self.names.api_group(group);
                format!("{}.{group_}", self.names.resource(resource, group_ != group))
            }
            None => self.names.resource(kind, false),
        };
        match name {
            Some(name) => format!("{kind}/{}", self.names.name(Kind::Object, name)),
            None => kind,
        }
    }

    /// A rule as it is shown: a field a line, its items as JSON.
    pub(super) fn excerpt(&mut self, text: &str, own: bool) -> String {
        self.once(Form::Excerpt, text, |pass, text| pass.new_excerpt(text, own))
    }

    fn new_excerpt(&mut self, text: &str, own: bool) -> String {
        let lines = text.lines().map(|line| {
            let Some((field, items)) = line.split_once(": ") else { return String::new() };
            let items: Vec<String> = serde_json::from_str(items).unwrap_or_default();
            let items = items.iter().map(|item| match field.trim_start_matches(['-', ' ']) {
                "apiGroups" => self.names.api_group(item),
                "resources" => self.names.resource(item, own),
                "verbs" => self.names.name(Kind::Verb, item),
                "nonResourceURLs" => self.names.name(Kind::Path, item),
                _ => self.names.name(Kind::Object, item),
            });
            let items: Vec<String> = items.filter_map(|item| serde_json::to_string(&item).ok()).collect();
            format!("{field}: [{}]", items.join(", "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A reason for a component's privilege: the path of the node that it names, and names.
    pub(super) fn host_path(&mut self, text: &str) -> String {
        if !self.read_texts {
            return text.to_owned();
        }
        for start in ["reads ", "writes ", "mounts below "] {
            for end in [" of the node: ", " appear on the node"] {
                let parts = text.strip_prefix(start).and_then(|rest| rest.rsplit_once(end));
                if let Some((path, rest)) = parts {
                    let path = self.names.name(Kind::Path, path);
                    return format!("{start}{path}{end}{}", self.message(rest));
                }
            }
        }
        self.message(text)
    }

    /// Objects to apply. What cannot be read is left out.
    pub(super) fn manifest(&mut self, text: &str) -> String {
        if !self.read_texts {
            return text.to_owned();
        }
        let documents = values(text.as_bytes(), Limits::default()).documents;
        let documents = documents.into_iter().flatten().map(|mut document| {
            self.value("", &mut document);
            block_yaml(&document)
        });
        documents.collect::<Vec<_>>().join("---\n")
    }

    /// What stands in a field of a manifest.
    fn value(&mut self, field: &str, node: &mut Node) {
        let kind = match field {
            "metadata" => "RoleBinding".to_owned(),
            _ => node.text("kind").map(|kind| kind.to_string()).unwrap_or_default(),
        };
        match &mut node.value {
            Value::Map(labels) if field == "labels" => {
                labels.iter_mut().for_each(|label| self.label(label));
            }
            Value::Map(entries) => {
                for Entry { key, node, .. } in entries {
                    match (&**key, &mut node.value) {
                        ("name", Value::Plain(name) | Value::Text(name)) => {
                            node.value = Value::Text(self.named(&kind, name).as_str().into());
                        }
                        ("namespace", Value::Plain(name) | Value::Text(name)) => {
                            node.value = Value::Text(self.names.name(Kind::Namespace, name).as_str().into());
                        }
                        ("kind", Value::Plain(kind) | Value::Text(kind)) => {
                            node.value = Value::Text(self.names.kind_word(kind).as_str().into());
                        }
                        (field, _) => self.value(field, node),
                    }
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.value(field, item)),
            _ => {}
        }
    }

    fn named(&mut self, kind: &str, name: &str) -> String {
        match kind {
            "User" => self.names.user(name),
            "Group" => self.names.group(name),
            "ServiceAccount" => self.names.name(Kind::Account, name),
            "Role" | "ClusterRole" => self.names.name(Kind::Role, name),
            _ => self.names.name(Kind::Binding, name),
        }
    }

    fn label(&mut self, label: &mut Entry) {
        let own = label.key.split('/').next().is_some_and(|host| {
            host == "kubernetes.io" || host.ends_with(".kubernetes.io") || host.ends_with("k8s.io")
        });
        if !own {
            label.key = Key::Text(self.names.name(Kind::Text, &label.key).as_str().into());
        }
        if let Value::Plain(value) | Value::Text(value) = &label.node.value
            && !matches!(&**value, "rbac-defaults" | "Helm")
        {
            label.node.value = Value::Text(self.names.name(Kind::Text, value).as_str().into());
        }
    }
}

/// Words of a POSIX shell: plain, or in single quotes as `quoted` writes them.
fn shell_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut in_quotes = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let Some(word) = words.last_mut() else { break };
        match letter {
            '\'' => in_quotes = !in_quotes,
            '\\' if !in_quotes => word.extend(letters.next()),
            ' ' if !in_quotes => words.push(String::new()),
            _ => word.push(letter),
        }
    }
    words
}
