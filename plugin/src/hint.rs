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

/// What to do where there was nothing to check.
pub(crate) const NOTHING: &str = concat!(
    "There is nothing to check: the RBAC objects and the pods of a cluster with Cilium are needed.\n",
    "Export them (kubectl lists, and reads no Secret), then check both files:\n",
    export_commands!(),
    "\n  kubectl cilium-exec-check -f rbac.yaml -f cluster.yaml\n",
    "Where Cilium runs, but is not recognized: --cilium-namespace NAMESPACE.\n"
);
