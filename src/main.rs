//! The `kep-liaison` binary: hands the command line to [`kep_liaison::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    kep_liaison::cli::run(std::env::args_os())
}
