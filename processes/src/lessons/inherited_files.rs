//! The open files that a child inherits.

use processes::inherited_files::{Way, exec, run};
use processes::procfs::OpenFile;
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("inherited-files", "the open files that a child inherits")
        .story("The parent has a file open. Numbers are descriptors; c: close-on-exec is set.")
        .source("processes/src/{inherited_files,inherited_files/exec}.rs")
        .variants(variants)
}

fn list(open: &[OpenFile]) -> String {
    let flag = |open: &OpenFile| if open.close_on_exec { "c" } else { "" };
    let files = open.iter().map(|open| format!("{}{}", open.descriptor, flag(open)));
    files.collect::<Vec<_>>().join(" ")
}

fn inherited(way: Way, descriptors: fn(i32) -> Vec<i32>, line: &'static str) -> Checked {
    let out = with_child(|program| run(program, way))?;
    // The next child was handed nothing.
    let (flag, leaks) = (out.file.close_on_exec, !out.under(&out.next).is_empty());
    let offset = if way == Way::Forked { 4 } else { 0 };
    let cleared = way == Way::FlagCleared;
    let wanted = (descriptors(out.file.descriptor), cleared, !cleared, offset);
    let report = expect((out.under(&out.child), leaks, flag, out.offset), wanted, line)?;
    Ok(report.fact("open", format!("parent {}; child {}", list(&out.parent), list(&out.child))))
}

fn executed() -> Checked {
    let [kept, gone] = with_child(exec)?;
    let (kept, gone) = (kept.join(", "), gone.join(", "));
    let wanted = "PID, parent, alarm, ignored signal, file without close-on-exec";
    let seen = (kept.as_str(), gone.as_str());
    let line = "the same process, with a new memory";
    let report = expect(seen, (wanted, "file with close-on-exec, handler, memory, thread"), line)?;
    Ok(report.fact("kept", kept).fact("gone", gone))
}

fn variants() -> [Variant; 6] {
    let of = |way, descriptors: fn(i32) -> Vec<i32>, line| {
        move || on_linux(|| inherited(way, descriptors, line))
    };
    let same = |descriptor| vec![descriptor];
    let others = "the child has it, and so has every other";
    let none = "std sets close-on-exec on all: the child does not have it";
    let input = "handed over as 0: dup2 makes a copy without close-on-exec";
    let this = "close-on-exec is cleared after the fork: for it only";
    let all = "has all, and shares the offset: it read 4, parent is at 4";
    [
        Variant::breaks("unmarked", of(Way::FlagCleared, same, others))
            .story("The parent clears close-on-exec: each program that it starts has the file."),
        Variant::holds("as-opened", of(Way::AsOpened, |_| vec![], none))
            .story("std opens every file with close-on-exec: no program inherits it."),
        Variant::holds("as-input", of(Way::AsInput, |_| vec![0], input))
            .story("The file becomes the child's input: dup2 makes a copy without close-on-exec."),
        Variant::holds("in-the-child", of(Way::FlagClearedInTheChild, same, this))
            .story("Close-on-exec is cleared between fork and exec: one child alone inherits it."),
        Variant::holds("forked", of(Way::Forked, same, all))
            .story("A fork without exec has every open file, and shares its offset."),
        Variant::holds("exec", || on_linux(executed))
            .story("A process executes a program: the kernel keeps the process, not its memory."),
    ]
}
