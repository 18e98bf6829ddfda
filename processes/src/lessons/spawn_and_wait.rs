//! How a child ended, and what it wrote meanwhile.

use std::time::Duration;

use processes::exit::Exit;
use processes::spawn_and_wait::{KIB, captured, exit_code, signal, streamed, wait_first};
use stage::{Lesson, Variant, expect};

use super::with_child;

/// The parent that waits first gives up after this. Its child cannot end, however long it waits.
const TIMEOUT: Duration = Duration::from_millis(100);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("spawn-and-wait", "how a child ended, and what it wrote meanwhile")
        .story("The parent learns an exit code or a signal, and reads what comes out of two pipes.")
        .source("processes/src/spawn_and_wait.rs")
        .python("start_join")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::holds("exit-code", || {
            let exits =
                with_child(|program| Ok([exit_code(program, 3)?, exit_code(program, 259)?]))?;
            let line = "exit(3) arrives as 3, and so does exit(259): one byte";
            expect(exits, [Exit::Code(3); 2], line)
        })
        .story("The child calls exit(3), then exit(259): of an exit code, one byte arrives."),
        Variant::holds("signal", || {
            let exits = with_child(|program| Ok([signal(program)?, exit_code(program, 137)?]))?;
            let shell = exits.map(Exit::in_a_shell);
            let line = "signal 9 is not exit(137); a shell's $? is 137 for both";
            expect((exits, shell), ([Exit::KILLED, Exit::Code(137)], [137; 2]), line)
        })
        .story("A wait tells signal 9 from an exit with 137; a shell's $? does not."),
        Variant::breaks("wait-first", || {
            let seen = with_child(|program| wait_first(program, TIMEOUT))?;
            let line = format!("it still runs after {} ms: its pipe is full", TIMEOUT.as_millis());
            let wanted = (None, true, Exit::SUCCESS);
            let report = expect((seen.unread, seen.is_whole(), seen.exit), wanted, line)?;
            Ok(report.fact("read at last", format!("{KIB} KiB from each pipe, and code 0")))
        })
        .story("The parent waits before it reads: the child blocks on a full pipe, neither moves."),
        Variant::holds("captured", || {
            let seen = with_child(captured)?;
            let line = format!("both pipes read at once: {KIB} KiB from each, and code 0");
            expect((seen.is_whole(), seen.exit), (true, Exit::SUCCESS), line)
        })
        .story("Two threads of the parent read both pipes at once: the child is not held up."),
        Variant::holds("streamed", || {
            let (received, exit) = with_child(|program| streamed(program, 3))?;
            let heard = ["nothing", "answer 1", "answer 2"];
            let lines =
                (1..).zip(heard).map(|(n, heard)| format!("line {n}, having heard: {heard}"));
            let wanted: Vec<_> = lines.map(|line| (line, true)).collect();
            let last = wanted[2].0.clone();
            let line = "3 lines, each read and answered while the child ran";
            Ok(expect((received, exit), (wanted, Exit::SUCCESS), line)?.fact("the last", last))
        })
        .story("The parent reads one line at a time and answers it while the child runs."),
    ]
}
