//! A workload → whether any word of the signature table stands in it: most have none, and are not compared with the table.

use super::{Context, running};
use crate::cilium::signatures::{SIGNATURES, Signal};
use crate::cilium::version::repository;
use crate::cilium::workloads::{Group, Template};
use crate::model::{Container, VolumeSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The words of all signatures; what takes more than a word is looked at with the table.
#[derive(Default)]
struct Hints {
    programs: BTreeSet<&'static str>,
    containers: BTreeSet<&'static str>,
    /// The last elements of repositories.
    images: BTreeSet<&'static str>,
    /// Values by key.
    labels: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// Names of workloads, wherever they count.
    workloads: BTreeSet<&'static str>,
    /// What names of workloads begin with.
    beginnings: Vec<&'static str>,
}

static HINTS: LazyLock<Hints> = LazyLock::new(|| {
    let mut hints = Hints::default();
    for (_, signal) in SIGNATURES.iter().flat_map(|signature| signature.signals) {
        match signal {
            Signal::Command(programs) => hints.programs.extend(*programs),
            Signal::Container(names) => hints.containers.extend(*names),
            Signal::Image(ends) => hints.images.extend(ends.iter().map(|end| last(end))),
            Signal::Label(key, values) => hints.labels.entry(key).or_default().extend(*values),
            Signal::Workload(names) | Signal::DaemonSet(names) => {
                hints.beginnings.extend(names.iter().filter_map(|name| name.strip_suffix('*')));
                hints.workloads.extend(names.iter().filter(|name| !name.ends_with('*')));
            }
            Signal::WorkloadIn(_, name) => {
                hints.workloads.insert(name);
            }
            // Looked at as they are, below.
            Signal::HostPaths(_) | Signal::AgentAccount | Signal::SpireNamespace => {}
        }
    }
    hints
});

fn last(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).and_then(|slash| path.get(slash + 1..)).unwrap_or(path)
}

/// Whether some signal of some signature may be present; where none is, the table finds no component.
pub(super) fn any_in(group: &Group<'_>, context: &Context) -> bool {
    let hints = &*HINTS;
    let named = group.workload.as_ref().is_some_and(|(_, name)| {
        hints.workloads.contains(&**name) || hints.beginnings.iter().any(|start| name.starts_with(start))
    });
    named || context.is_spire(&group.namespace) || group.templates.iter().any(|it| hints.any_in(it))
}

impl Hints {
    fn any_in(&self, template: &Template<'_>) -> bool {
        let spec = template.spec;
        let mut labels = template.labels.iter();
        spec.service_account.as_deref() == Some("cilium")
            || spec.volumes.iter().any(|volume| matches!(volume.source, VolumeSource::HostPath(_)))
            || running(spec).any(|container| self.of_container(container))
            || labels.any(|(key, value)| self.labels.get(&**key).is_some_and(|it| it.contains(&**value)))
    }

    fn of_container(&self, container: &Container) -> bool {
        let program = container.command.as_deref().map(last);
        let image = container.image.as_deref().map(|image| last(repository(image)));
        self.containers.contains(&*container.name)
            || program.is_some_and(|program| self.programs.contains(program))
            || image.is_some_and(|image| self.images.contains(image))
    }
}

#[cfg(test)]
mod tests {
    use super::{HINTS, any_in};
    use crate::cilium::judge::{Context, holds};
    use crate::cilium::signatures::{SIGNATURES, Signal};
    use crate::cilium::workloads::groups;
    use crate::model::{
        Container, ContainerKind, Labels, Location, Mount, Name, OwnerRef, Pod, PodSpec, Snapshot, Volume,
        VolumeSource,
    };

    fn pod(signal: &Signal, word: &str) -> Pod {
        let mut container = Container {
            name: "main".into(),
            kind: ContainerKind::Main,
            image: Some("registry.example.com/app:1".into()),
            command: None,
            stdin: false,
            security: Default::default(),
            mounts: Default::default(),
            at: Location::default(),
        };
        let mut pod = Pod {
            namespace: "apps".into(),
            name: "app-0".into(),
            labels: Labels::new(),
            owner: Some(OwnerRef { kind: "DaemonSet".into(), name: "app".into() }),
            mirror: false,
            finished: false,
            spec: PodSpec::default(),
            at: Location::default(),
        };
        let owned = |name: &str| Some(OwnerRef { kind: "DaemonSet".into(), name: name.into() });
        match signal {
            Signal::Command(_) => container.command = Some(format!("/usr/bin/{word}").into()),
            Signal::Container(_) => container.name = word.into(),
            Signal::Image(_) => container.image = Some(format!("quay.io/x/{word}:v1@sha256:00").into()),
            Signal::Label(key, _) => pod.labels = Labels::from([(Name::from(*key), Name::from(word))]),
            Signal::Workload(_) | Signal::DaemonSet(_) => pod.owner = owned(&word.replace('*', "more")),
            Signal::WorkloadIn(namespace, name) => {
                pod.namespace = (*namespace).into();
                pod.owner = owned(name);
            }
            Signal::HostPaths(ends) => {
                let volume = |end: &&str| Volume {
                    name: (*end).into(),
                    source: VolumeSource::HostPath(format!("/{end}").into()),
                };
                let mount = |end: &&str| Mount {
                    volume: (*end).into(),
                    path: "/x".into(),
                    read_only: false,
                    bidirectional: false,
                };
                pod.spec.volumes = ends.iter().map(volume).collect();
                container.mounts = ends.iter().map(mount).collect();
            }
            Signal::AgentAccount => pod.spec.service_account = Some("cilium".into()),
            Signal::SpireNamespace => pod.namespace = "cilium-spire".into(),
        }
        pod.spec.containers = [container].into_iter().collect();
        pod
    }

    #[test]
    fn every_signal_of_the_table_is_hinted_at_where_it_is_present() {
        let context = Context { agent_accounts: ["apps".into()].into(), spire: Default::default() };
        for (_, signal) in SIGNATURES.iter().flat_map(|signature| signature.signals) {
            let words = match signal {
                Signal::Command(words)
                | Signal::Container(words)
                | Signal::Image(words)
                | Signal::Label(_, words)
                | Signal::Workload(words)
                | Signal::DaemonSet(words) => words,
                _ => &[""][..],
            };
            for word in words {
                let snapshot = Snapshot { pods: vec![pod(signal, word)], ..Snapshot::default() };
                let groups = groups(&snapshot);
                let group = groups.first().expect("the pod is one");
                assert!(holds(signal, group, &context), "{signal:?} {word}");
                assert!(any_in(group, &context), "{signal:?} {word}");
            }
        }
        assert!(HINTS.images.contains("startup-script"), "an image is hinted at by its last element");
    }

    #[test]
    fn an_ordinary_workload_hints_at_nothing() {
        let context = Context { agent_accounts: Default::default(), spire: Default::default() };
        let snapshot = Snapshot { pods: vec![pod(&Signal::Container(&[]), "main")], ..Snapshot::default() };
        assert!(groups(&snapshot).iter().all(|group| !any_in(group, &context)));
    }
}
