//! Laws of the authorizer on random roles, bindings and requests: order is nothing, more bindings never allow less, and
//! what the graph is built from is what the authorizer decides.

use cilium_exec_check_core::authorizer::{
    Attributes, Authorizer, Identity, ResourceTarget, RoleTable, Target, identity_of, name_matches, username,
};
use cilium_exec_check_core::cilium;
use cilium_exec_check_core::graph::{Grants, Request, World, granted_in, granted_rule};
use cilium_exec_check_core::model::{
    Binding, Location, Name, PolicyRule, Role, RoleRef, RuleLists, Snapshot, Subject,
};
use cilium_exec_check_core::technique::{CATALOGUE, alternatives};
use cilium_exec_check_core::version::VersionRange;
use cilium_exec_check_tests::Shuffle;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

const VERBS: [&str; 5] = ["get", "create", "*", "patch", "impersonate"];
const GROUPS: [&str; 4] = ["", "*", "apps", "authentication.k8s.io"];
const RESOURCES: [&str; 9] = [
    "pods",
    "pods/exec",
    "*",
    "*/exec",
    "nodes/proxy",
    "pods/*",
    "secrets",
    "daemonsets",
    "serviceaccounts/token",
];
const NAMES: [&str; 3] = ["", "a", "*"];
const URLS: [&str; 4] = ["*", "/logs/*", "/healthz", "/l**"];
const NAMESPACES: [&str; 2] = ["ci", "kube-system"];
const WHO: [&str; 5] = ["a", "dev", "system:authenticated", "system:serviceaccount:ci:a", "system:anonymous"];

fn names(of: &'static [&'static str], most: usize) -> impl Strategy<Value = Vec<Name>> {
    vec(select(of).prop_map(Name::from), 0..=most)
}

fn rule() -> impl Strategy<Value = PolicyRule> {
    let urls = prop_oneof![3 => Just(Vec::new()), 1 => names(&URLS, 2)];
    let parts = (names(&VERBS, 2), names(&GROUPS, 2), names(&RESOURCES, 2), names(&NAMES, 1), urls);
    parts.prop_map(|(verbs, api_groups, resources, resource_names, non_resource_urls)| {
        PolicyRule::from(RuleLists {
            verbs: verbs.into(),
            api_groups: api_groups.into(),
            resources: resources.into(),
            resource_names: resource_names.into(),
            non_resource_urls: non_resource_urls.into(),
        })
    })
}

fn role() -> impl Strategy<Value = Role> {
    let parts = (option::of(select(&NAMESPACES)), select(&["r", "s"]), vec(rule(), 0..4));
    parts.prop_map(|(namespace, name, rules)| Role {
        namespace: namespace.map(Name::from),
        name: name.into(),
        labels: Default::default(),
        rules,
        aggregation: None,
        at: Location::default(),
    })
}

fn subject() -> impl Strategy<Value = Subject> {
    let kinds = &["User", "Group", "ServiceAccount", "user"];
    let parts = (select(kinds), select(&WHO), select(&["", "ci", "kube-system"]));
    parts.prop_map(|(kind, name, namespace)| Subject {
        kind: kind.into(),
        // The authorizer takes any name for an account's; the graph knows accounts that can exist.
        name: if kind == "ServiceAccount" { "a" } else { name }.into(),
        namespace: namespace.into(),
        at: Location::default(),
    })
}

fn binding() -> impl Strategy<Value = Binding> {
    let role_ref = (select(&["ClusterRole", "Role", "Other"]), select(&["r", "s", "gone"]));
    let parts = (option::of(select(&NAMESPACES)), "[a-c]-?[a-c]", role_ref, vec(subject(), 0..4));
    parts.prop_map(|(namespace, name, (kind, role), subjects)| Binding {
        namespace: namespace.map(Name::from),
        name: name.into(),
        labels: Default::default(),
        role_ref: RoleRef { kind: kind.into(), name: role.into() },
        subjects: subjects.into(),
        at: Location::default(),
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    (vec(role(), 0..6), vec(binding(), 0..8)).prop_map(|(roles, bindings)| Snapshot {
        roles,
        bindings,
        ..Snapshot::default()
    })
}

/// A request with everything it borrows from.
#[derive(Debug, Clone)]
struct Asked {
    user: &'static str,
    groups: Vec<&'static str>,
    verb: &'static str,
    target: Target<'static>,
}

impl Asked {
    fn attributes(&self) -> Attributes<'_> {
        Attributes { user: Some(self.user), groups: &self.groups, verb: self.verb, target: self.target }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let resource = (select(&GROUPS), select(&RESOURCES), select(&["", "exec", "token", "*"]));
    let object = (select(&["", "ci", "kube-system"]), select(&NAMES));
    let resource = (resource, object).prop_map(|((group, resource, subresource), (namespace, name))| {
        Target::Resource(ResourceTarget { group, resource, subresource, namespace, name })
    });
    let path = select(&["/logs", "/logs/", "/healthz", "/l", ""]).prop_map(Target::Path);
    let target = prop_oneof![5 => resource, 1 => path];
    let parts = (select(&WHO), vec(select(&WHO), 0..3), select(&VERBS), target);
    parts.prop_map(|(user, groups, verb, target)| Asked { user, groups, verb, target })
}

fn labels(snapshot: &Snapshot, asked: &Asked) -> BTreeSet<String> {
    let authorizer = Authorizer::stored(snapshot);
    let decision = authorizer.decide(&asked.attributes());
    let labels: Vec<String> = decision.bindings.iter().map(|bound| bound.label.clone()).collect();
    assert!(labels.is_sorted(), "{labels:?}");
    labels.into_iter().collect()
}

/// The same objects, and everything in them, in another order.
fn shuffled(snapshot: &Snapshot, seed: u64) -> Snapshot {
    let mut order = Shuffle(seed);
    let mut roles = order.list(snapshot.roles.clone());
    for role in &mut roles {
        role.rules = order.list(std::mem::take(&mut role.rules));
        for rule in &mut role.rules {
            let lists = std::sync::Arc::make_mut(&mut rule.lists);
            lists.verbs = order.list(lists.verbs.to_vec()).into();
            lists.resources = order.list(lists.resources.to_vec()).into();
        }
    }
    let mut bindings = order.list(snapshot.bindings.clone());
    for binding in &mut bindings {
        binding.subjects = order.list(std::mem::take(&mut binding.subjects).into_vec()).into();
    }
    Snapshot { roles, bindings, ..Snapshot::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_bindings_subjects_and_rules_changes_no_verdict(
        snapshot in snapshot(), asked in vec(asked(), 1..20), seed in any::<u64>(),
    ) {
        let other = shuffled(&snapshot, seed);
        for asked in asked {
            prop_assert_eq!(labels(&snapshot, &asked), labels(&other, &asked), "{:?}", asked);
        }
    }

    #[test]
    fn one_more_binding_takes_no_right_away(
        snapshot in snapshot(), more in binding(), asked in vec(asked(), 1..20),
    ) {
        let mut larger = snapshot.clone();
        larger.bindings.push(more);
        for asked in asked {
            let (before, after) = (labels(&snapshot, &asked), labels(&larger, &asked));
            prop_assert!(after.is_superset(&before), "{:?}: {:?}, then {:?}", asked, before, after);
        }
    }

    #[test]
    fn the_grants_of_the_graph_are_what_the_authorizer_allows(snapshot in snapshot()) {
        let roles = RoleTable::new(&snapshot);
        let installation = cilium::detect(&snapshot, &roles, &[]);
        let version = VersionRange::new(&snapshot, None);
        let world = World { snapshot: &snapshot, roles: &roles, installation: &installation, version };
        let grants = Grants::new(&snapshot, &roles);
        let authorizer = Authorizer::aggregated(&snapshot);
        let identities: BTreeSet<Identity> = snapshot
            .bindings
            .iter()
            .flat_map(|binding| binding.subjects.iter().filter_map(|subject| identity_of(binding, subject)))
            .collect();
        for identity in &identities {
            for request in catalogue() {
                for namespace in ["", "ci", "kube-system"] {
                    for name in NAMES {
                        let found = granted(&world, &grants, identity, request, namespace, name);
                        let decided = decided(&authorizer, identity, request, namespace, name);
                        prop_assert_eq!(
                            found, decided, "{:?} {:?} {:?} {:?}", identity, request, namespace, name
                        );
                    }
                }
            }
        }
    }
}

fn catalogue() -> BTreeSet<Request> {
    let ways = CATALOGUE.iter().flat_map(|technique| alternatives(&technique.requires));
    ways.flat_map(|way| way.requests).flatten().map(Request::from).collect()
}

/// The bindings by which the graph knows that an identity holds a request.
fn granted(
    world: &World<'_>,
    grants: &Grants,
    identity: &Identity,
    request: Request,
    namespace: &str,
    name: &str,
) -> BTreeSet<usize> {
    let own = grants.of(request).filter(|(who, _)| *who == identity).map(|(_, grant)| grant);
    own.filter(|grant| {
        granted_in(world, *grant).is_none_or(|scope| **scope == *namespace)
            && granted_rule(world, *grant).is_some_and(|rule| name_matches(rule, name))
    })
    .map(|grant| grant.binding)
    .collect()
}

/// The bindings by which the authorizer allows it.
fn decided(
    authorizer: &Authorizer<'_>,
    identity: &Identity,
    request: Request,
    namespace: &str,
    name: &str,
) -> BTreeSet<usize> {
    let user = username(identity);
    let groups: &[&str] = if let Identity::Group(group) = identity { &[group] } else { &[] };
    let (resource, subresource) = request.resource.split_once('/').unwrap_or((request.resource, ""));
    let target = ResourceTarget { group: request.group, resource, subresource, namespace, name };
    let target = Target::Resource(target);
    let attributes = Attributes { user: user.as_deref(), groups, verb: request.verb, target };
    authorizer.decide(&attributes).bindings.iter().map(|bound| bound.index).collect()
}
