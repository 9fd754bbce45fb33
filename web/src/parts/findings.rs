//! The findings → a table whose rows open, and a fold with the expected ones.

use crate::outcome::{Entry, Outcome};
use crate::parts::finding::FindingDetail;
use crate::row::identity;
use crate::text::{count, grouped, shown};
use std::rc::Rc;
use yew::prelude::*;

/// What the table is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The outcome.
    pub outcome: Outcome,
}

/// All findings.
#[component]
pub fn Findings(props: &Props) -> Html {
    let (expected, open): (Vec<Entry>, Vec<Entry>) =
        props.outcome.entries.iter().cloned().partition(|entry| entry.row.expected.is_some());
    let title = count(expected.len() as u64, "expected identity", "expected identities");
    html! {
        <>
            if !open.is_empty() {
                <section class="findings" aria-label="Findings"><Table entries={open} /></section>
            }
            if !expected.is_empty() {
                <details class="fold">
                    <summary><h2>{ title }</h2></summary>
                    <p>{ "Shipped with Kubernetes or Cilium: they reach Cilium, and are meant to." }</p>
                    <Table entries={expected} />
                </details>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    entries: Vec<Entry>,
}

/// So many rows at a time, so that the page stays fluent however many there are.
const PAGE: usize = 100;

const HEAD: [&str; 5] = ["Severity", "Identity", "How", "Granted by", "Where"];

/// The roles are said because narrow screens lay the table out as blocks, which takes its meaning away.
#[component]
fn Table(props: &TableProps) -> Html {
    let visible = use_state(|| PAGE);
    let total = props.entries.len();
    let setter = visible.clone();
    let more = Callback::from(move |_| setter.set(*setter + PAGE));
    let head = HEAD.iter().map(|head| html! { <th role="columnheader" scope="col">{ *head }</th> });
    html! {
        <>
            <table role="table">
                <thead role="rowgroup"><tr role="row">{ for head }</tr></thead>
                <tbody role="rowgroup">
                    { for props.entries.iter().take(*visible).enumerate().map(|(index, entry)| html! {
                        <FindingRow key={index} entry={entry.clone()} />
                    }) }
                </tbody>
            </table>
            if total > *visible {
                <p class="buttons">
                    <button type="button" onclick={more}>
                        { format!("Show {} more of {}", PAGE.min(total - *visible), grouped(total as u64)) }
                    </button>
                </p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    entry: Entry,
}

/// A row, and under it what it stands for once it was opened.
#[component]
fn FindingRow(props: &RowProps) -> Html {
    let open = use_state(|| false);
    let row = &props.entry.row;
    let setter = open.clone();
    let toggle = Callback::from(move |event: MouseEvent| {
        // The button stands in the row: one click is one toggle.
        event.stop_propagation();
        setter.set(!*setter);
    });
    let detail = format!("finding-{}", row.fingerprint);
    let severity = row.severity.as_str();
    let rest = (row.paths > 1).then(|| format!(" and {}", count(row.paths - 1, "more path", "more paths")));
    html! {
        <>
            <tr role="row" class={classes!("finding", open.then_some("open"))} onclick={toggle.clone()}>
                <td role="cell"><span class={classes!("severity", severity)}>{ severity }</span></td>
                <td role="cell">
                    <button type="button" class="identity" onclick={toggle} aria-expanded={open.to_string()}
                        aria-controls={open.then(|| detail.clone())}>
                        { shown(&identity(&row.identity)) }
                    </button>
                </td>
                <td role="cell">{ shown(&row.how) }<span class="quiet">{ rest }</span></td>
                <td role="cell">{ shown(&row.granted_by) }</td>
                <td role="cell" class="place">{ shown(&row.place) }</td>
            </tr>
            if *open {
                <tr role="row" class="detail" id={detail}>
                    <td role="cell" colspan="5">
                        if let Some(finding) = props.entry.finding() {
                            <FindingDetail finding={Rc::new(finding)} />
                        } else {
                            { "This finding cannot be shown; it is in the JSON." }
                        }
                    </td>
                </tr>
            }
        </>
    }
}
