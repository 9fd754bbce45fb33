//! Pods and workloads → groups: each workload with its template and the pods it made, found by their owners.

use super::{Privilege, PrivilegeEvidence};
use crate::model::{Container, Labels, Name, OwnerRef, Pod, PodSpec, Snapshot, Workload};
use std::collections::BTreeMap;

/// One thing that runs: a workload's template or a pod.
#[derive(Debug, Clone, Copy)]
pub(super) struct Template<'a> {
    /// The labels of the pod.
    pub(super) labels: &'a Labels,
    /// What it runs.
    pub(super) spec: &'a PodSpec,
}

impl Template<'_> {
    /// Whether another runs the same, wherever it is written and on whichever node.
    fn is_like(&self, other: &Template<'_>) -> bool {
        fn parts(it: &PodSpec) -> impl PartialEq {
            (
                (it.host_network, it.host_pid, it.host_ipc, it.host_users),
                (&it.service_account, &it.security, &it.volumes),
            )
        }
        fn contents(it: &Container) -> impl PartialEq {
            (&it.name, it.kind, &it.image, &it.command, &it.security, &it.mounts)
        }
        let (own, its) = (self.spec, other.spec);
        self.labels == other.labels
            && parts(own) == parts(its)
            && own.containers.iter().map(contents).eq(its.containers.iter().map(contents))
    }
}

/// A workload with its pods, or a pod of its own.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// Its namespace.
    pub(super) namespace: Name,
    /// Kind and name; `None` for a pod of its own.
    pub(super) workload: Option<(Name, Name)>,
    /// Index into [`Snapshot::workloads`].
    pub(super) workload_index: Option<usize>,
    /// Indices into [`Snapshot::pods`], finished pods excluded.
    pub(super) pods: Vec<usize>,
    /// The workload's template first, then its pods; one that runs the same as the one before it is left out.
    pub(super) templates: Vec<Template<'a>>,
}

impl<'a> Group<'a> {
    fn add(&mut self, template: Template<'a>) {
        if !self.templates.last().is_some_and(|last| last.is_like(&template)) {
            self.templates.push(template);
        }
    }
}

/// Groups by kind and name, by namespace; a pod of its own has the kind `Pod`.
type Groups<'a> = BTreeMap<Name, BTreeMap<(Name, Name), Group<'a>>>;

/// Groups the pods and workloads of those namespaces of a snapshot, sorted by namespace, kind and name.
pub(super) fn groups(snapshot: &Snapshot, wanted: impl Fn(&Name) -> bool) -> Vec<Group<'_>> {
    let made = Made::new(snapshot, &wanted);
    let mut groups = Groups::new();
    let workloads = snapshot.workloads.iter().enumerate();
    for (index, workload) in workloads.filter(|(_, workload)| wanted(&workload.namespace)) {
        let own = OwnerRef { kind: workload.kind.into(), name: workload.name.clone() };
        let Some(home) = made.home(workload, &own) else { continue };
        let of_namespace = groups.entry(workload.namespace.clone()).or_default();
        let group = entry(of_namespace, &workload.namespace, Some(home.clone()), &workload.name);
        if home == own {
            group.workload_index.get_or_insert(index);
        }
        group.add(Template { labels: &workload.template_labels, spec: &workload.spec });
    }
    // They stand in the order of their namespaces, so that each is looked up once.
    let mut from = 0;
    for pods in snapshot.pods.chunk_by(|a, b| a.namespace == b.namespace) {
        let numbered = (from..).zip(pods).filter(|(_, pod)| !pod.finished);
        from += pods.len();
        let Some(first) = pods.first().filter(|first| wanted(&first.namespace)) else { continue };
        let of_namespace = groups.entry(first.namespace.clone()).or_default();
        for (index, pod) in numbered {
            let group = entry(of_namespace, &pod.namespace, made.workload_of(pod), &pod.name);
            group.pods.push(index);
            group.add(Template { labels: &pod.labels, spec: &pod.spec });
        }
    }
    groups.into_values().flat_map(BTreeMap::into_values).collect()
}

/// How privileged a workload is: the worst of its template and its pods, whose specs may differ while it is rolled out.
/// A reason that several give is named once, at the first place.
pub(super) fn privilege(group: &Group<'_>) -> (Privilege, Vec<PrivilegeEvidence>) {
    let mut reasons = BTreeMap::new();
    for template in &group.templates {
        for reason in super::privilege(template.spec).1 {
            let key = (reason.container.clone(), reason.code.clone(), reason.detail.clone());
            reasons.entry(key).or_insert(reason);
        }
    }
    let evidence: Vec<PrivilegeEvidence> = reasons.into_values().collect();
    (evidence.iter().map(|reason| reason.level).max().unwrap_or(Privilege::Ordinary), evidence)
}

fn entry<'m, 'a>(
    of_namespace: &'m mut BTreeMap<(Name, Name), Group<'a>>,
    namespace: &Name,
    workload: Option<OwnerRef>,
    pod: &Name,
) -> &'m mut Group<'a> {
    let workload = workload.map(|owner| (owner.kind, owner.name));
    let (kind, name) = workload.clone().unwrap_or_else(|| ("Pod".into(), pod.clone()));
    of_namespace.entry((kind, name)).or_insert_with(|| Group {
        namespace: namespace.clone(),
        workload,
        workload_index: None,
        pods: Vec::new(),
        templates: Vec::new(),
    })
}

/// ReplicaSets and Jobs of the input, by namespace, kind and name, and who made them.
struct Made<'a> {
    owners: BTreeMap<(&'a str, &'a str, &'a str), Option<&'a OwnerRef>>,
}

impl<'a> Made<'a> {
    fn new(snapshot: &'a Snapshot, wanted: impl Fn(&Name) -> bool) -> Self {
        let key = |workload: &'a Workload| (&*workload.namespace, workload.kind, &*workload.name);
        let workloads = snapshot.workloads.iter().filter(|workload| wanted(&workload.namespace));
        Made { owners: workloads.map(|w| (key(w), w.owner.as_ref())).collect() }
    }

    /// The workload that a template counts for: a ReplicaSet's and a Job's for whoever made it. `None` for what no
    /// longer makes pods: a revision scaled to nothing, a run whose CronJob is in the input.
    fn home(&self, workload: &Workload, own: &OwnerRef) -> Option<OwnerRef> {
        let maker = workload.owner.as_ref().filter(|_| matches!(workload.kind, "ReplicaSet" | "Job"));
        let Some(maker) = maker else { return Some(own.clone()) };
        let key = (&*workload.namespace, &*maker.kind, &*maker.name);
        let past = workload.replicas == Some(0) || (workload.kind == "Job" && self.owners.contains_key(&key));
        (!past).then(|| maker.clone())
    }

    /// The workload that a pod belongs to.
    fn workload_of(&self, pod: &Pod) -> Option<OwnerRef> {
        let owner = pod.owner.as_ref()?;
        match &*owner.kind {
            // A static pod's mirror is owned by its node.
            "Node" => None,
            "ReplicaSet" | "Job" => Some(self.maker(pod, owner)),
            _ => Some(owner.clone()),
        }
    }

    /// The Deployment of a ReplicaSet, the CronJob of a Job: by its owner where the object is in the input, else by
    /// the name that its controller gives it.
    fn maker(&self, pod: &Pod, owner: &OwnerRef) -> OwnerRef {
        if let Some(known) = self.owners.get(&(&*pod.namespace, &*owner.kind, &*owner.name)) {
            return known.unwrap_or(owner).clone();
        }
        let derived = if &*owner.kind == "ReplicaSet" {
            deployment_of(pod, &owner.name).map(|name| ("Deployment", name))
        } else {
            cron_job_of(&owner.name).map(|name| ("CronJob", name))
        };
        match derived {
            Some((kind, name)) => OwnerRef { kind: kind.into(), name: name.into() },
            None => owner.clone(),
        }
    }
}

/// `NAME-HASH`: the hash is the pod's label `pod-template-hash` (kubernetes `pkg/controller/deployment/sync.go`), or,
/// where an export dropped the label, letters and digits as only hashes have them (apimachinery `rand.SafeEncodeString`).
fn deployment_of<'n>(pod: &Pod, replica_set: &'n str) -> Option<&'n str> {
    let (name, last) = replica_set.rsplit_once('-')?;
    let is_hash = match pod.labels.get("pod-template-hash") {
        Some(hash) => **hash == *last,
        None => {
            (5..=10).contains(&last.len())
                && last.bytes().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(&b))
        }
    };
    (is_hash && !name.is_empty()).then_some(name)
}

/// `NAME-TIME`, the time being minutes since 1970 (kubernetes `pkg/controller/cronjob/utils.go`) or, before 1.21, seconds.
fn cron_job_of(job: &str) -> Option<&str> {
    let (name, time) = job.rsplit_once('-')?;
    let is_time = matches!(time.len(), 8 | 10) && time.bytes().all(|byte| byte.is_ascii_digit());
    (is_time && !name.is_empty()).then_some(name)
}
