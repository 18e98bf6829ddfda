use std::io::ErrorKind;
use std::os::unix::net::UnixListener;

use process_sharing::socket;
use rustix::net::SocketType;
use stage::{Lesson, Report, Variant, duration, expect};

use super::{breaks, holds, is};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("socket", "a Unix domain socket: who is there, and an open file handed over")
        .story("A client opens a file without a name, and the server is to read it.")
        .source("process-sharing/src/socket.rs")
        .python("unix_socket")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        breaks(
            "number-passed",
            socket::number_passed,
            is(None, "a descriptor's number is nothing to another process"),
        )
        .story("A descriptor's number is sent: to the server, it is another file or none."),
        holds(
            "descriptor-passed",
            socket::descriptor_passed,
            is(
                Some("from the client".to_owned()),
                "the server read the file, when the client had exited",
            ),
        )
        .story("The descriptor is sent by SCM_RIGHTS: the server gets one of the same file."),
        holds(
            "by-path",
            socket::by_path,
            is(
                ("what".to_owned(), "123".to_owned(), true),
                "asked and answered; the kernel says who asks",
            ),
        )
        .story("The client connects by a path; SO_PEERCRED tells the server the client's PID."),
        holds("tcp", socket::tcp, |out| {
            let Some((peer, times)) = out else {
                return Ok(Report::not_here("there is no loopback interface"));
            };
            let [unix, tcp] = times.map(|time| duration(time.as_nanos() as u64));
            let line = format!("the peer is {peer}, and the kernel names no process");
            let report = expect(peer.ip().is_loopback(), true, line)?;
            Ok(report.fact("there and back", format!("{tcp}; by a Unix socket {unix}")))
        })
        .story("Over TCP, the peer is an address and a port: any machine's, and no PID."),
        breaks(
            "stream",
            |program| socket::two_writes(program, SocketType::STREAM),
            is("onetwo", "two writes came out as one: onetwo"),
        )
        .story("The client writes twice. A stream has no boundaries: one read gets both."),
        holds(
            "seqpacket",
            |program| socket::two_writes(program, SocketType::SEQPACKET),
            is("one", "two writes are two messages"),
        )
        .story("A SOCK_SEQPACKET socket keeps message boundaries: one read returns one write."),
        breaks(
            "stale-path",
            |program| socket::after_a_kill(program, |path| UnixListener::bind(path)),
            is(Some(ErrorKind::AddrInUse), "the killed server's path is in the way"),
        )
        .story("A killed server leaves its path behind: the next bind fails (EADDRINUSE)."),
        holds(
            "taken-over",
            |program| socket::after_a_kill(program, socket::bind_or_take_over),
            is(None, "no process listens there: it is removed, and bound anew"),
        )
        .story("The second server is refused a connection, so it removes the path and binds."),
    ]
}
