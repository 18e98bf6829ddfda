//! Programs that would share what must not be shared, and that rustc refuses; beside each, one that
//! it accepts.
//!
//! Two traits do most of it: a [`Send`] value may move to another thread, a [`Sync`] one may be
//! borrowed by several. A type has them if all its parts do. The borrow checker does the rest: one
//! writer, or any number of readers, and no reference outlives the value.
//!
//! Each program is a file, and so is its fixed twin: their difference is the fix. Both are
//! documentation tests of the items below, and [`Program::ask`] gives them to the rustc of this
//! machine.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::{Command, Stdio};
use std::time::Duration;

use kit::child::ChildGuard;

/// A program that rustc refuses, and one that it accepts.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The code of rustc's error; `rustc --explain CODE` says more of it.
    pub code: &'static str,
    /// The program in a line.
    pub line: &'static str,
    /// Why it must not run.
    pub why: &'static str,
    /// All of that in a sentence.
    pub story: &'static str,
    /// Its source.
    pub refused: &'static str,
    /// The fixed source.
    pub fixed: &'static str,
}

/// What rustc said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The codes of the refused program's errors.
    pub refused: Vec<String>,
    /// What was said of the fixed one: nothing, if it was accepted without a warning.
    pub fixed: String,
}

macro_rules! programs {
    ($($item:ident: $name:literal, $file:literal, $code:literal, $line:literal, $why:literal;)*) => {
        $(
            #[doc = concat!("Refused with ", $code, ": ", $why, ".\n")]
            #[doc = concat!(
                "```compile_fail,", $code, "\n", include_str!(concat!("compiler/", $file, ".rs")),
                "```\n",
            )]
            #[doc = "Fixed:\n"]
            #[doc = concat!(
                "```\n", include_str!(concat!("compiler/", $file, "_fixed.rs")), "```",
            )]
            pub const $item: Program = Program {
                name: $name,
                code: $code,
                line: $line,
                why: $why,
                story: concat!("`", $line, "` is refused with ", $code, ": ", $why, "."),
                refused: include_str!(concat!("compiler/", $file, ".rs")),
                fixed: include_str!(concat!("compiler/", $file, "_fixed.rs")),
            };
        )*
        /// All of them.
        pub const ALL: &[Program] = &[$($item),*];
    };
}

programs! {
    RC_SENT: "rc", "rc_sent", "E0277",
        "spawn(move || rc)", "two threads would count its owners";
    CELL_SHARED: "cell", "cell_shared", "E0277",
        "spawn(|| cell.set(…))", "get and set are two steps";
    REFCELL_SHARED: "refcell", "refcell_shared", "E0277",
        "Arc<RefCell>", "its flag is read, then set: two steps";
    POINTER_SENT: "pointer", "pointer_sent", "E0277",
        "spawn(move || pointer)", "nothing vouches for its target";
    GUARD_SENT: "guard", "guard_sent", "E0277",
        "spawn(move || guard)", "the thread that locks has to unlock";
    BORROW_SENT: "borrow", "borrow_sent", "E0373",
        "spawn(|| list.iter())", "it may outlive the list";
    USED_AFTER_MOVE: "moved", "used_after_move", "E0382",
        "spawn(move || list); list", "it has moved to the other thread";
    TWO_WRITERS: "writers", "two_writers", "E0499",
        "two spawn(|| list[i] = …)", "one writer at a time";
    READ_WHILE_WRITTEN: "reader", "read_while_written", "E0502",
        "spawn(|| list.push(…)); list", "half a push is seen";
    ARC_WRITTEN: "arc", "arc_written", "E0596",
        "arc.push(…)", "the other owners look at it";
    OUT_OF_THE_LOCK: "escaped", "out_of_the_lock", "E0597",
        "{ &mutex.lock()[0] }", "without the guard, no lock";
    STATIC_MUT: "static", "static_mut", "E0133",
        "static mut COUNT += 1", "any thread may do so at once";
}

impl Program {
    /// Asks rustc: `$RUSTC`, or the one in the path.
    ///
    /// # Errors
    /// There is no rustc, or it does not answer.
    pub fn ask(&self) -> io::Result<Verdict> {
        let said = compile(self.refused)?;
        let codes = said.lines().filter_map(|line| line.split_once("error[")?.1.split_once(']'));
        Ok(Verdict {
            refused: codes.map(|(code, _)| code.to_owned()).collect(),
            fixed: compile(self.fixed)?,
        })
    }
}

/// How long rustc may take for one program; it takes about a tenth of a second.
const LIMIT: Duration = Duration::from_secs(14);

/// Has a program checked; returns what rustc complains of.
fn compile(source: &str) -> io::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let mut rustc = Command::new(rustc);
    // Its result goes to its standard output, and nowhere: no file is left. (Told to write to
    // /dev/null by a user that may write to /dev, rustc puts a file in the place of the device.)
    rustc
        .args(["--edition=2024", "--crate-name=asked", "--emit=mir=-", "--error-format=short", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut rustc = ChildGuard::of(rustc.spawn()?, LIMIT);
    match rustc.send_line(source) {
        // It has ended without reading; what it has written is its answer.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        sent => sent?,
    }
    rustc.close_stdin();
    let complaints = rustc.stderr().recv_all()?;
    rustc.wait()?;
    Ok(complaints.join("\n"))
}
