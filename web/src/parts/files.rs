//! The sources of a report → a list that says of each what was in it, and where it could not be read.

use crate::protocol::SourceFile;
use crate::state::Action;
use crate::text::{count, shown, size};
use cilium_exec_check_core::report::{AccessReport, DiagnosticRef, SourceRef};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

/// What the list is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The report.
    pub report: Rc<AccessReport>,
    /// The files that it was made of; archives among them are several sources of the report.
    pub files: Rc<Vec<SourceFile>>,
    /// Where the buttons go.
    pub act: Callback<Action>,
}

/// Files, and diagnostics of one, are listed up to this many; all of them are in the JSON.
const LISTED: usize = 50;

/// The list, files with something wrong first.
#[component]
pub fn Files(props: &Props) -> Html {
    let report = &props.report;
    let mut by_file: BTreeMap<&str, Vec<&DiagnosticRef>> = BTreeMap::new();
    for diagnostic in &report.diagnostics {
        let file = diagnostic.source.as_ref().map_or("", |source| source.file.as_str());
        by_file.entry(file).or_default().push(diagnostic);
    }
    let mut sources: Vec<&SourceRef> = report.input.sources.iter().collect();
    sources.sort_by_key(|source| !by_file.contains_key(source.name.as_str()));
    let listed: Vec<(&SourceRef, Vec<&DiagnosticRef>)> = sources
        .iter()
        .take(LISTED)
        .map(|source| (*source, by_file.remove(source.name.as_str()).unwrap_or_default()))
        .collect();
    let bytes = sources.iter().map(|source| source.bytes).sum();
    let title = format!("{}, {}", count(sources.len() as u64, "file", "files"), size(bytes));
    let wrong = summary(&report.diagnostics);
    html! {
        <details class="fold" open={!wrong.is_empty() || sources.len() <= 5}>
            <summary>
                <h2>{ title }if !wrong.is_empty() { { ": " }<span class="wrong">{ wrong.clone() }</span> }</h2>
            </summary>
            <ul class="files">
                { for listed.iter().map(|(source, diagnostics)| file(source, diagnostics, props)) }
            </ul>
            if sources.len() > LISTED {
                <p class="quiet">{ format!("and {} more", sources.len() - LISTED) }</p>
            }
            // Those of files that were not listed, or of no file.
            <ul class="diagnostics">{ for by_file.values().flatten().take(LISTED).map(|it| diagnostic(it)) }</ul>
        </details>
    }
}

fn summary(diagnostics: &[DiagnosticRef]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == "error").count() as u64;
    let warnings = diagnostics.len() as u64 - errors;
    let parts = [(errors, "error", "errors"), (warnings, "warning", "warnings")];
    let some = parts.iter().filter(|(number, ..)| *number > 0);
    some.map(|(number, one, many)| count(*number, one, many)).collect::<Vec<_>>().join(", ")
}

fn file(source: &SourceRef, diagnostics: &[&DiagnosticRef], props: &Props) -> Html {
    let owner = props.files.iter().find(|file| file.holds(&source.name));
    let owner = owner.map_or_else(|| source.name.clone(), |file| file.name.clone());
    let (name, label) = (shown(&source.name), shown(&owner));
    let text = if owner == source.name { "Remove".to_owned() } else { format!("Remove {label}") };
    let remove = props.act.reform(move |_| Action::Remove(owner.clone()));
    let state = format!("{}, {}", count(source.objects, "object", "objects"), size(source.bytes));
    html! {
        <li>
            <span class="name">{ name }</span>
            <span class="state">{ state }</span>
            <button type="button" class="plain" onclick={remove} aria-label={format!("Remove {label}")}>
                { text }
            </button>
            if !diagnostics.is_empty() {
                <ul class="diagnostics">{ for diagnostics.iter().take(LISTED).map(|it| diagnostic(it)) }</ul>
            }
            if diagnostics.len() > LISTED {
                <p class="quiet">{ format!("and {} more", diagnostics.len() - LISTED) }</p>
            }
        </li>
    }
}

/// As the command line says it: `FILE:LINE:COLUMN: message`.
fn diagnostic(diagnostic: &DiagnosticRef) -> Html {
    let place = diagnostic.source.as_ref().map(|source| match source.line {
        0 => source.file.clone(),
        line => format!("{}:{line}:{}", source.file, source.column),
    });
    html! {
        <li class={classes!((diagnostic.severity == "error").then_some("error"))}>
            if let Some(place) = place { <span class="place">{ shown(&place) }</span>{ ": " } }
            { shown(&diagnostic.message) }
            if let Some(help) = &diagnostic.help { <span class="help">{ shown(help) }</span> }
        </li>
    }
}
