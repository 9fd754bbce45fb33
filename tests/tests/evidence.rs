//! Every piece of evidence, checked against the input by a reader and a matcher of this test's own.

use cilium_exec_check_core::report::{AccessReport, Authorizer, EntityRef, Evidence, RequestRef, Source};
use cilium_exec_check_tests::{File, analyze, fixtures};
use serde::Deserialize;
use serde_json::Value;

#[test]
fn every_grant_that_is_shown_is_in_the_input_and_allows_the_request() {
    let mut checked = 0;
    let mut faults = Vec::new();
    for fixture in fixtures() {
        let input = Input::new(&fixture.files);
        let report = analyze(&fixture.files, &fixture.options());
        for (from, evidence) in grants(&report) {
            checked += 1;
            if let Err(why) = input.verify(from, evidence) {
                faults.push(format!("{}: {why}\n  {evidence:?}", fixture.name));
            }
        }
    }
    assert!(checked > 50, "only {checked} pieces of evidence were there to check");
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), faults.join("\n"));
}

/// Who acts and what lets it, of all steps that RBAC allows by what is in the input.
fn grants(report: &AccessReport) -> impl Iterator<Item = (&EntityRef, &Evidence)> {
    let found = report.findings.iter().flat_map(|finding| &finding.paths);
    let blocked = report.blocked.iter().flat_map(|identity| &identity.paths);
    found.chain(blocked).flat_map(|path| {
        let steps = path.steps.iter().enumerate().flat_map(|(place, step)| {
            // What an earlier step binds or adds to a role is not in the input yet.
            let before = path.steps.get(..place).unwrap_or_default();
            let gained = before.iter().any(|step| step.technique.starts_with("rbac-"));
            let evidence = step.evidence.iter().filter(move |item| !gained || item.binding.is_some());
            // Where a namespace's level was lifted, whoever lifted it goes on.
            let who = before.iter().rev().chain([step]).find(|step| step.from.kind != "Namespace");
            let from = if step.from.kind == "Namespace" {
                who.map_or(&step.from, |it| &it.from)
            } else {
                &step.from
            };
            evidence.map(move |evidence| (from, evidence))
        });
        steps.filter(|(_, evidence)| evidence.authorizer == Authorizer::Rbac)
    })
}

/// The objects of the input, and its lines.
struct Input<'a> {
    objects: Vec<Value>,
    files: &'a [File],
}

impl<'a> Input<'a> {
    fn new(files: &'a [File]) -> Self {
        let documents = |file: &'a File| serde_yaml::Deserializer::from_slice(&file.bytes);
        let read = |document| Value::deserialize(document).expect("a fixture is YAML");
        Input { objects: files.iter().flat_map(documents).map(read).collect(), files }
    }

    fn verify(&self, from: &EntityRef, evidence: &Evidence) -> Result<(), String> {
        let binding = evidence.binding.as_ref().ok_or("no binding")?;
        let role = evidence.role.as_ref().ok_or("no role")?;
        let rule = evidence.rule.as_ref().ok_or("no rule")?;
        let subject = evidence.subject.as_ref().ok_or("no subject")?;

        let bound = self.object(&binding.kind, binding.namespace.as_deref(), &binding.name)?;
        let named = &bound["subjects"][subject.index as usize];
        if !is_or_contains(named, binding.namespace.as_deref(), from) {
            return Err(format!("the subject {named} is not {from:?}"));
        }
        let refers = bound["roleRef"]["kind"] == *role.kind && bound["roleRef"]["name"] == *role.name;
        let aggregated = || role.kind == "ClusterRole" && self.is_made_of(&bound["roleRef"], &role.name, 0);
        if !refers && !aggregated() {
            return Err("the binding refers to another role".to_owned());
        }
        if role.kind == "Role" && role.namespace != binding.namespace {
            return Err("a Role of another namespace cannot be bound".to_owned());
        }
        let stored = self.object(&role.kind, role.namespace.as_deref(), &role.name)?;
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
        if binding.kind == "RoleBinding" && evidence.request.namespace != binding.namespace {
            return Err("a RoleBinding allows nothing outside its namespace".to_owned());
        }
        if !allows(item, &evidence.request) {
            return Err("the rule does not allow the request".to_owned());
        }
        self.starts_item(rule.source.as_ref())?;
        self.starts_item(subject.source.as_ref())
    }

    /// Whether a role without rules of its own gets those of another one by labels, over however many roles.
    fn is_made_of(&self, role: &Value, other: &str, depth: usize) -> bool {
        let name = role["name"].as_str().unwrap_or_default();
        let Ok(role) = self.object("ClusterRole", None, name) else { return false };
        let own_rules = role["rules"].as_array().is_some_and(|rules| !rules.is_empty());
        let selectors = role["aggregationRule"]["clusterRoleSelectors"].as_array();
        let wanted: Vec<(&String, &Value)> = selectors
            .into_iter()
            .flatten()
            .filter_map(|selector| selector["matchLabels"].as_object())
            .flatten()
            .collect();
        let selected = self.objects.iter().filter(|object| {
            let labels = &object["metadata"]["labels"];
            object["kind"] == "ClusterRole"
                && wanted.iter().any(|(key, value)| labels[key.as_str()] == **value)
        });
        let mut names = selected.map(|object| &object["metadata"]);
        let reaches = |found: &Value| found["name"] == *other || self.is_made_of(found, other, depth + 1);
        !own_rules && depth < 10 && names.any(reaches)
    }

    fn object(&self, kind: &str, namespace: Option<&str>, name: &str) -> Result<&Value, String> {
        let found = self.objects.iter().find(|object| {
            object["kind"] == kind
                && object["metadata"]["name"] == name
                && object["metadata"]["namespace"].as_str() == namespace
        });
        found.ok_or_else(|| format!("no {kind} `{name}` in the input"))
    }

    /// Whether a list's item starts on that line.
    fn starts_item(&self, source: Option<&Source>) -> Result<(), String> {
        let source = source.ok_or("no place")?;
        let file = self.files.iter().find(|file| file.name == source.file).ok_or("no such file")?;
        let text = String::from_utf8_lossy(&file.bytes);
        let line = text.lines().nth(source.line as usize - 1).unwrap_or_default();
        if line.trim_start().starts_with("- ") {
            Ok(())
        } else {
            Err(format!("no item starts at {source:?}: `{line}`"))
        }
    }
}

/// Whether a subject is that identity, or a group that every such identity is in.
fn is_or_contains(subject: &Value, namespace: Option<&str>, identity: &EntityRef) -> bool {
    let name = subject["name"].as_str().unwrap_or_default();
    let own = identity.namespace.as_deref().unwrap_or_default();
    match (subject["kind"].as_str().unwrap_or_default(), identity.kind.as_str()) {
        ("ServiceAccount", "ServiceAccount") => {
            name == identity.name && subject["namespace"].as_str().or(namespace) == Some(own)
        }
        ("User", "ServiceAccount") => name == format!("system:serviceaccount:{own}:{}", identity.name),
        ("Group", "ServiceAccount") => {
            name == "system:authenticated"
                || name == "system:serviceaccounts"
                || name == format!("system:serviceaccounts:{own}")
        }
        ("User", "User") => name == identity.name || name == "system:authenticated",
        ("Group", "Group") => {
            let of_accounts = identity.name.starts_with("system:serviceaccounts:");
            name == identity.name
                || name == "system:authenticated"
                || (of_accounts && name == "system:serviceaccounts")
        }
        ("User", "Node") => name == format!("system:node:{}", identity.name),
        ("Group", "User") => name == "system:authenticated",
        ("Group", "Node") => name == "system:nodes" || name == "system:authenticated",
        _ => false,
    }
}

fn allows(rule: &Value, request: &RequestRef) -> bool {
    let has =
        |field: &str, wanted: &str| strings(&rule[field]).iter().any(|item| item == wanted || item == "*");
    let resource = match request.subresource.as_str() {
        "" => has("resources", &request.resource),
        sub => {
            has("resources", &format!("{}/{sub}", request.resource)) || has("resources", &format!("*/{sub}"))
        }
    };
    let names = strings(&rule["resourceNames"]);
    let name = request.name.as_deref().unwrap_or_default();
    has("verbs", &request.verb)
        && has("apiGroups", &request.group)
        && resource
        && (names.is_empty() || names.iter().any(|item| item == name))
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
