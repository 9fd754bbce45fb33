//! The catalogue of techniques → its list, and one entry in full.

use super::terminal::{pad, width, wrap};
use crate::technique::{CATALOGUE, Fact, NamePattern, RequestPattern, Requirement, Scope, Technique};

/// One line a technique.
pub fn techniques() -> String {
    let id = CATALOGUE.iter().map(|technique| width(technique.id)).max().unwrap_or(0).max(2);
    let class = CATALOGUE.iter().map(|technique| width(technique.class.as_str())).max().unwrap_or(0).max(5);
    let mut out = format!("{}  {}  SEVERITY  WHAT\n", pad("ID", id), pad("CLASS", class));
    for technique in CATALOGUE {
        out.push_str(&format!(
            "{}  {}  {}  {}\n",
            pad(technique.id, id),
            pad(technique.class.as_str(), class),
            pad(technique.severity.as_str(), 8),
            technique.title
        ));
    }
    out
}

/// One entry in full.
pub fn technique(technique: &Technique, columns: usize) -> String {
    let mut out = format!("{}: {}\n", technique.id, technique.title);
    let mut section = |title: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("\n{title}\n  {}\n", wrap(text, columns.max(60) - 2, 2)));
        }
    };
    section("How it works", technique.mechanism);
    section("Class", technique.class.as_str());
    section("Severity", &format!("{}: {}", technique.severity.as_str(), technique.severity_reason));
    section("Gains", technique.gains);
    section("Preconditions", &technique.preconditions.join("; "));
    section("Kubernetes versions", technique.versions);
    section("What to change", technique.remediation);
    let mut block = |title: &str, lines: &[String]| {
        if !lines.is_empty() {
            let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
            out.push_str(&format!("\n{title}\n{lines}"));
        }
    };
    let mut formula = Vec::new();
    requirement(&technique.requires, 0, &mut formula);
    block("Requires", &formula);
    if !technique.audit.is_empty() {
        block("In the audit log", &[technique.audit.to_owned()]);
    }
    let ids = [("MITRE ATT&CK", technique.mitre), ("Microsoft", technique.microsoft), ("CIS", technique.cis)];
    let ids = ids.iter().filter(|(_, ids)| !ids.is_empty());
    block(
        "In other catalogues",
        &ids.map(|(name, ids)| format!("{name}: {}", ids.join(", "))).collect::<Vec<_>>(),
    );
    block("Sources", &technique.references.iter().map(|&reference| reference.to_owned()).collect::<Vec<_>>());
    out
}

/// The formula, one line a part, indented by depth.
fn requirement(requirement_: &Requirement, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let (title, parts) = match requirement_ {
        Requirement::Request(pattern) => return lines.push(format!("{indent}{}", request(pattern))),
        Requirement::Fact(fact) => return lines.push(format!("{indent}{}", fact_words(*fact))),
        Requirement::SameAs(id) => return lines.push(format!("{indent}what {id} requires")),
        Requirement::Nothing => return lines.push(format!("{indent}no request")),
        Requirement::AllOfOne(parts) => ("all of, held by one identity:", parts),
        Requirement::All(parts) => ("all of:", parts),
        Requirement::Any(parts) => ("any of:", parts),
    };
    lines.push(format!("{indent}{title}"));
    for part in *parts {
        requirement(part, depth + 1, lines);
    }
}

fn request(pattern: &RequestPattern) -> String {
    let group = if pattern.group.is_empty() { String::new() } else { format!(".{}", pattern.group) };
    let scope = match pattern.scope {
        Scope::Namespace => "in its namespace".to_owned(),
        Scope::In(namespace) => format!("in namespace {namespace}"),
        Scope::Cluster => "in the whole cluster".to_owned(),
    };
    let name = match pattern.name {
        NamePattern::Absent => ", without a name",
        NamePattern::Object => ", by its name",
        NamePattern::ProxyTarget => ", by its name, also as scheme:name:port",
        NamePattern::ObjectOrAbsent => ", with or without its name",
        NamePattern::Chosen => ", any name",
        NamePattern::Literal(name) => {
            return format!("{} {}{group} {scope}, named {name}", pattern.verb, pattern.resource);
        }
        NamePattern::OneOf(names) => {
            return format!(
                "{} {}{group} {scope}, named {}",
                pattern.verb,
                pattern.resource,
                names.join(" or ")
            );
        }
    };
    format!("{} {}{group} {scope}{name}", pattern.verb, pattern.resource)
}

fn fact_words(fact: Fact) -> String {
    match fact {
        Fact::Before(minor) => format!("Kubernetes before 1.{minor}"),
        Fact::Since(minor) => format!("Kubernetes 1.{minor} or later"),
        Fact::Stdin => "a container with stdin".to_owned(),
        Fact::Other(text) => text.to_owned(),
    }
}
