//! The grants of a path: the binding names who asks, the role has the rule on that line, the rule allows the request, and
//! the command asks the same.

use super::input::{Given, strings};
use cilium_exec_check_core::report::{Authorizer, EntityRef, Evidence, Path, RequestRef, Source, Step};
use serde_json::Value;

/// What does not hold of a path's evidence.
pub(super) fn faults(given: &Given, identity: &EntityRef, path: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    // A request is made by whoever the step starts from, or by somebody the path has become before.
    let mut actors = vec![identity];
    let mut gained = false;
    for step in &path.steps {
        actors.push(&step.from);
        for evidence in &step.evidence {
            let by = evidence.by.as_ref().unwrap_or(&step.from);
            if !actors.contains(&by) && !impersonates(step, by) {
                faults.push(format!("{} {} is nobody on the path", by.kind, by.name));
            }
            let checked = match evidence.authorizer {
                Authorizer::Rbac if evidence.binding.is_none() => by_gained_role(given, gained, evidence),
                Authorizer::Rbac => by_binding(given, by, evidence),
                Authorizer::Node => by_node(given, &actors, evidence),
                Authorizer::Masters => {
                    let masters = actors.iter().any(|actor| actor.name == "system:masters");
                    if masters { Ok(()) } else { Err("nobody on the path is in system:masters".to_owned()) }
                }
            };
            faults.extend(checked.err().map(|why| format!("{why}: {:?}", evidence.request)));
        }
        actors.push(&step.to);
        gained |= ["rbac-bind", "rbac-escalate"].contains(&step.technique.as_str());
    }
    faults
}

/// Whether a step makes one request in the name of somebody, which another of its requests is for.
fn impersonates(step: &Step, who: &EntityRef) -> bool {
    let names = |request: &RequestRef| request.name.as_ref().is_none_or(|name| name.ends_with(&who.name));
    let mut requests = step.evidence.iter().map(|evidence| &evidence.request);
    requests.any(|request| request.verb.starts_with("impersonate:") && names(request))
}

fn by_binding(given: &Given, by: &EntityRef, evidence: &Evidence) -> Result<(), String> {
    let binding = evidence.binding.as_ref().ok_or("no binding")?;
    let role = evidence.role.as_ref().ok_or("no role")?;
    let rule = evidence.rule.as_ref().ok_or("no rule")?;
    let subject = evidence.subject.as_ref().ok_or("no subject")?;
    let bound = given
        .object(&binding.kind, binding.namespace.as_deref(), &binding.name)
        .ok_or("no such binding in the input")?;
    let named = &bound["subjects"][subject.index as usize];
    if !names(named, binding.namespace.as_deref(), by) {
        return Err(format!("the subject {named} is not {} {}", by.kind, by.name));
    }
    let refers = bound["roleRef"]["kind"] == *role.kind && bound["roleRef"]["name"] == *role.name;
    let aggregates = || role.kind == "ClusterRole" && is_made_of(given, &bound["roleRef"], &role.name, 0);
    if !refers && !aggregates() {
        return Err("the binding refers to another role".to_owned());
    }
    if role.kind == "Role" && role.namespace != binding.namespace {
        return Err("a Role of another namespace cannot be bound".to_owned());
    }
    let namespaced = evidence.request.namespace == binding.namespace;
    if binding.kind == "RoleBinding" && !namespaced {
        return Err("a RoleBinding allows nothing outside its namespace".to_owned());
    }
    starts_item(given, subject.source.as_ref())?;
    has_rule(given, evidence)?;
    can_i(evidence, by, !rule.resource_names.is_empty())
}

/// Whether a role without rules of its own gets those of another one by labels, over however many roles.
fn is_made_of(given: &Given, reference: &Value, other: &str, depth: usize) -> bool {
    let name = reference["name"].as_str().unwrap_or_default();
    let Some(role) = given.object("ClusterRole", None, name) else { return false };
    let own_rules = role["rules"].as_array().is_some_and(|rules| !rules.is_empty());
    let selectors = role["aggregationRule"]["clusterRoleSelectors"].as_array().into_iter().flatten();
    let wanted: Vec<(&String, &Value)> =
        selectors.filter_map(|selector| selector["matchLabels"].as_object()).flatten().collect();
    let mut selected = given
        .all("ClusterRole")
        .map(|role| &role["metadata"])
        .filter(|found| wanted.iter().any(|(key, value)| found["labels"][key.as_str()] == **value));
    let reaches = |found: &Value| found["name"] == *other || is_made_of(given, found, other, depth + 1);
    !own_rules && depth < 10 && selected.any(reaches)
}

/// What an earlier step of the path bound or grew: a rule of that role, or any.
fn by_gained_role(given: &Given, gained: bool, evidence: &Evidence) -> Result<(), String> {
    if !gained {
        return Err("nothing was bound before".to_owned());
    }
    if evidence.role.is_some() { has_rule(given, evidence) } else { Ok(()) }
}

/// The role has the rule, on that line, and the rule allows the request.
fn has_rule(given: &Given, evidence: &Evidence) -> Result<(), String> {
    let role = evidence.role.as_ref().ok_or("no role")?;
    let rule = evidence.rule.as_ref().ok_or("no rule")?;
    let stored =
        given.object(&role.kind, role.namespace.as_deref(), &role.name).ok_or("no such role in the input")?;
    let item = &stored["rules"][rule.index as usize];
    for (field, shown) in [
        ("verbs", &rule.verbs),
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
    ] {
        if strings(&item[field]) != *shown {
            return Err(format!("`{field}` of the rule is {}", item[field]));
        }
    }
    if !allows(item, &evidence.request) {
        return Err(format!("the rule {item} does not allow the request"));
    }
    starts_item(given, rule.source.as_ref())
}

/// The node authorizer: the account of a pod on a node that is on the path.
fn by_node(given: &Given, actors: &[&EntityRef], evidence: &Evidence) -> Result<(), String> {
    let request = &evidence.request;
    let account = request.name.as_deref().unwrap_or_default();
    let asked = (request.verb.as_str(), request.resource.as_str(), request.subresource.as_str());
    if asked != ("create", "serviceaccounts", "token") {
        return Err("a kubelet may only ask for tokens".to_owned());
    }
    let on_node = |node: &Value| {
        let own = |actor: &&EntityRef| actor.kind == "Node" && *node == *actor.name;
        // Constrained impersonation names the node in its own request.
        actors.iter().any(|actor| own(actor) || actor.name == "system:nodes") || node.is_string()
    };
    let found = given.all("Pod").any(|pod| {
        pod["metadata"]["namespace"].as_str() == request.namespace.as_deref()
            && pod["spec"]["serviceAccountName"].as_str().unwrap_or("default") == account
            && on_node(&pod["spec"]["nodeName"])
    });
    if found { Ok(()) } else { Err("no pod of the node runs as that account".to_owned()) }
}

/// Whether a list's item starts on that line.
fn starts_item(given: &Given, source: Option<&Source>) -> Result<(), String> {
    let source = source.ok_or("no place")?;
    let line = given.line(&source.file, source.line).ok_or("no such line")?;
    let rest = line.get(source.column as usize - 1..).unwrap_or_default();
    let before = line.get(..source.column as usize - 1).unwrap_or_default().trim_end();
    // Block style puts the dash before the item, flow style a bracket or comma.
    let opens = line.trim_start().starts_with("- ") || before.ends_with(['[', ',']) || rest.starts_with('{');
    if opens { Ok(()) } else { Err(format!("no item starts at {source:?}: `{line}`")) }
}

/// Whether a subject is that identity, or a group that every such identity is in.
fn names(subject: &Value, namespace: Option<&str>, identity: &EntityRef) -> bool {
    let name = subject["name"].as_str().unwrap_or_default();
    let own = identity.namespace.as_deref().unwrap_or_default();
    let anonymous = ["system:anonymous", "system:unauthenticated"].contains(&identity.name.as_str());
    match (subject["kind"].as_str().unwrap_or_default(), identity.kind.as_str()) {
        ("ServiceAccount", "ServiceAccount") => {
            let given = subject["namespace"].as_str().filter(|given| !given.is_empty());
            name == identity.name && given.or(namespace) == Some(own)
        }
        ("User", "ServiceAccount") => name == format!("system:serviceaccount:{own}:{}", identity.name),
        ("Group", "ServiceAccount") => {
            name == "system:authenticated"
                || name == "system:serviceaccounts"
                || name == format!("system:serviceaccounts:{own}")
        }
        ("Group", "Group") if name != identity.name => {
            let accounts = identity.name.starts_with("system:serviceaccounts:");
            let bootstrappers = identity.name.starts_with("system:bootstrappers:");
            (name == "system:authenticated" && !anonymous)
                || (name == "system:serviceaccounts" && accounts)
                || (name == "system:bootstrappers" && bootstrappers)
        }
        ("User", "User") | ("Group", "Group") => name == identity.name,
        ("User", "Node") => name == format!("system:node:{}", identity.name),
        ("Group", "User") if anonymous => name == "system:unauthenticated",
        ("Group", "User") => name == "system:authenticated",
        ("Group", "Node") => name == "system:nodes" || name == "system:authenticated",
        // A namespace whose level somebody on the path lifted.
        _ => false,
    }
}

fn allows(rule: &Value, request: &RequestRef) -> bool {
    let has =
        |field: &str, wanted: &str| strings(&rule[field]).iter().any(|item| item == wanted || item == "*");
    let resource = match request.subresource.as_str() {
        "" => has("resources", &request.resource),
        sub => {
            let exact = format!("{}/{sub}", request.resource);
            has("resources", &exact) || strings(&rule["resources"]).contains(&format!("*/{sub}"))
        }
    };
    let names = strings(&rule["resourceNames"]);
    let name = request.name.as_deref().unwrap_or_default();
    has("verbs", &request.verb)
        && has("apiGroups", &request.group)
        && resource
        && (names.is_empty() || names.iter().any(|item| item == name))
}

/// The command asks for the same request, as whoever makes it.
fn can_i(evidence: &Evidence, by: &EntityRef, named: bool) -> Result<(), String> {
    let command = evidence.can_i.as_ref().ok_or("no command")?;
    let words = shell_words(command);
    let request = &evidence.request;
    let grouped = match request.group.as_str() {
        "" | "*" => request.resource.clone(),
        group => format!("{}.{group}", request.resource),
    };
    let object = match &request.name {
        Some(name) if named => format!("{grouped}/{name}"),
        _ => grouped,
    };
    let mut expected = vec!["kubectl".to_owned(), "auth".to_owned(), "can-i".to_owned()];
    expected.extend([request.verb.clone(), object]);
    if !request.subresource.is_empty() {
        expected.push(format!("--subresource={}", request.subresource));
    }
    match &request.namespace {
        Some(namespace) => expected.extend(["-n".to_owned(), namespace.clone()]),
        // Else kubectl asks about its current namespace.
        None => expected.push("-A".to_owned()),
    }
    let (asked, who) = words.split_at(expected.len().min(words.len()));
    if asked == expected && who == asks_as(by) {
        Ok(())
    } else {
        Err(format!("`{command}` asks something else"))
    }
}

fn asks_as(actor: &EntityRef) -> Vec<String> {
    let namespace = actor.namespace.as_deref().unwrap_or_default();
    match actor.kind.as_str() {
        "Group" => vec!["--as=any".to_owned(), format!("--as-group={}", actor.name)],
        "ServiceAccount" => vec![format!("--as=system:serviceaccount:{namespace}:{}", actor.name)],
        "Node" => {
            vec![format!("--as=system:node:{}", actor.name), "--as-group=system:nodes".to_owned()]
        }
        _ => vec![format!("--as={}", actor.name)],
    }
}

/// The words of a command, single quotes taken away.
fn shell_words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.chars() {
        match (letter, words.last_mut()) {
            ('\'', _) => quoted = !quoted,
            (' ', _) if !quoted => words.push(String::new()),
            (letter, Some(word)) => word.push(letter),
            _ => {}
        }
    }
    words
}
