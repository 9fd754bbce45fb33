//! The accounts of one namespace that hold rights, each looked up once for all pods that run as it.

use super::super::Grants;
use super::Terrain;
use crate::model::Name;
use std::collections::BTreeSet;

/// So many accounts are kept in mind: a namespace has few.
const KNOWN: usize = 16;

/// Tells who of a namespace holds rights.
pub(super) struct Holding<'t, 'n> {
    grants: &'t Grants,
    namespace: &'n Name,
    /// Accounts that hold a right the catalogue asks for, or are in a group that does.
    accounts: Option<&'t BTreeSet<Name>>,
    known: Vec<(&'n Name, bool)>,
}

impl<'t, 'n> Holding<'t, 'n> {
    pub(super) fn new(terrain: &'t Terrain<'_>, namespace: &'n Name) -> Self {
        let accounts = terrain.accounts.get(namespace);
        Holding { grants: terrain.grants, namespace, accounts, known: Vec::new() }
    }

    /// Whether some binding gives the account a rule, or it is in a group that holds a right.
    pub(super) fn holds(&mut self, account: &'n Name) -> bool {
        if let Some((_, holds)) = self.known.iter().find(|(known, _)| *known == account) {
            return *holds;
        }
        let holds = self.grants.has_rules(self.namespace, account)
            || self.accounts.is_some_and(|accounts| accounts.contains(account));
        if self.known.len() == KNOWN {
            self.known.clear();
        }
        self.known.push((account, holds));
        holds
    }
}
