//! What allows a request → facts in words, each with the place in the input where it stands, and its lines.

use super::name::identity;
use super::words::{binding_name, count, request, role_name};
use crate::original::{Original, Originals};
use crate::report::{Authorizer, Evidence, Source};

/// One fact.
pub(super) struct Fact<'a> {
    /// What it is about.
    pub(super) term: &'static str,
    pub(super) words: String,
    /// Where it is written, if that is known.
    pub(super) source: Option<&'a Source>,
    pub(super) lines: Lines<'a>,
}

/// What is shown under a fact.
#[derive(Clone, Copy)]
pub(super) enum Lines<'a> {
    /// Nothing.
    None,
    /// Lines as they stand in the input.
    Original(&'a Original),
    /// A rule as it was read, where the input cannot be read once more.
    Normalised(&'a str),
}

/// What is said of lines that are not shown.
pub(super) fn more_lines(original: &Original) -> Option<String> {
    (original.more > 0).then(|| format!("and {}", count(original.more.into(), "more line", "more lines")))
}

impl<'a> From<Option<&'a Original>> for Lines<'a> {
    fn from(found: Option<&'a Original>) -> Self {
        found.map_or(Lines::None, Lines::Original)
    }
}

/// The request and what allows it, in the order in which one would look it up; the rule, if there is one, is last.
pub(super) fn facts<'a>(evidence: &'a Evidence, originals: &'a Originals) -> Vec<Fact<'a>> {
    let mut facts = Vec::new();
    let mut fact = |term, words, source, lines| facts.push(Fact { term, words, source, lines });
    if let Some(by) = &evidence.by {
        fact("as", identity(by), None, Lines::None);
    }
    fact("request", request(&evidence.request), None, Lines::None);
    match evidence.authorizer {
        Authorizer::Node => fact("allowed by", "the node authorizer".to_owned(), None, Lines::None),
        Authorizer::Masters => {
            let words = "group system:masters, which no authorizer is asked about";
            fact("allowed by", words.to_owned(), None, Lines::None);
        }
        Authorizer::Rbac => {}
    }
    if let Some(binding) = &evidence.binding {
        fact("binding", binding_name(binding), binding.source.as_ref(), originals.role_ref(binding).into());
    }
    if let Some(subject) = &evidence.subject {
        let words = format!("subjects[{}]", subject.index);
        fact("subject", words, subject.source.as_ref(), originals.subject(subject).into());
    }
    if let Some(role) = &evidence.role {
        fact("role", role_name(role), role.source.as_ref(), Lines::None);
    }
    if let Some(rule) = &evidence.rule {
        let (words, lines) = match originals.rule(rule) {
            Some(original) => (format!("rules[{}]", rule.index), Lines::Original(original)),
            None => (format!("rules[{}], normalised", rule.index), Lines::Normalised(&rule.excerpt)),
        };
        fact("rule", words, rule.source.as_ref(), lines);
    }
    facts
}
