//! A made-up export, checked some times before anybody asks → code that the browser has compiled well when somebody does.
//!
//! A browser compiles WebAssembly quickly at first, and once more, for speed, what has run often. A large export is over
//! before that is done.

use crate::check::tell_report;
use cilium_exec_check_core::ingest::assemble;
use cilium_exec_check_core::{Options, analyze, demo};
use cilium_exec_check_unpack as unpack;
use gloo::timers::future::TimeoutFuture;
use std::io::Cursor;

/// Objects as most of a cluster's are, to be repeated with another number.
const OBJECTS: &str = include_str!("exercise.yaml");

/// How often they are repeated.
const COPIES: usize = 300;

/// So often all is checked: afterwards hardly anything becomes quicker.
const ROUNDS: usize = 20;

/// Milliseconds before each round, in which jobs come in and others compute.
const PAUSE: u32 = 20;

/// Checks it as long as nobody asks for anything.
pub async fn exercise(is_idle: impl Fn() -> bool) {
    let objects = (0..COPIES).map(|number| OBJECTS.replace("NNN", &format!("{number:03}")));
    let text = format!("apiVersion: v1\nitems:\n{}kind: List\n", objects.collect::<String>());
    // The sample has ways in; what is repeated leads nowhere.
    let sources = [demo::sources(), &[("exercise.yaml", text.as_bytes())]].concat();
    for _ in 0..ROUNDS {
        TimeoutFuture::new(PAUSE).await;
        if !is_idle() {
            return;
        }
        let read = sources
            .iter()
            .flat_map(|(name, text)| unpack::source(name, &mut Cursor::new(text), text.len() as u64));
        tell_report(analyze(&assemble(read.collect()), &Options::default()), &|_| {});
    }
}
