//! Who holds an identity: pods that run as it, and the ServiceAccounts in a group.

use crate::authorizer::Identity;
use crate::graph::World;
use crate::report::{HeldBy, Members};

/// How many are named; the rest is counted.
const EXAMPLES: usize = 5;

/// The pods that run as an identity.
pub(super) fn held_by(world: &World<'_>, identity: &Identity) -> HeldBy {
    let Identity::ServiceAccount { namespace, name } = identity else { return HeldBy::default() };
    // A snapshot's pods stand in the order of their namespaces.
    let first = world.snapshot.pods.partition_point(|pod| pod.namespace < *namespace);
    let of_namespace = world.snapshot.pods.iter().skip(first).take_while(|pod| pod.namespace == *namespace);
    let pods = of_namespace.filter(|pod| {
        let account = pod.spec.service_account.as_deref().unwrap_or("default");
        account == &**name && !pod.finished
    });
    let (count, examples) = counted(pods.map(|pod| format!("{}/{}", pod.namespace, pod.name)));
    HeldBy { pods: count, examples }
}

/// The ServiceAccounts that are in a group by their namespace.
pub(super) fn members(world: &World<'_>, identity: &Identity) -> Members {
    let Identity::Group(group) = identity else { return Members::default() };
    let in_namespace = group.strip_prefix("system:serviceaccounts:");
    let everyone = matches!(&**group, "system:serviceaccounts" | "system:authenticated");
    if in_namespace.is_none() && !everyone {
        return Members::default();
    }
    let accounts = world.snapshot.service_accounts.iter();
    let accounts = accounts.filter(|account| everyone || in_namespace == Some(&*account.namespace));
    let (service_accounts, examples) =
        counted(accounts.map(|account| format!("{}/{}", account.namespace, account.name)));
    Members { service_accounts, examples }
}

fn counted(names: impl Iterator<Item = String>) -> (u64, Vec<String>) {
    let mut count = 0;
    let mut examples = Vec::new();
    for name in names {
        count += 1;
        if examples.len() < EXAMPLES {
            examples.push(name);
        }
    }
    (count, examples)
}
