//! A path → its picture in the page, put together from nothing but shapes and text, and a button that saves it.

use crate::format::file_name;
use crate::protocol::What;
use crate::taker::Taker;
use cilium_exec_check_core::render::{Place, path_picture};
use cilium_exec_check_core::report::{EntityRef, Path};
use wasm_bindgen::JsValue;
use web_sys::{DomParser, Element, Node, SupportedType};
use yew::prelude::*;

/// What is drawn.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whose path it is.
    pub who: EntityRef,
    /// The path.
    pub path: Path,
}

/// What a picture is made of: anything else is not put into the page.
const SHAPES: [&str; 8] = ["svg", "title", "desc", "g", "path", "rect", "text", "tspan"];

/// The picture. Where it cannot be drawn there is none: the steps beside it say the same.
#[component]
pub fn Picture(props: &Props) -> Html {
    let node = use_memo(props.path.clone(), |path| drawn(&path_picture(path, Place::Page)).ok());
    let taker = use_context::<Taker>();
    let Some(node) = (*node).clone() else { return html! {} };
    html! {
        <figure class="drawn">
            { Html::VRef(node) }
            if let Some(taker) = taker { <figcaption>{ save(taker, props) }</figcaption> }
        </figure>
    }
}

fn save(taker: Taker, props: &Props) -> Html {
    let label = if taker.redacted { "Save as SVG, redacted" } else { "Save as SVG" };
    let (who, path) = (props.who.clone(), props.path.clone());
    let click = Callback::from(move |_: MouseEvent| {
        let name = file_name("cilium-exec-check-path", taker.redacted, "svg");
        taker.take(What::Picture(who.clone(), Box::new(path.clone())), name);
    });
    html! { <button type="button" class="plain" onclick={click}>{ label }</button> }
}

/// Parsed as XML, where nothing runs and nothing is guessed, and looked through before it is taken over.
fn drawn(text: &str) -> Result<Node, JsValue> {
    let parsed = DomParser::new()?.parse_from_string(text, SupportedType::ImageSvgXml)?;
    let root = parsed.document_element().filter(is_harmless).ok_or(JsValue::NULL)?;
    gloo::utils::document().import_node_with_deep(&root, true)
}

/// Whether it and everything in it is a shape without links, scripts and styles of its own.
fn is_harmless(element: &Element) -> bool {
    let harmless = |name: String| !name.starts_with("on") && !name.ends_with("href") && name != "style";
    let attributes = element.get_attribute_names();
    let mut children = (0..element.children().length()).filter_map(|index| element.children().item(index));
    SHAPES.contains(&element.local_name().as_str())
        && attributes.iter().filter_map(|name| name.as_string()).all(|name| harmless(name.to_lowercase()))
        && children.all(|child| is_harmless(&child))
}
