//! Pods and what makes them: the fields that decide what code in them may do.

use super::Meta;
use crate::ingest::fields::Fields;
use crate::ingest::node::Fault;
use crate::model::{
    Capabilities, Container, ContainerKind, Few, Mount, Name, OwnerRef, Pod, PodSpec, SecurityContext,
    Volume, VolumeSource, Workload,
};

/// What the AppArmor annotation of versions before 1.30 begins with; the container's name follows.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

pub(super) fn pod(root: Fields<'_>, meta: Meta<'_>) -> Result<Pod, Fault> {
    let annotations = meta.fields.object("annotations")?;
    let phase = root.object("status")?.text_or_empty("phase")?;
    Ok(Pod {
        labels: meta.labels()?,
        owner: controller(meta.fields)?,
        mirror: annotations.has("kubernetes.io/config.mirror"),
        finished: matches!(&*phase, "Succeeded" | "Failed"),
        spec: pod_spec(root.object("spec")?, annotations)?,
        namespace: meta.namespace,
        name: meta.name,
        at: meta.at,
    })
}

pub(super) fn workload(root: Fields<'_>, meta: Meta<'_>) -> Result<Workload, Fault> {
    let spec = root.object("spec")?;
    let template = match meta.kind {
        "PodTemplate" => root.object("template")?,
        "CronJob" => spec.object("jobTemplate")?.object("spec")?.object("template")?,
        _ => spec.object("template")?,
    };
    let template_meta = template.object("metadata")?;
    let replicas = spec.int("replicas")?.map(|count| u32::try_from(count).unwrap_or_default());
    Ok(Workload {
        kind: meta.kind,
        labels: meta.labels()?,
        template_labels: template_meta.labels("labels")?,
        owner: controller(meta.fields)?,
        replicas: if spec.flag("suspend")? == Some(true) { Some(0) } else { replicas },
        spec: pod_spec(template.object("spec")?, template_meta.object("annotations")?)?,
        namespace: meta.namespace,
        name: meta.name,
        at: meta.at,
    })
}

fn controller(metadata: Fields<'_>) -> Result<Option<OwnerRef>, Fault> {
    let owners = metadata.list("ownerReferences", |owner| {
        let known = OwnerRef { kind: owner.text_or_empty("kind")?, name: owner.text_or_empty("name")? };
        Ok((owner.flag("controller")? == Some(true)).then_some(known))
    })?;
    Ok(owners.into_iter().flatten().next())
}

fn pod_spec(spec: Fields<'_>, annotations: Fields<'_>) -> Result<PodSpec, Fault> {
    let service_account = match spec.non_empty("serviceAccountName")? {
        Some(name) => Some(name),
        None => spec.non_empty("serviceAccount")?,
    };
    let mut containers = Few::new();
    for (field, kind) in [
        ("containers", ContainerKind::Main),
        ("initContainers", ContainerKind::Init),
        ("ephemeralContainers", ContainerKind::Ephemeral),
    ] {
        containers.extend(spec.few(field, |fields| container(fields, kind, annotations))?);
    }
    Ok(PodSpec {
        service_account,
        automount: spec.flag("automountServiceAccountToken")?,
        node_name: spec.non_empty("nodeName")?,
        host_network: spec.flag("hostNetwork")?.unwrap_or_default(),
        host_pid: spec.flag("hostPID")?.unwrap_or_default(),
        host_ipc: spec.flag("hostIPC")?.unwrap_or_default(),
        host_users: spec.flag("hostUsers")?,
        security: spec.names.securities.share(security(spec.object("securityContext")?)?),
        volumes: spec.names.volumes.share(spec.list("volumes", volume)?),
        containers,
    })
}

fn container(fields: Fields<'_>, list: ContainerKind, annotations: Fields<'_>) -> Result<Container, Fault> {
    let name = fields.text_or_empty("name")?;
    let mut security = security(fields.object("securityContext")?)?;
    if security.app_armor.is_none() && !annotations.is_empty() {
        security.app_armor = annotations.non_empty(&format!("{APP_ARMOR}{name}"))?;
    }
    let restarts = fields.text("restartPolicy")?.is_some_and(|policy| &*policy == "Always");
    Ok(Container {
        name,
        kind: if list == ContainerKind::Init && restarts { ContainerKind::Sidecar } else { list },
        image: fields.non_empty("image")?,
        command: fields.first_text("command")?,
        stdin: fields.flag("stdin")?.unwrap_or_default(),
        security: fields.names.securities.share(security),
        mounts: fields.names.mounts.share(fields.list("volumeMounts", mount)?),
        at: fields.at(),
    })
}

fn mount(mount: Fields<'_>) -> Result<Mount, Fault> {
    Ok(Mount {
        volume: mount.text_or_empty("name")?,
        path: mount.text_or_empty("mountPath")?,
        read_only: mount.flag("readOnly")?.unwrap_or_default(),
        bidirectional: mount.text("mountPropagation")?.is_some_and(|mode| &*mode == "Bidirectional"),
    })
}

fn security(context: Fields<'_>) -> Result<SecurityContext, Fault> {
    let capabilities = context.object("capabilities")?;
    Ok(SecurityContext {
        privileged: context.flag("privileged")?,
        allow_privilege_escalation: context.flag("allowPrivilegeEscalation")?,
        capabilities: Capabilities { add: capabilities.texts("add")?, drop: capabilities.texts("drop")? },
        run_as_user: context.int("runAsUser")?,
        run_as_non_root: context.flag("runAsNonRoot")?,
        app_armor: context.object("appArmorProfile")?.non_empty("type")?,
        seccomp: context.object("seccompProfile")?.non_empty("type")?,
        se_linux_type: context.object("seLinuxOptions")?.non_empty("type")?,
        proc_mount: context.non_empty("procMount")?,
    })
}

fn volume(volume: Fields<'_>) -> Result<Volume, Fault> {
    Ok(Volume { name: volume.text_or_empty("name")?, source: volume_source(volume)? })
}

/// Whether a token is one for the API server: its own audience where none is named, or one that API servers go by. A
/// token for another audience, as Vault or a cloud's identity service ask for, is refused by it.
fn is_of_api_server(audience: &str) -> bool {
    let host = audience.strip_prefix("https://").unwrap_or(audience);
    host.is_empty() || host == "api" || host.starts_with("kubernetes.default.svc")
}

fn volume_source(volume: Fields<'_>) -> Result<VolumeSource, Fault> {
    let named = |field: &str, key: &str| -> Result<Option<Name>, Fault> {
        if volume.has(field) { volume.object(field)?.text_or_empty(key).map(Some) } else { Ok(None) }
    };
    if let Some(path) = named("hostPath", "path")? {
        return Ok(VolumeSource::HostPath(path));
    }
    if let Some(name) = named("secret", "secretName")? {
        return Ok(VolumeSource::Secret(name));
    }
    if let Some(name) = named("configMap", "name")? {
        return Ok(VolumeSource::ConfigMap(name));
    }
    if let Some(name) = named("persistentVolumeClaim", "claimName")? {
        return Ok(VolumeSource::Claim(name));
    }
    if !volume.has("projected") {
        return Ok(VolumeSource::Other);
    }
    let mut token = false;
    let secrets = volume.object("projected")?.list("sources", |source| {
        if source.has("serviceAccountToken") {
            let audience = source.object("serviceAccountToken")?.text_or_empty("audience")?;
            token |= is_of_api_server(&audience);
        }
        if source.has("secret") { source.object("secret")?.text_or_empty("name").map(Some) } else { Ok(None) }
    })?;
    Ok(VolumeSource::Projected { token, secrets: secrets.into_iter().flatten().collect() })
}
