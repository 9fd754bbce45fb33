//! A pod or workload → which component it is and how sure: the one interpreter of the signature table.

mod hints;

pub(super) use hints::hinted;

use super::signatures::{Present, SIGNATURES, Signal};
use super::version::repository;
use super::workloads::{Group, Template};
use super::{ComponentKind, Confidence};
use crate::authorizer::{Identity, ResourceRequest, RoleTable, identity_of, rule_covers};
use crate::model::{Container, ContainerKind, Name, PodSpec, Snapshot, VolumeSource};
use std::collections::BTreeSet;

/// A container of the chart's spire-server, and the namespace that the chart installs it in.
const SPIRE_INIT: &str = "cilium-init";
const SPIRE_NAMESPACE: &str = "cilium-spire";

/// What signals need to know beyond the pod.
#[derive(Debug)]
pub(super) struct Context {
    /// Namespaces whose account `cilium` may create CiliumEndpoints.
    agent_accounts: BTreeSet<Name>,
    /// Namespaces of the SPIRE that belongs to Cilium.
    spire: BTreeSet<Name>,
}

impl Context {
    /// Reads it from a snapshot.
    pub(super) fn new(snapshot: &Snapshot, roles: &RoleTable<'_>, groups: &[Group<'_>]) -> Self {
        // The chart's spire-server has a container that enters Cilium's identities, wherever it is installed.
        let spire = groups
            .iter()
            .filter(|group| group.templates.iter().any(|t| running(t.spec).any(|c| &*c.name == SPIRE_INIT)))
            .map(|group| group.namespace.clone())
            .collect();
        Context { agent_accounts: agent_accounts(snapshot, roles), spire }
    }

    fn is_spire(&self, namespace: &str) -> bool {
        namespace == SPIRE_NAMESPACE || self.spire.contains(namespace)
    }
}

/// Namespaces whose account `cilium` may create CiliumEndpoints, as the agent's ClusterRole of every chart allows.
fn agent_accounts(snapshot: &Snapshot, roles: &RoleTable<'_>) -> BTreeSet<Name> {
    let request = ResourceRequest { verb: "create", group: "cilium.io", resource: "ciliumendpoints" };
    let mut found = BTreeSet::new();
    for binding in snapshot.bindings.iter().filter(|binding| binding.namespace.is_none()) {
        let accounts: Vec<Name> = binding
            .subjects
            .iter()
            .filter_map(|subject| match identity_of(binding, subject) {
                Some(Identity::ServiceAccount { namespace, name }) if &*name == "cilium" => Some(namespace),
                _ => None,
            })
            .collect();
        let covered =
            |role: &usize| roles.rules(*role).iter().any(|effective| rule_covers(effective.rule, request));
        if !accounts.is_empty() && roles.resolve(binding).iter().any(covered) {
            found.extend(accounts);
        }
    }
    found
}

/// The containers that run as long as the pod, or were injected into it.
pub(super) fn running(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.containers.iter().filter(|container| container.kind != ContainerKind::Init)
}

/// Says which component a workload with its pods is; `None` where nothing points to Cilium.
pub(super) fn judge(group: &Group<'_>, context: &Context) -> Option<(ComponentKind, Confidence)> {
    if !hints::any_in(group, context) {
        return None;
    }
    let mut best: Option<(ComponentKind, Confidence)> = None;
    for signature in SIGNATURES {
        let mut present = Present::default();
        for (number, signal) in signature.signals {
            if !present.has(*number) && holds(signal, group, context) {
                present.add(*number);
            }
        }
        let Some(mut confidence) = signature.confidence(present) else { continue };
        // A pod of its own that has the agent's image or mounts but not its program is a copy of the agent, as
        // `cilium sysdump` and debuggers make them.
        if signature.kind == ComponentKind::Agent && group.workload.is_none() && !present.has(1) {
            confidence = confidence.min(Confidence::Probable);
        }
        if best.is_none_or(|(_, sure)| confidence > sure) {
            best = Some((signature.kind, confidence));
        }
    }
    best
}

/// Whether a signal is present in a workload or in any of its pods: a running pod counts as what it runs.
fn holds(signal: &Signal, group: &Group<'_>, context: &Context) -> bool {
    match signal {
        Signal::Command(_) | Signal::Container(_) | Signal::Image(_) => {
            group.templates.iter().any(|t| running(t.spec).any(|c| container_holds(signal, c)))
        }
        Signal::Label(key, values) => {
            group.templates.iter().any(|t| t.labels.get(key).is_some_and(|value| values.contains(&&**value)))
        }
        Signal::HostPaths(ends) => group.templates.iter().any(|t| mounts_all(t, ends)),
        Signal::AgentAccount => {
            context.agent_accounts.contains(&group.namespace)
                && group.templates.iter().any(|t| t.spec.service_account.as_deref() == Some("cilium"))
        }
        Signal::Workload(names) => is_named(group, names),
        Signal::DaemonSet(names) => {
            group.workload.as_ref().is_some_and(|(kind, _)| &**kind == "DaemonSet") && is_named(group, names)
        }
        Signal::WorkloadIn(namespace, workload) => {
            &*group.namespace == *namespace
                && group.workload.as_ref().is_some_and(|(_, name)| &**name == *workload)
        }
        Signal::SpireNamespace => context.is_spire(&group.namespace),
    }
}

/// Whether a container shows a signal.
pub(super) fn container_holds(signal: &Signal, container: &Container) -> bool {
    match signal {
        Signal::Command(programs) => container.command.as_deref().is_some_and(|command| {
            let program = command.rsplit('/').next().unwrap_or(command);
            programs.contains(&program)
        }),
        Signal::Container(names) => names.contains(&&*container.name),
        Signal::Image(images) => container.image.as_deref().is_some_and(|image| {
            let path = repository(image);
            images.iter().any(|end| ends_in(path, end))
        }),
        _ => false,
    }
}

fn is_named(group: &Group<'_>, patterns: &[&str]) -> bool {
    let Some((_, name)) = &group.workload else { return false };
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => **name == **pattern,
    })
}

/// Whether a path ends in whole elements of another.
fn ends_in(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}

/// Whether one running container mounts host directories for all these ends, seen from the host or from inside:
/// distributions move the host's side (`/var/run/multus/cni/net.d`), a chart value moves the run directory.
fn mounts_all(template: &Template<'_>, ends: &[&str]) -> bool {
    let host_path = |volume: &str| {
        template.spec.volumes.iter().find(|v| &*v.name == volume).and_then(|v| match &v.source {
            VolumeSource::HostPath(path) => Some(path.trim_end_matches('/')),
            _ => None,
        })
    };
    running(template.spec).filter(|container| container.mounts.len() >= ends.len()).any(|container| {
        ends.iter().all(|end| {
            container.mounts.iter().any(|mount| {
                host_path(&mount.volume)
                    .is_some_and(|host| ends_in(host, end) || ends_in(mount.path.trim_end_matches('/'), end))
            })
        })
    })
}

#[cfg(test)]
mod tests;
