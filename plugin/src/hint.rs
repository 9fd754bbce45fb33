//! What to export, as the commands that do it.

/// Everything that the check reads, by read-only commands of at most 110 columns. Secrets are left out: their data
/// must not leave the cluster.
macro_rules! export_commands {
    () => {
        "  kubectl get clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts -A -o yaml > rbac.yaml
  kubectl get pods,namespaces,nodes,daemonsets,deployments -A -o yaml > cluster.yaml"
    };
}

/// The commands, one a line, indented.
pub(crate) const EXPORT_COMMANDS: &str = export_commands!();

/// What to do where no RBAC object was in the input.
pub(crate) const NO_RBAC: &str = concat!(
    "There is nothing to check: no RBAC object is in the input.\n",
    "Export what is needed (kubectl lists, and reads no Secret), then check both files:\n",
    export_commands!(),
    "\n  kubectl cilium-exec-check -f rbac.yaml -f cluster.yaml\n",
);

/// What to do where the pods or workloads show no Cilium.
pub(crate) const NO_CILIUM: &str = "\
There is nothing to check: none of the pods and workloads in the input is Cilium's.
Where it runs, but is not recognized, name its namespace: --cilium-namespace NAMESPACE.
";
