//! Roles → their rules by reference: the stored ones, or those that aggregation gives where none are stored.

use super::aggregation::Aggregation;
use crate::model::{Binding, PolicyRule, Role, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A rule that a role has, with the role that it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EffectiveRule<'a> {
    /// The rule.
    pub rule: &'a PolicyRule,
    /// Index into [`Snapshot::roles`] of the role it is written in.
    pub origin: usize,
}

/// Indices into [`Snapshot::roles`] by the role's name.
type ByName<'a> = BTreeMap<&'a str, Vec<usize>>;

/// The roles of a snapshot by reference.
#[derive(Debug)]
pub struct RoleTable<'a> {
    cluster_roles: ByName<'a>,
    roles: BTreeMap<&'a str, ByName<'a>>,
    rules: Vec<Arc<[EffectiveRule<'a>]>>,
    computed: Vec<usize>,
    refused: Vec<usize>,
    selecting_nothing: Vec<usize>,
}

impl<'a> RoleTable<'a> {
    /// Indexes the roles of a snapshot. Where a role has an aggregation rule and no stored rules, as in exports of
    /// manifests and in clusters whose controller did not run yet, its rules are computed as the controller does.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut table = RoleTable::stored(snapshot);
        let mut aggregation = Aggregation::new(&snapshot.roles);
        for (index, role) in snapshot.roles.iter().enumerate() {
            let Some(selectors) = aggregated(role) else { continue };
            if aggregation.selects_nothing(index, selectors) {
                table.selecting_nothing.push(index);
            }
            if !role.rules.is_empty() {
                continue;
            }
            match (aggregation.rules(selectors), table.rules.get_mut(index)) {
                (Some(computed), Some(rules)) if !computed.is_empty() => {
                    *rules = computed;
                    table.computed.push(index);
                }
                (None, _) => table.refused.push(index),
                _ => {}
            }
        }
        table
    }

    /// Indexes the roles of a snapshot with their stored rules alone, which is what the API server decides by.
    pub fn stored(snapshot: &'a Snapshot) -> Self {
        let mut cluster_roles = ByName::new();
        let mut roles: BTreeMap<&str, ByName<'_>> = BTreeMap::new();
        let mut rules = Vec::new();
        for (index, role) in snapshot.roles.iter().enumerate() {
            let by_name = match &role.namespace {
                None => &mut cluster_roles,
                Some(namespace) => roles.entry(namespace).or_default(),
            };
            by_name.entry(&role.name).or_default().push(index);
            rules.push(role.rules.iter().map(|rule| EffectiveRule { rule, origin: index }).collect());
        }
        RoleTable {
            cluster_roles,
            roles,
            rules,
            computed: Vec::new(),
            refused: Vec::new(),
            selecting_nothing: Vec::new(),
        }
    }

    /// Indices into [`Snapshot::roles`] that a binding's roleRef resolves to: none where it dangles, more than one
    /// only where the same role was given twice with different content.
    pub fn resolve(&self, binding: &Binding) -> &[usize] {
        let by_name = match (&*binding.role_ref.kind, &binding.namespace) {
            ("ClusterRole", _) => Some(&self.cluster_roles),
            ("Role", Some(namespace)) => self.roles.get(&**namespace),
            _ => None,
        };
        by_name.and_then(|roles| roles.get(&*binding.role_ref.name)).map_or(&[], Vec::as_slice)
    }

    /// The rules of a role.
    pub fn rules(&self, role: usize) -> &[EffectiveRule<'a>] {
        self.rules.get(role).map_or(&[], |rules| rules)
    }

    /// The roles whose rules were computed by aggregation, in the order of the snapshot.
    pub fn computed(&self) -> &[usize] {
        &self.computed
    }

    /// The roles whose rules were not computed, because the limit on aggregation was reached before.
    pub fn refused(&self) -> &[usize] {
        &self.refused
    }

    /// The roles whose aggregation rule selects no role of the snapshot.
    pub fn selecting_nothing(&self) -> &[usize] {
        &self.selecting_nothing
    }
}

/// The selectors of a ClusterRole that is made of others; the controller knows no Roles.
pub(super) fn aggregated(role: &Role) -> Option<&[crate::model::LabelSelector]> {
    role.aggregation.as_deref().filter(|_| role.namespace.is_none())
}
