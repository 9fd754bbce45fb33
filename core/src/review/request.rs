//! A SubjectAccessReview → who asks for what, or what is wrong with it.
//!
//! The fields are those of k8s.io/api v0.37.2 authorization/v1; one that Kubernetes does not know is refused, because a
//! field that is spelt wrongly would change the question.

use crate::authorizer::{Attributes, Authorizer, Decision, ResourceTarget, Target};
use crate::diagnostic::Code;
use crate::ingest::{Fault, Fields, Names, Node, Pos, Value};
use crate::model::Name;

/// The kind that is answered.
pub const REVIEW: &str = "SubjectAccessReview";

const API_VERSION: &str = "authorization.k8s.io/v1";
const SHAPE: &str =
    "a review has `apiVersion: authorization.k8s.io/v1`, `kind: SubjectAccessReview` and a `spec`";
const TOP: Known = Known {
    fields: &["apiVersion", "kind", "metadata", "spec", "status"],
    help: "a review has apiVersion, kind, metadata, spec and status",
};
const SPEC: Known = Known {
    fields: &["user", "groups", "uid", "extra", "resourceAttributes", "nonResourceAttributes"],
    help: "a spec has user, groups, uid, extra, and either resourceAttributes or nonResourceAttributes",
};
const RESOURCE: Known = Known {
    fields: &[
        "namespace",
        "verb",
        "group",
        "version",
        "resource",
        "subresource",
        "name",
        "fieldSelector",
        "labelSelector",
    ],
    help: "resourceAttributes has namespace, verb, group, version, resource, subresource, name, fieldSelector and \
           labelSelector",
};
const PATH: Known = Known { fields: &["path", "verb"], help: "nonResourceAttributes has path and verb" };

/// The fields of one part of a review.
struct Known {
    fields: &'static [&'static str],
    help: &'static str,
}

/// What a review asks.
#[derive(Debug)]
pub(super) struct Request {
    user: Name,
    groups: Vec<Name>,
    verb: Name,
    about: About,
}

#[derive(Debug)]
enum About {
    Resource { group: Name, resource: Name, subresource: Name, namespace: Name, name: Name },
    Path(Name),
}

/// What is wrong with a review.
pub(super) fn malformed(at: Pos, message: impl Into<String>) -> Fault {
    Fault::new(Code::WrongType, at, message)
}

impl Request {
    /// Reads a review; `listed` where its kind is that of the list around it.
    pub(super) fn read(node: &Node, listed: bool, names: &Names) -> Result<Self, Fault> {
        if !matches!(node.value, Value::Map(_)) {
            return Err(malformed(node.at, "this is no review").help(SHAPE));
        }
        check_kind(node, listed)?;
        refuse_unknown(node, &TOP, "a review")?;
        let spec =
            node.get("spec").ok_or_else(|| malformed(node.at, "the review has no `spec`").help(SHAPE))?;
        let fields = Fields::new(spec, names, "spec")?;
        refuse_unknown(spec, &SPEC, "`spec`")?;
        fields.text("uid")?;
        if let Some(extra) = spec.get("extra") {
            check_extra(extra, names)?;
        }
        let groups = fields.texts("groups")?;
        let user = fields.text("user")?;
        if user.is_none() && groups.is_empty() {
            return Err(malformed(spec.at, "`spec` names neither a user nor a group").help(SPEC.help));
        }
        let (verb, about) = match (spec.get("resourceAttributes"), spec.get("nonResourceAttributes")) {
            (Some(resource), None) => about_resource(resource, names)?,
            (None, Some(path)) => about_path(path, names)?,
            (Some(_), Some(path)) => {
                let message = "`spec` has both `resourceAttributes` and `nonResourceAttributes`";
                return Err(malformed(path.at, message)
                    .help("give one of them; ask the other in a review of its own"));
            }
            (None, None) => {
                let message = "`spec` has neither `resourceAttributes` nor `nonResourceAttributes`";
                return Err(malformed(spec.at, message).help(SPEC.help));
            }
        };
        Ok(Request { user: user.unwrap_or_else(|| "".into()), groups, verb, about })
    }

    /// Asks the authorizer.
    pub(super) fn decide<'s>(&self, authorizer: &'s Authorizer<'_>) -> Decision<'s> {
        let groups: Vec<&str> = self.groups.iter().map(|group| &**group).collect();
        let target = match &self.about {
            About::Path(path) => Target::Path(path),
            About::Resource { group, resource, subresource, namespace, name } => {
                Target::Resource(ResourceTarget { group, resource, subresource, namespace, name })
            }
        };
        authorizer.decide(&Attributes { user: Some(&self.user), groups: &groups, verb: &self.verb, target })
    }
}

fn check_kind(node: &Node, listed: bool) -> Result<(), Fault> {
    let said = |key: &str| node.get_entry(key).map(|entry| (entry.node.at, node.text(key)));
    let (at, kind) = match said("kind") {
        Some((at, kind)) => (at, kind.map(|kind| &**kind)),
        None if listed => (node.at, Some(REVIEW)),
        None => return Err(malformed(node.at, "the review has no `kind`").help(SHAPE)),
    };
    match kind {
        Some(REVIEW) => {}
        Some(kind @ ("LocalSubjectAccessReview" | "SelfSubjectAccessReview" | "SelfSubjectRulesReview")) => {
            let message = format!("a `{kind}` is not answered");
            let help = "ask as a SubjectAccessReview: it names the user, its groups and, where there is one, the namespace";
            return Err(malformed(at, message).help(help));
        }
        Some(kind) => return Err(malformed(at, format!("`{kind}` is no kind of review")).help(SHAPE)),
        None => return Err(malformed(at, "`kind` must be a string").help(SHAPE)),
    }
    match said("apiVersion") {
        Some((_, Some(version))) if &**version == API_VERSION => Ok(()),
        None if listed => Ok(()),
        Some((at, Some(version))) => {
            Err(malformed(at, format!("the apiVersion `{version}` is not answered")).help(SHAPE))
        }
        Some((at, None)) => Err(malformed(at, "`apiVersion` must be a string").help(SHAPE)),
        None => Err(malformed(node.at, "the review has no `apiVersion`").help(SHAPE)),
    }
}

fn refuse_unknown(node: &Node, known: &Known, what: &str) -> Result<(), Fault> {
    let Value::Map(entries) = &node.value else { return Ok(()) };
    match entries.iter().find(|entry| !known.fields.contains(&&*entry.key)) {
        Some(entry) => {
            Err(malformed(entry.key_at, format!("{what} has no field `{}`", &*entry.key)).help(known.help))
        }
        None => Ok(()),
    }
}

/// `extra` is a mapping of lists of strings.
fn check_extra(extra: &Node, names: &Names) -> Result<(), Fault> {
    let fields = Fields::new(extra, names, "extra")?;
    let Value::Map(entries) = &extra.value else { return Ok(()) };
    entries.iter().try_for_each(|entry| fields.texts(&entry.key).map(drop))
}

/// Field and label selectors are for authorizers that read them; RBAC does not.
fn about_resource(node: &Node, names: &Names) -> Result<(Name, About), Fault> {
    let fields = Fields::new(node, names, "resourceAttributes")?;
    refuse_unknown(node, &RESOURCE, "`resourceAttributes`")?;
    fields.text("version")?;
    fields.object("fieldSelector")?;
    fields.object("labelSelector")?;
    let about = About::Resource {
        group: fields.text_or_empty("group")?,
        resource: fields.text_or_empty("resource")?,
        subresource: fields.text_or_empty("subresource")?,
        namespace: fields.text_or_empty("namespace")?,
        name: fields.text_or_empty("name")?,
    };
    Ok((fields.text_or_empty("verb")?, about))
}

fn about_path(node: &Node, names: &Names) -> Result<(Name, About), Fault> {
    let fields = Fields::new(node, names, "nonResourceAttributes")?;
    refuse_unknown(node, &PATH, "`nonResourceAttributes`")?;
    Ok((fields.text_or_empty("verb")?, About::Path(fields.text_or_empty("path")?)))
}
