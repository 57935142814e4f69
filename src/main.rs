//! Arguments → run → exit code.

/// Reading a record allocates many small pieces, on several threads; see docs/decisions.md, "Crates".
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    llmcost::cli::run(std::env::args_os())
}
