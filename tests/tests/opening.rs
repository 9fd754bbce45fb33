//! `--open`: what is shown is the HTML report, in a file that only its owner reads.

use cilium_exec_check_tests::{CommandLine, Ran, Scratch};
use std::path::{Path, PathBuf};

const LINE: &str = "-f fixtures/pods-exec-create/input -f fixtures/agent/input -f fixtures/complete/input";

/// What is run, what was opened, and what stood in it.
fn run(line: &str) -> (Ran, Vec<(PathBuf, String)>) {
    let mut opened = Vec::new();
    let ran = CommandLine::new(line.split_whitespace()).run_opening(&mut |path| {
        opened.push((path.to_owned(), std::fs::read_to_string(path)?));
        Ok(())
    });
    (ran, opened)
}

fn printed(line: &str) -> Ran {
    CommandLine::new(line.split_whitespace()).run()
}

/// Takes away what a run leaves for the browser; tells the modes of file and folder.
fn clear(path: &Path) -> [u32; 2] {
    let folder = path.parent().expect("it lies in a folder");
    #[cfg(unix)]
    let modes = [path, folder].map(|path| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    });
    #[cfg(not(unix))]
    let modes = [0o600, 0o700];
    std::fs::remove_dir_all(folder).expect("it can be removed");
    modes
}

#[test]
fn the_report_is_shown_from_a_file_that_only_its_owner_reads() {
    let (ran, opened) = run(&format!("{LINE} --open"));
    let text = printed(LINE);
    let [(path, html)] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(ran, Ran { code: 1, stdout: text.stdout, stderr: format!("report: {}\n", path.display()) });
    assert!(*html == printed(&format!("{LINE} -o html")).stdout, "another report was shown");
    assert!(path.is_absolute() && path.ends_with("report.html"), "{}", path.display());
    assert_eq!(clear(path), [0o600, 0o700]);
}

#[test]
fn a_file_that_is_written_anyway_is_the_one_that_is_shown() {
    let scratch = Scratch::new();
    let file = scratch.join("r.html");
    let (ran, opened) = run(&format!("{LINE} --redact -o html={} -o name --open", file.display()));
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "user/user-1\n"));
    let [(path, html)] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(*path, file);
    assert!(html.contains("user/user-1") && !html.contains("alice"), "names are left");
}

#[test]
fn explain_shows_the_findings_of_its_identity() {
    let (ran, opened) = run("explain user/oncall@example.com --demo --open");
    assert_eq!(ran.code, 0);
    let [(path, html)] = &opened[..] else { panic!("{opened:?}") };
    assert!(html.contains("user/oncall@example.com") && !html.contains("user/dana@example.com"));
    clear(path);
}

#[test]
fn where_nothing_opens_files_it_says_so_and_leaves_the_report() {
    let ran = printed(&format!("{LINE} -o name --open"));
    let path = ran
        .stderr
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("report: "))
        .expect("it names the report");
    let stderr = format!(
        "report: {path}\nerror: cannot open `{path}`: no program to open it was found\n  help: open that file with a browser; it stays there\n"
    );
    assert_eq!(ran, Ran { code: 2, stdout: "user/alice\n".to_owned(), stderr });
    assert!(Path::new(path).is_file());
    clear(Path::new(path));
}

#[test]
fn nothing_is_opened_where_there_is_no_verdict() {
    for line in ["-f nowhere.yaml --open", "--demo -o json=/nowhere/at/all.json --open"] {
        let (ran, opened) = run(line);
        assert_eq!((ran.code, opened.len()), (2, 0), "{line}");
    }
}
