//! A lens in a binary that has no model checker: Cargo builds one that has, and runs that.
//!
//! A build without the model checker takes half as long, and to watch a lesson is what a reader does
//! first. Cargo keeps what it has built for each of the two.
//!
//! # What the second Cargo knows
//! `cargo run` replaces itself by this process, so its command line is gone. Where the binary lies
//! says the profile (`--release`), the target folder and `--target`; the environment is inherited.
//! The second run is `--locked`: the first has settled the lock file, for all features. What is
//! lost are features of the topic's own, on which no model depends, and `-q`, `--offline`, `-j` and
//! `--config`: the environment of the binary is the same with and without them. Those of their
//! counterparts that are variables (`CARGO_TERM_QUIET`, `CARGO_NET_OFFLINE`, `CARGO_BUILD_JOBS`)
//! are inherited by both.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ArgMatches;

use super::{Error, Topic};
use crate::chosen::Chosen;
use crate::options::Options;
use crate::terminal::Terminal;
use crate::typed::typed;

/// The variable that is set for the binary that Cargo runs in the place of this one.
const TRIED: &str = "STAGE_EXPLORER";

impl Topic {
    /// Has Cargo build this topic with the model checker, if it was Cargo that started this process,
    /// and replaces this process by the one that Cargo runs.
    pub(super) fn look(
        &self,
        _: &mut Terminal,
        _: &[Chosen],
        _: &ArgMatches,
        _: &Options,
    ) -> Result<bool, Error> {
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let why = match self.cargo(&arguments) {
            Some(mut cargo) => format!("Cargo cannot be started ({})", cargo.exec()),
            None => "this binary is built without the model checker".to_owned(),
        };
        let given: Vec<_> = arguments.iter().map(|given| given.to_string_lossy()).collect();
        let typed = typed(self.name);
        let cargo = typed.trim_end_matches(" --");
        let again = format!("{cargo} -F stage/explore -- {}", given.join(" "));
        Err(Error::Request(format!("{why}; with it: {again}")))
    }

    /// Returns the command that builds and runs this topic with the model checker; `None` if it was
    /// not `cargo run` that started this process.
    fn cargo(&self, arguments: &[OsString]) -> Option<Command> {
        let variable = |name: &str| std::env::var_os(name);
        if variable("CARGO_PKG_NAME")? != OsStr::new(self.name) || variable(TRIED).is_some() {
            return None;
        }
        let manifest = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("Cargo.toml");
        let binary = std::env::current_exe().ok()?;
        let folder = binary.parent()?;
        let mut cargo = Command::new(variable("CARGO")?);
        cargo.args(["run", "--locked", "--features", "stage/explore", "--manifest-path"]);
        cargo.arg(manifest);
        match folder.file_name()?.to_str()? {
            "debug" => {}
            profile => drop(cargo.args(["--profile", profile])),
        }
        // With `--target`, there is a folder of that name between the target folder and the profile's.
        // Cargo marks both.
        let (above, is_marked) = (folder.parent()?, |at: &Path| at.join("CACHEDIR.TAG").exists());
        let triple = above.file_name()?.to_str()?;
        match above.parent().filter(|target| is_marked(target)) {
            Some(target) if triple.starts_with(&format!("{}-", std::env::consts::ARCH)) => {
                cargo.arg("--target-dir").arg(target).args(["--target", triple]);
            }
            _ if is_marked(above) => drop(cargo.arg("--target-dir").arg(above)),
            _ => {}
        }
        if is_built(folder) {
            cargo.arg("--quiet");
        } else {
            // There is nowhere left to say it when this fails.
            let _ = writeln!(
                io::stderr(),
                "{}: Cargo builds the model checker now, which takes as long as the first build, once",
                self.name
            );
            if !io::stderr().is_terminal() {
                cargo.arg("--quiet");
            }
        }
        cargo.arg("--").args(arguments).env(TRIED, "1");
        Some(cargo)
    }
}

/// Tells whether Cargo has built the model checker in the folder of a profile.
fn is_built(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder.join("deps")).into_iter().flatten().flatten();
    files.map(|file| file.file_name()).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with("libshuttle_engine-") && name.ends_with(".rlib")
    })
}
