//! iceoryx2 beside the means: both processes open its services by their names, and spin.
//!
//! A service is a channel here: one publisher, one subscriber, as many messages under way as our
//! ring has room for, and none is lost. Where it cannot be had, a line says why.

use std::error::Error;
use std::hint::black_box;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::path::Path;
use std::time::Instant;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::{
    BackpressureStrategy, Config, FileName, NodeBuilder, SemanticString, SignalHandlingMode, ipc,
};

use super::limits::spin_until;
use super::means::look;
use super::peer::{self, Peer};

/// What is timed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Way {
    /// To the other process and back.
    ThereAndBack,
    /// From the other process to this one.
    One,
}

/// One side's ends of both services. It is made in the process that uses it.
struct Ends {
    sends: Publisher<ipc::Service, [u8], ()>,
    receives: Subscriber<ipc::Service, [u8], ()>,
}

impl Ends {
    /// Opens both services, which the processes find by the folder `root`: its name is before the
    /// names of all shared memory.
    fn open(root: &Path, size: usize, [out, into]: [&str; 2]) -> Result<Self, Box<dyn Error>> {
        let mut config = Config::default();
        let name = root.file_name().unwrap_or_default();
        config.global.prefix = FileName::new(name.as_encoded_bytes())?;
        let root = iceoryx2::prelude::Path::new(root.as_os_str().as_encoded_bytes())?;
        config.global.set_root_path(&root);
        let node = NodeBuilder::new()
            .config(&config)
            .signal_handling_mode(SignalHandlingMode::Disabled)
            .create::<ipc::Service>()?;
        let service = |name: &str| {
            node.service_builder(&name.try_into()?)
                .publish_subscribe::<[u8]>()
                .subscriber_max_buffer_size(((1 << 16) / size).max(4))
                .enable_safe_overflow(false)
                .open_or_create()
                .map_err(Box::<dyn Error>::from)
        };
        let sends = service(out)?
            .publisher_builder()
            .initial_max_slice_len(size)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()?;
        Ok(Self { sends, receives: service(into)?.subscriber_builder().create()? })
    }

    fn send(&self, message: &[u8]) {
        let place = self.sends.loan_slice_uninit(message.len()).expect("one is free");
        place.write_from_slice(message).send().expect("the other end is there");
    }

    /// Receives a message and looks at it where it is.
    fn with<R>(&self, look: impl Fn(&[u8]) -> R) -> R {
        let mut message = None;
        spin_until(|| {
            message = self.receives.receive().expect("the other end is there");
            message.is_some()
        });
        look(message.expect("there is one").payload())
    }
}

/// What the peer is asked for: a number of messages, or its end.
const END: u64 = u64::MAX;

/// Serves the other side; says by a byte that it is there, and by another one that it has left
/// nothing behind.
fn serve(ends: Ends, size: usize, way: Way, mut asked: &PipeReader, mut says: &PipeWriter) {
    let message = vec![7; size];
    let _ = says.write_all(&[1]);
    let mut times = [0; 8];
    while asked.read_exact(&mut times).is_ok() && u64::from_ne_bytes(times) != END {
        for _ in 0..u64::from_ne_bytes(times) {
            match way {
                Way::One => ends.send(&message),
                Way::ThereAndBack => ends.with(|message| ends.send(message)),
            }
        }
    }
    drop(ends);
    let _ = says.write_all(&[1]);
}

/// Times it.
pub(crate) fn bench(group: &mut BenchmarkGroup<'_, WallTime>, size: usize, way: Way) {
    let name = format!("bench-iceoryx2-{}-", std::process::id());
    let root = std::env::temp_dir().join(&name);
    let open = |names| Ends::open(&root, size, names);
    let ((mut ask, asked), (says, mut said)) = (peer::pipe(), peer::pipe());
    let _peer = Peer::start([0, 1], || {
        if let Ok(ends) = open(["back", "there"]) {
            serve(ends, size, way, &asked, &says);
        }
    });
    // The peer's alone now: when it is gone, nothing is waited for.
    drop((asked, says));
    let mut hear = || said.read_exact(&mut [0]);
    match (open(["there", "back"]), hear()) {
        (Ok(ends), Ok(())) => time(group, &ends, size, way, &mut ask),
        (Err(error), _) => eprintln!("iceoryx2 is left out: {error}"),
        (_, Err(error)) => eprintln!("iceoryx2 is left out, its peer ended: {error}"),
    }
    if ask.write_all(&END.to_ne_bytes()).is_ok() {
        let _ = hear();
    }
    // What iceoryx2 itself leaves for the next one: a folder, and memory that lists nodes.
    let _ = std::fs::remove_dir_all(root);
    for file in std::fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
        if file.file_name().as_encoded_bytes().starts_with(name.as_bytes()) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

fn time(
    group: &mut BenchmarkGroup<'_, WallTime>,
    ends: &Ends,
    size: usize,
    way: Way,
    ask: &mut PipeWriter,
) {
    let message = vec![7; size];
    let mut run = |times: u64| {
        let one_way = way == Way::One;
        ask.write_all(&(times + u64::from(one_way)).to_ne_bytes()).expect("the peer listens");
        if one_way {
            black_box(ends.with(look));
        }
        let begun = Instant::now();
        for _ in 0..times {
            if !one_way {
                ends.send(&message);
            }
            black_box(ends.with(look));
        }
        begun.elapsed()
    };
    group.bench_function("iceoryx2", |bencher| bencher.iter_custom(&mut run));
}
