//! An outcome → the answer, what it rests on, and what to take away.

use crate::outcome::Outcome;
use crate::parts::cilium;
use crate::parts::coverage::Coverage;
use crate::parts::take_away::TakeAway;
use crate::state::{Action, headline, nothing};
use crate::text::{count, grouped, shown};
use cilium_exec_check_core::report::{AccessReport, KindState, Nothing, VerdictState, VersionSource};
use cilium_exec_check_core::{Options, render};
use yew::prelude::*;

/// What the verdict is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The outcome.
    pub outcome: Outcome,
    /// What it was made with.
    pub options: Options,
    /// Says whether names are to be replaced in what is taken away.
    pub redact: Callback<bool>,
    /// Where the buttons go.
    pub act: Callback<Action>,
}

/// The verdict with the coverage and the exports.
#[component]
pub fn Verdict(props: &Props) -> Html {
    let report = &props.outcome.report;
    let reachable = report.verdict.state == VerdictState::Reachable;
    html! {
        <section class={classes!("verdict", reachable.then_some("reachable"))} aria-labelledby="verdict">
            <h2 id="verdict">{ headline(report, &props.options) }</h2>
            if let Some(line) = render::what_if(report) { <p class="incomplete what">{ line }</p> }
            if let Some(nothing) = nothing(report, &props.options) {
                <p class="incomplete">{ next(nothing) }</p>
            } else {
                { incomplete(report) }
                <p class="counts">{ counts(report) }</p>
                <p class="context">
                    if let Some(line) = cilium::summary(&report.cilium) { <span>{ shown(&line) }</span> }
                    <span>{ version(report) }</span>
                </p>
            }
            <Coverage entries={report.input.coverage.clone()} />
            <div class="buttons">
                <TakeAway redact={props.redact.clone()} />
                <button type="button" onclick={props.act.reform(|_| Action::Clear)}>{ "Start over" }</button>
            </div>
        </section>
    }
}

/// What to do where there was nothing to check.
fn next(nothing: Nothing) -> &'static str {
    match nothing {
        Nothing::NoRbac => {
            "Who may do what stands in roles and bindings. “How to export them” above has the commands; \
             drop what they write."
        }
        Nothing::NoCilium => {
            "Export the pods of all namespaces. Where Cilium runs but is not recognized, name its namespace under \
             “Options” below."
        }
    }
}

/// `3 findings: 1 critical, 2 high; 14 expected`.
fn counts(report: &AccessReport) -> String {
    let counts = &report.verdict.counts;
    let severities = [
        (counts.critical, "critical"),
        (counts.high, "high"),
        (counts.medium, "medium"),
        (counts.low, "low"),
    ];
    let folded =
        [(counts.expected, "expected"), (counts.accepted, "accepted"), (counts.baseline, "in the baseline")];
    let list = |items: &[(u64, &str)]| {
        let some = items.iter().filter(|(number, _)| *number > 0);
        some.map(|(number, word)| format!("{} {word}", grouped(*number))).collect::<Vec<_>>().join(", ")
    };
    let unexpected = severities.iter().map(|(number, _)| number).sum();
    let mut text = count(unexpected, "finding", "findings");
    if unexpected > 0 {
        text.push_str(&format!(": {}", list(&severities)));
    }
    let rest = list(&folded);
    if rest.is_empty() { text } else { format!("{text}; {rest}") }
}

/// The kinds without which the answer is a lower bound.
const DECIDING: [&str; 8] = [
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Pod",
    "Namespace",
    "ServiceAccount",
    "Node",
];

fn incomplete(report: &AccessReport) -> Html {
    if report.input.complete {
        return Html::default();
    }
    let said = [
        (KindState::Absent, "not in the input"),
        (KindState::Denied, "refused by the server"),
        (KindState::Partial, "only in part"),
    ];
    let part = |(state, words): (KindState, &str)| {
        let missing = report.input.coverage.iter().filter(|entry| entry.state == state);
        let kinds = missing.map(|entry| entry.kind.as_str()).filter(|kind| DECIDING.contains(kind));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        (!kinds.is_empty()).then(|| format!("{kinds} ({words})"))
    };
    let missing = said.into_iter().filter_map(part).collect::<Vec<_>>().join("; ");
    html! {
        <p class="incomplete">
            <strong>{ "INCOMPLETE" }</strong>
            if !missing.is_empty() { { ": " } { missing } }
            { ". What was found holds; there may be more." }
        </p>
    }
}

fn version(report: &AccessReport) -> String {
    let version = report.input.kubernetes_version.as_deref().map(shown);
    match (version, report.input.kubernetes_version_source) {
        (Some(version), VersionSource::Nodes) => format!("Kubernetes {version} or newer (from nodes)"),
        (Some(version), _) => format!("Kubernetes {version}"),
        (None, _) => "Kubernetes version unknown: everything from 1.24 on is possible".to_owned(),
    }
}
