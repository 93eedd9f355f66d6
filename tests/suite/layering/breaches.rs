//! Small source texts that breach the layering rule, each in its own way, and some that do not.

use super::{CLIENTS, Environment, LAYERS, breaches_in, module_layer};

/// Asserts that `text`, were it the file `src/file`, breaches the rule as `expected` and no more.
#[track_caller]
fn expect_breaches(file: &str, text: &str, expected: &[&str]) {
    assert_eq!(breaches_in(file, text), expected, "in {text:?}");
}

#[test]
fn each_layer_is_held_to_its_list() {
    for (file, target, rule) in [
        (
            "domain/kep.rs",
            "command",
            "`domain` must import nothing of this crate",
        ),
        (
            "command/mod.rs",
            "ports",
            "`command` may import only domain",
        ),
        ("ports.rs", "command", "`ports` may import only domain"),
        ("config.rs", "app", "`config` may import only domain"),
        ("sample.rs", "config", "`sample` may import only domain"),
        ("chart/axis.rs", "slack", "`chart` may import only domain"),
        (
            "handlers/status.rs",
            "github",
            "`handlers` may import only domain, command, ports",
        ),
        (
            "jobs/sync.rs",
            "store",
            "`jobs` may import only domain, command, ports",
        ),
        (
            "slack/socket.rs",
            "github",
            "`slack` may import only domain, ports",
        ),
        (
            "github/facts.rs",
            "store",
            "`github` may import only domain, ports",
        ),
        (
            "store/sqlite.rs",
            "slack",
            "`store` may import only domain, ports",
        ),
        (
            "web.rs",
            "store",
            "`web` may import only domain, ports, command, slack, github",
        ),
    ] {
        let text = format!("use std::fmt;\nuse crate::{target}::Thing;\n");
        expect_breaches(
            file,
            &text,
            &[&format!("src/{file}:2: `crate::{target}::Thing`: {rule}")],
        );
    }
    expect_breaches(
        "main.rs",
        "fn main() { kep_liaison::cli::run(std::env::args_os()); kep_liaison::app::start() }",
        &["src/main.rs:1: `kep_liaison::app::start`: `main` may import only cli"],
    );
}

#[test]
fn a_layer_may_import_itself_and_what_its_list_says() {
    for (file, text) in [
        (
            "domain/kep.rs",
            "use super::login::Login; use crate::domain::Release;",
        ),
        (
            "handlers/status.rs",
            "use crate::{command::Command, domain::*, ports::{Chat, Forge}};",
        ),
        ("sandbox/mod.rs", "use crate::{slack, github, store, app};"),
        (
            "config.rs",
            "mod tests { use super::*; } use std::env; fn f() { env::var(\"A\"); }",
        ),
        (
            "cli/mod.rs",
            "use std::env; fn f() { env::args_os(); crate::app::start(); }",
        ),
        ("lib.rs", "pub mod cli;\npub mod domain;\n"),
    ] {
        expect_breaches(file, text, &[]);
    }
}

#[test]
fn an_unnamed_module_is_a_breach() {
    let wants_a_place = "is no layer: give it a place in the rule";
    expect_breaches(
        "util.rs",
        "",
        &[&format!("src/util.rs:1: `util` {wants_a_place}")],
    );
    expect_breaches(
        "bin/x.rs",
        "",
        &[&format!("src/bin/x.rs:1: `bin` {wants_a_place}")],
    );
    expect_breaches(
        "lib.rs",
        "pub mod domain;\nmod util { fn f() {} }",
        &[&format!(
            "src/lib.rs:2: `crate::util`: `util` {wants_a_place}"
        )],
    );
    expect_breaches(
        "cli/mod.rs",
        "use crate::util::pad;",
        &[&format!(
            "src/cli/mod.rs:1: `crate::util::pad`: `util` {wants_a_place}"
        )],
    );
    expect_breaches(
        "cli.rs",
        "use super::*;",
        &["src/cli.rs:1: `crate::*`: name the module, not the whole crate"],
    );
}

#[test]
fn the_domain_names_nothing_impure() {
    for (code, path, item) in [
        ("use tokio::sync::Mutex;", "tokio::sync::Mutex", "tokio"),
        ("fn f(x: hyper_util::X) {}", "hyper_util::X", "hyper"),
        ("fn f() -> ::axum::Router {}", "axum::Router", "axum"),
        ("extern crate octocrab;", "octocrab", "octocrab"),
        (
            "use slack_morphism as s;",
            "slack_morphism",
            "slack_morphism",
        ),
        (
            "#[derive(sqlx::FromRow)] struct S;",
            "sqlx::FromRow",
            "sqlx",
        ),
        (
            "fn f() -> Option<reqwest::Url> {}",
            "reqwest::Url",
            "reqwest",
        ),
        ("use std::{fmt, fs::{self}};", "std::fs", "std::fs"),
        ("use std::net::*;", "std::net::*", "std::net"),
        (
            "use std::time::{Duration, SystemTime};",
            "std::time::SystemTime",
            "std::time::SystemTime",
        ),
        (
            "fn f() { std::time::Instant::now(); }",
            "std::time::Instant::now",
            "std::time::Instant",
        ),
        (
            "use chrono::Utc; fn f() { Utc::now(); }",
            "chrono::Utc::now",
            "chrono::Utc::now",
        ),
        (
            "use chrono::*; fn f() { Local::now(); }",
            "Local::now",
            "chrono::Local::now",
        ),
    ] {
        let expected = format!("src/domain/kep.rs:1: `{path}`: `domain` must not name `{item}`");
        expect_breaches("domain/kep.rs", code, &[&expected]);
    }
}

#[test]
fn use_cases_hold_no_type_of_a_client() {
    for layer in ["handlers", "jobs"] {
        for client in CLIENTS {
            let file = format!("{layer}/mod.rs");
            let breach = format!("src/{file}:1: `{client}::X`: `{layer}` must not name `{client}`");
            expect_breaches(&file, &format!("use {client}::X;"), &[&breach]);
        }
    }
}

#[test]
fn only_config_reads_the_environment() {
    for layer in LAYERS
        .iter()
        .filter(|layer| module_layer(layer.name).is_some())
    {
        let rule = match layer.environment {
            Environment::Everything => continue,
            Environment::Arguments => "`cli` may read only the arguments",
            Environment::Nothing => "only `config` reads the environment",
        };
        let file = format!("{}.rs", layer.name);
        let breach = format!("src/{file}:1: `std::env::var`: {rule}");
        expect_breaches(&file, "fn f() { std::env::var(\"HOME\"); }", &[&breach]);
    }
}

#[test]
fn breaches_are_found_however_they_are_written() {
    let store = |line: usize, path: &str| {
        format!("src/slack/send.rs:{line}: `{path}`: `slack` may import only domain, ports")
    };
    for (code, line, path) in [
        ("use crate::{domain::Kep, store};", 1, "crate::store"),
        (
            "use crate::{\n    domain::{Kep, Login},\n    store::{\n  Db,\n },\n};",
            4,
            "crate::store::Db",
        ),
        ("use crate\n    ::store\n    ::Db;", 3, "crate::store::Db"),
        (
            "pub(crate) use crate::store::Db as Database;",
            1,
            "crate::store::Db",
        ),
        ("use super::super::store::Db;", 1, "crate::store::Db"),
        (
            "mod inner { use super::super::super::store::Db; }",
            1,
            "crate::store::Db",
        ),
        (
            "fn f() {}\nfn g(db: &crate::store::Db) {}",
            2,
            "crate::store::Db",
        ),
        (
            "use crate as all; fn f() { all::store::open(); }",
            1,
            "crate::store::open",
        ),
        (
            "type T<'a> = Vec<&'a crate::store::Db>; const C: char = '\"';",
            1,
            "crate::store::Db",
        ),
        (
            "const Q: &str = r#\"\"\"#;\n/* \" */ use crate::store::Db;",
            2,
            "crate::store::Db",
        ),
    ] {
        expect_breaches("slack/send.rs", code, &[&store(line, path)]);
    }
}

#[test]
fn comments_and_strings_are_no_imports() {
    let text = "//! See [`crate::store`].\n\
        /* use crate::store; /* nested */ use crate::github; */\n\
        const A: &str = \"use crate::store::Db; \\\" crate::github::X\";\n\
        const B: &str = r##\"crate::store::\"# Db\"##;\n\
        fn f<'a>(x: &'a str) -> impl Sized + use<'a> { ('\\'', b'\"', x) }\n";
    expect_breaches("domain/kep.rs", text, &[]);
}
