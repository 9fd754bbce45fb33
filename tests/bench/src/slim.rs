//! The fields that a check reads, as types that any parser can fill: what its own reading is compared with.

use serde::Deserialize;
use std::collections::BTreeMap;

type Text = Option<String>;

/// A List of objects of any kind.
#[derive(Deserialize)]
pub(crate) struct List {
    #[allow(dead_code, reason = "filled only to be paid for")]
    items: Vec<Object>,
}

macro_rules! slim {
    ($($name:ident { $($(#[$more:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        #[allow(dead_code, reason = "filled only to be paid for")]
        struct $name { $($(#[$more])* $field: $type),* }
    )*};
}

slim! {
    Object {
        api_version: Text, kind: Text, metadata: Meta, spec: Spec, status: Status, rules: Vec<Rule>,
        role_ref: Reference, subjects: Vec<Reference>, automount_service_account_token: Option<bool>,
    }
    Meta {
        name: Text, namespace: Text, labels: BTreeMap<String, String>, annotations: BTreeMap<String, String>,
        owner_references: Vec<Owner>,
    }
    Owner { kind: Text, name: Text, controller: bool }
    Status { phase: Text }
    Rule {
        verbs: Vec<String>, api_groups: Vec<String>, resources: Vec<String>, resource_names: Vec<String>,
        #[serde(rename = "nonResourceURLs")] non_resource_urls: Vec<String>,
    }
    Reference { kind: Text, name: Text, namespace: Text, api_group: Text }
    Spec {
        containers: Vec<Container>, init_containers: Vec<Container>, volumes: Vec<Volume>, node_name: Text,
        service_account_name: Text, host_network: bool, security_context: Security, template: Template,
    }
    Template { metadata: Meta, spec: Box<Pod> }
    Pod {
        containers: Vec<Container>, volumes: Vec<Volume>, service_account_name: Text, host_network: bool,
        security_context: Security,
    }
    Container {
        name: Text, image: Text, command: Vec<String>, stdin: bool, security_context: Security,
        volume_mounts: Vec<Mount>,
    }
    Mount { name: Text, mount_path: Text, read_only: bool, mount_propagation: Text }
    Security {
        privileged: Option<bool>, allow_privilege_escalation: Option<bool>, capabilities: Capabilities,
        run_as_user: Option<i64>, run_as_non_root: Option<bool>, seccomp_profile: Typed, se_linux_options: Typed,
    }
    Capabilities { add: Vec<String>, drop: Vec<String> }
    Typed { r#type: Text }
    Volume { name: Text, host_path: HostPath, secret: Secret, projected: Projected }
    HostPath { path: Text }
    Secret { secret_name: Text }
    Projected { sources: Vec<Source> }
    Source { service_account_token: Option<Token> }
    Token { audience: Text }
}
