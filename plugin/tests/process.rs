//! What only a process of its own shows: signals, closed pipes, full disks, FIFOs, and the name that kubectl looks for.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_kubectl-cilium_exec_check");
const GRANT: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/rbac-alone-still-finds/input/grant.yaml");

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("NO_COLOR").env("TERM", "xterm");
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary runs")
}

fn code_and_errors(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// A run that reads stdin, and the other end of that: waiting for the run would close it.
fn waiting(arguments: &[&str]) -> (Child, ChildStdin) {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().expect("the binary runs");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // Once this much is taken, the run is under way: a pipe holds less.
    stdin.write_all(&vec![b'#'; 1 << 20]).expect("the run reads stdin");
    (child, stdin)
}

#[test]
fn kubectl_finds_the_binary_by_its_name() {
    // kubectl looks for `kubectl-` and the plugin's name with `_` for each `-` (k8s.io/kubectl v0.34 pkg/cmd/plugin).
    let name = Path::new(BINARY).file_stem().and_then(|name| name.to_str());
    assert_eq!(name, Some(format!("kubectl-{}", "cilium-exec-check".replace('-', "_")).as_str()));
}

#[test]
fn signals_end_a_run_by_their_own_code_and_leave_nothing_behind() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = folder();
        let report = folder.path().join("report.json");
        let (mut child, _open) = waiting(&["-f", "-", "-o", &format!("json={}", report.display())]);
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        let status = child.wait().expect("the run ends");
        assert_eq!((status.code(), status.signal()), (Some(code), None), "{signal}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("it can be listed").count(), 0, "{signal}");
    }
}

#[test]
fn a_reader_that_went_away_is_met_quietly() {
    let mut child = command(&["-f", GRANT, "-o", "json"]).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let mut errors = String::new();
    child.stderr.take().expect("stderr is a pipe").read_to_string(&mut errors).expect("stderr is text");
    let code = child.wait().expect("the run ends").code();
    assert!(matches!(code, Some(0 | 1 | 141)), "{code:?}");
    assert_eq!(errors, "");
}

#[test]
fn a_full_disk_is_an_error_on_stdout_and_in_a_file() {
    let full = std::fs::File::create("/dev/full");
    let Ok(full) = full else { return eprintln!("skipped: full disk: there is no /dev/full here") };
    let output = command(&["-f", GRANT]).stdout(full).output().expect("the binary runs");
    let said = "error: cannot write to stdout: no space left on the device\n";
    assert_eq!(code_and_errors(&output), (Some(2), said.to_owned()));
    let output = run(&["-f", GRANT, "-o", "json=/dev/full"]);
    let said = "error: cannot write `/dev/full`: no space left on the device\n";
    assert_eq!(code_and_errors(&output), (Some(2), said.to_owned()));
}

#[test]
fn fifos_devices_and_link_loops_never_block() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let made = Command::new("mkfifo").args([path("fifo.yaml"), path("given")]).status();
    assert!(made.expect("mkfifo runs").success());
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, path(name)).expect("a link can be made")
    };
    link("/dev/zero", "zero.yaml");
    link("nowhere", "dangling.yaml");
    link(".", "self");
    std::fs::copy(GRANT, path("grant.yaml")).expect("the fixture can be copied");

    let output = run(&["-R", "-f", &path(""), "-o", "name"]);
    let said = String::from_utf8_lossy(&output.stderr).replace(&path(""), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "user/alice\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        said,
        "self: a link to a folder is not followed\n\
         dangling.yaml: no such file or folder\n\
         fifo.yaml: it is a FIFO, socket or device, and is not read\n\
         zero.yaml: it is a FIFO, socket or device, and is not read\n"
    );
    for (given, why) in [
        (path("given"), "nothing writes to this FIFO"),
        ("/dev/zero".to_owned(), "it is a socket or device, and is not read"),
    ] {
        let output = run(&["-f", &given, "-f", GRANT, "-o", "name"]);
        assert_eq!(code_and_errors(&output), (Some(1), format!("{given}: {why}\n")));
    }
}

#[test]
fn a_fifo_that_something_writes_to_is_read() {
    let shell = format!("exec '{BINARY}' -f <(cat '{GRANT}') -o name");
    let Ok(output) = Command::new("bash").args(["-c", &shell]).output() else {
        return eprintln!("skipped: process substitution: there is no bash here");
    };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "user/alice\n");
    assert_eq!(code_and_errors(&output), (Some(1), String::new()));
}

#[test]
fn no_colour_is_asked_for_by_the_surroundings() {
    for (variable, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let output = command(&["-f", GRANT]).env(variable, value).output().expect("the binary runs");
        assert!(!output.stdout.contains(&0x1b), "{variable}={value}");
    }
    let output = run(&["-f", GRANT, "--color", "always"]);
    assert!(output.stdout.contains(&0x1b));
}

#[test]
fn arguments_that_are_no_text_are_refused_by_name() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::ffi::OsStr::from_bytes(b"\xff.yaml");
    let output = command(&["-f"]).arg(odd).output().expect("the binary runs");
    let said =
        "error: argument `\u{fffd}.yaml` is not UTF-8\n  help: see `kubectl cilium-exec-check --help`\n";
    assert_eq!(code_and_errors(&output), (Some(2), said.to_owned()));
}

/// A folder with a program in it that stands for the desktop's opener.
#[cfg(all(unix, not(target_os = "macos")))]
fn opener(script: &str) -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let program = folder.path().join("xdg-open");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("it can be made to run");
    folder
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn the_opener_of_the_desktop_gets_the_report_and_may_go_on_or_fail() {
    let reports = folder();
    let run = |opener: &Path| {
        let mut command = command(&["--demo", "-o", "name", "--open"]);
        command
            .env("PATH", opener)
            .env("TMPDIR", reports.path())
            .env("OPENED", reports.path().join("opened"));
        let output = command.output().expect("the binary runs");
        code_and_errors(&output)
    };
    let seen = || std::fs::read_to_string(reports.path().join("opened")).unwrap_or_default();
    let works = opener("echo \"$1\" > \"$OPENED\"");
    let (code, errors) = run(works.path());
    assert_eq!((code, errors), (Some(0), format!("report: {}", seen())));
    let goes_on = opener("echo on > \"$OPENED\"; exec /bin/sleep 4");
    assert_eq!((run(goes_on.path()).0, seen().as_str()), (Some(0), "on\n"));
    for (opener, why) in [
        (opener("exit 3"), "the opener ended with exit status: 3"),
        (folder(), "no program to open it was found"),
    ] {
        let (code, errors) = run(opener.path());
        assert!(code == Some(2) && errors.contains(why), "{code:?}: {errors}");
    }
}
