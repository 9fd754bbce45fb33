//! Every technique is shown by a case that grants it and one that nearly does, or by one that shows it makes no path.

use cilium_exec_check_core::technique::{CATALOGUE, Reach, Severity, Technique};
use cilium_exec_check_tests::{Case, Observed, analyze, cases};
use std::collections::BTreeSet;

/// Whether the id may be among the techniques of a finding.
fn makes_a_path(technique: &Technique) -> bool {
    let silent = matches!(technique.reach, Reach::Alias | Reach::Enables | Reach::Follows | Reach::Nothing);
    // A grant to a broad group is no step, and still named with the finding.
    technique.id == "group-wide-grant" || (technique.severity != Severity::None && !silent)
}

fn found(case: &Case) -> BTreeSet<String> {
    let observed = Observed::of(&analyze(&case.fixture.files, &case.fixture.options()));
    let own =
        observed.findings.into_iter().filter(|finding| case.about.is_none_or(|it| it == finding.identity));
    own.flat_map(|finding| finding.techniques).collect()
}

#[test]
fn every_case_comes_to_what_it_says() {
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|case| {
            let fixture = &case.fixture;
            let observed = Observed::of(&analyze(&fixture.files, &fixture.options()));
            let expected = fixture.expected();
            (observed != expected).then(|| {
                let (name, says) = (&fixture.name, &fixture.expect.says);
                let (expected, observed) = (expected.to_yaml(), observed.to_yaml());
                format!("{name} ({says}): expected\n{expected}\nbut it was\n{observed}")
            })
        })
        .collect();
    assert!(failures.is_empty(), "{}:\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn a_case_finds_what_it_grants_and_not_what_it_nearly_does() {
    for case in cases() {
        let techniques = found(&case);
        let name = format!("{} ({})", case.fixture.name, case.fixture.expect.says);
        for id in &case.grants {
            assert!(techniques.contains(id), "{name}: no `{id}` in {techniques:?}");
        }
        for id in case.near_miss.iter().chain(&case.no_path) {
            assert!(!techniques.contains(id), "{name}: `{id}` in {techniques:?}");
        }
        let claims = case.grants.len() + case.near_miss.len() + case.no_path.len();
        assert!(claims > 0, "{name} shows nothing");
    }
}

#[test]
fn every_technique_that_can_make_a_step_is_granted_and_nearly_granted() {
    let cases = cases();
    let granted: BTreeSet<&str> = cases.iter().flat_map(|case| &case.grants).map(String::as_str).collect();
    let nearly: BTreeSet<&str> = cases.iter().flat_map(|case| &case.near_miss).map(String::as_str).collect();
    let all: BTreeSet<&str> = CATALOGUE.iter().filter(|it| makes_a_path(it)).map(|it| it.id).collect();
    assert_eq!(granted, all, "those that some case grants, and those that make a path");
    let missing: Vec<&&str> = all.difference(&nearly).collect();
    assert!(missing.is_empty(), "no case nearly grants {missing:?}");
}

#[test]
fn every_other_technique_is_shown_to_make_no_path() {
    let cases = cases();
    let shown: BTreeSet<&str> = cases.iter().flat_map(|case| &case.no_path).map(String::as_str).collect();
    // What follows from a step by itself is in the paths of nearly every case.
    let all: BTreeSet<&str> = CATALOGUE
        .iter()
        .filter(|technique| !makes_a_path(technique) && technique.reach != Reach::Follows)
        .map(|technique| technique.id)
        .collect();
    assert_eq!(shown, all);
}

#[test]
fn what_follows_by_itself_is_in_paths_and_never_among_the_techniques() {
    let follows: BTreeSet<&str> =
        CATALOGUE.iter().filter(|it| it.reach == Reach::Follows).map(|it| it.id).collect();
    let mut seen = BTreeSet::new();
    for case in cases() {
        for finding in analyze(&case.fixture.files, &case.fixture.options()).findings {
            let listed = finding.techniques.iter().find(|id| follows.contains(id.as_str()));
            assert_eq!(listed, None, "{}", case.fixture.name);
            let steps = finding.paths.iter().flat_map(|path| &path.steps);
            seen.extend(steps.filter_map(|step| follows.get(step.technique.as_str()).copied()));
        }
    }
    assert_eq!(seen, follows);
}
