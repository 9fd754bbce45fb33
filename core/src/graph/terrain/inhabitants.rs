//! Who is there: the accounts that exist and hold rights, and the namespaces that they are in.

use super::super::{Grants, World};
use super::is_present;
use crate::authorizer::{self, Identity};
use crate::cilium;
use crate::model::{Name, Pod};
use std::collections::{BTreeMap, BTreeSet};

/// Accounts that hold a right the catalogue asks for, leaving out those that the input shows not to exist.
pub(super) fn accounts(world: &World<'_>, grants: &Grants) -> BTreeMap<Name, BTreeSet<Name>> {
    let listed = is_present(world, "ServiceAccount");
    let snapshot = world.snapshot;
    let mut known: BTreeSet<(&str, &str)> =
        snapshot.service_accounts.iter().map(|account| (&*account.namespace, &*account.name)).collect();
    // What a pod runs as is there, listed or not.
    known.extend(snapshot.pods.iter().filter(|pod| !pod.finished).map(|pod| {
        let name = pod.spec.service_account.as_deref().unwrap_or("default");
        (&*pod.namespace, name)
    }));
    let mut accounts: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for identity in grants.identities() {
        let Identity::ServiceAccount { namespace, name } = identity else { continue };
        if !listed || known.contains(&(&**namespace, &**name)) {
            accounts.entry(namespace.clone()).or_default().insert(name.clone());
        }
    }
    for component in &world.installation.components {
        let Some(name) = &component.service_account else { continue };
        if component.confidence != cilium::Confidence::Possible && &**name != "default" {
            accounts.entry(component.namespace.clone()).or_default().insert(name.clone());
        }
    }
    add_members(world, grants, &mut accounts);
    accounts
}

pub(super) fn named_accounts(grants: &Grants) -> BTreeMap<Name, BTreeSet<Name>> {
    let mut accounts: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for identity in grants.identities() {
        if let Identity::ServiceAccount { namespace, name } = identity {
            accounts.entry(namespace.clone()).or_default().insert(name.clone());
        }
    }
    accounts
}

/// Accounts that hold rights only as members of a group: all of a namespace whose group holds some, and one of each
/// namespace, and those that pods run as, where the group of all accounts does, since they are alike.
fn add_members(world: &World<'_>, grants: &Grants, accounts: &mut BTreeMap<Name, BTreeSet<Name>>) {
    let holds = |group: String| grants.own(&Identity::Group(group.into())).is_some();
    let all = ["system:serviceaccounts", "system:authenticated"];
    let everywhere = all.iter().any(|name| holds((*name).to_owned()));
    let of_accounts = |item: &Identity| matches!(item, Identity::Group(name) if name.starts_with("system:serviceaccounts:"));
    if !everywhere && !grants.identities().any(of_accounts) {
        return;
    }
    let running: BTreeSet<(Name, Name)> = match everywhere {
        true => world.snapshot.pods.iter().map(|pod| (pod.namespace.clone(), account_of(pod))).collect(),
        false => BTreeSet::new(),
    };
    let mut last: Option<(Name, bool)> = None;
    for (namespace, name) in members(world) {
        let first = last.as_ref().is_none_or(|(before, _)| *before != namespace);
        let all = match &last {
            Some((_, all)) if !first => *all,
            _ => holds(format!("system:serviceaccounts:{namespace}")),
        };
        last = Some((namespace.clone(), all));
        if all || (everywhere && first) || running.contains(&(namespace.clone(), name.clone())) {
            accounts.entry(namespace).or_default().insert(name);
        }
    }
}

/// Every account that exists, sorted by namespace: those listed, and those that pods run as. Where accounts were not
/// exported, those that bindings name, and the one that every namespace has.
fn members(world: &World<'_>) -> BTreeSet<(Name, Name)> {
    let listed = world.snapshot.service_accounts.iter();
    let listed = listed.map(|account| (account.namespace.clone(), account.name.clone()));
    let running = world.snapshot.pods.iter().filter(|pod| !pod.finished);
    let running = running.map(|pod| (pod.namespace.clone(), account_of(pod)));
    let mut members: BTreeSet<(Name, Name)> = listed.chain(running).collect();
    if !is_present(world, "ServiceAccount") {
        members.extend(bound_accounts(world));
        members.extend(namespaces(world).into_iter().map(|namespace| (namespace, Name::from("default"))));
    }
    members
}

/// The accounts that bindings name, whatever the roles allow.
fn bound_accounts<'w>(world: &'w World<'_>) -> impl Iterator<Item = (Name, Name)> + 'w {
    let subjects = world.snapshot.bindings.iter().flat_map(|binding| {
        binding.subjects.iter().filter_map(|subject| authorizer::identity_of(binding, subject))
    });
    subjects.filter_map(|identity| match identity {
        Identity::ServiceAccount { namespace, name } => Some((namespace, name)),
        _ => None,
    })
}

/// The account that a pod runs as.
pub(super) fn account_of(pod: &Pod) -> Name {
    pod.spec.service_account.clone().unwrap_or_else(|| Name::from("default"))
}

/// Every namespace that something in the input is in.
pub(super) fn namespaces(world: &World<'_>) -> BTreeSet<Name> {
    let snapshot = world.snapshot;
    let mut names: BTreeSet<Name> = snapshot.namespaces.iter().map(|item| item.name.clone()).collect();
    names.extend(snapshot.pods.iter().map(|pod| pod.namespace.clone()));
    names.extend(snapshot.workloads.iter().map(|workload| workload.namespace.clone()));
    names.extend(snapshot.service_accounts.iter().map(|account| account.namespace.clone()));
    names.extend(snapshot.secrets.iter().map(|secret| secret.namespace.clone()));
    names.extend(world.installation.components.iter().map(|component| component.namespace.clone()));
    names.extend(snapshot.bindings.iter().filter_map(|binding| binding.namespace.clone()));
    // Whoever is bound is somewhere.
    names.extend(bound_accounts(world).map(|(namespace, _)| namespace));
    names
}
