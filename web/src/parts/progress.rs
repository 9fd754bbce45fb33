//! A check under way → how far it is, and the button that ends it.

use crate::state::Checking;
use crate::text::{count, shown, size};
use yew::prelude::*;

/// What the progress shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The check.
    pub checking: Checking,
    /// Ends it.
    pub cancel: Callback<()>,
}

/// Files are listed up to this many; beyond it their number says enough.
const LISTED: usize = 20;

/// The progress.
#[component]
pub fn Progress(props: &Props) -> Html {
    let checking = &props.checking;
    let (total, done) = (checking.total(), checking.done());
    let files = checking.files.len();
    let from = checking.file.saturating_sub(LISTED / 2).min(files.saturating_sub(LISTED));
    let what = if checking.analyzing {
        "Looking for ways in …".to_owned()
    } else {
        format!("Reading: {} of {}", size(done), size(total))
    };
    html! {
        <section class="progress" aria-label="Progress">
            <div class="line">
                <label for="progress">{ what }</label>
                <button type="button" onclick={props.cancel.reform(|_| ())}>{ "Cancel" }</button>
            </div>
            // Without a value it says that nobody knows how long it will take.
            if checking.analyzing {
                <progress id="progress" />
            } else {
                <progress id="progress" max={total.max(1).to_string()} value={done.to_string()} />
            }
            <ul class="files">
                { for checking.files.iter().enumerate().skip(from).take(LISTED).map(|(index, file)| html! {
                    <li>
                        <span class="name">{ shown(&file.name) }</span>
                        <span class="state">{ status(checking, index) }</span>
                    </li>
                }) }
            </ul>
            if files > LISTED {
                <p class="quiet">{ count(files as u64, "file", "files") }</p>
            }
        </section>
    }
}

fn status(checking: &Checking, index: usize) -> String {
    let bytes = checking.files.get(index).map_or(0, |file| file.blob.size() as u64);
    if checking.analyzing || index < checking.file {
        return format!("read, {}", size(bytes));
    }
    match checking.bytes.saturating_mul(100).checked_div(bytes) {
        Some(percent) if index == checking.file && percent > 0 => format!("{percent} % of {}", size(bytes)),
        _ => size(bytes),
    }
}
