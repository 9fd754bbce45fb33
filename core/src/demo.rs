//! A small cluster of our own, as an export: what `--demo` and the page's sample check.

/// The sources of the sample, by name.
pub fn sources() -> &'static [(&'static str, &'static [u8])] {
    &[
        ("cluster.yaml", include_bytes!("../demo/cluster.yaml")),
        ("pods.yaml", include_bytes!("../demo/pods.yaml")),
        ("rbac.yaml", include_bytes!("../demo/rbac.yaml")),
    ]
}
