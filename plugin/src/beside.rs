//! A thread beside this one, where the machine runs two.

use cilium_exec_check_core::beside::{Beside, InTurn};

/// Whether another thread would only take this one's time.
fn is_alone() -> bool {
    std::thread::available_parallelism().map_or(1, usize::from) == 1
}

/// Does two pieces of work at a time.
pub(crate) struct SecondThread;

impl Beside for SecondThread {
    fn both(&self, one: &mut (dyn FnMut() + Send), other: &mut dyn FnMut()) {
        if is_alone() {
            return InTurn.both(one, other);
        }
        let lent = std::thread::scope(|scope| {
            let lent = std::thread::Builder::new().spawn_scoped(scope, &mut *one).is_ok();
            other();
            lent
        });
        if !lent {
            one();
        }
    }
}
