//! Every object that `k8s-openapi` decodes is read by the core, to the same values.

use cilium_exec_check_core::model::{
    Binding, Capabilities, Container, ContainerKind, LabelSelector, Labels, Location, Mount, Name, OwnerRef,
    Pod, PodSpec, PolicyRule, Role, RoleRef, RuleLists, SecurityContext, SelectorOperator,
    SelectorRequirement, ServiceAccount, Snapshot, Subject, Volume, VolumeSource, Workload,
};
use cilium_exec_check_tests::{File, read, shared, skipped};
use k8s_openapi::api::{apps::v1 as apps, batch::v1 as batch, core::v1 as core, rbac::v1 as rbac};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{self as meta, ObjectMeta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What is compared, without places and in one order.
#[derive(Debug, Default, PartialEq)]
struct Objects {
    roles: Vec<Role>,
    bindings: Vec<Binding>,
    pods: Vec<Pod>,
    workloads: Vec<Workload>,
    accounts: Vec<ServiceAccount>,
    /// Namespaces, Nodes, Secrets, ConfigMaps and Services, as text.
    others: Vec<String>,
}

#[test]
fn the_core_reads_what_the_reference_decodes_to_the_same_values() {
    let Some(shared) = shared() else {
        return skipped("`../shared` is missing: nothing was compared with the reference decoding");
    };
    let mut compared = 0;
    for folder in ["data/default-rbac", "data/cilium-manifests", "data/authorizer-vectors/yaml"] {
        for path in exports(&shared.join(folder)) {
            let bytes = std::fs::read(&path).expect("an export can be read");
            let name = path.display().to_string();
            let reference = decoded(&bytes, &name);
            let snapshot = read(&[File { name: name.clone(), bytes }]);
            let complaints: Vec<_> =
                snapshot.diagnostics.iter().filter(|it| it.code.as_str() != "missing-namespace").collect();
            assert!(complaints.is_empty(), "{name}: {complaints:#?}");
            assert_eq!(without_places(snapshot), reference, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 200, "only {compared} exports were compared");
}

fn exports(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be listed");
    let is_export =
        |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "yaml" || end == "json");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(is_export).collect();
    paths.sort();
    paths
}

fn without_places(snapshot: Snapshot) -> Objects {
    let nowhere = Location::default();
    let mut objects = Objects { roles: snapshot.roles, bindings: snapshot.bindings, ..Objects::default() };
    for role in &mut objects.roles {
        role.at = nowhere;
        role.rules.iter_mut().for_each(|rule| rule.at = nowhere);
    }
    for binding in &mut objects.bindings {
        binding.at = nowhere;
        binding.subjects.iter_mut().for_each(|subject| subject.at = nowhere);
    }
    let clear = |spec: &mut PodSpec| spec.containers.iter_mut().for_each(|container| container.at = nowhere);
    for mut pod in snapshot.pods {
        pod.at = nowhere;
        clear(&mut pod.spec);
        objects.pods.push(pod);
    }
    for mut workload in snapshot.workloads {
        workload.at = nowhere;
        clear(&mut workload.spec);
        objects.workloads.push(workload);
    }
    objects.accounts =
        snapshot.service_accounts.into_iter().map(|it| ServiceAccount { at: nowhere, ..it }).collect();
    let others = &mut objects.others;
    others.extend(snapshot.namespaces.iter().map(|it| format!("Namespace {} {:?}", it.name, it.labels)));
    others.extend(snapshot.nodes.iter().map(|it| format!("Node {} {:?}", it.name, it.labels)));
    others.extend(
        snapshot.secrets.iter().map(|it| format!("Secret {}/{} {:?}", it.namespace, it.name, it.secret_type)),
    );
    others.extend(snapshot.config_maps.iter().map(|it| format!("ConfigMap {}/{}", it.namespace, it.name)));
    others.extend(
        snapshot.services.iter().map(|it| format!("Service {}/{} {:?}", it.namespace, it.name, it.selector)),
    );
    sorted(objects)
}

fn sorted(mut objects: Objects) -> Objects {
    objects.roles.sort_by_key(|it| (it.namespace.clone(), it.name.clone()));
    objects.bindings.sort_by_key(|it| (it.namespace.clone(), it.name.clone()));
    objects.pods.sort_by_key(|it| (it.namespace.clone(), it.name.clone()));
    objects.workloads.sort_by_key(|it| (it.kind, it.namespace.clone(), it.name.clone()));
    objects.accounts.sort_by_key(|it| (it.namespace.clone(), it.name.clone()));
    objects.others.sort();
    objects
}

fn decoded(bytes: &[u8], name: &str) -> Objects {
    let mut objects = Objects::default();
    for document in serde_yaml::Deserializer::from_slice(bytes) {
        let value = Value::deserialize(document).unwrap_or_else(|error| panic!("{name}: {error}"));
        let items = match value.get("items") {
            Some(Value::Sequence(items)) => items.clone(),
            _ => vec![value],
        };
        items.into_iter().for_each(|item| objects.add(item));
    }
    sorted(objects)
}

/// What Go's decoding takes and the reference does not: null for what is unset, and the file modes of the charts, which
/// are octal numbers in YAML 1.1.
fn as_go_reads_it(value: &mut Value) {
    match value {
        Value::Mapping(entries) => {
            entries.retain(|_, value| !value.is_null());
            for (key, value) in entries.iter_mut() {
                let octal = value.as_str().and_then(|text| i64::from_str_radix(text, 8).ok());
                match (key.as_str(), octal) {
                    (Some("mode" | "defaultMode"), Some(mode)) => *value = Value::from(mode),
                    _ => as_go_reads_it(value),
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(as_go_reads_it),
        _ => {}
    }
}

fn typed<T: DeserializeOwned>(mut value: Value) -> T {
    as_go_reads_it(&mut value);
    // A CronJob of this version has the same fields; the reference knows the later one only.
    if value.get("apiVersion").and_then(Value::as_str) == Some("batch/v1beta1") {
        value["apiVersion"] = "batch/v1".into();
    }
    serde_yaml::from_value(value).unwrap_or_else(|error| panic!("the reference refuses it: {error}"))
}

fn selector(it: meta::LabelSelector) -> LabelSelector {
    let requirement = |it: meta::LabelSelectorRequirement| SelectorRequirement {
        key: it.key.into(),
        operator: match &*it.operator {
            "In" => SelectorOperator::In,
            "NotIn" => SelectorOperator::NotIn,
            "Exists" => SelectorOperator::Exists,
            "DoesNotExist" => SelectorOperator::DoesNotExist,
            _ => SelectorOperator::Other(it.operator.into()),
        },
        values: names(it.values),
    };
    LabelSelector {
        match_labels: labels(it.match_labels),
        match_expressions: it.match_expressions.unwrap_or_default().into_iter().map(requirement).collect(),
    }
}

impl Objects {
    fn add(&mut self, item: Value) {
        let said = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let group = said("apiVersion").split_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default();
        match (group.as_str(), said("kind").as_str()) {
            ("rbac.authorization.k8s.io", "ClusterRole") => {
                let it: rbac::ClusterRole = typed(item);
                let selectors = |it: rbac::AggregationRule| it.cluster_role_selectors.unwrap_or_default();
                let aggregation =
                    it.aggregation_rule.map(|it| selectors(it).into_iter().map(selector).collect());
                self.role(it.metadata, it.rules, aggregation, false);
            }
            ("rbac.authorization.k8s.io", "Role") => {
                let it: rbac::Role = typed(item);
                self.role(it.metadata, it.rules, None, true);
            }
            ("rbac.authorization.k8s.io", "ClusterRoleBinding") => {
                let it: rbac::ClusterRoleBinding = typed(item);
                self.binding(it.metadata, it.role_ref, it.subjects, false);
            }
            ("rbac.authorization.k8s.io", "RoleBinding") => {
                let it: rbac::RoleBinding = typed(item);
                self.binding(it.metadata, it.role_ref, it.subjects, true);
            }
            ("", "Pod") => self.pod(typed(item)),
            ("apps", "DaemonSet") => {
                let it: apps::DaemonSet = typed(item);
                self.workload("DaemonSet", it.metadata, None, it.spec.map(|spec| spec.template));
            }
            ("apps", "Deployment") => {
                let it: apps::Deployment = typed(item);
                let replicas = it.spec.as_ref().and_then(|spec| spec.replicas);
                self.workload("Deployment", it.metadata, replicas, it.spec.map(|spec| spec.template));
            }
            ("apps", "StatefulSet") => {
                let it: apps::StatefulSet = typed(item);
                let replicas = it.spec.as_ref().and_then(|spec| spec.replicas);
                self.workload("StatefulSet", it.metadata, replicas, it.spec.map(|spec| spec.template));
            }
            ("apps", "ReplicaSet") => {
                let it: apps::ReplicaSet = typed(item);
                let replicas = it.spec.as_ref().and_then(|spec| spec.replicas);
                self.workload("ReplicaSet", it.metadata, replicas, it.spec.and_then(|spec| spec.template));
            }
            ("batch", "Job") => {
                let it: batch::Job = typed(item);
                let suspended =
                    it.spec.as_ref().and_then(|spec| spec.suspend).unwrap_or_default().then_some(0);
                self.workload("Job", it.metadata, suspended, it.spec.map(|spec| spec.template));
            }
            ("batch", "CronJob") => {
                let it: batch::CronJob = typed(item);
                let suspended =
                    it.spec.as_ref().and_then(|spec| spec.suspend).unwrap_or_default().then_some(0);
                let template = it.spec.and_then(|spec| spec.job_template.spec).map(|spec| spec.template);
                self.workload("CronJob", it.metadata, suspended, template);
            }
            ("", "ServiceAccount") => {
                let it: core::ServiceAccount = typed(item);
                let (namespace, name) = key(&it.metadata);
                let automount = it.automount_service_account_token;
                self.accounts.push(ServiceAccount { namespace, name, automount, at: Location::default() });
            }
            ("", kind @ ("Namespace" | "Node" | "Secret" | "ConfigMap" | "Service")) => {
                let kind = kind.to_owned();
                self.other(&kind, item);
            }
            _ => {}
        }
    }

    fn other(&mut self, kind: &str, item: Value) {
        let line = match kind {
            "Namespace" => {
                let it: core::Namespace = typed(item);
                format!("Namespace {} {:?}", key(&it.metadata).1, labels(it.metadata.labels))
            }
            "Node" => {
                let it: core::Node = typed(item);
                format!("Node {} {:?}", key(&it.metadata).1, labels(it.metadata.labels))
            }
            "Secret" => {
                // Its data is redacted, so it need not be base64 as the reference wants it.
                let mut item = item;
                if let Value::Mapping(fields) = &mut item {
                    fields.remove("data");
                }
                let it: core::Secret = typed(item);
                let (namespace, name) = key(&it.metadata);
                format!("Secret {namespace}/{name} {:?}", it.type_.map(name_of))
            }
            "ConfigMap" => {
                let it: core::ConfigMap = typed(item);
                let (namespace, name) = key(&it.metadata);
                format!("ConfigMap {namespace}/{name}")
            }
            _ => {
                let it: core::Service = typed(item);
                let (namespace, name) = key(&it.metadata);
                format!("Service {namespace}/{name} {:?}", labels(it.spec.and_then(|spec| spec.selector)))
            }
        };
        self.others.push(line);
    }

    fn role(
        &mut self,
        metadata: ObjectMeta,
        rules: Option<Vec<rbac::PolicyRule>>,
        aggregation: Option<Vec<LabelSelector>>,
        namespaced: bool,
    ) {
        let (namespace, name) = key(&metadata);
        let rule = |it: rbac::PolicyRule| {
            PolicyRule::from(RuleLists {
                verbs: it.verbs.into_iter().map(name_of).collect(),
                api_groups: names(it.api_groups).into(),
                resources: names(it.resources).into(),
                resource_names: names(it.resource_names).into(),
                non_resource_urls: names(it.non_resource_urls).into(),
            })
        };
        self.roles.push(Role {
            namespace: namespaced.then_some(namespace),
            name,
            labels: labels(metadata.labels),
            rules: rules.unwrap_or_default().into_iter().map(rule).collect(),
            aggregation,
            at: Location::default(),
        });
    }

    fn binding(
        &mut self,
        metadata: ObjectMeta,
        role_ref: rbac::RoleRef,
        subjects: Option<Vec<rbac::Subject>>,
        namespaced: bool,
    ) {
        let (namespace, name) = key(&metadata);
        let subject = |it: rbac::Subject| Subject {
            kind: it.kind.into(),
            name: it.name.into(),
            namespace: it.namespace.unwrap_or_default().into(),
            at: Location::default(),
        };
        self.bindings.push(Binding {
            namespace: namespaced.then_some(namespace),
            name,
            labels: labels(metadata.labels),
            role_ref: RoleRef { kind: role_ref.kind.into(), name: role_ref.name.into() },
            subjects: subjects.unwrap_or_default().into_iter().map(subject).collect(),
            at: Location::default(),
        });
    }

    fn pod(&mut self, it: core::Pod) {
        let (namespace, name) = key(&it.metadata);
        let phase = it.status.and_then(|status| status.phase).unwrap_or_default();
        let annotations = it.metadata.annotations.clone().unwrap_or_default();
        self.pods.push(Pod {
            namespace,
            name,
            owner: owner(&it.metadata),
            mirror: annotations.contains_key("kubernetes.io/config.mirror"),
            finished: phase == "Succeeded" || phase == "Failed",
            spec: pod_spec(it.spec.unwrap_or_default(), &annotations),
            labels: labels(it.metadata.labels),
            at: Location::default(),
        });
    }

    fn workload(
        &mut self,
        kind: &'static str,
        metadata: ObjectMeta,
        replicas: Option<i32>,
        template: Option<core::PodTemplateSpec>,
    ) {
        let (namespace, name) = key(&metadata);
        let template = template.unwrap_or_default();
        let annotated = template.metadata.unwrap_or_default();
        self.workloads.push(Workload {
            kind,
            namespace,
            name,
            owner: owner(&metadata),
            labels: labels(metadata.labels),
            template_labels: labels(annotated.labels),
            replicas: replicas.and_then(|replicas| replicas.try_into().ok()),
            spec: pod_spec(template.spec.unwrap_or_default(), &annotated.annotations.unwrap_or_default()),
            at: Location::default(),
        });
    }
}

fn name_of(text: String) -> Name {
    text.into()
}

fn names(list: Option<Vec<String>>) -> Vec<Name> {
    list.unwrap_or_default().into_iter().map(name_of).collect()
}

fn some(text: Option<String>) -> Option<Name> {
    text.filter(|text| !text.is_empty()).map(name_of)
}

fn labels(labels: Option<BTreeMap<String, String>>) -> Labels {
    labels.unwrap_or_default().into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}

fn key(metadata: &ObjectMeta) -> (Name, Name) {
    let namespace = metadata.namespace.clone().unwrap_or("default".to_owned());
    (namespace.into(), metadata.name.clone().unwrap_or_default().into())
}

fn owner(metadata: &ObjectMeta) -> Option<OwnerRef> {
    let owners = metadata.owner_references.iter().flatten();
    let controller = owners.into_iter().find(|owner| owner.controller == Some(true))?;
    Some(OwnerRef { kind: controller.kind.clone().into(), name: controller.name.clone().into() })
}

fn pod_spec(spec: core::PodSpec, annotations: &BTreeMap<String, String>) -> PodSpec {
    let pod = spec.security_context.unwrap_or_default();
    let mut containers = Vec::new();
    containers.extend(spec.containers.into_iter().map(|it| container(it, ContainerKind::Main, annotations)));
    for it in spec.init_containers.into_iter().flatten() {
        let sidecar = it.restart_policy.as_deref() == Some("Always");
        let kind = if sidecar { ContainerKind::Sidecar } else { ContainerKind::Init };
        containers.push(container(it, kind, annotations));
    }
    assert!(spec.ephemeral_containers.is_none(), "no export here has an ephemeral container");
    PodSpec {
        service_account: some(spec.service_account_name).or(some(spec.service_account)),
        automount: spec.automount_service_account_token,
        node_name: some(spec.node_name),
        host_network: spec.host_network.unwrap_or_default(),
        host_pid: spec.host_pid.unwrap_or_default(),
        host_ipc: spec.host_ipc.unwrap_or_default(),
        host_users: spec.host_users,
        security: SecurityContext {
            run_as_user: pod.run_as_user,
            run_as_non_root: pod.run_as_non_root,
            app_armor: pod.app_armor_profile.map(|profile| profile.type_.into()),
            seccomp: pod.seccomp_profile.map(|profile| profile.type_.into()),
            se_linux_type: some(pod.se_linux_options.and_then(|options| options.type_)),
            ..SecurityContext::default()
        }
        .into(),
        volumes: spec.volumes.into_iter().flatten().map(volume).collect(),
        containers: containers.into(),
    }
}

fn container(it: core::Container, kind: ContainerKind, annotations: &BTreeMap<String, String>) -> Container {
    let context = it.security_context.unwrap_or_default();
    let capabilities = context.capabilities.unwrap_or_default();
    let annotation = format!("container.apparmor.security.beta.kubernetes.io/{}", it.name);
    let profile = context.app_armor_profile.map(|profile| profile.type_);
    let mount = |it: core::VolumeMount| Mount {
        volume: it.name.into(),
        path: it.mount_path.into(),
        read_only: it.read_only.unwrap_or_default(),
        bidirectional: it.mount_propagation.as_deref() == Some("Bidirectional"),
    };
    Container {
        name: it.name.into(),
        kind,
        image: some(it.image),
        command: it.command.into_iter().flatten().next().map(name_of),
        stdin: it.stdin.unwrap_or_default(),
        security: SecurityContext {
            privileged: context.privileged,
            allow_privilege_escalation: context.allow_privilege_escalation,
            capabilities: Capabilities { add: names(capabilities.add), drop: names(capabilities.drop) },
            run_as_user: context.run_as_user,
            run_as_non_root: context.run_as_non_root,
            app_armor: profile.or(annotations.get(&annotation).cloned()).map(name_of),
            seccomp: context.seccomp_profile.map(|profile| profile.type_.into()),
            se_linux_type: some(context.se_linux_options.and_then(|options| options.type_)),
            proc_mount: some(context.proc_mount),
        }
        .into(),
        mounts: it.volume_mounts.into_iter().flatten().map(mount).collect(),
        at: Location::default(),
    }
}

fn volume(it: core::Volume) -> Volume {
    let projected = |it: core::ProjectedVolumeSource| {
        let sources = it.sources.unwrap_or_default();
        // Charts ask for tokens of the API server, and for SPIRE's, which it refuses.
        let of_api_server =
            |audience: &str| audience.is_empty() || audience.contains("kubernetes.default.svc");
        let token = sources
            .iter()
            .filter_map(|source| source.service_account_token.as_ref())
            .any(|token| of_api_server(token.audience.as_deref().unwrap_or_default()));
        let secrets = sources.into_iter().filter_map(|source| source.secret).map(|secret| secret.name.into());
        VolumeSource::Projected { token, secrets: secrets.collect() }
    };
    let source = (it.host_path.map(|it| VolumeSource::HostPath(it.path.into())))
        .or(it.secret.map(|it| VolumeSource::Secret(it.secret_name.unwrap_or_default().into())))
        .or(it.config_map.map(|it| VolumeSource::ConfigMap(it.name.into())))
        .or(it.persistent_volume_claim.map(|it| VolumeSource::Claim(it.claim_name.into())))
        .or(it.projected.map(projected));
    Volume { name: it.name.into(), source: source.unwrap_or(VolumeSource::Other) }
}
