//! The HTML report: all of it is there without scripts, it asks for nothing, names in it stay text, and it stays small.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cilium_exec_check_core::Options;
use cilium_exec_check_core::original::Originals;
use cilium_exec_check_core::render;
use cilium_exec_check_core::report::AccessReport;
use cilium_exec_check_tests::hostile::{HOSTILE, MARKUP, ascii, cluster};
use cilium_exec_check_tests::{File, analyze, fixture, fixtures, identity};
use roxmltree::{Document, Node};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn sample() -> AccessReport {
    analyze(&cilium_exec_check_tests::sample(), &Options::default())
}

fn small() -> AccessReport {
    let case = fixture("pods-exec-create");
    let mut report = analyze(&case.files, &case.options());
    report.findings.retain(|finding| finding.expected.is_none());
    report.findings.iter_mut().for_each(|finding| finding.paths.truncate(1));
    report
}

/// The page as the XML that it is as well.
fn parsed(html: &str) -> Document<'_> {
    let body = html.strip_prefix("<!doctype html>\n").expect("it opens with its type");
    Document::parse(body).unwrap_or_else(|error| panic!("{error}"))
}

fn elements<'a, 'i>(document: &'a Document<'i>, name: &'static str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| node.is_element() && node.tag_name().name() == name).collect()
}

/// All text that is seen, scripts and styles left out.
fn seen(document: &Document<'_>) -> String {
    let hidden = |node: &Node<'_, '_>| {
        node.ancestors().any(|above| ["script", "style", "title"].contains(&above.tag_name().name()))
    };
    let texts = document.descendants().filter(|node| node.is_text() && !hidden(node));
    texts.filter_map(|node| node.text()).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn assert_inert(html: &str) {
    let document = parsed(html);
    let mut ids = BTreeSet::new();
    for node in document.descendants().filter(Node::is_element) {
        let tag = node.tag_name().name();
        assert!(!["iframe", "object", "embed", "img", "link", "form", "base"].contains(&tag), "<{tag}>");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && !["style", "src"].contains(&name), "{name} of <{tag}>");
            assert!(name != "id" || ids.insert(attribute.value()), "two have the id {}", attribute.value());
        }
    }
    for link in elements(&document, "a") {
        let target =
            link.attribute("href").and_then(|target| target.strip_prefix('#')).expect("a place in the page");
        assert!(ids.contains(target), "#{target} leads nowhere");
    }
    let (scripts, styles) = (elements(&document, "script"), elements(&document, "style"));
    assert_eq!((scripts.len(), styles.len()), (1, 1));
    let policy = elements(&document, "meta")
        .into_iter()
        .find(|meta| meta.attribute("http-equiv") == Some("Content-Security-Policy"))
        .and_then(|meta| meta.attribute("content"));
    let hash = |node: &Node<'_, '_>| STANDARD.encode(Sha256::digest(node.text().unwrap_or_default()));
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(&styles[0]),
        hash(&scripts[0])
    );
    assert_eq!(policy, Some(expected.as_str()));
    for word in ["http:", "https:", "url(", "@import", "fetch", "eval", "innerHTML", "document.write"] {
        let own = [&scripts[0], &styles[0]].map(|node| node.text().unwrap_or_default());
        assert!(!own.concat().contains(word), "`{word}`");
    }
    let raw = html.chars().find(|letter| letter.is_control() && *letter != '\n' && *letter != '\t');
    assert_eq!(raw, None);
}

#[test]
fn a_small_report_is_this_page() {
    let html = render::html(&small(), &Originals::default());
    let body = html.split_once("<body>\n").and_then(|(_, rest)| rest.split_once("<script>"));
    assert_eq!(body.map(|(body, _)| body), Some(include_str!("formats/small.html")));
}

#[test]
fn every_page_is_whole_and_asks_for_nothing() {
    for case in fixtures() {
        assert_inert(&render::html(&analyze(&case.files, &case.options()), &Originals::default()));
    }
    assert_inert(&render::html(&sample(), &Originals::default()));
}

#[test]
fn names_stay_text() {
    for name in [HOSTILE, MARKUP, "]]>", "--><!--", "&lt;b&gt;", "</style><style>*{display:none}</style>"] {
        let file = File { name: format!("{name}.json"), bytes: ascii(&cluster(name)).into_bytes() };
        let report = analyze(&[file], &Options::default());
        let html = render::html(&report, &Originals::default());
        assert_inert(&html);
        let document = parsed(&html);
        let shown = render::shown(name).into_owned();
        let heads: Vec<_> = elements(&document, "th").into_iter().filter_map(|node| node.text()).collect();
        assert!(heads.contains(&format!("user/{shown}").as_str()), "{heads:?}");
    }
}

#[test]
fn all_of_the_report_can_be_read_without_scripts() {
    let report = sample();
    let html = render::html(&report, &Originals::default());
    let document = parsed(&html);
    let text = seen(&document);
    let has = |words: &str| assert!(text.contains(&*render::shown(words)), "`{words}` is not in the page");
    has("7 identities can gain privileged Cilium access");
    for finding in &report.findings {
        has(&identity(&finding.identity));
        for evidence in finding.paths.iter().flat_map(|path| &path.steps).flat_map(|step| &step.evidence) {
            let rule = evidence.rule.as_ref();
            evidence.can_i.iter().for_each(|ask| has(ask));
            rule.iter().flat_map(|rule| rule.excerpt.lines()).for_each(has);
            let places = [rule.and_then(|rule| rule.source.as_ref())].into_iter().flatten();
            places.for_each(|source| has(&format!("{}:{}", source.file, source.line)));
        }
        finding.remediation.iter().for_each(|remedy| has(&remedy.summary));
    }
    report.notes.iter().for_each(|note| has(&note.message));
    report.limits.iter().for_each(|limit| has(limit));
    report.cilium.iter().flat_map(|it| &it.evidence).for_each(|reason| has(&reason.detail));
    report.input.coverage.iter().for_each(|kind| has(&kind.kind));
    let pictures = elements(&document, "svg");
    let several = report.findings.iter().filter(|finding| finding.paths.len() > 1);
    let of_paths: usize = several.map(|finding| finding.paths.len()).sum();
    assert_eq!(pictures.len(), report.findings.len() + of_paths);
}

#[test]
fn a_page_says_what_is_missing_and_never_that_all_is_well() {
    let mut incomplete = 0;
    for case in fixtures() {
        let report = analyze(&case.files, &case.options());
        let html = render::html(&report, &Originals::default());
        let document = parsed(&html);
        let text = seen(&document);
        assert_eq!(text.contains("INCOMPLETE"), !report.input.complete, "{}", case.name);
        incomplete += usize::from(!report.input.complete);
        let lower = text.to_lowercase();
        for word in ["clean", "safe", "no issues", "passed", " secure"] {
            assert!(!lower.contains(word), "{}: `{word}`", case.name);
        }
    }
    assert!(incomplete > 2, "only {incomplete} fixtures are incomplete");
}

#[test]
fn ten_thousand_findings_stay_a_page_that_says_what_it_leaves_out() {
    let mut report = sample();
    let model = report.findings.iter().find(|finding| finding.paths.len() > 48).expect("one has many");
    let mut model = model.clone();
    model.paths.truncate(5);
    for number in 0..10_000 {
        let mut another = model.clone();
        another.identity.name = format!("user-{number}");
        report.findings.push(another);
    }
    let html = render::html(&report, &Originals::default());
    eprintln!("{} bytes", html.len());
    assert!(html.len() < 24_000_000, "{} bytes", html.len());
    let document = parsed(&html);
    let rows = elements(&document, "tr").into_iter().filter(|row| row.attribute("class") == Some("finding"));
    assert_eq!(rows.count(), report.findings.len());
    assert!(elements(&document, "svg").len() <= 600);
    let said = "this page holds at most 1 path of each finding, the paths of the first 2000 findings, pictures of the first 200 findings";
    assert!(seen(&document).contains(said), "what is left out is not said");
    let empty = render::html(&AccessReport { findings: Vec::new(), ..sample() }, &Originals::default());
    assert!(empty.len() < 300_000, "{} bytes without findings", empty.len());
}

#[test]
fn what_is_cut_of_a_remedy_is_said() {
    let mut report = small();
    let remedy = report.findings[0].remediation.first_mut().expect("there is one");
    remedy.manifest = Some((0..1_000).map(|number| format!("- name: user-{number}\n")).collect());
    remedy.breaks = (0..1_000).map(|number| format!("user-{number} loses everything")).collect();
    let html = render::html(&report, &Originals::default());
    let document = parsed(&html);
    let text = seen(&document);
    for (words, there) in [
        ("- name: user-99", true),
        ("- name: user-100", false),
        ("and 900 more lines: ", true),
        ("user-100 loses", false),
        ("and 900 more, all", true),
    ] {
        assert_eq!(text.contains(words), there, "{words}");
    }
}
