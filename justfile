# List the recipes.
default:
    @just --list

# Install what the checks need and fetch the dependencies.
setup:
    rustup component add rustfmt clippy
    cargo deny --version || cargo install cargo-deny --locked --version 0.20.2
    cargo fetch --locked

# Run the tests; arguments go to cargo: `just test layering`.
test *args:
    cargo test --locked {{args}}

# Kill the bot at each request and at 200 moments, cut delivery off at each call, drain 10,000 effects.
crashes:
    cargo test --locked --test suite delivery:: -- --ignored

# Check formatting, lints, and the dependencies' licences and sources.
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    cargo deny --locked check licenses bans sources

# Run the program: `just run status 5825`.
run *args:
    cargo run --locked -- {{args}}

# Run the benchmarks.
bench *args:
    cargo bench --locked {{args}}

# Everything that a change must pass.
ci:
    .ci/run

# Rewrite the snapshot files to what the tests see now; read the diff before you commit it.
snapshots *args:
    INSTA_UPDATE=always cargo test --locked {{args}}
