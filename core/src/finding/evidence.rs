//! Proofs → evidence: the request, binding, role, rule and subject behind a step, with their places.

use crate::authorizer::{self, Identity};
use crate::graph::{Actor, Grant, Node, Proof, World};
use crate::model::{Location, Name, PolicyRule};
use crate::report::{
    Authorizer, BindingEvidence, EntityRef, Evidence, RequestRef, RoleEvidence, RuleEvidence, Source,
    SubjectEvidence,
};

/// A place as the report names it; `None` where the source is not known.
pub fn source(world: &World<'_>, at: Location) -> Option<Source> {
    let file = world.snapshot.sources.get(at.source.0 as usize)?;
    Some(Source { file: file.name.clone(), line: at.line, column: at.column })
}

/// An identity as the report names it.
pub fn entity_of_identity(identity: &Identity) -> EntityRef {
    let entity = |kind: &str, namespace: Option<&Name>, name: &Name| EntityRef {
        kind: kind.to_owned(),
        namespace: namespace.map(|name| name.to_string()),
        name: name.to_string(),
    };
    match identity {
        Identity::User(name) => entity("User", None, name),
        Identity::Group(name) => entity("Group", None, name),
        Identity::ServiceAccount { namespace, name } => entity("ServiceAccount", Some(namespace), name),
        Identity::Node(name) => entity("Node", None, name),
    }
}

/// A node of the graph as the report names it.
pub(super) fn entity_of_node(world: &World<'_>, node: &Node) -> EntityRef {
    let entity = |kind: &str, namespace: Option<&str>, name: &str| EntityRef {
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    };
    match node {
        Node::Acting(actor) => entity_of_actor(actor),
        Node::Pod(index) | Node::PodWithContainer(index) | Node::Touched { pod: Some(index), .. } => {
            match world.snapshot.pods.get(*index) {
                Some(pod) => entity("Pod", Some(&pod.namespace), &pod.name),
                None => entity("Pod", None, ""),
            }
        }
        Node::PodsOf(component, _)
        | Node::Workload(component)
        | Node::Touched { component, pod: None, .. } => {
            let component = world.installation.components.get(*component);
            let name =
                component.and_then(|component| component.workload.as_ref()).map_or("", |(_, name)| name);
            entity("Workload", component.map(|component| &*component.namespace), name)
        }
        Node::OtherWorkload { namespace, name, .. } => entity("Workload", Some(namespace), name),
        Node::Object { kind, namespace, name, .. } => entity(kind, namespace.as_deref(), name),
        Node::NodeRoot(node) => entity("NodeRoot", None, node.as_deref().unwrap_or("any")),
        Node::ClusterAdmin => entity("ClusterAdmin", None, "cluster-admin"),
        // Looked through by whoever has the graph at hand.
        Node::Along { .. } => entity("Resource", None, ""),
    }
}

/// An actor: the namespace where lifting its level is what was gained, else the identity.
fn entity_of_actor(actor: &Actor) -> EntityRef {
    match &actor.lifted {
        Some(namespace) => {
            EntityRef { kind: "Namespace".to_owned(), namespace: None, name: namespace.to_string() }
        }
        None => entity_of_identity(&actor.identity),
    }
}

/// What allows one request of a step that starts `from` somebody.
pub(super) fn evidence(world: &World<'_>, proof: &Proof, from: &EntityRef) -> Evidence {
    let (resource, subresource) =
        proof.request.resource.split_once('/').unwrap_or((proof.request.resource, ""));
    let request = RequestRef {
        verb: proof.request.verb.to_owned(),
        group: proof.request.group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        namespace: proof.namespace.as_ref().map(|name| name.to_string()),
        name: proof.name.as_ref().map(|name| name.to_string()),
    };
    let granted = proof.grant.and_then(|grant| granted(world, grant));
    let restricted = granted.as_ref().is_some_and(|(_, _, rule, _)| !rule.resource_names.is_empty());
    let can_i = (proof.authorizer == Authorizer::Rbac).then(|| can_i(&proof.by, &request, restricted));
    let (binding, role, rule, subject) = match granted {
        Some((binding, role, rule, subject)) => (Some(binding), Some(role), Some(rule), Some(subject)),
        None => {
            let gained = proof.gained.and_then(|(role, rule)| gained(world, role, rule));
            let (role, rule) = gained.unzip();
            (None, role, rule, None)
        }
    };
    let by = Some(entity_of_identity(&proof.by)).filter(|by| by != from);
    Evidence { by, authorizer: proof.authorizer, request, binding, role, rule, subject, can_i }
}

fn granted(
    world: &World<'_>,
    grant: Grant,
) -> Option<(BindingEvidence, RoleEvidence, RuleEvidence, SubjectEvidence)> {
    let binding = world.snapshot.bindings.get(grant.binding)?;
    let subject = binding.subjects.get(grant.subject)?;
    let kind = if binding.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    let binding_evidence = BindingEvidence {
        kind: kind.to_owned(),
        namespace: binding.namespace.as_ref().map(|name| name.to_string()),
        name: binding.name.to_string(),
        source: source(world, binding.at),
    };
    let subject_evidence = SubjectEvidence { index: grant.subject as u32, source: source(world, subject.at) };
    let (role, rule) = gained(world, grant.role, grant.rule)?;
    Some((binding_evidence, role, rule, subject_evidence))
}

/// A rule, and the role it is written in, which differs from the bound one where rules are aggregated.
fn gained(world: &World<'_>, role: usize, rule: usize) -> Option<(RoleEvidence, RuleEvidence)> {
    let effective = world.roles.rules(role).get(rule)?;
    let origin = world.snapshot.roles.get(effective.origin)?;
    let evidence = RoleEvidence {
        kind: if origin.namespace.is_some() { "Role" } else { "ClusterRole" }.to_owned(),
        namespace: origin.namespace.as_ref().map(|name| name.to_string()),
        name: origin.name.to_string(),
        source: source(world, origin.at),
    };
    let index = origin.rules.iter().position(|item| item == effective.rule).unwrap_or(rule);
    Some((evidence, rule_evidence(world, effective.rule, index)))
}

fn rule_evidence(world: &World<'_>, rule: &PolicyRule, index: usize) -> RuleEvidence {
    let texts = |names: &[Name]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    RuleEvidence {
        index: index as u32,
        verbs: texts(&rule.verbs),
        api_groups: texts(&rule.api_groups),
        resources: texts(&rule.resources),
        resource_names: texts(&rule.resource_names),
        excerpt: excerpt(rule),
        source: source(world, rule.at),
    }
}

/// The rule as YAML, one field a line, every element quoted as JSON, which YAML reads the same.
pub(crate) fn excerpt(rule: &PolicyRule) -> String {
    let fields: [(&str, &[Name]); 5] = [
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
        ("verbs", &rule.verbs),
    ];
    let lines = fields.iter().filter(|(_, items)| !items.is_empty()).map(|(field, items)| {
        let items: Vec<String> =
            items.iter().map(|item| serde_json::Value::from(&**item).to_string()).collect();
        format!("{field}: [{}]", items.join(", "))
    });
    format!("- {}", lines.collect::<Vec<_>>().join("\n  "))
}

/// The same question for a live cluster. The subresource is a flag of its own: kubectl reads `pods/exec` as the pod
/// named `exec` (k8s.io/kubectl pkg/cmd/auth/cani.go).
fn can_i(identity: &Identity, request: &RequestRef, named: bool) -> String {
    let resource = if request.group.is_empty() || request.group == "*" {
        request.resource.clone()
    } else {
        format!("{}.{}", request.resource, request.group)
    };
    let object = match &request.name {
        Some(name) if named => format!("{resource}/{name}"),
        _ => resource,
    };
    let mut words = vec!["kubectl auth can-i".to_owned(), quoted(&request.verb), quoted(&object)];
    if !request.subresource.is_empty() {
        words.push(format!("--subresource={}", quoted(&request.subresource)));
    }
    match &request.namespace {
        Some(namespace) => words.push(format!("-n {}", quoted(namespace))),
        // Else kubectl asks in the namespace of its context, where a RoleBinding would count.
        None => words.push("-A".to_owned()),
    }
    words.push(asked_as(identity));
    words.join(" ")
}

/// What makes a question of kubectl that of an identity.
pub(crate) fn asked_as(identity: &Identity) -> String {
    match identity {
        Identity::Group(name) => format!("--as=any --as-group={}", quoted(name)),
        Identity::Node(name) => {
            format!("--as={} --as-group=system:nodes", quoted(&format!("system:node:{name}")))
        }
        _ => authorizer::username(identity).map(|name| format!("--as={}", quoted(&name))).unwrap_or_default(),
    }
}

/// A word for a POSIX shell, quoted where it holds anything but plain characters.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
