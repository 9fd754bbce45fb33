//! Steps and their evidence: the request that is made, and the binding, role, rule and subject that allow it.

use super::EntityRef;
use serde::{Deserialize, Serialize};

/// A place in the input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// The source's name, as given.
    pub file: String,
    /// From 1; 0 for the source as a whole.
    pub line: u32,
    /// From 1; 0 for the source as a whole.
    pub column: u32,
}

/// How sure a path is: as sure as its weakest step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Everything it needs is in the input.
    Certain,
    /// It needs something that YAML does not show; the conditions say what.
    Conditional,
    /// Something in the input stands in its way; it never counts.
    Blocked,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// The id of the technique, or of the derived step.
    pub technique: String,
    /// Who or what acts.
    pub from: EntityRef,
    /// What is reached.
    pub to: EntityRef,
    /// What allows it; empty for derived steps.
    pub evidence: Vec<Evidence>,
}

/// One request and what allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Who makes the request, where that is not who the step starts from: requests may be spread over several identities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<EntityRef>,
    /// Which authorizer allows it.
    pub authorizer: Authorizer,
    /// The request.
    pub request: RequestRef,
    /// The binding; null unless the authorizer is rbac.
    pub binding: Option<BindingEvidence>,
    /// The role; null unless the authorizer is rbac.
    pub role: Option<RoleEvidence>,
    /// The rule; null unless the authorizer is rbac.
    pub rule: Option<RuleEvidence>,
    /// The subject of the binding; null unless the authorizer is rbac.
    pub subject: Option<SubjectEvidence>,
    /// The same question for a live cluster.
    pub can_i: Option<String>,
}

/// Which authorizer allows a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Authorizer {
    /// A role binding.
    Rbac,
    /// The node authorizer.
    Node,
    /// The group `system:masters`, which no authorizer is asked about.
    Masters,
}

/// The attributes of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestRef {
    /// The verb.
    pub verb: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The resource.
    pub resource: String,
    /// The subresource, or empty.
    pub subresource: String,
    /// The namespace; null for a cluster-scoped request.
    pub namespace: Option<String>,
    /// The object's name; null where any name does or none is given.
    pub name: Option<String>,
}

/// A binding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BindingEvidence {
    /// `RoleBinding` or `ClusterRoleBinding`.
    pub kind: String,
    /// The namespace of a RoleBinding.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub source: Option<Source>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleEvidence {
    /// `Role` or `ClusterRole`.
    pub kind: String,
    /// The namespace of a Role.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub source: Option<Source>,
}

/// The rule that allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RuleEvidence {
    /// Its index in `rules`, from 0.
    pub index: u32,
    /// Its verbs.
    pub verbs: Vec<String>,
    /// Its apiGroups.
    pub api_groups: Vec<String>,
    /// Its resources.
    pub resources: Vec<String>,
    /// Its resourceNames.
    pub resource_names: Vec<String>,
    /// The rule as YAML.
    pub excerpt: String,
    /// Where the item starts.
    pub source: Option<Source>,
}

/// The subject of the binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectEvidence {
    /// Its index in `subjects`, from 0.
    pub index: u32,
    /// Where the item starts.
    pub source: Option<Source>,
}
