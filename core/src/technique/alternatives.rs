//! A requirement → the ways to meet it: each a set of requests and facts that must all hold.

use super::{Fact, RequestPattern, Requirement, find};

/// One way to meet a requirement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternative {
    /// Requests that must be allowed. Those of one group must be held by one identity; different groups may be held
    /// by different identities that the principal controls.
    pub requests: Vec<Vec<RequestPattern>>,
    /// Facts that must hold.
    pub facts: Vec<Fact>,
}

/// How deep entries may refer to each other; the catalogue's own depth is two.
const MAX_REFERENCES: usize = 4;

/// Every way to meet a requirement, in the order of the table.
pub fn alternatives(requirement: &Requirement) -> Vec<Alternative> {
    expand(requirement, MAX_REFERENCES)
}

fn expand(requirement: &Requirement, references: usize) -> Vec<Alternative> {
    match requirement {
        Requirement::Request(pattern) => {
            vec![Alternative { requests: vec![vec![*pattern]], facts: Vec::new() }]
        }
        Requirement::Fact(fact) => vec![Alternative { requests: Vec::new(), facts: vec![*fact] }],
        Requirement::Any(parts) => parts.iter().flat_map(|part| expand(part, references)).collect(),
        Requirement::All(parts) => product(parts, references),
        Requirement::AllOfOne(parts) => product(parts, references).into_iter().map(joined).collect(),
        Requirement::SameAs(id) => match (find(id), references.checked_sub(1)) {
            (Some(technique), Some(references)) => expand(&technique.requires, references),
            _ => Vec::new(),
        },
        Requirement::Nothing => Vec::new(),
    }
}

fn product(parts: &[Requirement], references: usize) -> Vec<Alternative> {
    parts.iter().fold(vec![Alternative::default()], |built, part| {
        let choices = expand(part, references);
        built
            .iter()
            .flat_map(|so_far| {
                choices.iter().map(|choice| {
                    let mut next = so_far.clone();
                    next.requests.extend(choice.requests.iter().cloned());
                    next.facts.extend(choice.facts.iter().copied());
                    next
                })
            })
            .collect()
    })
}

/// All requests in one group: one identity must hold them.
fn joined(alternative: Alternative) -> Alternative {
    let requests: Vec<_> = alternative.requests.into_iter().flatten().collect();
    let requests = if requests.is_empty() { Vec::new() } else { vec![requests] };
    Alternative { requests, facts: alternative.facts }
}
