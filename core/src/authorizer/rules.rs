//! A rule and a request → whether the rule covers it, compared byte by byte as Kubernetes does.
//!
//! Kubernetes v1.37.2 plugin/pkg/auth/authorizer/rbac/rbac.go (`RuleAllows`) and pkg/apis/rbac/v1/evaluation_helpers.go.

use crate::model::{Name, PolicyRule};

/// A request about resources, split as the API server splits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceRequest<'a> {
    /// The verb.
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The resource, with `/subresource` where there is one.
    pub resource: &'a str,
}

/// Whether a list holds the element, or `*` as a whole element.
fn lists(items: &[Name], wanted: &str) -> bool {
    items.iter().any(|item| &**item == "*" || &**item == wanted)
}

/// Whether a rule covers the verb, group and resource of a request, its resourceNames left aside.
pub fn rule_covers(rule: &PolicyRule, request: ResourceRequest<'_>) -> bool {
    let subresource = request.resource.split_once('/').map_or("", |(_, subresource)| subresource);
    covers(rule, request, subresource)
}

/// Everything that decides which requests a rule covers: rules that agree in it cover the same ones.
pub fn coverage(rule: &PolicyRule) -> [&[Name]; 3] {
    [&rule.verbs, &rule.api_groups, &rule.resources]
}

/// The same where the subresource is told apart: what stands behind a slash in an unsplit `resource` is none.
pub(super) fn covers(rule: &PolicyRule, request: ResourceRequest<'_>, subresource: &str) -> bool {
    lists(&rule.verbs, request.verb)
        && lists(&rule.api_groups, request.group)
        && (lists(&rule.resources, request.resource) || lists_any_with(&rule.resources, subresource))
}

/// Whether a list holds `*/SUBRESOURCE`, which is the only wildcard inside of an element.
fn lists_any_with(resources: &[Name], subresource: &str) -> bool {
    !subresource.is_empty() && resources.iter().any(|item| item.strip_prefix("*/") == Some(subresource))
}

/// Whether a rule covers a request for a path that is no resource.
pub fn path_matches(rule: &PolicyRule, verb: &str, path: &str) -> bool {
    lists(&rule.verbs, verb) && rule.non_resource_urls.iter().any(|url| url_matches(url, path))
}

/// All trailing stars stand for the rest of a path; one elsewhere stands for itself.
fn url_matches(url: &str, path: &str) -> bool {
    url == path || (url.ends_with('*') && path.starts_with(url.trim_end_matches('*')))
}

/// Whether a rule has resourceNames at all.
pub fn name_restricted(rule: &PolicyRule) -> bool {
    !rule.resource_names.is_empty()
}

/// Whether a rule's resourceNames let a request with this name through; a request without a name has `""`.
pub fn name_matches(rule: &PolicyRule, name: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|item| &**item == name)
}

/// The object in the id of a proxy request, `[scheme:]name[:port]`.
pub fn proxied_object(id: &str) -> Name {
    let mut parts = id.split(':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("http" | "https" | ""), Some(name), _) => name.into(),
        (Some(name), ..) => name.into(),
        (None, ..) => id.into(),
    }
}

/// Whether a rule's resourceNames let some proxy request to the object through.
pub fn proxy_name_matches(rule: &PolicyRule, object: &str) -> bool {
    rule.resource_names.is_empty() || rule.resource_names.iter().any(|id| &*proxied_object(id) == object)
}

/// Whether a rule names this very resource, rather than covering it by a wildcard.
pub fn names_resource(rule: &PolicyRule, resource: &str) -> bool {
    rule.resources.iter().any(|item| &**item == resource)
}
