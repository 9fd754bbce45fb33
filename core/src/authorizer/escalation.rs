//! A rule and the rules that somebody holds → whether they may hand it on, as escalation prevention decides.
//!
//! k8s.io/component-helpers v0.37.2 auth/rbac/validation/policy_comparator.go (`Covers`), asked by
//! Kubernetes v1.37.2 pkg/registry/rbac/validation/rule.go (`ConfirmNoEscalation`).

use super::{ResourceRequest, name_restricted, path_matches, rule_covers};
use crate::model::{Name, PolicyRule};

/// Whether the held rules cover every single right of a rule, each right by one of them.
pub fn is_covered(rule: &PolicyRule, held: &[&PolicyRule]) -> bool {
    let names: Vec<Option<&Name>> = match &*rule.resource_names {
        [] => vec![None],
        names => names.iter().map(Some).collect(),
    };
    let covers = |verb: &Name, group: &Name, resource: &Name, name: Option<&Name>| {
        held.iter().any(|own| {
            let named = !name_restricted(own) || name.is_some_and(|name| own.resource_names.contains(name));
            named && rule_covers(own, ResourceRequest { verb, group, resource })
        })
    };
    let resources = rule.verbs.iter().all(|verb| {
        rule.api_groups.iter().all(|group| {
            rule.resources.iter().all(|item| names.iter().all(|name| covers(verb, group, item, *name)))
        })
    });
    let paths = rule
        .non_resource_urls
        .iter()
        .all(|url| rule.verbs.iter().all(|verb| held.iter().any(|own| path_matches(own, verb, url))));
    resources && paths
}

#[cfg(test)]
mod tests {
    use super::is_covered;
    use crate::model::{Name, PolicyRule, RuleLists};

    fn rule(verbs: &str, resources: &str, names: &str) -> PolicyRule {
        let list = |text: &str| text.split_whitespace().map(Name::from).collect::<std::sync::Arc<[Name]>>();
        let lists = RuleLists {
            verbs: list(verbs),
            api_groups: [Name::from("")].into(),
            resources: list(resources),
            resource_names: list(names),
            ..RuleLists::default()
        };
        lists.into()
    }

    #[test]
    fn every_right_must_be_held_by_one_rule() {
        let held = [rule("get", "pods", ""), rule("list", "pods secrets", "")];
        let held: Vec<&PolicyRule> = held.iter().collect();
        assert!(is_covered(&rule("get list", "pods", ""), &held));
        assert!(!is_covered(&rule("get list", "pods secrets", ""), &held));
    }

    #[test]
    fn names_may_be_narrowed_and_never_widened() {
        let named = rule("get", "secrets", "a b");
        assert!(is_covered(&rule("get", "secrets", "a"), &[&named]));
        assert!(!is_covered(&rule("get", "secrets", "c"), &[&named]));
        assert!(!is_covered(&rule("get", "secrets", ""), &[&named]));
    }

    #[test]
    fn a_star_is_covered_by_a_star_only_and_nothing_by_everything() {
        assert!(!is_covered(&rule("*", "pods", ""), &[&rule("get list", "pods", "")]));
        assert!(is_covered(&rule("*", "pods", ""), &[&rule("*", "*", "")]));
        assert!(is_covered(&PolicyRule::default(), &[]));
    }

    #[test]
    fn a_path_is_covered_by_one_that_it_begins_with() {
        let paths = |urls: &[&str]| {
            PolicyRule::from(RuleLists {
                verbs: [Name::from("get")].into(),
                non_resource_urls: urls.iter().map(|url| Name::from(*url)).collect(),
                ..RuleLists::default()
            })
        };
        assert!(is_covered(&paths(&["/healthz"]), &[&paths(&["/healthz", "/metrics"])]));
        assert!(is_covered(&paths(&["/healthz/*"]), &[&paths(&["/healthz*"])]));
        assert!(!is_covered(&paths(&["/version"]), &[&paths(&["/healthz"])]));
    }
}
