//! Which fields of Kubernetes' objects the rules read: the same for all kinds, since what a kind does not have is not there,
//! and the same whether they are written in YAML or in JSON.

/// What is read inside of a field.
#[derive(Debug)]
pub(super) enum Fields {
    /// Its own value only.
    Leaf,
    /// The same of a field whose text few objects have in common: no copy of it is looked for.
    Own,
    /// A list of texts, of which the first is read.
    First,
    /// Every field of it, each a leaf.
    Every,
    /// These fields of it.
    These(&'static [(&'static str, &'static Fields)]),
    /// The annotations that say what no field says.
    Annotations,
}

use Fields::{Annotations, Every, First, Leaf, Own, These};

impl Fields {
    /// What is read inside of a field of this one, with the field's name where it is one of a few; `None` where the field
    /// is read by no rule.
    pub(super) fn inside(&self, key: &[u8]) -> Option<(Option<&'static str>, &'static Fields)> {
        match self {
            Leaf | Own | First => None,
            Every => Some((None, &Leaf)),
            These(fields) => {
                let mut fields = fields.iter();
                // A look at the last letter spares most comparisons.
                let last = |name: &[u8]| name.last() == key.last() && name == key;
                let (name, inside) = fields.find(|(name, _)| last(name.as_bytes()))?;
                Some((Some(name), inside))
            }
            Annotations => {
                let read = key.starts_with(b"container.apparmor.security.beta.kubernetes.io/")
                    || matches!(key, b"kubernetes.io/config.mirror" | b"kubernetes.io/service-account.name");
                read.then_some((None, &Leaf))
            }
        }
    }

    /// What is read in an item of a list.
    pub(super) fn of_item(&'static self, first: bool) -> &'static Fields {
        if first && matches!(self, First) { &Leaf } else { self }
    }

    /// Whether few objects have a text in common.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Own)
    }

    /// Whether a text is kept, and not just looked at.
    pub(super) fn keeps_text(&self) -> bool {
        !matches!(self, First)
    }
}

/// An object of any kind.
pub(super) static ROOT: Fields = These(&[
    ("apiVersion", &Leaf),
    ("kind", &Leaf),
    ("metadata", &METADATA),
    ("spec", &SPEC),
    ("status", &These(&[("phase", &Leaf), ("nodeInfo", &These(&[("kubeletVersion", &Leaf)]))])),
    ("rules", &RULE),
    ("aggregationRule", &These(&[("clusterRoleSelectors", &SELECTOR)])),
    ("roleRef", &REFERENCE),
    ("subjects", &REFERENCE),
    ("automountServiceAccountToken", &Leaf),
    ("type", &Leaf),
    ("template", &TEMPLATE),
]);

const METADATA: Fields = These(&[
    ("name", &Own),
    ("namespace", &Leaf),
    ("labels", &Every),
    ("annotations", &Annotations),
    ("generateName", &Leaf),
    ("ownerReferences", &These(&[("kind", &Leaf), ("name", &Leaf), ("controller", &Leaf)])),
]);

const RULE: Fields = These(&[
    ("verbs", &Leaf),
    ("apiGroups", &Leaf),
    ("resources", &Leaf),
    ("resourceNames", &Leaf),
    ("nonResourceURLs", &Leaf),
]);

const SELECTOR: Fields = These(&[
    ("matchLabels", &Every),
    ("matchExpressions", &These(&[("key", &Leaf), ("operator", &Leaf), ("values", &Leaf)])),
]);

const REFERENCE: Fields =
    These(&[("apiGroup", &Leaf), ("kind", &Leaf), ("name", &Leaf), ("namespace", &Leaf)]);

/// A pod's spec, with the fields that other kinds have there; a template in it has one again.
static SPEC: Fields = These(&[
    ("containers", &CONTAINER),
    ("initContainers", &CONTAINER),
    ("ephemeralContainers", &CONTAINER),
    ("volumes", &VOLUME),
    ("nodeName", &Leaf),
    ("serviceAccountName", &Leaf),
    ("serviceAccount", &Leaf),
    ("automountServiceAccountToken", &Leaf),
    ("hostNetwork", &Leaf),
    ("hostPID", &Leaf),
    ("hostIPC", &Leaf),
    ("hostUsers", &Leaf),
    ("securityContext", &SECURITY_CONTEXT),
    ("replicas", &Leaf),
    ("suspend", &Leaf),
    ("template", &TEMPLATE),
    ("jobTemplate", &These(&[("spec", &These(&[("template", &TEMPLATE)]))])),
    ("selector", &Every),
    ("volumeName", &Leaf),
    ("hostPath", &PATH),
    ("local", &PATH),
]);

static TEMPLATE: Fields = These(&[("metadata", &METADATA), ("spec", &SPEC)]);

const CONTAINER: Fields = These(&[
    ("name", &Leaf),
    ("image", &Leaf),
    ("command", &First),
    ("stdin", &Leaf),
    ("restartPolicy", &Leaf),
    ("securityContext", &SECURITY_CONTEXT),
    (
        "volumeMounts",
        &These(&[("name", &Leaf), ("mountPath", &Leaf), ("readOnly", &Leaf), ("mountPropagation", &Leaf)]),
    ),
]);

const TYPED: Fields = These(&[("type", &Leaf)]);

const SECURITY_CONTEXT: Fields = These(&[
    ("privileged", &Leaf),
    ("allowPrivilegeEscalation", &Leaf),
    ("capabilities", &These(&[("add", &Leaf), ("drop", &Leaf)])),
    ("runAsUser", &Leaf),
    ("runAsNonRoot", &Leaf),
    ("appArmorProfile", &TYPED),
    ("seccompProfile", &TYPED),
    ("seLinuxOptions", &TYPED),
    ("procMount", &Leaf),
]);

const PATH: Fields = These(&[("path", &Leaf)]);

const VOLUME: Fields = These(&[
    ("name", &Leaf),
    ("hostPath", &PATH),
    ("secret", &These(&[("secretName", &Leaf)])),
    ("configMap", &These(&[("name", &Leaf)])),
    ("persistentVolumeClaim", &These(&[("claimName", &Leaf)])),
    (
        "projected",
        &These(&[(
            "sources",
            &These(&[
                ("serviceAccountToken", &These(&[("audience", &Leaf)])),
                ("secret", &These(&[("name", &Leaf)])),
            ]),
        )]),
    ),
]);
