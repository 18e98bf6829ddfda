use std::time::Duration;

use process_sharing::manager::{self, Lists};
use process_sharing::model::protocols::{self, Append};
use stage::{Checked, Lesson, Variant, duration, expect};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("manager", "a server process owns a dict, and a client changes a list inside it")
        .story(
            "What a proxy's get returns is a copy. The server has d = {\"inner\": [1]} and l = \
             [1]; a client appends 2.",
        )
        .source("process-sharing/src/{manager,proxies/objects}.rs")
        .python("managed_copies")
        .python("managed_lock")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    let lists = |inner: &[i64], own: &[i64]| Lists { inner: inner.into(), own: own.into() };
    vec![
        breaks(
            "changed-copy",
            |program| manager::after(program, &["changes its copy"]),
            is(lists(&[1], &[1]), "the server's is [1] still: the client changed its own"),
        )
        .story("The client gets a copy of the list, and appends to it: the server's is unchanged."),
        holds(
            "put-back",
            |program| manager::after(program, &["puts it back", "go on"]),
            is(lists(&[1, 2], &[1]), "put back under its key: [1, 2]"),
        )
        .story("The client appends to its copy, and puts it back: the server replaces the list."),
        two_append(
            Append::GetAndPut,
            breaks(
                "both-put-back",
                manager::both_put_back,
                is(lists(&[1, 2], &[1]), "two appended 2, both before either put back: [1, 2]"),
            )
            .story("Two clients get the list before either puts it back: a lost update."),
        ),
        two_append(
            Append::OneRequest,
            holds(
                "own-list",
                |program| manager::after(program, &["pushes"]),
                is(lists(&[1], &[1, 2]), "a list with a name of its own: [1, 2]"),
            )
            .story("The list has its own name, and the server appends: one request is atomic."),
        ),
        two_append(
            Append::UnderALock,
            holds("lock", manager::locked, under_a_lock)
                .story("Three clients get and put back under the server's lock: mutual exclusion."),
        ),
        holds(
            "client-killed",
            manager::client_killed,
            is(lists(&[1, 2], &[1, 2, 3, 3]), "what it had done stays; the next got the lock"),
        )
        .story("A client is killed with the lock: the server sees its end, and releases the lock."),
        holds(
            "server-killed",
            manager::server_killed,
            is(["the server is gone"; 2], "two clients are told: the server is gone"),
        )
        .story("The server is killed: each client's next request returns an error at once."),
    ]
}

/// Checks that each client has left its two messages side by side, in any order of the clients.
fn under_a_lock((lists, times): (Lists, [Duration; 2])) -> Checked {
    expect(lists.inner, vec![1, 2, 2, 2], "the inner list has 1, 2, 2, 2")?;
    let messages = &lists.own[1..];
    let runs: Vec<_> = messages.chunk_by(|one, next| one == next).map(<[_]>::len).collect();
    let report = expect(runs, vec![2; 3], "three processes, one at a time: [1, 2, 2, 2]")?;
    let [server, memory] = times.map(|time| duration(time.as_nanos() as u64));
    let messages = messages.iter().map(|client| format!("c{client}")).collect::<Vec<_>>();
    let report = report.fact("messages", messages.join(" "));
    Ok(report.fact("a lock costs", format!("{server}; in shared memory {memory}")))
}

fn two_append(how: Append, variant: Variant) -> Variant {
    variant.explored_for("2 clients", "the list's length", "lose an update", [2], move || {
        protocols::two_append(how)
    })
}
