//! What is drawn for the first time has the browser compile code and look up fonts: it is shown part by part, one with each
//! frame, as all of it at once would keep the page from answering.

use yew::prelude::*;

/// How many of all parts are shown: one at first.
#[hook]
pub fn use_frames(all: usize) -> usize {
    let shown = use_state(|| 1);
    let next = shown.clone();
    use_effect_with(*shown, move |_| {
        let more = *next < all;
        let frame = more.then(|| gloo::render::request_animation_frame(move |_| next.set(*next + 1)));
        move || drop(frame)
    });
    *shown
}
