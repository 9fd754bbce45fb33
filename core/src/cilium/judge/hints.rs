//! A workload → whether any word of the signature table stands in it: most have none, and are not compared with the table.

use super::{Context, SPIRE_INIT, SPIRE_NAMESPACE, running};
use crate::cilium::signatures::{SIGNATURES, Signal};
use crate::cilium::version::repository;
use crate::cilium::workloads::{Group, Template};
use crate::model::{Container, Name, Pod, Snapshot, VolumeSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Words, of which most others differ in length or in how they begin.
#[derive(Default)]
struct Words {
    all: BTreeSet<&'static str>,
    lengths: u64,
    beginnings: u64,
}

impl Words {
    fn add(&mut self, words: impl IntoIterator<Item = &'static str>) {
        for word in words {
            self.lengths |= Words::length(word);
            self.beginnings |= Words::beginning(word);
            self.all.insert(word);
        }
    }

    fn contains(&self, word: &str) -> bool {
        // The length is known without a look at the text, which may be far away.
        self.lengths & Words::length(word) != 0
            && self.beginnings & Words::beginning(word) != 0
            && self.all.contains(word)
    }

    fn length(word: &str) -> u64 {
        1 << word.len().min(63)
    }

    fn beginning(word: &str) -> u64 {
        1 << word.bytes().next().map_or(0, |byte| byte % 64)
    }
}

/// The words of all signatures; what takes more than a word is looked at with the table.
#[derive(Default)]
struct Hints {
    programs: Words,
    containers: Words,
    /// The last elements of repositories.
    images: Words,
    keys: Words,
    /// Values by key.
    labels: BTreeMap<&'static str, Words>,
    /// Names of workloads, wherever they count.
    workloads: Words,
    /// What names of workloads begin with.
    beginnings: Vec<&'static str>,
}

static HINTS: LazyLock<Hints> = LazyLock::new(|| {
    let mut hints = Hints::default();
    hints.containers.add([SPIRE_INIT]);
    for (_, signal) in SIGNATURES.iter().flat_map(|signature| signature.signals) {
        match signal {
            Signal::Command(programs) => hints.programs.add(programs.iter().copied()),
            Signal::Container(names) => hints.containers.add(names.iter().copied()),
            Signal::Image(ends) => hints.images.add(ends.iter().map(|end| last(end))),
            Signal::Label(key, values) => {
                hints.keys.add([*key]);
                hints.labels.entry(key).or_default().add(values.iter().copied());
            }
            Signal::Workload(names) | Signal::DaemonSet(names) => {
                hints.beginnings.extend(names.iter().filter_map(|name| name.strip_suffix('*')));
                hints.workloads.add(names.iter().copied().filter(|name| !name.ends_with('*')));
            }
            Signal::WorkloadIn(_, name) => hints.workloads.add([*name]),
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
    let named = group.workload.as_ref().is_some_and(|(_, name)| hints.of_name(name));
    named || context.is_spire(&group.namespace) || group.templates.iter().any(|it| hints.any_in(it))
}

/// The namespaces in which something may be part of Cilium: in the others nothing needs to be put together.
pub(in crate::cilium) fn hinted(snapshot: &Snapshot) -> BTreeSet<Name> {
    let hints = &*HINTS;
    let mut namespaces = BTreeSet::from([Name::from(SPIRE_NAMESPACE)]);
    for workload in &snapshot.workloads {
        let names = [Some(&workload.name), workload.owner.as_ref().map(|owner| &owner.name)];
        let template = Template { labels: &workload.template_labels, spec: &workload.spec };
        if hints.any_in(&template) || names.into_iter().flatten().any(|name| hints.of_name(name)) {
            namespaces.insert(workload.namespace.clone());
        }
    }
    for pods in snapshot.pods.chunk_by(|a, b| a.namespace == b.namespace) {
        let Some(first) = pods.first() else { continue };
        if pods.iter().any(|pod| !pod.finished && hints.of_pod(pod)) {
            namespaces.insert(first.namespace.clone());
        }
    }
    namespaces
}

impl Hints {
    /// Whether a workload may be told by its name.
    fn of_name(&self, name: &str) -> bool {
        self.workloads.contains(name) || self.beginnings.iter().any(|start| name.starts_with(start))
    }

    /// The workload that owns what owns a pod gives it its own name, and more.
    fn of_pod(&self, pod: &Pod) -> bool {
        let owner = pod.owner.as_ref().map(|owner| &*owner.name);
        let maker = owner.and_then(|name| name.rsplit_once('-')).map(|(maker, _)| maker);
        let named = [owner, maker].into_iter().flatten().any(|name| self.of_name(name));
        named || self.any_in(&Template { labels: &pod.labels, spec: &pod.spec })
    }

    fn any_in(&self, template: &Template<'_>) -> bool {
        let spec = template.spec;
        let mut labels = template.labels.iter().filter(|(key, _)| self.keys.contains(key));
        spec.service_account.as_deref() == Some("cilium")
            || spec.volumes.iter().any(|volume| matches!(volume.source, VolumeSource::HostPath(_)))
            || running(spec).any(|container| self.of_container(container))
            || labels.any(|(key, value)| self.labels.get(&**key).is_some_and(|it| it.contains(value)))
    }

    fn of_container(&self, container: &Container) -> bool {
        let program = container.command.as_deref().map(last);
        let image = container.image.as_deref().map(|image| last(repository(image)));
        self.containers.contains(&container.name)
            || program.is_some_and(|program| self.programs.contains(program))
            || image.is_some_and(|image| self.images.contains(image))
    }
}

#[cfg(test)]
mod tests {
    use super::{HINTS, any_in, hinted};
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
                let groups = groups(&snapshot, |_| true);
                let group = groups.first().expect("the pod is one");
                assert!(holds(signal, group, &context), "{signal:?} {word}");
                assert!(any_in(group, &context), "{signal:?} {word}");
                assert!(hinted(&snapshot).contains(&group.namespace), "{signal:?} {word}");
            }
        }
        assert!(HINTS.images.contains("startup-script"), "an image is hinted at by its last element");
    }

    #[test]
    fn an_ordinary_workload_hints_at_nothing() {
        let context = Context { agent_accounts: Default::default(), spire: Default::default() };
        let snapshot = Snapshot { pods: vec![pod(&Signal::Container(&[]), "main")], ..Snapshot::default() };
        assert!(groups(&snapshot, |_| true).iter().all(|group| !any_in(group, &context)));
        assert!(!hinted(&snapshot).contains("apps"));
    }
}
