//! A thread beside this one, where the machine runs two.

use cilium_exec_check_core::beside::{Beside, InTurn};

/// Does two pieces of work at a time.
pub(crate) struct SecondThread;

impl Beside for SecondThread {
    fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
        if std::thread::available_parallelism().map_or(1, usize::from) == 1 {
            return InTurn.both(one, other);
        }
        std::thread::scope(|scope| {
            scope.spawn(one);
            other();
        });
    }
}
