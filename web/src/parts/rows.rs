//! A stretch of the table's rows → drawn while it is near the window; a gap of the same height while it is not.

use crate::outcome::{Change, Entry};
use crate::parts::finding::FindingDetail;
use crate::text::{count, shown};
use gloo::utils::document;
use js_sys::Array;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::prelude::*;

/// So many rows are drawn and taken away together.
pub const ROWS: usize = 25;

/// The height of a row until it is known better, in CSS pixels.
const ROW_HEIGHT: i32 = 68;

/// What a stretch is drawn from.
#[derive(Properties)]
pub struct Props {
    /// All entries.
    pub entries: Rc<Vec<Entry>>,
    /// The indices of those that are shown, in their order.
    pub picked: Rc<Vec<usize>>,
    /// Where in that order the stretch begins.
    pub start: usize,
    /// Whose entries are open.
    pub open: Rc<BTreeSet<String>>,
    /// Opens or closes one.
    pub toggle: Callback<String>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
            && Rc::ptr_eq(&self.picked, &other.picked)
            && Rc::ptr_eq(&self.open, &other.open)
            && self.start == other.start
    }
}

/// The stretch. The first one is drawn with the next frame, whatever is near.
#[component]
pub fn Rows(props: &Props) -> Html {
    let body = use_node_ref();
    let height = use_mut_ref(|| Option::<i32>::None);
    let near = use_near(&body, props.start == 0, &height);
    let indices: Vec<usize> = props.picked.iter().copied().skip(props.start).take(ROWS).collect();
    let gap = use_node_ref();
    let pixels = height.borrow().unwrap_or(ROW_HEIGHT.saturating_mul(indices.len() as i32));
    use_effect_with((near, pixels), {
        let gap = gap.clone();
        // By script, since the policy of the page takes no style from attributes.
        move |_| {
            if let Some(gap) = gap.cast::<HtmlElement>() {
                let _ = gap.style().set_property("height", &format!("{pixels}px"));
            }
        }
    });
    let rows = indices.iter().enumerate().filter_map(|(at, index)| {
        let entry = props.entries.get(*index)?.clone();
        let who = entry.row.who.clone();
        let open = props.open.contains(&who);
        let key = who.clone();
        let toggle = props.toggle.reform(move |()| who.clone());
        Some(html! { <FindingRow {key} {entry} {open} {toggle} number={props.start + at + 2} /> })
    });
    html! {
        <tbody role="rowgroup" ref={body}>
            if near {
                { for rows }
            } else {
                <tr class="gap" aria-hidden="true"><td ref={gap} colspan="5"></td></tr>
            }
        </tbody>
    }
}

/// Whether the element is near the window, or holds what is focused. Its height is kept when it goes.
#[hook]
fn use_near(body: &NodeRef, first: bool, height: &Rc<std::cell::RefCell<Option<i32>>>) -> bool {
    let near = use_state(|| false);
    let (setter, body, height) = (near.clone(), body.clone(), height.clone());
    use_effect_with((), move |()| {
        let element = body.cast::<HtmlElement>();
        let was = Cell::new(first);
        let watched = element.clone();
        let drawn = setter.clone();
        let frame = first.then(|| gloo::render::request_animation_frame(move |_| drawn.set(true)));
        let seen = Closure::<dyn FnMut(Array)>::new(move |changes: Array| {
            let last = changes.iter().last().and_then(|it| it.dyn_into::<IntersectionObserverEntry>().ok());
            let (Some(last), Some(element)) = (last, &watched) else { return };
            let near = last.is_intersecting() || holds_focus(element);
            if was.replace(near) && !near {
                *height.borrow_mut() = Some(element.offset_height());
            }
            setter.set(near);
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin("1000px 0px");
        let observer = IntersectionObserver::new_with_options(seen.as_ref().unchecked_ref(), &options).ok();
        if let (Some(observer), Some(element)) = (&observer, &element) {
            observer.observe(element);
        }
        move || {
            observer.iter().for_each(IntersectionObserver::disconnect);
            drop((seen, frame));
        }
    });
    *near
}

fn holds_focus(element: &HtmlElement) -> bool {
    document().active_element().is_some_and(|active| element.contains(Some(&active)))
}

#[derive(Properties)]
struct RowProps {
    entry: Entry,
    open: bool,
    toggle: Callback<()>,
    /// Its place in the table, from 1, with the headings.
    number: usize,
}

impl PartialEq for RowProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entry.row, &other.entry.row)
            && self.entry.change == other.entry.change
            && self.open == other.open
            && self.number == other.number
    }
}

/// A row, and under it what it stands for while it is open.
#[component]
fn FindingRow(props: &RowProps) -> Html {
    let (open, row) = (props.open, &props.entry.row);
    let click = props.toggle.reform(|event: MouseEvent| {
        // The button stands in the row: one click is one toggle.
        event.stop_propagation();
    });
    let detail = format!("finding-{}", row.fingerprint);
    let (severity, change) = (row.severity.as_str(), props.entry.change);
    let closed = change == Change::Closed;
    let rest = (row.paths > 1).then(|| format!(" and {}", count(row.paths - 1, "more path", "more paths")));
    html! {
        <>
            <tr role="row" class={classes!("finding", open.then_some("open"), closed.then_some("closed"))} onclick={click.clone()}
                aria-rowindex={props.number.to_string()}>
                <td role="cell">
                    if closed {
                        <span class="severity gone">{ "closed" }</span>
                    } else {
                        <span class={classes!("severity", severity)}>{ severity }</span>
                        if let Some(word) = word(change) { { " " }<span class="quiet changed">{ word }</span> }
                    }
                </td>
                <td role="cell">
                    <button type="button" class="identity" onclick={click} aria-expanded={open.to_string()}
                        aria-controls={open.then(|| detail.clone())}>
                        { shown(&row.who) }
                    </button>
                </td>
                <td role="cell">{ shown(&row.how) }<span class="quiet">{ rest }</span></td>
                <td role="cell">{ shown(&row.granted_by) }</td>
                <td role="cell" class="place">{ shown(&row.place) }</td>
            </tr>
            if open {
                <tr role="row" class="detail" id={detail}>
                    <td role="cell" colspan="5"><Opened entry={props.entry.clone()} /></td>
                </tr>
            }
        </>
    }
}

/// What leaving grants out made of a finding that is still there.
fn word(change: Change) -> Option<&'static str> {
    match change {
        Change::Lessened => Some("was worse"),
        Change::Opened => Some("no longer expected"),
        Change::None | Change::Closed => None,
    }
}

#[derive(Properties)]
struct OpenedProps {
    entry: Entry,
}

impl PartialEq for OpenedProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entry.row, &other.entry.row) && self.entry.change == other.entry.change
    }
}

/// The whole finding, parsed once.
#[component]
fn Opened(props: &OpenedProps) -> Html {
    let finding = use_memo(props.entry.clone(), |entry| {
        let finding = entry.finding().map(Rc::new)?;
        Some((finding, entry.before().map(Rc::new)))
    });
    match &*finding {
        Some((finding, before)) => {
            let closed = props.entry.change == Change::Closed;
            html! { <FindingDetail finding={finding.clone()} before={before.clone()} {closed} /> }
        }
        None => html! { { "This finding cannot be shown; it is in the JSON." } },
    }
}
