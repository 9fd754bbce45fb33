//! How Kubernetes RBAC decides: the one place that compares verbs, groups, resources, names and subjects.

mod aggregation;
mod escalation;
mod index;
mod roles;
mod rules;
mod subjects;

pub use escalation::is_covered;
pub use index::{Attributes, Authorizer, BoundBinding, Decision, ResourceTarget, Target};
pub use roles::{EffectiveRule, RoleTable, Rules};
pub use rules::{
    ResourceRequest, coverage, name_matches, name_restricted, names_resource, path_matches, proxied_object,
    proxy_name_matches, rule_covers,
};
pub use subjects::{
    IMPLIED_PREFIX, Identity, identity_of, implied_groups, is_nobody, user_identity, username,
};
