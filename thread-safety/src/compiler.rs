//! Programs that would share what must not be shared, and that rustc refuses; beside each, one that
//! it takes.
//!
//! Two traits do most of it: [`Send`] may be given to another thread, [`Sync`] may be looked at by
//! several. A type has them if all its parts do. The borrow checker does the rest: one writer, or
//! any number of readers, and nobody beyond the value's life.
//!
//! Each program is a file, and so is its mended twin: their difference is the mend. Both are
//! documentation tests of the items below, and [`Program::ask`] gives them to the rustc of whoever
//! runs the lesson.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

/// Holds a program that rustc refuses, and one that it takes.
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
    /// The mended source.
    pub mended: &'static str,
}

/// Holds what rustc said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The codes of the refused program's errors.
    pub refused: Vec<String>,
    /// What was said of the mended one: nothing, if it was taken without a warning.
    pub mended: String,
}

macro_rules! programs {
    ($($item:ident, $file:literal, $name:literal, $code:literal, $line:literal, $why:literal;)*) => {
        $(
            #[doc = concat!("Refused with ", $code, ": ", $why, ".\n")]
            #[doc = concat!("```compile_fail,", $code, "\n", include_str!(concat!("compiler/", $file, ".rs")), "```\n")]
            #[doc = "Mended:\n"]
            #[doc = concat!("```\n", include_str!(concat!("compiler/", $file, "_mended.rs")), "```")]
            pub const $item: Program = Program {
                name: $name,
                code: $code,
                line: $line,
                why: $why,
                story: concat!("`", $line, "` is refused with ", $code, ": ", $why, "."),
                refused: include_str!(concat!("compiler/", $file, ".rs")),
                mended: include_str!(concat!("compiler/", $file, "_mended.rs")),
            };
        )*
        /// All of them.
        pub const ALL: &[Program] = &[$($item),*];
    };
}

programs! {
    RC_SENT, "rc_sent", "rc", "E0277", "spawn(move || rc)", "two threads would count its owners";
    CELL_SHARED, "cell_shared", "cell", "E0277", "spawn(|| cell.set(…))", "get and set are two steps";
    REFCELL_SHARED, "refcell_shared", "refcell", "E0277", "Arc<RefCell>", "its flag is read, then set: two steps";
    POINTER_SENT, "pointer_sent", "pointer", "E0277", "spawn(move || pointer)", "nobody answers for its target";
    GUARD_SENT, "guard_sent", "guard", "E0277", "spawn(move || guard)", "who has locked has to unlock";
    BORROW_SENT, "borrow_sent", "borrow", "E0373", "spawn(|| list.iter())", "it may outlive the list";
    USED_AFTER_MOVE, "used_after_move", "moved", "E0382", "spawn(move || list); list", "it has gone elsewhere";
    TWO_WRITERS, "two_writers", "writers", "E0499", "two spawn(|| list[i] = …)", "one writer at a time";
    READ_WHILE_WRITTEN, "read_while_written", "reader", "E0502", "spawn(|| list.push(…)); list", "half a push is seen";
    ARC_WRITTEN, "arc_written", "arc", "E0596", "arc.push(…)", "the other owners look at it";
    OUT_OF_THE_LOCK, "out_of_the_lock", "escaped", "E0597", "{ &mutex.lock()[0] }", "without the guard, no lock";
    STATIC_MUT, "static_mut", "static", "E0133", "static mut COUNT += 1", "any thread may do so at once";
}

impl Program {
    /// Asks rustc: `$RUSTC`, or the one in the path.
    ///
    /// # Errors
    /// There is no rustc, or it cannot be talked to.
    pub fn ask(&self) -> io::Result<Verdict> {
        let said = compile(self.refused)?;
        let codes = said.lines().filter_map(|line| line.split_once("error[")?.1.split_once(']'));
        Ok(Verdict {
            refused: codes.map(|(code, _)| code.to_owned()).collect(),
            mended: compile(self.mended)?,
        })
    }
}

/// How long rustc may take for one program; it takes about a tenth of a second.
const LIMIT: Duration = Duration::from_secs(14);

/// A rustc that is killed and reaped, whatever comes of the question.
struct Asked(Child);

impl Drop for Asked {
    fn drop(&mut self) {
        // One that has ended is not there to be killed, and is reaped already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Asked {
    fn wait_until(&mut self, deadline: Instant) -> io::Result<()> {
        while self.0.try_wait()?.is_none() {
            if Instant::now() > deadline {
                return Err(too_late());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }
}

fn too_late() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, format!("it did not answer within {LIMIT:?}"))
}

/// Has a program checked; returns what rustc complains of.
fn compile(source: &str) -> io::Result<String> {
    let deadline = Instant::now() + LIMIT;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let rustc = Command::new(rustc)
        // Its result goes to its standard output, and nowhere: no file is left. (Told to write to
        // /dev/null by somebody who may write to /dev, rustc puts a file in the place of the
        // device.)
        .args(["--edition=2024", "--crate-name=asked", "--emit=mir=-", "--error-format=short", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut rustc = Asked(rustc);
    // The program is shorter than any pipe: this does not wait for rustc to read it. Dropping the
    // pipe is its end. One that has ended without reading has had its say.
    let written = rustc.0.stdin.take().expect("it is piped").write_all(source.as_bytes());
    written
        .or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })?;
    let mut stderr = rustc.0.stderr.take().expect("it is piped");
    let (complaint, said) = channel();
    thread::Builder::new().name("rustc".into()).spawn(move || {
        let mut text = Vec::new();
        let read = stderr.read_to_end(&mut text).map(|_| text);
        // Nobody listens any more once the time is over.
        let _ = complaint.send(read);
    })?;
    rustc.wait_until(deadline)?;
    let rest = deadline.saturating_duration_since(Instant::now());
    let said = said.recv_timeout(rest).map_err(|_| too_late())??;
    Ok(String::from_utf8_lossy(&said).into_owned())
}
