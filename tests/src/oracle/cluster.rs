//! A snapshot → the plain facts that steps depend on: Cilium's workloads, privileged pods, tokens, levels, versions.

use super::grants::{self, Ask, Who, allows};
use super::place::{Actor, Gained};
use super::single::everything;
use cilium_exec_check_core::model::{
    ContainerKind, CoverageState, Name, Pod, PodSpec, PolicyRule, Snapshot, VolumeSource,
};
use cilium_exec_check_core::report::Certainty;
use std::collections::BTreeSet;

/// The container of a component of Cilium: the agent's, and the operator's.
const AGENT: &str = "cilium-agent";
const OPERATOR: &str = "cilium-operator";

/// A snapshot, and which versions its API server may have.
#[derive(Debug, Clone, Copy)]
pub(in crate::oracle) struct Cluster<'a> {
    pub(in crate::oracle) snapshot: &'a Snapshot,
    /// Whether those bindings only count that name whoever asks.
    by_name: bool,
    /// The minors that are possible; no last one where nothing tells it.
    versions: (u32, Option<u32>),
}

/// One workload of Cilium.
#[derive(Debug)]
pub(in crate::oracle) struct Component {
    pub(in crate::oracle) namespace: String,
    /// Its workload, by index.
    pub(in crate::oracle) workload: usize,
    pub(in crate::oracle) workload_name: String,
    pub(in crate::oracle) agent: bool,
    pub(in crate::oracle) root: bool,
    pub(in crate::oracle) account: String,
    pub(in crate::oracle) pods: Vec<usize>,
}

impl<'a> Cluster<'a> {
    /// The cluster of a snapshot; `minor` is an exact version.
    pub(in crate::oracle) fn new(snapshot: &'a Snapshot, minor: Option<u32>) -> Self {
        let kubelets = snapshot.nodes.iter().filter_map(|node| node.kubelet_version);
        let versions = match (minor, kubelets.max()) {
            (Some(minor), _) => (minor, Some(minor)),
            (None, Some((_, newest))) => (newest, Some(newest + 3)),
            (None, None) => (24, None),
        };
        Cluster { snapshot, by_name: false, versions }
    }

    /// The same, with the rights of groups left aside.
    pub(in crate::oracle) fn by_name(&self) -> Self {
        Cluster { by_name: true, ..*self }
    }

    /// How sure something is that works before a minor only.
    pub(in crate::oracle) fn before(&self, minor: u32) -> Certainty {
        match self.versions {
            (_, Some(last)) if last < minor => Certainty::Certain,
            (first, _) if first >= minor => Certainty::Blocked,
            _ => Certainty::Conditional,
        }
    }

    /// How sure something is that works from a minor on.
    pub(in crate::oracle) fn since(&self, minor: u32) -> Certainty {
        match self.versions {
            (first, _) if first >= minor => Certainty::Certain,
            (_, Some(last)) if last < minor => Certainty::Blocked,
            _ => Certainty::Conditional,
        }
    }

    /// How sure it is that a namespace admits privileged pods.
    pub(in crate::oracle) fn admits_privileged(&self, namespace: &str) -> Certainty {
        let Some(found) = self.snapshot.namespaces.iter().find(|item| *item.name == *namespace) else {
            return Certainty::Conditional;
        };
        match found.labels.get("pod-security.kubernetes.io/enforce").map(|level| &**level) {
            None | Some("privileged") => Certainty::Certain,
            Some(_) => Certainty::Blocked,
        }
    }

    fn present(&self, kind: &str) -> bool {
        self.snapshot.coverage.get(kind).is_some_and(|found| found.state == CoverageState::Present)
    }

    /// Whether Secrets were exported.
    pub(in crate::oracle) fn secrets_known(&self) -> bool {
        self.present("Secret")
    }

    /// Whether a component's pods may exist without being in the input.
    pub(in crate::oracle) fn unlisted(&self, component: &Component) -> bool {
        !self.present("Pod") && component.pods.is_empty()
    }

    /// Every running pod.
    pub(in crate::oracle) fn pods(&self) -> Vec<(usize, &'a Pod)> {
        self.snapshot.pods.iter().enumerate().filter(|(_, pod)| !pod.finished).collect()
    }

    /// Cilium's workloads.
    pub(in crate::oracle) fn components(&self) -> Vec<Component> {
        let mut found = Vec::new();
        for (index, workload) in self.snapshot.workloads.iter().enumerate() {
            let has = |spec: &PodSpec, name: &str| spec.containers.iter().any(|item| *item.name == *name);
            let agent = has(&workload.spec, AGENT);
            if workload.owner.is_some() || !(agent || has(&workload.spec, OPERATOR)) {
                continue;
            }
            let container = if agent { AGENT } else { OPERATOR };
            let pods = self.pods().into_iter();
            let own =
                pods.filter(|(_, pod)| pod.namespace == workload.namespace && has(&pod.spec, container));
            found.push(Component {
                namespace: workload.namespace.to_string(),
                workload: index,
                workload_name: workload.name.to_string(),
                agent,
                root: is_root(&workload.spec),
                account: workload.spec.service_account.as_deref().unwrap_or("default").to_owned(),
                pods: own.map(|(index, _)| index).collect(),
            });
        }
        found
    }

    /// The component of a pod.
    pub(in crate::oracle) fn component_of(&self, pod: usize) -> Option<Component> {
        self.components().into_iter().find(|component| component.pods.contains(&pod))
    }

    /// Whether code in a pod's running containers is root on its node.
    pub(in crate::oracle) fn root(&self, pod: usize) -> bool {
        is_root(&self.snapshot.pods[pod].spec)
    }

    /// The account whose token code in a pod finds.
    pub(in crate::oracle) fn token(&self, pod: &Pod) -> Option<String> {
        let account = pod.spec.service_account.as_deref().unwrap_or("default");
        let leads_on = self.is_somebody(&pod.namespace, account);
        (leads_on && self.has_token(&pod.namespace, account, &pod.spec)).then(|| account.to_owned())
    }

    /// The pod's own setting, else its account's, else true; or a projected token.
    pub(in crate::oracle) fn has_token(&self, namespace: &str, account: &str, spec: &PodSpec) -> bool {
        let projected = |source: &VolumeSource| matches!(source, VolumeSource::Projected { token: true, .. });
        let accounts = &self.snapshot.service_accounts;
        let found = accounts.iter().find(|item| *item.namespace == *namespace && *item.name == *account);
        let automount = spec.automount.or(found.and_then(|item| item.automount)).unwrap_or(true);
        automount || spec.volumes.iter().any(|volume| projected(&volume.source))
    }

    /// The agents' pods.
    pub(in crate::oracle) fn agent_pods(&self) -> Vec<usize> {
        let agents = self.components().into_iter().filter(|component| component.agent);
        agents.flat_map(|component| component.pods).collect()
    }

    /// The nodes that agents run on.
    pub(in crate::oracle) fn agent_nodes(&self) -> BTreeSet<String> {
        let pods = self.agent_pods().into_iter();
        pods.filter_map(|pod| self.snapshot.pods[pod].spec.node_name.as_ref())
            .map(|name| name.to_string())
            .collect()
    }

    /// Every node that the input names, be it in a binding only.
    pub(in crate::oracle) fn nodes(&self) -> BTreeSet<String> {
        let listed = self.snapshot.nodes.iter().map(|node| node.name.to_string());
        let used = self.snapshot.pods.iter().filter_map(|pod| pod.spec.node_name.as_ref());
        let bound = self.subjects().into_iter().filter_map(|who| match who {
            Who::Node(name) => Some(name),
            _ => None,
        });
        listed.chain(used.map(|name| name.to_string())).chain(bound).collect()
    }

    /// Every namespace that the input names.
    pub(in crate::oracle) fn namespaces(&self) -> BTreeSet<String> {
        let snapshot = self.snapshot;
        let listed = snapshot.namespaces.iter().map(|item| &item.name);
        let listed = listed.chain(snapshot.pods.iter().map(|item| &item.namespace));
        let listed = listed.chain(snapshot.workloads.iter().map(|item| &item.namespace));
        let listed = listed.chain(snapshot.service_accounts.iter().map(|item| &item.namespace));
        let listed = listed.chain(snapshot.secrets.iter().map(|item| &item.namespace));
        let listed = listed.chain(snapshot.bindings.iter().filter_map(|item| item.namespace.as_ref()));
        let named = self.subjects().into_iter().filter_map(|who| match who {
            Who::Account(namespace, _) => Some(namespace),
            _ => None,
        });
        listed.map(|name| name.to_string()).chain(named).collect()
    }

    /// Whoever a binding names.
    pub(in crate::oracle) fn subjects(&self) -> BTreeSet<Who> {
        let bindings = self.snapshot.bindings.iter();
        bindings
            .flat_map(|binding| binding.subjects.iter().filter_map(|item| grants::subject(binding, item)))
            .collect()
    }

    /// Every user that the input names, and whoever has not logged in.
    pub(in crate::oracle) fn users(&self) -> BTreeSet<Who> {
        let users = self.subjects().into_iter().filter(|who| matches!(who, Who::User(_)));
        users.chain([Who::User("system:anonymous".to_owned())]).collect()
    }

    /// The accounts that exist: those of the input and those that pods run as, and where accounts were not exported those
    /// it speaks of.
    pub(in crate::oracle) fn accounts(&self) -> BTreeSet<(String, String)> {
        let listed = self.snapshot.service_accounts.iter();
        let mut accounts: BTreeSet<_> =
            listed.map(|item| (item.namespace.to_string(), item.name.to_string())).collect();
        accounts.extend(self.pods().into_iter().map(|(_, pod)| {
            let account = pod.spec.service_account.as_deref().unwrap_or("default");
            (pod.namespace.to_string(), account.to_owned())
        }));
        let components = self.components().into_iter().filter(|item| item.account != "default");
        accounts.extend(components.map(|item| (item.namespace, item.account)));
        if !self.present("ServiceAccount") {
            accounts.extend(self.spoken_of());
            accounts.extend(self.namespaces().into_iter().map(|namespace| (namespace, "default".to_owned())));
        }
        accounts.into_iter().filter(|(namespace, name)| self.is_somebody(namespace, name)).collect()
    }

    /// Whether an account may be more than anybody who has logged in: worth becoming for those who have. Where somebody
    /// has not, all are.
    fn is_somebody(&self, namespace: &str, name: &str) -> bool {
        let subjects = self.subjects();
        let group = |name: &str| subjects.contains(&Who::Group(name.to_owned()));
        let anonymous = Who::User("system:anonymous".to_owned());
        let not_logged_in = group("system:unauthenticated") || subjects.contains(&anonymous);
        if not_logged_in && group("system:authenticated") {
            return true;
        }
        let who = Who::Account(namespace.to_owned(), name.to_owned());
        let groups = who.groups().into_iter().filter(|group| group != "system:authenticated");
        let mut named = groups.map(Who::Group).chain([who]);
        let own = |component: &Component| component.namespace == namespace && component.account == name;
        named.any(|who| subjects.contains(&who)) || self.components().iter().any(own)
    }

    /// The accounts that bindings, pods and components speak of.
    pub(in crate::oracle) fn spoken_of(&self) -> BTreeSet<(String, String)> {
        let bound = self.subjects().into_iter().filter_map(|who| match who {
            Who::Account(namespace, name) => Some((namespace, name)),
            _ => None,
        });
        let pods = self.snapshot.pods.iter().filter_map(|pod| {
            Some((pod.namespace.to_string(), pod.spec.service_account.as_ref()?.to_string()))
        });
        let components = self.components().into_iter().map(|item| (item.namespace, item.account));
        bound.chain(pods).chain(components).collect()
    }

    /// Whether a binding of these subjects gives somebody anything.
    pub(in crate::oracle) fn counts(&self, who: &Who, named: &[Who]) -> bool {
        let mut groups = who.groups().into_iter().map(Who::Group);
        named.contains(who) || (!self.by_name && groups.any(|group| named.contains(&group)))
    }

    /// Every rule that an actor holds.
    pub(in crate::oracle) fn holder(&self, actor: &Actor) -> Holder<'a> {
        let mut held = Vec::new();
        for binding in &self.snapshot.bindings {
            let named: Vec<Who> =
                binding.subjects.iter().filter_map(|item| grants::subject(binding, item)).collect();
            if !self.counts(&actor.who, &named) {
                continue;
            }
            for role in grants::roles(self.snapshot, binding) {
                let scope = binding.namespace.as_ref().map(|name| name.to_string());
                held.extend(role.rules.iter().map(|rule| Held { scope: scope.clone(), rule: Some(rule) }));
            }
        }
        if let Some((gained, scope)) = &actor.gained {
            let held_there = |rule| Held { scope: scope.clone(), rule };
            match gained {
                Gained::Everything => held.push(held_there(None)),
                Gained::Role(role) => {
                    held.extend(self.snapshot.roles[*role].rules.iter().map(|rule| held_there(Some(rule))));
                }
            }
        }
        Holder { held }
    }
}

/// The rules that an actor holds.
#[derive(Debug)]
pub(in crate::oracle) struct Holder<'a> {
    held: Vec<Held<'a>>,
}

/// One rule, and where it holds.
#[derive(Debug)]
struct Held<'a> {
    /// The namespace of a RoleBinding.
    scope: Option<String>,
    /// `None` allows everything.
    rule: Option<&'a PolicyRule>,
}

impl Holder<'_> {
    /// Whether the actor may do something.
    pub(in crate::oracle) fn may(&self, ask: &Ask) -> bool {
        self.held.iter().any(|held| {
            ((held.scope.is_none() && !ask.there) || held.scope == ask.namespace)
                && held.rule.is_none_or(|rule| allows(rule, ask))
        })
    }

    /// Whether every verb on everything is held in a scope; no rule with resourceNames gives that.
    pub(in crate::oracle) fn holds_everything(&self, scope: Option<&str>) -> bool {
        let there = |held: &&Held<'_>| held.scope.is_none() || held.scope.as_deref() == scope;
        self.held.iter().filter(there).any(|held| held.rule.is_none_or(|rule| allows(rule, &everything())))
    }

    /// Whether every single right of some rules is held in a scope, each by one rule, as escalation prevention asks.
    pub(in crate::oracle) fn covers(&self, rules: &[PolicyRule], scope: Option<&str>) -> bool {
        let held = |held: &&Held<'_>| held.scope.is_none() || held.scope.as_deref() == scope;
        let has = |items: &[Name], item: &Name| items.iter().any(|own| **own == *"*" || own == item);
        let single = |verb: &Name, group: &Name, resource: &Name, name: Option<&Name>| {
            self.held.iter().filter(held).any(|held| {
                held.rule.is_none_or(|own| {
                    let subresource = resource.split('/').nth(1).map(|sub| Name::from(format!("*/{sub}")));
                    has(&own.verbs, verb)
                        && has(&own.api_groups, group)
                        && (has(&own.resources, resource)
                            || subresource.is_some_and(|any| own.resources.contains(&any)))
                        && (own.resource_names.is_empty()
                            || name.is_some_and(|name| own.resource_names.contains(name)))
                })
            })
        };
        rules.iter().all(|rule| {
            let names: Vec<Option<&Name>> = match &*rule.resource_names {
                [] => vec![None],
                names => names.iter().map(Some).collect(),
            };
            rule.verbs.iter().all(|verb| {
                rule.api_groups.iter().all(|group| {
                    let resources = rule.resources.iter();
                    resources
                        .flat_map(|item| names.iter().map(move |name| (item, name)))
                        .all(|(item, name)| single(verb, group, item, *name))
                })
            })
        })
    }

    /// Whether it may do everything that one of these ways asks.
    pub(in crate::oracle) fn may_any(&self, ways: &[Vec<Ask>]) -> bool {
        ways.iter().any(|way| way.iter().all(|ask| self.may(ask)))
    }
}

/// Whether code in the containers that keep running is root on the node: privileged, with CAP_SYS_ADMIN, or with the
/// host's root directory to write to.
fn is_root(spec: &PodSpec) -> bool {
    let host_root = |volume: &str| {
        let root = |source: &VolumeSource| matches!(source, VolumeSource::HostPath(path) if **path == *"/");
        spec.volumes.iter().any(|item| *item.name == *volume && root(&item.source))
    };
    let running = spec.containers.iter().filter(|item| item.kind != ContainerKind::Init);
    running.into_iter().any(|container| {
        container.security.privileged == Some(true)
            || container.security.capabilities.add.iter().any(|name| **name == *"SYS_ADMIN")
            || container.mounts.iter().any(|mount| !mount.read_only && host_root(&mount.volume))
    })
}
