//! Batches of items → this thread and others that read them, given back in their order, so that nothing shows how many there
//! were.

use cilium_exec_check_core::ingest::{Batch, Crew, Done, Worker};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};

/// How many batches each thread may have before it.
const WAITING: usize = 2;

/// Threads that take batches as they get on with them; what they have no room for is read by the thread that hands them out.
pub(super) struct Threads {
    threads: Vec<OneThread>,
    /// Reads for this thread.
    worker: Worker,
    /// Who has the batches that were not given back yet, the oldest first.
    order: VecDeque<Who>,
}

struct OneThread {
    sender: Sender<Batch>,
    receiver: Receiver<Done>,
    /// How many batches it has, as far as this thread has looked.
    has: usize,
    /// What it has done, in its order.
    done: VecDeque<Done>,
}

enum Who {
    /// The thread of this index.
    Thread(usize),
    /// It is done.
    Done(Done),
}

impl Threads {
    /// Starts so many threads, or as many as are to be had; they end when this is dropped.
    pub(super) fn start<'scope>(scope: &'scope Scope<'scope, '_>, count: usize) -> Self {
        let threads = (0..count).filter_map(|_| OneThread::start(scope));
        Threads { threads: threads.collect(), worker: Worker::default(), order: VecDeque::new() }
    }

    /// So many batches may be out, so that memory stays bounded.
    fn most(&self) -> usize {
        WAITING * self.threads.len() + 1
    }

    /// The thread that has the fewest batches, where it has room for one more.
    fn free(&mut self) -> Option<usize> {
        self.threads.iter_mut().for_each(OneThread::look);
        let (index, thread) = self.threads.iter().enumerate().min_by_key(|(_, thread)| thread.has)?;
        (thread.has < WAITING).then_some(index)
    }

    /// The oldest batch, if it is done.
    fn oldest(&mut self) -> Option<Done> {
        match self.order.pop_front()? {
            Who::Done(done) => Some(done),
            Who::Thread(index) => {
                let done = self.threads.get_mut(index).and_then(|thread| thread.done.pop_front());
                if done.is_none() {
                    self.order.push_front(Who::Thread(index));
                }
                done
            }
        }
    }
}

impl OneThread {
    fn start<'scope>(scope: &'scope Scope<'scope, '_>) -> Option<Self> {
        let (sender, batches) = channel::<Batch>();
        let (done, receiver) = channel();
        let work = move || {
            let mut worker = Worker::default();
            for batch in batches {
                // Nobody listens any more where the reading was broken off.
                let _ = done.send(worker.read(batch));
            }
        };
        Builder::new().spawn_scoped(scope, work).ok()?;
        Some(OneThread { sender, receiver, has: 0, done: VecDeque::new() })
    }

    /// Takes what it has done so far.
    fn look(&mut self) {
        while let Ok(done) = self.receiver.try_recv() {
            self.take(done);
        }
    }

    fn take(&mut self, done: Done) {
        self.has = self.has.saturating_sub(1);
        self.done.push_back(done);
    }
}

impl Crew for Threads {
    fn exchange(&mut self, batch: Batch) -> Option<Done> {
        match self.free() {
            Some(index) => {
                if let Some(thread) = self.threads.get_mut(index) {
                    // A thread that is gone is noticed when its batch is waited for.
                    let _ = thread.sender.send(batch);
                    thread.has += 1;
                }
                self.order.push_back(Who::Thread(index));
            }
            None => self.order.push_back(Who::Done(self.worker.read(batch))),
        }
        match self.oldest() {
            None if self.order.len() > self.most() => self.wait(),
            oldest => oldest,
        }
    }

    fn wait(&mut self) -> Option<Done> {
        if let Some(done) = self.oldest() {
            return Some(done);
        }
        let Some(&Who::Thread(index)) = self.order.front() else { return None };
        let thread = self.threads.get_mut(index)?;
        let done = thread.receiver.recv().ok()?;
        thread.take(done);
        self.oldest()
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
