//! An HTML report → a private file, and the program of the desktop that shows it.

use crate::Io;
use crate::exit::{Failure, describe};
use crate::output::{Document, Format, OutputArg};
use cilium_exec_check_core::render::shown;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What opens a file, tried in this order.
#[cfg(target_os = "macos")]
const OPENERS: &[&[&str]] = &[&["open"]];
#[cfg(windows)]
const OPENERS: &[&[&str]] = &[&["explorer"]];
#[cfg(not(any(target_os = "macos", windows)))]
const OPENERS: &[&[&str]] = &[&["xdg-open"], &["gio", "open"], &["wslview"]];

/// How long an opener may take to say that it failed: one that shows the file itself does not end.
const PATIENCE: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(20);

/// Shows the page that was written to a file, or writes it to one of its own that only its owner reads.
pub(crate) fn show(
    page: &dyn Fn() -> String,
    rendered: &[(OutputArg, Document<'_>)],
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let written = rendered.iter().find(|(output, _)| output.format == Format::Html);
    let path = match written {
        Some((OutputArg { file: Some(path), .. }, _)) => {
            Ok(std::path::absolute(path).unwrap_or_else(|_| path.clone()))
        }
        Some((_, Document::Text(html))) => keep(html),
        Some((_, Document::Json(_))) | None => keep(&page()),
    };
    let path =
        path.map_err(|error| Failure::new(format!("cannot write the report to open: {}", describe(&error))))?;
    let name = shown(&path.to_string_lossy()).into_owned();
    let _ = writeln!(io.stderr, "report: {name}");
    (io.open)(&path).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "no program to open it was found".to_owned(),
            _ => describe(&error),
        };
        Failure::with_help(
            format!("cannot open `{name}`: {why}"),
            "open that file with a browser; it stays there",
        )
    })
}

/// Writes a file that outlives the run, in a folder of its own: mode 0600 in 0700.
fn keep(report: &str) -> io::Result<PathBuf> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("cilium-exec-check-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let folder = builder.tempdir()?;
    let path = folder.path().join("report.html");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path)?.write_all(report.as_bytes())?;
    let _ = folder.keep();
    Ok(path)
}

/// Opens a file with the system's opener.
pub fn open(path: &Path) -> io::Result<()> {
    let mut last = io::Error::from(ErrorKind::NotFound);
    for opener in OPENERS {
        let Some((program, arguments)) = opener.split_first() else { continue };
        let mut command = Command::new(program);
        command.args(arguments).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn().and_then(settled) {
            Ok(()) => return Ok(()),
            // One that is not there says less than one that failed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Whether an opener ended well, or goes on.
fn settled(mut child: Child) -> io::Result<()> {
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match child.try_wait()? {
            // Explorer ends with 1 although it has opened the file.
            Some(status) if status.success() || cfg!(windows) => return Ok(()),
            Some(status) => return Err(io::Error::other(format!("the opener ended with {status}"))),
            None => std::thread::sleep(GLANCE),
        }
        waited += GLANCE;
    }
    Ok(())
}
