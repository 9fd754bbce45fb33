//! Roles and bindings, kept as they are stored: the authorizer decides what odd ones mean.

use super::Meta;
use crate::ingest::fields::Fields;
use crate::ingest::node::Fault;
use crate::model::{
    Binding, LabelSelector, PolicyRule, Role, RoleRef, SelectorOperator, SelectorRequirement, Subject,
};

pub(super) fn role(root: Fields<'_>, meta: Meta<'_>) -> Result<Role, Fault> {
    let aggregation = if root.has("aggregationRule") {
        Some(root.object("aggregationRule")?.list("clusterRoleSelectors", selector)?)
    } else {
        None
    };
    Ok(Role {
        namespace: meta.namespace_if_any(),
        labels: meta.labels()?,
        name: meta.name,
        rules: root.list("rules", rule)?,
        aggregation,
        at: meta.at,
    })
}

fn rule(rule: Fields<'_>) -> Result<PolicyRule, Fault> {
    let lists = [
        rule.texts("verbs")?,
        rule.texts("apiGroups")?,
        rule.texts("resources")?,
        rule.texts("resourceNames")?,
        rule.texts("nonResourceURLs")?,
    ];
    Ok(PolicyRule { lists: rule.names.rule(lists), at: rule.at() })
}

fn selector(selector: Fields<'_>) -> Result<LabelSelector, Fault> {
    Ok(LabelSelector {
        match_labels: selector.labels("matchLabels")?,
        match_expressions: selector.list("matchExpressions", requirement)?,
    })
}

fn requirement(requirement: Fields<'_>) -> Result<SelectorRequirement, Fault> {
    let operator = requirement.text_or_empty("operator")?;
    Ok(SelectorRequirement {
        key: requirement.text_or_empty("key")?,
        operator: match &*operator {
            "In" => SelectorOperator::In,
            "NotIn" => SelectorOperator::NotIn,
            "Exists" => SelectorOperator::Exists,
            "DoesNotExist" => SelectorOperator::DoesNotExist,
            _ => SelectorOperator::Other(operator),
        },
        values: requirement.texts("values")?,
    })
}

pub(super) fn binding(root: Fields<'_>, meta: Meta<'_>) -> Result<Binding, Fault> {
    let role_ref = root.object("roleRef")?;
    role_ref.text("apiGroup")?;
    Ok(Binding {
        namespace: meta.namespace_if_any(),
        labels: meta.labels()?,
        name: meta.name,
        role_ref: RoleRef { kind: role_ref.text_or_empty("kind")?, name: role_ref.text_or_empty("name")? },
        subjects: root.few("subjects", subject)?,
        at: meta.at,
    })
}

fn subject(subject: Fields<'_>) -> Result<Subject, Fault> {
    subject.text("apiGroup")?;
    Ok(Subject {
        kind: subject.text_or_empty("kind")?,
        name: subject.text_or_empty("name")?,
        namespace: subject.text_or_empty("namespace")?,
        at: subject.at(),
    })
}
