//! `cargo xtask COMMAND`: what cargo alone cannot do, one module a command.

mod bench;
mod process;
mod schema;
mod serve;
mod setup;
mod shipped;
mod shots;
mod tally;
mod test;
mod web;
mod workspace;

use std::process::ExitCode;

/// One command: its name, what it does, and the function that does it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

/// Why a command ended badly: what to say, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) code: u8,
}

impl Failure {
    /// Something did not hold: exit 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 1 }
    }

    /// It could not even be tried: exit 2.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Failure { message: message.into(), code: 2 }
    }
}

const COMMANDS: &[Command] = &[
    Command {
        name: "bench",
        about: "print what a check costs, as ratios of one run [SIZE…] [--browser]",
        run: bench::run,
    },
    Command { name: "schema", about: "write docs/report.schema.json from the types", run: schema::run },
    Command { name: "setup", about: "install what the tests and the web build need", run: setup::run },
    Command { name: "shipped", about: "write core's tables of shipped rules anew", run: shipped::run },
    Command {
        name: "shots",
        about: "picture the built page in every state, into web/dist/shots",
        run: shots::run,
    },
    Command {
        name: "test",
        about: "run all checks and tests; ends with `N passed, N failed`",
        run: test::run,
    },
    Command {
        name: "web",
        about: "build the browser app as one HTML file, web/dist/cilium-exec-check.html [--serve]",
        run: web::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let chosen = arguments.split_first().and_then(|(name, rest)| {
        COMMANDS.iter().find(|command| command.name == name).map(|command| (command, rest))
    });
    let Some((command, rest)) = chosen else {
        return usage(arguments.first());
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("error: {}", failure.message);
            }
            ExitCode::from(failure.code)
        }
    }
}

/// Says what there is; asked for help it is no error.
fn usage(asked: Option<&String>) -> ExitCode {
    let mut text = String::from("usage: cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<8} {}\n", command.name, command.about));
    }
    if asked.is_some_and(|word| word == "help" || word == "--help" || word == "-h") {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    eprint!("{text}");
    ExitCode::from(2)
}
