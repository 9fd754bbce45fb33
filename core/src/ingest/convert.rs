//! The tree of one object of a known kind → the slim object of the model.

mod cluster;
mod rbac;
mod workload;

use super::fields::Fields;
use super::kinds::{Kind, Reader};
use super::names::Names;
use super::node::{Fault, Node};
use crate::model::{
    Binding, Labels, Location, Name, NamedObject, Namespace, Node as ClusterNode, ObjectKey,
    PersistentVolume, Pod, Role, Secret, Service, ServiceAccount, Workload,
};

/// An object that the rules read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Role(Role),
    Binding(Binding),
    Pod(Pod),
    Workload(Workload),
    ServiceAccount(ServiceAccount),
    Namespace(Namespace),
    Node(ClusterNode),
    Secret(Secret),
    ConfigMap(ObjectKey),
    Service(Service),
    Volume(PersistentVolume),
    Named(NamedObject),
}

/// What every object has.
struct Meta<'a> {
    kind: &'static str,
    namespaced: bool,
    namespace: Name,
    name: Name,
    fields: Fields<'a>,
    at: Location,
}

/// An object, and whether it should have named a namespace and did not.
pub(super) struct Converted {
    pub(super) object: Object,
    pub(super) namespace_missing: bool,
}

/// Reads the object; what stands in it that Kubernetes would refuse is the error.
pub(super) fn convert(node: &Node, kind: &Kind, names: &Names) -> Result<Converted, Fault> {
    let root = Fields::new(node, names, kind.name)?;
    let fields = root.object("metadata")?;
    let given = fields.non_empty("namespace")?;
    let namespace_missing = kind.namespaced && given.is_none();
    let namespace = match given {
        Some(namespace) if kind.namespaced => namespace,
        _ => names.share_text(if kind.namespaced { "default" } else { "" }),
    };
    let name = match kind.reader {
        // Nothing refers to a pod or a binding by its name.
        Reader::Pod | Reader::Binding => fields.own("name")?,
        _ => fields.non_empty("name")?,
    };
    let name = match name {
        Some(name) => name,
        None => fields.text_or_empty("generateName")?,
    };
    let meta = Meta { kind: kind.name, namespaced: kind.namespaced, namespace, name, fields, at: root.at() };
    let object = match kind.reader {
        Reader::Role => Object::Role(rbac::role(root, meta)?),
        Reader::Binding => Object::Binding(rbac::binding(root, meta)?),
        Reader::Pod => Object::Pod(workload::pod(root, meta)?),
        Reader::Workload => Object::Workload(workload::workload(root, meta)?),
        Reader::ServiceAccount => Object::ServiceAccount(cluster::service_account(root, meta)?),
        Reader::Namespace => Object::Namespace(cluster::namespace(meta)?),
        Reader::Node => Object::Node(cluster::node(root, meta)?),
        Reader::Secret => Object::Secret(cluster::secret(root, meta)?),
        Reader::ConfigMap => {
            Object::ConfigMap(ObjectKey { namespace: meta.namespace, name: meta.name, at: meta.at })
        }
        Reader::Service => Object::Service(cluster::service(root, meta)?),
        Reader::Volume => Object::Volume(cluster::volume(root, meta)?),
        Reader::Named => Object::Named(NamedObject { kind: meta.kind, name: meta.name, at: meta.at }),
    };
    Ok(Converted { object, namespace_missing })
}

impl Meta<'_> {
    fn labels(&self) -> Result<Labels, Fault> {
        self.fields.labels("labels")
    }

    /// `None` for what is in no namespace.
    fn namespace_if_any(&self) -> Option<Name> {
        self.namespaced.then(|| self.namespace.clone())
    }
}

/// `v1.34.1-eks-abc` → (1, 34).
pub(super) fn minor_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((leading_number(parts.next()?)?, leading_number(parts.next()?)?))
}

/// `34+` → 34.
pub(super) fn leading_number(text: &str) -> Option<u32> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}
