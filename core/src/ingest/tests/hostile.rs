//! Broken and hostile input: it is refused by name, soon, and nothing beside it is lost.

use super::*;
use proptest::prelude::*;

const EXPORT: &str = "apiVersion: v1\nitems:\n- apiVersion: rbac.authorization.k8s.io/v1\n  kind: Role\n  metadata:\n    name: a\n    namespace: n\n  rules:\n  - verbs:\n    - get\n    - \"x: y\"\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    annotations:\n      t: |\n        - a\n        items:\n    name: p\n    namespace: n\n  spec:\n    containers:\n    - name: c\n      command: ['sh', \"-c\"]\nkind: List\nmetadata:\n  resourceVersion: \"\"\n---\n{\"kind\": \"Namespace\", \"apiVersion\": \"v1\",\n \"metadata\": {\"name\": \"é\", \"labels\": {\"a\": \"b\"}}}\n---\nx: &a [1, 2]\ny: {<<: {k: *a}}\n";

#[test]
fn nesting_is_refused_by_the_limits_name() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(20_000),
        "{\"a\":".repeat(20_000),
        "- ".repeat(100_000),
        format!("a:\n - {}", "- ".repeat(100_000)),
        "? ".repeat(50_000),
    ] {
        let read = snapshot(&[("f", text.as_bytes())]);
        let codes: Vec<Code> = read.diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::LimitExceeded], "{:.20}: {:?}", text, read.diagnostics);
        assert!(read.diagnostics[0].message.contains("limit `depth`"));
    }
}

#[test]
fn depth_is_allowed_up_to_the_limit() {
    let limits = Limits { depth: 5, ..Limits::default() };
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    for (levels, refused) in [(5, 0), (6, 1)] {
        let read = assemble(vec![read_bytes("f", nested(levels).as_bytes(), limits)]);
        assert_eq!(read.diagnostics.len(), refused, "{levels}");
        let read =
            assemble(vec![as_a_whole("f", format!("# {levels}\n{}", nested(levels)).as_bytes(), limits)]);
        assert_eq!(read.diagnostics.len(), refused, "{levels} as YAML");
    }
}

#[test]
fn aliases_that_expand_without_end_are_refused_by_the_limits_name() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    check(
        &text,
        "~ every kind is partial\nError limit-exceeded f:6:50: aliases expand to more than 1048576 nodes (limit `alias-nodes`)",
    );
    check(
        "a: &a [*a]\n",
        "~ every kind is partial\nError syntax f:1:8: an alias stands inside the value that it names",
    );
}

#[test]
fn a_document_that_is_too_long_is_refused_by_the_limits_name_and_the_next_is_read() {
    let long = format!(
        "kind: ConfigMap\ndata: {{a: {}}}\n---\nkind: Namespace\nmetadata: {{name: a}}\n",
        "x".repeat(1 << 20)
    );
    check(
        &long,
        "\
        Namespace a f:4:1
        ~ every kind is partial
        Error limit-exceeded f:1:1: a document or list item of more than 1048576 bytes (limit `item-bytes`) (export the kinds into files of their own)",
    );
}

#[test]
fn a_broken_document_costs_itself_and_names_its_kind_where_that_is_certain() {
    check(
        "kind: Role\nmetadata: {name: a\n---\nkind: Namespace\nmetadata: {name: b}\n",
        "\
        Namespace b f:4:1
        ~ Role Partial 0 f:2: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'
        Error syntax f:2:1: not valid YAML: while parsing a flow mapping, did not find expected ',' or '}'",
    );
}

#[test]
fn json_that_is_cut_off_keeps_what_came_before() {
    check(
        r#"{"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}},{"apiVersion":"v1","ki"#,
        "\
        Namespace a f:1:29
        ~ every kind is partial
        Error syntax f:1:111: the JSON ends too early (export it again: it was cut off)",
    );
}

#[test]
fn a_long_line_of_blanks_is_looked_at_once_and_refused_by_the_limits_name() {
    let blank = " ".repeat(1 << 20);
    let expected = "Namespace a f:2:1";
    check(&format!("{blank}\nkind: Namespace\nmetadata: {{name: a}}\n"), expected);
    check(
        &format!("{blank}  kind: Namespace"),
        "~ every kind is partial\nError limit-exceeded f:1:1: a document or list item of more than 1048576 bytes (limit `item-bytes`) (export the kinds into files of their own)",
    );
}

#[test]
fn comments_and_trailing_commas_in_json_are_understood_or_refused_by_name() {
    let object = |middle: &str| {
        format!(
            "{{\"kind\": \"Namespace\", \"apiVersion\": \"v1\", {middle} \"metadata\": {{\"name\": \"a\"}}}}"
        )
    };
    check(&object("").replace("\"a\"}", "\"a\",}"), "Namespace a f:1:1");
    check(
        &object("// note\n"),
        "~ Namespace Partial 0 f:1: comments are not allowed in JSON\nError syntax f:1:43: comments are not allowed in JSON (remove the comment)",
    );
    check(
        &format!("{} x", object("")),
        "Namespace a f:1:1\n~ every kind is partial\nError syntax f:1:71: not valid JSON",
    );
}

#[test]
fn errors_never_repeat_what_stands_in_the_text() {
    for text in [
        "kind: Secret\ndata:\n  a: s3cret\n  b: 's3cret\n",
        "{\"kind\":\"Secret\",\"data\":{\"a\":\"s3cret\" \"s3cret\"}}",
        "{\"kind\":\"Secret\",\"data\":s3cret}",
        "kind: Secret\nmetadata:\n  name: [s3cret]\n",
        "kind: Secret\nmetadata:\n  annotations: {kubernetes.io/service-account.name: [s3cret]}\nstringData: &s3cret {}\nx: *s3cret2\n",
    ] {
        let read = snapshot(&[("f", text.as_bytes())]);
        assert_eq!(read.diagnostics.len(), 1, "{text}");
        assert!(!format!("{read:?}").contains("s3cret"), "{read:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_never_panics_and_is_read_alike_in_any_chunks(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0u8..4, prop::sample::select(&b"\n\r\t -:[]{}&*!|>'\"#%,.?a0~<\0\xff\xc2\x85\xef\xbb\xbf"[..])), 0..6),
        size in 1usize..40,
    ) {
        let mut bytes = EXPORT.as_bytes().to_vec();
        for (index, how, byte) in edits {
            let at = index.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            let how = if bytes.is_empty() { 1 } else { how };
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        let limits = Limits::default();
        let at_once = assemble(vec![read_bytes("f", &bytes, limits)]);
        let chunked = assemble(vec![in_chunks("f", &bytes, size, limits)]);
        prop_assert_eq!(format!("{:?}", at_once), format!("{:?}", chunked));
        let whole = assemble(vec![as_a_whole("f", &bytes, limits)]);
        prop_assert_eq!(format!("{:?}", at_once), format!("{:?}", whole));
    }
}

#[test]
fn a_string_that_is_never_closed_costs_its_own_document_only() {
    check(
        "{\"kind\": \"Role\", \"metadata\": {\"name\": \"a}}\n---\nkind: Namespace\nmetadata: {name: b}\n",
        "\
        Namespace b f:3:1
        ~ Role Partial 0 f:1: the JSON ends too early
        Error syntax f:1:39: the JSON ends too early (export it again: it was cut off)",
    );
}
