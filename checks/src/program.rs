//! A program that a test makes: a script that is removed with it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A shell script that can be executed, in a file of its own that is removed when this is dropped.
#[derive(Debug)]
pub struct Program(PathBuf);

impl Program {
    /// Writes the script. `name` is one that no other test of the process uses.
    ///
    /// A child writes it: were the file open for writing here, another test that forks just then
    /// would hand it to its own child, and a file that somebody may write to cannot be executed
    /// (`ETXTBSY`).
    ///
    /// # Panics
    /// If there is no shell, or no room in the folder for temporary files.
    pub fn new(name: &str, script: &str) -> Self {
        let path = std::env::temp_dir().join(format!("checks-{}-{name}", std::process::id()));
        let writes = r#"printf '#!/bin/sh\n%s\n' "$1" > "$0" && chmod 755 "$0""#;
        let written = Command::new("sh").args(["-c", writes]).arg(&path).arg(script).status();
        assert!(written.is_ok_and(|status| status.success()), "{} is written", path.display());
        Self(path)
    }
}

impl AsRef<Path> for Program {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<OsStr> for Program {
    fn as_ref(&self) -> &OsStr {
        self.0.as_os_str()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It is a test's own; what is not there any more needs no removal.
        let _ = fs::remove_file(&self.0);
    }
}
