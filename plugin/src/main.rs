//! The kubectl plugin's entry point.

use cilium_exec_check::{Environment, Io, opening, process, run};
use std::io::{BufWriter, stderr, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    process::prepare();
    let environment = Environment::of_process();
    let mut io = Io {
        stdin: &mut stdin().lock(),
        stdout: &mut BufWriter::new(stdout().lock()),
        stderr: &mut stderr(),
        open: &mut opening::open,
        environment,
    };
    run(std::env::args_os(), &mut io)
}
