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

/// What a reader finds; the text is pushed again as often as it asks.
fn found_by(text: &str, crew: &mut dyn Crew) -> Option<String> {
    let mut reader = SourceReader::new("f", Limits::default());
    'again: for _ in 0..3 {
        for chunk in text.as_bytes().chunks(64 << 10) {
            if reader.push_with(chunk, Some(&mut *crew)).is_err() {
                continue 'again;
            }
        }
        match reader.finish_with(Some(&mut *crew)) {
            Ok(objects) => return Some(format!("{objects:?}")),
            Err((again, Restart)) => reader = again,
        }
    }
    None
}

#[test]
fn a_crew_of_any_size_finds_what_one_reader_finds() {
    for more in
        ["kind: List\n", "kind: List\nmetadata: {continue: x}\n", "kind: ServiceAccountList\n- stray\n"]
    {
        let text = text(more);
        let alone = format!("{:?}", read_bytes("f", text.as_bytes(), Limits::default()));
        assert!(alone.contains("p5999") && alone.contains("a5999"));
        for (workers, behind) in [(1, 0), (1, 3), (2, 1), (3, 4), (5, 100)] {
            let found = found_by(&text, &mut Late::new(workers, behind));
            assert!(found.as_ref() == Some(&alone), "{workers} workers, {behind} behind, {more:?}");
        }
    }
}

#[test]
fn what_a_crew_loses_is_read_again_and_never_passed_over() {
    let text = text("kind: List\n");
    let found = found_by(&text, &mut Gone).expect("reading it as a whole takes no crew");
    let alone = read_bytes("f", text.as_bytes(), Limits::default());
    assert_eq!(
        found.matches("ServiceAccount {").count(),
        format!("{alone:?}").matches("ServiceAccount {").count()
    );
}
