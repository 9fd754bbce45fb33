//! Text that nobody sees, in each font that a report is set in: the browser looks them up while there is time.

use crate::frames::use_frames;
use yew::prelude::*;

/// How many the style sheet has under `.fonts`.
const FONTS: usize = 11;

/// Letters, and the signs that other fonts have to lend.
const TEXT: &str = "A ●○▸▾→·↓";

/// One font more with each frame; in the end nothing is left of them.
#[component]
pub fn Fonts() -> Html {
    let shown = use_frames(FONTS + 1);
    if shown > FONTS {
        return Html::default();
    }
    html! { <p class="fonts" aria-hidden="true">{ for (0..shown).map(|_| html! { <span>{ TEXT }</span> }) }</p> }
}
