//! Roles and bindings, as stored: nothing is interpreted here, odd objects included.

use super::names::{Few, Labels, Location, Name};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A `ClusterRole` (`namespace` is `None`) or a `Role`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The namespace of a `Role`; `None` for a `ClusterRole`.
    pub namespace: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Its labels; aggregation selects by them.
    pub labels: Labels,
    /// The stored rules.
    pub rules: Vec<PolicyRule>,
    /// `aggregationRule.clusterRoleSelectors`; `None` where there is no aggregation rule.
    pub aggregation: Option<Vec<LabelSelector>>,
    /// Where it starts.
    pub at: Location,
}

/// One item of `rules`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyRule {
    /// What it says, of which there is one copy for the rules of all roles that say the same.
    pub lists: Arc<RuleLists>,
    /// Where the item starts.
    pub at: Location,
}

/// The lists of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleLists {
    /// `verbs`.
    pub verbs: Arc<[Name]>,
    /// `apiGroups`.
    pub api_groups: Arc<[Name]>,
    /// `resources`, subresources as `pods/exec`.
    pub resources: Arc<[Name]>,
    /// `resourceNames`; empty means every name.
    pub resource_names: Arc<[Name]>,
    /// `nonResourceURLs`.
    pub non_resource_urls: Arc<[Name]>,
}

impl RuleLists {
    /// All of them, in this order: what two rules must have in common to be one.
    pub fn all(&self) -> [&[Name]; 5] {
        [&self.verbs, &self.api_groups, &self.resources, &self.resource_names, &self.non_resource_urls]
    }
}

/// The hash of its lists, whatever they are held in.
impl Hash for RuleLists {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.all().hash(state);
    }
}

impl Deref for PolicyRule {
    type Target = RuleLists;

    fn deref(&self) -> &RuleLists {
        &self.lists
    }
}

impl From<RuleLists> for PolicyRule {
    /// A rule that stands nowhere.
    fn from(lists: RuleLists) -> Self {
        PolicyRule { lists: Arc::new(lists), at: Location::default() }
    }
}

/// A `metav1.LabelSelector`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct LabelSelector {
    /// `matchLabels`.
    pub match_labels: Labels,
    /// `matchExpressions`.
    pub match_expressions: Vec<SelectorRequirement>,
}

/// One item of `matchExpressions`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SelectorRequirement {
    /// The label.
    pub key: Name,
    /// How it is compared.
    pub operator: SelectorOperator,
    /// What with.
    pub values: Vec<Name>,
}

/// `operator` of a selector requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SelectorOperator {
    /// The label has one of the values.
    In,
    /// The label is unset or has none of the values.
    NotIn,
    /// The label is set.
    Exists,
    /// The label is unset.
    DoesNotExist,
    /// No operator that Kubernetes knows: the selector matches nothing.
    Other(Name),
}

/// A `ClusterRoleBinding` (`namespace` is `None`) or a `RoleBinding`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The namespace of a `RoleBinding`; `None` for a `ClusterRoleBinding`.
    pub namespace: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Its labels.
    pub labels: Labels,
    /// `roleRef`.
    pub role_ref: RoleRef,
    /// `subjects`.
    pub subjects: Few<Subject>,
    /// Where it starts.
    pub at: Location,
}

/// `roleRef`; its apiGroup is never read by the authorizer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleRef {
    /// `ClusterRole` or `Role`; anything else resolves to nothing.
    pub kind: Name,
    /// The role's name.
    pub name: Name,
}

/// One item of `subjects`; its apiGroup is never read by the authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`, case-sensitive; any other kind matches nobody.
    pub kind: Name,
    /// The subject's name.
    pub name: Name,
    /// The namespace of a ServiceAccount; empty where unset.
    pub namespace: Name,
    /// Where the item starts.
    pub at: Location,
}
