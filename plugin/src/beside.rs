//! A thread beside this one, where the machine runs two.

use cilium_exec_check_core::beside::{Beside, InTurn};

/// Whether another thread would only take this one's time.
fn is_alone() -> bool {
    std::thread::available_parallelism().map_or(1, usize::from) == 1
}

/// Lets go of something while this thread goes on; what is left of it when the process ends goes with that.
pub(crate) fn let_go<T: Send + 'static>(what: T) {
    if is_alone() {
        drop(what);
    } else {
        // Where no thread is to be had, it is gone already.
        let _ = std::thread::Builder::new().spawn(move || drop(what));
    }
}

/// Does two pieces of work at a time.
pub(crate) struct SecondThread;

impl Beside for SecondThread {
    fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
        if is_alone() {
            return InTurn.both(one, other);
        }
        std::thread::scope(|scope| {
            scope.spawn(one);
            other();
        });
    }
}
