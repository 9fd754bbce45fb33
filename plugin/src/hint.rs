//! What to export, as the commands that do it.

use crate::args::PROGRAM;
use cilium_exec_check_core::report::{EXPORT_COMMANDS, Nothing};

/// The commands, one a line, indented.
pub(crate) fn export_commands() -> String {
    EXPORT_COMMANDS.map(|command| format!("  {command}")).join("\n")
}

/// Why there was nothing to check, and what to do about it.
pub(crate) fn nothing_to_check(nothing: Nothing) -> String {
    let next = match nothing {
        Nothing::NoRbac => format!(
            "Export what is needed (kubectl lists, and reads no Secret), then check both files:\n{}\n  \
             {PROGRAM} -f rbac.yaml -f cluster.yaml",
            export_commands()
        ),
        Nothing::NoCilium => {
            "Where it runs, but is not recognized, name its namespace: --cilium-namespace NAMESPACE."
                .to_owned()
        }
    };
    format!("{}\n{next}\n", nothing.sentence())
}
