//! A requirement → one line of words, as `create pods/exec in the namespace, or (get pods/exec …)`.

use super::{Fact, NamePattern, RequestPattern, Requirement, Scope};
use std::fmt::{self, Display, Formatter};

impl Display for Requirement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_whole(f, self, false)
    }
}

/// Writes a part; one that is joined by `and` or `or` gets parentheses where it stands inside another.
fn write_whole(f: &mut Formatter<'_>, requirement: &Requirement, inner: bool) -> fmt::Result {
    match requirement {
        Requirement::Request(request) => write!(f, "{request}"),
        Requirement::Fact(fact) => write!(f, "{fact}"),
        Requirement::SameAs(id) => write!(f, "what {id} requires"),
        Requirement::Nothing => f.write_str("no request"),
        Requirement::AllOfOne(parts) => write_parts(f, parts, " and ", ", all by one identity", inner),
        Requirement::All(parts) => write_parts(f, parts, " and ", "", inner),
        Requirement::Any(parts) => write_parts(f, parts, ", or ", "", inner),
    }
}

fn write_parts(
    f: &mut Formatter<'_>,
    parts: &[Requirement],
    joint: &str,
    end: &str,
    inner: bool,
) -> fmt::Result {
    let requests = parts.iter().filter(|part| !matches!(part, Requirement::Fact(_))).count();
    let open = inner && parts.len() > 1;
    if open {
        f.write_str("(")?;
    }
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(joint)?;
        }
        write_whole(f, part, true)?;
    }
    // Who holds what only matters where there is more than one request.
    if requests > 1 {
        f.write_str(end)?;
    }
    if open { f.write_str(")") } else { Ok(()) }
}

impl Display for RequestPattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        // RBAC's own way to write a resource of a group, as in `kubectl auth can-i get daemonsets.apps`.
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        match self.name {
            NamePattern::Absent | NamePattern::Object | NamePattern::ObjectOrAbsent => {}
            NamePattern::ProxyTarget => f.write_str(" by [scheme:]name[:port]")?,
            NamePattern::Chosen => f.write_str(" by any name")?,
            NamePattern::OneOf(names) => write!(f, " named {}", names.join(" or "))?,
            NamePattern::Literal(name) => write!(f, " named `{name}` to the letter")?,
        }
        match self.scope {
            Scope::Namespace => f.write_str(" in the namespace"),
            Scope::In(namespace) => write!(f, " in {namespace}"),
            Scope::Cluster => f.write_str(" in the cluster"),
        }
    }
}

impl Display for Fact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Before(minor) => write!(f, "Kubernetes before 1.{minor}"),
            Fact::Since(minor) => write!(f, "Kubernetes 1.{minor} or later"),
            Fact::Stdin => f.write_str("a container with `stdin: true`"),
            Fact::Other(words) => f.write_str(words),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::technique::find;

    fn assert_printed(id: &str, expected: &str) {
        let printed = find(id).map(|technique| technique.requires.to_string());
        assert_eq!(printed.as_deref(), Some(expected), "{id}");
    }

    #[test]
    fn a_formula_reads_as_words() {
        assert_printed(
            "pods-exec",
            "create pods/exec in the namespace, or (get pods/exec in the namespace and Kubernetes before 1.35)",
        );
        assert_printed("nodes-proxy-get", "get nodes/proxy by [scheme:]name[:port] in the cluster");
        assert_printed("cluster-admin", "* *.* in the cluster, or membership of the group system:masters");
    }
}
