//! The server, on a free port of the loopback interface, with a folder of its own.
//!
//! A guard, this program once more, starts it, and ends it when its standard input does: whatever
//! becomes of the process that shows something, the server and its folder go with it. The guard has a
//! process group of its own, so that Ctrl-C does not end it before it has done that.

use std::io::{BufRead, BufReader, Write, pipe, stdin, stdout};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::Error;

/// Returns the server's program: what the environment variable `NATS_SERVER` names, or else where
/// commands are, or where Debian puts it.
pub(crate) fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let named = std::env::var_os("NATS_SERVER").map(|named| vec![named.into()]);
    let programs = named.unwrap_or_else(|| folders.map(|at| at.join("nats-server")).collect());
    programs.into_iter().find(|program: &PathBuf| program.is_file())
}

/// A server that ends, with its folder, when this is dropped.
pub(crate) struct Server {
    guard: Child,
    ports: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Server {
    /// Starts a server.
    pub(crate) fn start() -> Result<Self, Error> {
        let mut guard = Command::new(std::env::current_exe()?);
        guard.arg("--server-guard").process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut guard = guard.spawn()?;
        let ports = BufReader::new(guard.stdout.take().expect("it is piped"));
        let mut server = Self { guard, ports, port: 0 };
        server.hear_port()?;
        Ok(server)
    }

    /// Kills the server, and starts another one with the same folder.
    pub(crate) fn kill_and_restart(&mut self) -> Result<(), Error> {
        self.guard.stdin.as_mut().expect("it is piped").write_all(b"again\n")?;
        self.hear_port()
    }

    fn hear_port(&mut self) -> Result<(), Error> {
        let mut line = String::new();
        self.ports.read_line(&mut line)?;
        self.port = line.trim().parse().map_err(|_| "nats-server did not start")?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its standard input is closed first.
        let _ = self.guard.wait();
    }
}

/// The guard: starts a server, and another one for each line that it reads; writes their ports.
pub(crate) fn guard() -> Result<(), Error> {
    let folder = std::env::temp_dir().join(format!("process-pool-beyond-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let ended = serve(&folder);
    std::fs::remove_dir_all(&folder)?;
    ended
}

fn serve(folder: &Path) -> Result<(), Error> {
    let mut orders = stdin().lock().lines();
    loop {
        let (log, writer) = pipe()?;
        let mut server = Command::new(program().ok_or("nats-server is gone")?);
        server.args(["-js", "-a", "127.0.0.1", "-p", "-1", "-sd"]).arg(folder);
        let mut server =
            server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(writer).spawn()?;
        let told = writeln!(stdout(), "{}", port(BufReader::new(log)).unwrap_or_default());
        let order = orders.next();
        server.kill()?;
        server.wait()?;
        if told.is_err() || !matches!(order, Some(Ok(_))) {
            return Ok(());
        }
    }
}

/// Reads the port from the server's log, once it is ready; a thread reads the rest, for a server
/// whose log is not read would block.
fn port(log: impl BufRead + Send + 'static) -> Option<String> {
    let mut lines = log.lines().map_while(Result::ok);
    let listens = "client connections on 127.0.0.1:";
    let port = lines.find_map(|line| Some(line.split_once(listens)?.1.to_owned()));
    lines.find(|line| line.contains("Server is ready"))?;
    std::thread::spawn(move || lines.for_each(drop));
    port
}
