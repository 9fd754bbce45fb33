//! The fields above a table: words to look for, a severity, an effect, and an order where there are no headings.

use crate::outcome::Entry;
use crate::row::EFFECTS;
use crate::text::grouped;
use crate::view::{Change, Column, Order, Query};
use cilium_exec_check_core::technique::{Effect, Severity};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the fields show.
#[derive(Properties)]
pub struct Props {
    /// All entries: what there is to choose from.
    pub entries: Rc<Vec<Entry>>,
    /// What is chosen.
    pub query: Query,
    /// The order.
    pub order: Order,
    /// Where changes go.
    pub change: Callback<Change>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries) && self.query == other.query && self.order == other.order
    }
}

const SEVERITIES: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

/// The fields.
#[component]
pub fn Filters(props: &Props) -> Html {
    let number = |wanted: &dyn Fn(&Entry) -> bool| props.entries.iter().filter(|entry| wanted(entry)).count();
    let severities = SEVERITIES.map(|it| (it.as_str(), number(&|entry| entry.row.severity == it)));
    let effects = EFFECTS.map(|it| (it.as_str(), number(&|entry| entry.row.effects.contains(&it))));
    let search = props
        .change
        .reform(|event: InputEvent| Change::Text(event.target_unchecked_into::<HtmlInputElement>().value()));
    let severity = props.change.reform(|event: Event| {
        Change::Severity(SEVERITIES.into_iter().find(|it| it.as_str() == chosen(&event)))
    });
    let effect = props
        .change
        .reform(|event: Event| Change::Effect(EFFECTS.into_iter().find(|it| it.as_str() == chosen(&event))));
    let sort = props.change.clone();
    let sort = Callback::from(move |event: Event| {
        let column = Column::ALL.into_iter().find(|column| column.heading() == chosen(&event));
        column.into_iter().for_each(|column| sort.emit(Change::Sort(column)));
    });
    let order = props.order.column;
    html! {
        <form class="filters" role="search" aria-label="Search the findings"
            onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <label class="search">
                <span class="unseen">{ "Search" }</span>
                <input type="search" placeholder="Search" autocomplete="off" spellcheck="false"
                    value={props.query.text.clone()} oninput={search} />
            </label>
            { select("Severity", &severities, props.query.severity.map(Severity::as_str), severity) }
            { select("Effect", &effects, props.query.effect.map(Effect::as_str), effect) }
            <label class="order">
                { "Sort by " }
                <select onchange={sort}>
                    { for Column::ALL.map(|column| html! {
                        <option value={column.heading()} selected={column == order}>{ column.heading() }</option>
                    }) }
                </select>
            </label>
        </form>
    }
}

/// A choice among those that there are, with their numbers.
fn select(
    name: &'static str,
    options: &[(&'static str, usize)],
    selected: Option<&'static str>,
    onchange: Callback<Event>,
) -> Html {
    let some = options.iter().filter(|(value, number)| *number > 0 || selected == Some(*value));
    html! {
        <label>
            { name }{ " " }
            <select {onchange}>
                <option value="" selected={selected.is_none()}>{ "any" }</option>
                { for some.map(|(value, number)| html! {
                    <option value={*value} selected={selected == Some(*value)}>
                        { format!("{value} ({})", grouped(*number as u64)) }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn chosen(event: &Event) -> String {
    event.target_unchecked_into::<HtmlSelectElement>().value()
}
