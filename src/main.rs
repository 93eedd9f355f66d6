//! The `kep-liaison` binary: hands the command line to [`kep_liaison::cli`].

use std::process::ExitCode;

/// Boards are many small values that come and go together; see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    kep_liaison::cli::run(std::env::args_os())
}
