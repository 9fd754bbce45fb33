//! The text of an item → whether it is read as what the report says of it.

use super::passage::Text;
use super::{Part, Spot};
use crate::authorizer::{Identity, identity_of};
use crate::finding::{asked_as, excerpt};
use crate::ingest::{Limits, assemble, read_bytes};
use crate::model::{Binding, PolicyRule, Snapshot};

/// Whether the text stands for a whole rule, subject or roleRef; rules and subjects have to be those of the report.
pub(super) fn says(spot: &Spot, text: &Text) -> bool {
    let document = match text {
        Text::Block(lines) => block(spot.part, lines),
        Text::Flow(text) => flow(spot.part, text),
    };
    let snapshot = assemble(vec![read_bytes("", document.as_bytes(), Limits::default())]);
    snapshot.diagnostics.is_empty()
        && match spot.part {
            Part::Rule => rule_of(&snapshot).is_some_and(|rule| excerpt(rule) == spot.says),
            Part::Subject => subject_of(&snapshot, spot.namespace.as_deref())
                .is_some_and(|who| is_asked_as(&who, &spot.says)),
            Part::RoleRef => binding_of(&snapshot).is_some_and(|binding| !binding.role_ref.name.is_empty()),
        }
}

/// Whether a question is asked in somebody's name; whoever asks may hold the grant through a group that it is in by
/// its kind.
fn is_asked_as(who: &Identity, question: &str) -> bool {
    matches!(who, Identity::Group(name) if name.starts_with("system:"))
        || question.ends_with(&format!(" {}", asked_as(who)))
}

/// The only subject of the only binding.
fn subject_of(snapshot: &Snapshot, namespace: Option<&str>) -> Option<Identity> {
    let binding = binding_of(snapshot)?;
    let binding = Binding { namespace: namespace.map(Into::into), ..binding.clone() };
    match binding.subjects.as_slice() {
        [subject] => identity_of(&binding, subject),
        _ => None,
    }
}

fn rule_of(snapshot: &Snapshot) -> Option<&PolicyRule> {
    match snapshot.roles.as_slice() {
        [role] => match role.rules.as_slice() {
            [rule] => Some(rule),
            _ => None,
        },
        _ => None,
    }
}

fn binding_of(snapshot: &Snapshot) -> Option<&Binding> {
    match snapshot.bindings.as_slice() {
        [binding] => Some(binding),
        _ => None,
    }
}

/// The smallest object that has the item, in block style. The lines keep their indentation against each other.
fn block(part: Part, lines: &[String]) -> String {
    let head = |kind: &str| {
        format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: x}}\n")
    };
    let item = |field: &str| {
        let mut text = format!("{field}:\n");
        for (index, line) in lines.iter().enumerate() {
            // The first line is indented as the others are, with the dash before it.
            let letters = line.trim_start_matches(' ');
            let indent = " ".repeat(line.len() - letters.len());
            match index {
                0 => text.push_str(&format!("{indent}- {letters}\n")),
                _ => text.push_str(&format!("  {line}\n")),
            }
        }
        text
    };
    let role_ref = "roleRef: {kind: ClusterRole, name: x}\n";
    match part {
        Part::Rule => head("ClusterRole") + &item("rules"),
        Part::Subject => head("ClusterRoleBinding") + role_ref + &item("subjects"),
        Part::RoleRef => {
            let indent = lines.first().map_or(0, |line| line.len() - line.trim_start_matches(' ').len());
            let inner = lines.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or_default()));
            head("ClusterRoleBinding") + &inner.collect::<String>()
        }
    }
}

/// The same in flow style, which is JSON where the item is.
fn flow(part: Part, text: &str) -> String {
    let object = |kind: &str, rest: String| {
        format!(
            "{{\"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \"{kind}\", \"metadata\": {{\"name\": \"x\"}}, {rest}}}"
        )
    };
    let role_ref = "\"roleRef\": {\"kind\": \"ClusterRole\", \"name\": \"x\"}";
    match part {
        Part::Rule => object("ClusterRole", format!("\"rules\": [{text}]")),
        Part::Subject => object("ClusterRoleBinding", format!("{role_ref}, \"subjects\": [{text}]")),
        Part::RoleRef => object("ClusterRoleBinding", format!("\"roleRef\": {text}")),
    }
}
