//! What of Cilium a step can be tried on: its components, their pods, accounts and Services.

use super::World;
use super::terrain::{has_token, takes_input};
use crate::cilium::{Component, Confidence, Privilege};
use crate::model::{CoverageState, Name, PodSpec};

/// Whether the pods of a component are in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodsKnown {
    /// Pods were exported: a pod that is not there does not exist.
    Listed,
    /// They were not, or not as a whole: a pod may exist all the same.
    Unlisted,
}

/// One component as a target.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Its index into the installation's components.
    pub index: usize,
    /// The component.
    pub component: &'a Component,
    /// Whether its pods are in the input.
    pub known: PodsKnown,
}

/// Every component that counts as a target: all but the merely possible ones.
#[derive(Debug, Clone)]
pub struct Targets<'a> {
    /// In the order of the installation.
    pub list: Vec<Target<'a>>,
}

impl<'a> Targets<'a> {
    /// The targets of a world.
    pub fn new(world: &World<'a>) -> Self {
        let pods =
            world.snapshot.coverage.get("Pod").map_or(CoverageState::Absent, |coverage| coverage.state);
        let components = world.installation.components.iter().enumerate();
        let list = components
            .filter(|(_, component)| component.confidence != Confidence::Possible)
            .map(|(index, component)| {
                let unlisted = pods != CoverageState::Present && component.pods.is_empty();
                let known = if unlisted { PodsKnown::Unlisted } else { PodsKnown::Listed };
                Target { index, component, known }
            })
            .collect();
        Targets { list }
    }

    /// The target of a component.
    pub fn get(&self, component: usize) -> Option<&Target<'a>> {
        self.list.iter().find(|target| target.index == component)
    }

    /// The target whose own account this is; `default` is nobody's own.
    pub fn of_account(&self, namespace: &Name, name: &Name) -> Option<&Target<'a>> {
        self.list.iter().filter(|_| &**name != "default").find(|target| {
            target.component.namespace == *namespace
                && target.component.service_account.as_ref() == Some(name)
        })
    }

    /// The components of agents, in order.
    pub fn agents(&self) -> impl Iterator<Item = &Target<'a>> {
        self.list.iter().filter(|target| target.component.kind == crate::cilium::ComponentKind::Agent)
    }

    /// The agent that runs on a node, or on nodes that the input does not tell.
    pub fn agent_on(&self, node: Option<&Name>) -> Option<&Target<'a>> {
        self.agents().find(|target| match node {
            Some(node) if !target.component.nodes.is_empty() => target.component.nodes.contains(node),
            _ => true,
        })
    }
}

impl<'a> Target<'a> {
    /// Kind and name of the workload, as `DaemonSet` and `cilium`.
    pub fn workload(&self) -> Option<(&'a Name, &'a Name)> {
        self.component.workload.as_ref().map(|(kind, name)| (kind, name))
    }

    /// Whether code in its running containers is root on the node.
    pub fn is_root(&self) -> bool {
        self.component.privilege == Privilege::RootEquivalent
    }

    /// What its pods run: the first pod's spec, else the workload's template.
    fn spec(&self, world: &World<'a>) -> Option<&'a PodSpec> {
        let pod = self.component.pods.first().and_then(|&index| world.snapshot.pods.get(index));
        let template = || world.snapshot.workloads.get(self.component.workload_index?).map(|item| &item.spec);
        pod.map(|pod| &pod.spec).or_else(template)
    }

    /// Whether code in its pods finds a token of its account; taken for granted where nothing shows them.
    pub fn has_token(&self, world: &World<'a>) -> bool {
        let account = self.component.service_account.as_ref();
        match (self.spec(world), account) {
            (Some(spec), Some(account)) => has_token(world, &self.component.namespace, account, spec),
            _ => true,
        }
    }

    /// Whether one of its containers takes input from whoever attaches.
    pub fn takes_input(&self, world: &World<'a>) -> bool {
        self.spec(world).is_some_and(takes_input)
    }
}

/// The Services in front of a component: those whose selector matches its pods, or, where Services are not in the
/// input, those that the chart ships for it.
pub(super) fn services_of(world: &World<'_>, target: &Target<'_>) -> Vec<Name> {
    let component = target.component;
    if world.snapshot.services.is_empty() {
        return shipped_services(component.kind).iter().map(|name| Name::from(*name)).collect();
    }
    let pod = component.pods.first().and_then(|&index| world.snapshot.pods.get(index)).map(|pod| &pod.labels);
    let template = component.workload_index.and_then(|index| world.snapshot.workloads.get(index));
    let Some(labels) = pod.or(template.map(|workload| &workload.template_labels)) else { return Vec::new() };
    let in_front = world.snapshot.services.iter().filter(|service| {
        service.namespace == component.namespace
            && !service.selector.is_empty()
            && service.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    });
    in_front.map(|service| service.name.clone()).collect()
}

/// Names from the charts' Services (1.13 to 1.20).
fn shipped_services(kind: crate::cilium::ComponentKind) -> &'static [&'static str] {
    use crate::cilium::ComponentKind as Kind;
    match kind {
        Kind::Agent => &["cilium-agent", "hubble-metrics", "hubble-peer"],
        Kind::Envoy => &["cilium-envoy"],
        Kind::HubbleRelay => &["hubble-relay"],
        Kind::HubbleUi => &["hubble-ui"],
        Kind::ClustermeshApiserver => &["clustermesh-apiserver", "clustermesh-apiserver-metrics"],
        Kind::SpireServer => &["spire-server"],
        Kind::Tetragon => &["tetragon"],
        _ => &[],
    }
}
