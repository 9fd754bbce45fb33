//! Where files come in: dropped, chosen, pasted, or the sample.

use crate::intake;
use crate::state::Action;
use cilium_exec_check_core::report::EXPORT_COMMANDS;
use gloo::utils::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What the drop zone is told.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Something was checked already, so it makes room.
    pub small: bool,
    /// Files hover over the page.
    pub dragging: bool,
    /// Where files go.
    pub act: Callback<Action>,
    /// Asks for the sample.
    pub sample: Callback<()>,
}

/// The drop zone.
#[component]
pub fn DropZone(props: &Props) -> Html {
    let input = use_node_ref();
    let choose = {
        let input = input.clone();
        Callback::from(move |_| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let chosen = props.act.reform(|action| action);
    let chosen = Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        let files = input.files().as_ref().map(intake::chosen).unwrap_or_default();
        // The same file chosen again is a change, too.
        input.set_value("");
        if !files.is_empty() {
            chosen.emit(Action::Add(files));
        }
    });
    let act = props.act.clone();
    let folder = Callback::from(move |_| choose_folder(act.clone()));
    let class = classes!("drop", props.small.then_some("small"), props.dragging.then_some("over"));
    let call = if props.small {
        "Drop more files here, or the same ones again"
    } else {
        "Drop YAML or JSON files, a folder or an archive here"
    };
    html! {
        <section {class} aria-label="Files to check">
            <p class="call">{ call }</p>
            <input ref={input} type="file" multiple=true class="unseen" tabindex="-1" aria-label="Files to check"
                accept=".yaml,.yml,.json,.txt,.gz,.tgz,.tar,.zip,application/json,application/yaml,text/plain" onchange={chosen} />
            <p class="buttons">
                <button type="button" class="primary" onclick={choose}>{ "Choose files" }</button>
                <button type="button" onclick={folder}>{ "Choose a folder" }</button>
                <button type="button" onclick={props.sample.reform(|_| ())}>{ "Try the sample" }</button>
            </p>
            <div class="more">
                <PasteField act={props.act.clone()} />
                <details>
                    <summary>{ "How to export them" }</summary>
                    <p>{ "These commands list, and read no Secret. Any part of it helps: what is missing is named." }</p>
                    <pre tabindex="0"><code>{ EXPORT_COMMANDS.join("\n") }</code></pre>
                </details>
            </div>
        </section>
    }
}

/// What the field is told.
#[derive(Properties, PartialEq)]
struct PasteProps {
    act: Callback<Action>,
}

/// Text can be pasted anywhere on the page; here is a place for those who look for one.
#[component]
fn PasteField(props: &PasteProps) -> Html {
    let field = use_node_ref();
    let (text, act) = (field.clone(), props.act.clone());
    let check = Callback::from(move |_| {
        let text = text.cast::<HtmlTextAreaElement>().map(|field| field.value()).unwrap_or_default();
        if text.trim().is_empty() {
            act.emit(Action::alert("There is no text to check yet."));
        } else if let Some(file) = intake::pasted(&text, |_| false) {
            act.emit(Action::Add(vec![file]));
        }
    });
    html! {
        <details>
            <summary>{ "Paste text" }</summary>
            <label for="pasted">{ "YAML or JSON, as kubectl prints it with -o yaml" }</label>
            <textarea id="pasted" ref={field} rows="8" spellcheck="false" autocomplete="off" />
            <p class="buttons"><button type="button" onclick={check}>{ "Check this text" }</button></p>
        </details>
    }
}

/// Opens the browser's dialog for folders, by a field that is not part of the page.
fn choose_folder(act: Callback<Action>) {
    let input = document().create_element("input").ok();
    let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    input.set_type("file");
    let _ = input.set_attribute("webkitdirectory", "");
    let field = input.clone();
    let done = Closure::once_into_js(move || {
        let files = field.files().as_ref().map(intake::chosen_folder).unwrap_or_default();
        act.emit(if files.is_empty() {
            Action::alert(intake::NO_FILE_IN_FOLDER)
        } else {
            Action::Add(files)
        });
    });
    input.set_onchange(Some(done.unchecked_ref()));
    input.click();
}
