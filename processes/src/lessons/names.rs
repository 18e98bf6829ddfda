//! PIDs and names, and where they come from.

use processes::names::{COMM_BYTES, ProcessNames, named, states};
use stage::{Checked, Lesson, Variant, expect};

use super::{on_linux, with_child};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("names", "PIDs and process names, and where they come from")
        .story("A child gets one name and sets its process name (comm); its parent reads both.")
        .source("processes/src/{names,names/states}.rs")
        .python("names")
        .variants(variants)
}

fn cut() -> Checked {
    let set = ["request-handler-1", "request-handler-2"];
    let seen = with_child(|program| {
        Ok([named(program, "a", Some(set[0]))?, named(program, "b", Some(set[1]))?])
    })?;
    let line = format!("cut to {COMM_BYTES} bytes: the two cannot be told apart");
    let report =
        expect(seen.each_ref().map(|names| names.comm.as_str()), ["request-handler"; 2], line);
    Ok(report?.fact("set", set.join(", ")).fact("shown", "request-handler, twice"))
}

fn by_its_parent() -> Checked {
    let ProcessNames { pid, inside, command, comm } =
        with_child(|program| named(program, "indexer", None))?;
    let line = "command line: the parent's choice; comm: the file's name";
    let same = inside == (pid, std::process::id());
    let report = expect((same, command.as_str()), (true, "indexer"), line)?;
    let pids = format!("{pid}, child of {}: the same inside and outside", inside.1);
    let comm = format!("{comm}: it was started as /proc/self/exe");
    Ok(report.fact("command", command).fact("comm", comm).fact("PIDs", pids))
}

fn by_itself() -> Checked {
    let names = with_child(|program| named(program, "indexer", Some("indexer: 40 %")))?;
    let line = "its own choice, at any time; the command line stays as it was";
    let seen = (names.command.as_str(), names.comm.as_str());
    expect(seen, ("indexer", "indexer: 40 %"), line)
}

fn life() -> Checked {
    let seen = with_child(states)?;
    let wanted = [Some('D'), Some('S'), Some('R'), Some('T'), Some('R'), Some('Z'), None];
    let report = expect(seen.as_slice(), &wanted, "a letter in /proc/PID/stat for each state")?;
    let facts = [
        ("R", "running, or ready: the textbooks' two states are one letter"),
        ("S, D", "blocked: in a read; in vfork, until its child ends"),
        ("T", "stopped by SIGSTOP; SIGCONT makes it ready again"),
        ("Z", "terminated, not waited for; after the wait there is nothing"),
    ];
    Ok(facts.into_iter().fold(report, |report, (state, what)| report.fact(state, what)))
}

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("cut", || on_linux(cut))
            .story("Two process names differ in the 17th byte: the kernel keeps 15 of each."),
        Variant::holds("named", || on_linux(by_its_parent))
            .story("The parent chooses argv[0]; comm is the name of the file that was started."),
        Variant::holds("titled", || on_linux(by_itself))
            .story("The child sets its own process name (comm); its command line stays as it was."),
        Variant::holds("states", || on_linux(life))
            .story("The parent puts a child into each state, and reads the state from /proc."),
    ]
}
