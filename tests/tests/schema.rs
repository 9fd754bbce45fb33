//! The schema in `docs` is that of the types.

use cilium_exec_check_tests::{report_schema, root};

#[test]
fn the_kept_schema_is_that_of_the_types() {
    let kept = std::fs::read_to_string(root().join("docs/report.schema.json")).unwrap_or_default();
    assert!(kept == report_schema(), "docs/report.schema.json is out of date: run `cargo xtask schema`");
}
