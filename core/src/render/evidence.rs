//! What allows a request → facts in words, each with the place in the input where it stands.

use super::words::{binding_name, request, role_name};
use crate::report::{Authorizer, Evidence, Source};

/// One fact.
pub(super) struct Fact<'a> {
    /// What it is about.
    pub(super) term: &'static str,
    pub(super) words: String,
    /// Where it is written, if that is known.
    pub(super) source: Option<&'a Source>,
}

/// The request and what allows it, in the order in which one would look it up; the rule, if there is one, is last.
pub(super) fn facts(evidence: &Evidence) -> Vec<Fact<'_>> {
    let mut facts = Vec::new();
    let mut fact = |term, words, source| facts.push(Fact { term, words, source });
    fact("request", request(&evidence.request), None);
    match evidence.authorizer {
        Authorizer::Node => fact("allowed by", "the node authorizer".to_owned(), None),
        Authorizer::Masters => {
            let words = "group system:masters, which no authorizer is asked about";
            fact("allowed by", words.to_owned(), None);
        }
        Authorizer::Rbac => {}
    }
    if let Some(binding) = &evidence.binding {
        fact("binding", binding_name(binding), binding.source.as_ref());
    }
    if let Some(subject) = &evidence.subject {
        fact("subject", format!("subjects[{}]", subject.index), subject.source.as_ref());
    }
    if let Some(role) = &evidence.role {
        fact("role", role_name(role), role.source.as_ref());
    }
    if let Some(rule) = &evidence.rule {
        fact("rule", format!("rules[{}]", rule.index), rule.source.as_ref());
    }
    facts
}
