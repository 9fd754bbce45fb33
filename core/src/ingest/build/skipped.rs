//! Where a value stands → whether any rule reads it: what none does is not kept, so that its size costs nothing.

use super::{Builder, Open};
use crate::ingest::node::{Node, Value};

impl Builder {
    /// Whether what begins now is read by no rule.
    pub(super) fn skips_nested(&self) -> bool {
        let Some(frame) = self.stack.last().filter(|_| !self.whole) else { return false };
        if frame.skip {
            return true;
        }
        let Open::Map { key: Some((key, _)), .. } = &frame.open else { return false };
        let top = self.stack.len() == self.object_level();
        match &**key {
            "managedFields" | "env" | "args" | "envFrom" => true,
            "data" | "stringData" | "binaryData" => top,
            _ => self.in_status() && &**key != "nodeInfo",
        }
    }

    fn in_status(&self) -> bool {
        let Some(frame) = self.object_level().checked_sub(1).and_then(|at| self.stack.get(at)) else {
            return false;
        };
        self.stack.len() == self.object_level() + 1
            && matches!(&frame.open, Open::Map { key: Some((key, _)), .. } if &**key == "status")
    }

    /// Whether a value that ended now is kept.
    pub(super) fn keeps(&self, level: usize, object_level: usize, node: &Node) -> bool {
        let Some(frame) = self.stack.last().filter(|_| !self.whole) else { return true };
        if frame.skip {
            return frame.anchor != 0;
        }
        let Open::Map { key: Some((key, _)), .. } = &frame.open else { return true };
        match &**key {
            "managedFields" | "env" | "args" | "envFrom" => {
                matches!(node.value, Value::Plain(_) | Value::Text(_))
            }
            "data" | "stringData" | "binaryData" => level != object_level,
            _ => true,
        }
    }
}
