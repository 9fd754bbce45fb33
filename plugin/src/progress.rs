//! Which source is being read → one line on stderr that gives way to the next.

use crate::args::When;
use cilium_exec_check_core::render::shown;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

/// Says what is being read, from several threads.
pub(crate) struct Progress<'a> {
    stderr: Mutex<&'a mut (dyn Write + Send)>,
    style: Style,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Off,
    Lines,
    OneLine,
}

impl<'a> Progress<'a> {
    /// On a terminal one line is rewritten; elsewhere each source gets its own.
    pub(crate) fn new(
        when: Option<When>,
        terminal: bool,
        plain: bool,
        stderr: &'a mut (dyn Write + Send),
    ) -> Self {
        let rewritable = terminal && !plain;
        let style = match when.unwrap_or(When::Auto) {
            When::Never => Style::Off,
            When::Auto if !rewritable => Style::Off,
            When::Always if !rewritable => Style::Lines,
            _ => Style::OneLine,
        };
        Progress { stderr: Mutex::new(stderr), style }
    }

    /// A source is being read.
    pub(crate) fn reading(&self, name: &str) {
        let name = shown(name);
        match self.style {
            Style::Off => {}
            Style::Lines => self.write(&format!("reading {name}\n")),
            Style::OneLine => self.write(&format!("\r\x1b[2Kreading {name}")),
        }
    }

    /// Everything was read.
    pub(crate) fn done(&self) {
        if self.style == Style::OneLine {
            self.write("\r\x1b[2K");
        }
    }

    fn write(&self, text: &str) {
        let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}
