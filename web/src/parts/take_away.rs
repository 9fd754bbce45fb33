//! An outcome → buttons that save it, each as one file, with or without its names.

use crate::format::Format;
use crate::protocol::What;
use crate::taker::Taker;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the buttons do.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Says whether names are to be replaced.
    pub redact: Callback<bool>,
}

/// The buttons.
#[component]
pub fn TakeAway(props: &Props) -> Html {
    let Some(taker) = use_context::<Taker>() else { return html! {} };
    let button = |format: Format| {
        let taker = taker.clone();
        let click = Callback::from(move |_| match format {
            Format::Json if !taker.redacted => taker.save(&format.file(false)),
            _ => taker.take(What::Report(format), format.file(taker.redacted)),
        });
        let name = format.name();
        html! {
            <button type="button" onclick={click} aria-label={format!("Download {name}")}>{ name }</button>
        }
    };
    let redact =
        props.redact.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <div class="take-away" role="group" aria-label="Download">
            <span class="quiet" aria-hidden="true">{ "Download" }</span>
            { for Format::ALL.map(button) }
            <label><input type="checkbox" checked={taker.redacted} onchange={redact} />{ " Redact names" }</label>
        </div>
    }
}
