//! Items that others read in batches: whoever they are and whenever they are done, what is found is the same.

use super::*;
use std::collections::VecDeque;

/// Reads batches with several workers in turns, and gives each back only once so many others wait behind it.
struct Late {
    workers: Vec<Worker>,
    taken: usize,
    waiting: VecDeque<Batch>,
    behind: usize,
}

impl Late {
    fn new(workers: usize, behind: usize) -> Self {
        let workers = (0..workers).map(|_| Worker::default()).collect();
        Late { workers, taken: 0, waiting: VecDeque::new(), behind }
    }
}

impl Crew for Late {
    fn exchange(&mut self, batch: Batch) -> Option<Done> {
        self.waiting.push_back(batch);
        if self.waiting.len() > self.behind { self.wait() } else { None }
    }

    fn wait(&mut self) -> Option<Done> {
        let batch = self.waiting.pop_front()?;
        let turn = self.taken % self.workers.len();
        self.taken += 1;
        Some(self.workers[turn].read(batch))
    }
}

/// Loses every batch.
struct Gone;

impl Crew for Gone {
    fn exchange(&mut self, _: Batch) -> Option<Done> {
        None
    }

    fn wait(&mut self) -> Option<Done> {
        None
    }
}

/// Several megabytes: two Lists and a document between them, with items that only the general parser takes, one that
/// is refused, and one that says no kind.
fn text(more: &str) -> String {
    let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for number in 0..6000 {
        let odd = match number % 500 {
            7 => "  # a comment\n",
            11 => "  spec: {nodeName: n}\n",
            13 => "  spec:\n    nodeName: [1]\n",
            17 => "  kind: Pod\n",
            _ => "",
        };
        text.push_str(&format!(
            "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p{number}\n    namespace: n{}\n{odd}",
            number % 50
        ));
    }
    text.push_str("- metadata:\n    name: no-kind\n");
    text.push_str("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: n1\n---\nitems:\n");
    for number in 0..6000 {
        text.push_str(&format!(
            "- apiVersion: v1\n  kind: ServiceAccount\n  metadata:\n    name: a{number}\n"
        ));
    }
    text.push_str(more);
    text
}

/// The same as JSON in lines, or on one line; damaged at its end where it is cut off.
fn json(pretty: bool, more: &str) -> String {
    let mut text = String::from("{\n    \"apiVersion\": \"v1\",\n    \"items\": [");
    for number in 0..12_000 {
        let odd = match number % 500 {
            7 => "\"spec\": {\"nodeName\": [1]}, ",
            11 => "\"\\u0073pec\": {\"nodeName\": \"n\"}, ",
            13 => "\"kind\": \"Pod\", ",
            17 => "\"spec\": {\"nodeName\": \"\\ud83d\\ude00\"}, ",
            _ => "",
        };
        let kind = if number < 6000 { "Pod" } else { "ServiceAccount" };
        let comma = if number == 0 { "" } else { "," };
        text.push_str(&format!(
            "{comma}\n        {{\n            \"apiVersion\": \"v1\",\n            \"kind\": \"{kind}\", {odd}\n            \"metadata\": {{\n                \"name\": \"x{number}\",\n                \"namespace\": \"n\"\n            }}\n        }}"
        ));
    }
    text.push_str(more);
    if pretty { text } else { text.replace('\n', "") }
}

/// What a reader finds; the text is pushed again as often as it asks.
fn found_by(text: &[u8], limits: Limits, crew: &mut dyn Crew) -> Option<SourceObjects> {
    let mut reader = SourceReader::new("f", limits);
    'again: for _ in 0..4 {
        for chunk in text.chunks(64 << 10) {
            if reader.push_with(chunk, Some(&mut *crew)).is_err() {
                continue 'again;
            }
        }
        match reader.finish_with(Some(&mut *crew)) {
            Ok(objects) => return Some(objects),
            Err((again, Restart)) => reader = again,
        }
    }
    None
}

/// Reads with two workers, of which one is late.
pub(super) fn by_crew(_: &str, bytes: &[u8], limits: Limits) -> SourceObjects {
    found_by(bytes, limits, &mut Late::new(2, 1)).expect("a whole document is never sent back")
}

#[track_caller]
fn any_crew_finds_the_same(text: &str) {
    let limits = Limits::default();
    // Which reader took how much is no part of what was found.
    let found = |objects: SourceObjects| format!("{:?}", Found { taken: Taken::default(), ..objects.found });
    let alone = found(read_bytes("f", text.as_bytes(), limits));
    for (workers, behind) in [(1, 0), (1, 3), (2, 1), (3, 4), (5, 100)] {
        let by_crew = found_by(text.as_bytes(), limits, &mut Late::new(workers, behind)).map(found);
        assert!(by_crew.as_ref() == Some(&alone), "{workers} workers, {behind} behind");
    }
}

#[test]
fn a_crew_of_any_size_finds_what_one_reader_finds() {
    for more in
        ["kind: List\n", "kind: List\nmetadata: {continue: x}\n", "kind: ServiceAccountList\n- stray\n"]
    {
        any_crew_finds_the_same(&text(more));
    }
    let end = "\n    ],\n    \"kind\": \"List\"\n}\n";
    for more in
        [end, &format!(", {{}}, 5, {{\"kind\": \"Pod\"}}{end}"), &format!(", {{]{end}"), ",\n        {\"kind"]
    {
        any_crew_finds_the_same(&json(true, more));
        any_crew_finds_the_same(&json(false, more));
    }
}

#[test]
fn an_item_that_is_refused_before_its_list_says_a_kind_is_refused_alike_by_a_crew() {
    any_crew_finds_the_same(
        r#"{"items":[{"metadata":{"name":"a","name":"b"}},{"metadata":{"name":"c"}}],"kind":"PodList","apiVersion":"v1"}"#,
    );
}

#[test]
fn a_crew_reads_what_is_written_as_kubectl_writes_it() {
    let text = json(true, "\n    ],\n    \"kind\": \"List\"\n}\n");
    let taken = by_crew("f", text.as_bytes(), Limits::default()).taken();
    let length = text.len() as u64;
    assert!(taken.strictly > length * 9 / 10 && taken.by_parser > 0 && taken.by_parser < length / 50);
}

#[test]
fn nothing_of_a_source_that_was_broken_off_comes_up_in_the_next() {
    let broken_off = text("kind: List\n");
    let end = "\n    ],\n    \"kind\": \"List\"\n}\n";
    for next in [text("kind: ServiceAccountList\n"), json(true, end), json(false, end)] {
        let alone = found_by(next.as_bytes(), Limits::default(), &mut Late::new(2, 3));
        let mut crew = Late::new(2, 3);
        let mut reader = SourceReader::new("broken-off", Limits::default());
        for chunk in broken_off.as_bytes().chunks(64 << 10).take(6) {
            assert!(reader.push_with(chunk, Some(&mut crew)).is_ok());
        }
        drop(reader);
        assert!(!crew.waiting.is_empty(), "nothing was handed out");
        let after = found_by(next.as_bytes(), Limits::default(), &mut crew);
        assert!(format!("{after:?}") == format!("{alone:?}"));
    }
}

#[test]
fn what_a_crew_loses_is_read_again_and_never_passed_over() {
    let text = text("kind: List\n");
    for text in [text, json(true, "\n    ],\n    \"kind\": \"List\"\n}\n")] {
        let alone = read_bytes("f", text.as_bytes(), Limits::default());
        let found = found_by(text.as_bytes(), Limits::default(), &mut Gone);
        let found = found.expect("reading it as a whole takes no crew");
        let counts = |objects: &SourceObjects| {
            (objects.found.objects.service_accounts.len(), objects.found.objects.pods.len())
        };
        assert!(counts(&alone).0 > 5_900);
        assert_eq!(counts(&found), counts(&alone));
    }
}
