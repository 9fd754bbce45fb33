//! Batches of items → threads that read them, given back in their order, so that nothing shows how many there were.

use cilium_exec_check_core::ingest::{Batch, Crew, Done, Worker};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

/// How many batches each thread may have before it, so that memory stays bounded.
const WAITING: usize = 2;

/// Threads that take batches in turns.
pub(super) struct Threads {
    threads: Vec<(Sender<Batch>, Receiver<Done>)>,
    taken: usize,
    given: usize,
}

impl Threads {
    /// Starts so many threads; they end when this is dropped.
    pub(super) fn start<'scope>(scope: &'scope Scope<'scope, '_>, count: usize) -> Self {
        let threads = (0..count).map(|_| {
            let (sender, batches) = channel::<Batch>();
            let (done, receiver) = channel();
            scope.spawn(move || {
                let mut worker = Worker::default();
                for batch in batches {
                    // Nobody listens any more where the reading was broken off.
                    let _ = done.send(worker.read(batch));
                }
            });
            (sender, receiver)
        });
        Threads { threads: threads.collect(), taken: 0, given: 0 }
    }
}

impl Crew for Threads {
    fn exchange(&mut self, batch: Batch) -> Option<Done> {
        let (sender, _) = self.threads.get(self.taken % self.threads.len().max(1))?;
        // A thread that is gone is noticed when its batch is waited for.
        let _ = sender.send(batch);
        self.taken += 1;
        if self.taken - self.given > WAITING * self.threads.len() { self.wait() } else { None }
    }

    fn wait(&mut self) -> Option<Done> {
        if self.given == self.taken {
            return None;
        }
        let (_, receiver) = self.threads.get(self.given % self.threads.len().max(1))?;
        self.given += 1;
        receiver.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Threads;
    use cilium_exec_check_core::ingest::assemble;
    use cilium_exec_check_exports::{Format, export};
    use cilium_exec_check_unpack as unpack;
    use std::io::Cursor;

    #[test]
    fn any_number_of_threads_gives_the_same_objects_and_lines() {
        for format in [Format::Yaml, Format::Json] {
            let (bytes, _) = export(600, 1, format);
            let length = bytes.len() as u64;
            let alone = assemble(unpack::source("f", &mut Cursor::new(&bytes), length));
            assert!(alone.pods.len() > 600 && alone.diagnostics.is_empty());
            for count in 1..=4 {
                let shared = std::thread::scope(|scope| {
                    let mut threads = Threads::start(scope, count);
                    assemble(unpack::source_with("f", &mut Cursor::new(&bytes), length, Some(&mut threads)))
                });
                assert!(format!("{shared:?}") == format!("{alone:?}"), "{count} threads");
            }
        }
    }
}
