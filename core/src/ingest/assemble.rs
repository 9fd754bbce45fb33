//! Sources in any order → one snapshot: numbered, sorted, with the same object made one.

use super::SourceObjects;
use super::found::Fact;
use super::kinds::KINDS;
use super::objects::join;
use crate::beside::Beside;
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::model::{
    Binding, Coverage, CoverageState, Location, Name, NamedObject, Namespace, Node, ObjectKey,
    PersistentVolume, Pod, Role, Secret, Service, ServiceAccount, Snapshot, SourceId, SourceInfo, Workload,
};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Merges the sources.
pub(super) fn assemble(mut sources: Vec<SourceObjects>, beside: &dyn Beside) -> Snapshot {
    sources.sort_by(|a, b| {
        (&a.name, a.bytes, a.found.count)
            .cmp(&(&b.name, b.bytes, b.found.count))
            // Two sources of one name and size, as `-` given twice: what they hold tells them apart.
            .then_with(|| format!("{:?}", a.found).cmp(&format!("{:?}", b.found)))
    });
    let mut merged = Merged::default();
    for (index, source) in sources.into_iter().enumerate() {
        merged.add(SourceId(u32::try_from(index).unwrap_or(u32::MAX)), source);
    }
    merged.finish(beside)
}

#[derive(Default)]
struct Merged {
    snapshot: Snapshot,
    /// A fact that names its places itself belongs to no source.
    facts: Vec<(Option<SourceId>, Fact)>,
    counts: BTreeMap<&'static str, u64>,
}

impl Merged {
    fn add(&mut self, id: SourceId, source: SourceObjects) {
        let SourceObjects { name, bytes, found } = source;
        let snapshot = &mut self.snapshot;
        snapshot.sources.push(SourceInfo { name, bytes, objects: found.count });
        let objects = found.objects;
        take(&mut snapshot.roles, objects.roles, id);
        take(&mut snapshot.bindings, objects.bindings, id);
        take(&mut snapshot.pods, objects.pods, id);
        take(&mut snapshot.workloads, objects.workloads, id);
        take(&mut snapshot.service_accounts, objects.service_accounts, id);
        take(&mut snapshot.namespaces, objects.namespaces, id);
        take(&mut snapshot.nodes, objects.nodes, id);
        take(&mut snapshot.secrets, objects.secrets, id);
        take(&mut snapshot.config_maps, objects.config_maps, id);
        take(&mut snapshot.services, objects.services, id);
        take(&mut snapshot.volumes, objects.volumes, id);
        take(&mut snapshot.named, objects.named, id);
        self.facts.extend(found.facts.into_iter().map(|fact| (Some(id), fact)));
        for mut diagnostic in found.diagnostics {
            diagnostic.at.source = id;
            snapshot.diagnostics.push(diagnostic);
        }
        for (kind, count) in found.ignored {
            *snapshot.ignored.entry(kind).or_default() += count;
        }
        snapshot.server_version = snapshot.server_version.max(found.server_version);
    }

    fn finish(mut self, beside: &dyn Beside) -> Snapshot {
        let mut snapshot = std::mem::take(&mut self.snapshot);
        let Snapshot { roles, bindings, pods, service_accounts, .. } = &mut snapshot;
        beside.both(
            &mut || {
                sort(pods);
                sort(service_accounts);
            },
            &mut || {
                sort(roles);
                sort(bindings);
            },
        );
        self.unite(&mut snapshot.roles, &snapshot.sources);
        self.unite(&mut snapshot.bindings, &snapshot.sources);
        self.unite(&mut snapshot.pods, &snapshot.sources);
        self.unite(&mut snapshot.workloads, &snapshot.sources);
        self.unite(&mut snapshot.service_accounts, &snapshot.sources);
        self.unite(&mut snapshot.namespaces, &snapshot.sources);
        self.unite(&mut snapshot.nodes, &snapshot.sources);
        self.unite(&mut snapshot.secrets, &snapshot.sources);
        self.unite(&mut snapshot.config_maps, &snapshot.sources);
        self.unite(&mut snapshot.services, &snapshot.sources);
        self.unite(&mut snapshot.volumes, &snapshot.sources);
        self.unite(&mut snapshot.named, &snapshot.sources);
        snapshot.diagnostics.append(&mut self.snapshot.diagnostics);
        snapshot
            .diagnostics
            .sort_by(|a, b| (a.at, a.level, a.code, &a.message).cmp(&(b.at, b.level, b.code, &b.message)));
        snapshot.diagnostics.dedup();
        self.cover(&mut snapshot);
        snapshot
    }

    /// Sorts the objects of one list, and makes the same object one; where it differs, both stay.
    fn unite<T: Placed>(&mut self, objects: &mut Vec<T>, sources: &[SourceInfo]) {
        if !is_sorted(objects) {
            sort(objects);
        }
        if is_sorted(objects) {
            for alike in objects.chunk_by(|a, b| a.kind() == b.kind()) {
                let kind = alike.first().map_or("", Placed::kind);
                *self.counts.entry(kind).or_default() += alike.len() as u64;
            }
            return;
        }
        let mut united: Vec<T> = Vec::with_capacity(objects.len());
        let mut group = 0;
        // The different objects of the group, without their places; objects given once are never compared.
        let mut bares: Vec<T> = Vec::new();
        for object in std::mem::take(objects) {
            if united.get(group).is_none_or(|first| first.key() != object.key()) {
                group = united.len();
                bares.clear();
                *self.counts.entry(object.kind()).or_default() += 1;
                united.push(object);
                continue;
            }
            if bares.is_empty() {
                bares.extend(united.get(group).map(Placed::bare));
            }
            let bare = object.bare();
            match bares.iter().position(|known| *known == bare) {
                Some(index) => {
                    if let Some(known) = united.get_mut(group + index) {
                        known.absorb(&object);
                    }
                }
                None => {
                    bares.push(bare);
                    if let Some(first) = united.get(group) {
                        self.conflict(first, &object, sources);
                    }
                    united.push(object);
                }
            }
        }
        *objects = united;
    }

    fn conflict<T: Placed>(&mut self, first: &T, second: &T, sources: &[SourceInfo]) {
        let (kind, namespace, name) = first.key();
        let place = |at: Location| {
            let index = usize::try_from(at.source.0).unwrap_or(usize::MAX);
            format!("`{}:{}`", sources.get(index).map_or("", |source| &source.name), at.line)
        };
        let object = if namespace.is_empty() {
            format!("{kind} `{name}`")
        } else {
            format!("{kind} `{namespace}/{name}`")
        };
        let message =
            format!("{object} stands at {} and, different, at {}", place(first.at()), place(second.at()));
        self.facts.push((
            None,
            Fact {
                kind: Some(first.kind()),
                state: CoverageState::Partial,
                reason: Some((0, message.clone())),
            },
        ));
        self.snapshot.diagnostics.push(Diagnostic {
            code: Code::ConflictingObject,
            level: Level::Error,
            message,
            help: Some("keep the one that the cluster has".to_owned()),
            at: second.at(),
        });
    }

    fn cover(&self, snapshot: &mut Snapshot) {
        for kind in KINDS.iter().map(|kind| kind.name) {
            let objects = self.counts.get(kind).copied().unwrap_or_default();
            let mut coverage = Coverage { objects, ..Coverage::default() };
            if objects > 0 {
                coverage.state = CoverageState::Present;
            }
            for (source, fact) in &self.facts {
                if fact.kind.is_some_and(|concerned| concerned != kind) {
                    continue;
                }
                coverage.state = coverage.state.max(fact.state);
                if let Some((line, reason)) = &fact.reason {
                    coverage.reasons.push(reason_at(snapshot, *source, *line, reason));
                }
            }
            if coverage.state == CoverageState::Denied && objects > 0 {
                coverage.state = CoverageState::Partial;
            }
            coverage.reasons.sort();
            coverage.reasons.dedup();
            if coverage.state != CoverageState::Absent {
                snapshot.coverage.insert(kind, coverage);
            }
        }
    }
}

fn reason_at(snapshot: &Snapshot, source: Option<SourceId>, line: u32, reason: &str) -> String {
    let Some(source) = source else { return reason.to_owned() };
    let index = usize::try_from(source.0).unwrap_or(usize::MAX);
    let name = snapshot.sources.get(index).map_or("", |source| &source.name);
    match line {
        0 => format!("{name}: {reason}"),
        _ => format!("{name}:{line}: {reason}"),
    }
}

/// Sorts objects, where they are not: a stable sort would take as much memory again, and no two objects of one key have one
/// place.
fn sort<T: Placed>(objects: &mut [T]) {
    objects.sort_unstable_by(|a, b| order(a.key(), b.key()).then_with(|| a.at().cmp(&b.at())));
}

/// Whether objects are sorted, and no two have one key.
fn is_sorted<T: Placed>(objects: &[T]) -> bool {
    objects.is_sorted_by(|a, b| order(a.key(), b.key()).is_lt())
}

/// How keys compare: a kind or namespace that both have is one text for the most part, which is told without a look at it.
fn order((a_kind, a_namespace, a_name): Key<'_>, (b_kind, b_namespace, b_name): Key<'_>) -> Ordering {
    let shared = |a: &str, b: &str| if std::ptr::eq(a, b) { Ordering::Equal } else { a.cmp(b) };
    shared(a_kind, b_kind).then_with(|| shared(a_namespace, b_namespace)).then_with(|| a_name.cmp(b_name))
}

/// Adds the objects of a source, whose number their places get.
fn take<T: Placed>(all: &mut Vec<T>, mut more: Vec<T>, id: SourceId) {
    // Places are those of the first source until they are told otherwise.
    if id != SourceId::default() {
        more.iter_mut().for_each(|object| object.place(&mut |at| at.source = id));
    }
    join(all, more);
}

/// What an object is known by.
type Key<'a> = (&'static str, &'a str, &'a str);

/// An object that has places in the input.
pub(super) trait Placed: Clone + PartialEq {
    fn kind(&self) -> &'static str;
    fn key(&self) -> Key<'_>;
    fn at(&self) -> Location;
    /// Calls `change` for every place in it.
    fn place(&mut self, change: &mut dyn FnMut(&mut Location));
    /// The object as the rules compare it: without its places.
    fn bare(&self) -> Self {
        let mut bare = self.clone();
        bare.place(&mut |at| *at = Location::default());
        bare
    }
    /// The same object was given again.
    fn absorb(&mut self, _same: &Self) {}
}

fn or_empty(namespace: &Option<Name>) -> &str {
    namespace.as_deref().unwrap_or_default()
}

impl Placed for Role {
    fn kind(&self) -> &'static str {
        if self.namespace.is_some() { "Role" } else { "ClusterRole" }
    }
    fn key(&self) -> Key<'_> {
        (self.kind(), or_empty(&self.namespace), &self.name)
    }
    fn at(&self) -> Location {
        self.at
    }
    fn place(&mut self, change: &mut dyn FnMut(&mut Location)) {
        change(&mut self.at);
        self.rules.iter_mut().for_each(|rule| change(&mut rule.at));
    }
}

impl Placed for Binding {
    fn kind(&self) -> &'static str {
        if self.namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" }
    }
    fn key(&self) -> Key<'_> {
        (self.kind(), or_empty(&self.namespace), &self.name)
    }
    fn at(&self) -> Location {
        self.at
    }
    fn place(&mut self, change: &mut dyn FnMut(&mut Location)) {
        change(&mut self.at);
        self.subjects.iter_mut().for_each(|subject| change(&mut subject.at));
    }
}

impl Placed for Pod {
    fn kind(&self) -> &'static str {
        "Pod"
    }
    fn key(&self) -> Key<'_> {
        ("Pod", &self.namespace, &self.name)
    }
    fn at(&self) -> Location {
        self.at
    }
    fn place(&mut self, change: &mut dyn FnMut(&mut Location)) {
        change(&mut self.at);
        self.spec.containers.iter_mut().for_each(|container| change(&mut container.at));
    }
    fn bare(&self) -> Self {
        let mut bare = self.clone();
        bare.place(&mut |at| *at = Location::default());
        bare.finished = false;
        bare
    }
    fn absorb(&mut self, same: &Self) {
        // Exported twice: it counts as running if it ran at either time.
        self.finished &= same.finished;
    }
}

impl Placed for Workload {
    fn kind(&self) -> &'static str {
        self.kind
    }
    fn key(&self) -> Key<'_> {
        (self.kind, &self.namespace, &self.name)
    }
    fn at(&self) -> Location {
        self.at
    }
    fn place(&mut self, change: &mut dyn FnMut(&mut Location)) {
        change(&mut self.at);
        self.spec.containers.iter_mut().for_each(|container| change(&mut container.at));
    }
}

/// Objects that have one place only.
macro_rules! placed {
    ($($type:ty, $kind:expr, $namespace:expr;)*) => {$(
        impl Placed for $type {
            fn kind(&self) -> &'static str {
                let kind: fn(&$type) -> &'static str = $kind;
                kind(self)
            }
            fn key(&self) -> Key<'_> {
                let namespace: fn(&$type) -> &str = $namespace;
                (Placed::kind(self), namespace(self), &self.name)
            }
            fn at(&self) -> Location {
                self.at
            }
            fn place(&mut self, change: &mut dyn FnMut(&mut Location)) {
                change(&mut self.at);
            }
        }
    )*};
}

placed! {
    ServiceAccount, |_| "ServiceAccount", |it| &it.namespace;
    Namespace, |_| "Namespace", |_| "";
    Node, |_| "Node", |_| "";
    Secret, |_| "Secret", |it| &it.namespace;
    ObjectKey, |_| "ConfigMap", |it| &it.namespace;
    Service, |_| "Service", |it| &it.namespace;
    PersistentVolume, |it| it.kind, |it| &it.namespace;
    NamedObject, |it| it.kind, |_| "";
}
