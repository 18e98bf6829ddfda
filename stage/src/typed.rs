//! What the reader types to run a topic again.

use std::path::Path;

/// Returns the command line up to the topic's own arguments: `cargo run -p deadlock --`, or that of
/// an example, whose package Cargo names in the environment.
pub(crate) fn typed(topic: &str) -> String {
    let binary = std::env::current_exe().unwrap_or_default();
    if binary.parent().and_then(Path::file_name).is_none_or(|folder| folder != "examples") {
        return format!("cargo run -p {topic} --");
    }
    let package = std::env::var("CARGO_PKG_NAME").map(|name| format!(" -p {name}"));
    format!("cargo run{} --example {topic} --", package.unwrap_or_default())
}
