//! Lines of test runners → how many tests passed, failed and were skipped.

use std::collections::BTreeSet;

/// The sum over all runners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) ignored: u64,
    /// What tests said they left out, each reason once.
    pub(crate) skips: BTreeSet<String>,
}

impl Tally {
    /// Takes one line of output; most lines say nothing.
    pub(crate) fn read(&mut self, line: &str) {
        let plain = without_colour(line);
        let line = plain.trim();
        if let Some(reason) = line.strip_prefix("skipped: ") {
            self.skips.insert(reason.to_owned());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            self.read_result(counts);
        }
    }

    /// `ok. 3 passed; 0 failed; 1 ignored; …`, as libtest, wasm-bindgen-test and our browser tests print it.
    fn read_result(&mut self, counts: &str) {
        let counts = counts.split_once(". ").map_or(counts, |(_, rest)| rest);
        for part in counts.split(';') {
            let mut words = part.split_whitespace();
            let (Some(Ok(number)), Some(what)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// The line without SGR sequences.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read(line);
        }
        tally
    }

    #[test]
    fn results_of_several_runners_add_up() {
        let tally = read(&[
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 2 passed; 1 failed; 0 ignored; 0 filtered out; finished in 1.20s",
        ]);
        assert_eq!(tally, Tally { passed: 5, failed: 1, ignored: 1, ..Tally::default() });
    }

    #[test]
    fn a_reason_to_skip_is_listed_once() {
        let tally =
            read(&["skipped: vectors: no ../shared", "  skipped: vectors: no ../shared", "skipped by hand"]);
        assert_eq!(tally.skips.into_iter().collect::<Vec<_>>(), ["vectors: no ../shared"]);
    }
}
