//! Strategies: which namespaces, nodes, pods, accounts, roles and bindings a random cluster has.

mod rules;

use super::{BindingSpec, Exported, OtherPod, RoleSpec, RuleSpec, Space, World};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::ops::Range;

const SPACES: &[&str] = &["dev", "tools"];
const ACCOUNTS: &[(&str, &str)] = &[
    ("dev", "app"),
    ("dev", "ci"),
    ("dev", "default"),
    ("tools", "ci"),
    ("tools", "default"),
    ("kube-system", "ctl"),
];

fn text(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(items).prop_map(str::to_owned)
}

/// Small clusters.
pub fn worlds() -> impl Strategy<Value = World> {
    worlds_of(rules::some_rules().boxed(), 1..5)
}

/// Small clusters where several identities hold the parts of what takes many requests, and lead to each other.
pub fn spread_worlds() -> impl Strategy<Value = World> {
    worlds_of(rules::parts().boxed(), 3..7)
}

/// Small clusters where what takes three requests takes three identities at times.
pub fn thirds_worlds() -> impl Strategy<Value = World> {
    worlds_of(rules::thirds().boxed(), 4..8)
}

fn worlds_of(rules: BoxedStrategy<Vec<RuleSpec>>, roles: Range<usize>) -> impl Strategy<Value = World> {
    let place = (option::weighted(0.7, 30u32..=37), namespaces(), nodes(), exported());
    let run = (agents(), option::weighted(0.5, (text(&["n1", "n2"]), any::<bool>())), pods(), workloads());
    let held = (accounts(), secrets(), vec(granted(rules), roles), vec(binding(), 0..2));
    (place, run, held).prop_map(|(place, run, held)| {
        let own = held.2.iter().enumerate();
        let mut bindings: Vec<BindingSpec> = own
            .map(|(index, (role, binding))| BindingSpec {
                // A Role can only be bound where it is.
                namespace: role.namespace.clone().or(binding.namespace.clone()),
                role: index,
                ..binding.clone()
            })
            .collect();
        bindings.extend(held.3);
        World {
            minor: place.0,
            namespaces: place.1,
            nodes: place.2,
            exported: place.3,
            agents: run.0,
            operator: run.1,
            pods: run.2,
            workloads: run.3,
            accounts: held.0,
            secrets: held.1,
            roles: held.2.into_iter().map(|(role, _)| role).collect(),
            bindings,
        }
    })
}

fn namespaces() -> impl Strategy<Value = Vec<Space>> {
    let level = prop_oneof![
        3 => Just(None),
        1 => Just(Some("privileged".to_owned())),
        1 => Just(Some("baseline".to_owned())),
        2 => Just(Some("restricted".to_owned())),
        1 => Just(Some("strict".to_owned())),
    ];
    let space = |name: &'static str| {
        (level.clone(), prop::bool::weighted(0.9)).prop_map(move |(level, listed)| Space {
            name: name.to_owned(),
            level,
            listed,
        })
    };
    let all = (space("kube-system"), space("dev"), space("tools"), 0usize..=2);
    all.prop_map(|(system, dev, tools, others)| {
        [system].into_iter().chain([dev, tools].into_iter().take(others)).collect()
    })
}

fn nodes() -> impl Strategy<Value = Vec<(String, Option<u32>)>> {
    let node = (Just(()), option::weighted(0.7, 32u32..=37));
    vec(node, 0..=3).prop_map(|nodes| {
        nodes.into_iter().enumerate().map(|(index, (_, minor))| (format!("n{}", index + 1), minor)).collect()
    })
}

fn exported() -> impl Strategy<Value = Exported> {
    let kind = |share| prop::bool::weighted(share);
    (kind(0.8), kind(0.7), kind(0.8)).prop_map(|(pods, secrets, accounts)| Exported {
        pods,
        secrets,
        accounts,
    })
}

fn agents() -> impl Strategy<Value = Vec<String>> {
    subsequence(vec!["n1".to_owned(), "n2".to_owned(), "n3".to_owned()], 1..=2)
}

fn pods() -> impl Strategy<Value = Vec<OtherPod>> {
    let who = (select(ACCOUNTS), any::<bool>());
    let how = (option::weighted(0.3, any::<bool>()), text(&["n1", "n2", "n3"]));
    let what = (prop::bool::weighted(0.25), prop::bool::weighted(0.2), prop::bool::weighted(0.1));
    vec((who, how, what), 0..4).prop_map(|pods| {
        let pod = |(index, pod): (usize, _)| {
            let (((namespace, account), named), (automount, node), (privileged, stdin, mirror)) = pod;
            let named: bool = named;
            OtherPod {
                namespace: str::to_owned(namespace),
                name: format!("web-{index}"),
                node,
                account: named.then(|| str::to_owned(account)),
                automount,
                privileged,
                stdin,
                mirror,
            }
        };
        pods.into_iter().enumerate().map(pod).collect()
    })
}

fn workloads() -> impl Strategy<Value = Vec<(String, String, String)>> {
    let kind = text(&["Deployment", "StatefulSet", "CronJob", "Job", "ReplicationController"]);
    vec((kind, text(SPACES)), 0..3).prop_map(|all| {
        let named = all.into_iter().enumerate();
        named.map(|(index, (kind, namespace))| (kind, namespace, format!("w{index}"))).collect()
    })
}

fn accounts() -> impl Strategy<Value = Vec<(String, String, Option<bool>)>> {
    let settings = vec(option::weighted(0.2, any::<bool>()), ACCOUNTS.len());
    let missing = option::weighted(0.2, 0..ACCOUNTS.len());
    (settings, missing).prop_map(|(settings, missing)| {
        let listed = ACCOUNTS.iter().zip(settings).enumerate().filter(|(index, _)| Some(*index) != missing);
        let own = [("cilium", None), ("cilium-operator", None)];
        let own = own.map(|(name, automount)| ("kube-system".to_owned(), name.to_owned(), automount));
        listed
            .map(|(_, ((namespace, name), automount))| {
                (str::to_owned(namespace), str::to_owned(name), automount)
            })
            .chain(own)
            .collect()
    })
}

fn secrets() -> impl Strategy<Value = Vec<(String, String, Option<String>)>> {
    let some = vec((select(ACCOUNTS), prop::bool::weighted(0.8)), 0..3);
    (some, prop::bool::weighted(0.3)).prop_map(|(secrets, keys_there)| {
        let secret = |(index, ((namespace, account), token)): (usize, ((&str, &str), bool))| {
            let name = format!("{account}-token-{index}");
            (namespace.to_owned(), name, token.then(|| account.to_owned()))
        };
        let keys = ("kube-system".to_owned(), "cilium-ca".to_owned(), None);
        secrets.into_iter().enumerate().map(secret).chain(keys_there.then_some(keys)).collect()
    })
}

fn role(rules: BoxedStrategy<Vec<RuleSpec>>) -> impl Strategy<Value = RoleSpec> {
    let rules = vec(rules, 1..3).prop_map(|rules: Vec<Vec<RuleSpec>>| rules.concat());
    let namespace = option::weighted(0.35, text(&["dev", "tools", "kube-system"]));
    (namespace, rules).prop_map(|(namespace, rules)| RoleSpec { namespace, rules })
}

/// A role, and a binding of it.
fn granted(rules: BoxedStrategy<Vec<RuleSpec>>) -> impl Strategy<Value = (RoleSpec, BindingSpec)> {
    (role(rules), binding())
}

/// A binding of any role, or of one that does not exist.
fn binding() -> impl Strategy<Value = BindingSpec> {
    let scope = option::weighted(0.5, text(&["dev", "tools", "kube-system"]));
    (scope, 0usize..5, vec(subject(), 1..3)).prop_map(|(namespace, role, subjects)| BindingSpec {
        namespace,
        role,
        subjects,
    })
}

fn subject() -> impl Strategy<Value = (String, Option<String>, String)> {
    let user = text(&[
        "dana",
        "eve",
        "system:anonymous",
        "system:serviceaccount:dev:app",
        "system:node:n1",
        "system:node:n3",
    ]);
    let group = text(&[
        "devs",
        "system:authenticated",
        "system:unauthenticated",
        "system:serviceaccounts",
        "system:serviceaccounts:dev",
        "system:nodes",
        "system:masters",
        "system:bootstrappers:kubeadm:default-node-token",
    ]);
    let mut accounts: Vec<(&str, &str)> = ACCOUNTS.to_vec();
    accounts.extend([("kube-system", "cilium"), ("kube-system", "cilium-operator"), ("dev", "ghost")]);
    let account = (select(accounts), prop::bool::weighted(0.9)).prop_map(|((namespace, name), given)| {
        ("ServiceAccount".to_owned(), given.then(|| namespace.to_owned()), name.to_owned())
    });
    prop_oneof![
        3 => user.prop_map(|name| ("User".to_owned(), None, name)),
        2 => group.prop_map(|name| ("Group".to_owned(), None, name)),
        4 => account,
    ]
}
