//! Accounts, namespaces, nodes, secrets, services and volumes.

use super::{Meta, minor_version};
use crate::ingest::fields::Fields;
use crate::ingest::node::Fault;
use crate::model::{Namespace, Node, PersistentVolume, Secret, Service, ServiceAccount};

/// The annotation of a token Secret that names its account.
const ACCOUNT_OF_TOKEN: &str = "kubernetes.io/service-account.name";

pub(super) fn service_account(root: Fields<'_>, meta: Meta<'_>) -> Result<ServiceAccount, Fault> {
    Ok(ServiceAccount {
        namespace: meta.namespace,
        name: meta.name,
        automount: root.flag("automountServiceAccountToken")?,
        at: meta.at,
    })
}

pub(super) fn namespace(meta: Meta<'_>) -> Result<Namespace, Fault> {
    Ok(Namespace { labels: meta.labels()?, name: meta.name, at: meta.at })
}

pub(super) fn node(root: Fields<'_>, meta: Meta<'_>) -> Result<Node, Fault> {
    let version = root.object("status")?.object("nodeInfo")?.text("kubeletVersion")?;
    Ok(Node {
        labels: meta.labels()?,
        name: meta.name,
        kubelet_version: version.and_then(|version| minor_version(&version)),
        at: meta.at,
    })
}

pub(super) fn secret(root: Fields<'_>, meta: Meta<'_>) -> Result<Secret, Fault> {
    Ok(Secret {
        service_account: meta.fields.object("annotations")?.non_empty(ACCOUNT_OF_TOKEN)?,
        namespace: meta.namespace,
        name: meta.name,
        secret_type: root.non_empty("type")?,
        at: meta.at,
    })
}

pub(super) fn service(root: Fields<'_>, meta: Meta<'_>) -> Result<Service, Fault> {
    Ok(Service {
        namespace: meta.namespace,
        name: meta.name,
        selector: root.object("spec")?.labels("selector")?,
        at: meta.at,
    })
}

pub(super) fn volume(root: Fields<'_>, meta: Meta<'_>) -> Result<PersistentVolume, Fault> {
    let spec = root.object("spec")?;
    let host_path = match spec.object("hostPath")?.non_empty("path")? {
        Some(path) => Some(path),
        None => spec.object("local")?.non_empty("path")?,
    };
    Ok(PersistentVolume {
        kind: meta.kind,
        namespace: meta.namespace,
        name: meta.name,
        host_path: if meta.namespaced { None } else { host_path },
        volume_name: if meta.namespaced { spec.non_empty("volumeName")? } else { None },
        at: meta.at,
    })
}
