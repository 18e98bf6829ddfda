//! The servers: each sends back what it is sent, in a process of its own, which prints its port and
//! ends with its input.

#![allow(unsafe_code, reason = "the clock of another process")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use coroutines::executor::{self, Socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Returns the contenders, each with the command that starts its server.
pub(super) fn contenders() -> Vec<(String, Command)> {
    let own = ["ours", "tokio, current thread", "threads"].map(|name| {
        let mut own = Command::new(std::env::current_exe().expect("it is a file"));
        own.args(["--serve", name]);
        (name.to_owned(), own)
    });
    let pythons = kit::python::interpreters().into_iter();
    let pythons = pythons.filter_map(|python| python.map_err(|why| eprintln!("{why}")).ok());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/sockets.py");
    let two = pythons.flat_map(|python| {
        let asyncio = match &*python.name {
            "python3" => "asyncio".to_owned(),
            name => format!("asyncio, {name}"),
        };
        [(asyncio, "asyncio"), (format!("{}, threads", python.name), "threads")].map(
            |(name, how)| {
                let mut command = python.command();
                command.args([script, how]);
                (name, command)
            },
        )
    });
    own.into_iter().chain(two).collect()
}

const BUFFER: usize = 512;

/// Has this process be a server, if it was started as one.
pub(super) fn enter() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("--serve") {
        return;
    }
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a port");
    println!("{}", listener.local_addr().expect("it has an address").port());
    match arguments.next().as_deref() {
        Some("ours") => ours(listener),
        Some("threads") => threads(&listener),
        _ => tokio(listener),
    }
    .expect("it is ended before it fails");
}

fn ours(listener: TcpListener) -> io::Result<()> {
    executor::block_on(async {
        let listener = Socket::new(listener)?;
        loop {
            let stream = listener.accept().await?;
            stream.get().set_nodelay(true)?;
            drop(executor::spawn(async move {
                let mut buffer = [0; BUFFER];
                loop {
                    match stream.read(&mut buffer).await? {
                        0 => return io::Result::Ok(()),
                        length => stream.write_all(&buffer[..length]).await?,
                    }
                }
            }));
        }
    })
}

fn tokio(listener: TcpListener) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        // As a task, which its documentation advises.
        tokio::spawn(async {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let (mut stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                tokio::spawn(async move {
                    let mut buffer = [0; BUFFER];
                    loop {
                        match stream.read(&mut buffer).await? {
                            0 => return io::Result::Ok(()),
                            length => stream.write_all(&buffer[..length]).await?,
                        }
                    }
                });
            }
        })
        .await?
    })
}

fn threads(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        thread::spawn(move || {
            let mut buffer = [0; BUFFER];
            loop {
                match stream.read(&mut buffer)? {
                    0 => return io::Result::Ok(()),
                    length => stream.write_all(&buffer[..length])?,
                }
            }
        });
    }
}

/// A server; it ends, and is reaped, when this is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
}

impl Server {
    /// Starts a contender; `None`, said in a line, if it says no port.
    pub(super) fn start(name: &str, command: &mut Command) -> Option<Self> {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let say = |error: &_| eprintln!("sockets/{name} is left out: {error}");
        let mut child = started.inspect_err(say).ok()?;
        let mut line = String::new();
        let said = child.stdout.take().map(|said| BufReader::new(said).read_line(&mut line));
        let port = line.trim().parse().unwrap_or(0);
        let server = Self { child, port };
        if port == 0 {
            eprintln!("sockets/{name} is left out: it says no port ({said:?})");
            return None;
        }
        Some(server)
    }

    /// Connects to it.
    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("it listens");
        stream.set_nodelay(true).expect("it is a socket");
        stream
    }

    /// Returns the processor time that all its threads have had so far.
    pub(super) fn busy(&self) -> Duration {
        let (mut clock, mut time) = (0, libc::timespec { tv_sec: 0, tv_nsec: 0 });
        let id = self.child.id().cast_signed();
        // SAFETY: both write to variables of ours, of the types that they ask for.
        let failed = unsafe {
            libc::clock_getcpuclockid(id, &raw mut clock) != 0
                || libc::clock_gettime(clock, &raw mut time) != 0
        };
        assert!(!failed, "a child that is not reaped has a clock");
        Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
    }

    /// Returns its resident bytes, where the system tells them.
    pub(super) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Raises the limit of descriptors as far as it goes: for this process and its servers.
pub(super) fn raise_the_limit() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, most).expect("it may be raised that far");
}
