//! What to export, as the commands that do it.

use crate::args::PROGRAM;
use cilium_exec_check_core::report::EXPORT_COMMANDS;

/// The commands, one a line, indented.
pub(crate) fn export_commands() -> String {
    EXPORT_COMMANDS.map(|command| format!("  {command}")).join("\n")
}

/// What to do where no RBAC object was in the input.
pub(crate) fn no_rbac() -> String {
    format!(
        "\
There is nothing to check: no RBAC object is in the input.
Export what is needed (kubectl lists, and reads no Secret), then check both files:
{}
  {PROGRAM} -f rbac.yaml -f cluster.yaml
",
        export_commands()
    )
}

/// What to do where the pods or workloads show no Cilium.
pub(crate) const NO_CILIUM: &str = "\
There is nothing to check: none of the pods and workloads in the input is Cilium's.
Where it runs, but is not recognized, name its namespace: --cilium-namespace NAMESPACE.
";
