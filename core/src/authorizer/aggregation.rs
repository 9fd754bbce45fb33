//! Aggregation rules → the rules of the roles that they select, as the controller of Kubernetes fills them in.
//!
//! Kubernetes v1.37.2 pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. The controller runs
//! until nothing changes, so a role that selects an aggregated one ends up with the rules of what that one selects.

use super::roles::{EffectiveRule, aggregated};
use crate::model::{LabelSelector, Labels, Name, Role, SelectorOperator, SelectorRequirement};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many roles are looked at and rules are joined in all: real clusters need some thousands.
const LIMIT: usize = 4 << 20;

/// Computes the rules of aggregated roles, each set of selectors once.
#[derive(Debug)]
pub(super) struct Aggregation<'a> {
    roles: &'a [Role],
    /// The ClusterRoles, sorted by name.
    cluster_roles: Vec<usize>,
    by_label: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    selected: BTreeMap<&'a [LabelSelector], Arc<[usize]>>,
    joined: BTreeMap<&'a [LabelSelector], Arc<[EffectiveRule<'a>]>>,
    left: usize,
}

impl<'a> Aggregation<'a> {
    /// `roles` are those of a snapshot, sorted as there.
    pub(super) fn new(roles: &'a [Role]) -> Self {
        Aggregation::with_limit(roles, LIMIT)
    }

    fn with_limit(roles: &'a [Role], left: usize) -> Self {
        let mut by_label: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        let mut cluster_roles = Vec::new();
        for (index, role) in roles.iter().enumerate().filter(|(_, role)| role.namespace.is_none()) {
            cluster_roles.push(index);
            for (key, value) in role.labels.iter() {
                by_label.entry((key, value)).or_default().push(index);
            }
        }
        Aggregation {
            roles,
            cluster_roles,
            by_label,
            selected: BTreeMap::new(),
            joined: BTreeMap::new(),
            left,
        }
    }

    /// Whether a role's selectors select no other role; `false` where that could not be told within the limit.
    pub(super) fn selects_nothing(&mut self, role: usize, selectors: &'a [LabelSelector]) -> bool {
        self.select(selectors).is_some_and(|selected| selected.iter().all(|found| *found == role))
    }

    /// The rules that selectors lead to, without doubles, each with the role that it is written in; `None` where the
    /// limit is reached. A role without stored rules adds nothing to itself, so cycles end and need no exception.
    pub(super) fn rules(&mut self, selectors: &'a [LabelSelector]) -> Option<Arc<[EffectiveRule<'a>]>> {
        if let Some(known) = self.joined.get(selectors) {
            return Some(Arc::clone(known));
        }
        let mut rules = Vec::new();
        let mut seen: BTreeSet<[&'a [Name]; 5]> = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut followed = BTreeSet::from([selectors]);
        let mut waiting = vec![selectors];
        while let Some(selectors) = waiting.pop() {
            for &index in self.select(selectors)?.iter() {
                let Some(role) = self.roles.get(index).filter(|_| visited.insert(index)) else { continue };
                self.spend(role.rules.len())?;
                let further = aggregated(role).filter(|_| role.rules.is_empty());
                waiting.extend(further.filter(|selectors| followed.insert(selectors)));
                let new = role.rules.iter().filter(|rule| seen.insert(rule.all()));
                rules.extend(new.map(|rule| EffectiveRule { rule, origin: index }));
            }
        }
        let rules: Arc<[EffectiveRule<'_>]> = rules.into();
        self.joined.insert(selectors, Arc::clone(&rules));
        Some(rules)
    }

    /// The ClusterRoles that any of the selectors selects, selector by selector, each sorted by name.
    fn select(&mut self, selectors: &'a [LabelSelector]) -> Option<Arc<[usize]>> {
        if let Some(known) = self.selected.get(selectors) {
            self.spend(known.len())?;
            return self.selected.get(selectors).cloned();
        }
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for selector in selectors {
            let candidates = match selector.match_labels.iter().next() {
                Some((key, value)) => self.by_label.get(&(&**key, &**value)),
                None => Some(&self.cluster_roles),
            };
            let candidates = candidates.map(Vec::as_slice).unwrap_or_default();
            self.left = self.left.checked_sub(candidates.len() + 1)?;
            let selected = candidates
                .iter()
                .copied()
                .filter(|index| self.roles.get(*index).is_some_and(|role| selects(selector, &role.labels)));
            found.extend(selected.filter(|index| seen.insert(*index)));
        }
        let found: Arc<[usize]> = found.into();
        self.selected.insert(selectors, Arc::clone(&found));
        Some(found)
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.left = self.left.checked_sub(steps.saturating_add(1))?;
        Some(())
    }
}

/// Whether labels are selected; a selector without any requirement selects everything
/// (k8s.io/apimachinery v0.37.2 pkg/apis/meta/v1/helpers.go, `LabelSelectorAsSelector`).
fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
        && selector.match_expressions.iter().all(|requirement| meets(requirement, labels))
}

/// Whether labels meet one requirement. One that Kubernetes refuses, by its operator or its values, is met by none
/// (k8s.io/apimachinery v0.37.2 pkg/labels/selector.go, `NewRequirement`).
fn meets(requirement: &SelectorRequirement, labels: &Labels) -> bool {
    let values = &requirement.values;
    let found = labels.get(&requirement.key);
    match requirement.operator {
        SelectorOperator::In => found.is_some_and(|value| values.contains(value)),
        SelectorOperator::NotIn => !values.is_empty() && found.is_none_or(|value| !values.contains(value)),
        SelectorOperator::Exists => values.is_empty() && found.is_some(),
        SelectorOperator::DoesNotExist => values.is_empty() && found.is_none(),
        SelectorOperator::Other(_) => false,
    }
}

#[cfg(test)]
mod tests;
