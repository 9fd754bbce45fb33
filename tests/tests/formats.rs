//! CSV and Markdown: what is printed of a small report, and that names from the input stay text.

use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_core::{Options, render};
use cilium_exec_check_tests::hostile::{HOSTILE, MARKUP, ascii, cluster};
use cilium_exec_check_tests::{File, analyze, fixture, fixtures, root};

/// One finding.
fn small() -> AccessReport {
    let case = fixture("pods-exec-create");
    let mut report = analyze(&case.files, &case.options());
    report.findings.retain(|finding| finding.expected.is_none());
    report
}

fn hostile(name: &str) -> AccessReport {
    let file = File { name: format!("{name}.json"), bytes: ascii(&cluster(name)).into_bytes() };
    analyze(&[file], &Options::default())
}

/// The rows of RFC 4180 text, by a reader of the test's own.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = csv.chars().peekable();
    while let Some(letter) = letters.next() {
        let row = rows.last_mut().expect("there is a row");
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row.last_mut().expect("there is a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            _ => row.last_mut().expect("there is a cell").push(letter),
        }
    }
    assert!(!quoted, "a quote stays open");
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line has no end");
    rows
}

#[test]
fn csv_has_a_row_for_each_path() {
    assert_eq!(render::csv(&small()), include_str!("formats/small.csv"));
    for case in fixtures() {
        let report = analyze(&case.files, &case.options());
        let findings = report.findings.iter().map(|finding| finding.paths.len());
        let blocked = report.blocked.iter().map(|blocked| blocked.paths.len());
        let rows = rows(&render::csv(&report));
        assert_eq!(rows.len(), 1 + findings.chain(blocked).sum::<usize>(), "{}", case.name);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{}", case.name);
    }
}

#[test]
fn every_column_of_csv_is_explained() {
    let docs = std::fs::read_to_string(root().join("docs/formats.md")).expect("the formats are explained");
    let table = docs.split("| column | holds |\n|---|---|\n").nth(1).expect("there is a table");
    let lines = table.lines().take_while(|line| line.starts_with('|'));
    let explained: Vec<&str> = lines.filter_map(|line| line.split('|').nth(1)).map(str::trim).collect();
    assert_eq!(rows(&render::csv(&small()))[0], explained);
}

#[test]
fn no_cell_of_csv_is_a_formula() {
    for name in [HOSTILE, MARKUP, "=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "a\",\"=1", "a;=1"] {
        let csv = render::csv(&hostile(name));
        let rows = rows(&csv);
        assert!(rows.len() > 5, "{name:?}: {csv}");
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{name:?}: {row:?}");
            let formula = row.iter().find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            assert_eq!(formula, None, "{name:?}");
        }
    }
}

#[test]
fn markdown_says_the_verdict_then_what_is_missing_then_who_and_how() {
    assert_eq!(render::markdown(&small()), include_str!("formats/small.md"));
    let case = fixture("rbac-without-pods");
    let text = render::markdown(&analyze(&case.files, &case.options()));
    for words in [
        "**Unknown: ",
        "\nINCOMPLETE: not in the input: Role, RoleBinding, Pod, Namespace, ServiceAccount, Node.",
    ] {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
}

#[test]
fn nothing_in_markdown_that_comes_from_the_input_is_markup() {
    for name in [HOSTILE, MARKUP, "`", "a`b``c", "\\", "**a**", "@team", "https://a.b", "<!--", "| a | b |"] {
        let text = render::markdown(&hostile(name));
        for mark in ["<script", "<img", "](", "!["] {
            assert!(!text.contains(mark), "{name:?}: `{mark}` in\n{text}");
        }
        let own = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<!-- -->"];
        let plain = own.iter().fold(text.clone(), |text, tag| text.replace(tag, ""));
        assert!(!plain.contains('<'), "{name:?}: {plain}");
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            assert_eq!(line.matches('|').count(), 6, "{name:?}: {line}");
        }
        let code = text.split('`').skip(1).step_by(2);
        assert!(text.matches('`').count().is_multiple_of(2), "{name:?}: a code span stays open");
        assert!(code.clone().all(|code| !code.contains(['\n', '|', '<', '['])), "{name:?}: {text}");
        let outside: String = text.split('`').step_by(2).collect();
        for mark in ["://", "www.", "@", "**a**"] {
            assert!(!outside.contains(mark), "{name:?}: `{mark}` outside code in\n{text}");
        }
    }
}

#[test]
fn markdown_fits_a_comment_and_says_what_it_leaves_out() {
    let mut report = small();
    let finding = report.findings[0].clone();
    for number in 0..10_000 {
        let mut another = finding.clone();
        another.identity.name = format!("user-{number}");
        another.remediation.iter_mut().for_each(|remedy| remedy.summary.push_str(&number.to_string()));
        report.findings.push(another);
    }
    let text = render::markdown(&report);
    assert!(text.chars().count() < 65_536, "{} characters", text.chars().count());
    let rows = text.lines().filter(|line| line.starts_with("| critical ")).count();
    let left = format!("\n{} more findings do not fit here; `-o json` lists them.\n", 10_001 - rows);
    assert!(rows > 100 && text.contains(&left), "{rows} rows and not\n{left}");
    assert!(text.contains("more; `-o json` lists them"), "the remedies are all there");
}
