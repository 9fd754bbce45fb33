//! `cargo xtask shipped`: default policies and rendered charts → the compact tables that `core` embeds.
//!
//! The form of a line is told in `core/src/defaults/table.rs`, which reads it.

use crate::{Failure, workspace};
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The namespace that the charts were rendered for.
const RENDERED_NAMESPACE: &str = "kube-system";
/// The release that Tetragon was rendered as.
const TETRAGON_RELEASE: &str = "tetragon";

/// One table: its file's name and what it is about.
struct Table {
    file: &'static str,
    about: &'static str,
}

const KUBERNETES: Table = Table { file: "kubernetes.txt", about: "Kubernetes' bootstrap policy" };
const CILIUM: Table = Table { file: "cilium.txt", about: "the Cilium chart" };
const TETRAGON: Table = Table { file: "tetragon.txt", about: "the Tetragon chart" };

/// A line without its versions, and the versions that it holds for.
type Facts = BTreeMap<String, BTreeSet<String>>;

/// Writes the tables anew.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let from = match arguments {
        [] => workspace::root().join("../shared/data"),
        [flag, folder] if flag == "--from" => PathBuf::from(folder),
        _ => return Err(Failure::unusable("usage: cargo xtask shipped [--from FOLDER]")),
    };
    for (file, text) in tables(&from)? {
        let path = folder().join(file);
        println!("{}: {} facts, {} bytes", file, facts_in(&text), text.len());
        std::fs::write(&path, text)
            .map_err(|error| Failure::unusable(format!("cannot write `{}`: {error}", path.display())))?;
    }
    Ok(())
}

/// Where `core` keeps its tables.
fn folder() -> PathBuf {
    workspace::root().join("core/src/defaults")
}

fn facts_in(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("rule ") || line.starts_with("subject ")).count()
}

/// All tables, each as (file, text).
fn tables(from: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let by_hand = read(&folder().join("control-plane.txt"))?;
    let kubernetes = collect(&from.join("default-rbac"), &KUBERNETES, |name| {
        let version = name.strip_prefix("live-").unwrap_or(name).strip_prefix("default-rbac-v")?;
        minor(version)
    })?;
    let charts = from.join("cilium-manifests");
    let cilium = collect(&charts, &CILIUM, |name| {
        if name.starts_with(TETRAGON_RELEASE) {
            return None;
        }
        minor(name.strip_prefix("rke2-cilium-").unwrap_or(name))
    })?;
    let tetragon = collect(&charts, &TETRAGON, |name| {
        let version = name.strip_prefix("tetragon-")?;
        if version.starts_with("main-") { Some("main".to_owned()) } else { minor(version) }
    })?;
    Ok(vec![
        (KUBERNETES.file, write(&KUBERNETES, kubernetes, &by_hand)),
        (CILIUM.file, write(&CILIUM, cilium, "")),
        (TETRAGON.file, write(&TETRAGON, tetragon, "")),
    ])
}

/// `1.29` of `1.29.6.yaml`.
fn minor(version: &str) -> Option<String> {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    Some(format!("{major}.{minor}"))
}

/// The facts of all files of a folder that `version` gives a version to.
fn collect(folder: &Path, table: &Table, version: impl Fn(&str) -> Option<String>) -> Result<Facts, Failure> {
    let unusable = |error| Failure::unusable(format!("cannot read `{}`: {error}", folder.display()));
    let mut facts = Facts::new();
    for entry in std::fs::read_dir(folder).map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !(name.ends_with(".yaml") || name.ends_with(".json")) {
            continue;
        }
        let Some(version) = version(name) else { continue };
        for object in objects(&path)? {
            for line in lines(&object, table)? {
                facts.entry(line).or_default().insert(version.clone());
            }
        }
    }
    Ok(facts)
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::unusable(format!("cannot read `{}`: {error}", path.display())))
}

/// The objects of a file, those of Lists one by one.
fn objects(path: &Path) -> Result<Vec<Value>, Failure> {
    use serde::Deserialize;
    let text = read(path)?;
    let mut found = Vec::new();
    for document in serde_yaml::Deserializer::from_str(&text) {
        let value = Value::deserialize(document)
            .map_err(|error| Failure::unusable(format!("cannot parse `{}`: {error}", path.display())))?;
        match value.get("items").and_then(Value::as_sequence) {
            Some(items) => found.extend(items.iter().cloned()),
            None => found.push(value),
        }
    }
    Ok(found)
}

/// The facts of one object, without versions.
fn lines(object: &Value, table: &Table) -> Result<Vec<String>, Failure> {
    let kind = text(object, "kind");
    let items = |field| object.get(field).and_then(Value::as_sequence).into_iter().flatten();
    let metadata = object.get("metadata").cloned().unwrap_or_default();
    let owner = |namespaced: bool| -> Result<String, Failure> {
        let namespace = if namespaced { text(&metadata, "namespace") } else { "" };
        Ok(format!("{kind} {} {}", table.namespace(namespace)?, table.name(text(&metadata, "name"))?))
    };
    match kind {
        "ClusterRole" | "Role" => {
            let owner = owner(kind == "Role")?;
            items("rules").map(|rule| Ok(format!("rule {owner} {}", rule_fields(rule)?))).collect()
        }
        "ClusterRoleBinding" | "RoleBinding" => {
            let owner = owner(kind == "RoleBinding")?;
            let role = object.get("roleRef").cloned().unwrap_or_default();
            let role = format!("{} {}", text(&role, "kind"), table.name(text(&role, "name"))?);
            items("subjects")
                .map(|subject| Ok(format!("subject {owner} {role} {}", table.subject(subject)?)))
                .collect()
        }
        _ => Ok(Vec::new()),
    }
}

impl Table {
    /// A namespace as the table has it: that of the release is not fixed.
    fn namespace(&self, namespace: &str) -> Result<String, Failure> {
        let chart = self.file != KUBERNETES.file;
        if chart && namespace == RENDERED_NAMESPACE {
            return Ok("$namespace".to_owned());
        }
        word(namespace)
    }

    /// A name as the table has it: Tetragon names everything after the release.
    fn name(&self, name: &str) -> Result<String, Failure> {
        match name.strip_prefix(TETRAGON_RELEASE) {
            Some(rest) if self.file == TETRAGON.file => Ok(format!("$release{rest}")),
            _ => word(name),
        }
    }

    fn subject(&self, subject: &Value) -> Result<String, Failure> {
        let kind = text(subject, "kind");
        let account = kind == "ServiceAccount";
        let namespace = if account { text(subject, "namespace") } else { "" };
        let name = text(subject, "name");
        let name = if account { self.name(name)? } else { word(name)? };
        Ok(format!("{kind} {} {name}", self.namespace(namespace)?))
    }
}

/// The five lists of a rule, each sorted and without doubles.
fn rule_fields(rule: &Value) -> Result<String, Failure> {
    let mut fields = Vec::new();
    for field in ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"] {
        let items = rule.get(field).and_then(Value::as_sequence).into_iter().flatten();
        let items: BTreeSet<&str> = items.filter_map(Value::as_str).collect();
        let items =
            items.into_iter().map(|item| if item.is_empty() { Ok("\"\"".to_owned()) } else { word(item) });
        let items = items.collect::<Result<Vec<String>, Failure>>()?;
        fields.push(if items.is_empty() { "-".to_owned() } else { items.join(",") });
    }
    Ok(fields.join(" "))
}

/// A value that the form of the table can hold; `-` stands for an empty one.
fn word(value: &str) -> Result<String, Failure> {
    if value.is_empty() {
        return Ok("-".to_owned());
    }
    if value == "-" || value.starts_with('$') || value.contains([' ', ',', '"', '\n', '\t']) {
        return Err(Failure::unusable(format!("`{value}` cannot be written in the table")));
    }
    Ok(value.to_owned())
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The table's text; rules of roles that no shipped binding refers to are left out: nobody holds them.
fn write(table: &Table, facts: Facts, by_hand: &str) -> String {
    let versions = sorted_versions(&facts);
    let bound: BTreeSet<String> =
        facts.keys().map(String::as_str).chain(by_hand.lines()).filter_map(bound_role).collect();
    let mut out = format!(
        "# What {} ships; written by `cargo xtask shipped`, read by table.rs.\nversions {}\n",
        table.about,
        versions.join(" ")
    );
    for (line, at) in &facts {
        let fields: Vec<&str> = line.split(' ').collect();
        if let ["rule", kind, namespace, name, ..] = fields[..]
            && !bound.contains(&format!("{kind} {namespace} {name}"))
        {
            continue;
        }
        out.push_str(&format!("{line} {}\n", ranges(&versions, at)));
    }
    out
}

/// `KIND NAMESPACE NAME` of the role that a `subject` line refers to.
fn bound_role(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split(' ').collect();
    let ["subject", _, namespace, _, kind, name, ..] = fields[..] else { return None };
    Some(format!("{kind} {} {name}", if kind == "Role" { namespace } else { "-" }))
}

/// All versions of the facts, oldest first; what has no number is newest.
fn sorted_versions(facts: &Facts) -> Vec<String> {
    let all: BTreeSet<&String> = facts.values().flatten().collect();
    let mut all: Vec<String> = all.into_iter().cloned().collect();
    all.sort_by_key(|version| {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(u32::MAX));
        (parts.next(), parts.next())
    });
    all
}

/// `at` as ranges over `versions`: `1.29-1.31,1.33`, or `*` for all of them.
fn ranges(versions: &[String], at: &BTreeSet<String>) -> String {
    if versions.iter().all(|version| at.contains(version)) {
        return "*".to_owned();
    }
    let mut runs: Vec<(&str, &str)> = Vec::new();
    let mut open = false;
    for version in versions {
        let here = at.contains(version);
        match runs.last_mut() {
            Some(run) if here && open => run.1 = version,
            _ if here => runs.push((version, version)),
            _ => {}
        }
        open = here;
    }
    let runs = runs.iter().map(|(first, last)| match first == last {
        true => (*first).to_owned(),
        false => format!("{first}-{last}"),
    });
    runs.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(yaml: &str, table: &Table) -> Vec<String> {
        lines(&serde_yaml::from_str(yaml).unwrap(), table).unwrap()
    }

    #[test]
    fn the_committed_tables_are_what_the_data_gives() {
        let data = workspace::root().join("../shared/data");
        if !data.is_dir() {
            eprintln!("skipped: shipped tables: no ../shared");
            return;
        }
        for (file, text) in tables(&data).unwrap() {
            let committed = read(&folder().join(file)).unwrap();
            assert!(committed == text, "`{file}` is stale: run `cargo xtask shipped`");
        }
    }

    #[test]
    fn the_lists_of_a_rule_are_sorted_and_without_doubles() {
        let role = "{kind: ClusterRole, metadata: {name: a}, rules: [{verbs: [list, get, get], apiGroups: [apps, ''], \
                    resources: [pods]}, {verbs: [get], nonResourceURLs: [/z, /a]}]}";
        assert_eq!(
            lines_of(role, &KUBERNETES),
            ["rule ClusterRole - a get,list \"\",apps pods - -", "rule ClusterRole - a get - - - /a,/z"]
        );
    }

    #[test]
    fn the_release_s_own_namespace_and_name_are_not_fixed() {
        let binding = "{kind: RoleBinding, metadata: {name: tetragon-x, namespace: kube-system}, roleRef: {kind: Role, \
                       name: tetragon}, subjects: [{kind: ServiceAccount, name: tetragon, namespace: kube-system}]}";
        assert_eq!(
            lines_of(binding, &TETRAGON),
            ["subject RoleBinding $namespace $release-x Role $release ServiceAccount $namespace $release"]
        );
        assert_eq!(
            lines_of(binding, &KUBERNETES),
            ["subject RoleBinding kube-system tetragon-x Role tetragon ServiceAccount kube-system tetragon"]
        );
    }

    #[test]
    fn versions_are_written_as_ranges_over_those_that_there_are() {
        let versions = ["1.9", "1.10", "1.11", "1.13", "main"].map(str::to_owned);
        let ranges_of =
            |at: &[&str]| ranges(&versions, &at.iter().map(|&version| version.to_owned()).collect());
        assert_eq!(ranges_of(&["1.9", "1.10", "1.13", "main"]), "1.9-1.10,1.13-main");
        assert_eq!(ranges_of(&["1.10"]), "1.10");
        assert_eq!(ranges_of(&["1.9", "1.10", "1.11", "1.13", "main"]), "*");
    }

    #[test]
    fn a_value_that_the_form_cannot_hold_is_refused() {
        assert!(word("a b").is_err());
        assert!(word("$namespace").is_err());
        assert!(word("system:node").is_ok());
    }
}
