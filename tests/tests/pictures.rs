//! Pictures of paths: what is drawn, that nothing overlaps, and that names in them stay text.

use cilium_exec_check_core::Options;
use cilium_exec_check_core::render::{PICTURE_STYLE, Place, finding_picture, path_picture};
use cilium_exec_check_core::report::{AccessReport, Certainty};
use cilium_exec_check_tests::hostile::{HOSTILE, MARKUP, ascii, cluster};
use cilium_exec_check_tests::{File, analyze, fixture, fixtures};
use roxmltree::{Document, Node};

fn sample() -> AccessReport {
    analyze(&cilium_exec_check_tests::sample(), &Options::default())
}

/// Every picture of a report, with what it is of.
fn pictures(report: &AccessReport) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for place in [Place::File, Place::Page] {
        for finding in &report.findings {
            let name = format!("{:?} {place:?}", finding.identity);
            all.push((name.clone(), finding_picture(finding, place)));
            all.extend(finding.paths.iter().map(|path| (name.clone(), path_picture(path, place))));
        }
        let blocked = report.blocked.iter().flat_map(|blocked| &blocked.paths);
        all.extend(blocked.map(|path| ("blocked".to_owned(), path_picture(path, place))));
    }
    all
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_else(|| panic!("{node:?} has no {name}"));
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// A room that something takes: left, top, right, bottom.
type Room = [f64; 4];

fn touch(a: Room, b: Room) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Boxes, and lines of text at least as wide as any of the fonts sets them.
fn rooms(document: &Document<'_>) -> (Vec<Room>, Vec<Room>) {
    let boxes = named(document, "rect").map(|node| {
        let (x, y) = (number(node, "x"), number(node, "y"));
        [x, y, x + number(node, "width"), y + number(node, "height")]
    });
    let texts = named(document, "text").map(|node| {
        let (x, y, size) = (number(node, "x"), number(node, "y"), number(node, "font-size"));
        let letters = node.text().unwrap_or_default().chars().count() as f64;
        let fitted = node.attribute("textLength").and_then(|width| width.parse().ok());
        [x, y - size * 0.8, x + fitted.unwrap_or(letters * size * 0.62), y + size * 0.25]
    });
    (boxes.collect(), texts.collect())
}

/// The elements of a name, but for the one that is all of the background.
fn named<'a, 'i>(document: &'a Document<'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    let named = document.descendants().filter(move |node| node.has_tag_name(name));
    named.filter(|node| node.attribute("class") != Some("paper"))
}

fn assert_well_laid(name: &str, svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
    let root = document.root_element();
    let whole = [0.0, 0.0, number(root, "width"), number(root, "height")];
    let (boxes, texts) = rooms(&document);
    assert!(!texts.is_empty(), "{name}: an empty picture");
    let inside = |a: &Room, b: &Room| a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3];
    for list in [&boxes, &texts] {
        for (index, room) in list.iter().enumerate() {
            assert!(inside(room, &whole), "{name}: {room:?} is outside\n{svg}");
            let over = list.iter().skip(index + 1).find(|other| touch(*room, **other));
            assert_eq!(over, None, "{name}: {room:?} overlaps\n{svg}");
        }
    }
    for text in &texts {
        let cut = boxes.iter().find(|room| touch(*text, **room) && !inside(text, room));
        assert_eq!(cut, None, "{name}: {text:?} stands over an edge\n{svg}");
    }
}

fn assert_inert(name: &str, svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{name}: {error}\n{svg}"));
    for node in document.descendants().filter(Node::is_element) {
        let tag = node.tag_name().name();
        let known = ["svg", "title", "desc", "style", "rect", "path", "g", "text"];
        assert!(known.contains(&tag), "{name}: <{tag}>");
        for attribute in node.attributes() {
            let attribute = attribute.name();
            let acts = attribute.starts_with("on") || ["style", "href", "src", "id"].contains(&attribute);
            assert!(!acts, "{name}: {attribute} of <{tag}>");
        }
        if tag == "style" {
            assert_eq!(node.text(), Some(PICTURE_STYLE), "{name}");
        }
    }
    let raw = svg.chars().find(|letter| letter.is_control() && *letter != '\n');
    assert_eq!(raw, None, "{name}: {svg:?}");
    assert!(!PICTURE_STYLE.contains("url") && !PICTURE_STYLE.contains("@import"));
}

#[test]
fn the_picture_of_one_path_is_who_what_is_done_and_what_is_reached() {
    assert_eq!(first_path("pods-exec-create"), include_str!("pictures/path.svg"));
}

#[test]
fn ways_that_part_are_drawn_apart_until_whoever_is_at_their_ends_acts_together() {
    assert_eq!(first_path("token-secret-by-two-tokens"), include_str!("pictures/fork.svg"));
    assert_eq!(first_path("certificate-by-three-tokens"), include_str!("pictures/three.svg"));
}

/// The picture of the first path that is not expected.
fn first_path(name: &str) -> String {
    let case = fixture(name);
    let report = analyze(&case.files, &case.options());
    let finding = report.findings.iter().find(|finding| finding.expected.is_none()).expect("there is one");
    path_picture(finding.paths.first().expect("it has a path"), Place::Page)
}

#[test]
fn pictures_are_whole_documents_in_which_nothing_overlaps_and_nothing_acts() {
    let mut drawn = 0;
    let reports =
        fixtures().into_iter().map(|case| (case.name.clone(), analyze(&case.files, &case.options())));
    for (case, report) in reports.chain([("sample".to_owned(), sample())]) {
        for (name, svg) in pictures(&report) {
            assert_well_laid(&format!("{case}: {name}"), &svg);
            assert_inert(&format!("{case}: {name}"), &svg);
            drawn += 1;
        }
    }
    assert!(drawn > 1_000, "only {drawn} pictures were drawn");
}

#[test]
fn names_in_pictures_stay_text() {
    let wide = "\u{fdfd}日本\u{1242b}e\u{301}\u{301}".repeat(30);
    for name in [HOSTILE, MARKUP, &wide] {
        let bytes = ascii(&cluster(name)).into_bytes();
        let file = File { name: format!("{name}.json"), bytes };
        let report = analyze(&[file], &Options::default());
        let all = pictures(&report);
        assert!(all.len() > 20, "only {} pictures were drawn", all.len());
        for (of, svg) in all {
            assert_inert(&of, &svg);
            assert_well_laid(&of, &svg);
        }
    }
}

#[test]
fn what_is_not_certain_differs_in_more_than_colour() {
    let report = sample();
    let paths = report.findings.iter().flat_map(|finding| &finding.paths);
    let mut seen = [0, 0];
    for path in paths {
        let svg = path_picture(path, Place::Page);
        let (dashed, said) = (svg.contains("stroke-dasharray=\"7 4\""), svg.contains(">under a condition<"));
        let conditional = path.certainty == Certainty::Conditional;
        assert_eq!((dashed, said), (conditional, conditional), "{svg}");
        seen[usize::from(conditional)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    let blocked = fixture("pods-exec-get-since-1.35");
    let report = analyze(&blocked.files, &blocked.options());
    let path = report.blocked.iter().flat_map(|blocked| &blocked.paths).next().expect("one is blocked");
    let svg = path_picture(path, Place::Page);
    assert!(svg.contains("stroke-dasharray=\"1 4\"") && svg.contains(">blocked: does not count<"), "{svg}");
}

#[test]
fn what_is_not_drawn_is_said() {
    let mut report = sample();
    let finding = report.findings.iter_mut().find(|finding| finding.paths.len() > 48).expect("one has many");
    finding.paths_omitted = 1_000;
    let svg = finding_picture(finding, Place::Page);
    let document = Document::parse(&svg).expect("it is XML");
    let last = document.descendants().rfind(|node| node.has_tag_name("text"));
    let said = last.and_then(|node| node.text()).expect("there is text");
    let number = said.split(' ').next().and_then(|number| number.parse::<usize>().ok()).expect("a number");
    assert!(said.ends_with(" more paths are not drawn") && number > 1_000, "{said}");
}
