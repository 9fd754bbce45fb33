//! Entries → a table that is searched, narrowed down and sorted, and goes by keyboard, however many there are.

use crate::outcome::{Change as What, Entry};
use crate::parts::filters::Filters;
use crate::parts::rows::{ROWS, Rows};
use crate::text::{count, grouped};
use crate::view::{Change, Column, Order, View, pick};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, NodeList};
use yew::prelude::*;

/// What the table is drawn from.
#[derive(Properties, Clone)]
pub struct Props {
    /// What is in it.
    pub name: AttrValue,
    /// The entries, in the report's order.
    pub entries: Rc<Vec<Entry>>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

/// Fewer than this are seen at a glance.
const FILTERED: usize = 6;

/// The roles are said because narrow screens lay the table out as blocks, which takes its meaning away.
#[component]
pub fn Table(props: &Props) -> Html {
    let view = use_reducer(View::default);
    let entries = props.entries.clone();
    let picked = use_memo((view.query.clone(), view.order), move |(query, order)| {
        Rc::new(pick(&entries, query, *order))
    });
    let change = {
        let dispatcher = view.dispatcher();
        use_callback((), move |change: Change, ()| dispatcher.dispatch(change))
    };
    let toggle = {
        let change = change.clone();
        use_callback((), move |who, ()| change.emit(Change::Toggle(who)))
    };
    let (total, shown) = (props.entries.len(), picked.len());
    let starts = (0..shown).step_by(ROWS);
    let closed = props.entries.iter().filter(|entry| entry.change == What::Closed).count();
    html! {
        <>
            if total >= FILTERED {
                <Filters entries={props.entries.clone()} query={view.query.clone()} order={view.order}
                    change={change.clone()} />
            }
            <p class="shown quiet" aria-live="polite">{ said(shown, total, closed) }</p>
            if shown == 0 {
                <p class="none">
                    { "Nothing matches. " }
                    <button type="button" class="plain" onclick={change.reform(|_| Change::All)}>
                        { "Show everything" }
                    </button>
                </p>
            } else {
                <table role="table" aria-label={props.name.clone()} aria-rowcount={(shown + 1).to_string()}
                    onkeydown={Callback::from(walk)}>
                    <thead role="rowgroup">
                        <tr role="row" aria-rowindex="1">
                            { for Column::ALL.map(|column| head(column, view.order, &change)) }
                        </tr>
                    </thead>
                    { for starts.map(|start| html! {
                        <Rows key={start} entries={props.entries.clone()} picked={(*picked).clone()} {start}
                            open={view.open.clone()} toggle={toggle.clone()} />
                    }) }
                </table>
            }
        </>
    }
}

fn said(shown: usize, total: usize, closed: usize) -> String {
    let all = count(total as u64, "identity", "identities");
    let all = if shown == total { all } else { format!("{} of {all}", grouped(shown as u64)) };
    if closed == 0 { all } else { format!("{all}, {} of them closed", grouped(closed as u64)) }
}

fn head(column: Column, order: Order, change: &Callback<Change>) -> Html {
    let sorted = (order.column == column).then_some(match order.reversed {
        false => "ascending",
        true => "descending",
    });
    html! {
        <th role="columnheader" scope="col" aria-sort={sorted}>
            <button type="button" class="sort" onclick={change.reform(move |_| Change::Sort(column))}>
                { column.heading() }
            </button>
        </th>
    }
}

/// The arrow keys, Home and End go from row to row.
fn walk(event: KeyboardEvent) {
    let Some(here) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    if !here.class_list().contains("identity") {
        return;
    }
    let table = event.current_target().and_then(|table| table.dyn_into::<web_sys::Element>().ok());
    let Some(buttons) = table.and_then(|table| table.query_selector_all("button.identity").ok()) else {
        return;
    };
    let index = (0..buttons.length()).find(|index| buttons.get(*index).as_ref() == Some(&here)).unwrap_or(0);
    let next = match event.key().as_str() {
        "ArrowDown" => index + 1,
        "ArrowUp" => index.saturating_sub(1),
        "Home" => 0,
        "End" => buttons.length().saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    focus(&buttons, next);
}

fn focus(buttons: &NodeList, index: u32) {
    if let Some(button) = buttons.get(index).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        // It fails on what cannot be focused, and then nothing is lost.
        let _ = button.focus();
    }
}
