//! The `kep-liaison` binary: hands the command line to [`kep_liaison::cli`].

use std::process::ExitCode;

/// Boards are many small values that come and go together; see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kep_liaison::cli::run(std::env::args_os())
}
