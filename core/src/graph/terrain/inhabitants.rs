//! Who is there: the accounts that exist and hold rights, and the namespaces that they are in.

use super::super::{Grants, World};
use super::is_present;
use crate::authorizer::{self, Identity, ResourceRequest};
use crate::cilium;
use crate::model::{Name, Pod};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Accounts by namespace.
pub(super) type Accounts = BTreeMap<Name, BTreeSet<Name>>;

/// Accounts as they come: what is listed stands in the order of namespaces for the most part, so that a namespace is
/// looked up once for all that follow each other in it.
#[derive(Default)]
struct Listing {
    done: Accounts,
    namespace: Option<Name>,
    names: BTreeSet<Name>,
}

impl Listing {
    fn of<'n>(accounts: impl IntoIterator<Item = (&'n Name, &'n Name)>) -> Accounts {
        let mut listing = Listing::default();
        for (namespace, name) in accounts {
            listing.go_to(Some(namespace));
            if !listing.names.contains(name) {
                listing.names.insert(name.clone());
            }
        }
        listing.go_to(None);
        listing.done
    }

    fn go_to(&mut self, namespace: Option<&Name>) {
        if self.namespace.as_ref() == namespace {
            return;
        }
        let names = namespace.and_then(|namespace| self.done.remove(namespace)).unwrap_or_default();
        let names = std::mem::replace(&mut self.names, names);
        if let Some(last) = std::mem::replace(&mut self.namespace, namespace.cloned()) {
            self.done.insert(last, names);
        }
    }
}

/// Accounts that hold a right the catalogue asks for, leaving out those that the input shows not to exist.
pub(super) fn accounts(world: &World<'_>, grants: &Grants) -> Accounts {
    let mut accounts = if is_present(world, "ServiceAccount") {
        let snapshot = world.snapshot;
        let listed = snapshot.service_accounts.iter().map(|account| (&account.namespace, &account.name));
        // What a pod runs as is there, listed or not.
        let running = snapshot.pods.iter().filter(|pod| !pod.finished);
        let running = running.map(|pod| (&pod.namespace, account_of(pod)));
        Listing::of(listed.chain(running).filter(|(namespace, name)| grants.holds_account(namespace, name)))
    } else {
        Listing::of(accounts_of(grants.identities()))
    };
    for component in &world.installation.components {
        let Some(name) = &component.service_account else { continue };
        if component.confidence != cilium::Confidence::Possible && &**name != "default" {
            accounts.entry(component.namespace.clone()).or_default().insert(name.clone());
        }
    }
    add_members(world, grants, &mut accounts);
    accounts
}

fn accounts_of<'i>(
    identities: impl Iterator<Item = &'i Identity>,
) -> impl Iterator<Item = (&'i Name, &'i Name)> {
    identities.filter_map(|identity| match identity {
        Identity::ServiceAccount { namespace, name } => Some((namespace, name)),
        _ => None,
    })
}

/// Accounts that hold rights only as members of a group: all of a namespace whose group holds some, and, where the group
/// of all accounts does, those that stand out and one of each namespace, since the others are alike.
fn add_members(world: &World<'_>, grants: &Grants, accounts: &mut Accounts) {
    let holds = |group: String| grants.own(&Identity::Group(group.into())).is_some();
    let all = ["system:serviceaccounts", "system:authenticated"];
    let everywhere = all.iter().any(|name| holds((*name).to_owned()));
    let of_accounts = |item: &Identity| matches!(item, Identity::Group(name) if name.starts_with("system:serviceaccounts:"));
    if !everywhere && !grants.identities().any(of_accounts) {
        return;
    }
    let running: BTreeSet<(Name, Name)> = match everywhere {
        true => {
            world.snapshot.pods.iter().map(|pod| (pod.namespace.clone(), account_of(pod).clone())).collect()
        }
        false => BTreeSet::new(),
    };
    let named = if everywhere { named_in_rules(world) } else { BTreeSet::new() };
    let mut last: Option<(Name, bool)> = None;
    for (namespace, name) in members(world, grants) {
        let first = last.as_ref().is_none_or(|(before, _)| *before != namespace);
        let all = match &last {
            Some((_, all)) if !first => *all,
            _ => holds(format!("system:serviceaccounts:{namespace}")),
        };
        last = Some((namespace.clone(), all));
        // By the pods that run as it, by a rule about it, or by a role that may grow.
        let stands_out = || {
            let (namespace, name) = (namespace.clone(), name.clone());
            let is_named = named.contains(&*name) || running.contains(&(namespace.clone(), name.clone()));
            is_named || grants.growing().contains(&Identity::ServiceAccount { namespace, name })
        };
        if all || (everywhere && first) || stands_out() {
            accounts.entry(namespace).or_default().insert(name);
        }
    }
}

/// Requests about one account, and about the Secret that holds its token.
const ABOUT_ACCOUNTS: [ResourceRequest<'static>; 2] = [
    ResourceRequest { verb: "create", group: "", resource: "serviceaccounts/token" },
    ResourceRequest { verb: "impersonate", group: "", resource: "serviceaccounts" },
];
const ABOUT_SECRETS: [ResourceRequest<'static>; 3] = [
    ResourceRequest { verb: "get", group: "", resource: "secrets" },
    ResourceRequest { verb: "list", group: "", resource: "secrets" },
    ResourceRequest { verb: "watch", group: "", resource: "secrets" },
];

/// The accounts that rules about accounts are restricted to, and those whose token Secrets are.
fn named_in_rules<'w>(world: &'w World<'_>) -> BTreeSet<&'w str> {
    let mut named = BTreeSet::new();
    let rules = world.snapshot.roles.iter().flat_map(|role| role.rules.iter());
    for rule in rules.filter(|rule| authorizer::name_restricted(rule)) {
        let covers = |requests: &[ResourceRequest<'_>]| {
            requests.iter().any(|request| authorizer::rule_covers(rule, *request))
        };
        if covers(&ABOUT_ACCOUNTS) {
            named.extend(rule.resource_names.iter().map(|name| &**name));
        }
        if covers(&ABOUT_SECRETS) {
            let accounts = rule.resource_names.iter().filter_map(|name| name.rsplit_once("-token-"));
            named.extend(accounts.map(|(account, _)| account));
        }
    }
    named
}

/// Every account that exists, sorted by namespace: those listed, and those that pods run as. Where accounts were not
/// exported, those that bindings name, and the one that every namespace has.
fn members(world: &World<'_>, grants: &Grants) -> BTreeSet<(Name, Name)> {
    let listed = world.snapshot.service_accounts.iter();
    let listed = listed.map(|account| (account.namespace.clone(), account.name.clone()));
    let running = world.snapshot.pods.iter().filter(|pod| !pod.finished);
    let running = running.map(|pod| (pod.namespace.clone(), account_of(pod).clone()));
    let mut members: BTreeSet<(Name, Name)> = listed.chain(running).collect();
    if !is_present(world, "ServiceAccount") {
        let bound = accounts_of(grants.bound());
        members.extend(bound.map(|(namespace, name)| (namespace.clone(), name.clone())));
        let namespaces = namespaces(world, grants).into_iter();
        members.extend(namespaces.map(|namespace| (namespace, DEFAULT.clone())));
    }
    members
}

/// The account of a pod that names none.
static DEFAULT: LazyLock<Name> = LazyLock::new(|| Name::from("default"));

/// The account that a pod runs as.
pub(super) fn account_of(pod: &Pod) -> &Name {
    pod.spec.service_account.as_ref().unwrap_or(&DEFAULT)
}

/// Every namespace that something in the input is in.
pub(super) fn namespaces(world: &World<'_>, grants: &Grants) -> BTreeSet<Name> {
    let snapshot = world.snapshot;
    let mut names: BTreeSet<Name> = snapshot.namespaces.iter().map(|item| item.name.clone()).collect();
    enter(&mut names, snapshot.pods.iter().map(|pod| &pod.namespace));
    enter(&mut names, snapshot.workloads.iter().map(|workload| &workload.namespace));
    enter(&mut names, snapshot.service_accounts.iter().map(|account| &account.namespace));
    enter(&mut names, snapshot.secrets.iter().map(|secret| &secret.namespace));
    enter(&mut names, world.installation.components.iter().map(|component| &component.namespace));
    enter(&mut names, snapshot.bindings.iter().filter_map(|binding| binding.namespace.as_ref()));
    // Whoever is bound is somewhere.
    enter(&mut names, accounts_of(grants.bound()).map(|(namespace, _)| namespace));
    names
}

/// Adds names of which many that follow each other are the same.
fn enter<'n>(names: &mut BTreeSet<Name>, more: impl Iterator<Item = &'n Name>) {
    let mut last = None;
    for name in more.filter(|name| last.replace(*name) != Some(*name)) {
        names.insert(name.clone());
    }
}
