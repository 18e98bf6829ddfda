//! The lessons on what a process is while it lives: its names, its threads, its work, its
//! processors.

use processes::cpus::{Processors, pinned, quota};
use processes::names::{Names, TITLE, named};
use processes::spawn_and_wait::Ended;
use processes::threads::{Counted, TEN, counted};
use processes::worker::{Failed, Worker};
use stage::{Lesson, Report, Variant, duration, expect};

use super::{on_linux, with_children};

pub(crate) fn names() -> Lesson {
    Lesson::new("names", "numbers, names and titles, and where they come from")
        .story(
            "A child is started under a name, and gives itself a title; its parent looks at \
             both from outside.",
        )
        .source("processes/src/names.rs")
        .variants(names_variants)
}

fn names_variants() -> Vec<Variant> {
    let numbers = |names: &Names| names.inside == (names.number, std::process::id());
    Vec::from([
            Variant::breaks("cut", move || {
                on_linux(|| {
                    let titles = ["request-handler-1", "request-handler-2"];
                    let seen = with_children(|program| {
                        Ok([named(program, "a", Some(titles[0]))?, named(program, "b", Some(titles[1]))?])
                    })?;
                    let line = format!("kept in {TITLE} bytes: the two cannot be told apart");
                    expect(seen.map(|names| names.title), ["request-handler"; 2].map(String::from), line).map(
                        |shown| {
                            shown.fact("asked for", titles.join(", ")).fact("shown", "request-handler, twice")
                        },
                    )
                })
            })
.story("Two process names (comm) differ in their 17th byte: the kernel keeps 15, and they look \
        the same."),
            Variant::holds("named", move || {
                on_linux(|| {
                    let names = with_children(|program| named(program, "indexer", None))?;
                    let line = "command line: the starter's choice; title: the file's name";
                    let shown = expect((numbers(&names), names.command.as_str()), (true, "indexer"), line)?;
                    let (child, parent) = names.inside;
                    Ok(shown
                        .fact("command", names.command)
                        .fact("title", format!("{}: it was started as /proc/self/exe", names.title))
                        .fact("numbers", format!("{child}, child of {parent}: the same inside and outside")))
                })
            })
.story("The parent chooses argv[0], the first word of the command line; comm stays the file's \
        name."),
            Variant::holds("titled", move || {
                on_linux(|| {
                    let names = with_children(|program| named(program, "indexer", Some("indexer: 40 %")))?;
                    let line = "its own choice, at any time; the command line stays as it was";
                    let seen = (names.command.as_str(), names.title.as_str());
                    expect(seen, ("indexer", "indexer: 40 %"), line)
                })
            })
.story("The child sets its own process name (comm) while it runs; its command line stays as it \
        was."),
        ],
    )
}

pub(crate) fn threads() -> Lesson {
    Lesson::new("threads", "ten threads, counted inside the child and outside")
        .story("The kernel counts what runs; a program knows what it has started.")
        .source("processes/src/threads.rs")
        .variants(threads_variants)
}

fn threads_variants() -> Vec<Variant> {
    let ten_and_main = || {
        let Counted { inside, outside, names, joined } = with_children(counted)?;
        let line = "ten and main: 11 inside, 11 outside, and 1 when the ten are joined";
        let shown = expect((inside, outside, joined), (TEN + 1, TEN + 1, 1), line)?;
        Ok(shown.fact("names", names.join(" ")))
    };
    Vec::from([Variant::holds("ten", move || on_linux(ten_and_main)).story(
        "The child starts ten threads and reads its count in /proc; its parent reads it from \
             outside.",
    )])
}

pub(crate) fn worker() -> Lesson {
    Lesson::new("worker", "the process class: a struct that stands for a process")
        .story(
            "It has a state of its own and takes tasks. What it changes in its memory is not \
             changed in its parent's.",
        )
        .source("processes/src/worker.rs")
        .variants(worker_variants)
}

fn worker_variants() -> Vec<Variant> {
    Vec::from([
            Variant::breaks("field", || {
                let (field, result) = with_children(|program| {
                    let mut worker = Worker::start(program, 0)?;
                    (1..=10).for_each(|number| worker.add(number));
                    Ok((worker.total, worker.stop()?))
                })?;
                let line = "the parent's is 0: the child has changed its copy";
                expect((field, result), (0, Ok(55)), line)
                    .map(|shown| shown.fact("sent back", "55, at its end"))
            })
.story("The child adds to its own copy of the total: the field in the parent's memory stays 0."),
            Variant::holds("asked", || {
                let (totals, last) = with_children(|program| {
                    let mut worker = Worker::start(program, 100)?;
                    let mut totals = Vec::new();
                    for number in 1..=3 {
                        worker.add(number);
                        totals.push(worker.ask()?.unwrap_or(0));
                    }
                    Ok((totals, worker.stop()?))
                })?;
                let line = "it starts with the 100 it is sent, and keeps its total";
                expect((totals, last), (vec![101, 103, 106], Ok(106)), line)
            })
.story("The parent sends each number over a pipe and asks for the total, which the child sends \
        back."),
            Variant::holds("panics", || {
                let failed = with_children(|program| {
                    let mut worker = Worker::start(program, 0)?;
                    worker.add("ten");
                    worker.stop()
                })?;
                let said = "ten is no number".to_owned();
                let line = "an error for whoever waits: code 101, and the message";
                expect(failed, Err(Failed { ended: Ended::Exited(101), said: said.clone() }), line)
                    .map(|shown| shown.fact("message", said))
            })
.story("The child panics at a task that is no number: its parent gets exit status 101 and the \
        message."),
        ],
    )
}

pub(crate) fn cpus() -> Lesson {
    Lesson::new("cpus", "how many processors there are, and how many may be used")
        .story("A child is kept to one processor, or to a tenth of one, as in a container.")
        .source("processes/src/cpus.rs")
        .variants(cpus_variants)
}

fn cpus_variants() -> Vec<Variant> {
    let told = |seen: &Processors| {
        format!("{} online, {} allowed, {} available", seen.online, seen.allowed, seen.available)
    };
    Vec::from([
            Variant::breaks("online", move || {
                on_linux(|| {
                    let seen = with_children(pinned)?;
                    if seen.online == 1 {
                        return Ok(Report::not_here(
                            "this machine has one processor: there is nothing to count wrongly",
                        ));
                    }
                    let line = format!("the child sees {}, and may use 1 of them", seen.online);
                    expect((seen.online > 1, seen.allowed), (true, 1), line)
                })
            })
.story("A child pinned to one processor counts the machine's processors: it would start too many \
        threads."),
            Variant::holds("available", move || {
                on_linux(|| {
                    let here = processes::cpus::count().map_err(|error| error.to_string())?;
                    let seen = with_children(pinned)?;
                    let line = "kept to one processor, available_parallelism says 1";
                    let shown = expect(seen.available, 1, line)?;
                    Ok(shown.fact("here", told(&here)).fact("in the child", told(&seen)))
                })
            })
.story("available_parallelism reads the affinity mask: pinned to one processor, the child counts \
        1."),
            Variant::holds("quota", move || {
                on_linux(|| match with_children(quota)? {
                    Err(why) => Ok(Report::not_here(format!("this system gives no control group ({why})"))),
                    Ok(seen) => {
                        let line = "a tenth of one, as by docker --cpus 0.1: it says 1 as well";
                        let shown = expect((seen.seen.available, seen.periods >= 3), (1, true), line)?;
                        let [used, took] =
                            [seen.used, seen.took].map(|time| duration(time.as_nanos() as u64));
                        Ok(shown.fact("in the child", told(&seen.seen)).fact(
                            "kept busy",
                            format!("{used} of processors' time in {took}, {} stops", seen.periods),
                        ))
                    }
                })
            })
.story("available_parallelism reads the cgroup's CPU quota, too: with a tenth of a processor, it \
        says 1."),
        ],
    )
}
