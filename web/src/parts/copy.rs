//! Text → a button that copies it.

use gloo::timers::callback::Timeout;
use gloo::utils::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};
use yew::prelude::*;

/// What is copied.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text, exactly.
    pub text: AttrValue,
    /// What it is, for who does not see where the button stands.
    pub what: AttrValue,
}

/// How long the button says what came of it, in milliseconds.
const SAID: u32 = 2500;

/// The button.
#[component]
pub fn Copy(props: &Props) -> Html {
    let said = use_state(|| Option::<bool>::None);
    let (text, setter) = (props.text.clone(), said.clone());
    let click = Callback::from(move |_| {
        let (text, setter) = (text.clone(), setter.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let copied = copy(&text).await.is_ok();
            setter.set(Some(copied));
            Timeout::new(SAID, move || setter.set(None)).forget();
        });
    });
    let label = match *said {
        None => "Copy",
        Some(true) => "Copied",
        Some(false) => "The browser refused",
    };
    html! {
        <>
            <button type="button" class="plain copy" onclick={click} aria-label={format!("{label}: {}", props.what)}>
                { label }
            </button>
            <span class="unseen" role="status">{ said.map(|_| label).unwrap_or_default() }</span>
        </>
    }
}

/// By the clipboard where the browser gives it to this page, else as a user would.
async fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard = window().navigator().clipboard();
    if !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return Ok(());
    }
    let focused = document().active_element();
    let field = document().create_element("textarea")?.dyn_into::<HtmlTextAreaElement>()?;
    field.set_value(text);
    field.set_class_name("unseen");
    gloo::utils::body().append_child(&field)?;
    field.select();
    let copied = document().dyn_into::<HtmlDocument>()?.exec_command("copy");
    field.remove();
    if let Some(focused) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        focused.focus()?;
    }
    if copied? { Ok(()) } else { Err(JsValue::NULL) }
}
