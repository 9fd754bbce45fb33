//! The kubectl plugin as a library: arguments in, report and exit code out.
