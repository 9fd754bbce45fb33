//! What evidence points at → the lines as they stand in the input, which is read once more for them.
//!
//! No text is kept while an input is read. Whoever still has it pushes it again into a [`Search`], which takes the rules,
//! subjects and roleRefs that evidence names and nothing else, and only where they say what the report says of them.

mod passage;
mod same;
mod search;

pub use search::Search;

use crate::report::{AccessReport, BindingEvidence, Evidence, Path, RuleEvidence, Source, SubjectEvidence};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many places are looked for at most: a report of ten thousand findings names many.
const PLACES: usize = 4_000;

/// What of an object is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    /// One item of a role's `rules`.
    Rule,
    /// One item of a binding's `subjects`.
    Subject,
    /// A binding's `roleRef`; its place is the binding's.
    RoleRef,
}

/// A place in a source, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Spot {
    line: u32,
    column: u32,
    part: Part,
    /// What the report has of it: a rule as YAML, a subject by the question that is asked in its name.
    says: String,
    /// The namespace of a RoleBinding, which its ServiceAccounts may leave out.
    namespace: Option<String>,
}

/// What is looked for in one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct InSource {
    /// Bytes that were read of it: with another length it is no longer what was judged.
    bytes: u64,
    /// By place, without doubles.
    spots: Vec<Spot>,
}

/// What is looked for, by the name of the source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wanted(BTreeMap<String, InSource>);

impl Wanted {
    /// What these paths of a report point at.
    pub fn of<'a>(report: &AccessReport, paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let read = report.input.sources.iter().map(|source| (source.name.as_str(), source.bytes));
        let read: BTreeMap<&str, u64> = read.collect();
        let mut wanted = Wanted::default();
        let mut places = 0;
        let steps = paths.into_iter().flat_map(|path| &path.steps);
        for (source, part, says, namespace) in steps.flat_map(|step| &step.evidence).flat_map(named) {
            let Some(bytes) = read.get(source.file.as_str()) else { continue };
            let spots = &mut wanted.0.entry(source.file.clone()).or_default();
            spots.bytes = *bytes;
            let (line, column, says) = (source.line, source.column, says.to_owned());
            let spot = Spot { line, column, part, says, namespace: namespace.map(str::to_owned) };
            if let Err(place) = spots.spots.binary_search(&spot)
                && places < PLACES
            {
                places += 1;
                spots.spots.insert(place, spot);
            }
        }
        wanted
    }

    /// The sources that have to be read again.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Looks for what is wanted of this source; `None` if that is nothing.
    pub fn search(&self, source: &str) -> Option<Search> {
        let wanted = self.0.get(source)?;
        Some(Search::new(source, wanted.bytes, &wanted.spots))
    }
}

/// The places that evidence names, with what it says of them.
fn named(evidence: &Evidence) -> impl Iterator<Item = (&Source, Part, &str, Option<&str>)> {
    let rule = evidence.rule.as_ref();
    let rule = rule.and_then(|rule| Some((rule.source.as_ref()?, Part::Rule, rule.excerpt.as_str(), None)));
    let binding = evidence.binding.as_ref();
    let namespace = binding.and_then(|binding| binding.namespace.as_deref());
    let subject = evidence.subject.as_ref().zip(evidence.can_i.as_deref());
    let subject = subject
        .and_then(|(subject, asked)| Some((subject.source.as_ref()?, Part::Subject, asked, namespace)));
    let role_ref = binding.and_then(|binding| Some((binding.source.as_ref()?, Part::RoleRef, "", None)));
    [rule, subject, role_ref].into_iter().flatten()
}

/// Lines as they stand in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    at: Source,
    part: Part,
    /// The number of the first line.
    pub first: u32,
    /// The lines, without what ends them.
    pub lines: Vec<String>,
    /// How many more there are.
    pub more: u32,
}

impl Original {
    /// The lines with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &str)> {
        self.lines.iter().zip(self.first..).map(|(line, number)| (number, line.as_str()))
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Originals(BTreeMap<(Source, Part), Original>);

impl FromIterator<Original> for Originals {
    fn from_iter<I: IntoIterator<Item = Original>>(found: I) -> Self {
        Originals(
            found.into_iter().map(|original| ((original.at.clone(), original.part), original)).collect(),
        )
    }
}

impl Originals {
    /// Everything that was found.
    pub fn iter(&self) -> impl Iterator<Item = &Original> {
        self.0.values()
    }

    /// The lines of a rule.
    pub fn rule(&self, rule: &RuleEvidence) -> Option<&Original> {
        self.at(rule.source.as_ref(), Part::Rule)
    }

    /// The lines of a subject.
    pub fn subject(&self, subject: &SubjectEvidence) -> Option<&Original> {
        self.at(subject.source.as_ref(), Part::Subject)
    }

    /// The lines of a binding's roleRef.
    pub fn role_ref(&self, binding: &BindingEvidence) -> Option<&Original> {
        self.at(binding.source.as_ref(), Part::RoleRef)
    }

    fn at(&self, source: Option<&Source>, part: Part) -> Option<&Original> {
        self.0.get(&(source?.clone(), part))
    }
}
