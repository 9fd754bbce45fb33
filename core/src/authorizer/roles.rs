//! Roles → their rules by reference: the stored ones, or those that aggregation gives where none are stored.

use super::aggregation::Aggregation;
use crate::model::{Binding, Name, PolicyRule, Role, Snapshot, hash};
use hashbrown::HashTable;
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

/// The rules of one role, in their order.
#[derive(Debug, Clone, Copy)]
pub enum Rules<'t, 'a> {
    /// Those that the role of this index is stored with.
    Stored(&'a [PolicyRule], usize),
    /// Those that it gets by aggregation.
    Computed(&'t [EffectiveRule<'a>]),
}

impl<'t, 'a> Rules<'t, 'a> {
    /// How many there are.
    pub fn len(self) -> usize {
        match self {
            Rules::Stored(rules, _) => rules.len(),
            Rules::Computed(rules) => rules.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// A rule by its index.
    pub fn get(self, index: usize) -> Option<EffectiveRule<'a>> {
        match self {
            Rules::Stored(rules, origin) => rules.get(index).map(|rule| EffectiveRule { rule, origin }),
            Rules::Computed(rules) => rules.get(index).copied(),
        }
    }

    /// The rules.
    pub fn iter(self) -> impl Iterator<Item = EffectiveRule<'a>> + use<'t, 'a> {
        (0..self.len()).filter_map(move |index| self.get(index))
    }
}

/// The roles of a snapshot by reference.
#[derive(Debug)]
pub struct RoleTable<'a> {
    roles: &'a [Role],
    /// Indices of the roles by kind, namespace and name: those of one name stand together.
    order: Vec<usize>,
    /// Where in `order` the roles of each name begin, by [`hash_of`].
    by_name: HashTable<usize>,
    /// By binding of the snapshot: where in `order` its roles begin, and how many they are.
    bound: Vec<(usize, usize)>,
    /// By role: the rules that it has instead of stored ones.
    aggregated: BTreeMap<usize, Arc<[EffectiveRule<'a>]>>,
    refused: Vec<usize>,
    selecting_nothing: Vec<usize>,
    computed: Vec<usize>,
}

/// Namespace and name of a role.
type RoleName<'r> = (Option<&'r Name>, &'r Name);

fn name_of(role: &Role) -> RoleName<'_> {
    (role.namespace.as_ref(), &role.name)
}

fn hash_of((namespace, name): RoleName<'_>) -> u64 {
    let of_namespace = namespace.map_or(0, |namespace| hash(namespace.as_bytes()));
    of_namespace.rotate_left(1) ^ hash(name.as_bytes())
}

impl<'a> RoleTable<'a> {
    /// Indexes the roles of a snapshot. Where a role has an aggregation rule and no stored rules, as in exports of
    /// manifests and in clusters whose controller did not run yet, its rules are computed as the controller does.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let mut table = RoleTable::stored(snapshot);
        let all = snapshot.roles.iter().enumerate();
        let aggregating = all.filter_map(|(index, role)| Some((index, role, aggregated(role)?)));
        let aggregating: Vec<_> = aggregating.collect();
        if aggregating.is_empty() {
            return table;
        }
        let mut aggregation = Aggregation::new(&snapshot.roles);
        for (index, role, selectors) in aggregating {
            if aggregation.selects_nothing(index, selectors) {
                table.selecting_nothing.push(index);
            }
            if !role.rules.is_empty() {
                continue;
            }
            match aggregation.rules(selectors) {
                Some(computed) if !computed.is_empty() => {
                    table.aggregated.insert(index, computed);
                    table.computed.push(index);
                }
                None => table.refused.push(index),
                Some(_) => {}
            }
        }
        table
    }

    /// Indexes the roles of a snapshot with their stored rules alone, which is what the API server decides by.
    pub fn stored(snapshot: &'a Snapshot) -> Self {
        let roles = snapshot.roles.as_slice();
        let name_at = |index: usize| roles.get(index).map(name_of);
        let mut order: Vec<usize> = (0..roles.len()).collect();
        order.sort_by_key(|index| name_at(*index));
        let mut by_name = HashTable::with_capacity(order.len());
        let mut last = None;
        for (place, index) in order.iter().enumerate() {
            let name = name_at(*index);
            if let Some(name) = name.filter(|_| name != last) {
                let known = |place: &usize| order.get(*place).and_then(|index| name_at(*index));
                by_name.insert_unique(hash_of(name), place, |place| known(place).map_or(0, hash_of));
            }
            last = name;
        }
        let mut table = RoleTable {
            roles,
            order,
            by_name,
            bound: Vec::new(),
            aggregated: BTreeMap::new(),
            computed: Vec::new(),
            refused: Vec::new(),
            selecting_nothing: Vec::new(),
        };
        table.bound = snapshot.bindings.iter().map(|binding| table.find(binding)).collect();
        table
    }

    /// Indices into [`Snapshot::roles`] that a binding's roleRef resolves to: none where it dangles, more than one
    /// only where the same role was given twice with different content.
    pub fn resolve(&self, binding: &Binding) -> &[usize] {
        self.listed(self.find(binding))
    }

    /// The same for a binding of the snapshot, by its index.
    pub fn bound_by(&self, binding: usize) -> &[usize] {
        self.listed(self.bound.get(binding).copied().unwrap_or_default())
    }

    fn listed(&self, (first, count): (usize, usize)) -> &[usize] {
        let from = self.order.get(first..).unwrap_or_default();
        from.get(..count).unwrap_or_default()
    }

    /// Where in `order` the roles of a binding begin, and how many they are.
    fn find(&self, binding: &Binding) -> (usize, usize) {
        let namespace = match (&*binding.role_ref.kind, &binding.namespace) {
            ("ClusterRole", _) => None,
            ("Role", Some(namespace)) => Some(namespace),
            _ => return (0, 0),
        };
        let name = (namespace, &binding.role_ref.name);
        let is_named = |index: &usize| self.roles.get(*index).is_some_and(|role| name_of(role) == name);
        let begins = |place: &usize| self.order.get(*place).is_some_and(is_named);
        let Some(&first) = self.by_name.find(hash_of(name), begins) else { return (0, 0) };
        let from = self.order.get(first..).unwrap_or_default();
        (first, from.iter().take_while(|index| is_named(index)).count())
    }

    /// The rules of a role.
    pub fn rules(&self, role: usize) -> Rules<'_, 'a> {
        match self.aggregated.get(&role) {
            Some(rules) => Rules::Computed(rules),
            None => Rules::Stored(self.roles.get(role).map_or(&[], |role| &role.rules), role),
        }
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
