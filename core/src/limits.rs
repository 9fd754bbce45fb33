//! What exported YAML cannot show: the one list that every report prints.

/// Each limit in one sentence, in the order of the report.
pub const LIMITS: &[&str] = &[
    "Group membership from OIDC, certificates or webhooks is not in YAML: a finding of a group is one of everybody in it.",
    "Other authorizers (ABAC, webhooks, AlwaysAllow, conditions in the authorization configuration) are not seen; RBAC, the node authorizer and system:masters are.",
    "Admission webhooks and policies are known by name at most; whether one of them refuses a step is not judged.",
    "Defaults and exemptions of pod security admission (PodSecurityConfiguration) and admission from files on the server are not seen: labels of namespaces are.",
    "Feature gates and flags of the API server and the kubelet are taken as their version sets them; static pods outside the API are not seen.",
    "Whether a network path to the kubelet, a signer for certificates or a registry for images exists is not seen.",
    "Keys, tokens and certificates that were already issued, etcd, and the certificate authorities are not seen.",
    "Cloud IAM, CI systems and Git repositories that can change the cluster are not seen.",
    "Nothing tells that an export holds every namespace: one made for a single namespace looks complete for it.",
    "Behaviour of other controllers (operators that make pods from their own objects) and bugs in the container runtime or the kernel are not judged.",
    "Whoever is come to by what several identities do between them may take part in more; that is followed 32 times over.",
];
